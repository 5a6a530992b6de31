# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor plan of a building's storeys: stairs behind the front door, and the dwelling around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .building_shells import PlateShell
from .facade_piers import frontage_of
from .floor_plan import FloorPlan, PlanDoor, Room
from .outline import clean_outline
from .plan_doors import doors_of
from .plan_rules import Verdict, judged
from .plan_solver import SolvedPlan, solved
from .programme import Programme
from .site import PinnedRoom, PinnedWall, Site
from .stairs import StairRun
from .storey_layout import Entrance, layout_of, stair_behind, stair_run
from .storeys import Storey
from .wall_offset import edges
from .wall_shifts import clear_of_windows, num_in_windows


def plan_of(
    storeys: Sequence[Storey], shells: Sequence[PlateShell], site: Site, programme: Programme, seed: int, index: int = 0
) -> tuple[FloorPlan, tuple[StairRun, ...], Verdict] | None:
    """The plan of the storeys that keep what is pinned on storey `index`, the building's stairs, and the verdict on the
    dwelling around them; None where it is no house of one plate.

    A programme larger than the floor is an InputError.
    """
    entrance = entrance_of(shells[0]) if len(shells) == 1 else None
    if entrance is None:
        return None
    inner = shells[0].inner
    stair = None
    if len(storeys) > 1:
        stair = stair_behind(entrance, [inner], max(storey.height_m for storey in storeys[:-1]))
        if stair is None:
            return None
    layout = layout_of(inner, entrance, stair)
    if layout is None:
        return None
    outline, door = layout.dwellings[0]
    pinned, walls = pinned_on(site, index)
    found = _clear(solved(outline, door, programme, seed, pinned, walls), shells, programme, door, pinned, walls)
    rooms, doors = found.plan.rooms, found.plan.doors
    if stair is not None:
        rooms = (*rooms, Room("stairs", "stairs", stair))
        doors = tuple(PlanDoor(tuple(r or "stairs" for r in d.rooms), d.start, d.end) for d in doors)  # type: ignore[arg-type]
    runs = () if stair is None else (stair_run(stair, len(storeys) - 1),)
    return FloorPlan(clean_outline(inner[0], list(inner[1:])), rooms, doors), runs, found.verdict


def pinned_on(site: Site, index: int) -> tuple[list[PinnedRoom], list[PinnedWall]]:
    """What is pinned on a storey."""
    return (
        [room for room in site.pinned_rooms if room.storey == index],
        [wall for wall in site.pinned_walls if wall.storey == index],
    )


def pinned_storeys(site: Site, count: int) -> list[int]:
    """For each of `count` storeys the one whose pinned rooms and walls it keeps: its own, else the ground's."""
    own = {room.storey for room in site.pinned_rooms} | {wall.storey for wall in site.pinned_walls}
    return [index if index in own else 0 for index in range(count)]


def _clear(
    found: SolvedPlan,
    shells: Sequence[PlateShell],
    programme: Programme,
    door: np.ndarray,
    pinned: Sequence[PinnedRoom],
    walls: Sequence[PinnedWall],
) -> SolvedPlan:
    """The plan with walls that would end in a window moved to a pier, where no more rules are missed then."""
    outline, windows = found.plan.outline, frontage_of(shells).windows

    def of(rooms: tuple[Room, ...]) -> SolvedPlan:
        plan = FloorPlan(outline, rooms, doors_of(outline, rooms, programme.adjacency, door))
        return replace(found, plan=plan, verdict=judged(plan, programme, door, pinned, walls))

    def is_better(new: tuple[Room, ...], old: tuple[Room, ...]) -> bool:
        fewer = num_in_windows(new, windows) < num_in_windows(old, windows)
        return fewer and len(of(new).verdict.unmet) <= len(of(old).verdict.unmet)

    rooms = clear_of_windows(found.plan.rooms, windows, np.concatenate(outline.rings), is_better)
    return found if rooms is found.plan.rooms else of(rooms)


def entrance_of(shell: PlateShell) -> Entrance | None:
    """Where the facade has its door on the ground, on the walls' inner face; None where it has none."""
    for placed in shell.walls[0][0].placed:
        if placed.kind.opening.panes == 0:
            edge = int(placed.edge[0])
            along = edges(shell.outline.outer)[0][edge]
            at = shell.outline.outer[edge] + placed.centre[0] * along
            return Entrance(at + shell.wall_m * np.array([-along[1], along[0]]), along)
    return None
