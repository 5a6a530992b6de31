# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for a slicing tree that meets every wish: many chains of small changes, cooled together.

Simulated annealing (D. Wong and C. Liu, A new algorithm for floorplan design, 1986) in parallel; now and then chains
that stay behind begin again from better ones. It runs a fixed number of rounds, never by the clock: the same seed gives
the same plan on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .plan_boxes import boxes_of
from .plan_problem import Problem
from .plan_score import MISSED, scores_of
from .plan_trees import Trees, changed, random_trees

HOT, COLD = 0.8, 0.02


@dataclass(frozen=True)
class Effort:
    """How long is searched: `chains` side by side, `rounds` of changes; every `share_every` rounds the worse chains
    take up the better ones' trees."""

    chains: int = 160
    rounds: int = 150
    share_every: int = 12


def search(
    problem: Problem,
    random: np.random.Generator,
    effort: Effort,
    start: Trees | None = None,
    enough: Callable[[Trees], bool] = lambda trees: False,
) -> tuple[Trees, np.ndarray]:
    """Trees by cost, the best first, and their costs (B,). `enough` is asked after each sharing whether the best tree
    will do; what it says may depend on the tree alone."""
    trees = random_trees(effort.chains, problem.count, random) if start is None else start
    costs = costs_of(trees, problem)
    best, best_costs = trees.take(np.arange(len(trees))), costs.copy()
    for number in range(effort.rounds):
        heat = HOT * (1 - number / effort.rounds) ** 2 + COLD
        trial = changed(trees, random)
        trial_costs = costs_of(trial, problem)
        taken = np.flatnonzero(trial_costs - costs < -heat * np.log(np.maximum(random.random(len(costs)), 1e-12)))
        trees.put(taken, trial.take(taken))
        costs[taken] = trial_costs[taken]
        better = np.flatnonzero(costs < best_costs - 1e-12)
        best.put(better, trees.take(better))
        best_costs[better] = costs[better]
        if (number + 1) % effort.share_every == 0:
            _share(trees, costs, random)
            if best_costs.min() < MISSED and enough(best.take(np.array([best_costs.argmin()]))):
                break
    order = np.argsort(best_costs, kind="stable")
    return best.take(order), best_costs[order]


def costs_of(trees: Trees, problem: Problem) -> np.ndarray:
    """(B,) the cost of each tree's plan."""
    return scores_of(*boxes_of(trees, problem), problem)


def _share(trees: Trees, costs: np.ndarray, random: np.random.Generator) -> None:
    """The worse third of the chains takes up trees of the better third."""
    order = np.argsort(costs, kind="stable")
    third = len(order) // 3
    worse, better = order[-third:], order[random.integers(0, max(third, 1), third)]
    trees.put(worse, trees.take(better))
    costs[worse] = costs[better]
