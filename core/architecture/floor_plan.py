# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor plan: rooms that tile an outline, and the doors between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .outline import Outline


@dataclass(frozen=True)
class RoomUse:
    """What a room is for. `habitable` rooms ask for a window; `least_width_m` and `least_area_m2` are what it needs;
    `passable`: one may walk through it to another room."""

    name: str
    habitable: bool
    least_width_m: float
    least_area_m2: float
    passable: bool = False


USES = {
    use.name: use
    for use in (
        RoomUse("living", True, 3.0, 12.0, passable=True),
        RoomUse("kitchen", True, 1.8, 5.0, passable=True),
        RoomUse("dining", True, 2.4, 7.0, passable=True),
        RoomUse("bedroom", True, 2.5, 8.0),
        RoomUse("study", True, 2.1, 5.0),
        RoomUse("bath", False, 1.5, 3.0),
        RoomUse("toilet", False, 0.9, 1.2),
        RoomUse("hall", False, 1.1, 2.5, passable=True),
        RoomUse("storage", False, 0.9, 1.0),
        RoomUse("stairs", False, 2.0, 8.0, passable=True),
    )
}


@dataclass(frozen=True)
class Room:
    """One room: `ring` (N, 2) float64 metres, counter-clockwise, to the middle of inner walls and the inner face of
    outer ones. `name` is unique in its plan, `use` one of USES."""

    name: str
    use: str
    ring: np.ndarray


@dataclass(frozen=True)
class PlanDoor:
    """A door in the wall between two rooms, `rooms[1]` "" for the front door; `start` and `end` (2,) float64 metres on
    the wall's middle line, as far apart as the leaf is wide."""

    rooms: tuple[str, str]
    start: np.ndarray
    end: np.ndarray


@dataclass(frozen=True)
class FloorPlan:
    """Rooms that cover `outline` (the inner face of the outer walls) without gap or overlap, and their doors."""

    outline: Outline
    rooms: tuple[Room, ...]
    doors: tuple[PlanDoor, ...]
