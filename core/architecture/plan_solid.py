# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor plan as a maquette: floor and walls as closed prisms, with gaps for doors and windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..asset import Mesh
from .boxes import joined
from .floor_plan import USES, FloorPlan, Room
from .outline import Outline
from .plan_doors import outer_walls
from .plan_shapes import polygon_of, rings_of
from .slabs import slabs

FLOOR_M = 0.2
# a door's head, and a window's sill, head and widths
DOOR_HEAD_M, SILL_M, WINDOW_HEAD_M = 2.1, 0.9, 2.2
LEAST_WINDOW_M, MOST_WINDOW_M, WINDOW_SHARE, BESIDE_M = 0.6, 2.4, 0.6, 0.3


def solids_of(plan: FloorPlan, outer: Outline, height_m: float, wall_m: float, inner_wall_m: float) -> tuple[Mesh, ...]:
    """`floor`, `walls`, `sills` below windows and `lintels` above openings; the floor's top is at height 0.

    `plan` lies within the inner faces of the outer walls, `outer` is their outer face. Walls end below an opening's
    head where `height_m` is lower.
    """
    import shapely

    walls = _walls(plan, polygon_of(outer.rings), inner_wall_m)
    doors = shapely.union_all(
        [_gap(door.start, door.end, wall_m if "" in door.rooms else inner_wall_m) for door in plan.doors]
    )
    windows = shapely.union_all([_gap(*window, wall_m) for window in windows_of(plan)])
    windows = shapely.difference(windows, shapely.buffer(doors, BESIDE_M, join_style="mitre"))
    high = shapely.difference(walls, shapely.union(doors, windows))
    meshes = [
        _prism("floor", polygon_of(outer.rings), -FLOOR_M, 0.0),
        _prism("walls", high, 0.0, height_m),
        _prism("sills", shapely.intersection(walls, windows), 0.0, min(SILL_M, height_m)),
        _lintels(walls, doors, windows, height_m),
    ]
    return tuple(mesh for mesh in meshes if mesh is not None)


def windows_of(plan: FloorPlan) -> list[tuple[np.ndarray, np.ndarray]]:
    """Start and end (2,) of a window in the middle of each outer wall of every habitable room."""
    found = []
    for room in plan.rooms:
        if not USES[room.use].habitable:
            continue
        for start, end in outer_walls(plan.outline, room):
            length = float(np.hypot(*(end - start)))
            width = min(MOST_WINDOW_M, WINDOW_SHARE * length)
            if width >= LEAST_WINDOW_M:
                middle, half = (start + end) / 2, (end - start) / length * width / 2
                found.append((middle - half, middle + half))
    return found


def net_area(room: Room, plan: FloorPlan, inner_wall_m: float) -> float:
    """The area of a room between its walls' faces, in m2."""
    import shapely

    walls = _walls(plan, polygon_of(plan.outline.rings), inner_wall_m)
    return float(shapely.area(shapely.difference(shapely.Polygon(room.ring), walls)))


def _walls(plan: FloorPlan, outer: Any, inner_wall_m: float) -> Any:
    """The plan area of all walls: what of `outer` is beyond the outline, and the inner walls on both sides of lines."""
    import shapely

    inside = polygon_of(plan.outline.rings)
    lines = shapely.union_all([shapely.boundary(shapely.Polygon(room.ring)) for room in plan.rooms])
    lines = shapely.difference(lines, shapely.buffer(shapely.boundary(inside), 1e-3))
    inner = shapely.buffer(lines, inner_wall_m / 2, cap_style="square", join_style="mitre")
    return shapely.union(shapely.difference(outer, inside), shapely.intersection(inner, inside))


def _gap(start: np.ndarray, end: np.ndarray, wall_m: float) -> Any:
    """What an opening cuts out of a wall on either side of its line."""
    import shapely

    return shapely.buffer(shapely.LineString([start, end]), 1.5 * wall_m, cap_style="flat")


def _lintels(walls: Any, doors: Any, windows: Any, height_m: float) -> Mesh | None:
    import shapely

    parts = [(doors, DOOR_HEAD_M), (windows, WINDOW_HEAD_M)]
    made = [
        _prism("lintels", shapely.intersection(walls, part), head, height_m) for part, head in parts if head < height_m
    ]
    meshes = [mesh for mesh in made if mesh is not None]
    return joined("lintels", meshes) if meshes else None


def _prism(name: str, shape: Any, low: float, high: float) -> Mesh | None:
    """The closed prism over a plan area, None where there is none."""
    parts = [mesh for rings in rings_of(shape, 2e-3) for mesh in slabs(rings, high - low, [(name, high)])]
    return joined(name, parts) if parts else None
