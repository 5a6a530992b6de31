# SPDX-License-Identifier: GPL-3.0-or-later
"""How far plans are from their wishes, many at a time: the search's quick measure.

It reads boxes and the ground's tables alone. `plan_rules` judges the plan that comes of it by its polygons.
Shape letters: B plans, N rooms, M parts of rooms, K lines, E sides, R pairs.
"""

from __future__ import annotations

import numpy as np

from .plan_boxes import cell_of, rows_at
from .plan_ground import SAME_M, Ground
from .plan_problem import WINDOW_WALL_M, Problem

# what a missed wish costs at least, and what a metre that lacks to it costs
MISSED, A_METRE = 1.0, 2.0
# a little more than the rule, so that rounding cannot break it
SPARE_M = 0.04
# a room's area may be off by this share before it counts as a missed wish
AREA_OFF = 0.15
# the least share of its bounding box that a room fills, and the most of its area in parts narrower than it may be
FILL, NARROW = 0.72, 0.07


def scores_of(boxes: np.ndarray, areas: np.ndarray, problem: Problem) -> np.ndarray:
    """(B,) the cost of plans by their boxes (B, M, 2, 2) and areas (B, M); below MISSED no wish is missed."""
    ground, count = problem.ground, len(problem.rooms)
    extent, lost, broken = shapes_of(boxes, areas, problem)
    size = extent[..., 1] - extent[..., 0]
    shorter, longer = size.min(-1), size.max(-1)
    whole = areas[:, :count].copy()
    whole[:, problem.arms] += areas[:, count:]
    off = np.abs(whole / problem.targets_m2 - 1)
    cost = 0.6 * off.sum(1) + 1.6 * (off**2).sum(1)
    cost += _missing(off - AREA_OFF, 2.0)
    cost += _missing(1 - whole / problem.least_m2, 3.0)
    cost += _missing(problem.widths_m - shorter, A_METRE)
    cost += _missing(longer - problem.aspects * shorter * 0.99, 0.7)
    aspect = longer / np.maximum(shorter, 0.1)
    cost += 0.04 * np.maximum(aspect - np.minimum(1.5, problem.aspects / 2), 0).sum(1)
    if not ground.is_box:
        cost += _missing(FILL - areas / np.maximum(size.prod(-1), 1e-6), 3.0)
        cost += _missing(lost - NARROW * areas, 1.0) + _missing(broken, 1.0)
    windows = lengths_in(problem.ground.sides, boxes[:, :count]).sum(-1)
    lacking = np.where(problem.habitable, WINDOW_WALL_M + SPARE_M - windows, 0)
    cost += _missing(lacking, A_METRE)
    cost += 0.03 * np.where(problem.habitable, 0, windows).sum(1)
    cost += _needs_cost(boxes, extent, problem)
    if problem.door is not None and len(problem.entrance):
        cost += _entrance_cost(boxes, problem)
    if len(problem.walls):
        cost += _missing(lengths_in(problem.walls, boxes, 0.03).sum(-1), A_METRE)
    return np.asarray(cost)


def _missing(lack: np.ndarray, slope: float) -> np.ndarray:
    """(B,) what rooms (B, N) that lack something cost; nothing where the lack is not above 0."""
    return np.asarray(np.where(lack > SAME_M, MISSED + slope * lack, 0.0).sum(1))


def shapes_of(boxes: np.ndarray, areas: np.ndarray, problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(B, N, 2, 2) the boxes shrunk to what of them is floor; (B, N) the area in parts narrower than the room may be,
    and the gaps that part it."""
    if problem.ground.is_box:
        nothing = np.zeros(areas.shape)
        return boxes, nothing, nothing
    extent, lost, broken = np.empty_like(boxes), np.zeros(areas.shape), np.zeros(areas.shape)
    for way in (0, 1):
        lines = problem.ground.lines[way]
        axis = np.full(areas.shape, way)
        rows = rows_at(problem.ground, axis, boxes[:, :, 1 - way, 1])
        rows = rows - rows_at(problem.ground, axis, boxes[:, :, 1 - way, 0])
        width = np.diff(lines)
        height = np.diff(rows, axis=-1) / np.where(width > 0, width, 1.0)
        start, end = np.maximum(lines[:-1], boxes[:, :, way, :1]), np.minimum(lines[1:], boxes[:, :, way, 1:])
        there = (end - start > SAME_M) & (height > 0.01)
        extent[:, :, way, 0] = np.where(there, start, np.inf).min(-1)
        extent[:, :, way, 1] = np.where(there, end, -np.inf).max(-1)
        part = np.where(there, end - start, 0)
        narrow = there & (height < problem.widths_m[:, None] - SAME_M)
        lost = np.maximum(lost, np.where(narrow, part * height, 0).sum(-1))
        broken += extent[:, :, way, 1] - extent[:, :, way, 0] - part.sum(-1)
    empty = ~np.isfinite(extent).all((-2, -1))
    extent[empty] = 0
    return extent, lost, np.where(empty, 1.0, np.maximum(broken - SAME_M, 0))


def lengths_in(sides: np.ndarray, boxes: np.ndarray, less: float = 0.0) -> np.ndarray:
    """(B, N, E) metres of each side (E, 2, 2) within each box, or within the box made smaller by `less` all around (Y.
    Liang and B. Barsky, 1984)."""
    start, way = sides[:, 0], sides[:, 1] - sides[:, 0]
    safe = np.where(np.abs(way) < 1e-12, 1e-12, way)
    low, high = np.zeros((*boxes.shape[:2], len(sides))), np.ones((*boxes.shape[:2], len(sides)))
    for axis in (0, 1):
        one = (boxes[..., axis, 0, None] + less - start[:, axis]) / safe[:, axis]
        two = (boxes[..., axis, 1, None] - less - start[:, axis]) / safe[:, axis]
        low = np.maximum(low, np.minimum(one, two))
        high = np.minimum(high, np.maximum(one, two))
    return np.asarray(np.maximum(high - low, 0) * np.hypot(*way.T))


def shared_walls(boxes: np.ndarray, extent: np.ndarray, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """(B, R) metres of wall that the rooms of each pair share, and how far apart they are."""
    needs, count = problem.needs, problem.count
    first, second = needs.pairs[:, 0], np.minimum(needs.pairs[:, 1], count - 1)
    one, two = boxes[:, first], boxes[:, second]
    touch, place = _touching(one, two)
    axis = np.where(touch[..., 0], 0, 1)
    met = touch.any(-1)
    other = (1 - axis)[..., None]
    near, far = extent[:, first], extent[:, second]
    low = np.maximum(_pick(near[..., 0], other), _pick(far[..., 0], other))
    high = np.minimum(_pick(near[..., 1], other), _pick(far[..., 1], other))
    length = np.where(met, np.maximum(high - low, 0), 0)
    if not problem.ground.is_box:
        at = _pick(place, axis[..., None])
        sides = [_inside(problem.ground, axis, at + step, low, np.maximum(high, low)) for step in (-2e-3, 2e-3)]
        length = np.minimum(length, np.minimum(*sides))
    gap = np.maximum(near[..., 0] - far[..., 1], far[..., 0] - near[..., 1]).max(-1)
    apart = np.maximum(gap, 0)
    for number, sides_of in enumerate(problem.pinned_sides):
        held = needs.pairs[:, 1] == count + number
        if held.any():
            length[:, held] = lengths_in(sides_of, one[:, held]).sum(-1)
            middle = sides_of.mean((0, 1))
            mine = one[:, held]
            away = np.maximum(mine[..., 0] - middle, middle - mine[..., 1]).max(-1)
            apart[:, held] = np.maximum(away, 0)
    return length, apart


def _touching(one: np.ndarray, two: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B, R, 2) whether boxes end where the others begin, by axis, and where."""
    after = np.abs(one[..., 1] - two[..., 0]) < SAME_M
    before = np.abs(one[..., 0] - two[..., 1]) < SAME_M
    overlap = np.minimum(one[..., 1], two[..., 1]) - np.maximum(one[..., 0], two[..., 0]) > SAME_M
    return (after | before) & overlap[..., ::-1], np.where(after, one[..., 1], one[..., 0])


def _pick(values: np.ndarray, axis: np.ndarray) -> np.ndarray:
    return np.take_along_axis(values, axis, -1)[..., 0]


def _inside(ground: Ground, axis: np.ndarray, at: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Metres of floor on the line `at` of `axis`, from `low` to `high` of the other axis."""
    cell, _ = cell_of(ground, axis, at)
    rows = rows_at(ground, axis, high) - rows_at(ground, axis, low)
    lines = ground.lines[axis]
    width = _pick(lines, cell[..., None] + 1) - _pick(lines, cell[..., None])
    area = _pick(rows, cell[..., None] + 1) - _pick(rows, cell[..., None])
    return np.asarray(np.where(width > 0, area / np.where(width > 0, width, 1.0), 0.0))


def _needs_cost(boxes: np.ndarray, extent: np.ndarray, problem: Problem) -> np.ndarray:
    needs = problem.needs
    if not len(needs.need):
        return np.zeros(len(boxes))
    length, apart = shared_walls(boxes, extent, problem)
    lack = needs.wall_m + SPARE_M - length
    cost = np.where(lack > 0, MISSED + A_METRE * lack + 0.4 * apart, 0.0)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(needs.need)) + 1])
    return np.asarray(np.minimum.reduceat(cost, starts, axis=1).sum(1))


def _entrance_cost(boxes: np.ndarray, problem: Problem) -> np.ndarray:
    assert problem.door is not None
    rooms = boxes[:, problem.entrance, None]
    away = np.maximum(rooms[..., 0] - problem.door, problem.door - rooms[..., 1]).max(-1).max(-1)
    nearest = away.min(1)
    return np.asarray(np.where(nearest > 0, 1.5 * MISSED + nearest, 0.0))
