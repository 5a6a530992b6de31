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

# a design that takes more sun than the rule is worth this much less for each hundredth
SUN_FINE = 0.12
# the finer cells of the last scoring find a little less
SUN_MARGIN = 0.002


@dataclass(frozen=True)
class Aims:
    """Weights of what counts beside the daylit floors; `least_sun` is what the neighbours keep in any case."""

    neighbour_sun: float
    ground_sun: float
    compactness: float
    least_sun: float

    def worth(self, scores: MassingScores) -> torch.Tensor:
        """(B,) one number a design: the share of daylit floors, and what else counts in such shares."""
        short = (self.least_sun + SUN_MARGIN - scores.neighbour_sun).clamp_min(0)
        spare = (scores.neighbour_sun - self.least_sun).clamp_min(0)
        worth = scores.daylit - 100 * SUN_FINE * short + 0.2 * self.neighbour_sun * spare
        worth = worth + 0.05 * self.ground_sun * scores.ground_h / 3
        return worth - 0.2 * self.compactness * scores.surface_to_volume


@dataclass
class Trial:
    """Tries designs on one site; `count` of them so far, in the end with `exact` pieces."""

    scorer: MassingScorer
    ground: Buildable
    aims: Aims
    count: int = 0
    exact: bool = False
    kept: list[tuple[float, Candidate, dict[str, float]]] = field(default_factory=list)

    def worths(self, designs: Sequence[Candidate]) -> np.ndarray:
        """(B,) float64 worths."""
        scores = self.scorer.scores(torch.from_numpy(np.stack([self.raster(one) for one in designs])))
        fits = scores.coverage <= self.scorer.brief.coverage
        worths = torch.where(fits, self.aims.worth(scores), -torch.inf).double().numpy()
        self.count += len(designs)
        best = int(worths.argmax())
        self.kept.append((float(worths[best]), designs[best], scores_of(scores, best)))
        return np.asarray(worths)

    def scores(self, one: Candidate) -> dict[str, float]:
        """One design's scores by name."""
        return scores_of(self.scorer.scores(torch.from_numpy(self.raster(one))[None]), 0)

    def raster(self, one: Candidate) -> np.ndarray:
        """(ny, nx) int64 storeys above each cell."""
        ny, nx = self.scorer.grid.shape
        flat = np.zeros(ny * nx, np.int64)
        flat[self.ground.cells] = np.append(one.storeys, 0)[one.pieces.of_cell]
        return flat.reshape(ny, nx)
