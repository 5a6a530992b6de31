# SPDX-License-Identifier: GPL-3.0-or-later
"""The floors of a building, one piece for each plate, with the holes that stairs go through.

Where the plate changes between two storeys, one slab lies over all of the lower storey and under all of the upper one,
so that it is both the floor of a tower and the ceiling of what the tower stands on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from shapely import Polygon, unary_union

from ..asset import Mesh
from .building_shells import PlateShell
from .outline import is_inside
from .plan_shapes import SLIVER_M2, Rings, polygon_of, rings_of
from .slabs import slabs
from .storeys import Storey
from .straight_skeleton import area


@dataclass(frozen=True)
class Floor:
    """One slab: `rings` its plan, the outer one counter-clockwise, then holes clockwise; its upper face `top_m` high.
    `storey` is None for the one under the roof."""

    name: str
    rings: Rings
    top_m: float
    thickness_m: float
    storey: Storey | None

    @property
    def area_m2(self) -> float:
        """The plan's, holes left out."""
        return float(sum(area(ring) for ring in self.rings))


def floors_of(
    storeys: Sequence[Storey],
    shells: Sequence[PlateShell],
    slab_m: float,
    holes: Mapping[int, Sequence[np.ndarray]],
) -> list[Floor]:
    """Every floor, and last the slabs under the roofs; `holes` are rings (N, 2) in the floor of a storey by index."""
    by_storey: list[list[PlateShell]] = [[] for _ in storeys]
    for shell in shells:
        for storey in shell.storeys:
            by_storey[storey.index].append(shell)
    floors: list[Floor] = []
    roofed: list[tuple[PlateShell, float]] = []
    for storey, here in zip(storeys, by_storey, strict=True):
        below = by_storey[storey.index - 1] if storey.index else []
        ended = [shell for shell in below if shell not in here and is_topmost(shell, here)]
        plans = _between([shell for shell in below if shell not in ended], here)
        plans = [piece for plan in plans for piece in _pierced(plan, holes.get(storey.index, ()))]
        floors += [
            Floor(_numbered(f"{storey.name} floor", n), rings, storey.elevation_m, slab_m, storey)
            for n, rings in enumerate(plans)
        ]
        roofed += [(shell, storey.elevation_m) for shell in ended]
    roofed += [(shell, storeys[-1].top_m) for shell in by_storey[-1]]
    return floors + [
        Floor(_numbered("roof slab", n), shell.inner, top, slab_m, None) for n, (shell, top) in enumerate(roofed)
    ]


def is_topmost(shell: PlateShell, above: Sequence[PlateShell]) -> bool:
    """Whether none of the plates of the storey above stands on a shell's."""
    plan = polygon_of(shell.outline.rings)
    return not any(plan.intersection(polygon_of(other.outline.rings)).area > SLIVER_M2 for other in above)


def floor_meshes(floors: Iterable[Floor]) -> list[Mesh]:
    """A closed slab for each floor; those of one plan share their triangles."""
    shared: dict[tuple[tuple[int, ...], float], list[Floor]] = {}
    floors = list(floors)
    for floor in floors:
        shared.setdefault((tuple(id(ring) for ring in floor.rings), floor.thickness_m), []).append(floor)
    made: dict[str, Mesh] = {}
    for same in shared.values():
        tops = [(floor.name, floor.top_m) for floor in same]
        made |= {mesh.name: mesh for mesh in slabs(same[0].rings, same[0].thickness_m, tops)}
    return [made[floor.name] for floor in floors]


def _numbered(name: str, number: int) -> str:
    return f"{name} {number + 1}" if number else name


def _between(below: Sequence[PlateShell], here: Sequence[PlateShell]) -> list[Rings]:
    """The plans of the floor between two storeys."""
    unchanged = [shell.inner for shell in here]
    if (
        not below
        or all(shell in here for shell in below)
        or [id(shell.outline) for shell in below] == [id(shell.outline) for shell in here]
    ):
        return unchanged
    both = unary_union([polygon_of(shell.inner) for shell in (*below, *here)])
    return rings_of(both)


def _pierced(rings: Rings, holes: Sequence[np.ndarray]) -> list[Rings]:
    """The plan with holes cut out: those that lie within as rings, others that reach its edge cut off."""
    cut = [np.asarray(hole, np.float64) for hole in holes]
    if not cut:
        return [rings]
    if len(cut) == 1 and _is_well_within(rings, cut[0]):
        return [(*rings, cut[0] if area(cut[0]) < 0 else cut[0][::-1])]
    return rings_of(polygon_of(rings).difference(unary_union([Polygon(hole) for hole in cut]))) or [rings]


def _is_well_within(rings: Rings, hole: np.ndarray) -> bool:
    return is_inside(rings[0], hole[0]) and bool(polygon_of(rings).buffer(-0.01).contains(Polygon(hole)))
