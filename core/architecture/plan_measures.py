# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures of the parts of many plans at a time: what of a box is floor, its facade, the walls that parts share.

They read boxes and the ground's tables alone. Plans are the last axis of every array, since most is done to all of them
at once and little to each, and lengths are float32. Shape letters: B plans, M parts, E sides, R pairs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .plan_boxes import Boxes
from .plan_ground import STEP_M
from .plan_problem import Problem

# lengths that differ by less are the same
SAME_M = 1e-4
# corners stand between whole steps: what is thinner than this is not there
SLIVER_M = 0.015
# a room narrower than it may be by less than this is wide enough
LEAST_M = 1e-3
FAR_M = 1e9


def ends_of(boxes: Boxes) -> tuple[np.ndarray, np.ndarray]:
    """(2, M, B) int32 steps: low and high ends of the boxes."""
    return np.ascontiguousarray(boxes.low.swapaxes(1, 2)), np.ascontiguousarray(boxes.high.swapaxes(1, 2))


def metres(steps: np.ndarray) -> np.ndarray:
    """The lengths of steps."""
    return np.asarray(steps * np.float32(STEP_M))


def shapes_of(boxes: Boxes, problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(2, M, B) low and high ends of the boxes shrunk to what of them is floor; (M, B) the area in parts narrower than
    the room may be, and the gaps that part it."""
    ground = problem.ground
    steps = ends_of(boxes)
    starts, ends = metres(steps[0]), metres(steps[1])
    lost, broken = np.zeros((2, *starts.shape[1:]), np.float32)
    if ground.is_box:
        return starts, ends, lost, broken
    least = (problem.widths_m - LEAST_M).astype(np.float32)[:, None]
    low, high = np.full_like(starts, FAR_M), np.full_like(ends, -FAR_M)
    for way in (0, 1):
        narrow = np.zeros_like(lost)
        for cell, (line, next_line) in enumerate(pairwise(ground.lines[way].tolist())):
            if next_line <= line:
                continue
            heights = ground.heights[way, cell]
            height = heights.take(steps[1][1 - way]) - heights.take(steps[0][1 - way])
            start, end = np.maximum(starts[way], line), np.minimum(ends[way], next_line)
            part = end - start
            there = (part > SLIVER_M) & (height > SLIVER_M)
            part *= there
            low[way] = np.minimum(low[way], np.where(there, start, FAR_M))
            high[way] = np.where(there, end, high[way])
            broken -= part
            if not len(ground.rectangles):
                narrow += (height < least) * part * height
        broken += high[way] - low[way]
        lost = np.maximum(lost, narrow)
    if len(ground.rectangles):
        lost = boxes.areas.T.astype(np.float32) - _opened(starts, ends, problem)
    empty = high[0] < low[0]
    low[:, empty] = high[:, empty] = 0
    broken[empty] = 1
    return low, high, lost, np.where(broken > SAME_M, broken, 0)


def _opened(low: np.ndarray, high: np.ndarray, problem: Problem) -> np.ndarray:
    """(M, B) the area of parts that a square of their least width reaches."""
    ground, least = problem.ground, (problem.widths_m - LEAST_M).astype(np.float32)[:, None]
    fits = []
    for (left, right), (front, back) in ground.rectangles.tolist():
        wide = np.minimum(high[0], right) - np.maximum(low[0], left)
        deep = np.minimum(high[1], back) - np.maximum(low[1], front)
        fits.append(np.minimum(wide, deep) > least)
    x, y = (lines.tolist() for lines in ground.corner_lines)
    wide = [np.maximum(np.minimum(high[0], b) - np.maximum(low[0], a), 0) for a, b in pairwise(x)]
    deep = [np.maximum(np.minimum(high[1], b) - np.maximum(low[1], a), 0) for a, b in pairwise(y)]
    opened = np.zeros(low.shape[1:], np.float32)
    for i, one in enumerate(wide):
        for j, other in enumerate(deep):
            over = [
                fit
                for fit, hall in zip(fits, ground.rectangles, strict=True)
                if hall[0, 0] <= x[i] and hall[0, 1] >= x[i + 1] and hall[1, 0] <= y[j] and hall[1, 1] >= y[j + 1]
            ]
            if over:
                opened += np.logical_or.reduce(over) * one * other
    return opened


def lengths_in(sides: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(N, B) metres of the sides (E, 2, 2) within each box, from `low` to `high` (2, N, B)."""
    total = np.zeros(low.shape[1:], np.float32)
    for start, end in sides.tolist():
        along = int(abs(end[1] - start[1]) > abs(end[0] - start[0]))
        across, first, last = 1 - along, min(start[along], end[along]), max(start[along], end[along])
        if abs(end[across] - start[across]) < 1e-9:
            length = np.minimum(high[along], last) - np.maximum(low[along], first)
            beside = (low[across] <= start[across]) & (high[across] >= start[across])
            total += np.maximum(length, 0) * beside
        else:
            total += _oblique(np.array(start), np.array(end), low, high)
    return total


def _oblique(start: np.ndarray, end: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(N, B) metres of a side within each box (Y. Liang and B. Barsky, 1984)."""
    way = end - start
    enter: np.ndarray | float = 0.0
    leave: np.ndarray | float = 1.0
    for axis in (0, 1):
        inverse = 1 / float(np.copysign(max(abs(way[axis]), 1e-9), way[axis]))
        one, two = ((place[axis] - float(start[axis])) * inverse for place in (low, high))
        enter, leave = np.maximum(enter, np.minimum(one, two)), np.minimum(leave, np.maximum(one, two))
    return np.asarray(np.maximum(leave - enter, 0) * float(np.hypot(*way)))


def shared_walls(boxes: Boxes, low: np.ndarray, high: np.ndarray, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """(R, B) metres of wall that the parts of each pair share, and how far apart they are.

    `low` and `high` are those of `shapes_of`. Where both parts have a corner of the outline in their wall, this is the
    most that they may share.
    """
    pairs, count = problem.needs.pairs, problem.count
    first, second = pairs[:, 0], np.minimum(pairs[:, 1], count - 1)
    starts, ends = ends_of(boxes)
    touch = ends.take(first, 1) == starts.take(second, 1)
    touch |= starts.take(first, 1) == ends.take(second, 1)
    common = np.minimum(high.take(first, 1), high.take(second, 1)) - np.maximum(low.take(first, 1), low.take(second, 1))
    less = np.minimum(*common)
    # apart along the one axis, touching along the other: neither is a wall
    length = np.maximum(touch[0] * common[1], touch[1] * common[0]) * (less > -SAME_M)
    apart = np.maximum(-less, 0)
    for number, sides in enumerate(problem.pinned_sides):
        held = np.flatnonzero(pairs[:, 1] == count + number)
        if len(held):
            start, end = metres(starts[:, first[held]]), metres(ends[:, first[held]])
            length[held] = lengths_in(sides, start, end)
            middle = sides.mean((0, 1)).astype(np.float32)[:, None, None]
            apart[held] = np.maximum(np.maximum(start - middle, middle - end).max(0), 0)
    return length, apart
