# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains `family`: a space of materials, its encoder, and the generator of tiles from its codes.

    python -m maquette train texture family --data DIR --out DIR [--labelled DIR]

Encoder and generator learn together: a crop's statistics become a code, and the tile that is made from it has to have
the crop's patches (sliced Wasserstein distance), its statistics, and to pass for real before a discriminator that knows
the category. Labelled albedos take part with what they have. Shape letters: B batch, H, W rows and columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer

from ...core.texture.family_network import LATENT, FamilyNetwork, draw_noise
from ...core.texture.family_space import Code, periods_of, project, slopes_of_normals
from ...core.texture.family_statistics import (
    NUM_COLOUR_MOMENTS,
    NUM_MAPS,
    PICTURE_STATISTICS,
    moments_of,
    structure_of,
    without_moments,
)
from ..data.crops import Augmentation, CropStream
from ..data.material_folder import MaterialSet, read_maps
from ..presets import Settings
from ..processes import over_all
from ..task import Split
from .adversary import SURE, Augmenter, Discriminator, r1_penalty
from .family_judge import FamilyJudge
from .family_pass import Drawn, FamilyPass
from .patch_distance import patch_distance

PATCHES, STATISTICS, ADVERSARY, GUESS, PRIOR = 6.0, 1.0, 0.3, 0.3, 2e-3
# maps without moments are this large for the discriminator, and weigh this much for the patches
SEEN = 0.5
WEIGHTS = (1.0, 0.7, 0.7, 0.9, 0.9, 0.7, 0.5)
R1_EVERY = 16
# every so many batches come from the labelled albedos; the others pretend to be photographs this often
LABELLED_EVERY = 5
PRETEND = 0.3
# share of the images after which the discriminator has a say, and over which its word gains weight
SILENT, GAINING = 0.1, 0.2
STATISTICS_BATCHES = 12


class FamilyTask:
    """See `task.Task`."""

    model = "texture/family"
    shipped = "network"

    def __init__(
        self,
        settings: Settings,
        split: Split[MaterialSet],
        device: torch.device,
        start: Mapping[str, Any] | None,
        labelled: Sequence[MaterialSet] = (),
    ) -> None:
        torch.manual_seed(settings.seed)
        categories = sorted({s.category for s in (*split.train, *labelled)})
        self.config: dict[str, Any] = {"categories": categories, "count": len(split.train)}
        self._settings, self._split, self._device = settings, split, device
        self._category = {name: number for number, name in enumerate(categories)}
        augmentation = Augmentation(scales=(0.5, 1.0))
        self._stream = CropStream(split.train, settings.crop, settings.batch, settings.seed, augmentation=augmentation)
        # the whole of a small picture: nothing is to be gained by enlarging it
        small = Augmentation(scales=(0.75, 1.0))
        self._labelled = (
            CropStream(labelled, settings.crop, settings.batch, settings.seed + 1, augmentation=small)
            if labelled
            else None
        )
        self._whole = [read_maps(material, 512) for material in split.train]
        self._periods = torch.stack([periods_of(maps) for maps in self._whole])
        network = FamilyPass(categories, len(split.train))
        self._standardise(network)
        if start is not None:
            known = network.state_dict()
            network.load_state_dict({k: v for k, v in start.items() if known[k].shape == v.shape}, strict=False)
        critic = Discriminator(NUM_MAPS, len(categories))
        self.networks: dict[str, nn.Module] = {"network": network.to(device), "critic": critic.to(device)}
        betas = (0.0, 0.99)
        self.optimisers: dict[str, Optimizer] = {
            "network": torch.optim.Adam(network.parameters(), settings.rate, betas),
            "critic": torch.optim.Adam(critic.parameters(), settings.critic_rate, betas),
        }
        self._augment = Augmenter(settings.augment)
        self._judge = FamilyJudge(split, self._whole)

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """One batch: the discriminator learns from it, then encoder and generator do."""
        batch = self._batch(number, generator)
        network = self.networks["network"]
        assert isinstance(network, FamilyNetwork)
        self.networks["critic"].requires_grad_(False)
        even, latent, log_variance, guess = networks["network"](batch, self._drawn(len(batch["scale"]), generator))
        even = even * batch["known"]
        # the same in all processes, which would wait for each other otherwise
        turn = number // fabric.world_size
        loud = self._loudness(turn * fabric.world_size)
        losses = self._likeness(even, batch, generator)
        losses["prior"] = 0.5 * (latent.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
        hidden = (guess - batch["moments"][:, NUM_COLOUR_MOMENTS:]) / network.encoder.spread[-5:]
        losses["guess"] = (hidden.abs().clamp(max=4).mean(1) * (1 - batch["labelled"])).mean()
        if loud > 0:
            with fabric.autocast():
                seen = self._augment(even * SEEN, generator)
                # it does not learn here: the wrapped one would wait for its gradients
                verdict = self.networks["critic"](seen, batch["category"], batch["labelled"])
            losses["adversary"] = F.softplus(-verdict.float()).mean()
        weights = {
            "patches": PATCHES,
            "statistics": STATISTICS,
            "adversary": loud * ADVERSARY,
            "guess": GUESS,
            "prior": PRIOR,
        }
        total = sum((weights[name] * value for name, value in losses.items()), torch.zeros((), device=self._device))
        self.optimisers["network"].zero_grad(set_to_none=True)
        fabric.backward(total)
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        self.optimisers["network"].step()
        figures = {name: float(value.detach()) for name, value in losses.items()}
        figures |= self._teach_critic(fabric, networks, even.detach(), batch, turn, generator) if loud > 0 else {}
        return {**figures, "augmented": self._augment.probability}

    def _teach_critic(
        self,
        fabric: Fabric,
        networks: Mapping[str, Any],
        made: torch.Tensor,
        batch: Mapping[str, torch.Tensor],
        turn: int,
        generator: torch.Generator,
    ) -> dict[str, float]:
        critic, optimiser = self.networks["critic"], self.optimisers["critic"]
        critic.requires_grad_(True)
        penalised = turn % R1_EVERY == 0 and self._settings.r1 > 0
        real = self._augment((batch["even"] * SEEN).detach(), generator).requires_grad_(penalised)
        # a penalty needs the gradient by the maps at once, which the wrapped network would not let be taken
        on_real_of = critic if penalised else networks["critic"]
        with fabric.autocast():
            on_real = on_real_of(real, batch["category"], batch["labelled"]).float()
            seen = self._augment(made * SEEN, generator)
            on_made = networks["critic"](seen, batch["category"], batch["labelled"]).float()
        loss = F.softplus(-on_real).mean() + F.softplus(on_made).mean()
        if penalised:
            loss = loss + 0.5 * R1_EVERY * self._settings.r1 * r1_penalty(on_real, real)
        optimiser.zero_grad(set_to_none=True)
        fabric.backward(loss)
        nn.utils.clip_grad_norm_(critic.parameters(), 5.0)
        optimiser.step()
        sure = over_all(fabric, on_real.detach().sign().mean())
        self._augment.follow(float(sure), len(on_real) * fabric.world_size)
        return {
            "critic": float(loss.detach()),
            "sure_of_real": float((on_real.detach() > 0).float().mean()),
            "sure_of_made": float((on_made.detach() < 0).float().mean()),
        }

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Frechet distance of the held-out materials from their projections, with how much samples vary."""
        assert isinstance(network, FamilyNetwork)
        self._fill_table(network)
        return self._judge.judge(network)

    def baselines(self) -> dict[str, float]:
        """The nearest training material in the asked one's colours."""
        return self._judge.baselines()

    def sheet(self, network: nn.Module) -> np.ndarray:
        """Held-out materials above their projections, then samples; albedo and normals."""
        assert isinstance(network, FamilyNetwork)
        return self._judge.sheet(network)

    def tensors(self) -> dict[str, torch.Tensor]:
        """How often crops are augmented by now."""
        return {"augmented": torch.tensor([self._augment.probability], dtype=torch.float64)}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """See `tensors`."""
        self._augment.probability = float(tensors["augmented"])

    def worries(self, figures: Mapping[str, float]) -> str:
        """A sentence once the discriminator has won, or all samples look the same."""
        if min(figures.get("sure_of_real", 0.0), figures.get("sure_of_made", 0.0)) > SURE:
            return (
                "The discriminator tells real from made without fail: the training has collapsed or is about to. "
                "Raise --augment or --r1, or lower --critic-rate."
            )
        if figures.get("sample_variety", 1.0) < 0.1:
            return "All samples look alike: the generator has collapsed. Lower --rate, or give more materials."
        return ""

    def _batch(self, number: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
        """Maps without moments and all that stands for them, on the device."""
        from_pictures = self._labelled is not None and number % LABELLED_EVERY == LABELLED_EVERY - 1
        stream = self._labelled if from_pictures and self._labelled is not None else self._stream
        crops = stream.batch(number)
        count = len(crops["maps"])
        labelled = torch.full((count,), float(from_pictures))
        given = crops["maps"]
        slopes = slopes_of_normals(given[:, 3:6]) * crops["mask"][:, 1, None, None, None]
        maps = torch.cat([given[:, :3], slopes, given[:, 6:8]], 1)
        moments, even = moments_of(maps), without_moments(maps)
        there = torch.stack(
            [*(3 * [crops["mask"][:, 0]]), *(2 * [crops["mask"][:, 1]]), crops["mask"][:, 2], crops["mask"][:, 3]], 1
        )
        batch = {
            "even": even * there[:, :, None, None],
            "known": there[:, :, None, None],
            "moments": moments,
            "statistics": structure_of(even),
            "scale": crops["scale"].float() - (2.0 if from_pictures else 0.0),
            "cycles": self._cycles(crops, from_pictures),
            "labelled": labelled,
            "pretend": torch.maximum(labelled, (torch.rand(count, generator=generator) < PRETEND).float()),
            "category": torch.tensor([self._category[stream.sets[i].category] for i in crops["index"].tolist()]),
        }
        return {name: tensor.to(self._device) for name, tensor in batch.items()}

    def _drawn(self, count: int, generator: torch.Generator) -> Drawn:
        code = torch.randn((count, LATENT), generator=generator).to(self._device)
        noise = draw_noise(count, (self._settings.crop,) * 2, generator, self._device)
        phase = (torch.rand((count, 2), generator=generator) * 4 * math.pi).to(self._device)
        return Drawn(code, noise, phase)

    def _cycles(self, crops: Mapping[str, torch.Tensor], from_pictures: bool) -> torch.Tensor:
        """(B, 2) repeats in each crop, down and right."""
        if from_pictures:
            return torch.zeros((len(crops["index"]), 2))
        periods = self._periods[crops["index"]]
        swapped = (crops["turn"] & 4 > 0)[:, None]
        periods = torch.where(swapped, periods.flip(1), periods) * 2 ** crops["scale"].float()[:, None]
        return torch.where(periods > 0, self._settings.crop / periods.clamp(min=1), torch.zeros_like(periods))

    def _likeness(
        self, even: torch.Tensor, batch: Mapping[str, torch.Tensor], generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """How far the made maps are from the given ones, in patches and in statistics."""
        weights = torch.tensor(WEIGHTS, device=even.device)[:, None, None]
        network = self.networks["network"]
        assert isinstance(network, FamilyNetwork)
        spread = network.encoder.spread[: batch["statistics"].shape[1]]
        off = ((structure_of(even) - batch["statistics"]) / spread).abs().clamp(max=6)
        looked_at = torch.ones_like(off)
        looked_at[:, PICTURE_STATISTICS:] -= batch["labelled"][:, None]
        return {
            "patches": patch_distance(even * weights, batch["even"] * weights, generator).mean(),
            "statistics": (off * looked_at).sum() / looked_at.sum(),
        }

    def _loudness(self, number: int) -> float:
        done = number * self._settings.batch / self._settings.images
        return min(1.0, max(0.0, (done - SILENT) / GAINING))

    @torch.no_grad()
    def _standardise(self, network: FamilyNetwork) -> None:
        """Means and spreads of statistics and moments over some batches."""
        found = []
        for number in range(STATISTICS_BATCHES):
            maps = self._stream.batch(number)["maps"]
            stack = torch.cat([maps[:, :3], slopes_of_normals(maps[:, 3:6]), maps[:, 6:8]], 1)
            found.append(torch.cat([structure_of(without_moments(stack)), moments_of(stack)], 1))
        every = torch.cat(found)
        network.encoder.mean.copy_(every.mean(0))
        network.encoder.spread.copy_(every.std(0).clamp(min=1e-2))
        moments = slice(every.shape[1] - len(network.generator.moment_mean), None)
        network.generator.moment_mean.copy_(every.mean(0)[moments])
        network.generator.moment_spread.copy_(every.std(0).clamp(min=1e-2)[moments])

    def _fill_table(self, network: FamilyNetwork) -> None:
        """The codes of the training materials, as the averaged encoder sees them."""
        codes: list[Code] = [project(network, maps) for maps in self._whole]
        network.latents.copy_(torch.stack([code.latent for code in codes]))
        network.moments.copy_(torch.stack([code.moments for code in codes]))
        network.periods.copy_(self._periods)
        network.spectra.copy_(torch.stack([code.spectrum for code in codes]))
        network.spreads.copy_(torch.stack([code.spread for code in codes]))
        network.unevenness.copy_(torch.stack([code.unevenness for code in codes]))
        network.category.copy_(torch.tensor([self._category[s.category] for s in self._split.train]))
