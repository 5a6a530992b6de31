# SPDX-License-Identifier: GPL-3.0-or-later
"""How far plans are from their wishes, many at a time: the search's quick measure.

It reads boxes and the ground's tables alone. `plan_rules` judges the plan that comes of it by its polygons.
Shape letters: B plans, N rooms, M parts of rooms, K lines, E sides, R pairs; lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .plan_boxes import Boxes
from .plan_measures import SAME_M, ends_of, lengths_in, metres, shapes_of, shared_walls
from .plan_problem import WINDOW_WALL_M, Problem

# what a metre that lacks costs
A_METRE = 2.0
# a little more than the rule, so that rounding cannot break it
SPARE_M = 0.03
# the least share of its bounding box that a room fills, and the most of its area in parts narrower than it may be
FILL, NARROW = 0.72, 0.07
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
    blame = np.zeros((problem.count, len(boxes.areas)), np.float32)
    blame[:count] = off * (AREA[0] + AREA[1] * off)
    cost = cost + blame.sum(0)
    missed = np.zeros(len(cost))
    for name, (lack, slope) in lacks.items():
        each, lacking = slope * np.maximum(lack, 0), lack > SAME_M
        cost += each.sum(0)
        missed += lacking.sum(0)
        each += np.float32(0.5) * lacking
        if name == "needs":
            for number, pair in enumerate(problem.needs.first.tolist()):
                for part in pair:
                    if part < problem.count:
                        blame[part] += each[number]
        elif len(lack) > 1:
            blame[: len(lack)] += each
    return Score(cost, missed, off.mean(0), blame.T)


def lacks_of(boxes: Boxes, problem: Problem) -> tuple[np.ndarray, np.ndarray, dict[str, tuple[np.ndarray, float]]]:
    """(N, B) how far areas are off, as shares; (B,) what is not good though no rule forbids it; and what the plans lack
    by wish, (some, B) not positive where it is met, and what its unit costs."""
    count, areas = len(problem.rooms), np.ascontiguousarray(boxes.areas.T, np.float32)
    low, high, lost, broken = shapes_of(boxes, problem)
    size = high - low
    shorter, longer = np.minimum(*size), np.maximum(*size)
    whole = areas[:count].copy()
    np.add.at(whole, problem.arms, areas[count:])
    targets, least, off, widths, aspects = (
        values.astype(np.float32)[:, None]
        for values in (problem.targets_m2, problem.least_m2, problem.area_off, problem.widths_m, problem.aspects)
    )
    lean = whole / targets - 1
    aspect = longer / np.maximum(shorter, np.float32(0.1))
    cost = 0.04 * np.maximum(aspect - np.minimum(1.5, aspects / 2), 0).sum(0, dtype=np.float64)
    starts, ends = (metres(steps[:, :count]) for steps in ends_of(boxes))
    windows = lengths_in(problem.ground.sides, starts, ends)
    lit = problem.habitable[:, None]
    cost += 0.03 * (windows * ~lit).sum(0)
    lacks = {
        "area": (np.abs(lean) - off, 2.0),
        "least": (1 - whole / least, 3.0),
        "width": (widths - shorter, A_METRE),
        "aspect": (longer - aspects * shorter * np.float32(0.99), 0.7),
        "window": (np.where(lit, np.float32(WINDOW_WALL_M + SPARE_M) - windows, np.float32(-1)), A_METRE),
        "needs": (_unmet_needs(boxes, low, high, problem), A_METRE),
    }
    if not problem.ground.is_box:
        filled = areas / np.maximum(size[0] * size[1], np.float32(1e-6))
        lacks["fill"] = FILL - filled, 3.0
        lacks["narrow"] = lost - NARROW * areas, 1.0
        lacks["broken"] = broken, 2.0
    if problem.door is not None and len(problem.entrance):
        lacks["door"] = _from_the_door(boxes, problem), 2.0
    if len(problem.walls):
        lacks["walls"] = lengths_in(problem.walls, starts + SPARE_M, ends - SPARE_M), A_METRE
    return lean, cost, lacks


def _unmet_needs(boxes: Boxes, low: np.ndarray, high: np.ndarray, problem: Problem) -> np.ndarray:
    """(needs, B) the metres of wall that lack to each need, and a share of those that its rooms are apart."""
    needs = problem.needs
    if not len(needs.need):
        return np.zeros((0, len(boxes.areas)), np.float32)
    length, apart = shared_walls(boxes, low, high, problem)
    lack = (needs.wall_m + SPARE_M).astype(np.float32)[:, None] - length + 0.3 * apart
    return np.asarray(np.minimum.reduceat(lack, needs.starts, axis=0))


def _from_the_door(boxes: Boxes, problem: Problem) -> np.ndarray:
    """(1, B) how far the nearest part that the front door may open to is from it."""
    assert problem.door is not None
    low, high = (metres(steps[:, problem.entrance]) for steps in ends_of(boxes))
    away = np.zeros(low.shape[1:], np.float32)
    for x, y in problem.door.tolist():
        for place, least, most in ((x, low[0], high[0]), (y, low[1], high[1])):
            np.maximum(away, least - place, out=away)
            np.maximum(away, place - most, out=away)
    return np.asarray(away.min(0, keepdims=True))
