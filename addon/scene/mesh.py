# SPDX-License-Identifier: GPL-3.0-or-later
"""A made mesh as a mesh datablock, and the same datablock brought to another shape of the same topology.

Where the vertices were made stays beside them in an attribute, so that what was moved by hand is known and kept.
"""

from __future__ import annotations

import hashlib
from typing import Any

import bpy
import numpy as np

from ...core.asset import Mesh as MadeMesh
from ...core.errors import BundleError
from .mesh_stamp import ATTRIBUTES, LAYERS, attribute_names, edited_keys, layers_checksum, remember_keys

# on a mesh: the hash of the made faces, and of those that it got; on its vertices: where they were made
TOPOLOGY, FACES, MADE_AT = "maquette_topology", "maquette_faces", ".maquette_made"
MAX_LAYERS = 8
# single precision of a few metres
HAND_TOLERANCE = 1e-5


def topology(made: MadeMesh) -> str:
    """Hash of the faces: meshes with the same one differ in their vertices' places alone."""
    parts = (np.array([len(made.positions)]), made.corners, made.face_starts)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part, "<i4").tobytes() for part in parts)).hexdigest()


def new_mesh(name: str, made: MadeMesh, per_metre: float) -> Any:
    """A new mesh with faces, UVs, colours and normals; `per_metre` Blender units are a metre. No materials yet.

    Faces that Blender knows no way to hold (a vertex twice, the same face twice) are left out.
    """
    _check(made)
    faces = _sound_faces(made)
    sizes = np.diff(made.face_starts)
    corners = np.repeat(faces, sizes)
    mesh: Any = bpy.data.meshes.new(name)
    mesh.vertices.add(len(made.positions))
    mesh.vertices.foreach_set("co", _flat(made.positions * np.float32(per_metre)))
    mesh.loops.add(int(corners.sum()))
    mesh.loops.foreach_set("vertex_index", _flat(made.corners[corners], np.int32))
    mesh.polygons.add(int(faces.sum()))
    mesh.polygons.foreach_set("loop_start", _flat(np.cumsum(sizes[faces]) - sizes[faces], np.int32))
    mesh.polygons.foreach_set("material_index", _flat(made.material_of_face[faces], np.int32))
    mesh.polygons.foreach_set("use_smooth", np.full(int(faces.sum()), len(made.normals) > 0))
    mesh.update(calc_edges=True)
    _add_layers(mesh, made, corners)
    _set_normals(mesh, made, corners)
    mesh.validate(clean_customdata=False)
    mesh[TOPOLOGY], mesh[FACES], mesh[LAYERS] = topology(made), _faces_hash(mesh), layers_checksum(mesh)
    mesh[ATTRIBUTES] = "\n".join(sorted(attribute_names(mesh)))
    _remember(mesh, made.positions * np.float32(per_metre))
    return mesh


def cut_by_hand(mesh: Any) -> bool:
    """Whether the mesh's faces are no longer those that it was made with."""
    return bool(mesh.get(FACES) != _faces_hash(mesh))


def _faces_hash(mesh: Any) -> str:
    corners, starts = np.empty(len(mesh.loops), np.int32), np.empty(len(mesh.polygons), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    mesh.polygons.foreach_get("loop_start", starts)
    return hashlib.sha256(corners.tobytes() + starts.tobytes()).hexdigest()


def add_shape_keys(item: Any, made: MadeMesh, per_metre: float) -> None:
    """The made shape keys on a new object."""
    if not made.shape_keys:
        return
    item.shape_key_add(name="Basis", from_mix=False)
    for name, positions in made.shape_keys.items():
        key = item.shape_key_add(name=name, from_mix=False)
        key.data.foreach_set("co", _flat(positions * np.float32(per_metre)))
        # Blender 5.0 shows a new one at once
        key.value = 0.0
    remember_keys(item.data, made.shape_keys)


def fits(mesh: Any, made: MadeMesh) -> bool:
    """Whether the mesh has the vertices and was made with the faces of `made`."""
    return len(mesh.vertices) == len(made.positions) and bool(mesh.get(TOPOLOGY) == topology(made))


def reshape(item: Any, made: MadeMesh, per_metre: float) -> str:
    """Move an object's vertices and shape keys to a new shape; a sentence where its mesh does not fit any more.

    What was moved by hand keeps its distance from where it was made; shape keys made or changed by hand move along.
    """
    mesh = item.data
    if not fits(mesh, made):
        if cut_by_hand(mesh):
            return f"'{item.name}' was changed by hand, so it stays as it is."
        return f"'{item.name}' would have other faces. Press Regenerate."
    keys = mesh.shape_keys.key_blocks if mesh.shape_keys else ()
    before = _places(keys[0].data if keys else mesh.vertices, len(mesh.vertices))
    wanted = made.positions * np.float32(per_metre)
    after = wanted + _moved_by_hand(mesh, before)
    mine = set(edited_keys(mesh))
    for key in keys[1:]:
        given = None if key.name in mine else made.shape_keys.get(key.name)
        place = _places(key.data, len(before)) + after - before if given is None else given * np.float32(per_metre)
        key.data.foreach_set("co", _flat(place))
    if keys:
        keys[0].data.foreach_set("co", _flat(after))
        remember_keys(mesh, {key.name for key in keys[1:]} & set(made.shape_keys) - mine)
    mesh.vertices.foreach_set("co", _flat(after))
    _remember(mesh, wanted)
    mesh.update()
    return ""


def made_places(mesh: Any) -> np.ndarray:
    """(V, 3) float32 where the vertices were made, in Blender units; (0, 3) where that is not known."""
    attribute = mesh.attributes.get(MADE_AT)
    if attribute is None or len(attribute.data) != len(mesh.vertices):
        return np.zeros((0, 3), np.float32)
    made = np.empty(len(mesh.vertices) * 3, np.float32)
    attribute.data.foreach_get("vector", made)
    return made.reshape(-1, 3)


def move_vertices(mesh: Any, by: np.ndarray) -> None:
    """Move a mesh's vertices by (V, 3), and where they were made with them."""
    made = made_places(mesh)
    mesh.vertices.foreach_set("co", _flat(_places(mesh.vertices, len(by)) + by))
    if len(made):
        _remember(mesh, made + by)
    mesh.update()


def _check(made: MadeMesh) -> None:
    counts = (len(made.positions), len(made.corners))
    sound = len(made.face_starts) > 0 and made.face_starts[0] == 0 and made.face_starts[-1] == counts[1]
    if not sound or (counts[1] and not 0 <= int(made.corners.min()) <= int(made.corners.max()) < counts[0]):
        raise BundleError(f"The mesh '{made.name}' names vertices that it does not have. Make it again.")
    if not np.isfinite(made.positions).all():
        raise BundleError(f"The mesh '{made.name}' has vertices that lie nowhere. Make it again.")


def _sound_faces(made: MadeMesh) -> np.ndarray:
    """(F,) bool: faces of three corners or more, of different vertices, the first of those alike."""
    sizes = np.diff(made.face_starts)
    face = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((made.corners, face))
    again = (np.diff(face[order]) == 0) & (np.diff(np.asarray(made.corners)[order]) == 0)
    sound = sizes >= 3
    sound[face[order][1:][again]] = False
    # faces alike have the same vertices, in whatever order: sums of random numbers tell, and never truly collide
    number = np.random.default_rng(0).integers(0, 2**62, len(made.positions), dtype=np.int64)
    sums = np.zeros(len(sizes), np.int64)
    np.add.at(sums, face, number[made.corners])
    _, first = np.unique(sums, return_index=True)
    alone = np.zeros(len(sizes), bool)
    alone[first] = True
    result: np.ndarray = sound & alone
    return result


def _add_layers(mesh: Any, made: MadeMesh, corners: np.ndarray) -> None:
    for name, uvs in list(made.uvs.items())[:MAX_LAYERS]:
        mesh.uv_layers.new(name=name, do_init=False).uv.foreach_set("vector", _flat(uvs[corners]))
    for name, colors in made.colors.items():
        mesh.color_attributes.new(name, "FLOAT_COLOR", "CORNER").data.foreach_set("color", _flat(colors[corners]))


def _set_normals(mesh: Any, made: MadeMesh, corners: np.ndarray) -> None:
    """Custom normals where the mesh brings some; Blender keeps them relative to the surface, so they follow it."""
    if not len(made.normals):
        return
    # a normal of no length stands for the surface's own
    mesh.normals_split_custom_set(np.nan_to_num(made.normals[corners], posinf=0.0, neginf=0.0).tolist())


def _remember(mesh: Any, places: np.ndarray) -> None:
    attribute = mesh.attributes.get(MADE_AT) or mesh.attributes.new(MADE_AT, "FLOAT_VECTOR", "POINT")
    attribute.data.foreach_set("vector", _flat(places))


def _moved_by_hand(mesh: Any, now: np.ndarray) -> np.ndarray:
    """(V, 3) how far each vertex lies from where it was made; zeros for all that was not touched."""
    made = made_places(mesh)
    if not len(made):
        return np.zeros_like(now)
    moved: np.ndarray = now - made
    moved[np.abs(moved).max(axis=1) < HAND_TOLERANCE] = 0
    return moved


def _places(points: Any, count: int) -> np.ndarray:
    places = np.empty(count * 3, np.float32)
    points.foreach_get("co", places)
    return places.reshape(-1, 3)


def _flat(array: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
    result: np.ndarray = np.ascontiguousarray(array, dtype).ravel()
    return result
