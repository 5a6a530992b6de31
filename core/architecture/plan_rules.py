# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a floor plan keeps the rules, judged by its polygons and doors alone, however it was made.

The rules, by name; one that is not met names the room:

    coverage   the rooms cover the outline, but for 0.01 m2
    overlap    no two rooms overlap by more than 0.01 m2
    area       every room has its least area and is within 25 % of the area asked for, scaled to the floor; a hall,
               which doors make as long as it is, is at most twice as large
    width      a room is nowhere narrower than it may be, but for 10 % of its area in corners and niches: what a square
               of the least width cannot reach (a morphological opening)
    shape      a room fills 0.7 of the smallest rectangle around it, and that is no longer for its width than it may be;
               a hall may turn corners
    window     a habitable room has 1.5 m of facade
    adjacency  rooms that are to adjoin share 1.0 m of straight wall and a door
    doors      every door stands in the walls of its rooms, its whole width
    reach      every room is reached from the front door, walking through passable rooms alone
    entrance   the front door is where it is asked for, and opens to a hall; without a hall, to a passable room
    pinned     pinned rooms are as they were drawn, and no room has a pinned wall inside
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .floor_plan import USES, FloorPlan, PlanDoor, Room
from .plan_problem import DOOR_WALL_M, WINDOW_WALL_M, most_area_error, most_aspect, targets_of
from .programme import Programme, RoomWish
from .site import PinnedRoom, PinnedWall

RULES = (
    "coverage", "overlap", "area", "width", "shape", "window", "adjacency", "doors", "reach", "entrance", "pinned",
)  # fmt: skip
AREA_M2, LENGTH_M = 0.01, 1e-3
LEAST_FILL, MOST_NARROW = 0.7, 0.1
# how far from the point that was asked for the front door may stand
FRONT_M = 0.8


@dataclass(frozen=True)
class Verdict:
    """`unmet`: each rule not met, and the room or pair it is about; `area_errors` |area / asked - 1| by room."""

    unmet: tuple[tuple[str, str], ...]
    area_errors: dict[str, float]

    @property
    def valid(self) -> bool:
        """Whether every rule is met."""
        return not self.unmet

    @property
    def area_error(self) -> float:
        """The mean over rooms."""
        return float(np.mean(list(self.area_errors.values()))) if self.area_errors else 0.0


def judged(
    plan: FloorPlan,
    programme: Programme,
    front_door: np.ndarray | None = None,
    pinned_rooms: Sequence[PinnedRoom] = (),
    pinned_walls: Sequence[PinnedWall] = (),
    facade: np.ndarray | None = None,
) -> Verdict:
    """The verdict on a plan that was asked for like this; `facade` (W, 2, 2) are the stretches of the outline that may
    have windows, all of it where they are not given."""
    import shapely

    shapes = [shapely.Polygon(room.ring) for room in plan.rooms]
    floor = shapely.Polygon(plan.outline.outer, plan.outline.holes)
    errors = _area_errors(plan, shapes, programme, pinned_rooms, floor.area)
    unmet = [
        *_tiling(plan.rooms, shapes, floor),
        *_areas(plan.rooms, shapes, errors),
        *_room_shapes(plan.rooms, shapes, _facade(floor, facade), {room.name for room in pinned_rooms}),
        *_adjacency(plan, shapes, programme),
        *_doors(plan, shapes, floor),
        *_reach(plan),
        *_entrance(plan, front_door),
        *_pinned(plan, shapes, pinned_rooms, pinned_walls),
    ]
    return Verdict(tuple(unmet), errors)


def _area_errors(
    plan: FloorPlan, shapes: list[object], programme: Programme, pinned: Sequence[PinnedRoom], area: float
) -> dict[str, float]:
    """By the name of each room that was asked for and is not pinned; a room that is missing is wholly wrong."""
    import shapely

    kept = {room.name for room in pinned}
    free = [(room.name, room.use, shapely.area(shape)) for room, shape in zip(plan.rooms, shapes, strict=True)]
    made = {name: (use, size) for name, use, size in free if name not in kept}
    left = list(programme.rooms)
    for room in pinned:
        same = [wish for wish in left if wish.name == room.name] or [wish for wish in left if wish.use == room.use]
        if same:
            left.remove(same[0])
    rest = area - sum(shapely.Polygon(room.ring).area for room in pinned)
    wanted = targets_of(left, rest)

    def error(wish: RoomWish, target: float) -> float:
        use, size = made.get(wish.name, ("", 0.0))
        return abs(size / target - 1) if use == wish.use else 1.0

    return {wish.name: error(wish, target) for wish, target in zip(left, wanted, strict=True)}


def _tiling(rooms: Sequence[Room], shapes: list[object], floor: object) -> list[tuple[str, str]]:
    import shapely

    found = []
    if shapely.area(shapely.difference(floor, shapely.union_all(shapes))) > AREA_M2:
        found.append(("coverage", ""))
    for n, one in enumerate(shapes):
        if not shapely.is_valid(one) or shapely.area(shapely.difference(one, floor)) > AREA_M2:
            found.append(("coverage", rooms[n].name))
        over = shapely.area(shapely.intersection(one, shapes[n + 1 :])) if n + 1 < len(shapes) else np.zeros(0)
        found += [("overlap", f"{rooms[n].name}, {rooms[n + 1 + int(m)].name}") for m in np.flatnonzero(over > AREA_M2)]
    return found


def _areas(rooms: Sequence[Room], shapes: list[object], errors: dict[str, float]) -> list[tuple[str, str]]:
    import shapely

    uses = {room.name: room.use for room in rooms}
    found = {name for name, error in errors.items() if error > most_area_error(uses.get(name, ""))}
    for room, shape in zip(rooms, shapes, strict=True):
        if room.name in errors and shapely.area(shape) < USES[room.use].least_area_m2 - AREA_M2:
            found.add(room.name)
    return [("area", name) for name in sorted(found)]


def _facade(floor: object, facade: np.ndarray | None) -> object:
    import shapely

    return shapely.boundary(floor) if facade is None else shapely.multilinestrings(list(facade))


def _room_shapes(rooms: Sequence[Room], shapes: list[object], facade: object, kept: set[str]) -> list[tuple[str, str]]:
    """Width, shape and window of every room that was not drawn by hand."""
    import shapely

    found = []
    for room, shape in zip(rooms, shapes, strict=True):
        if room.name in kept:
            continue
        use, size = USES[room.use], shapely.area(shape)
        inset = use.least_width_m / 2 - LENGTH_M
        smaller = shapely.buffer(shape, -inset, join_style="mitre")
        opened = shapely.intersection(shapely.buffer(smaller, inset, join_style="mitre"), shape)
        if shapely.area(opened) < (1 - MOST_NARROW) * size:
            found.append(("width", room.name))
        around = shapely.minimum_rotated_rectangle(shape)
        sides = np.hypot(*np.diff(shapely.get_coordinates(around)[:3], axis=0).T)
        if (room.use != "hall" and size < LEAST_FILL * sides.prod()) or sides.max() > most_aspect(
            room.use
        ) * sides.min() + LENGTH_M:
            found.append(("shape", room.name))
        window = shapely.length(shapely.intersection(shapely.buffer(facade, LENGTH_M), shapely.boundary(shape)))
        if use.habitable and window < WINDOW_WALL_M - 3 * LENGTH_M:
            found.append(("window", room.name))
    return found


def _adjacency(plan: FloorPlan, shapes: list[object], programme: Programme) -> list[tuple[str, str]]:
    found = []
    joined = {frozenset(door.rooms) for door in plan.doors}
    uses = {room.name: (room.use, shape) for room, shape in zip(plan.rooms, shapes, strict=True)}
    for first, second in programme.adjacency:
        for one, other in dict.fromkeys(((first, second), (second, first))):
            for name, (use, shape) in uses.items():
                others = [(n, s) for n, (u, s) in uses.items() if u == other and n != name]
                if use != one or not others:
                    continue
                met = any(frozenset((name, n)) in joined and straight_wall(shape, s) >= DOOR_WALL_M for n, s in others)
                if not met:
                    found.append(("adjacency", f"{name}-{other}"))
    return found


def straight_wall(one: object, two: object) -> float:
    """Metres of the longest straight stretch that the boundaries of two polygons have in common."""
    import shapely

    common = shapely.intersection(shapely.boundary(one), shapely.boundary(two), grid_size=1e-5)
    merged = shapely.line_merge(common) if common.geom_type == "MultiLineString" else common
    best = 0.0
    for line in shapely.get_parts(merged):
        points = shapely.get_coordinates(shapely.simplify(line, LENGTH_M))
        best = max(best, float(np.hypot(*np.diff(points, axis=0).T).max(initial=0)))
    return best + 2e-5


def _doors(plan: FloorPlan, shapes: list[object], floor: object) -> list[tuple[str, str]]:
    """Every door lies in the boundaries of both its rooms, the front door in the facade."""
    import shapely

    by_name = {room.name: shapely.boundary(shape) for room, shape in zip(plan.rooms, shapes, strict=True)}
    by_name[""] = shapely.boundary(floor)
    found = []
    for door in plan.doors:
        leaf = shapely.LineString([door.start, door.end])
        apart = [shapely.hausdorff_distance(leaf, _nearest(by_name.get(name), leaf)) for name in door.rooms]
        if max(apart) > LENGTH_M or leaf.length < 0.6:
            found.append(("doors", "-".join(door.rooms)))
    return found


def _nearest(boundary: object, leaf: object) -> object:
    """The part of a boundary within a millimetre of a door; far away where there is none."""
    import shapely

    part = shapely.intersection(boundary, shapely.buffer(leaf, LENGTH_M / 2, cap_style="flat")) if boundary else None
    return part if part is not None and not part.is_empty else shapely.Point(1e9, 1e9)


def _reach(plan: FloorPlan) -> list[tuple[str, str]]:
    uses = {room.name: USES[room.use] for room in plan.rooms}
    reached, edge = {""}, [""]
    while edge:
        here = edge.pop()
        entered = any(here in door.rooms and "" in door.rooms for door in plan.doors)
        if here and not uses[here].passable and not entered:
            continue
        for door in plan.doors:
            if here in door.rooms:
                there = door.rooms[1] if door.rooms[0] == here else door.rooms[0]
                if there not in reached:
                    reached.add(there)
                    edge.append(there)
    return [("reach", room.name) for room in plan.rooms if room.name not in reached]


def _entrance(plan: FloorPlan, front_door: np.ndarray | None) -> list[tuple[str, str]]:
    front: list[PlanDoor] = [door for door in plan.doors if "" in door.rooms]
    uses = {room.name: room.use for room in plan.rooms}
    if len(front) != 1:
        return [("entrance", "")]
    room = next(name for name in front[0].rooms if name)
    fit = uses[room] == "hall" if "hall" in uses.values() else USES[uses[room]].passable
    away = 0.0 if front_door is None else float(np.hypot(*((front[0].start + front[0].end) / 2 - front_door)))
    return [] if fit and away <= FRONT_M else [("entrance", room)]


def _pinned(
    plan: FloorPlan, shapes: list[object], rooms: Sequence[PinnedRoom], walls: Sequence[PinnedWall]
) -> list[tuple[str, str]]:
    import shapely

    by_name = {room.name: shape for room, shape in zip(plan.rooms, shapes, strict=True)}
    found = []
    for pin in rooms:
        drawn = shapely.Polygon(pin.ring)
        if shapely.area(shapely.symmetric_difference(drawn, by_name.get(pin.name, shapely.Polygon()))) > AREA_M2:
            found.append(("pinned", pin.name))
    for wall in walls:
        line = shapely.LineString([wall.start, wall.end])
        for room, shape in zip(plan.rooms, shapes, strict=True):
            inner = shapely.buffer(shape, -0.02, join_style="mitre")
            if shapely.length(shapely.intersection(line, inner)) > 0.05:
                found.append(("pinned", f"wall in {room.name}"))
    return found
