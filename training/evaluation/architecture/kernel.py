# SPDX-License-Identifier: GPL-3.0-or-later
"""`kernel`: buildings on real footprints: whether every part is closed, whether the asked roof was made, how fast.

Each footprint gets a building of its own height with one kind of roof, and roofs of the four other kinds, so that every
kind stands on every footprint. Walls are tested triangle against triangle.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ....core.architecture.building_kernel import BuildingParts, build
from ....core.architecture.building_style import ROOFS, BuildingStyle
from ....core.architecture.facade import STYLES
from ....core.architecture.massing import Massing
from ....core.architecture.outline import Outline, clean_outline
from ....core.architecture.roof import make_roof
from ....core.errors import InputError
from ...data.city_buildings import CityBuildings, read_city
from ...metrics.intersections import intersecting_pairs
from ...metrics.solids import open_solids
from ...metrics.triangles import triangles_of
from .study import Study

EXPECTED = tuple(
    f"kernel.{name}"
    for name in ("closed_share", "roofs_solved_share", "self_intersecting_share", "buildings_per_minute")
)
FOOTPRINTS, AT_ONCE, WALLS = 5000, 100, 500
STOREY_M, GROUND_M, MOST_STOREYS = 3.2, 3.8, 12
# the timed buildings have about so many windows
TIMED, WINDOWS = 60, 130
_TIMES = 7


@dataclass(frozen=True)
class Footprint:
    """A real building: its cleaned outline, its height, and its number among those judged."""

    number: int
    outline: Outline
    height_m: float

    @property
    def massing(self) -> Massing:
        """Storeys of one plate up to about the height."""
        count = int(np.clip(round((self.height_m - GROUND_M) / STOREY_M) + 1, 1, MOST_STOREYS))
        return Massing(((self.outline,),) * count, (GROUND_M, *[STOREY_M] * (count - 1)))

    def style(self, stairs: bool = True) -> BuildingStyle:
        """Facades and roofs in turn."""
        names = list(STYLES)
        facade = names[self.number // len(ROOFS) % len(names)]
        return BuildingStyle(facade, roof=ROOFS[self.number % len(ROOFS)], stairs=stairs)


def evaluate_kernel(study: Study) -> None:
    """Takes up the figures of EXPECTED."""
    if not study.cities:
        return study.lack("kernel", "There are no real buildings in 'architecture/city'.")
    cities = [read_city(path) for path in study.cities]
    chosen = chosen_buildings(cities, FOOTPRINTS)
    part = study.part("kernel", footprints=FOOTPRINTS, walls=WALLS)
    rows = []
    chunks = [chosen[start : start + AT_ONCE] for start in range(0, len(chosen), AT_ONCE)]
    for number, chunk in enumerate(study.in_time(chunks, 0.85, f"kernel: {AT_ONCE} footprints each")):
        study.say(f"kernel: footprints {number * AT_ONCE + 1} to {number * AT_ONCE + len(chunk)}")
        first = number * AT_ONCE
        rows.append(part.measured(f"footprints {first}", lambda c=chunk, f=first: _judged(cities, c, f)))  # type: ignore[misc]
    total = {name: sum(row.get(name, 0.0) for row in rows) for name in rows[0]}
    study.give(
        "kernel",
        {
            "closed_share": total["closed"] / total["footprints"],
            "roofs_solved_share": total["roofs_as_asked"] / total["roofs"],
            "self_intersecting_share": total["walls_crossing"] / max(total["walls"], 1.0),
        },
    )
    study.note(
        f"kernel: {total['footprints']:.0f} real footprints, each with all {len(ROOFS)} kinds of roof; closed counts "
        f"footprints of which every part and every roof is closed, edge-manifold and of positive volume; "
        f"{total['refused']:.0f} outlines were refused with a sentence and count as not closed; "
        f"{total['walls']:.0f} walls (a storey's ring each) were tested triangle against triangle."
    )
    _time(study, cities, chosen)


def chosen_buildings(cities: Sequence[CityBuildings], count: int) -> list[tuple[int, int]]:
    """(city, building) of `count` buildings, evenly from all of them."""
    every = [(city, index) for city, buildings in enumerate(cities) for index in range(len(buildings))]
    at = np.unique(np.linspace(0, len(every) - 1, min(count, len(every))).astype(int))
    return [every[n] for n in at]


def _judged(cities: Sequence[CityBuildings], chosen: Sequence[tuple[int, int]], first: int) -> dict[str, float]:
    """Counts over some footprints."""
    counts = dict.fromkeys(
        ("footprints", "closed", "refused", "roofs", "roofs_as_asked", "walls", "walls_crossing"), 0.0
    )
    every = max(1, FOOTPRINTS // WALLS)
    for number, (city, index) in enumerate(chosen, first):
        counts["footprints"] += 1
        counts["roofs"] += len(ROOFS)
        try:
            footprint = _footprint(cities, city, index, number)
            parts = build(footprint.massing, footprint.style())
        except InputError:
            counts["refused"] += 1
            continue
        others = [make_roof(footprint.outline, kind) for kind in ROOFS if kind != footprint.style().roof]
        whole = not open_solids([*parts.meshes, *(roof.mesh for roof in others)])
        counts["closed"] += whole
        counts["roofs_as_asked"] += parts.report["num_roofs_as_asked"] + sum(r.kind == r.asked for r in others)
        if number % every == 0:
            counts["walls"] += 1
            counts["walls_crossing"] += _crosses(parts, number // every)
    return counts


def _footprint(cities: Sequence[CityBuildings], city: int, index: int, number: int) -> Footprint:
    buildings = cities[city]
    ring = buildings.corners[buildings.starts[index] : buildings.starts[index + 1]]
    return Footprint(number, clean_outline(ring), float(buildings.heights[index]))


def _crosses(parts: BuildingParts, number: int) -> bool:
    """Whether two triangles of one of the building's walls run through each other."""
    walls = [mesh for mesh in parts.meshes if mesh.name.endswith("walls")]
    wall = walls[number % len(walls)]
    return len(intersecting_pairs(wall.positions.astype(np.float64), triangles_of(wall))) > 0


def _time(study: Study, cities: Sequence[CityBuildings], chosen: Sequence[tuple[int, int]]) -> None:
    """Takes up `kernel.buildings_per_minute`: processor time on one core, the least of some runs of each building, all
    with about WINDOWS windows."""
    timed, windows = with_windows(cities, chosen)
    if not timed:
        return study.lack("kernel.buildings_per_minute", f"No judged footprint has room for {WINDOWS} windows.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        seconds = float(np.min([_seconds(timed) for _ in range(_TIMES)], axis=0).sum())
    finally:
        torch.set_num_threads(threads)
    study.give("kernel", {"buildings_per_minute": 60 * len(timed) / seconds})
    study.note(
        f"kernel.buildings_per_minute: {len(timed)} real footprints with as many storeys as bring about {WINDOWS} "
        f"windows (mean {np.mean(windows):.0f}), from the outline to all parts and the report; processor seconds on "
        f"one core, the least of {_TIMES} runs of each building; without stairs, the list of elements and files."
    )
    return None


def with_windows(
    cities: Sequence[CityBuildings], chosen: Sequence[tuple[int, int]]
) -> tuple[list[tuple[Massing, BuildingStyle]], list[float]]:
    """Up to TIMED buildings on real footprints with about WINDOWS windows, and how many they have."""
    made: list[tuple[Massing, BuildingStyle]] = []
    windows: list[float] = []
    for number, (city, index) in enumerate(chosen):
        if len(made) == TIMED:
            break
        try:
            footprint = _footprint(cities, city, index, number)
            style = footprint.style(stairs=False)
            one = build(Massing(((footprint.outline,),), (STOREY_M,)), style).report["num_windows"]
            count = round(WINDOWS / max(one, 1.0))
            if not 3 <= count <= MOST_STOREYS:
                continue
            massing = Massing(((footprint.outline,),) * count, (GROUND_M, *[STOREY_M] * (count - 1)))
            found = build(massing, style).report["num_windows"]
        except InputError:
            continue
        if 0.8 * WINDOWS <= found <= 1.2 * WINDOWS:
            made.append((massing, style))
            windows.append(found)
    return made, windows


def _seconds(wishes: Sequence[tuple[Massing, BuildingStyle]]) -> list[float]:
    """Processor seconds of each building."""
    times = []
    for massing, style in wishes:
        started = time.process_time()
        build(massing, style)
        times.append(time.process_time() - started)
    return times
