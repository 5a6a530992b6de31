# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a character in place: meshes of other faces, parts that are new or no more, levels, materials; those
that were changed by hand, or are locked, stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import bpy

from ...core.asset import Mesh as MadeMesh
from .armature import bone_names
from .as_made import changed, keep_in_file, own_slots
from .character_parts import LEVEL, PART, collection_of, levels_of
from .decisions import Hands
from .levels import add_levels
from .mesh import add_shape_keys, new_mesh
from .mesh import fits as mesh_fits
from .mesh_edits import edited_by_hand, named, remember_weights, sculpted, weighted_by_hand, worked_on
from .skin import add_weights, skin_of
from .surface import SURFACE, find_or_make, surface_hash

if TYPE_CHECKING:
    from .character import MadeCharacter


def mesh_part(name: str) -> str:
    """A mesh of a character as a part."""
    return f"mesh {name}"


def level_part(item: Any) -> str:
    """A coarser level of a mesh as a part."""
    return f"level {item[LEVEL]} {item[PART]}"


def material_part(name: str) -> str:
    """A material as a part."""
    return f"material {name}"


def is_edited(item: Any) -> bool:
    """Whether a mesh object's mesh, or its weights, were changed by hand."""
    return bool(edited_by_hand(item.data)) or weighted_by_hand(item) or sculpted(item)


def exchange_parts(
    armature: Any, made: MadeCharacter, items: dict[str, Any], per_metre: float, hands: Hands
) -> list[str]:
    """Meshes of other faces, meshes that are new, meshes that are no more. `items` becomes what follows the new shape:
    without those that stay as they are."""
    said: list[str] = []
    new = {mesh.name: mesh for mesh in made.asset.meshes}
    other: dict[str, MadeMesh] = {}
    for name, item in list(items.items()):
        mesh, part = new.pop(name, None), mesh_part(name)
        if mesh is None:
            del items[name]
            said += _gone(item, armature, hands.keeps(part, is_edited(item) or worked_on(item)))
        elif part in hands.locked:
            del items[name]
        elif mesh_fits(item.data, mesh) and not (part in hands.replaced and is_edited(item)):
            continue
        elif hands.keeps(part, is_edited(item)):
            del items[name]
            said.append(f"'{item.name}' was changed by hand, so it stays as it is.")
        else:
            other[name] = mesh
    materials = materials_of(made) if new or other else {}
    for name, mesh in other.items():
        _renew(items[name], mesh, made, armature, materials, per_metre)
    home = collection_of(armature) or armature.users_collection[0]
    for mesh in new.values():
        items[mesh.name] = add_part(mesh, made, armature, home, materials, per_metre)
    return said


def add_part(
    mesh: MadeMesh, made: MadeCharacter, armature: Any, collection: Any, materials: Mapping[str, Any], per_metre: float
) -> Any:
    """A new mesh object that the armature moves."""
    data = _new_data(mesh, materials, per_metre)
    item = named(bpy.data.objects.new(mesh.name, data))
    item[PART] = mesh.name
    _dress(item, mesh, made, armature, per_metre)
    collection.objects.link(item)
    hang(item, armature)
    return item


def hang(item: Any, armature: Any) -> None:
    """Let an armature move a mesh object."""
    item.parent = armature
    modifier = item.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def _gone(item: Any, armature: Any, stays: bool) -> list[str]:
    """Take an object out whose part is no more; what the designer hung on it hangs on the armature then."""
    if stays:
        return [f"'{item.name}' was changed by hand, so it stays beside the new parts."]
    for child in item.children:
        there = child.matrix_world.copy()
        child.parent = armature
        child.matrix_world = there
    data = item.data
    own = own_slots([data])
    bpy.data.objects.remove(item)
    if not data.users:
        bpy.data.meshes.remove(data)
    keep_in_file(own)
    return []


def _renew(
    item: Any, mesh: MadeMesh, made: MadeCharacter, armature: Any, materials: Mapping[str, Any], per_metre: float
) -> None:
    """The same object with a new mesh: its modifiers, constraints, keys and children stay, and materials of the
    designer's own in slots that are still there."""
    old = item.data
    own = {index: slot for index, slot in enumerate(old.materials) if slot is not None and SURFACE not in slot}
    name, old.name = old.name, f"{old.name} before"
    item.vertex_groups.clear()
    item.data = data = _new_data(mesh, materials, per_metre)
    data.name = name
    for index in own.keys() & set(range(len(data.materials))):
        data.materials[index] = own[index]
    _dress(item, mesh, made, armature, per_metre)
    if not old.users:
        bpy.data.meshes.remove(old)
    keep_in_file(own.values())


def _new_data(mesh: MadeMesh, materials: Mapping[str, Any], per_metre: float) -> Any:
    data = new_mesh(mesh.name, mesh, per_metre)
    for name in mesh.materials:
        data.materials.append(materials.get(name))
    return data


def _dress(item: Any, mesh: MadeMesh, made: MadeCharacter, armature: Any, per_metre: float) -> None:
    """The shape keys and weights of a mesh that is on its object."""
    add_shape_keys(item, mesh, per_metre)
    rig = made.asset.rig
    skin = skin_of(rig, mesh.name) if rig is not None else None
    if rig is not None and skin is not None:
        add_weights(item, skin, bone_names(armature.data, rig))
    remember_weights(item)


def exchange_levels(armature: Any, made: MadeCharacter, per_metre: float, hands: Hands) -> list[str]:
    """The coarser levels that were made in place of those that there are."""
    kept = [item for item in levels_of(armature) if hands.keeps(level_part(item), is_edited(item) or worked_on(item))]
    old = [item for item in levels_of(armature) if item not in kept]
    homes = {home for item in old for home in item.users_collection if len(home.all_objects) == len(old)}
    data = {item.data for item in old}
    own = own_slots(data)
    bpy.data.batch_remove(old)
    bpy.data.batch_remove([mesh for mesh in data if not mesh.users])
    keep_in_file(own)
    for home in homes:
        bpy.data.collections.remove(home)
    above = collection_of(armature) or armature.users_collection[0]
    stay = {(item[PART], item[LEVEL]) for item in kept}
    add_levels(made.asset, armature, above, materials_of(made), per_metre, without=stay)
    return [f"'{item.name}' was changed by hand, so it stays as it is." for item in kept]


def materials_of(made: MadeCharacter) -> dict[str, Any]:
    """The materials of this file by name."""
    return {
        material.name: find_or_make(material, made.textures.get(index, {}))
        for index, material in enumerate(made.asset.materials)
    }


def change_materials(made: MadeCharacter, items: Mapping[str, Any], hands: Hands) -> list[str]:
    """New materials where the made ones changed, in slots that still show what was made; those whose nodes or images
    were changed by hand stay unless they are given up."""
    said: list[str] = []
    by_name = {material.name: (index, material) for index, material in enumerate(made.asset.materials)}
    for mesh in made.asset.meshes:
        item = items.get(mesh.name)
        slots = enumerate(zip(item.data.materials if item else (), mesh.materials, strict=False))
        for place, (slot, name) in slots:
            if slot is None or SURFACE not in slot or name not in by_name:
                continue
            index, material = by_name[name]
            textures = made.textures.get(index, {})
            given_up = material_part(name) in hands.replaced and changed(slot)
            if slot[SURFACE] == surface_hash(material, textures) and not given_up:
                continue
            if hands.keeps(material_part(name), changed(slot)):
                said.append(f"The material '{slot.name}' was changed by hand and stays as it is.")
                continue
            if given_up:
                # what it was made of is no longer what it is: the next one is made anew
                slot[SURFACE] = ""
            assert item is not None
            item.data.materials[place] = find_or_make(material, textures)
            if given_up or not slot.users:
                slot.use_fake_user = True
                said.append(f"The former material '{slot.name}' stays in the file.")
    return list(dict.fromkeys(said))
