# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures and furniture in the rooms of a plan, as copies of shared blocks along the walls.

Doors keep the floor that their leaf sweeps, tall pieces stay out of windows, each piece keeps room to stand before it,
and every door of a room is reached from every other. A room too small for a piece has a smaller one or none. The same
plan gives the same places on every storey. Ids: `storey 1 bath 2`, counted by storey and word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from ..asset import Element, Instances
from .building_parts import Extra
from .building_shells import PlateShell
from .fixture_pieces import WISHES, Piece
from .floor_plan import FloorPlan, Room
from .interiors import inner_walls
from .storeys import Storey
from .wall_offset import edges

DOOR_CLEAR_M = 0.95
# what a person needs to get through
PASSAGE_M = 0.56
_STEP_M, _OFF_WALL_M = 0.1, 0.01
_WINDOW_DEEP_M = 0.2
_NO_PLAN = np.zeros((0, 2))


@dataclass(frozen=True)
class Placed:
    """A piece in a room: `corners` (4, 2) of its foot counter-clockwise from the wall, in metres."""

    piece: Piece
    room: str
    corners: np.ndarray

    @property
    def foot(self) -> shapely.Polygon:
        """What it covers of the floor."""
        return shapely.Polygon(self.corners)


@dataclass
class _Free:
    """The state of a room: `floor` between its walls, `doors` (their keep-clear zones and the points before them),
    `windows` (zone, sill), and what stands there with the room before it."""

    floor: shapely.Polygon
    doors: shapely.Geometry
    entries: list[shapely.Point]
    windows: list[tuple[shapely.Geometry, float]]
    feet: list[shapely.Geometry] = field(default_factory=list)
    fronts: list[shapely.Geometry] = field(default_factory=list)


def fixtures_of(plan: FloorPlan, storeys: Sequence[Storey], shells: Sequence[PlateShell], words: str = "") -> Extra:
    """The fixtures on storeys that all have this plan within the walls of `shells`; `words` tell the plate from the
    storey's others."""
    placed = placed_in(plan, windows_of(shells))
    copies: dict[str, list[np.ndarray]] = {}
    named: dict[str, list[Element]] = {}
    pieces = {one.piece.name: one.piece for one in placed}
    for storey in storeys:
        counts: Counter[str] = Counter()
        for one in placed:
            piece = one.piece
            counts[piece.word] += 1
            place = f"{storey.name} {words}" if words else storey.name
            id_ = f"{place} {piece.word} {counts[piece.word]}"
            width, deep, high = map(float, piece.size)
            figures = {"width_m": width, "depth_m": deep, "height_m": high}
            element = Element(id_, piece.ifc_class, storey.name, storey.name, piece.name, _NO_PLAN, figures)
            named.setdefault(piece.name, []).append(element)
            copies.setdefault(piece.name, []).append(_transform(one, storey.elevation_m))
    meshes = tuple(piece.mesh() for piece in pieces.values())
    instances = tuple(Instances(name, np.stack(copies[name])) for name in pieces)
    elements = tuple(element for name in pieces for element in named[name])
    return Extra(meshes, instances, elements, {"num_fixtures": float(len(elements))})


def windows_of(shells: Sequence[PlateShell]) -> list[tuple[shapely.Geometry, float]]:
    """The floor before each window of any storey, and the metres that its sill is high; doors are left out."""
    found: dict[bytes, tuple[shapely.Geometry, float]] = {}
    for shell in shells:
        for walls in {id(one): one for one in shell.walls}.values():
            for ring, wall in zip(shell.outline.rings, walls, strict=True):
                along = edges(ring)[0]
                for placed in wall.placed:
                    opening = placed.kind.opening
                    if opening.panes == 0:
                        continue
                    for edge, centre in zip(placed.edge, placed.centre, strict=True):
                        way = along[int(edge)]
                        into = np.array([-way[1], way[0]])
                        foot, half = ring[int(edge)] + centre * way, opening.width_m / 2 * way
                        deep = (shell.wall_m + _WINDOW_DEEP_M) * into
                        corners = np.array([foot - half, foot + half, foot + half + deep, foot - half + deep])
                        key = np.round([*corners.ravel(), opening.sill_m], 4).tobytes()
                        found.setdefault(key, (shapely.Polygon(corners), opening.sill_m))
    return list(found.values())


def placed_in(plan: FloorPlan, windows: Sequence[tuple[shapely.Geometry, float]]) -> list[Placed]:
    """Where the pieces of every room stand, in the order of the rooms."""
    walls = inner_walls(plan)
    return [one for room in plan.rooms if room.use in WISHES for one in _furnished(room, plan, walls, windows)]


def _furnished(
    room: Room, plan: FloorPlan, walls: shapely.Geometry, windows: Sequence[tuple[shapely.Geometry, float]]
) -> list[Placed]:
    pieces = shapely.get_parts(shapely.difference(shapely.Polygon(room.ring), walls))
    floor = shapely.orient_polygons(max(pieces, key=lambda part: part.area))
    lines = [shapely.LineString([door.start, door.end]) for door in plan.doors if room.name in door.rooms]
    zones = [shapely.buffer(line, DOOR_CLEAR_M, cap_style="flat") for line in lines]
    entries = [_before(line, floor) for line in lines]
    near = [(zone, sill) for zone, sill in windows if shapely.intersects(zone, floor)]
    free = _Free(floor, shapely.union_all(zones), entries, near)
    made = []
    for wish in WISHES[room.use]:
        for piece in wish:
            corners = _place(piece, free)
            if corners is not None:
                made.append(Placed(piece, room.name, corners))
                break
    return made


def _before(line: shapely.LineString, floor: shapely.Polygon) -> shapely.Point:
    """The point 0.45 m before the middle of a door, on the side of `floor`."""
    start, end = np.array(line.coords)
    way = (end - start) / np.hypot(*(end - start))
    middle, aside = (start + end) / 2, np.array([-way[1], way[0]])
    sides = [shapely.Point(middle + sign * 0.45 * aside) for sign in (1, -1)]
    return sides[0] if floor.contains(sides[0]) else sides[1]


def _place(piece: Piece, free: _Free) -> np.ndarray | None:
    """(4, 2) the best foot for a piece, which is noted in `free`; None where it fits nowhere."""
    width, deep, high = map(float, piece.size)
    corners, cost = _candidates(free.floor, width, deep, piece)
    if not len(corners):
        return None
    feet = shapely.polygons(corners)
    into = (corners[:, 3] - corners[:, 0]) / deep
    ahead = corners.copy()
    ahead[:, :2] = corners[:, [3, 2]]
    ahead[:, 2:] = corners[:, [2, 3]] + piece.front_m * into[:, None]
    fronts = shapely.polygons(ahead)
    shapely.prepare(free.floor)
    hit = [zone for zone, sill in free.windows if high > sill + 0.02]
    blocked = shapely.union_all([free.doors, *hit, *free.feet, *free.fronts])
    taken = shapely.union_all([*free.feet]).buffer(-1e-3) if free.feet else shapely.Polygon()
    good = shapely.covers(free.floor, feet) & shapely.covers(free.floor, shapely.buffer(fronts, -0.02))
    good &= ~shapely.intersects(shapely.buffer(feet, -1e-3), blocked) & ~shapely.intersects(fronts, taken)
    for at in np.argsort(cost, kind="stable"):
        if good[at] and _is_passable(free, feet[at]):
            free.feet.append(feet[at])
            free.fronts.append(fronts[at])
            return np.asarray(corners[at])
    return None


def _candidates(floor: shapely.Polygon, width: float, deep: float, piece: Piece) -> tuple[np.ndarray, np.ndarray]:
    """(N, 4, 2) feet along the walls of a room, and what each costs, (N,): far from a corner, or from the middle."""
    ring = np.array(floor.exterior.coords)[:-1]
    along, length = edges(ring)
    made, costs = [], []
    for start, way, long in zip(ring, along, length, strict=True):
        room = long - width - 2 * _OFF_WALL_M
        if room < 0:
            continue
        into = np.array([-way[1], way[0]])
        first = _OFF_WALL_M + np.linspace(0, room, max(2, int(room / _STEP_M) + 1))
        foot = start + first[:, None] * way + _OFF_WALL_M * into
        made.append(np.stack([foot, foot + width * way, foot + width * way + deep * into, foot + deep * into], 1))
        aside = np.minimum(first, long - width - first)
        # long walls first where the middle is asked for, else the nearest corner
        costs.append(np.abs(first + width / 2 - long / 2) - 0.3 * long if piece.is_centred else aside)
    if not made:
        return np.zeros((0, 4, 2)), np.zeros(0)
    return np.concatenate(made), np.concatenate(costs)


def _is_passable(free: _Free, foot: shapely.Geometry) -> bool:
    """Whether all doors of the room are still reached from each other, with `foot` there too."""
    left = shapely.difference(free.floor, shapely.union_all([*free.feet, foot])).buffer(-PASSAGE_M / 2)
    parts = shapely.get_parts(left)
    if not len(parts):
        return not free.entries
    return bool(np.any([all(part.distance(point) < 0.3 for point in free.entries) for part in parts]))


def _transform(one: Placed, floor_m: float) -> np.ndarray:
    """(4, 4) float32: x along the wall, y into the room."""
    a, b, _, d = one.corners
    made = np.eye(4, dtype=np.float32)
    made[:2, 0], made[:2, 1] = (b - a) / np.hypot(*(b - a)), (d - a) / np.hypot(*(d - a))
    made[:3, 3] = *((a + b) / 2), floor_m
    return made
