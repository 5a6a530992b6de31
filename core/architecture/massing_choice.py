# SPDX-License-Identifier: GPL-3.0-or-later
"""Which designs are offered: none that another beats in everything, and none that looks like another."""

from __future__ import annotations

import numpy as np

from .massing_search import Runner
from .massing_trial import Trial

# what a design that differs in all its floors is worth beside one with all floors daylit
DIFFERENCE, MOST_APART = 0.35, 0.8
# designs are compared by the floors in squares of this size, so that a small step aside is no difference; those with
# less than this share of their floors elsewhere look alike
SQUARE_M, ALIKE = 12.0, 0.12
# designs from the search's way that are looked at
FROM_THE_WAY = 60


def chosen(runners: list[Runner], trial: Trial, count: int) -> list[Runner]:
    """`count` designs that look different, or all that there are: the best first, then those that none beats in
    everything, then the best of the others. Each next one is the best by its worth and what sets it apart."""
    way = sorted(trial.kept, key=lambda one: -one[0])[: 4 * FROM_THE_WAY : 4]
    pool = [*runners, *(Runner(worth, design) for worth, design, _ in way)]
    pool = [one for one in pool if np.isfinite(one.worth)]
    if not pool:
        return []
    cell_m = trial.sight.scorer.grid.cell_m
    floors = [in_squares(trial.raster(one.design), max(1, round(SQUARE_M / cell_m))) for one in pool]
    values = np.array([_objectives(trial, one) for one in pool])
    beaten = np.array([is_dominated(n, values) for n in range(len(pool))])
    worths = np.array([one.worth for one in pool])
    taken: list[int] = []
    apart = np.full(len(pool), np.inf)
    for some in (~beaten, beaten):
        while len(taken) < count:
            left = some & (apart >= ALIKE)
            if not left.any():
                break
            best = int(np.where(left, worths + DIFFERENCE * apart.clip(0, MOST_APART), -np.inf).argmax())
            taken.append(best)
            apart = np.minimum(apart, [difference(one, floors[best]) for one in floors])
    return [pool[n] for n in taken]


def in_squares(storeys: np.ndarray, cells: int) -> np.ndarray:
    """The floors (ny, nx) in squares of so many cells a side, half overlapping."""
    step = max(1, cells // 2)
    sums = np.pad(storeys, ((cells, cells), (cells, cells))).cumsum(0).cumsum(1)
    corners = sums[::step, ::step]
    wide = cells // step
    return np.asarray(corners[wide:, wide:] - corners[:-wide, wide:] - corners[wide:, :-wide] + corners[:-wide, :-wide])


def _objectives(trial: Trial, one: Runner) -> tuple[float, ...]:
    scores = trial.scores(one.design)
    return scores["daylit"], scores["neighbour_sun"], scores["ground_h"], -scores["surface_to_volume"]


def is_dominated(index: int, values: np.ndarray) -> bool:
    """Whether another is nowhere worse and somewhere better."""
    own = values[index]
    return bool(((values >= own).all(1) & (values > own).any(1)).any())


def difference(one: np.ndarray, two: np.ndarray) -> float:
    """The share of the floors that stand elsewhere."""
    return float(np.abs(one - two).sum()) / max(float(one.sum() + two.sum()), 1.0)
