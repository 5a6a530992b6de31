# SPDX-License-Identifier: GPL-3.0-or-later
"""Strips of rooms too narrow to stand in: given to the room beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from .floor_plan import Room
from .plan_rooms import ring_of

# what is narrower is no room, and what is smaller no strip
NARROW_M, LEAST_M2 = 0.8, 0.02


def without_slivers(rooms: Sequence[Room], kept: Sequence[str] = ()) -> tuple[Room, ...]:
    """The rooms without strips narrower than NARROW_M; those `kept` by name stay as they are.

    A strip goes to the room that it has the longest wall with; where that would not be one ring, it stays.
    """
    shapes = [Polygon(room.ring) for room in rooms]
    for n, room in enumerate(rooms):
        if room.name in kept:
            continue
        opened = shapes[n].buffer(-NARROW_M / 2, join_style="mitre").buffer(NARROW_M / 2, join_style="mitre")
        body = opened.intersection(shapes[n])
        parts = [part for part in shapely.get_parts(body) if part.geom_type == "Polygon" and part.area > LEAST_M2]
        if not parts:
            continue
        body = max(parts, key=lambda part: float(part.area))
        for strip in shapely.get_parts(shapes[n].difference(body)):
            if strip.geom_type == "Polygon" and strip.area > LEAST_M2:
                _give(strip, n, shapes, [r.name in kept for r in rooms])
    return tuple(replace(room, ring=ring_of(shape)) for room, shape in zip(rooms, shapes, strict=True))


def _give(strip: Polygon, owner: int, shapes: list[Polygon], kept: Sequence[bool]) -> None:
    """Give a strip of room `owner` to the room beside it, in `shapes`."""
    edge = strip.boundary
    beside = [
        (float(edge.intersection(shape.boundary.buffer(1e-3)).length), m)
        for m, shape in enumerate(shapes)
        if m != owner and not kept[m]
    ]
    for length, m in sorted(beside, reverse=True):
        if length < 0.3:
            return
        grown = _one_ring(shapely.union(shapes[m], strip, grid_size=1e-5))
        left = _one_ring(shapely.difference(shapes[owner], strip, grid_size=1e-5))
        if grown is not None and left is not None:
            shapes[m], shapes[owner] = grown, left
            return


def _one_ring(shape: shapely.Geometry) -> Polygon | None:
    """The shape if it is one polygon without holes, slivers of a hair left out."""
    parts = [part for part in shapely.get_parts(shape) if part.area > 1e-4]
    if len(parts) != 1 or parts[0].geom_type != "Polygon":
        return None
    whole = parts[0]
    return Polygon(whole.exterior) if all(Polygon(hole).area < 1e-4 for hole in whole.interiors) else None


def narrow_m2(ring: np.ndarray) -> float:
    """The area of a room in strips narrower than NARROW_M."""
    shape = Polygon(ring)
    opened = shape.buffer(-NARROW_M / 2, join_style="mitre").buffer(NARROW_M / 2, join_style="mitre")
    return float(shape.difference(opened).area)
