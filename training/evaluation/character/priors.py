# SPDX-License-Identifier: GPL-3.0-or-later
"""Priors fitted for the protocols: on some characters and on natural bodies, in seconds."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ....core.character.prior import LENGTH, ShapePrior
from ...character.deviations import body_deviations, find_parametric_body, pack_deviations, stacked
from ...character.family import fit_prior
from ...data.character_folder import CharacterFile
from .study import Spaces

STEPS, BATCH, RATE = 400, 64, 2e-3


class Priors:
    """Fits each prior when it is asked for, and keeps it."""

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces
        self._bodies: torch.Tensor | None = None
        self._kept: dict[tuple[str, ...], ShapePrior | None] = {}

    def fitted(self, characters: Sequence[CharacterFile], seed: int = 0) -> ShapePrior | None:
        """The prior of these characters; None where there is nothing to learn from."""
        usable = sorted(self._spaces.usable(characters), key=lambda character: character.name)
        key = (str(seed), *(character.sha256 for character in usable))
        if key not in self._kept:
            codes = {character.name: self._spaces.of(character).code for character in usable}
            rows = stacked(pack_deviations(usable, codes).values())
            sources = [found for found in (rows, self._natural()) if len(found)]
            self._kept[key] = fit_prior(sources, STEPS, BATCH, RATE, seed) if sources else None
        return self._kept[key]

    def _natural(self) -> torch.Tensor:
        if self._bodies is None:
            body = find_parametric_body()
            self._bodies = torch.zeros(0, LENGTH) if body is None else body_deviations(body)
        return self._bodies
