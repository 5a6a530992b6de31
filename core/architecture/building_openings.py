# SPDX-License-Identifier: GPL-3.0-or-later
"""The windows and doors of a whole building: copies of one mesh a kind, whatever tier or plate they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Instances, Mesh
from .building_shells import PlateShell
from .facade import FacadeStyle, Opening, OpeningKind
from .opening_parts import opening_mesh
from .openings import names_of_kinds
from .storeys import Storey
from .walls import Placed


@dataclass(frozen=True)
class OpeningRun:
    """The openings of one kind in one ring of a storey; `mesh` is what stands in them, in the order of the copies."""

    shell: PlateShell
    storey: Storey
    ring: int
    placed: Placed
    mesh: str

    @property
    def opening(self) -> Opening:
        """Their measures."""
        return self.placed.kind.opening


def building_openings(
    shells: Sequence[PlateShell], facade: FacadeStyle
) -> tuple[list[OpeningRun], list[Instances], list[Mesh]]:
    """Every run of openings, grouped by kind; the copies of each kind, and its mesh. Walls of another thickness have
    kinds of their own."""
    rows: dict[tuple[OpeningKind, float], list[tuple[PlateShell, Storey, int, Placed]]] = {}
    for shell in shells:
        for storey, walls in zip(shell.storeys, shell.walls, strict=True):
            for ring, wall in enumerate(walls):
                for placed in wall.placed:
                    rows.setdefault((placed.kind, shell.wall_m), []).append((shell, storey, ring, placed))
    names = names_of_kinds([kind for kind, _ in rows])
    runs, instances, meshes = [], [], []
    for name, ((kind, wall_m), found) in zip(names, rows.items(), strict=True):
        meshes.append(opening_mesh(name, kind.opening, facade.recess_m, facade.frame_m, wall_m))
        transforms = np.concatenate([placed.transforms for _, _, _, placed in found])
        counts = [len(placed.edge) for _, _, _, placed in found]
        transforms[:, 2, 3] += np.repeat(np.array([s.elevation_m for _, s, _, _ in found], np.float32), counts)
        instances.append(Instances(name, transforms))
        runs += [OpeningRun(shell, storey, ring, placed, name) for shell, storey, ring, placed in found]
    return runs, instances, meshes
