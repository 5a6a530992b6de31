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
from .walls import Wall


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
    kinds: dict[OpeningKind, int] = {}
    placed: list[list[np.ndarray]] = []
    rows: list[tuple[np.ndarray, ...]] = []
    for storey, walls in stacked:
        for number, wall in enumerate(walls):
            for mark, kind in enumerate(wall.kinds):
                chosen = wall.mark == mark
                count = int(chosen.sum())
                if kind is None or not count:
                    continue
                at = kinds.setdefault(kind, len(kinds))
                if at == len(placed):
                    placed.append([])
                transforms = wall.transforms[chosen]
                transforms[:, 2, 3] += np.float32(storey.elevation_m)
                placed[at].append(transforms)
                same = [np.full(count, value) for value in (storey.index, number, at)]
                rows.append((same[0], same[1], wall.edge[chosen], same[2], wall.centre[chosen]))
    names = _names(list(kinds))
    meshes = [
        opening_mesh(name, kind.opening, style.recess_m, style.frame_m, thickness)
        for name, kind in zip(names, kinds, strict=True)
    ]
    copies = tuple(Instances(name, np.concatenate(each)) for name, each in zip(names, placed, strict=True))
    none = np.zeros(0, np.int64)
    table = [np.concatenate(column) for column in zip(*rows, strict=True)] or [none, none, none, none, np.zeros(0)]
    return Openings(tuple(kinds), *table), copies, meshes


def _names(kinds: Sequence[OpeningKind]) -> list[str]:
    """The kinds' names, numbered from the second of one name on: storeys of other heights bring other measures."""
    names: list[str] = []
    for kind in kinds:
        same = sum(other.name == kind.name for other in kinds[: len(names)])
        names.append(f"{kind.name} {same + 1}" if same else kind.name)
    return names
