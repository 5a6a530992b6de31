# SPDX-License-Identifier: GPL-3.0-or-later
"""Boxes to rooms: the exact polygons of one plan."""

from __future__ import annotations

import numpy as np

from .floor_plan import Room
from .plan_problem import Problem


def rooms_of(boxes: np.ndarray, problem: Problem) -> tuple[Room, ...]:
    """The free rooms of boxes (M, 2, 2), each where its boxes lie on the floor, in the scene's coordinates.

    What falls into pieces keeps the largest; the others go to the rooms beside them, so that the floor stays covered. A
    room that no floor is left for is left out.
    """
    import shapely

    count = len(problem.rooms)
    shapes = shapely.box(boxes[:, 0, 0], boxes[:, 1, 0], boxes[:, 0, 1], boxes[:, 1, 1])
    parts = shapely.intersection(problem.ground.floor, shapes)
    for arm, room in enumerate(problem.arms, count):
        parts[room] = shapely.union(parts[room], parts[arm])
    whole = [_whole_pieces(part) for part in parts[:count]]
    kept = {n: pieces[0] for n, pieces in enumerate(whole) if pieces}
    for piece in (piece for pieces in whole for piece in pieces[1:]):
        beside = {n: shapely.length(shapely.intersection(piece, shape)) for n, shape in kept.items()}
        near = max(beside, key=lambda n: beside[n])
        kept[near] = shapely.union(kept[near], piece)
    rings = [(problem.rooms[n], ring_of(shape)) for n, shape in sorted(kept.items())]
    # a hair of floor has no ring
    return tuple(Room(wish.name, wish.use, problem.ground.to_scene(ring)) for wish, ring in rings if len(ring) > 2)


def _whole_pieces(shape: object) -> list[object]:
    """The polygons of a shape, the largest first, those around a hole cut in two."""
    import shapely

    pieces: list[object] = []
    waiting = list(shapely.get_parts(shape))
    while waiting:
        piece = waiting.pop()
        if piece.geom_type != "Polygon" or piece.area < 1e-6:
            continue
        if not len(piece.interiors):
            pieces.append(piece)
            continue
        low, bottom, high, top = piece.bounds
        middle = piece.interiors[0].centroid.x
        for start, end in ((low, middle), (middle, high)):
            waiting += list(shapely.get_parts(shapely.intersection(piece, shapely.box(start, bottom, end, top))))
    return sorted(pieces, key=lambda piece: -shapely.area(piece))


def ring_of(polygon: object) -> np.ndarray:
    """(N, 2) the outer ring of a shapely polygon, counter-clockwise, without corners that lie on a straight line."""
    import shapely

    ring = shapely.get_coordinates(shapely.get_exterior_ring(polygon))[:-1]
    if len(ring) < 3:
        return np.asarray(ring)
    way, out = ring - np.roll(ring, 1, 0), np.roll(ring, -1, 0) - ring
    twist = way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0]
    bent = np.abs(twist) > 1e-9 * np.maximum(np.hypot(*way.T) * np.hypot(*out.T), 1e-9) + 1e-12
    ring = ring[bent]
    x, y = ring.T
    ahead = np.roll(ring, -1, 0)
    return np.asarray(ring if (x * ahead[:, 1] - ahead[:, 0] * y).sum() > 0 else ring[::-1])
