# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell of a building: walls with thickness, slabs, and openings with what stands in them, from plain rings.

Every part is closed, edge-manifold and of positive volume by construction. Parts have names: `storey 2 walls`,
`storey 2 courtyard 1 walls`, `storey 2 floor`, `roof slab`, `storey 0 band`, `window middle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Instances, Mesh
from ..codec import show
from ..errors import InputError
from .facade import FacadeStyle, kinds_of, lay_out
from .openings import Openings, openings_of
from .slabs import slabs
from .storeys import Storey, Tier
from .wall_columns import span
from .wall_offset import edges, inner_rings, signed_area
from .walls import Wall, bands, wall_meshes, wall_of


@dataclass(frozen=True)
class Shell:
    """A building's shell in metres, Z up.

    `inner` are the inner faces of the walls, corner by corner as in `rings`; `wall_m` the thickness they got;
    The wall of edge i has the plan `rings[r][i], rings[r][i + 1], inner[r][i + 1], inner[r][i]`, corners mitred.
    `meshes` hold the parts, then one mesh for each of `instances`, which says where its copies stand.
    """

    rings: tuple[np.ndarray, ...]
    inner: tuple[np.ndarray, ...]
    storeys: tuple[Storey, ...]
    wall_m: float
    meshes: tuple[Mesh, ...]
    instances: tuple[Instances, ...]
    openings: Openings
    report: dict[str, float]


def build_shell(
    rings: Sequence[np.ndarray],
    storeys: Sequence[Storey],
    style: FacadeStyle,
    *,
    wall_m: float = 0.3,
    slab_m: float = 0.25,
    open_edges: Sequence[np.ndarray] | None = None,
    front_edge: int | None = None,
) -> Shell:
    """The shell over `rings`, (N, 2) float64 metres: the outer one counter-clockwise, then courtyards, clockwise.

    `open_edges` (N,) bool a ring: False leaves a party wall blind (all are open if not given); `front_edge` of the
    outer ring has the door (the longest open one if not given). Walls are thinner than `wall_m` where the outline asks
    for it, see `inner_rings`. Raises InputError for measures or an outline that no building can have.
    """
    _check(storeys, wall_m, slab_m)
    rings = tuple(np.asarray(ring, np.float64) for ring in rings)
    inner, thickness = inner_rings(rings, wall_m)
    openable = _openable(rings, open_edges)
    front = _front(rings[0], openable[0], front_edge)
    bays = [
        lay_out(*span(ring, face), style, mask, front if number == 0 else -1)
        for number, (ring, face, mask) in enumerate(zip(rings, inner, openable, strict=True))
    ]
    walls: dict[tuple[Tier, float], list[Wall]] = {}
    for storey in storeys:
        key = (storey.tier, storey.height_m)
        if key not in walls:
            kinds = kinds_of(storey, style, storey.height_m - slab_m)
            walls[key] = [
                wall_of(ring, face, thickness, one, storey, kinds)
                for ring, face, one in zip(rings, inner, bays, strict=True)
            ]
    stacked = [(storey, walls[storey.tier, storey.height_m]) for storey in storeys]
    meshes = wall_meshes(stacked)
    tops = [(f"{storey.name} floor", storey.elevation_m) for storey in storeys]
    meshes += slabs(inner, slab_m, [*tops, ("roof slab", storeys[-1].top_m)])
    if all(mask.all() for mask in openable):
        banded = storeys if len(storeys) == 1 else (storeys[0], storeys[-1])
        meshes += bands(rings[0], banded, style.band_m, slab_m)
    openings, instances, kinds_used = openings_of(stacked, style, thickness)
    meshes += kinds_used
    report = _report(rings, storeys, thickness, openings)
    return Shell(rings, inner, tuple(storeys), thickness, tuple(meshes), instances, openings, report)


def _check(storeys: Sequence[Storey], wall_m: float, slab_m: float) -> None:
    if not storeys:
        raise InputError("A building without storeys was asked for. Give at least one.")
    for name, value, least, most in (("walls", wall_m, 0.05, 2.0), ("slabs", slab_m, 0.05, 1.0)):
        if not least <= value <= most:
            raise InputError(f"The {name} would be {show(value)} m thick. Give {least:g} to {most:g} m.")


def _openable(rings: Sequence[np.ndarray], open_edges: Sequence[np.ndarray] | None) -> list[np.ndarray]:
    if open_edges is None:
        return [np.ones(len(ring), bool) for ring in rings]
    masks = [np.asarray(mask, bool) for mask in open_edges]
    if [len(mask) for mask in masks] != [len(ring) for ring in rings]:
        raise InputError("The open edges do not match the outline. Give one yes or no for each edge of each ring.")
    return masks


def _front(ring: np.ndarray, openable: np.ndarray, front_edge: int | None) -> int:
    """The edge with the door, -1 where every edge is blind."""
    if front_edge is None:
        length = np.where(openable, edges(ring)[1], -1.0)
        return int(length.argmax()) if openable.any() else -1
    if not 0 <= front_edge < len(ring):
        raise InputError(f"The front edge {front_edge} is none of the outline's. Give 0 to {len(ring) - 1}.")
    if not openable[front_edge]:
        raise InputError(f"The front edge {front_edge} is a party wall. Give an open edge, or open this one.")
    return front_edge


def _report(
    rings: Sequence[np.ndarray], storeys: Sequence[Storey], thickness: float, openings: Openings
) -> dict[str, float]:
    """Gross floor area to the walls' outer faces, and what the facade is made of."""
    area = float(sum(signed_area(ring) for ring in rings))
    height = storeys[-1].top_m - storeys[0].elevation_m
    facade = height * float(sum(edges(ring)[1].sum() for ring in rings))
    sizes = np.array([one.opening.width_m * one.opening.height_m for one in openings.kinds] or [0.0])
    is_door = np.array([one.opening.panes == 0 for one in openings.kinds] or [False])
    glazed = sizes[openings.kind] * ~is_door[openings.kind]
    return {
        "gross_floor_area_m2": area * len(storeys),
        "height_m": height,
        "facade_area_m2": facade,
        "glazed_share": float(glazed.sum()) / facade,
        "num_windows": float((~is_door[openings.kind]).sum()),
        "num_doors": float(is_door[openings.kind].sum()),
        "wall_thickness_m": thickness,
    }
