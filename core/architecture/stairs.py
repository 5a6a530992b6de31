# SPDX-License-Identifier: GPL-3.0-or-later
"""Stairs through a building: wells with a stair on each storey, railings where nothing else guards them, and a core of
walls around well and lift in larger buildings.

Ids: `stairs 1` from the ground up (IfcStair), `storey 1 stair railing` (IfcRailing), `storey 1 core wall 2` (IfcWall)
with `storey 1 core wall 2 opening 1` (IfcDoor).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Element, Instances, Mesh
from .building_parts import Extra
from .stair_core import core_parts
from .stair_flights import GAP_M, Steps, guard_mesh, stair_mesh, steps_or_none
from .storeys import Storey

NO_PLAN = np.zeros((0, 2))


@dataclass(frozen=True)
class Well:
    """A rectangle in plan that a stair climbs in: `origin` (2,) metres its corner, `along` (2,) the unit direction of
    the first flight; the well lies to the left of it, `length_m` by `width_m`."""

    origin: np.ndarray
    along: np.ndarray
    length_m: float
    width_m: float

    def ring(self, more_m: float = 0.0) -> np.ndarray:
        """(4, 2) its corners counter-clockwise, `more_m` further out."""
        across = np.array([-self.along[1], self.along[0]])
        low, high = -more_m, more_m
        corners = [(low, low), (self.length_m + high, low), (self.length_m + high, self.width_m + high)]
        corners.append((low, self.width_m + high))
        return np.array([self.origin + x * self.along + y * across for x, y in corners])

    def transform(self, height_m: float) -> np.ndarray:
        """(4, 4) float32 from the stair's own space, on a floor at `height_m`."""
        made = np.eye(4, dtype=np.float32)
        made[:2, 0] = self.along
        made[:2, 1] = -self.along[1], self.along[0]
        made[:3, 3] = *self.origin, height_m
        return made


@dataclass(frozen=True)
class StairRun:
    """A stair from storey `first` up to storey `last`. `guarded` adds railings around the well, which walls of rooms
    may make needless; `lift` is the rectangle of a lift beside it, and with `core` both have walls around them."""

    well: Well
    first: int
    last: int
    guarded: bool = True
    lift: Well | None = None
    core: Well | None = None


def wells_in_floors(runs: Sequence[StairRun]) -> dict[int, list[np.ndarray]]:
    """The holes that stairs and lifts need in each storey's floor, by the storey's index."""
    holes: dict[int, list[np.ndarray]] = {}
    for run in runs:
        for index in range(run.first + 1, run.last + 1):
            holes.setdefault(index, []).append(run.well.ring())
            if run.lift is not None:
                holes[index].append(run.lift.ring())
    return holes


def stairs_of(runs: Sequence[StairRun], storeys: Sequence[Storey], slab_m: float) -> Extra:
    """The stairs with their railings, walls and elements; the report tells how many storeys of a run found no stair
    that fits their well."""
    copies: dict[tuple[Steps, float], list[tuple[np.ndarray, Storey]]] = {}
    extras, missing = [], 0
    for number, run in enumerate(runs, 1):
        for storey in storeys[run.first : run.last]:
            steps = steps_or_none(storey.height_m, run.well.length_m, run.well.width_m)
            if steps is None:
                missing += 1
                continue
            copies.setdefault((steps, run.well.length_m), []).append((run.well.transform(storey.elevation_m), storey))
        words = f" {number}" if number > 1 else ""
        if run.guarded:
            extras.append(_guards(run, storeys, words))
        if run.core is not None:
            extras.append(core_parts(run.core.ring(), run.lift, storeys[run.first : run.last + 1], slab_m, words))
    meshes, instances, elements = _copies(copies)
    return Extra(
        meshes=(*meshes, *(mesh for extra in extras for mesh in extra.meshes)),
        instances=(*instances, *(one for extra in extras for one in extra.instances)),
        elements=(*elements, *(element for extra in extras for element in extra.elements)),
        report={"num_stairs": float(len(elements)), "num_stairs_without_room": float(missing)},
    )


def _copies(
    copies: dict[tuple[Steps, float], list[tuple[np.ndarray, Storey]]],
) -> tuple[list[Mesh], list[Instances], list[Element]]:
    """A mesh for each kind of stair, its copies, and an element for each of them."""
    meshes: list[Mesh] = []
    instances: list[Instances] = []
    elements: list[Element] = []
    for (steps, length), places in copies.items():
        name = f"stair {len(meshes) + 1}"
        meshes.append(stair_mesh(name, steps, length))
        instances.append(Instances(name, np.stack([transform for transform, _ in places])))
        figures = {
            "num_risers": float(steps.risers),
            "riser_m": steps.rise_m,
            "going_m": steps.going_m,
            "width_m": steps.width_m,
            "height_m": steps.rise_m * steps.risers,
        }
        for _, storey in places:
            id_ = f"stairs {len(elements) + 1}"
            elements.append(Element(id_, "IfcStair", storey.name, storey.name, name, NO_PLAN, figures))
    return meshes, instances, elements


def _guards(run: StairRun, storeys: Sequence[Storey], words: str) -> Extra:
    """Railings around the well on each floor above the first: where the stair arrives and goes on it stays open."""
    corners = run.well.ring(0.04)
    start, end = corners, np.roll(corners, -1, 0)
    half = steps_or_none(storeys[run.first].height_m, run.well.length_m, run.well.width_m)
    turns = half is not None and half.flights == 2
    meshes: list[Mesh] = []
    elements: list[Element] = []
    free = (0, 1, 2) if turns else (0, 2)
    for storey in storeys[run.first + 1 : run.last + 1]:
        # the walls of a core guard it too
        sides = [(start[n], end[n]) for n in free] if run.core is None else []
        if storey.index == run.last:
            # nothing goes on from here: where the first flight begins is guarded too
            share = (run.well.width_m - GAP_M) / 2 / run.well.width_m if turns else 1.0
            sides.append((end[3] + (start[3] - end[3]) * share, end[3]))
        if not sides:
            continue
        name = f"{storey.name} stair railing{words}"
        heights = storey.elevation_m
        lines = [(np.array([*a, heights]), np.array([*b, heights])) for a, b in sides]
        meshes.append(guard_mesh(name, lines))
        length = float(sum(np.hypot(*(b - a)) for a, b in sides))
        elements.append(Element(name, "IfcRailing", storey.name, storey.name, name, NO_PLAN, {"length_m": length}))
    return Extra(tuple(meshes), (), tuple(elements))
