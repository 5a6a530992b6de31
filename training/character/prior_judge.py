# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges a prior on deviations that it has not seen, beside principal components. N deviations, D numbers of a code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ...core.character.decoding import decode
from ...core.character.plausibility import plausible
from ...core.character.prior import ShapePrior
from ...core.character.rig_space import RigSpace
from ...core.errors import InputError
from ..data.character_folder import CharacterFile
from ..evaluation.character.drawing import draw
from ..metrics.point_sets import coverage, nearest_neighbour_accuracy

SHOWN, SAMPLES, CELL = 4, 5, 160
SHOWN_STRENGTH = 0.5
SEED = 7


class PriorJudge:
    """`training` and `judged` (N, D) deviations, `spread` (D,) the unit that they are compared in."""

    def __init__(
        self,
        training: torch.Tensor,
        judged: torch.Tensor,
        spread: torch.Tensor,
        characters: Sequence[CharacterFile],
    ) -> None:
        self._training, self._judged, self._spread = training, judged, spread
        self._characters = characters
        self._spaces: list[RigSpace] | None = None

    @torch.no_grad()
    def judge(self, network: ShapePrior) -> dict[str, float]:
        """`score`: mean squared error of held-out deviations, as a share of their own; and how alike samples are."""
        device = network.spread.device
        rebuilt = network.decode(network.encode(self._judged.to(device))[0]).cpu()
        drawn = network.sample(len(self._judged), torch.Generator().manual_seed(SEED)).cpu()
        return self._figures(rebuilt, drawn)

    def baselines(self, components: int) -> dict[str, float]:
        """The same of `components` principal components of the training deviations, and of normal samples of them."""
        scaled = self._training / self._spread
        mean = scaled.mean(0)
        _, sizes, axes = torch.linalg.svd(scaled - mean, full_matrices=False)
        axes, sizes = axes[:components], sizes[:components]
        rebuilt = ((self._judged / self._spread - mean) @ axes.T @ axes + mean) * self._spread
        random = torch.Generator().manual_seed(SEED)
        numbers = torch.randn(len(self._judged), len(axes), generator=random) * sizes / max(1, len(scaled) - 1) ** 0.5
        return self._figures(rebuilt, (numbers @ axes + mean) * self._spread)

    def _figures(self, rebuilt: torch.Tensor, drawn: torch.Tensor) -> dict[str, float]:
        judged = self._judged / self._spread
        error = (rebuilt / self._spread - judged).square().mean() / judged.square().mean()
        made = drawn / self._spread
        ours, theirs, across = (
            torch.cdist(one, other).double().numpy() for one, other in ((made, made), (judged, judged), (made, judged))
        )
        return {
            "score": float(error),
            "error": float(error),
            "nna": nearest_neighbour_accuracy(ours, theirs, across),
            "coverage": coverage(across),
            "sample_spread": float(made.square().mean().sqrt() / judged.square().mean().sqrt()),
        }

    @torch.no_grad()
    def sheet(self, network: ShapePrior) -> np.ndarray:
        """(H, W, 3): a training character a row, and what the prior makes of it."""
        if self._spaces is None:
            self._spaces = list(_shown(self._characters))
        random = torch.Generator().manual_seed(SEED)
        rows = []
        for space in self._spaces:
            deviations = SHOWN_STRENGTH * network.sample(SAMPLES, random).cpu()
            cells = [draw(space.asset, CELL)]
            cells += [draw(decode(space, one, clips=False), CELL) for one in plausible(deviations, space.bones)]
            rows.append(np.concatenate(cells, axis=1))
        return np.concatenate(rows) if rows else np.zeros((CELL, CELL, 3), np.float32)


def _shown(characters: Sequence[CharacterFile]) -> list[RigSpace]:
    """The first humanoid of each of a few packs."""
    spaces: list[RigSpace] = []
    packs: set[str] = set()
    for character in characters:
        if character.pack in packs or len(spaces) == SHOWN:
            continue
        try:
            space = RigSpace.of(character.read())
        except InputError:
            continue
        if space.bones.is_humanoid:
            packs.add(character.pack)
            spaces.append(space)
    return spaces
