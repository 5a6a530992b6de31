# SPDX-License-Identifier: GPL-3.0-or-later
"""The trial of designs: their scores on the grid, what they are worth, and which of them are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch

from .massing_pieces import Buildable
from .massing_rules import scores_of
from .massing_score import MassingScorer, MassingScores
from .massing_starts import Candidate
from .massing_view import view_share

# a design that takes more sun than the rule is worth so much less for each hundredth: while it may still change much,
# and in the end
SUN_FINE, SUN_FINE_LAST = 0.03, 0.12
# the finer cells of the last scoring find a little less
SUN_MARGIN = 0.002


@dataclass(frozen=True)
class Aims:
    """Weights of what counts beside the daylit floors; `least_sun` is what the neighbours keep; each hundredth less
    is worth `sun_fine`."""

    neighbour_sun: float
    ground_sun: float
    view: float
    compactness: float
    least_sun: float
    sun_fine: float = SUN_FINE_LAST

    def worth(self, scores: MassingScores, view: torch.Tensor | float) -> torch.Tensor:
        """(B,) one number a design: the share of daylit floors, and what else counts in such shares."""
        short = (self.least_sun + SUN_MARGIN - scores.neighbour_sun).clamp_min(0)
        spare = (scores.neighbour_sun - self.least_sun).clamp_min(0)
        worth = scores.daylit - 100 * self.sun_fine * short + 0.2 * self.neighbour_sun * spare
        worth = worth + 0.05 * (self.ground_sun * scores.ground_h / 3 + self.view * view)
        return worth - 0.2 * self.compactness * scores.surface_to_volume


@dataclass(frozen=True)
class Sight:
    """How closely designs are looked at: a scorer with the ground on its grid, and what is aimed at there."""

    scorer: MassingScorer
    ground: Buildable
    aims: Aims


@dataclass
class Trial:
    """Tries designs on one site, `count` of them so far: in coarse cells, and once it looks `closely` in fine ones."""

    coarse: Sight
    fine: Sight
    count: int = 0
    closely: bool = False
    kept: list[tuple[float, Candidate, dict[str, float]]] = field(default_factory=list)

    @property
    def sight(self) -> Sight:
        """What is looked with now."""
        return self.fine if self.closely else self.coarse

    @property
    def ground(self) -> Buildable:
        """What may be built on, with the cells that are looked at now."""
        return self.sight.ground

    def worths(self, designs: Sequence[Candidate]) -> tuple[np.ndarray, np.ndarray]:
        """(B,) float64 worths, and (B, C) float32 the daylit storeys of each cell of the ground."""
        scorer = self.sight.scorer
        storeys = torch.from_numpy(np.stack([self.raster(one) for one in designs]))
        scores, lit = scorer.scores_and_lit(storeys)
        worth = self.sight.aims.worth(scores, self._view(storeys))
        worths = torch.where(scores.coverage <= scorer.brief.coverage, worth, -torch.inf).double().numpy()
        self.count += len(designs)
        best = int(worths.argmax())
        self.kept.append((float(worths[best]), designs[best], scores_of(scores, best)))
        whole = torch.zeros(len(designs), *scorer.grid.shape)
        whole[:, *scorer.window] = lit
        return np.asarray(worths), whole.flatten(1)[:, torch.from_numpy(self.ground.cells)].numpy()

    def scores(self, one: Candidate) -> dict[str, float]:
        """One design's scores by name."""
        return scores_of(self.sight.scorer.scores(torch.from_numpy(self.raster(one))[None]), 0)

    def raster(self, one: Candidate) -> np.ndarray:
        """(ny, nx) int64 storeys above each cell."""
        ny, nx = self.sight.scorer.grid.shape
        flat = np.zeros(ny * nx, np.int64)
        flat[self.ground.cells] = np.append(one.storeys, 0)[one.pieces.of_cell]
        return flat.reshape(ny, nx)

    def _view(self, storeys: torch.Tensor) -> torch.Tensor | float:
        return view_share(self.sight.scorer, storeys) if self.sight.aims.view > 0 else 0.0


def dark_shares(one: Candidate, lit: np.ndarray) -> np.ndarray:
    """(U,) the share of each piece's floors without daylight; `lit` (C,) daylit storeys of the ground's cells."""
    count = len(one.storeys)
    lit_cells = np.bincount(one.pieces.of_cell, lit, count + 1)[:count]
    floors = one.storeys * np.bincount(one.pieces.of_cell, minlength=count + 1)[:count]
    return np.asarray((1 - lit_cells / np.maximum(floors, 1)).clip(0, 1) * (floors > 0))
