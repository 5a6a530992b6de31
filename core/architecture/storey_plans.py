# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor plan of a building's storeys: stairs behind the front door, and the dwelling around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .building_shells import PlateShell
from .floor_plan import FloorPlan, PlanDoor, Room
from .outline import clean_outline
from .plan_rules import Verdict
from .plan_solver import solved
from .programme import Programme
from .site import Site
from .stairs import StairRun
from .storey_layout import Entrance, layout_of, stair_behind, stair_run
from .storeys import Storey
from .wall_offset import edges


def plan_of(
    storeys: Sequence[Storey], shells: Sequence[PlateShell], site: Site, programme: Programme, seed: int
) -> tuple[FloorPlan, tuple[StairRun, ...], Verdict] | None:
    """The plan that every storey of the building has, its stairs, and the verdict on the dwelling around them; None
    where it is no house of one plate.

    A programme larger than the floor is an InputError.
    """
    entrance = _entrance(shells[0]) if len(shells) == 1 else None
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
    pinned = [room for room in site.pinned_rooms if room.storey == 0]
    walls = [wall for wall in site.pinned_walls if wall.storey == 0]
    found = solved(outline, door, programme, seed, pinned, walls)
    rooms, doors = found.plan.rooms, found.plan.doors
    if stair is not None:
        rooms = (*rooms, Room("stairs", "stairs", stair))
        doors = tuple(PlanDoor(tuple(r or "stairs" for r in d.rooms), d.start, d.end) for d in doors)  # type: ignore[arg-type]
    runs = () if stair is None else (stair_run(stair, len(storeys) - 1),)
    return FloorPlan(clean_outline(inner[0], list(inner[1:])), rooms, doors), runs, found.verdict


def _entrance(shell: PlateShell) -> Entrance | None:
    """Where the facade has its door on the ground, on the walls' inner face; None where it has none."""
    for placed in shell.walls[0][0].placed:
        if placed.kind.opening.panes == 0:
            edge = int(placed.edge[0])
            along = edges(shell.outline.outer)[0][edge]
            at = shell.outline.outer[edge] + placed.centre[0] * along
            return Entrance(at + shell.wall_m * np.array([-along[1], along[0]]), along)
    return None
