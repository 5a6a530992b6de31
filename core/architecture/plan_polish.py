# SPDX-License-Identifier: GPL-3.0-or-later
"""Walls of plans moved until rooms have their areas and what they need: a search's finish.

Which walls bound a room stays; where they stand is solved for, all walls of a plan at once and many plans at a time.
What plans lack is nearly linear in the places of walls, so each pass takes its slopes by differences and then finds the
step d that makes sum_i w_i max(0, l_i + (S d)_i) + a |o + T d|^2 small, by reweighted least squares (E. Schlossmacher
1973); it is taken where it helps. Shape letters: B plans, N rooms, G walls that move, L wishes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .plan_boxes import CLOSE_M, Boxes
from .plan_ground import STEP_M
from .plan_layout import Layout, boxes_between, held_walls
from .plan_problem import Problem
from .plan_score import Score, lacks_of, scores_of

# steps between the places that slopes are taken of; the farthest that a wall goes in a pass; shares of a step tried
APART, FARTHEST_M, SHARES = 3, 0.8, (1.0, 0.5)
PASSES, SOLVES = 3, 8
# what is kept to spare of every wish, and below which a lack weighs no more for being small
SPARE, SMALL = 0.01, 0.02
# what the square of an area that is off weighs, beside a unit of a wish that costs one; what a wall's square metre does
AREA, STAY = 8.0, 0.02


@dataclass(frozen=True)
class _Lacks:
    """`off` (N, B) how far areas are off, `lack` (L, B) what wishes lack, positive or not, `price` (L,) of each."""

    off: np.ndarray
    lack: np.ndarray
    price: np.ndarray


def polished(layout: Layout, problem: Problem, passes: int = PASSES) -> tuple[Layout, Boxes, Score]:
    """The layout with its walls moved, the boxes between them and their score, which is nowhere worse than before."""
    gaps = layout.axes.shape[1]
    walls = layout.walls.copy()
    boxes = boxes_between(layout.bounds, walls, problem.ground)
    score = scores_of(boxes, problem)
    for number in range(passes if gaps else 0):
        here = Layout(layout.bounds, walls, layout.axes)
        step = _step(here, boxes, problem, APART if number % 2 == 0 else -APART)
        for share in SHARES:
            trial = walls.copy()
            trial[:, :gaps] += np.rint(share * step / STEP_M).astype(np.int64)
            trial = _at_corners(_on_the_floor(trial, layout.axes, problem), layout.axes, problem)
            new = scores_of(boxes_between(layout.bounds, trial, problem.ground), problem)
            better = np.flatnonzero(new.rank < score.rank)
            walls[better] = trial[better]
            score.put(better, new.take(better))
        boxes = boxes_between(layout.bounds, walls, problem.ground)
    return Layout(layout.bounds, walls, layout.axes), boxes, score


def _step(layout: Layout, boxes: Boxes, problem: Problem, apart: int) -> np.ndarray:
    """(B, G) metres that walls are to move; slopes are taken of places `apart` steps away."""
    count, gaps = layout.axes.shape
    each = np.arange(gaps)
    tried = np.repeat(layout.walls[None], gaps, 0)
    tried[each, :, each] += apart
    tried = _on_the_floor(tried, layout.axes, problem)
    now, there = _lacks(boxes, problem), _lacks(boxes_between(layout.bounds, tried, problem.ground), problem)
    moves = ~held_walls(layout, problem).T

    def slopes(far: np.ndarray, near: np.ndarray) -> np.ndarray:
        change = (far.reshape(-1, gaps, count) - near[:, None]) / (apart * STEP_M)
        return np.where(moves, change, 0.0).transpose(2, 0, 1)

    step = _solved(now, slopes(there.off, now.off), slopes(there.lack, now.lack))
    return np.asarray(np.where(moves.T, step, 0.0))


def _solved(now: _Lacks, areas: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """(B, G) the steps, by the slopes of areas (B, N, G) and of what wishes lack (B, L, G)."""
    count, gaps = areas.shape[0], areas.shape[2]
    lack, each = now.lack.T + SPARE, np.arange(gaps)
    turned = slopes.transpose(0, 2, 1)
    fixed = 2 * AREA * (areas.transpose(0, 2, 1) @ areas)
    fixed[:, each, each] += STAY
    pull = 2 * AREA * (areas.transpose(0, 2, 1) @ now.off.T[..., None])
    step = np.zeros((count, gaps))
    for _ in range(SOLVES):
        there = lack + (slopes @ step[..., None])[..., 0]
        # max(0, l) = (l + |l|) / 2, and |l| is about l^2 / (2 |l'|) + |l'| / 2 near l'
        weight = now.price / (2 * np.maximum(np.abs(there), SMALL))
        square = fixed + turned @ (slopes * weight[..., None])
        right = pull + turned @ (weight * lack + now.price / 2)[..., None]
        step = np.clip(-np.linalg.solve(square, right)[..., 0], -FARTHEST_M, FARTHEST_M)
    return step


def _lacks(boxes: Boxes, problem: Problem) -> _Lacks:
    off, _, lacks = lacks_of(boxes, problem)
    # a wish that is missed costs by itself too
    price = np.concatenate([np.full(len(lack), 2 * slope + 2) for lack, slope in lacks.values()])
    return _Lacks(off, np.concatenate([lack for lack, _ in lacks.values()]).astype(np.float64), price)


def _on_the_floor(walls: np.ndarray, axes: np.ndarray, problem: Problem) -> np.ndarray:
    """Walls (..., B, W) no farther than the floor's bounding box."""
    ends = np.rint(problem.ground.lines[:, -1] / STEP_M).astype(np.int64)
    most = np.concatenate([ends[axes], np.broadcast_to(np.repeat(ends, 2), (len(axes), 4))], 1)
    return np.asarray(np.clip(walls, 0, most))


def _at_corners(walls: np.ndarray, axes: np.ndarray, problem: Problem) -> np.ndarray:
    """Walls (B, W) moved to the outline's corners nearby, so that no sliver is left."""
    at = walls[:, : axes.shape[1]]
    for way in (0, 1):
        for place in problem.ground.corner_lines[way][1:-1]:
            line = int(np.rint(place / STEP_M))
            at = np.where((axes == way) & (np.abs(at - line) <= CLOSE_M / STEP_M), line, at)
    return np.concatenate([at, walls[:, axes.shape[1] :]], 1)
