# SPDX-License-Identifier: GPL-3.0-or-later
"""Doors for what a plan leaves cut off: a front door where none was placed, one to each room that is not reached."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from .floor_plan import PlanDoor, Room
from .plan_doors import FRONT_LEAF_M, LEAF_M, shared_walls

# a wall shorter than this takes no door
LEAST_WALL_M = 0.75


def with_every_room_reached(
    rooms: Sequence[Room], doors: Sequence[PlanDoor], door: np.ndarray
) -> tuple[PlanDoor, ...] | None:
    """The doors, and those that lack: the front one near `door` (2,) and one to each room that no door leads to; None
    where a wall is too short for one."""
    made = list(doors)
    if not any("" in one.rooms for one in made):
        made.insert(0, _front(rooms, door))
    names = [room.name for room in rooms]
    walls = shared_walls(rooms)
    long = {pair: float(np.hypot(*(wall[1] - wall[0]))) for pair, wall in walls.items()}
    while True:
        reached = _reached(made)
        fit = [
            pair
            for pair in walls
            if (names[pair[0]] in reached) != (names[pair[1]] in reached) and long[pair] >= LEAST_WALL_M
        ]
        if not fit:
            return tuple(made) if reached >= set(names) else None
        best = max(fit, key=lambda pair: (round(long[pair], 3), pair))
        wall = walls[best]
        way, leaf = (wall[1] - wall[0]) / long[best], min(LEAF_M, long[best] - 0.05)
        ends = wall.mean(0) - leaf / 2 * way, wall.mean(0) + leaf / 2 * way
        made.append(PlanDoor((names[best[0]], names[best[1]]), *ends))


def _reached(doors: Sequence[PlanDoor]) -> set[str]:
    reached = {""}
    while True:
        more = {name for one in doors if set(one.rooms) & reached for name in one.rooms} - reached
        if not more:
            return reached - {""}
        reached |= more


def _front(rooms: Sequence[Room], door: np.ndarray) -> PlanDoor:
    """A front door at a point, in the wall of the room that has the most of it there."""
    point = shapely.Point(door)
    away = [shapely.Polygon(room.ring).boundary.distance(point) for room in rooms]
    ring = rooms[int(np.argmin(away))].ring
    sides = np.stack([ring, np.roll(ring, -1, 0)], 1)
    lines = shapely.linestrings(sides)
    side = sides[int(np.lexsort((-shapely.length(lines), shapely.distance(lines, point).round(3)))[0])]
    way = (side[1] - side[0]) / np.hypot(*(side[1] - side[0]))
    foot = side[0] + ((door - side[0]) @ way) * way
    half = FRONT_LEAF_M / 2 * way
    return PlanDoor((rooms[int(np.argmin(away))].name, ""), foot - half, foot + half)
