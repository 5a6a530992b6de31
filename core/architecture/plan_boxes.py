# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees to boxes, many at a time: each cut goes where it gives both sides the area of their rooms.

A part of a room is its box where that lies on the floor; the boxes tile the floor's bounding box, so the rooms cover
the floor and never overlap, whatever the tree. Shape letters: B trees, N parts, K lines of the ground's table.
"""

from __future__ import annotations

import numpy as np

from .plan_ground import Ground
from .plan_problem import Problem
from .plan_trees import Trees

# a cut within CLOSE_M of a corner's line goes there, so that no sliver is left; one that snaps looks REACH_M around
CLOSE_M, REACH_M = 0.18, 1.6
# cuts stand on whole centimetres
STEP_M = 0.01


def boxes_of(trees: Trees, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """(B, N, 2, 2) low and high corner [axis, end] of each part's box, and (B, N) its area on the floor."""
    ground, (count, rooms) = problem.ground, trees.keys.shape
    row = np.argsort(trees.keys, axis=1, kind="stable")
    sums = np.concatenate([np.zeros((count, 1)), np.cumsum(problem.shares_m2[row], axis=1)], 1)
    boxes = np.empty((count, rooms, 2, 2))
    boxes[..., 0], boxes[..., 1] = ground.lines[:, 0], ground.lines[:, -1]
    areas = np.full((count, rooms), ground.area)
    low, high = np.zeros((count, rooms), np.int64), np.full((count, rooms), rooms)
    each, place = np.arange(count), np.arange(rooms)[None]
    for gap in np.argsort(trees.turns, axis=1, kind="stable").T:
        start, end, axis = low[each, gap], high[each, gap], trees.axes[each, gap]
        before = sums[each, gap + 1] - sums[each, start]
        share = before / (sums[each, end] - sums[each, start])
        share = share / (share + (1 - share) * np.exp(-trees.shifts[each, gap]))
        at, left, right = cuts(ground, problem.walls, boxes[each, gap], axis, share, trees.snaps[each, gap])
        is_left = (place >= start[:, None]) & (place <= gap[:, None])
        is_right = (place > gap[:, None]) & (place < end[:, None])
        for way in (0, 1):
            turned = (axis == way)[:, None]
            boxes[:, :, way, 1] = np.where(is_left & turned, at[:, None], boxes[:, :, way, 1])
            boxes[:, :, way, 0] = np.where(is_right & turned, at[:, None], boxes[:, :, way, 0])
        areas = np.where(is_left, left[:, None], np.where(is_right, right[:, None], areas))
        high = np.where(is_left, gap[:, None] + 1, high)
        low = np.where(is_right, gap[:, None] + 1, low)
    by_room = np.argsort(row, axis=1, kind="stable")
    return boxes[each[:, None], by_room], areas[each[:, None], by_room]


def cuts(
    ground: Ground, walls: np.ndarray, boxes: np.ndarray, axis: np.ndarray, share: np.ndarray, snaps: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where boxes (B, 2, 2) are cut along `axis` (B,), and the areas (B,) before and after the cut."""
    each = np.arange(len(boxes))
    low, high = boxes[each, axis, 0], boxes[each, axis, 1]
    rows = rows_at(ground, axis, boxes[each, 1 - axis, 1]) - rows_at(ground, axis, boxes[each, 1 - axis, 0])
    lines = ground.lines[axis]
    first, last = along(rows, lines, low), along(rows, lines, high)
    aim = first + share * (last - first)
    cell = np.clip((rows <= aim[:, None]).sum(1) - 1, 0, lines.shape[1] - 2)
    under, over = rows[each, cell], rows[each, cell + 1]
    within = np.where(over > under, (aim - under) / np.where(over > under, over - under, 1.0), 0.0)
    at = lines[each, cell] + np.clip(within, 0, 1) * (lines[each, cell + 1] - lines[each, cell])
    at = np.clip(np.round(at / STEP_M) * STEP_M, low, high)
    at = _snapped(ground, at, axis, low, high, np.where(snaps, REACH_M, CLOSE_M))
    if len(walls):
        at = _walled(walls, boxes, at, axis, low, high)
    middle = along(rows, lines, at)
    return at, middle - first, last - middle


def rows_at(ground: Ground, axis: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(..., K) the area on the low side of each line of `axis` and of the value `other` on the other axis."""
    cell, within = cell_of(ground, 1 - axis, other)
    table = ground.table
    under, over = table[1 - axis, cell], table[1 - axis, cell + 1]
    return np.asarray(under + within[..., None] * (over - under))


def cell_of(ground: Ground, axis: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cell that a value lies in along its axis, and how far across it, 0 to 1."""
    lines = ground.lines[axis]
    cell = np.clip((lines <= value[..., None]).sum(-1) - 1, 0, lines.shape[-1] - 2)
    low = np.take_along_axis(lines, cell[..., None], -1)[..., 0]
    high = np.take_along_axis(lines, cell[..., None] + 1, -1)[..., 0]
    width = high - low
    return cell, np.where(width > 0, (value - low) / np.where(width > 0, width, 1.0), 0.0).clip(0, 1)


def along(rows: np.ndarray, lines: np.ndarray, value: np.ndarray) -> np.ndarray:
    """`rows` (B, K), given at `lines` (B, K), read between them at `value` (B,)."""
    each = np.arange(len(rows))
    cell = np.clip((lines <= value[:, None]).sum(1) - 1, 0, lines.shape[1] - 2)
    low, width = lines[each, cell], lines[each, cell + 1] - lines[each, cell]
    within = np.where(width > 0, (value - low) / np.where(width > 0, width, 1.0), 0.0).clip(0, 1)
    return np.asarray(rows[each, cell] + within * (rows[each, cell + 1] - rows[each, cell]))


def _snapped(
    ground: Ground, at: np.ndarray, axis: np.ndarray, low: np.ndarray, high: np.ndarray, reach: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest corner's line within reach that lies inside their box."""
    result = at
    for way in (0, 1):
        lines = ground.corner_lines[way][1:-1]
        if not len(lines):
            continue
        inside = (lines > low[:, None] + 0.3) & (lines < high[:, None] - 0.3)
        away = np.where(inside, np.abs(lines - at[:, None]), np.inf)
        nearest = away.argmin(1)
        near = (axis == way) & (away[np.arange(len(at)), nearest] <= reach)
        result = np.where(near, lines[nearest], result)
    return result


def _walled(
    walls: np.ndarray, boxes: np.ndarray, at: np.ndarray, axis: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Cuts moved to the nearest pinned wall that runs their way and crosses their box."""
    best = np.full(len(at), np.inf)
    result = at
    for wall in walls:
        for way in (0, 1):
            if np.ptp(wall[:, way]) > 0.02:
                continue
            place, (start, end) = float(wall[:, way].mean()), np.sort(wall[:, 1 - way])
            other = boxes[:, 1 - way]
            crosses = (axis == way) & (low < place - 0.02) & (high > place + 0.02)
            crosses &= (np.minimum(other[:, 1], end) - np.maximum(other[:, 0], start)) > 0.02
            away = np.where(crosses, np.abs(at - place), np.inf)
            result = np.where(away < best, place, result)
            best = np.minimum(best, away)
    return result
