# SPDX-License-Identifier: GPL-3.0-or-later
"""What trees have in common with others that cut at other places: which wall bounds which part of a room.

A tree's walls are its gaps' cuts, then the four sides of the floor's bounding box. Moved walls give the boxes of all
parts at once, so that many small changes of one plan cost little. Shape letters: B plans, M parts, G gaps, W = G + 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .plan_boxes import HALL_M, Boxes
from .plan_ground import STEP_M, Ground
from .plan_problem import Problem
from .plan_slices import Slices, slices_of
from .plan_trees import Trees

# how uneven a cut may be told to be
ODDS = (1e-3, 1e3)


@dataclass(frozen=True)
class Layout:
    """`bounds` (2, 2, B, M) the number of the wall at each part's low and high end, by axis; `walls` (B, W) int64 their
    places in steps; `axes` (B, G) the axis that each gap's wall parts."""

    bounds: np.ndarray
    walls: np.ndarray
    axes: np.ndarray

    def take(self, rows: np.ndarray) -> Layout:
        """The layouts of these rows."""
        return Layout(self.bounds[:, :, rows], self.walls[rows], self.axes[rows])


def layout_of(trees: Trees, boxes: Boxes, ground: Ground) -> Layout:
    """The walls that bound the `boxes` of `trees`."""
    count, parts = trees.keys.shape
    gaps, each = parts - 1, np.arange(count)
    row = np.argsort(trees.keys, axis=1, kind="stable")
    turns, axes = (np.take_along_axis(part, row, 1)[:, 1:] for part in (trees.turns, trees.axes))
    slices, place = slices_of(np.ascontiguousarray(turns.T)), np.arange(parts)
    bounds = np.empty((2, 2, count, parts), np.int64)
    bounds[:] = gaps + np.arange(4).reshape(2, 2, 1, 1)
    walls = np.empty((count, gaps + 4), np.int64)
    # outer cuts first, so that the inner ones stay
    for gap in np.argsort(turns, axis=1, kind="stable").T:
        first, last, axis = slices.first[gap, each, None], slices.last[gap, each, None], axes[each, gap]
        is_left, is_right = (place >= first) & (place <= gap[:, None]), (place > gap[:, None]) & (place < last)
        for way in (0, 1):
            mine = (axis == way)[:, None]
            np.copyto(bounds[way, 1], gap[:, None], where=is_left & mine)
            np.copyto(bounds[way, 0], gap[:, None], where=is_right & mine)
        walls[each, gap] = boxes.high[axis, each, row[each, gap]]
    walls[:, gaps::2] = 0
    walls[:, gaps + 1 :: 2] = np.rint(ground.lines[:, -1] / STEP_M)
    by_part = np.argsort(row, axis=1, kind="stable")
    return Layout(np.ascontiguousarray(bounds[:, :, each[:, None], by_part]), walls, axes)


def retold(trees: Trees, layout: Layout, areas: np.ndarray, problem: Problem) -> Trees:
    """The trees changed so that they cut where the layout's walls are; `areas` (B, M) are its parts'."""
    some = trees.take(np.arange(len(trees)))
    count, parts = some.keys.shape
    each, gap = np.arange(count)[:, None], np.arange(parts - 1)
    row = np.argsort(some.keys, axis=1, kind="stable")
    turns, axes, shifts, snaps = (np.take_along_axis(part, row, 1) for part in some.cuts)
    slices, ways = slices_of(np.ascontiguousarray(turns[:, 1:].T)), axes[:, 1:]
    wished = _halves(problem.shares_m2[row] * np.exp(np.take_along_axis(some.sizes, row, 1)), slices)
    made = _halves(np.take_along_axis(areas, row, 1), slices)
    odds = wished[0] * made[1] / np.maximum(wished[1] * made[0], 1e-6)
    hall = problem.halls[row]
    first, last = slices.first.T, slices.last.T
    left, right = (first == gap) & hall[:, :-1], (last == gap + 2) & hall[:, 1:]
    wide = snaps[:, 1:] & (left | right)
    part = np.take_along_axis(row, np.where(left, gap, gap + 1), 1)
    low, high = (layout.walls[each, layout.bounds[ways, end, each, part]] for end in (0, 1))
    width = np.maximum(high - low, 1) * STEP_M
    shifts[:, 1:] = np.where(wide, -2 * np.log(width / HALL_M), -np.log(np.clip(odds, *ODDS)))
    snaps[:, 1:] = wide | held_walls(layout, problem)
    np.put_along_axis(some.shifts, row, shifts, 1)
    np.put_along_axis(some.snaps, row, snaps, 1)
    return some


def _halves(values: np.ndarray, slices: Slices) -> tuple[np.ndarray, np.ndarray]:
    """(B, G) the sums of values (B, M) of the row on either side of each cut."""
    count, parts = values.shape
    each, sums = np.arange(count)[:, None], np.zeros((count, parts + 1))
    np.cumsum(values, axis=1, out=sums[:, 1:])
    return sums[:, 1:-1] - sums[each, slices.first.T], sums[each, slices.last.T] - sums[:, 1:-1]


def held_walls(layout: Layout, problem: Problem) -> np.ndarray:
    """(B, G) the walls that are at a corner of the outline, or pinned."""
    at, held = layout.walls[:, : layout.axes.shape[1]], np.zeros(layout.axes.shape, bool)
    for way in (0, 1):
        places = list(problem.ground.corner_lines[way][1:-1])
        places += [wall[:, way].mean() for wall in problem.walls if np.ptp(wall[:, way]) <= 2 * STEP_M]
        for place in places:
            held |= (layout.axes == way) & (at == int(np.rint(place / STEP_M)))
    return held


def boxes_between(bounds: np.ndarray, walls: np.ndarray, ground: Ground) -> Boxes:
    """The boxes of parts between walls (..., B, W) that `bounds` (2, 2, B, M) tells; leading axes are joined to B."""
    copies = walls.shape[0] if walls.ndim == 3 else 1
    count, parts = bounds.shape[2:]
    flat = walls.reshape(copies, count, -1).astype(np.int32)
    ends = flat[:, np.arange(count), bounds.swapaxes(2, 3)]  # (copies, 2, 2, M, B)
    ends = np.ascontiguousarray(np.moveaxis(ends, 0, 3)).reshape(2, 2, parts, copies * count)
    low, high = ends[:, 0], ends[:, 1]
    return Boxes(low.swapaxes(1, 2), high.swapaxes(1, 2), areas_between(low, high, ground).T)


def areas_between(low: np.ndarray, high: np.ndarray, ground: Ground) -> np.ndarray:
    """(M, B) the floor's area in boxes from `low` to `high` (2, M, B), in steps."""
    if ground.is_box:
        size = (high - low) * STEP_M
        return np.asarray(size[0] * size[1])
    rows, (cells, within) = ground.rows[0], (ground.cells[0], ground.within[0])
    total = np.zeros(low.shape[1:])
    for x, sign in ((high[0], 1.0), (low[0], -1.0)):
        cell, part = cells[x], within[x]
        for y, other in ((high[1], sign), (low[1], -sign)):
            under = rows[y, cell]
            total += other * (under + part * (rows[y, cell + 1] - under))
    return total
