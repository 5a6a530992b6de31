# SPDX-License-Identifier: GPL-3.0-or-later
"""A material onto an object: its active slot, or a slot of its own for faces chosen in Edit Mode.

No material is lost: one that nothing uses any more after this is kept by a fake user. No object changes that was not
asked for: where others share the mesh, the slot becomes the object's own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import bmesh
import numpy as np

from .targets import Faces, Target


def assign(material: Any, target: Target, item: Any, fellow_targets: Collection[Any] = ()) -> str:
    """Put the material on the object `item` of a target; a sentence where the designer should know something."""
    if target.faces is not None:
        return _assign_to_faces(material, item, target.faces)
    return _assign_to_slot(material, item, fellow_targets)


def _assign_to_slot(material: Any, item: Any, fellow_targets: Collection[Any]) -> str:
    if not item.material_slots:
        # a slot first: which of mesh and object holds the material is decided below
        item.data.materials.append(None)
    slot = item.material_slots[min(item.active_material_index, len(item.material_slots) - 1)]
    before = slot.material
    if slot.link == "DATA" and _shared_with_others(item, fellow_targets):
        slot.link = "OBJECT"
    slot.material = material
    return _keep(before) if before is not None and before != material else ""


def _shared_with_others(item: Any, fellow_targets: Collection[Any]) -> bool:
    """Whether the object's data is linked, or used by objects that are no targets."""
    if item.data.library is not None or item.override_library is not None:
        return True
    uses = sum(1 for other in fellow_targets if other.data == item.data) or 1
    users: int = item.data.users - bool(item.data.use_fake_user)
    return users > uses


def _keep(material: Any) -> str:
    if material.users or material.library is not None:
        return ""
    material.use_fake_user = True
    return f"The former material '{material.name}' stays in the file."


def _assign_to_faces(material: Any, item: Any, faces: Faces) -> str:
    mesh = item.data
    slot = _slot_of(material, mesh)
    # what was just made is what the panel speaks of next
    item.active_material_index = slot
    editing = item.mode == "EDIT"
    size = _edit_size(mesh) if editing else (len(mesh.vertices), len(mesh.polygons))
    if size != (faces.num_vertices, faces.num_faces):
        return (
            f"'{item.name}' was edited meanwhile: '{material.name}' is in a new slot. "
            "Select the faces and press Assign in the material properties."
        )
    if editing:
        _set_edit_faces(mesh, faces, slot)
    else:
        indices = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", indices)
        indices[list(faces.indices)] = slot
        mesh.polygons.foreach_set("material_index", indices)
        mesh.update()
    return ""


def _slot_of(material: Any, mesh: Any) -> int:
    """The index of the mesh's slot that holds the material; a new one where none does."""
    for index, there in enumerate(mesh.materials):
        if there == material:
            return index
    if not mesh.materials:
        # the other faces keep their looks: their index 0 must stay an empty slot
        mesh.materials.append(None)
    mesh.materials.append(material)
    return len(mesh.materials) - 1


def _edit_size(mesh: Any) -> tuple[int, int]:
    edited = bmesh.from_edit_mesh(mesh)
    return len(edited.verts), len(edited.faces)


def _set_edit_faces(mesh: Any, faces: Faces, slot: int) -> None:
    edited = bmesh.from_edit_mesh(mesh)
    edited.faces.ensure_lookup_table()
    for index in faces.indices:
        edited.faces[index].material_index = slot
    bmesh.update_edit_mesh(mesh, loop_triangles=False, destructive=False)
