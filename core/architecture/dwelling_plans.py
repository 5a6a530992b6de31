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
from .floor_plan import USES, FloorPlan, PlanDoor, Room
from .outline import Outline
from .plan_boxes import boxes_of
from .plan_doors import doors_of
from .plan_ground import INWARD_M
from .plan_mending import with_every_room_reached
from .plan_problem import WINDOW_WALL_M, Problem, problem_of
from .plan_rooms import rooms_of
from .plan_rules import judged
from .plan_search import Effort, search
from .plan_shapes import rings_of
from .plan_slivers import without_slivers
from .plan_trees import Trees
from .programme import Programme
from .site import PinnedRoom, PinnedWall
from .wall_shifts import clear_of_windows, num_in_windows

# cells as alike as this, in metres, have one plan
ALIKE_M = 5e-3
DRAWN, ATTEMPTS = 8, 2
# rules whose miss asks for another attempt
GRAVE = ("coverage", "overlap", "width", "doors", "reach", "entrance")
# dwellings that are told apart by more than their place; more of them are left as one room each
MOST_PLANS = 80
EFFORT = Effort(drawn=240, chains=96, rounds=90)


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
    try:
        problem = problem_of(outline, door, programme, pinned, walls)
    except InputError:
        # the floor is too small for the fewest rooms
        return None
    if not problem.count:
        return None
    problem = replace(problem, ground=replace(problem.ground, sides=_sides(windows, problem)))
    task = _Task(outline, door, windows, programme, problem, tuple(pinned), tuple(walls))
    best: DwellingPlan | None = None
    for attempt in range(ATTEMPTS):
        random = np.random.default_rng([seed, 0x44574C4C, attempt])
        trees, _ = search(problem, random, EFFORT, None, lambda fraction, text: progress("Planning the dwellings"))
        found = task.best_of(trees)
        best = found if best is None or task.rank(found) < task.rank(best) else best
        if not task.rank(best)[0]:
            break
    assert best is not None
    doors = with_every_room_reached(best.rooms, best.doors, door)
    return None if doors is None else replace(best, doors=doors)


@dataclass(frozen=True)
class _Task:
    """One cell to be planned."""

    outline: Outline
    door: np.ndarray
    windows: np.ndarray
    programme: Programme
    problem: Problem
    pinned: tuple[PinnedRoom, ...]
    walls: tuple[PinnedWall, ...]

    def best_of(self, trees: Trees) -> DwellingPlan:
        """Of the first few trees the plan that misses the least, its walls off the windows where that may be."""
        turning = np.concatenate(self.outline.rings)
        kept = tuple(Room(room.name, room.use, room.ring) for room in self.problem.pinned)
        best: DwellingPlan | None = None
        for number in range(min(DRAWN, len(trees))):
            boxes = boxes_of(trees.take(np.array([number])), self.problem).metres(0, self.problem.ground)
            free = tuple(room for room in rooms_of(boxes, self.problem) if len(room.ring) > 2)
            plan = self.of(without_slivers((*free, *kept), [room.name for room in kept]))
            if best is None or self.rank(plan) < self.rank(best):
                shifted = self.of(clear_of_windows(plan.rooms, self.windows, turning, self.is_better))
                best = shifted if best is None or self.rank(shifted) < self.rank(best) else best
            if self.rank(best) == (0, 0, 0):
                break
        assert best is not None
        return best

    def of(self, rooms: tuple[Room, ...]) -> DwellingPlan:
        """The plan of some rooms."""
        doors = doors_of(self.outline, rooms, self.programme.adjacency, self.door)
        return DwellingPlan(rooms, doors, self._unmet(rooms, doors))

    def is_better(self, new: tuple[Room, ...], old: tuple[Room, ...]) -> bool:
        """Whether fewer walls end in windows, and no more rules are missed."""
        fewer = num_in_windows(new, self.windows) < num_in_windows(old, self.windows)
        return fewer and len(self.of(new).unmet) <= len(self.of(old).unmet)

    def rank(self, plan: DwellingPlan) -> tuple[int, int, int]:
        """The less the better: rules that no plan may miss, all rules with walls in windows, rules."""
        grave = sum(rule in GRAVE for rule, _ in plan.unmet)
        return grave, len(plan.unmet) + num_in_windows(plan.rooms, self.windows), len(plan.unmet)

    def _unmet(self, rooms: tuple[Room, ...], doors: tuple[PlanDoor, ...]) -> tuple[tuple[str, str], ...]:
        """The rules that a plan does not meet; a habitable room asks for a real window, whole."""
        plan = FloorPlan(self.outline, rooms, doors)
        verdict = judged(plan, self.programme, self.door, self.pinned, self.walls)
        own = [pair for pair in verdict.unmet if pair[0] != "window"]
        middles = shapely.points(self.windows.mean(1)) if len(self.windows) else np.zeros(0, object)
        for room in rooms:
            edge = shapely.boundary(shapely.Polygon(room.ring))
            if USES[room.use].habitable and not (shapely.distance(edge, middles) < 0.02).any():
                own.append(("window", room.name))
        return tuple(own)


def _sides(windows: np.ndarray, problem: Problem) -> np.ndarray:
    """(W, 2, 2) the stretches of wall that a room has to have for a window, in the floor's axes."""
    if not len(windows):
        # none anywhere: the search still wants a side to measure
        return np.array([[[-1e3, -1e3], [-1e3 + 1e-3, -1e3]]])
    made = []
    for start, end in windows:
        length = float(np.hypot(*(end - start)))
        way = (end - start) / length
        more = max(WINDOW_WALL_M + 0.05, length + 0.1) / 2 - length / 2
        inward = INWARD_M * np.array([-way[1], way[0]])
        made.append(problem.ground.to_axes(np.stack([start - more * way + inward, end + more * way + inward])))
    return np.array(made)


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
