# SPDX-License-Identifier: GPL-3.0-or-later
"""How far plans are from their wishes, many at a time: the search's quick measure.

It reads boxes and the ground's tables alone. `plan_rules` judges the plan that comes of it by its polygons.
Shape letters: B plans, N rooms, M parts of rooms, K lines, E sides, R pairs; lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .plan_boxes import Boxes
from .plan_ground import STEP_M
from .plan_problem import WINDOW_WALL_M, Problem

# what a metre that lacks costs
A_METRE = 2.0
# a little more than the rule, so that rounding cannot break it
SPARE_M = 0.03
# the least share of its bounding box that a room fills, and the most of its area in parts narrower than it may be
FILL, NARROW = 0.72, 0.07
SAME_M = 1e-6
# corners stand between whole steps: what is thinner than this is not there
SLIVER_M = 0.015
# a room narrower than it may be by less than this is wide enough
LEAST_M = 1e-3
# what an area costs for being off, as a share of it, and its square
AREA = (1.2, 2.0)


@dataclass(frozen=True)
class Score:
    """`cost` (B,) what plans lack, weighed, `missed` (B,) how many wishes they miss, `off` (B,) how far areas are off
    in the mean, `blame` (B, M) each part's share of the cost."""

    cost: np.ndarray
    missed: np.ndarray
    off: np.ndarray
    blame: np.ndarray

    @property
    def rank(self) -> np.ndarray:
        """(B,) what plans are compared by, less being better."""
        return np.asarray(self.cost + self.missed)

    def take(self, rows: np.ndarray) -> Score:
        """The scores of these rows."""
        return Score(self.cost[rows], self.missed[rows], self.off[rows], self.blame[rows])

    def put(self, rows: np.ndarray, others: Score) -> None:
        """Replace the scores of these rows."""
        self.cost[rows], self.missed[rows] = others.cost, others.missed
        self.off[rows], self.blame[rows] = others.off, others.blame


def scores_of(boxes: Boxes, problem: Problem) -> Score:
    """How good plans are."""
    lean, cost, lacks = lacks_of(boxes, problem)
    off, count = np.abs(lean), len(problem.rooms)
    blame = np.zeros(boxes.areas.shape)
    blame[:, :count] = off * (AREA[0] + AREA[1] * off)
    cost = cost + blame.sum(1)
    missed = np.zeros(len(cost))
    for name, (lack, slope) in lacks.items():
        each, lacking = slope * np.maximum(lack, 0), lack > SAME_M
        cost += each.sum(1)
        missed += lacking.sum(1)
        each += 0.5 * lacking
        if name == "needs":
            for number, pair in enumerate(problem.needs.first):
                for part in pair[pair < problem.count]:
                    blame[:, part] += each[:, number]
        elif lack.shape[1] > 1:
            blame[:, : lack.shape[1]] += each
    return Score(cost, missed, off.mean(1), blame)


def lacks_of(boxes: Boxes, problem: Problem) -> tuple[np.ndarray, np.ndarray, dict[str, tuple[np.ndarray, float]]]:
    """(B, N) how far areas are off, as shares; (B,) what is not good though no rule forbids it; and what the plans lack
    by wish, (B, some) not positive where it is met, and what its unit costs."""
    count, areas = len(problem.rooms), boxes.areas
    low, high, lost, broken = shapes_of(boxes, problem)
    size = high - low
    shorter, longer = np.minimum(*size), np.maximum(*size)
    whole = areas[:, :count].copy()
    whole[:, problem.arms] += areas[:, count:]
    lean = whole / problem.targets_m2 - 1
    aspect = longer / np.maximum(shorter, 0.1)
    cost = 0.04 * np.maximum(aspect - np.minimum(1.5, problem.aspects / 2), 0).sum(1)
    ends = boxes.low[:, :, :count] * STEP_M, boxes.high[:, :, :count] * STEP_M
    windows = lengths_in(problem.ground.sides, *ends).sum(-1)
    cost += 0.03 * np.where(problem.habitable, 0, windows).sum(1)
    lacks = {
        "area": (np.abs(lean) - problem.area_off, 2.0),
        "least": (1 - whole / problem.least_m2, 3.0),
        "width": (problem.widths_m - shorter, A_METRE),
        "aspect": (longer - problem.aspects * shorter * 0.99, 0.7),
        "window": (np.where(problem.habitable, WINDOW_WALL_M + SPARE_M - windows, -1), A_METRE),
        "needs": (_unmet_needs(boxes, low, high, problem), A_METRE),
    }
    if not problem.ground.is_box:
        lacks["fill"] = FILL - areas / np.maximum(size[0] * size[1], 1e-6), 3.0
        lacks["narrow"] = lost - NARROW * areas, 1.0
        lacks["broken"] = broken, 2.0
    if problem.door is not None and len(problem.entrance):
        lacks["door"] = _from_the_door(boxes, problem), 2.0
    if len(problem.walls):
        lacks["walls"] = lengths_in(problem.walls, ends[0] + SPARE_M, ends[1] - SPARE_M).sum(-1), A_METRE
    return lean, cost, lacks


def shapes_of(boxes: Boxes, problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(2, B, M) low and high ends of the boxes shrunk to what of them is floor; (B, M) the area in parts narrower than
    the room may be, and the gaps that part it."""
    starts, ends = boxes.low * STEP_M, boxes.high * STEP_M
    lost, broken = np.zeros(boxes.areas.shape), np.zeros(boxes.areas.shape)
    if problem.ground.is_box:
        return starts, ends, lost, broken
    low, high = np.empty_like(starts), np.empty_like(ends)
    for way in (0, 1):
        lines, rows = problem.ground.lines[way], problem.ground.rows[way]
        area = np.diff(rows[boxes.high[1 - way]] - rows[boxes.low[1 - way]], axis=-1)
        width = np.diff(lines)
        height = area / np.where(width > 0, width, 1.0)
        start, end = np.maximum(lines[:-1], starts[way, ..., None]), np.minimum(lines[1:], ends[way, ..., None])
        there = (end - start > SLIVER_M) & (height > SLIVER_M)
        low[way] = np.where(there, start, 1e9).min(-1)
        high[way] = np.where(there, end, -1e9).max(-1)
        part = there * (end - start)
        narrow = height < problem.widths_m[:, None] - LEAST_M
        lost = np.maximum(lost, (narrow * part * height).sum(-1))
        broken += high[way] - low[way] - part.sum(-1)
    if len(problem.ground.rectangles):
        lost = boxes.areas - _opened(starts, ends, problem)
    empty = high[0] < low[0]
    low[:, empty] = high[:, empty] = 0
    return low, high, lost, np.where(empty, 1.0, np.maximum(broken - SAME_M, 0))


def _opened(low: np.ndarray, high: np.ndarray, problem: Problem) -> np.ndarray:
    """(B, M) the area of parts that a square of their least width reaches."""
    ground = problem.ground
    fits = []
    for (left, right), (front, back) in ground.rectangles:
        wide = np.minimum(high[0], right) - np.maximum(low[0], left)
        deep = np.minimum(high[1], back) - np.maximum(low[1], front)
        fits.append(np.minimum(wide, deep) > problem.widths_m - LEAST_M)
    x, y = ground.corner_lines
    wide = [np.maximum(np.minimum(high[0], b) - np.maximum(low[0], a), 0) for a, b in pairwise(x)]
    deep = [np.maximum(np.minimum(high[1], b) - np.maximum(low[1], a), 0) for a, b in pairwise(y)]
    opened = np.zeros(low.shape[1:])
    for i, one in enumerate(wide):
        for j, other in enumerate(deep):
            over = [
                fit
                for fit, hall in zip(fits, ground.rectangles, strict=True)
                if hall[0, 0] <= x[i] and hall[0, 1] >= x[i + 1] and hall[1, 0] <= y[j] and hall[1, 1] >= y[j + 1]
            ]
            if over:
                opened += np.where(np.logical_or.reduce(over), one * other, 0)
    return opened


def lengths_in(sides: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(B, N, E) metres of each side (E, 2, 2) within each box, from `low` to `high` (2, B, N) (Y. Liang and B. Barsky,
    1984)."""
    start, way = sides[:, 0], sides[:, 1] - sides[:, 0]
    inverse = 1 / np.where(np.abs(way) < 1e-9, 1e-9, way)
    enter: np.ndarray | float = 0.0
    leave: np.ndarray | float = 1.0
    for axis in (0, 1):
        one = (low[axis, ..., None] - start[:, axis]) * inverse[:, axis]
        two = (high[axis, ..., None] - start[:, axis]) * inverse[:, axis]
        enter = np.maximum(enter, np.minimum(one, two))
        leave = np.minimum(leave, np.maximum(one, two))
    return np.asarray(np.maximum(leave - enter, 0) * np.hypot(*way.T))


def shared_walls(boxes: Boxes, low: np.ndarray, high: np.ndarray, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """(B, R) metres of wall that the parts of each pair share, and how far apart they are.

    `low` and `high` are those of `shapes_of`. Where both parts have a corner of the outline in their wall, this is the
    most that they may share.
    """
    pairs, count = problem.needs.pairs, problem.count
    first, second = pairs[:, 0], np.minimum(pairs[:, 1], count - 1)
    touch = (boxes.high[:, :, first] == boxes.low[:, :, second]) | (boxes.low[:, :, first] == boxes.high[:, :, second])
    common = np.minimum(high[:, :, first], high[:, :, second]) - np.maximum(low[:, :, first], low[:, :, second])
    length = np.maximum(touch[0] * common[1], touch[1] * common[0])
    # apart along the one axis, touching along the other: neither is a wall
    length = np.where((common > -SAME_M).all(0), length, 0)
    apart = np.maximum(-np.minimum(*common), 0)
    for number, sides in enumerate(problem.pinned_sides):
        held = np.flatnonzero(pairs[:, 1] == count + number)
        if len(held):
            start, end = boxes.low[:, :, first[held]] * STEP_M, boxes.high[:, :, first[held]] * STEP_M
            length[:, held] = lengths_in(sides, start, end).sum(-1)
            middle = sides.mean((0, 1))[:, None, None]
            apart[:, held] = np.maximum(np.maximum(start - middle, middle - end).max(0), 0)
    return length, apart


def _unmet_needs(boxes: Boxes, low: np.ndarray, high: np.ndarray, problem: Problem) -> np.ndarray:
    """(B, needs) the metres of wall that lack to each need, and a share of those that its rooms are apart."""
    needs = problem.needs
    if not len(needs.need):
        return np.zeros((len(boxes.areas), 0))
    length, apart = shared_walls(boxes, low, high, problem)
    lack = needs.wall_m + SPARE_M - length + 0.3 * apart
    return np.asarray(np.minimum.reduceat(lack, needs.starts, axis=1))


def _from_the_door(boxes: Boxes, problem: Problem) -> np.ndarray:
    """(B, 1) how far the nearest part that the front door may open to is from it."""
    assert problem.door is not None
    door = problem.door.T[:, None, None]
    low, high = (ends[:, :, problem.entrance, None] * STEP_M for ends in (boxes.low, boxes.high))
    away = np.maximum(low - door, door - high).max(0).max(-1)
    return np.asarray(away.min(1, keepdims=True))
