# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor plan of a divided plate: rooms of its dwellings, the stairs, and the ways between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon

from .circulation import Ways
from .dwelling_cells import Cell, door_place
from .dwelling_plans import DwellingPlan
from .floor_plan import FloorPlan, PlanDoor, Room
from .outline import Outline
from .plan_doors import FRONT_LEAF_M
from .plan_shapes import rings_of

STAIR_LEAF_M = 1.0
_PINNED = re.compile(r"(?:storey \d+ )?(?:dwelling \d+ )?(.+)")


def plate_plan(
    inner: Sequence[np.ndarray],
    ways: Ways,
    cells: Sequence[Cell],
    plans: Sequence[DwellingPlan | None],
    use: str,
    first: int,
    has_stairs: bool,
) -> FloorPlan:
    """The plan of a plate within the rings `inner`. A cell without a plan is one room of `use`; dwellings are counted
    from `first` on."""
    open_rooms, closed = way_rooms(ways, has_stairs)
    rooms, doors = [*open_rooms, *closed], _doors_between(ways, open_rooms, closed)
    number, units = first, 0
    for cell, plan in zip(cells, plans, strict=True):
        if plan is None:
            units += 1
            name = f"{use} {units}"
            rooms += [
                Room(name if n == 0 else f"{name} part {n + 1}", use, ring) for n, ring in enumerate(_whole(cell.shape))
            ]
            front = _front_of(cell, name)
            doors += [_named(front, _room_behind(front, rooms[: len(open_rooms) + len(closed)]))] if front else []
            continue
        names = _names(plan, f"dwelling {number}")
        rooms += [Room(names[room.name], room.use, room.ring) for room in plan.rooms]
        for door in plan.doors:
            one, two = door.rooms
            if two:
                doors.append(PlanDoor((names[one], names[two]), door.start, door.end))
            else:
                outside = _room_behind(door, rooms[: len(open_rooms) + len(closed)])
                doors.append(PlanDoor((names[one], outside), door.start, door.end))
        number += 1
    return FloorPlan(Outline(inner[0], tuple(inner[1:])), tuple(rooms), tuple(doors))


def _names(plan: DwellingPlan, dwelling: str) -> dict[str, str]:
    """The rooms' names in the plate's plan; what was drawn under such a name gets its own back."""
    made: dict[str, str] = {}
    for room in plan.rooms:
        found = _PINNED.fullmatch(room.name)
        short = found[1] if found else room.name
        taken = {name for name in made.values()}
        name = f"{dwelling} {short}"
        made[room.name] = name if name not in taken else f"{dwelling} {room.name}"
    return made


def way_rooms(ways: Ways, has_stairs: bool) -> tuple[list[Room], list[Room]]:
    """The rooms that open into each other, and the closed ones among the ways."""
    solid = shapely.union_all([Polygon(room.ring).buffer(1e-6) for room in ways.stairs])
    opened: list[Room] = []
    if ways.corridor is not None:
        taken = solid if ways.lobby is None else shapely.union(solid, ways.lobby)
        opened += _numbered("corridor", "corridor", _whole(ways.corridor.difference(taken)))
    if ways.lobby is not None:
        opened += _numbered("lobby", "lobby", _whole(ways.lobby.difference(solid)))
    closed: list[Room] = []
    if has_stairs:
        closed += _numbered("stairs", "stairs", [room.ring for room in ways.stairs])
    else:
        closed += _numbered("entrance", "lobby", [room.ring for room in ways.stairs])
    if ways.middle is not None:
        closed += _numbered("storage", "storage", _whole(ways.middle.difference(solid)))
    return opened, closed


def _numbered(name: str, use: str, rings: Sequence[np.ndarray]) -> list[Room]:
    return [Room(f"{name} {n}" if len(rings) > 1 else name, use, ring) for n, ring in enumerate(rings, 1)]


def _whole(shape: shapely.Geometry) -> list[np.ndarray]:
    """The rings of a shape's pieces, those around a hole cut in two."""
    made: list[np.ndarray] = []
    waiting = [Polygon(rings[0], rings[1:]) for rings in rings_of(shape)]
    while waiting:
        piece = waiting.pop(0)
        if not piece.interiors:
            made += [rings[0] for rings in rings_of(piece)]
            continue
        x0, y0, x1, y1 = piece.bounds
        middle = Polygon(piece.interiors[0]).centroid.x
        for low, high in ((x0 - 1, middle), (middle, x1 + 1)):
            half = piece.intersection(shapely.box(low, y0 - 1, high, y1 + 1))
            waiting += [Polygon(rings[0], rings[1:]) for rings in rings_of(half)]
    return made


def _doors_between(ways: Ways, opened: Sequence[Room], closed: Sequence[Room]) -> list[PlanDoor]:
    """Doors from the corridor to stairs and to what has no windows."""
    doors: list[PlanDoor] = []
    if not opened:
        return doors
    for room in closed:
        shape = Polygon(room.ring)
        best = None
        for other in opened:
            place = door_place(shape, Polygon(other.ring).buffer(3e-3))
            if place is not None and (best is None or place[1] > best[1] + 1e-6):
                best = (*place, other)
        if best is not None and best[1] > 0.9:
            leaf = min(STAIR_LEAF_M, best[1] - 0.2)
            doors.append(_leaf(shape, best[0], leaf, (room.name, best[2].name)))
    return doors


def _leaf(shape: Polygon, at: np.ndarray, leaf_m: float, rooms: tuple[str, str]) -> PlanDoor:
    """A door in the wall of `shape` that `at` is on."""
    ring = np.array(shape.exterior.coords)
    sides = np.stack([ring[:-1], ring[1:]], 1)
    away = shapely.distance(shapely.linestrings(sides), shapely.Point(at))
    side = sides[int(np.lexsort((-shapely.length(shapely.linestrings(sides)), away.round(3)))[0])]
    way = (side[1] - side[0]) / np.hypot(*(side[1] - side[0]))
    foot = side[0] + ((at - side[0]) @ way) * way
    return PlanDoor(rooms, foot - leaf_m / 2 * way, foot + leaf_m / 2 * way)


def _front_of(cell: Cell, name: str) -> PlanDoor | None:
    return _leaf(cell.shape, cell.door, FRONT_LEAF_M, (name, ""))


def _named(door: PlanDoor, outside: str) -> PlanDoor:
    return PlanDoor((door.rooms[0], outside), door.start, door.end)


def _room_behind(door: PlanDoor, rooms: Sequence[Room]) -> str:
    """The way that a front door opens to."""
    middle = shapely.Point((door.start + door.end) / 2)
    away = [Polygon(room.ring).distance(middle) for room in rooms]
    return rooms[int(np.argmin(away))].name
