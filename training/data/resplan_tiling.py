# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor plan of rooms that tile the floor, from rooms with the walls left out between them.

Each point of the walls goes to the room that is nearest: the cells of points along the rooms' boundaries (Voronoi),
which between two straight and parallel faces meet on the middle line of the wall. Where three rooms meet the corner
leans a few centimetres into the branching wall.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import Voronoi  # type: ignore[import-untyped]

from ...core.architecture.floor_plan import FloorPlan, PlanDoor, Room
from ...core.architecture.outline import clean_outline
from ...core.architecture.plan_doors import shared_walls
from ...core.architecture.plan_rooms import ring_of
from ...core.architecture.plan_shapes import largest_polygon
from ...core.errors import InputError

SAMPLE_M, SNAP_M = 0.1, 1e-4
# what stays of a room's share of the walls must not look like another floor
MOST_GAP, MOST_OVERLAP = 0.3, 0.02
LEAST_ROOM_M2 = 0.5
# narrower strips are no part of a room: some plans lay one around a kitchen that is open to the living room
LEAST_STRIP_M = 0.2
LEAST_DOOR_M, MOST_DOOR_M = 0.5, 3.0
# from a door's polygon to the middle of its wall
DOOR_REACH_M = 0.5
MAX_ROOMS, MAX_BOUNDARY_M = 40, 3000.0


def plan_of(
    floor: shapely.Polygon,
    rooms: Sequence[tuple[str, shapely.Polygon]],
    doors: Sequence[shapely.Polygon],
    front: Sequence[shapely.Polygon],
) -> FloorPlan:
    """The plan of `rooms` (use, polygon) in `floor`, all in metres; what does not fit is an InputError.

    Rooms that are open to each other, as a kitchen to its living room, get no door: the file has none there.
    """
    floor = _floor(floor)
    uses, shapes = _rooms(floor, rooms)
    named = tuple(_named(uses, tiled(floor, shapes)))
    made = (*_inner_doors(named, doors), *_front_doors(floor, named, front))
    outline = clean_outline(ring_of(floor), [ring_of(shapely.Polygon(hole)) for hole in floor.interiors])
    return FloorPlan(outline, named, made)


def tiled(floor: shapely.Polygon, rooms: Sequence[shapely.Polygon]) -> list[shapely.Polygon]:
    """The rooms, grown to the nearest others and to the edge of the floor, without gap or overlap."""
    length = sum(room.length for room in rooms)
    if length > MAX_BOUNDARY_M:
        raise InputError(f"its rooms' boundaries are {length:.0f} m long; {MAX_BOUNDARY_M:g} m are the most.")
    samples = [_samples(room) for room in rooms]
    points, owner = np.concatenate(samples), np.repeat(np.arange(len(rooms)), [len(some) for some in samples])
    points, first = np.unique(points.round(4), axis=0, return_index=True)
    cells, owner = _cells(points), owner[first]
    gaps = _without(floor, _united(rooms))
    taken: shapely.Geometry = shapely.Polygon()
    grown = []
    for number, room in enumerate(rooms):
        # a little wider, so that cells which touch are one
        near = shapely.union_all(shapely.buffer(cells[owner == number], 5 * SNAP_M, join_style="mitre"))
        share = _areal(shapely.intersection(near, gaps, grid_size=SNAP_M))
        whole = _united([room, share])
        grown.append(_without(whole, taken))
        taken = _united([taken, whole])
    return _straightened(grown)


def _united(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    return _areal(shapely.union_all(shapes, grid_size=SNAP_M))


def _without(shape: shapely.Geometry, other: shapely.Geometry) -> shapely.Geometry:
    return _areal(shapely.difference(shape, other, grid_size=SNAP_M))


def _areal(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """The polygons alone: where faces only touch, an overlay leaves points and lines, which the next one refuses."""
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])


def _cells(points: np.ndarray) -> np.ndarray:
    """The Voronoi cell of each of (N, 2) points; by Qhull, as GEOS fails on points that lie in rows."""
    middle, reach = points.mean(axis=0), 10 * np.ptp(points) + 1
    # four far points, so that no cell of ours is without end
    far = middle + reach * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    found = Voronoi(np.concatenate([points, far]))
    corners = [found.vertices[found.regions[region]] for region in found.point_region[: len(points)]]
    return np.array(shapely.convex_hull([shapely.multipoints(some) for some in corners]))


def _samples(room: shapely.Polygon) -> np.ndarray:
    """(N, 2) points of the boundary, at whole steps of x or y, so that those of two parallel faces face each other."""
    made = []
    for ring in (room.exterior, *room.interiors):
        corners = shapely.get_coordinates(ring)
        for start, end in pairwise(corners):
            axis = int(np.abs(end - start).argmax())
            low, high = sorted((start[axis], end[axis]))
            steps = np.arange(np.floor(low / SAMPLE_M) + 1, np.ceil(high / SAMPLE_M)) * SAMPLE_M
            share = (steps - start[axis]) / (end[axis] - start[axis])
            made += [start[None], start + share[:, None] * (end - start)]
    return np.concatenate(made)


def _straightened(grown: list[shapely.Geometry]) -> list[shapely.Polygon]:
    """Without the teeth of the cells, on the lines that rooms share, all at once."""
    simple = shapely.coverage_simplify(grown, SAMPLE_M / 2, simplify_boundary=False)
    whole = [largest_polygon(shape) for shape in simple]
    if any(shape is None or shape.interiors for shape in whole):
        raise InputError("a room lies around another, or has no place on the floor.")
    return [shape for shape in whole if shape is not None]


def _floor(floor: shapely.Polygon) -> shapely.Polygon:
    snapped = largest_polygon(shapely.set_precision(shapely.simplify(floor, 0.005), SNAP_M))
    if snapped is None:
        raise InputError("its floor has no area.")
    return snapped


def _rooms(
    floor: shapely.Polygon, rooms: Sequence[tuple[str, shapely.Polygon]]
) -> tuple[list[str], list[shapely.Polygon]]:
    """Uses and polygons of the rooms that are on the floor, none over another."""
    uses, shapes = [], []
    taken: shapely.Geometry = shapely.Polygon()
    for use, polygon in rooms:
        within = _areal(shapely.intersection(polygon, floor, grid_size=SNAP_M))
        if within.area > 1e-9 and shapely.intersection(within, taken).area > MOST_OVERLAP * within.area:
            raise InputError(f"its {use} overlaps another room.")
        free = largest_polygon(_opened(_without(within, taken)))
        if free is None or free.area < LEAST_ROOM_M2:
            continue
        uses.append(use)
        shapes.append(free)
        taken = _united([taken, free])
    if not 0 < len(shapes) <= MAX_ROOMS:
        raise InputError(f"it has {len(shapes)} rooms on its floor; 1 to {MAX_ROOMS} are taken.")
    gap = 1 - taken.area / floor.area
    if gap > MOST_GAP:
        raise InputError(f"its rooms leave {gap:.0%} of the floor; walls take at most {MOST_GAP:.0%}.")
    return uses, shapes


def _opened(shape: shapely.Geometry) -> shapely.Geometry:
    """Without strips (a morphological opening)."""
    inset = LEAST_STRIP_M / 2
    core = shapely.buffer(shape, -inset, join_style="mitre")
    wider = shapely.buffer(core, inset, join_style="mitre")
    return _areal(shapely.intersection(wider, shape, grid_size=SNAP_M))


def _named(uses: Sequence[str], shapes: Sequence[shapely.Polygon]) -> list[Room]:
    """A room alone in its use is named after it; several are numbered."""
    counts: dict[str, int] = {}
    made = []
    for use, shape in zip(uses, shapes, strict=True):
        counts[use] = counts.get(use, 0) + 1
        name = f"{use} {counts[use]}" if list(uses).count(use) > 1 else use
        made.append(Room(name, use, ring_of(shape)))
    return made


def _inner_doors(rooms: Sequence[Room], doors: Sequence[shapely.Polygon]) -> list[PlanDoor]:
    """A door on the longest straight wall of the two rooms that is near enough, none where there is no such wall."""
    walls = {pair: shapely.LineString(ends) for pair, ends in shared_walls(rooms).items()}
    made = []
    for door in doors:
        tried = [(_along(wall, door), pair) for pair, wall in walls.items() if wall.distance(door) < DOOR_REACH_M]
        near = [(leaf, pair) for leaf, pair in tried if leaf is not None]
        if near:
            leaf, (one, two) = max(near, key=lambda found: float(found[0].length))
            made.append(PlanDoor((rooms[one].name, rooms[two].name), *shapely.get_coordinates(leaf)))
    return made


def _front_doors(floor: shapely.Polygon, rooms: Sequence[Room], front: Sequence[shapely.Polygon]) -> list[PlanDoor]:
    """A front door on the longest stretch of the facade that it covers, none where it stands elsewhere."""
    made = []
    for door in front:
        near = []
        for room in rooms:
            ends = np.stack([room.ring, np.roll(room.ring, -1, axis=0)], axis=1)
            for side in shapely.linestrings(ends):
                outside = shapely.hausdorff_distance(side, floor.boundary.intersection(side.buffer(SNAP_M * 5)))
                if side.distance(door) < DOOR_REACH_M and outside < SNAP_M * 20:
                    leaf = _along(side, door)
                    near += [(leaf, room.name)] if leaf is not None else []
        if near:
            leaf, name = max(near, key=lambda found: float(found[0].length))
            made.append(PlanDoor((name, ""), *shapely.get_coordinates(leaf)))
    return made


def _along(wall: shapely.LineString, door: shapely.Polygon) -> shapely.LineString | None:
    """The stretch of a straight wall that the door covers, as one looks at the wall; None if it is no door's width."""
    start, end = shapely.get_coordinates(wall)
    length = float(np.hypot(*(end - start)))
    way = (end - start) / max(length, 1e-9)
    along = (shapely.get_coordinates(door) - start) @ way
    low, high = max(float(along.min()), 0.0), min(float(along.max()), length)
    if not LEAST_DOOR_M <= high - low <= MOST_DOOR_M:
        return None
    return shapely.LineString([start + low * way, start + high * way])
