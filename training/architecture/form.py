# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the space of building forms of `form`: how real buildings lie on their land, and how high they are.

    python -m maquette train architecture form --data DIR --out DIR

The buildings in DIR/architecture/city come without parcels; Voronoi cells of their footprints, cut at 15 m, stand in
for them. Whole cities are held out. Minutes on a processor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer

from ...core.architecture.form_code import signs_of, turned
from ...core.architecture.form_network import LATENT, FormNetwork
from ..presets import Settings
from ..task import Split
from .form_judge import FormJudge, proposed
from .form_sheet import block_sheet
from .parcels import Built, CityFile, built_of, codes_of

# buildings learned from, and judged on, in all
LEARNED, JUDGED = 15_000, 1_500
SHOWN = 60


class FormTask:
    """See `task.Task`."""

    model = "architecture/form"
    shipped = "network"

    def __init__(
        self,
        settings: Settings,
        split: Split[CityFile],
        device: torch.device,
        start: Mapping[str, Any] | None = None,
    ) -> None:
        torch.manual_seed(settings.seed)
        learned = _built(split.train, LEARNED, settings.seed)
        self._held_out = _built(split.held_out, JUDGED, settings.seed + 1)
        self._data = tuple(part.to(device) for part in _tensors(learned))
        self.config: dict[str, Any] = {"latent": LATENT}
        self._settings, self._device = settings, device
        network = FormNetwork(LATENT)
        network.take_up(*(part.cpu() for part in self._data[:3]))
        if start is not None:
            network.load_state_dict(dict(start))
        self.networks: dict[str, nn.Module] = {"network": network.to(device)}
        optimiser = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=1e-4)
        self.optimisers: dict[str, Optimizer] = {"network": optimiser}
        self._judge = FormJudge(learned, self._held_out)

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """One batch of buildings."""
        network = self.networks["network"]
        assert isinstance(network, FormNetwork)
        rows = torch.randint(len(self._data[0]), (self._settings.batch,), generator=generator).to(self._device)
        noise = torch.randn(self._settings.batch, LATENT, generator=generator).to(self._device)
        values, cuts, conditions, seen, signs = (part[rows] for part in self._data)
        cost, divergence = network.losses(values, cuts, conditions, noise)
        cost = cost + network.sign_loss(seen, signs)
        self.optimisers["network"].zero_grad(set_to_none=True)
        fabric.backward(cost + divergence)
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        self.optimisers["network"].step()
        return {"cost": float(cost.detach()), "divergence": float(divergence.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        """How alike what is proposed for held-out parcels is to what stands there."""
        assert isinstance(network, FormNetwork)
        figures = self._judge.learned(network)
        return {**figures, "score": figures["distance"]}

    def baselines(self) -> dict[str, float]:
        """The same of the nearest real building fitted to the parcel."""
        return self._judge.plain()

    def sheet(self, network: nn.Module) -> np.ndarray:
        """Held-out land as it is built, and as is proposed."""
        assert isinstance(network, FormNetwork)
        shown = self._held_out[:SHOWN]
        return block_sheet(shown, proposed(network, shown, self._settings.seed))

    def tensors(self) -> dict[str, torch.Tensor]:
        """Nothing besides networks and optimisers."""
        return {}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """See `tensors`."""

    def worries(self, figures: Mapping[str, float]) -> str:
        """A sentence when proposals are copies of what was learned from."""
        if figures.get("nearest_training", 1.0) < 0.3 * figures.get("nearest_training_real", 0.0):
            return "Proposals lie close to single buildings that were learned from. Stop earlier, or give more of them."
        return ""


def _built(files: tuple[CityFile, ...], count: int, seed: int) -> list[Built]:
    """So many buildings, evenly of all cities."""
    each = -(-count // max(len(files), 1))
    return [one for file in files for one in built_of(file, each, seed)]


def _tensors(built: list[Built]) -> tuple[torch.Tensor, ...]:
    """Values, flags and conditions of the buildings mirrored so that their middles lie on the near side; then the
    conditions as they are, and the signs that say how each was mirrored, in all four ways about."""
    values, cuts, conditions = codes_of(built)
    signs = signs_of(values)
    near = turned(values, cuts, conditions, signs)
    rows = []
    for flip in np.array([(0, 0), (1, 0), (0, 1), (1, 1)], bool):
        seen = turned(values, cuts, conditions, np.broadcast_to(flip, signs.shape))[2]
        rows.append((*near, seen, signs ^ flip))
    return tuple(torch.from_numpy(np.concatenate(parts).astype(np.float32)) for parts in zip(*rows, strict=True))
