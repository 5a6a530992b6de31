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
from .plan_slices import Slices, slices_of
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

    def take(self, rows: np.ndarray) -> Boxes:
        """The boxes of these trees."""
        return Boxes(self.low[:, rows], self.high[:, rows], self.areas[rows])

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
    count, parts = trees.keys.shape
    row = np.argsort(trees.keys, axis=1, kind="stable")
    turns, axes, shifts, snaps = (np.take_along_axis(part, row, 1)[:, 1:] for part in trees.cuts)
    slices = slices_of(turns)
    wishes = _wishes(problem, slices, row, np.take_along_axis(trees.sizes, row, 1), axes, shifts, snaps)
    nodes = 2 * parts - 1
    # flat: a node's number, doubled, and the axis
    low, high = np.zeros(2 * count * nodes, np.int64), np.empty((count, nodes, 2), np.int64)
    high[:] = np.rint(problem.ground.lines[:, -1] / STEP_M).astype(np.int64)
    high, areas = high.reshape(-1), np.full(count * nodes, problem.ground.area)
    base = np.repeat(np.arange(count) * nodes, parts - 1)
    node = base + np.tile(np.arange(parts - 1), count)
    before, after = base + slices.before.reshape(-1), base + slices.after.reshape(-1)
    depth = slices.depth.reshape(-1)
    order = np.argsort(depth, kind="stable")
    for some in np.split(order, np.cumsum(np.bincount(depth))[:-1]):
        wished = wishes.take(some)
        along, across = 2 * node[some] + wished.axes, 2 * node[some] + 1 - wished.axes
        box = _Ends(low[along], high[along], low[across], high[across])
        area = areas[node[some]]
        at, left = cuts(problem, box, area, wished)
        for side, start, end, size in ((before, box.low, at, left), (after, at, box.high, area - left)):
            one = side[some]
            along, across = 2 * one + wished.axes, 2 * one + 1 - wished.axes
            low[along], high[along], low[across], high[across] = start, end, box.low_across, box.high_across
            areas[one] = size
    place = (np.arange(count) * nodes)[:, None] + parts - 1 + np.argsort(row, axis=1, kind="stable")
    ends = 2 * place + np.arange(2)[:, None, None]
    return Boxes(low[ends], high[ends], areas[place])


@dataclass(frozen=True)
class _Ends:
    """Boxes (n,) in steps: their ends along the axis that they are cut on, and across it."""

    low: np.ndarray
    high: np.ndarray
    low_across: np.ndarray
    high_across: np.ndarray


@dataclass(frozen=True)
class _Wishes:
    """What cuts are to be like, each an array (n,): `axes`, `snaps`, the `shares` of the area before the cut, widths
    `before` and `after` that the parts on either side need, `wide` the width of a hall cut off before (positive) or
    after (negative) it, 0 for none, `doors` 1 if the front door has to stay before it, 2 after it, 0 either."""

    axes: np.ndarray
    snaps: np.ndarray
    shares: np.ndarray
    before: np.ndarray
    after: np.ndarray
    wide: np.ndarray
    doors: np.ndarray

    def take(self, rows: np.ndarray) -> _Wishes:
        """The wishes of these cuts."""
        return _Wishes(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def _wishes(
    problem: Problem,
    slices: Slices,
    row: np.ndarray,
    sizes: np.ndarray,
    axes: np.ndarray,
    shifts: np.ndarray,
    snaps: np.ndarray,
) -> _Wishes:
    count, parts = row.shape
    gap, place = np.arange(parts - 1), np.arange(parts)
    each = np.arange(count)[:, None]
    sums = np.zeros((count, parts + 1))
    np.cumsum(problem.shares_m2[row] * np.exp(sizes), axis=1, out=sums[:, 1:])
    middle = sums[:, 1:-1]
    mine, others = middle - sums[each, slices.first], (sums[each, slices.last] - middle) * np.exp(-shifts)
    widths = np.ceil(problem.widths_m / STEP_M - 1e-6).astype(np.int64)[row][:, None]
    is_left = (place >= slices.first[..., None]) & (place <= gap[:, None])
    is_right = (place > gap[:, None]) & (place < slices.last[..., None])
    hall = problem.halls[row]
    # a hall that is cut off alone may be as wide as a hall is, whatever its area
    width = np.rint(HALL_M / STEP_M * np.exp(-shifts / 2)).astype(np.int64)
    left = snaps & (slices.first == gap) & hall[:, :-1]
    right = snaps & (slices.last == gap + 2) & hall[:, 1:]
    opens = np.zeros(parts, bool)
    opens[problem.entrance] = True
    enters = opens[row][:, None]
    one, two = (is_left & enters).any(2), (is_right & enters).any(2)
    return _Wishes(
        axes.reshape(-1),
        snaps.reshape(-1),
        (mine / (mine + others)).reshape(-1),
        np.where(is_left, widths, 0).max(2).reshape(-1),
        np.where(is_right, widths, 0).max(2).reshape(-1),
        np.where(left, width, np.where(right, -width, 0)).reshape(-1),
        np.where(one & ~two, 1, np.where(two & ~one, 2, 0)).reshape(-1),
    )


def _reach(problem: Problem, box: _Ends, wishes: _Wishes) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most place (n,) of cuts: each side keeps the least width of its rooms, and the front door stays
    with a part that it may open to, so that every tree's plan has its door."""
    least, most = box.low + wishes.before, box.high - wishes.after
    if problem.door is not None and len(problem.entrance):
        door = np.rint(np.stack([problem.door.min(0), problem.door.max(0)]) / STEP_M).astype(np.int64)
        (first, last), other = door.take(wishes.axes, 1), door.take(1 - wishes.axes, 1)
        inside = (box.low <= first) & (box.high >= last) & (box.low_across <= other[0]) & (box.high_across >= other[1])
        least = np.where(inside & (wishes.doors == 1), np.maximum(least, last), least)
        most = np.where(inside & (wishes.doors == 2), np.minimum(most, first), most)
    # where both cannot be, what is needed is split
    crossed = least > most
    even = box.low + (box.high - box.low) * wishes.before // np.maximum(wishes.before + wishes.after, 1)
    return np.where(crossed, even, least), np.where(crossed, even, most)


def cuts(problem: Problem, box: _Ends, area: np.ndarray, wishes: _Wishes) -> tuple[np.ndarray, np.ndarray]:
    """Where boxes of `area` (n,) are cut, in steps, and the area before the cut."""
    axis, ground = wishes.axes, problem.ground
    steps, count = ground.cells.shape[1], ground.lines.shape[1]
    table, lines = ground.rows.reshape(-1, count), ground.lines.reshape(-1)
    cells, within = ground.cells.reshape(-1), ground.within.reshape(-1)
    start = axis * steps
    rows = table.take(start + box.high_across, 0) - table.take(start + box.low_across, 0)
    flat, each = rows.reshape(-1), np.arange(len(area)) * count

    def before(place: np.ndarray) -> np.ndarray:
        cell = each + cells.take(start + place)
        under = flat.take(cell)
        return np.asarray(under + within.take(start + place) * (flat.take(cell + 1) - under))

    first = before(box.low)
    aim = first + wishes.shares * area
    cell = np.minimum((rows[:, 1:-1] <= aim[:, None]).sum(1), count - 2)
    under = flat.take(each + cell)
    rise = flat.take(each + cell + 1) - under
    share = np.clip((aim - under) / np.where(rise > 0, rise, 1.0), 0, 1)
    line = lines.take(axis * count + cell)
    at = np.rint((line + share * (lines.take(axis * count + cell + 1) - line)) / STEP_M).astype(np.int64)
    wide = wishes.wide
    at = np.where(wide > 0, box.low + wide, np.where(wide < 0, box.high + wide, at))
    least, most = _reach(problem, box, wishes)
    at = np.minimum(np.maximum(at, least), most)
    at = _snapped(ground, at, axis, least, most, wishes.snaps & (wide == 0))
    if len(problem.walls):
        at = _walled(problem.walls, box, at, axis)
    return at, np.clip(before(at) - first, 0, area)


def _snapped(
    ground: Ground, at: np.ndarray, axis: np.ndarray, least: np.ndarray, most: np.ndarray, snaps: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest corner's line within reach that lies inside their box."""
    nearest = np.where(snaps, int(REACH_M / STEP_M), int(CLOSE_M / STEP_M))
    result = at
    for way in (0, 1):
        for line in np.rint(ground.corner_lines[way][1:-1] / STEP_M).astype(np.int64):
            away = np.abs(line - at)
            fits = (axis == way) & (line >= least) & (line <= most) & (away <= nearest)
            result, nearest = np.where(fits, line, result), np.where(fits, away - 1, nearest)
    return result


def _walled(walls: np.ndarray, box: _Ends, at: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Cuts moved to the nearest pinned wall that runs their way and crosses their box."""
    best, result = np.full(len(at), 1 << 40), at
    for wall in walls:
        for way in (0, 1):
            if np.ptp(wall[:, way]) > 2 * STEP_M:
                continue
            place = int(np.rint(wall[:, way].mean() / STEP_M))
            start, end = np.sort(wall[:, 1 - way]) / STEP_M
            crosses = (axis == way) & (box.low < place - 2) & (box.high > place + 2)
            crosses &= (np.minimum(box.high_across, end) - np.maximum(box.low_across, start)) > 2
            away = np.where(crosses, np.abs(at - place), 1 << 40)
            result = np.where(away < best, place, result)
            best = np.minimum(best, away)
    return result
