# SPDX-License-Identifier: GPL-3.0-or-later
"""The openings of a building: a table for those who cut, count or export, and copies of one mesh a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Instances, Mesh
from .facade import FacadeStyle, OpeningKind
from .opening_parts import opening_mesh
from .storeys import Storey
from .walls import Placed, Wall


@dataclass(frozen=True)
class Openings:
    """Every opening of a building, a row each.

    `storey`, `ring`, `edge` (N,) int64 say in which wall it is; `kind` (N,) int64 into `kinds`; `centre_m` (N,)
    float64 along the edge. Sill, width and height are the kind's.
    """

    kinds: tuple[OpeningKind, ...]
    storey: np.ndarray
    ring: np.ndarray
    edge: np.ndarray
    kind: np.ndarray
    centre_m: np.ndarray


def openings_of(
    stacked: Sequence[tuple[Storey, list[Wall]]], style: FacadeStyle, thickness: float
) -> tuple[Openings, tuple[Instances, ...], list[Mesh]]:
    """The table of openings, their copies by kind, and a mesh for each kind."""
    rows = [
        (storey, ring, placed) for storey, walls in stacked for ring, wall in enumerate(walls) for placed in wall.placed
    ]
    kinds: dict[OpeningKind, int] = {}
    for _, _, placed in rows:
        kinds.setdefault(placed.kind, len(kinds))
    copies: list[list[np.ndarray]] = [[] for _ in kinds]
    for storey, _, placed in rows:
        transforms = placed.transforms.copy()
        transforms[:, 2, 3] += np.float32(storey.elevation_m)
        copies[kinds[placed.kind]].append(transforms)
    names = names_of_kinds(list(kinds))
    meshes = [
        opening_mesh(name, kind.opening, style.recess_m, style.frame_m, thickness)
        for name, kind in zip(names, kinds, strict=True)
    ]
    instances = tuple(Instances(name, np.concatenate(each)) for name, each in zip(names, copies, strict=True))
    return _table(rows, kinds), instances, meshes


def _table(rows: Sequence[tuple[Storey, int, Placed]], kinds: dict[OpeningKind, int]) -> Openings:
    counts = [len(placed.edge) for _, _, placed in rows]
    places = [(storey.index, ring, kinds[placed.kind]) for storey, ring, placed in rows]
    storey, ring, kind = np.repeat(np.array(places, np.int64).reshape(-1, 3), counts, axis=0).T
    edge = np.concatenate([np.zeros(0, np.int64), *(placed.edge for _, _, placed in rows)])
    centre = np.concatenate([np.zeros(0), *(placed.centre for _, _, placed in rows)])
    return Openings(tuple(kinds), storey, ring, edge, kind, centre)


def names_of_kinds(kinds: Sequence[OpeningKind]) -> list[str]:
    """The kinds' names, numbered from the second of one name on: storeys of other heights bring other measures."""
    names: list[str] = []
    for kind in kinds:
        same = sum(other.name == kind.name for other in kinds[: len(names)])
        names.append(f"{kind.name} {same + 1}" if same else kind.name)
    return names
