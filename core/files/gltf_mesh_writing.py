# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes as glTF: triangles by material, corners with their own UV or normal as vertices of their own, Y up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..asset import Asset, Mesh, Skin
from .gltf_material_writing import add_surface
from .gltf_nodes import Z_UP
from .gltf_skeleton_writing import Joints
from .gltf_writing import ARRAY_BUFFER, Container
from .placing import face_normals, nearest

MOST_JOINTS = 4
FLAT = 1e-3
Y_UP = Z_UP[:3, :3].astype(np.float32)


def add_meshes(
    container: Container, asset: Asset, joints: Joints, levels: bool, progress: Callable[[float, str], None]
) -> None:
    """Add every mesh below the node above all, skinned where it has weights."""
    materials: dict[str, int] = {}
    by_name = {material.name: material for material in asset.materials}
    skins = {skin.mesh: skin for skin in asset.rig.skins} if asset.rig is not None else {}
    pairs = [pair for mesh in asset.meshes for pair in _with_levels(mesh, skins.get(mesh.name), skins, levels)]
    for number, (mesh, skin) in enumerate(pairs):
        progress(number / len(pairs), "Writing the meshes")
        for name in mesh.materials:
            if name in by_name and name not in materials:
                materials[name] = add_surface(container, by_name[name])
        found = primitives(container, mesh, skin, materials)
        if not found:
            continue
        plain: dict[str, Any] = {"name": mesh.name, "primitives": found}
        if mesh.shape_keys:
            plain |= {"weights": [0.0] * len(mesh.shape_keys), "extras": {"targetNames": list(mesh.shape_keys)}}
        node = {"name": mesh.name, "mesh": container.add("meshes", plain)}
        if skin is not None and joints.skin >= 0:
            node["skin"] = joints.skin
        container.json["nodes"][joints.above]["children"].append(container.add("nodes", node))


def triangulated(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3) corner numbers and (T,) face numbers of the mesh's triangles; quads are cut along the shorter diagonal."""
    starts, sizes = mesh.face_starts[:-1].astype(np.int64), np.diff(mesh.face_starts)
    triangles, faces = [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes >= 3]):
        of_size = np.flatnonzero(sizes == size)
        corners = starts[of_size, None] + np.arange(size)
        if size == 4:
            places = mesh.positions[mesh.corners[corners]]
            lengths = [((places[:, a] - places[:, b]) ** 2).sum(axis=1) for a, b in ((0, 2), (1, 3))]
            corners = np.where((lengths[1] < lengths[0])[:, None], np.roll(corners, -1, axis=1), corners)
        fans = [corners[:, [0, n, n + 1]] for n in range(1, size - 1)]
        triangles.append(np.stack(fans, axis=1).reshape(-1, 3))
        faces.append(np.repeat(of_size, size - 2))
    every, face = np.concatenate(triangles), np.concatenate(faces)
    order = np.argsort(face, kind="stable")
    return every[order], face[order]


def primitives(container: Container, mesh: Mesh, skin: Skin | None, materials: dict[str, int]) -> list[dict[str, Any]]:
    """A primitive for each material that the mesh's faces have."""
    triangles, faces = triangulated(mesh)
    slots = mesh.material_of_face[faces] if len(mesh.material_of_face) else np.zeros(len(faces), np.int32)
    joints, weights = _strongest(skin) if skin is not None else (None, None)
    result = []
    for slot in np.unique(slots):
        corners = triangles[slots == slot].reshape(-1)
        smooth = _is_smooth(mesh, corners)
        chosen, indices = _split(mesh, corners, smooth)
        vertices = mesh.corners[chosen]
        attributes = _attributes(container, mesh, chosen, vertices, smooth)
        if joints is not None and weights is not None:
            attributes["JOINTS_0"] = container.add_values(joints[vertices], ARRAY_BUFFER)
            attributes["WEIGHTS_0"] = container.add_values(weights[vertices], ARRAY_BUFFER)
        primitive: dict[str, Any] = {"attributes": attributes, "indices": container.add_indices(indices)}
        name = mesh.materials[slot] if slot < len(mesh.materials) else ""
        if name in materials:
            primitive["material"] = materials[name]
        if mesh.shape_keys:
            offsets = [(key - mesh.positions)[vertices] @ Y_UP for key in mesh.shape_keys.values()]
            primitive["targets"] = [
                {"POSITION": container.add_values(offset.astype("<f4"), ARRAY_BUFFER, bounds=True)}
                for offset in offsets
            ]
        result.append(primitive)
    return result


def _with_levels(mesh: Mesh, skin: Skin | None, skins: dict[str, Skin], levels: bool) -> list[tuple[Mesh, Skin | None]]:
    """The mesh and, where they are wanted, its coarser versions, each with its own weights or the nearest vertices'."""
    pairs: list[tuple[Mesh, Skin | None]] = [(mesh, skin)]
    for number, level in enumerate(mesh.levels if levels else (), 1):
        name = f"{mesh.name}_LOD{number}"
        own = skins.get(level.name) if level.name != mesh.name else None
        if own is None and skin is not None:
            near = nearest(level.positions, mesh.positions)
            own = Skin(name, skin.joint_indices[near], skin.weights[near])
        pairs.append((replace(level, name=name, materials=level.materials or mesh.materials, shape_keys={}), own))
    return pairs


def _is_smooth(mesh: Mesh, corners: np.ndarray) -> bool:
    """Whether the corners of triangles have normals other than those of their faces, which glTF need not be told."""
    if not len(mesh.normals):
        return False
    flat = face_normals(mesh.positions, mesh.corners[corners].reshape(-1, 3)).repeat(3, axis=0)
    return bool(np.abs(mesh.normals[corners] - flat).max() > FLAT)


def _attributes(
    container: Container, mesh: Mesh, chosen: np.ndarray, vertices: np.ndarray, smooth: bool
) -> dict[str, int]:
    """What each of the `chosen` corners brings as a vertex."""
    attributes = {"POSITION": container.add_vectors(mesh.positions[vertices] @ Y_UP)}
    if smooth:
        attributes["NORMAL"] = container.add_vectors(mesh.normals[chosen] @ Y_UP)
    for number, uv in enumerate(mesh.uvs.values()):
        downwards = np.stack([uv[chosen, 0], 1 - uv[chosen, 1]], axis=1)
        attributes[f"TEXCOORD_{number}"] = container.add_values(downwards.astype("<f4"), ARRAY_BUFFER)
    for number, colours in enumerate(mesh.colors.values()):
        attributes[f"COLOR_{number}"] = container.add_values(colours[chosen].astype("<f4"), ARRAY_BUFFER)
    return attributes


def _split(mesh: Mesh, corners: np.ndarray, smooth: bool) -> tuple[np.ndarray, np.ndarray]:
    """(one corner of each vertex that is written, (C,) which of those each corner is), in the order of the vertices."""
    columns = [mesh.corners[corners].astype(np.int32)[:, None]]
    for values in (*mesh.uvs.values(), *mesh.colors.values(), *([mesh.normals] if smooth else [])):
        # adding zero makes -0 the same as 0
        columns.append((values[corners] + np.float32(0)).astype(np.float32).view(np.int32))
    rows = np.concatenate(columns, axis=1)
    _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return corners[first], inverse.reshape(-1)


def _strongest(skin: Skin) -> tuple[np.ndarray, np.ndarray]:
    """(V, 4) joints, as small as they can be, and weights, float32: the four strongest, made to sum to 1."""
    joints, weights = skin.joint_indices, skin.weights
    lacking = max(MOST_JOINTS - weights.shape[1], 0)
    joints = np.pad(joints, ((0, 0), (0, lacking)))
    weights = np.pad(weights, ((0, 0), (0, lacking)))
    if weights.shape[1] > MOST_JOINTS:
        best = np.argsort(-weights, axis=1, kind="stable")[:, :MOST_JOINTS]
        joints, weights = (np.take_along_axis(values, best, axis=1) for values in (joints, weights))
    # a joint without weight must be the first one
    joints = np.where(weights > 0, joints, 0)
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    small = not joints.size or int(joints.max()) < 256
    return joints.astype("u1" if small else "<u2"), weights.astype("<f4")
