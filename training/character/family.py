# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the prior of `family`: how humanoid characters differ from others of their pack.

    python -m maquette train character family --data DIR --out DIR

A variational autoencoder over deviations of shape codes: those of the characters in DIR from their pack's mean, and, as
packs are small, those of bodies drawn from the data pack's parametric body. Minutes on a processor. Shape letters: N
deviations, D numbers of a code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer

from ...core.character.prior import LENGTH, ShapePrior
from ...core.errors import InputError
from ..data.character_folder import CharacterFile
from ..presets import Settings
from ..task import Split
from .deviations import body_deviations, codes_of, find_parametric_body, pack_deviations, stacked
from .prior_judge import PriorJudge

# weight of the latents' divergence from the standard normal distribution
PRIOR = 2e-3
LATENT = 32
# numbers that hardly ever differ must not be blown up
LEAST_SPREAD = 0.02
# how often a batch's deviation comes from a pack, rather than from a body
FROM_PACKS = 0.5
HELD_OUT_BODIES = 0.2


class FamilyTask:
    """See `task.Task`."""

    model = "character/family"
    shipped = "network"

    def __init__(
        self,
        settings: Settings,
        split: Split[CharacterFile],
        device: torch.device,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        torch.manual_seed(settings.seed)
        everyone = (*split.train, *split.held_out)
        codes = codes_of(everyone)
        packs = stacked(pack_deviations(split.train, codes).values())
        together = pack_deviations(everyone, codes)
        held_out = stacked(together[one.name] for one in split.held_out if one.name in together)
        bodies = _bodies(settings.seed)
        if not len(packs) and not len(bodies):
            raise InputError(
                "There is nothing to learn how humanoids differ from: no pack has two humanoid families, and there is "
                "no parametric body. Set MAQUETTE_DATA to the data pack, or give more characters."
            )
        kept = round(len(bodies) * (1 - HELD_OUT_BODIES))
        self._sources = [rows for rows in (packs, bodies[:kept]) if len(rows)]
        judged = torch.cat([rows for rows in (held_out, bodies[kept:]) if len(rows)] or self._sources)
        self.config: dict[str, Any] = {"latent": LATENT}
        self._settings, self._device = settings, device
        network = ShapePrior(LATENT)
        network.spread.copy_(spread_of(self._sources))
        if start is not None:
            network.load_state_dict(dict(start))
        self.networks: dict[str, nn.Module] = {"network": network.to(device)}
        self.optimisers: dict[str, Optimizer] = {"network": torch.optim.AdamW(network.parameters(), settings.rate)}
        self._judge = PriorJudge(torch.cat(self._sources), judged, network.spread.cpu(), split.train)

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """One batch of deviations, each mixed of two."""
        network = self.networks["network"]
        assert isinstance(network, ShapePrior)
        batch = mixed_batch(self._sources, self._settings.batch, generator).to(self._device)
        noise = torch.randn(len(batch), LATENT, generator=generator).to(self._device)
        error, divergence = losses(network, batch, noise)
        self.optimisers["network"].zero_grad(set_to_none=True)
        fabric.backward(error + PRIOR * divergence)
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        self.optimisers["network"].step()
        return {"error": float(error.detach()), "divergence": float(divergence.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        """How well held-out deviations are rebuilt, and how alike drawn ones are to them."""
        assert isinstance(network, ShapePrior)
        network.take_up(torch.cat(self._sources).to(self._device))
        return self._judge.judge(network)

    def baselines(self) -> dict[str, float]:
        """The same of principal components with as many numbers."""
        return self._judge.baselines(LATENT)

    def sheet(self, network: nn.Module) -> np.ndarray:
        """A few training characters, and beside each what the prior makes of it."""
        assert isinstance(network, ShapePrior)
        return self._judge.sheet(network)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Nothing besides networks and optimisers."""
        return {}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """See `tensors`."""

    def worries(self, figures: Mapping[str, float]) -> str:
        """A sentence when what is drawn hardly varies."""
        if figures.get("sample_spread", 1.0) < 0.3:
            return "What is drawn hardly varies: the latents say nothing. Train longer, or with more characters."
        return ""


def losses(network: ShapePrior, batch: torch.Tensor, noise: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(mean squared error in units of the spread, divergence of the latents in nats a deviation)."""
    mean, log_variance = network.encode(batch)
    made = network.decode(mean + noise * (0.5 * log_variance).exp())
    error = ((made - batch) / network.spread).square().mean()
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()
    return error, divergence


def mixed_batch(sources: Sequence[torch.Tensor], count: int, random: torch.Generator) -> torch.Tensor:
    """(N, D): weighted sums of two deviations each, the variance kept; a source is chosen for each of them."""
    total = torch.zeros(count, LENGTH)
    share = torch.rand(count, 1, generator=random)
    for weight in (share.sqrt(), (1 - share).sqrt()):
        from_packs = torch.rand(count, generator=random) < FROM_PACKS
        drawn = []
        for rows in (sources[0], sources[-1]):
            drawn.append(rows[torch.randint(len(rows), (count,), generator=random)])
        total += weight * torch.where(from_packs[:, None], drawn[0], drawn[1])
    return total


def spread_of(sources: Sequence[torch.Tensor]) -> torch.Tensor:
    """(D,) how much each number deviates, the sources weighing the same."""
    squares = torch.stack([rows.square().mean(0) for rows in sources]).mean(0)
    return squares.sqrt().clamp_min(LEAST_SPREAD)


def fit_prior(sources: Sequence[torch.Tensor], steps: int, batch: int, rate: float, seed: int) -> ShapePrior:
    """A prior fitted in one go, without looks or checkpoints: what the evaluation's protocols need."""
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    network = ShapePrior(LATENT)
    network.spread.copy_(spread_of(sources))
    optimiser = torch.optim.AdamW(network.parameters(), rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        noise = torch.randn(batch, LATENT, generator=random)
        error, divergence = losses(network, mixed_batch(sources, batch, random), noise)
        optimiser.zero_grad(set_to_none=True)
        (error + PRIOR * divergence).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
    network.take_up(torch.cat(list(sources)))
    return network.eval().requires_grad_(False)


def _bodies(seed: int) -> torch.Tensor:
    body = find_parametric_body()
    return torch.zeros(0, LENGTH) if body is None else body_deviations(body, seed=seed)
