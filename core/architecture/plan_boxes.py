# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees to boxes, many at a time: each cut goes where it gives both sides the area of their rooms.

A part of a room is its box where that lies on the floor; the boxes tile the floor's bounding box, so the rooms cover
the floor and never overlap, whatever the tree. Shape letters: B trees, M parts, K lines of the ground's table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .plan_ground import NOWHERE, STEP_M, Ground
from .plan_problem import Problem
from .plan_slices import Slices, slices_of
from .plan_trees import Trees

# a cut within CLOSE_M of a corner's line goes there, so that no sliver is left; one that snaps looks REACH_M around
CLOSE_M, REACH_M = 0.18, 1.6
# the usual width of a hall
HALL_M = 1.2


@dataclass(frozen=True)
class Boxes:
    """`low` and `high` (2, B, M) by axis: int32, in steps of STEP_M from the ground's origin; `areas` (B, M) in m2
    that each has on the floor. In memory each part's boxes of all trees lie side by side: most is asked of all at
    once."""

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
    gaps, each = parts - 1, np.arange(count)
    row = np.argsort(trees.keys, axis=1, kind="stable").T
    flat = row + each * parts
    turns, axes, shifts, snaps = (part.take(flat[1:]) for part in trees.cuts)
    slices = slices_of(turns)
    wishes = _wishes(problem, slices, np.ascontiguousarray(row), trees.sizes.take(flat), axes, shifts, snaps)
    # flat: a node's number and the tree's, first those of axis 0
    nodes = (2 * parts - 1) * count
    low, high = np.zeros(2 * nodes, np.int32), np.empty((2, nodes), np.int32)
    high[:] = np.rint(problem.ground.lines[:, -1:] / STEP_M)
    high, areas = high.reshape(-1), np.full(nodes, problem.ground.area)
    before, after = ((part * count + each).reshape(-1) for part in (slices.before, slices.after))
    depth = slices.depth.reshape(-1)
    order = np.argsort(depth, kind="stable")
    for some in np.split(order, np.cumsum(np.bincount(depth))[:-1]) if gaps else ():
        wished = wishes.take(some)
        along, across = wished.axes * nodes, (1 - wished.axes) * nodes
        box = _Ends(*(ends.take(way + some) for way in (along, across) for ends in (low, high)))
        area = areas.take(some)
        at, left = cuts(problem, box, area, wished)
        for side, start, end, size in ((before, box.low, at, left), (after, at, box.high, area - left)):
            one = side.take(some)
            low[along + one], high[along + one], areas[one] = start, end, size
            low[across + one], high[across + one] = box.low_across, box.high_across
    place = np.empty((parts, count), np.int64)
    place.reshape(-1)[row * count + each] = np.arange(gaps, nodes // count)[:, None] * count + each
    ends = place + np.array([0, nodes])[:, None, None]
    return Boxes(low.take(ends).swapaxes(1, 2), high.take(ends).swapaxes(1, 2), areas.take(place).T)


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
    parts, count = row.shape
    gap, place = np.arange(parts - 1)[:, None], np.arange(parts)[:, None]
    each = np.arange(count)
    sums = np.zeros((parts + 1, count))
    np.cumsum(problem.shares_m2.take(row) * np.exp(sizes), axis=0, out=sums[1:])
    middle = sums[1:-1]
    mine = middle - sums.take(slices.first * count + each)
    others = (sums.take(slices.last * count + each) - middle) * np.exp(-shifts)
    # [g, m]: part m is before cut g, or after it
    is_left = (place >= slices.first[:, None]) & (place <= gap[:, None])
    is_right = (place > gap[:, None]) & (place < slices.last[:, None])
    widths = np.ceil(problem.widths_m / STEP_M - 1e-6).astype(np.int16).take(row)
    hall = problem.halls.take(row)
    # a hall that is cut off alone may be as wide as a hall is, whatever its area
    width = np.rint(HALL_M / STEP_M * np.exp(-shifts / 2)).astype(np.int32)
    left = snaps & (slices.first == gap) & hall[:-1]
    right = snaps & (slices.last == gap + 2) & hall[1:]
    opens = np.zeros(parts, bool)
    opens[problem.entrance] = True
    enters = opens.take(row)
    one, two = (is_left & enters).any(1), (is_right & enters).any(1)
    return _Wishes(
        axes.reshape(-1),
        snaps.reshape(-1),
        (mine / (mine + others)).reshape(-1),
        (is_left * widths).max(1, initial=0).astype(np.int32).reshape(-1),
        (is_right * widths).max(1, initial=0).astype(np.int32).reshape(-1),
        np.where(left, width, np.where(right, -width, 0)).reshape(-1),
        np.where(one & ~two, 1, np.where(two & ~one, 2, 0)).astype(np.int8).reshape(-1),
    )


def _reach(problem: Problem, box: _Ends, wishes: _Wishes) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most place (n,) of cuts: each side keeps the least width of its rooms, and the front door stays
    with a part that it may open to, so that every tree's plan has its door."""
    least, most = box.low + wishes.before, box.high - wishes.after
    if problem.door is not None and len(problem.entrance):
        door = np.rint(np.stack([problem.door.min(0), problem.door.max(0)]) / STEP_M).astype(np.int32)
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
    before, aimed = _straight(box) if ground.is_box else _by_table(ground, box, axis)
    first = before(box.low)
    at = np.rint(aimed(first + wishes.shares * area) / STEP_M).astype(np.int32)
    wide = wishes.wide
    at = np.where(wide > 0, box.low + wide, np.where(wide < 0, box.high + wide, at))
    least, most = _reach(problem, box, wishes)
    at = np.minimum(np.maximum(at, least), most)
    at = _snapped(ground, at, axis, least, most, wishes.snaps & (wide == 0))
    if len(problem.walls):
        at = _walled(problem.walls, box, at, axis)
    return at, np.clip(before(at) - first, 0, area)


Reading = Callable[[np.ndarray], np.ndarray]


def _straight(box: _Ends) -> tuple[Reading, Reading]:
    """Of boxes on a floor that is a box: the area before a place in steps, and metres to the place of an area."""
    depth = (box.high_across - box.low_across) * STEP_M

    def before(place: np.ndarray) -> np.ndarray:
        return np.asarray(depth * STEP_M * place)

    return before, lambda area: area / np.maximum(depth, STEP_M)


def _by_table(ground: Ground, box: _Ends, axis: np.ndarray) -> tuple[Reading, Reading]:
    """The same on any floor."""
    steps, count, number = ground.cells.shape[1], ground.lines.shape[1], len(axis)
    table, lines = ground.rows.reshape(-1), ground.lines.reshape(-1)
    cells, within = ground.cells.reshape(-1), ground.within.reshape(-1)
    start, line = axis * steps, np.arange(count)[:, None]
    rows = table.take((start + box.high_across) * count + line) - table.take((start + box.low_across) * count + line)
    flat, each = rows.reshape(-1), np.arange(number)

    def before(place: np.ndarray) -> np.ndarray:
        here = start + place
        cell = cells.take(here) * number + each
        under = flat.take(cell)
        return np.asarray(under + within.take(here) * (flat.take(cell + number) - under))

    def aimed(area: np.ndarray) -> np.ndarray:
        cell = np.minimum((rows[1:-1] <= area).sum(0), count - 2)
        under = flat.take(cell * number + each)
        rise = flat.take((cell + 1) * number + each) - under
        share = np.clip((area - under) / np.where(rise > 0, rise, 1.0), 0, 1)
        near = axis * count + cell
        return np.asarray(lines.take(near) + share * (lines.take(near + 1) - lines.take(near)))

    return before, aimed


def _snapped(
    ground: Ground, at: np.ndarray, axis: np.ndarray, least: np.ndarray, most: np.ndarray, snaps: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest corner's line within reach that lies inside their box."""
    reach = np.where(snaps, np.int32(REACH_M / STEP_M), np.int32(CLOSE_M / STEP_M))
    steps, place = ground.corners.shape[2], 2 * axis * ground.corners.shape[2] + at
    below, above = ground.corners.take(place), ground.corners.take(place + steps)
    near = np.where((below >= least) & (at - below <= reach), below, -NOWHERE)
    other = (above <= most) & (above - at <= reach) & (above - at < at - near)
    return np.where(other, above, np.where(near >= 0, near, at))


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
