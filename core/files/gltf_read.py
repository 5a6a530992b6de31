# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a rigged character from a glTF 2.0 file: meshes, skeleton, skin weights, materials and clips as one Asset.

Y up becomes Z up; the armature's scale and rotation are baked, so that the rest pose is rigid and the vertices stand in
it. Rigid parts that hang on a bone become skins of weight 1.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..asset import Asset, Mesh, Rig, Skin
from ..codec import show
from ..errors import InputError
from .gltf_clips import read_clips
from .gltf_container import Document, damaged, open_document
from .gltf_meshes import RawMesh, check_size, read_mesh
from .gltf_nodes import NodeTree
from .gltf_skins import FARTHEST_M, Skeleton, read_skeleton
from .gltf_textures import Materials
from .placing import corner_normals, guarded_weights, placed

Warn = Callable[[str], None]
_FAULTS = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


def read_character(path: str | Path, *, clips: bool = True, warn: Warn | None = None) -> Asset:
    """The character in a .glb, or in a .gltf with the files beside it.

    `warn` hears a sentence for everything that had to be left out or mended. InputError for a file that is damaged, has
    no armature or several, or is larger than can be worked with.
    """
    return _read(Path(path), clips, warn or _silent, meshes=True)


def read_motion(path: str | Path, *, warn: Warn | None = None) -> Asset:
    """Only the skeleton and clips of a glTF file, which need not have a mesh."""
    return _read(Path(path), True, warn or _silent, meshes=False)


def _silent(text: str) -> None:
    """Nobody listens."""


def _read(path: Path, clips: bool, warn: Warn, meshes: bool) -> Asset:
    document = open_document(path)
    try:
        # numbers that are none are looked for and mended; they need no warning of numpy's
        with np.errstate(all="ignore"):
            return _asset(document, clips, warn, meshes)
    except _FAULTS as error:
        raise damaged(path, f"{type(error).__name__} {error}".rstrip(". ")) from error


def _asset(document: Document, clips: bool, warn: Warn, with_meshes: bool) -> Asset:
    tree = NodeTree(document)
    shown = [node for node in _in_scene(document, tree) if "mesh" in tree.nodes[node]] if with_meshes else []
    skeleton = read_skeleton(document, tree, _skins(document, tree, shown, with_meshes))
    check_size(document, [tree.nodes[node]["mesh"] for node in shown])
    materials = Materials(document, warn)
    names: set[str] = set()
    parts = [_part(document, tree, skeleton, materials, node, names, warn) for node in shown]
    pairs = [part for part in parts if part is not None]
    if with_meshes and not pairs:
        raise InputError(
            f"{show(document.path.name)} has an armature but no mesh. Export the character's mesh with it."
        )
    rig = Rig(skeleton.names, skeleton.parents, skeleton.rest.astype(np.float32), tuple(skin for _, skin in pairs))
    used = dict.fromkeys(name for mesh, _ in pairs for name in mesh.materials)
    by_name = {material.name: material for material in materials.read.values()}
    return Asset(
        document.path.stem,
        tuple(by_name[name] for name in used),
        tuple(mesh for mesh, _ in pairs),
        rig,
        read_clips(document, tree, skeleton, warn) if clips else (),
    )


def _in_scene(document: Document, tree: NodeTree) -> list[int]:
    """The nodes of the default scene in the file's order; all nodes where the file has no scene."""
    scenes = document.items("scenes")
    if not scenes:
        return list(range(len(tree.nodes)))
    roots = set(document.item("scenes", document.json.get("scene", 0)).get("nodes", []))
    shown = set()
    for node in tree.order:
        if node in roots or tree.parents[node] in shown:
            shown.add(node)
    return sorted(shown)


def _skins(document: Document, tree: NodeTree, shown: list[int], with_meshes: bool) -> list[int]:
    """The skins in use, the one with most joints first."""
    skins = document.items("skins")
    used = {tree.nodes[node]["skin"] for node in shown if "skin" in tree.nodes[node]}
    if not with_meshes:
        used = set(range(len(skins)))
    for index in used:
        document.item("skins", index)
    return sorted(used, key=lambda index: (-len(skins[index].get("joints", [])), index))


def _part(
    document: Document, tree: NodeTree, skeleton: Skeleton, materials: Materials, node: int, names: set[str], warn: Warn
) -> tuple[Mesh, Skin] | None:
    """The mesh of a node in the world, and its weights; None for one without triangles or apart from the character."""
    raw = read_mesh(document, tree.nodes[node]["mesh"])
    if raw is None:
        return None
    if _is_apart(tree, skeleton, raw, node):
        warn(f"The mesh {show(tree.name(node))} hangs on no bone and was left out. Parent it to a bone to keep it.")
        return None
    name, number = tree.name(node), 0
    while name in names:
        number += 1
        name = f"{tree.name(node)}.{number:03d}"
    names.add(name)
    to_world, joints, weights = _skinning(document, tree, skeleton, raw, node, name, warn)
    positions, normals = placed(raw.positions, raw.normals, to_world)
    if not np.abs(positions).max() < FARTHEST_M:
        raise damaged(document.path, f"the mesh {show(name)} reaches farther than {FARTHEST_M:g} m")
    joints, weights = guarded_weights(joints, weights, positions, skeleton.rest[:, :3, 3], name, warn)
    if raw.num_bad:
        warn(f"{raw.num_bad} of {len(positions)} normals of {show(name)} could not be used and were made anew.")
    mesh = _mesh(name, raw, positions, normals, to_world, materials)
    return mesh, Skin(name, joints, weights)


def _is_apart(tree: NodeTree, skeleton: Skeleton, raw: RawMesh, node: int) -> bool:
    """Whether a mesh moves with no joint and not with the armature: a floor, or a shape that showed a bone."""
    skinned = "skin" in tree.nodes[node] and raw.joints is not None
    return not skinned and skeleton.joint_above(tree, node) < 0 and skeleton.above not in tree.ancestors(node)


def _skinning(
    document: Document, tree: NodeTree, skeleton: Skeleton, raw: RawMesh, node: int, name: str, warn: Warn
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(1 or V, 4, 4) mesh to world as bound, then (V, K) joint indices and weights as the file has them."""
    skin = tree.nodes[node].get("skin")
    if skin is not None and raw.joints is not None and raw.weights is not None:
        return _skinned(document, skeleton, skeleton.used.index(skin), raw.joints, raw.weights)
    joint = skeleton.joint_above(tree, node)
    if joint < 0:
        warn(f"The mesh {show(name)} hangs on no bone; it goes with the root {show(skeleton.names[0])}.")
        joint = 0
        to_world = tree.world[node]
    else:
        bone = tree.world[skeleton.nodes[joint]]
        to_world = skeleton.bind[joint] @ np.linalg.inv(bone) @ tree.world[node]
    shape = (len(raw.positions), 1)
    return to_world[None], np.full(shape, joint), np.ones(shape, np.float32)


def _skinned(
    document: Document, skeleton: Skeleton, skin: int, joints: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    of_skin = skeleton.skin_joints[skin]
    weights = np.where(np.isfinite(weights), weights, 0).clip(0)
    if ((joints >= len(of_skin)) & (weights > 0)).any():
        raise damaged(document.path, "a vertex names a joint that its skin does not have")
    joints = np.where(weights > 0, joints, 0)
    to_world = skeleton.bind[of_skin] @ skeleton.inverse_bind[skin]
    size = np.abs(to_world[0, :3, :3]).max()
    if np.abs(to_world - to_world[0]).max() <= 1e-3 * max(size, 1e-12):
        return to_world[:1], of_skin[joints], weights
    # the skin was bound in another pose than the first one: each vertex is taken to that
    total = weights.sum(axis=1, keepdims=True, dtype=np.float64)
    share = np.where(total > 0, weights / np.where(total > 0, total, 1), 0)
    share[total[:, 0] <= 0, 0] = 1
    mixed = np.zeros((len(joints), 4, 4))
    for column in range(joints.shape[1]):
        mixed += share[:, column, None, None] * to_world[joints[:, column]]
    return mixed, of_skin[joints], weights


def _mesh(
    name: str,
    raw: RawMesh,
    positions: np.ndarray,
    normals: np.ndarray,
    to_world: np.ndarray,
    materials: Materials,
) -> Mesh:
    mirrored = np.linalg.det(to_world[0, :3, :3]) < 0
    triangles = raw.triangles[:, ::-1] if mirrored else raw.triangles
    corners = np.ascontiguousarray(triangles, np.int32).reshape(-1)
    used = list(dict.fromkeys(raw.material.tolist()))
    place = {index: number for number, index in enumerate(used)}
    linear = to_world[:, :3, :3]
    keys = {
        n: positions + np.einsum("nij,nj->ni", np.broadcast_to(linear, (len(positions), 3, 3)), offsets)
        for n, offsets in raw.targets.items()
    }
    return Mesh(
        name,
        positions,
        corners,
        np.arange(0, len(corners) + 1, 3, dtype=np.int32),
        np.array([place[index] for index in raw.material.tolist()], np.int32),
        tuple(materials.get(index).name for index in used),
        {_layer("UVMap", n): _upwards(uv[corners]) for n, uv in enumerate(raw.uvs.values())},
        {n: values.astype(np.float32) for n, values in keys.items()},
        normals=np.zeros((0, 3), np.float32) if raw.flat else corner_normals(normals, positions, triangles),
        colors={_layer("Color", n): colors[corners] for n, colors in enumerate(raw.colors.values())},
    )


def _layer(name: str, number: int) -> str:
    """The names that Blender gives to further layers."""
    return f"{name}.{number:03d}" if number else name


def _upwards(uv: np.ndarray) -> np.ndarray:
    """UVs with v upwards; what is not finite becomes 0."""
    result: np.ndarray = np.nan_to_num(np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)).astype(np.float32)
    return result
