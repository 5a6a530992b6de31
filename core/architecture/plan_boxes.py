# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees to boxes, many at a time: each cut goes where it gives both sides the area of their rooms.

A part of a room is its box where that lies on the floor; the boxes tile the floor's bounding box, so the rooms cover
the floor and never overlap, whatever the tree. Shape letters: B trees, M parts, K lines of the ground's table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .plan_ground import STEP_M, Ground
from .plan_problem import Problem
from .plan_trees import Trees

# a cut within CLOSE_M of a corner's line goes there, so that no sliver is left; one that snaps looks REACH_M around
CLOSE_M, REACH_M = 0.18, 1.6
# the usual width of a hall
HALL_M = 1.2


@dataclass(frozen=True)
class Boxes:
    """`low` and `high` (2, B, M) by axis: int64, in steps of STEP_M from the ground's origin; `areas` (B, M) in m2
    that each has on the floor."""

    low: np.ndarray
    high: np.ndarray
    areas: np.ndarray

    def metres(self, number: int, ground: Ground) -> np.ndarray:
        """(M, 2, 2) the boxes of one tree: axis, then low and high end. What was cut at a corner's line lies on it."""
        ends = np.stack([self.low[:, number].T, self.high[:, number].T], -1)
        metres = ends * STEP_M
        for axis, lines in enumerate(ground.corner_lines):
            for line in lines:
                metres[:, axis][ends[:, axis] == np.rint(line / STEP_M)] = line
        return np.asarray(metres)


def boxes_of(trees: Trees, problem: Problem) -> Boxes:
    """The boxes of every tree, by part."""
    ground, (count, parts) = problem.ground, trees.keys.shape
    row = np.argsort(trees.keys, axis=1, kind="stable")
    sums = np.zeros((count, parts + 1))
    each = np.arange(count)
    sizes = problem.shares_m2 * np.exp(trees.sizes)
    np.cumsum(sizes[each[:, None], row], axis=1, out=sums[:, 1:])
    low, high = np.zeros((2, count, parts), np.int64), np.empty((2, count, parts), np.int64)
    high[:] = np.rint(ground.lines[:, -1] / STEP_M).astype(np.int64)[:, None, None]
    areas = np.full((count, parts), ground.area)
    start, end = np.zeros((count, parts), np.int64), np.full((count, parts), parts)
    place = np.arange(parts)[None]
    odds = np.exp(-trees.shifts)
    hall = problem.halls[row]
    widths = np.ceil(problem.widths_m / STEP_M - 1e-6).astype(np.int64)[row]
    keeper = _Doorkeeper(problem, row)
    for gap in np.argsort(trees.turns, axis=1, kind="stable").T:
        first, last, axis = start[each, gap], end[each, gap], trees.axes[each, gap]
        mine = sums[each, gap + 1] - sums[each, first]
        others = (sums[each, last] - sums[each, gap + 1]) * odds[each, gap]
        box = np.stack([low[:, each, gap], high[:, each, gap]], -1)
        share, area = mine / (mine + others), areas[each, gap]
        is_left = (place >= first[:, None]) & (place <= gap[:, None])
        is_right = (place > gap[:, None]) & (place < last[:, None])
        before, after = (is_left * widths).max(1), (is_right * widths).max(1)
        least, most = keeper.reach(box, axis, first, gap, last, before, after)
        # a hall that is cut off alone may be as wide as a hall is, whatever its area
        width = HALL_M / STEP_M * np.sqrt(odds[each, gap])
        alone_left = trees.snaps[each, gap] & (gap == first) & hall[each, gap]
        alone_right = trees.snaps[each, gap] & (gap + 2 == last) & hall[each, gap + 1]
        wide = np.where(alone_left, box[axis, each, 0] + width, np.where(alone_right, box[axis, each, 1] - width, -1))
        at, left = cuts(problem, box, axis, share, area, trees.snaps[each, gap], wide, least, most)
        along = (axis == 1)[:, None]
        for way, turned in enumerate((~along, along)):
            np.copyto(high[way], at[:, None], where=is_left & turned)
            np.copyto(low[way], at[:, None], where=is_right & turned)
        np.copyto(areas, left[:, None], where=is_left)
        np.copyto(areas, (area - left)[:, None], where=is_right)
        np.copyto(end, gap[:, None] + 1, where=is_left)
        np.copyto(start, gap[:, None] + 1, where=is_right)
    by_part = np.argsort(row, axis=1, kind="stable")
    rows = each[:, None]
    return Boxes(low[:, rows, by_part], high[:, rows, by_part], areas[rows, by_part])


class _Doorkeeper:
    """Says how far a cut may go: each side keeps the least width of its rooms, and the front door stays with a part
    that it may open to, so that every tree's plan has its door."""

    def __init__(self, problem: Problem, row: np.ndarray) -> None:
        count, parts = row.shape
        self._entered = np.zeros((count, parts + 1), np.int64)
        opens = np.zeros(parts, np.int64)
        opens[problem.entrance] = 1
        np.cumsum(opens[row], axis=1, out=self._entered[:, 1:])
        door = problem.door if len(problem.entrance) else None
        self._door = (
            None if door is None else np.rint(np.stack([door.min(0), door.max(0)], 1) / STEP_M).astype(np.int64)
        )

    def reach(
        self,
        box: np.ndarray,
        axis: np.ndarray,
        first: np.ndarray,
        gap: np.ndarray,
        last: np.ndarray,
        before: np.ndarray,
        after: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most place (B,) of a cut along `axis`; `before` and `after` are the least widths."""
        each = np.arange(len(axis))
        low, high = box[axis, each, 0], box[axis, each, 1]
        least, most = low + before, high - after
        if self._door is not None:
            door = self._door[axis]
            past = np.maximum(box[:, :, 0].T - self._door[:, 0], self._door[:, 1] - box[:, :, 1].T)
            inside = (past <= 0).all(1)
            middle = self._entered[each, gap + 1]
            left, right = middle > self._entered[each, first], self._entered[each, last] > middle
            least = np.where(inside & left & ~right, np.maximum(least, door[:, 1]), least)
            most = np.where(inside & right & ~left, np.minimum(most, door[:, 0]), most)
        # where both cannot be, what is needed is split
        crossed = least > most
        even = low + (high - low) * before // np.maximum(before + after, 1)
        return np.where(crossed, even, least), np.where(crossed, even, most)


def cuts(
    problem: Problem,
    boxes: np.ndarray,
    axis: np.ndarray,
    share: np.ndarray,
    area: np.ndarray,
    snaps: np.ndarray,
    wide: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Where boxes (2, B, 2) of `area` (B,) are cut along `axis` (B,), in steps between `least` and `most`, and the area
    before the cut: at `wide`, where that is not negative, else where the share of the area is before it."""
    ground, each = problem.ground, np.arange(len(axis))
    low, high = boxes[axis, each, 0], boxes[axis, each, 1]
    rows = ground.rows[axis, boxes[1 - axis, each, 1]] - ground.rows[axis, boxes[1 - axis, each, 0]]
    first = _read(ground, rows, axis, low)
    aim = first + share * area
    lines = ground.lines[axis]
    cell = np.minimum((rows[:, 1:-1] <= aim[:, None]).sum(1), lines.shape[1] - 2)
    under, over = rows[each, cell], rows[each, cell + 1]
    rise = over - under
    within = np.clip((aim - under) / np.where(rise > 0, rise, 1.0), 0, 1)
    at = lines[each, cell] + within * (lines[each, cell + 1] - lines[each, cell])
    at = np.rint(np.where(wide >= 0, wide, at / STEP_M)).astype(np.int64)
    at = np.minimum(np.maximum(at, least), most)
    at = _snapped(ground, at, axis, least, most, snaps & (wide < 0))
    if len(problem.walls):
        at = _walled(problem.walls, boxes, at, axis, low, high)
    return at, np.clip(_read(ground, rows, axis, at) - first, 0, area)


def _read(ground: Ground, rows: np.ndarray, axis: np.ndarray, value: np.ndarray) -> np.ndarray:
    """`rows` (B, K), given at the lines of `axis`, read between them at `value` (B,) in steps."""
    each, cell = np.arange(len(rows)), ground.cells[axis, value]
    under = rows[each, cell]
    return np.asarray(under + ground.within[axis, value] * (rows[each, cell + 1] - under))


def _snapped(
    ground: Ground, at: np.ndarray, axis: np.ndarray, least: np.ndarray, most: np.ndarray, snaps: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest corner's line within reach that lies inside their box."""
    reach = np.where(snaps, REACH_M / STEP_M, CLOSE_M / STEP_M)
    for way in (0, 1):
        lines = np.rint(ground.corner_lines[way][1:-1] / STEP_M).astype(np.int64)
        if len(lines):
            away = np.abs(lines - at[:, None])
            outside = (lines < least[:, None]) | (lines > most[:, None])
            away[outside | (axis != way)[:, None]] = 1 << 40
            nearest = away.argmin(1)
            at = np.where(away[np.arange(len(at)), nearest] <= reach, lines[nearest], at)
    return at


def _walled(
    walls: np.ndarray, boxes: np.ndarray, at: np.ndarray, axis: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest pinned wall that runs their way and crosses their box."""
    best, result = np.full(len(at), 1 << 40), at
    for wall in walls:
        for way in (0, 1):
            if np.ptp(wall[:, way]) > 2 * STEP_M:
                continue
            place = int(np.rint(wall[:, way].mean() / STEP_M))
            start, end = np.sort(wall[:, 1 - way]) / STEP_M
            other = boxes[1 - way]
            crosses = (axis == way) & (low < place - 2) & (high > place + 2)
            crosses &= (np.minimum(other[:, 1], end) - np.maximum(other[:, 0], start)) > 2
            away = np.where(crosses, np.abs(at - place), 1 << 40)
            result = np.where(away < best, place, result)
            best = np.minimum(best, away)
    return result
