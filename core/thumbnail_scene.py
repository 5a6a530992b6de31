# SPDX-License-Identifier: GPL-3.0-or-later
"""What a thumbnail shows of an Asset: its triangles with what they look like, one design where there are several.

Shape letters: F faces, T triangles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .asset import Asset, Mesh
from .files.parts import is_around, parts_of
from .thumbnail_camera import unit

# linear: what has no colour of its own, and what only stands around
PLAIN = np.array([0.62, 0.61, 0.59], np.float32)
AROUND = np.array([0.42, 0.42, 0.42], np.float32)
# so much of a false colour shows on what is otherwise plain
_TINT = 0.25
# the end of the name of an option's own ground
_GROUND = " ground"


@dataclass(frozen=True)
class Triangles:
    """`positions` and `normals` (T, 3, 3) float32, metres and unit length; `uvs` (T, 3, 2); `colours` (T, 3, 3) linear,
    of what has no albedo; `material` (T,) int32 into the Asset's materials, -1 for none; `around` (T,) bool: what only
    stands around."""

    positions: np.ndarray
    normals: np.ndarray
    uvs: np.ndarray
    colours: np.ndarray
    material: np.ndarray
    around: np.ndarray


def triangles_of(asset: Asset, tint: float = _TINT) -> Triangles | None:
    """Everything that is shown, None where there is nothing; false colours show to a share of `tint`."""
    shown = shown_meshes(asset)
    numbers = {material.name: number for number, material in enumerate(asset.materials)}
    metres = {m.name: m.size_m if asset.rig is None and m.size_m[0] > 0 else (1.0, 1.0) for m in asset.materials}
    made: dict[str, Triangles | None] = {}
    found = []
    meshes = {mesh.name: mesh for mesh in asset.meshes}
    for part in parts_of(asset, shown):
        if part.mesh not in made:
            made[part.mesh] = _of_mesh(meshes[part.mesh], numbers, metres, tint)
        own = made[part.mesh]
        if own is not None:
            found.append(own if part.transform is None else _placed(own, part.transform))
    if not found:
        return None
    names = Triangles.__dataclass_fields__
    return Triangles(**{name: np.concatenate([getattr(one, name) for one in found]) for name in names})


def shown_meshes(asset: Asset) -> set[str]:
    """The meshes of the first option and those of none."""
    others = {name for option in asset.options[1:] for name in option.meshes}
    first = set(asset.options[0].meshes) if asset.options else set()
    return {mesh.name for mesh in asset.meshes if mesh.name in first or mesh.name not in others}


def _of_mesh(
    mesh: Mesh, numbers: dict[str, int], metres: dict[str, tuple[float, float]], tint: float
) -> Triangles | None:
    corners, faces = fans(mesh)
    if not len(corners):
        return None
    positions = mesh.positions[mesh.corners[corners]].astype(np.float32)
    slots = mesh.material_of_face[faces]
    of_slot = np.array([numbers.get(name, -1) for name in mesh.materials] or [-1], np.int32)
    size = np.array([metres.get(name, (1.0, 1.0)) for name in mesh.materials] or [(1.0, 1.0)], np.float32)
    slot = np.clip(slots, 0, len(of_slot) - 1)
    uvs = next(iter(mesh.uvs.values()))[corners] if mesh.uvs else np.zeros((*corners.shape, 2), np.float32)
    around = is_around(mesh.name) and not mesh.colors
    return Triangles(
        positions,
        _normals(mesh, corners, positions),
        (uvs / size[slot][:, None]).astype(np.float32),
        _colours(mesh, corners, around, tint),
        of_slot[slot],
        np.full(len(corners), is_around(mesh.name) or mesh.name.endswith(_GROUND)),
    )


def fans(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """(corners (T, 3), face (T,)) int64: the faces cut into fans of triangles, by numbers of face corners."""
    starts = mesh.face_starts.astype(np.int64)
    counts = np.maximum(np.diff(starts) - 2, 0)
    first = np.repeat(starts[:-1], counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.stack([first, first + step + 1, first + step + 2], 1), np.repeat(np.arange(len(counts)), counts)


def _normals(mesh: Mesh, corners: np.ndarray, positions: np.ndarray) -> np.ndarray:
    if len(mesh.normals):
        own: np.ndarray = mesh.normals[corners].astype(np.float32)
        return own
    flat = np.cross(positions[:, 1] - positions[:, 0], positions[:, 2] - positions[:, 0])
    return np.repeat(unit(flat)[:, None], 3, 1).astype(np.float32)


def _colours(mesh: Mesh, corners: np.ndarray, around: bool, tint: float) -> np.ndarray:
    """Plain colours, tinted by false ones where the mesh has them."""
    if around:
        return np.broadcast_to(AROUND, (*corners.shape, 3))
    plain = np.broadcast_to(PLAIN, (*corners.shape, 3))
    if not mesh.colors:
        return plain
    own = next(iter(mesh.colors.values()))[corners][..., :3]
    tinted: np.ndarray = ((1 - tint) * plain + tint * own).astype(np.float32)
    return tinted


def _placed(own: Triangles, transform: np.ndarray) -> Triangles:
    matrix = transform[:3, :3]
    normals = unit(own.normals @ np.linalg.inv(matrix))
    moved = (own.positions @ matrix.T + transform[:3, 3]).astype(np.float32)
    return Triangles(moved, normals.astype(np.float32), own.uvs, own.colours, own.material, own.around)
