# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of a whole building, storey by storey: stairs and corridors from the top down, dwellings between them.

Each plate that nothing stands on is divided; the storeys below keep its stairs and, where their plates are the same,
its ways. The ground gets the way in. A storey that cannot be divided stays open, and that is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import shapely

from .building_floors import is_topmost
from .building_parts import Extra, merged
from .building_shells import PlateShell
from .dwelling_cells import Cell
from .dwelling_plans import DwellingPlan, Planner
from .dwelling_programme import asked_m2
from .facade_piers import Frontage, frontage_of
from .fixtures import fixtures_of
from .floor_plan import FloorPlan
from .interiors import interiors_of
from .plan_shapes import polygon_of
from .plate_division import Division, Wish, around_stairs, divided, judged, on_ground
from .programme import Programme
from .site import PinnedRoom, PinnedWall, Site
from .stairs import StairRun
from .storey_cells import plate_plan
from .storey_plans import entrance_of, pinned_on
from .storeys import Storey

# a dwelling's walls and niches take this much more than its rooms ask for
SPARE = 1.08
_NOWHERE = np.zeros((0, 2))
OFFICE_M2, SHOP_M2 = 60.0, 70.0


@dataclass(frozen=True)
class PlateStoreys:
    """Storeys of one plate with the same plan."""

    shell: PlateShell
    storeys: tuple[Storey, ...]
    plan: FloorPlan


@dataclass
class Inside:
    """What was found: `parts` by plate and storeys, `runs` of stairs, `entrances` (2,) where the building's doors are,
    `open_storeys` that stayed open, and how many `dwellings` there are with how many that miss a rule."""

    parts: list[PlateStoreys] = field(default_factory=list)
    runs: list[StairRun] = field(default_factory=list)
    entrances: list[np.ndarray] = field(default_factory=list)
    open_storeys: list[str] = field(default_factory=list)
    dwellings: int = 0
    missing: int = 0

    def extra(self, slab_m: float) -> Extra:
        """Inner walls, doors, spaces and fixtures."""
        made = []
        for part in self.parts:
            made.append(interiors_of(part.plan, part.storeys, slab_m, part.shell.words))
            made.append(fixtures_of(part.plan, part.storeys, [part.shell], part.shell.words))
        return merged(made)


def uses_of(style: str, is_default: bool, index: int) -> str:
    """What a storey is divided into: offices and shops where the facade says so and no programme was asked for."""
    if is_default and style == "office":
        return "office"
    return "shop" if is_default and style == "shopfront" and index == 0 else "dwelling"


def inside_of(
    storeys: Sequence[Storey],
    shells: Sequence[PlateShell],
    site: Site,
    programme: Programme,
    seed: int,
    use_on: Callable[[int], str],
    progress: Callable[[str], None] = lambda text: None,
) -> Inside | None:
    """The inside of a building; None where no plate that nothing stands on can be divided."""
    builder = _Builder(storeys, shells, site, programme, seed, use_on, progress)
    return builder.built()


class _Builder:
    def __init__(
        self,
        storeys: Sequence[Storey],
        shells: Sequence[PlateShell],
        site: Site,
        programme: Programme,
        seed: int,
        use_on: Callable[[int], str],
        progress: Callable[[str], None],
    ) -> None:
        self._storeys, self._shells, self._site = storeys, shells, site
        self._use_on, self._progress = use_on, progress
        self._planner = Planner(programme, seed, progress)
        self._target = SPARE * asked_m2(programme)
        self._tallest = max((storey.height_m for storey in storeys[:-1]), default=0.0)
        self._frontages: dict[int, Frontage] = {}
        self._divisions: dict[int, Division | None] = {}
        self._inside = Inside()

    def built(self) -> Inside | None:
        """Divide every plate from the top down, then plan the storeys from the ground up."""
        for shell in sorted(self._shells, key=lambda one: -one.storeys[-1].index):
            self._progress("Dividing the storeys")
            self._frontages[id(shell)] = frontage_of([shell])
            division = self._division(shell)
            if division is None and self._is_top(shell):
                return None
            self._divisions[id(shell)] = division
        counted: dict[int, int] = {}
        for shell in self._shells:
            for use, run in self._runs_of(shell):
                self._plan(shell, use, run, counted)
        found = self._inside
        tops = [shell for shell in self._shells if self._is_top(shell)]
        for shell in tops if len(self._storeys) > 1 else []:
            last = shell.storeys[-1].index
            own = self._divisions[id(shell)]
            if last > 0 and own is not None:
                found.runs += [room.run(last) for room in own.ways.stairs]
        return found

    def _above(self, shell: PlateShell) -> list[PlateShell]:
        index = shell.storeys[-1].index + 1
        here = [one for one in self._shells if one.storeys[0].index <= index <= one.storeys[-1].index]
        plan = polygon_of(shell.outline.rings)
        return [one for one in here if plan.intersection(polygon_of(one.outline.rings)).area > 1.0]

    def _is_top(self, shell: PlateShell) -> bool:
        index = shell.storeys[-1].index + 1
        here = [one for one in self._shells if one.storeys[0].index <= index <= one.storeys[-1].index]
        return is_topmost(shell, here)

    def _wish(self, shell: PlateShell, use: str) -> Wish:
        target = {"office": OFFICE_M2, "shop": SHOP_M2}.get(use, self._target)
        front = self._front(shell)
        # a stair behind the facade has to be behind it on every storey
        walk_up = use == "dwelling"
        return Wish(target, self._tallest, len(self._storeys), front, walk_up, self._ground_windows)

    @cached_property
    def _ground_windows(self) -> np.ndarray:
        return np.concatenate([_NOWHERE, *(frontage_of([one]).windows.mean(1) for one in self._ground)])

    @cached_property
    def _ground(self) -> list[PlateShell]:
        return [one for one in self._shells if one.storeys[0].index == 0]

    def _front(self, shell: PlateShell) -> np.ndarray:
        ground = self._ground
        own = polygon_of(shell.outline.rings)
        under = [one for one in ground if polygon_of(one.outline.rings).intersection(own).area > 1.0] or ground
        for one in under:
            entrance = entrance_of(one)
            if entrance is not None:
                return entrance.at
        return np.asarray(shell.inner[0][:2].mean(0))

    def _division(self, shell: PlateShell) -> Division | None:
        frontage = self._frontages[id(shell)]
        wish = self._wish(shell, self._use_on(max(shell.storeys[-1].index, min(1, len(self._storeys) - 1))))
        if self._is_top(shell):
            # what stands on others is reached through them
            on_ground = any(polygon_of(shell.outline.rings).equals(polygon_of(o.outline.rings)) for o in self._ground)
            shared = self._shared(shell)
            if on_ground:
                return divided(frontage, wish, shared)
            return divided(frontage, replace(wish, walk_up=False), shared) or divided(
                frontage, replace(wish, doors=None), shared
            )
        above = [self._divisions[id(one)] for one in self._above(shell)]
        known = [one for one in above if one is not None]
        if len(known) == 1 and self._above(shell)[0].outline is shell.outline:
            found, _ = judged(frontage, known[0].ways, wish.target_m2)
            if found is not None:
                return found
        rooms = {room.ring.tobytes(): room for one in known for room in one.ways.stairs}
        return around_stairs(frontage, list(rooms.values()), wish)

    def _shared(self, shell: PlateShell) -> shapely.Geometry:
        """What the storeys below have in common with a plate."""
        shared = polygon_of(shell.inner)
        for index in range(shell.storeys[0].index):
            here = [one for one in self._shells if one.storeys[0].index <= index <= one.storeys[-1].index]
            shared = shared.intersection(shapely.union_all([polygon_of(one.inner) for one in here]))
        return shared.buffer(0.03)

    def _runs_of(self, shell: PlateShell) -> list[tuple[str, tuple[Storey, ...]]]:
        """The shell's storeys in runs that are used alike and keep the same pins, the ground alone."""
        runs: list[tuple[tuple[object, ...], list[Storey]]] = []
        pinned = {one.storey for one in self._site.pinned_rooms} | {one.storey for one in self._site.pinned_walls}
        for storey in shell.storeys:
            key = (self._use_on(storey.index), storey.index == 0, storey.index if storey.index in pinned else -1)
            if runs and runs[-1][0] == key:
                runs[-1][1].append(storey)
            else:
                runs.append((key, [storey]))
        return [(str(key[0]), tuple(run)) for key, run in runs]

    def _plan(self, shell: PlateShell, use: str, run: tuple[Storey, ...], counted: dict[int, int]) -> None:
        """The plan of a run of storeys with one division."""
        frontage, division = self._frontages[id(shell)], self._divisions[id(shell)]
        wish = self._wish(shell, use)
        index = run[0].index
        if division is not None and use != self._use_on(max(shell.storeys[-1].index, 1)):
            division = judged(frontage, division.ways, wish.target_m2)[0]
        if index == 0 and division is not None:
            found = on_ground(frontage, division, wish)
            division = found[0] if found else None
            self._inside.entrances += found[1] if found else []
        if division is None:
            self._inside.open_storeys += [storey.name for storey in run]
            return
        rooms, walls = pinned_on(self._site, index)
        plans = [self._planned(cell, frontage, use, rooms, walls) for cell in division.cells]
        first = counted.get(index, 0) + 1
        made = sum(plan is not None for plan in plans)
        for storey in run:
            counted[storey.index] = counted.get(storey.index, 0) + made
        self._inside.dwellings += made * len(run)
        self._inside.missing += sum(bool(plan.unmet) for plan in plans if plan is not None) * len(run)
        name = use if use != "dwelling" else "unit"
        plan = plate_plan(shell.inner, division.ways, division.cells, plans, name, first, len(self._storeys) > 1)
        self._inside.parts.append(PlateStoreys(shell, run, plan))

    def _planned(
        self, cell: Cell, frontage: Frontage, use: str, rooms: Sequence[PinnedRoom], walls: Sequence[PinnedWall]
    ) -> DwellingPlan | None:
        if use != "dwelling":
            return None
        own = cell.shape.buffer(0.3)
        mine = [room for room in rooms if own.contains(shapely.Polygon(room.ring))]
        lines = [wall for wall in walls if own.contains(shapely.LineString([wall.start, wall.end]))]
        return self._planner.plan(cell, frontage, mine, lines)
