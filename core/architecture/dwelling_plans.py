# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for the cells of a floor: each by the plan solver, with windows on its facade alone and walls between them.

Cells that are equal, or mirror images, have one plan, found once. A cell whose plan cannot be made stays one room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

from ..errors import InputError
from .dwelling_cells import Cell
from .dwelling_programme import fitted
from .facade_piers import Frontage
from .floor_plan import FloorPlan, PlanDoor, Room
from .outline import Outline
from .plan_doors import doors_of
from .plan_mending import with_every_room_reached
from .plan_problem import WINDOW_WALL_M
from .plan_rules import judged
from .plan_search import Effort
from .plan_shapes import rings_of
from .plan_slivers import without_slivers
from .plan_solver import solved
from .programme import Programme
from .site import PinnedRoom, PinnedWall
from .wall_shifts import clear_of_windows, num_in_windows

# cells as alike as this, in metres, have one plan
ALIKE_M = 5e-3
# dwellings that are told apart by more than their place; more of them are left as one room each
MOST_PLANS = 80
EFFORT = Effort(attempts=2)


@dataclass(frozen=True)
class DwellingPlan:
    """Rooms that tile a cell, doors between them, the front one first; `unmet` rules of the plan, each with a room."""

    rooms: tuple[Room, ...]
    doors: tuple[PlanDoor, ...]
    unmet: tuple[tuple[str, str], ...] = ()


class Planner:
    """Plans cells, each kind once."""

    def __init__(self, programme: Programme, seed: int, progress: Callable[[str], None] = lambda text: None) -> None:
        self._programme, self._seed, self._progress = programme, seed, progress
        self._made: dict[tuple[int, ...], DwellingPlan | None] = {}

    def plan(
        self,
        cell: Cell,
        frontage: Frontage,
        pinned: Sequence[PinnedRoom] = (),
        walls: Sequence[PinnedWall] = (),
    ) -> DwellingPlan | None:
        """The plan of a cell; None where there is none."""
        outline = _outline(cell)
        windows = _windows(cell, frontage)
        self._progress("Planning the dwellings")
        if pinned or walls:
            return _planned(outline, cell.door, windows, self._programme, self._seed, self._progress, pinned, walls)
        frame = _Frame.of(outline, cell.door)
        keys = [frame.key(outline, windows), frame.mirrored.key(outline, windows)]
        frame = frame if keys[0] <= keys[1] else frame.mirrored
        key = min(keys)
        if key not in self._made:
            there = frame.into(outline)
            own = (
                _planned(there, np.zeros(2), frame.windows(windows), self._programme, self._seed, self._progress)
                if len(self._made) < MOST_PLANS
                else None
            )
            self._made[key] = own
        found = self._made[key]
        return None if found is None else _snapped(frame.back(found), outline)


@dataclass(frozen=True)
class _Frame:
    """A cell's own axes: x along the wall of its door `at`, y inwards; `flip` -1 for the mirror image."""

    at: np.ndarray
    way: np.ndarray
    flip: float

    @classmethod
    def of(cls, outline: Outline, door: np.ndarray) -> _Frame:
        sides = [np.stack([ring, np.roll(ring, -1, 0)], 1) for ring in outline.rings]
        every = np.concatenate(sides)
        lines = shapely.linestrings(every)
        away = shapely.distance(lines, shapely.Point(door))
        best = every[int(np.lexsort((-shapely.length(lines), away.round(3)))[0])]
        return cls(door, (best[1] - best[0]) / np.hypot(*(best[1] - best[0])), 1.0)

    @property
    def mirrored(self) -> _Frame:
        return replace(self, flip=-self.flip)

    @property
    def _turn(self) -> np.ndarray:
        return np.array([self.flip * self.way, [-self.way[1], self.way[0]]])

    def local(self, points: np.ndarray) -> np.ndarray:
        return np.asarray((points - self.at) @ self._turn.T)

    def scene(self, points: np.ndarray) -> np.ndarray:
        return np.asarray(points @ self._turn + self.at)

    def key(self, outline: Outline, windows: np.ndarray) -> tuple[int, ...]:
        """What equal cells have in common."""
        made: list[int] = []
        for ring in outline.rings:
            grid = np.rint(self._ring(self.local(ring)) / ALIKE_M).astype(int)
            first = int(np.lexsort(grid.T[::-1])[0])
            made += [len(grid), *np.roll(grid, -first, 0).ravel().tolist()]
        middles = np.rint(self.local(windows.mean(1)) / 0.02).astype(int)
        return (*made, *(value for pair in sorted(map(tuple, middles.tolist())) for value in pair))

    def _ring(self, ring: np.ndarray) -> np.ndarray:
        return ring if self.flip > 0 else ring[::-1]

    def into(self, outline: Outline) -> Outline:
        rings = [self._ring(self.local(ring)).round(4) for ring in outline.rings]
        return Outline(rings[0], tuple(rings[1:]))

    def windows(self, windows: np.ndarray) -> np.ndarray:
        made = self.local(windows)
        return np.asarray(made if self.flip > 0 else made[:, ::-1])

    def back(self, plan: DwellingPlan) -> DwellingPlan:
        rooms = tuple(replace(room, ring=self._ring(self.scene(room.ring))) for room in plan.rooms)
        doors = tuple(replace(d, start=self.scene(d.start), end=self.scene(d.end)) for d in plan.doors)
        return replace(plan, rooms=rooms, doors=doors)


def _outline(cell: Cell) -> Outline:
    rings = rings_of(cell.shape)[0]
    return Outline(rings[0], tuple(rings[1:]))


def _windows(cell: Cell, frontage: Frontage) -> np.ndarray:
    """(W, 2, 2) the openings of a cell."""
    if not len(frontage.windows):
        return np.zeros((0, 2, 2))
    middles = frontage.windows.mean(1) + 0.05 * frontage.into
    return np.asarray(frontage.windows[shapely.contains_xy(cell.shape, middles[:, 0], middles[:, 1])])


def _planned(
    outline: Outline,
    door: np.ndarray,
    windows: np.ndarray,
    programme: Programme,
    seed: int,
    progress: Callable[[str], None],
    pinned: Sequence[PinnedRoom] = (),
    walls: Sequence[PinnedWall] = (),
) -> DwellingPlan | None:
    """The plan with the fewest rules unmet among those that the search found best."""
    programme = fitted(programme, outline.area, len(windows))
    facade = _facade(windows)
    try:
        found = solved(
            outline,
            door,
            programme,
            seed,
            pinned,
            walls,
            EFFORT,
            progress=lambda fraction, text: progress("Planning the dwellings"),
            facade=facade,
        )
    except InputError:
        # the floor is too small for the fewest rooms
        return None

    def of(rooms: tuple[Room, ...]) -> DwellingPlan:
        doors = doors_of(outline, rooms, programme.adjacency, door)
        verdict = judged(FloorPlan(outline, rooms, doors), programme, door, pinned, walls, facade)
        return DwellingPlan(rooms, doors, verdict.unmet)

    def is_better(new: tuple[Room, ...], old: tuple[Room, ...]) -> bool:
        fewer = num_in_windows(new, windows) < num_in_windows(old, windows)
        return fewer and len(of(new).unmet) <= len(of(old).unmet)

    kept = [room.name for room in pinned]
    rooms = without_slivers([room for room in found.plan.rooms if len(room.ring) > 2], kept)
    best = of(clear_of_windows(rooms, windows, np.concatenate(outline.rings), is_better))
    doors = with_every_room_reached(best.rooms, best.doors, door)
    return None if doors is None else replace(best, doors=doors)


def _facade(windows: np.ndarray) -> np.ndarray:
    """(W, 2, 2) the stretches of wall that a room has to have for a window: all of it, and a little beside it."""
    way = windows[:, 1] - windows[:, 0]
    length = np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    more = (np.maximum(WINDOW_WALL_M + 0.05, length + 0.1) - length) / 2 * way / length
    return np.stack([windows[:, 0] - more, windows[:, 1] + more], 1)


def _snapped(plan: DwellingPlan, outline: Outline) -> DwellingPlan:
    """The rooms with what is on the cell's edge exactly there: equal cells differ by millimetres."""
    corners = np.concatenate(outline.rings)
    starts = corners
    ends = np.concatenate([np.roll(ring, -1, 0) for ring in outline.rings])
    rooms = []
    for room in plan.rooms:
        ring = np.array([_onto(point, corners, starts, ends) for point in room.ring])
        rooms.append(replace(room, ring=ring))
    return replace(plan, rooms=tuple(rooms))


def _onto(point: np.ndarray, corners: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    away = np.hypot(*(corners - point).T)
    if away.min() < 2 * ALIKE_M:
        return np.asarray(corners[int(away.argmin())])
    way = ends - starts
    share = np.clip(((point - starts) * way).sum(1) / np.maximum((way**2).sum(1), 1e-12), 0, 1)
    feet = starts + share[:, None] * way
    off = np.hypot(*(feet - point).T)
    return np.asarray(feet[int(off.argmin())]) if off.min() < 2 * ALIKE_M else point
