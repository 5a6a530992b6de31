# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for a slicing tree that meets every wish: many chains of small changes, cooled together.

Simulated annealing (D. Wong and C. Liu, A new algorithm for floorplan design, 1986) in parallel: each chain tries some
changes at a time, rather those of rooms that lack something, and takes up the best of them; chains that stay behind
begin again from better ones; now and then the walls of the best plans are solved for. It runs a fixed number of rounds,
never by the clock: the same seed gives the same plan on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .plan_boxes import boxes_of
from .plan_layout import Layout, layout_of, retold
from .plan_moves import changed
from .plan_patterns import patterned
from .plan_polish import polished
from .plan_problem import Problem
from .plan_score import Score, scores_of
from .plan_trees import Trees

HOT, COLD = 0.6, 0.02
# how many changes each chain tries at a time, where that leaves no fewer chains
TRIALS, LEAST_CHAINS = 8, 32
# the price of a missed wish beside what it lacks, in the first round and in the last
MISSED = (0.5, 1.0)
# how many of the changes move a cut alone, in the first round and in the last
MOVES = (0.15, 0.5)
# how much a room is changed that lacks nothing, beside the mean of all, and how near rooms are that need not adjoin
CONTENT, FAR = 0.3, 0.3


@dataclass(frozen=True)
class Effort:
    """How long is searched: of `drawn` trees the best begin chains that try `chains` changes together in each of
    `rounds`; every `share_every` rounds the worse chains take up the better ones' trees, every `mend_every` rounds
    walls of the `mended` best are solved for. Where no plan keeps every rule, the search is made `attempts` times."""

    drawn: int = 400
    chains: int = 512
    rounds: int = 36
    share_every: int = 2
    mend_every: int = 12
    mended: int = 24
    attempts: int = 3


@dataclass(frozen=True)
class Found:
    """Plans that a search has found: their `trees`, the `layout` of their walls, and how good they are with these."""

    trees: Trees
    layout: Layout
    score: Score


def search(
    problem: Problem,
    random: np.random.Generator,
    effort: Effort,
    start: Trees | None = None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> tuple[Trees, np.ndarray]:
    """The trees of a whole search, the best first, and their costs (B,)."""
    *_, found = stages(problem, random, effort, start, progress)
    order = np.argsort(found.score.rank, kind="stable")
    return found.trees.take(order), found.score.rank[order]


def stages(
    problem: Problem,
    random: np.random.Generator,
    effort: Effort,
    start: Trees | None = None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> Iterator[Found]:
    """The best plans so far, every time that their walls were solved for, and in the end."""
    trees = patterned(problem, effort.drawn, random) if start is None else start
    score = scores_of(boxes_of(trees, problem), problem)
    lineages = max(effort.chains // TRIALS, min(effort.chains, LEAST_CHAINS))
    chosen = np.argsort(score.cost + MISSED[0] * score.missed, kind="stable")[:lineages]
    trees, score = trees.take(chosen), score.take(chosen)
    best, best_score = trees.take(np.arange(len(trees))), score.take(np.arange(len(trees)))
    near = _near(problem)
    for number in range(effort.rounds):
        done = number / effort.rounds
        _round(trees, score, problem, near, effort.chains // lineages, done, random)
        _keep(best, best_score, trees, score)
        if (number + 1) % effort.mend_every == 0 and number + 1 < effort.rounds:
            mended = _mended(trees, score, effort.mended, problem)
            _keep(best, best_score, trees, score)
            yield mended
        if (number + 1) % effort.share_every == 0:
            progress(0.1 + 0.6 * done, "Dividing the floor")
            _share(trees, score, MISSED[0] + (MISSED[1] - MISSED[0]) * done, random)
    few = best.take(_different(best_score, effort.mended))
    layout, boxes, there = polished(layout_of(few, boxes_of(few, problem), problem.ground), problem)
    yield Found(retold(few, layout, boxes.areas, problem), layout, there)


def _round(
    trees: Trees,
    score: Score,
    problem: Problem,
    near: np.ndarray,
    trials: int,
    done: float,
    random: np.random.Generator,
) -> None:
    """Each chain tries some changes, and takes up the best of them if it is better, or by chance."""
    price, heat = MISSED[0] + (MISSED[1] - MISSED[0]) * done, HOT * (1 - done) ** 2 + COLD
    of = np.repeat(np.arange(len(trees)), trials)
    blame = (score.blame + CONTENT * score.blame.mean(1, keepdims=True) + 1e-6)[of]
    trial = changed(trees.take(of), random, MOVES[0] + (MOVES[1] - MOVES[0]) * done, blame, near)
    new = scores_of(boxes_of(trial, problem), problem)
    worth = new.cost + price * new.missed
    one = np.arange(len(trees)) * trials + worth.reshape(-1, trials).argmin(1)
    gain = score.cost + price * score.missed - worth[one]
    taken = np.flatnonzero(gain > heat * np.log(np.maximum(random.random(len(gain)), 1e-12)))
    trees.put(taken, trial.take(one[taken]))
    score.put(taken, new.take(one[taken]))


def _keep(best: Trees, best_score: Score, trees: Trees, score: Score) -> None:
    """Each chain's best tree."""
    better = np.flatnonzero(score.rank < best_score.rank - 1e-12)
    best.put(better, trees.take(better))
    best_score.put(better, score.take(better))


def _mended(trees: Trees, score: Score, most: int, problem: Problem) -> Found:
    """Solves for the walls of the best trees, which then cut there where that is better."""
    some = _different(score, most)
    few = trees.take(some)
    layout, boxes, there = polished(layout_of(few, boxes_of(few, problem), problem.ground), problem, 1)
    told = retold(few, layout, boxes.areas, problem)
    new = scores_of(boxes_of(told, problem), problem)
    better = np.flatnonzero(new.rank < score.rank[some])
    trees.put(some[better], told.take(better))
    score.put(some[better], new.take(better))
    return Found(told, layout, there)


def _different(score: Score, most: int) -> np.ndarray:
    """The numbers of the best, of equal ones the first."""
    return np.asarray(np.unique(score.rank, return_index=True)[1][:most])


def _share(trees: Trees, score: Score, price: float, random: np.random.Generator) -> None:
    """The worse third of the chains takes up trees of the better third."""
    order = np.argsort(score.cost + price * score.missed, kind="stable")
    third = len(order) // 3
    worse, better = order[-third:], order[random.integers(0, max(third, 1), third)]
    trees.put(worse, trees.take(better))
    score.put(worse, score.take(better))


def _near(problem: Problem) -> np.ndarray:
    """(M, M) how much a part seeks another one: those that are to adjoin most."""
    near = np.full((problem.count, problem.count), FAR)
    pairs = problem.needs.pairs[problem.needs.pairs[:, 1] < problem.count]
    near[pairs[:, 0], pairs[:, 1]] = near[pairs[:, 1], pairs[:, 0]] = 1
    np.fill_diagonal(near, 0)
    return near
