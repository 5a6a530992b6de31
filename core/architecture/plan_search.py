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
from .plan_patterns import patterned
from .plan_problem import Problem
from .plan_score import scores_of
from .plan_trees import Trees, changed

HOT, COLD = 0.6, 0.02
# the price of a missed wish beside what it lacks, in the first round and in the last
MISSED = (0.5, 1.0)
# how many of the changes move a cut alone, in the first round and in the last
MOVES = (0.25, 0.75)
# a plan that misses nothing and costs no more than this is good enough to stop
GOOD = 0.6


@dataclass(frozen=True)
class Effort:
    """How long is searched: the best of `drawn` trees begin `chains` side by side, for `rounds` of changes; every
    `share_every` rounds the worse chains take up the better ones' trees."""

    drawn: int = 400
    chains: int = 128
    rounds: int = 120
    share_every: int = 8


def search(
    problem: Problem,
    random: np.random.Generator,
    effort: Effort,
    start: Trees | None = None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> tuple[Trees, np.ndarray]:
    """Trees by cost, the best first, and their costs (B,)."""
    trees = patterned(problem, effort.drawn, random) if start is None else start
    costs, missed = scores_of(boxes_of(trees, problem), problem)
    chosen = np.argsort(costs + MISSED[0] * missed, kind="stable")[: effort.chains]
    trees, costs, missed = trees.take(chosen), costs[chosen], missed[chosen]
    best, best_costs = trees.take(np.arange(len(trees))), np.full(len(trees), np.inf)
    for number in range(effort.rounds):
        done = number / effort.rounds
        price = MISSED[0] + (MISSED[1] - MISSED[0]) * done
        heat = HOT * (1 - done) ** 2 + COLD
        trial = changed(trees, random, MOVES[0] + (MOVES[1] - MOVES[0]) * done)
        lacking, trial_missed = scores_of(boxes_of(trial, problem), problem)
        gain = costs + price * missed - lacking - price * trial_missed
        taken = np.flatnonzero(gain > heat * np.log(np.maximum(random.random(len(costs)), 1e-12)))
        trees.put(taken, trial.take(taken))
        costs[taken], missed[taken] = lacking[taken], trial_missed[taken]
        ranks = costs + MISSED[1] * missed
        better = np.flatnonzero(ranks < best_costs - 1e-12)
        best.put(better, trees.take(better))
        best_costs[better] = ranks[better]
        if (number + 1) % effort.share_every == 0:
            progress(0.1 + 0.6 * done, "Dividing the floor")
            _share(trees, costs, missed, price, random)
            if best_costs.min() < GOOD:
                break
    order = np.argsort(best_costs, kind="stable")
    return best.take(order), best_costs[order]


def _share(trees: Trees, costs: np.ndarray, missed: np.ndarray, price: float, random: np.random.Generator) -> None:
    """The worse third of the chains takes up trees of the better third."""
    order = np.argsort(costs + price * missed, kind="stable")
    third = len(order) // 3
    worse, better = order[-third:], order[random.integers(0, max(third, 1), third)]
    trees.put(worse, trees.take(better))
    costs[worse], missed[worse] = costs[better], missed[better]
