# SPDX-License-Identifier: GPL-3.0-or-later
"""Which designs are offered: none that another beats in everything, and none that looks like another."""

from __future__ import annotations

import numpy as np

from .massing_search import Runner
from .massing_trial import Trial

# what a design that differs in all its floors is worth beside one with all floors daylit
DIFFERENCE = 0.35
# designs from the search's way that are looked at
FROM_THE_WAY = 60


def chosen(runners: list[Runner], trial: Trial, count: int) -> list[Runner]:
    """Up to `count` designs, the best first, each next one the best by its worth and what sets it apart."""
    way = sorted(trial.kept, key=lambda one: -one[0])[: 4 * FROM_THE_WAY : 4]
    pool = [*runners, *(Runner(worth, design) for worth, design, _ in way if np.isfinite(worth))]
    rasters = [trial.raster(one.design).ravel() for one in pool]
    values = np.array([_objectives(trial, one) for one in pool]) if pool else np.zeros((0, 4))
    front = [n for n in range(len(pool)) if not _dominated(n, values)]
    if not front:
        return []
    taken = [max(front, key=lambda n: pool[n].worth)]
    while len(taken) < min(count, len(front)):
        left = [n for n in front if n not in taken]
        apart = {n: min(_difference(rasters[n], rasters[other]) for other in taken) for n in left}
        best = max(left, key=lambda n: pool[n].worth + DIFFERENCE * min(apart[n], 0.8))
        if apart[best] < 0.05:
            break
        taken.append(best)
    return [pool[n] for n in taken]


def _objectives(trial: Trial, one: Runner) -> tuple[float, ...]:
    scores = trial.scores(one.design)
    return scores["daylit"], scores["neighbour_sun"], scores["ground_h"], -scores["surface_to_volume"]


def _dominated(index: int, values: np.ndarray) -> bool:
    """Whether another is nowhere worse and somewhere better."""
    own = values[index]
    return bool(((values >= own).all(1) & (values > own).any(1)).any())


def _difference(one: np.ndarray, two: np.ndarray) -> float:
    """The share of the floors that stand elsewhere."""
    return float(np.abs(one - two).sum()) / max(float(one.sum() + two.sum()), 1.0)
