# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of detail: each part's coarser meshes, so that a building is as coarse as each of its parts.

Level 1 leaves out what only shows from near: frames become a pane, bars of railings a solid screen. Level 2 has
walls without openings, the panes as thin boxes in front of them, and nothing inside. Level 3 is the massing: each
storey as one solid block, and the roofs in their shape. Every level of every part is closed; a part that
a level does without has a mesh without faces there, which files and scenes leave out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..asset import Mesh
from .boxes import Box, box_corners, six_sided
from .building_kernel import BuildingParts
from .building_shells import PlateShell
from .slabs import slabs
from .storeys import Storey
from .wall_columns import columns
from .wall_solid import FaceKind, wall_solid
from .walls import OUTSIDE, WALL_SLOTS, Wall, raised_wall, wall_mesh_name

NUM_LEVELS = 3
# a pane stands so far out of a wall without openings
_PROUD_M = 0.02
_GLASS, _DOOR = 1, 3


def with_levels(parts: BuildingParts, count: int = NUM_LEVELS) -> BuildingParts:
    """The same building, its meshes with `levels` 1 to `count`, at most NUM_LEVELS."""
    walls = _wall_levels(parts)
    roofs = {roof.mesh.name for roof in parts.roofs}
    openings = {run.mesh for run in parts.openings}
    made = []
    for mesh in parts.meshes:
        if mesh.name in walls:
            levels = walls[mesh.name]
        elif mesh.name in roofs:
            levels = (mesh, mesh, mesh)
        elif mesh.name in openings:
            levels = _of_opening(mesh)
        elif mesh.materials and mesh.materials[0] == "balcony":
            levels = _of_balcony(mesh)
        elif mesh.name.endswith("band"):
            levels = (mesh, mesh, nothing(mesh))
        else:
            levels = (mesh, nothing(mesh), nothing(mesh))
        made.append(replace(mesh, levels=levels[:count]))
    return replace(parts, meshes=tuple(made))


def nothing(mesh: Mesh) -> Mesh:
    """A mesh of the same name and slots without faces."""
    return Mesh(
        mesh.name,
        np.zeros((0, 3), np.float32),
        np.zeros(0, np.int32),
        np.zeros(1, np.int32),
        np.zeros(0, np.int32),
        mesh.materials,
        {"UVMap": np.zeros((0, 2), np.float32)},
    )


def _wall_levels(parts: BuildingParts) -> dict[str, tuple[Mesh, Mesh, Mesh]]:
    """The levels of the facades' walls by their names."""
    meshes = {mesh.name: mesh for mesh in parts.meshes}
    levels = {}
    for shell in parts.shells:
        for storey in shell.storeys:
            for ring in range(len(shell.outline.rings)):
                name = wall_mesh_name(storey, ring, shell.words)
                block = _block(name, shell, storey) if ring == 0 else nothing(meshes[name])
                levels[name] = (meshes[name], _blind(name, shell, storey, ring), block)
    return levels


def _blind(name: str, shell: PlateShell, storey: Storey, ring: int) -> Mesh:
    """The wall of a ring without its openings."""
    outline, none = shell.outline.rings[ring], np.zeros(0)
    around = columns(outline, shell.inner[ring], shell.wall_m, np.zeros(0, np.int64), none, none)
    heights = np.array([0.0, storey.height_m])
    closed = np.zeros((1, len(outline)), bool)
    solid = wall_solid(around, heights, closed, FaceKind(OUTSIDE[storey.tier], 3, 4, 5))
    return raised_wall(name, Wall(solid, ()), storey.elevation_m, WALL_SLOTS)


def _block(name: str, shell: PlateShell, storey: Storey) -> Mesh:
    """A storey as one solid from its floor to the next, courtyards left out."""
    made = slabs(shell.outline.rings, storey.height_m, [(name, storey.top_m)])[0]
    outside = OUTSIDE[storey.tier]
    material = np.array([5, 5, outside], np.int32)[made.material_of_face]
    return replace(made, materials=WALL_SLOTS, material_of_face=material)


def _of_opening(mesh: Mesh) -> tuple[Mesh, Mesh, Mesh]:
    """A pane, or a leaf, where the frame stands; the same in front of the wall; nothing."""
    in_frame = mesh.positions[mesh.corners[_of_slot(mesh, 0)]]
    low, high = in_frame.min(0), in_frame.max(0)
    is_door = bool((mesh.material_of_face == _DOOR).any())
    slot = np.array([_DOOR if is_door else _GLASS], np.int32)
    foot = 0.0 if is_door else float(mesh.positions[:, 2].min())
    top, left, right = float(high[2]), float(low[0]), float(high[0])
    middle = float(low[1] + high[1]) / 2
    boxes: list[Box] = [
        (left, right, middle - 0.02, middle + 0.02, foot, top),
        (left, right, -_PROUD_M, 0.0, foot, top),
    ]
    pane, flat = (six_sided(mesh.name, box_corners([box]), slot, mesh.materials) for box in boxes)
    return pane, flat, nothing(mesh)


def _of_slot(mesh: Mesh, slot: int) -> np.ndarray:
    """(C,) bool the corners of the faces of one slot."""
    return np.repeat(mesh.material_of_face == slot, np.diff(mesh.face_starts))


def _of_balcony(mesh: Mesh) -> tuple[Mesh, Mesh, Mesh]:
    """The slab with solid screens for railings, the slab alone, nothing."""
    slab = mesh.positions[mesh.corners[_of_slot(mesh, 0)]]
    (x0, y0, z0), (x1, y1, z1) = slab.min(0).tolist(), slab.max(0).tolist()
    top = float(mesh.positions[:, 2].max())
    thin = 0.03
    boxes: list[Box] = [
        (x0, x1, y0, y1, z0, z1),
        (x0, x1, y0, y0 + thin, z1, top),
        (x0, x0 + thin, y0 + thin, y1, z1, top),
        (x1 - thin, x1, y0 + thin, y1, z1, top),
    ]
    slots = np.array([0, 1, 1, 1], np.int32)
    screened = six_sided(mesh.name, box_corners(boxes), slots, mesh.materials)
    plain = six_sided(mesh.name, box_corners(boxes[:1]), slots[:1], mesh.materials)
    return screened, plain, nothing(mesh)
