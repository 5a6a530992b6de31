# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor divided into dwellings: cut in two again and again, by walls from the facade's piers inwards.

Each part keeps a stretch of wall on the ways to the stairs for its front door, and windows; of the cuts that leave
both, the one is taken that brings the parts nearest to whole numbers of dwellings, compact, and ends in no window. It
works on any outline: what cannot be cut stays one large cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.ops import split

from .facade_piers import Frontage
from .plan_shapes import polygon_of, rings_of

# what a front door needs of a straight wall, and the most that a part may be of a dwelling before it is cut
DOOR_WALL_M, MOST_OF_ONE = 1.15, 1.5
LONGEST_CUT_M = 26.0
_TOUCH_M = 3e-3
# what a cut costs that ends in a window, and each metre of it
_IN_WINDOW, _METRE = 1.5, 0.012
_SLITS = 4


@dataclass(frozen=True)
class Cell:
    """A part of a floor for one dwelling: `shape`, `door` (2,) metres on its wall to the ways, `num_windows`."""

    shape: Polygon
    door: np.ndarray
    num_windows: int


@dataclass(frozen=True)
class Task:
    """What is divided: a plate's `frontage`, the `ways` that front doors open to, the area of a dwelling in m2."""

    frontage: Frontage
    ways: shapely.Geometry
    target_m2: float


def cells_of(region: shapely.Geometry, task: Task) -> list[Cell]:
    """The cells of `region`, in the order of their places around it."""
    near = shapely.buffer(task.ways, _TOUCH_M)
    shapely.prepare(near)
    parts = [polygon_of(rings) for rings in rings_of(region, 0.02)]
    found = [cell for part in parts for cell in _divided(part, task, near)]
    middle = shapely.centroid(region)
    return sorted(found, key=lambda cell: _bearing(cell.shape, middle))


def _bearing(shape: Polygon, middle: shapely.Point) -> float:
    """Where a shape lies around the middle, from the west on, counter-clockwise."""
    at = shape.centroid
    return math.atan2(round(at.y - middle.y, 3), round(at.x - middle.x, 3))


def door_place(shape: Polygon, near_ways: shapely.Geometry) -> tuple[np.ndarray, float] | None:
    """The middle (2,) of the longest straight wall on the ways and its length; None where they do not touch."""
    common = shapely.intersection(shapely.boundary(shape), near_ways)
    if common.is_empty:
        return None
    best, most = None, 0.05
    for line in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(_lines(common)))):
        points = shapely.get_coordinates(line.simplify(2 * _TOUCH_M))
        lengths = np.hypot(*(points[1:] - points[:-1]).T)
        n = int(lengths.argmax())
        if lengths[n] > most + 1e-6:
            best, most = (points[n] + points[n + 1]) / 2, float(lengths[n])
    return None if best is None else (best, most)


def _lines(shape: shapely.Geometry) -> list[LineString]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == "LineString" and not part.is_empty]


def _divided(part: Polygon, task: Task, near: shapely.Geometry) -> list[Cell]:
    if part.area > MOST_OF_ONE * task.target_m2:
        cut = _best_cut(part, task, near)
        if cut is not None:
            return [cell for piece in cut for cell in _divided(piece, task, near)]
    place = door_place(part, near)
    windows = int(_windows_in(part, task.frontage).sum())
    return [Cell(part, place[0] if place else np.array(part.centroid.coords[0]), windows)]


def _windows_in(part: Polygon, frontage: Frontage) -> np.ndarray:
    """(W,) bool which windows a part has."""
    middles = frontage.middles
    return np.asarray(shapely.contains_xy(part, middles[:, 0], middles[:, 1]))


def _best_cut(part: Polygon, task: Task, near: shapely.Geometry) -> list[Polygon] | None:
    """The parts that the best cut makes; where a part goes around something, the best two cuts."""
    found: list[tuple[float, int, list[Polygon]]] = []
    slits = []
    for line, cost in _cuts(part, task.frontage):
        pieces = _split(part, [line])
        if len(pieces) < 2:
            slits.append((line, cost))
        else:
            found.append((cost + _costs(pieces, part, task), len(found), pieces))
    if not found and part.interiors:
        slits.sort(key=lambda one: one[1])
        for n, (first, cost) in enumerate(slits[:_SLITS]):
            for second, more in slits[n + 1 :]:
                pieces = _split(part, [first, second])
                if len(pieces) > 1:
                    found.append((cost + more + _costs(pieces, part, task), len(found), pieces))
    # doors are looked for last: that takes longest
    for cost, _, pieces in sorted(found, key=lambda one: (round(one[0], 9), one[1])):
        if cost < math.inf and all(_has_door(piece, near) for piece in pieces):
            return pieces
    return None


def _has_door(piece: Polygon, near: shapely.Geometry) -> bool:
    place = door_place(piece, near)
    return place is not None and place[1] >= DOOR_WALL_M


def _cuts(part: Polygon, frontage: Frontage) -> list[tuple[LineString, float]]:
    """Straight walls from the piers on a part's edge to whatever they meet, and what each costs."""
    if not len(frontage.piers):
        return []
    border = shapely.boundary(part)
    on = shapely.distance(border, shapely.points(frontage.piers)) < _TOUCH_M
    at, way = frontage.piers[on], frontage.ways[on]
    rays = shapely.linestrings(np.stack([at + 0.02 * way, at + LONGEST_CUT_M * way], 1))
    lines, ray = shapely.get_parts(shapely.intersection(rays, part), return_index=True)
    is_line = (shapely.get_type_id(lines) == 1) & ~shapely.is_empty(lines)
    lines, ray = lines[is_line], ray[is_line]
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, n)) for n in (0, -1)], 1)
    away = np.hypot(*(ends - at[ray][:, None]).transpose(2, 0, 1))
    made = []
    for n in np.flatnonzero(away.min(1) < 0.05).tolist():
        start, direction, end = at[ray[n]], way[ray[n]], ends[n, int(away[n].argmax())]
        length = float(away[n].max())
        if not 0.8 < length < LONGEST_CUT_M - 0.1:
            continue
        cost = _METRE * length + (_IN_WINDOW if _ends_in_window(end, frontage) else 0.0)
        made.append((LineString([start - 2e-3 * direction, end + 2e-3 * direction]), cost))
    return made


def _ends_in_window(end: np.ndarray, frontage: Frontage) -> bool:
    if not len(frontage.windows):
        return False
    one, two = frontage.windows[:, 0], frontage.windows[:, 1]
    length = np.hypot(*(two - one).T)
    way = (two - one) / length[:, None]
    ahead = ((end - one) * way).sum(1)
    aside = np.abs((end - one)[:, 0] * way[:, 1] - (end - one)[:, 1] * way[:, 0])
    return bool(((ahead > -0.1) & (ahead < length + 0.1) & (aside < 0.05)).any())


def _split(part: Polygon, lines: Sequence[LineString]) -> list[Polygon]:
    pieces = [part]
    if len(lines) == 1:
        pieces = list(split(part, lines[0]).geoms)
    else:
        net = shapely.union_all([shapely.boundary(part), *lines])
        faces = shapely.get_parts(shapely.polygonize([net]))
        pieces = [face for face in faces if part.contains(face.representative_point())]
    return [piece for piece in pieces if piece.area > 1e-3]


def _costs(pieces: Sequence[Polygon], whole: Polygon, task: Task) -> float:
    """What the pieces cost; infinite where one is too small or, if the whole has windows, has none."""
    if min(piece.area for piece in pieces) < 0.35 * task.target_m2:
        return math.inf
    lit = [int(_windows_in(piece, task.frontage).sum()) for piece in pieces]
    if not all(lit) and _windows_in(whole, task.frontage).any():
        return math.inf
    total = 0.0
    for piece, windows in zip(pieces, lit, strict=True):
        number = max(1, round(piece.area / task.target_m2))
        share = piece.area / number / task.target_m2 - 1
        total += number * (5.0 if share < 0 else 3.0) * share**2
        compact = piece.length**2 / (16 * piece.area) - 1
        total += 0.25 * compact + 0.5 * max(0, 3 - windows / number)
    return total
