# SPDX-License-Identifier: GPL-3.0-or-later
"""A made character as an armature and meshes in a collection, and the same character changed in place.

In place means: the pose, keys, constraints, materials and shapes that the designer made stay, and so does every user of
these datablocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy

from ...core.asset import Asset
from ...core.asset import Mesh as MadeMesh
from ...core.errors import BundleError, InputError
from ...core.request import Request
from .armature import bone_names, fits, move_bones
from .arrival import arrive
from .character_parts import PART, collection_of, levels_of, meshes_of
from .levels import add_levels, reshape_levels
from .mesh import add_shape_keys, cut_by_hand, made_places, new_mesh, reshape
from .mesh import fits as mesh_fits
from .record import write_object_record
from .skin import add_weights, skin_of
from .surface import SURFACE, find_or_make, surface_hash
from .targets import Target

# modes in which a mesh's own data are not what the window shows
BUSY_MODES = ("EDIT", "SCULPT")


@dataclass(frozen=True)
class MadeCharacter:
    """A finished result: its Request, its parts, and the textures' PNG files by material's index and map.

    `whole` is False for a shape alone (a slider in motion): then materials and clips are as they were.
    """

    title: str
    request: Request
    asset: Asset
    textures: Mapping[int, Mapping[str, bytes]] = field(default_factory=dict)
    whole: bool = True

    def check(self) -> None:
        """Raise BundleError unless this is a character."""
        if self.asset.rig is None or not self.asset.meshes or not self.asset.rig.joints:
            raise BundleError(f"'{self.title}' is no character: it has no rig or no mesh. Make it again.")


def add_character(made: MadeCharacter, scene: Target, data: Any, per_metre: float) -> Any:
    """The new armature object of the armature `data`, at the scene's 3D cursor, in a collection of its own."""
    made.check()
    rig = made.asset.rig
    assert rig is not None
    into = scene.find_in(bpy.data.scenes) or bpy.context.scene
    collection: Any = bpy.data.collections.new(made.title)
    armature: Any = bpy.data.objects.new(made.title, data)
    armature.location = into.cursor.location
    collection.objects.link(armature)
    materials = _materials(made)
    for mesh in made.asset.meshes:
        _add_part(mesh, made, armature, collection, materials, per_metre)
    add_levels(made.asset, armature, collection, materials, per_metre)
    write_object_record(armature, made.request, made.asset.report)
    arrive(into, collection, armature)
    return armature


def change_character(armature: Any, made: MadeCharacter, per_metre: float) -> list[str]:
    """Bring a character in place to what was made; sentences for the designer. InputError where it is not the same
    skeleton, or a part is open in a mode that cannot be changed under the designer's hands: then nothing is changed."""
    made.check()
    rig = made.asset.rig
    assert rig is not None
    if not fits(armature.data, rig):
        raise InputError(
            f"The new character has other bones than '{armature.name}'. Use Generate: it makes a character beside it."
        )
    items = meshes_of(armature)
    busy = next((item for item in [armature, *items.values()] if item.mode in BUSY_MODES), None)
    if busy is not None:
        raise InputError(
            f"'{busy.name}' is open in {busy.mode.capitalize()} Mode. Leave it, then change the character."
        )
    said = exchange_parts(armature, made, items, per_metre) if made.whole else []
    moved = {}
    for mesh in made.asset.meshes:
        if (item := items.get(mesh.name)) is None:
            continue
        before = made_places(item.data)
        said.append(reshape(item, mesh, per_metre))
        if len(before) == len(mesh.positions):
            moved[mesh.name] = made_places(item.data) - before
    said += move_bones(armature.data, rig, per_metre)
    if made.whole:
        said += _change_materials(made, items)
        exchange_levels(armature, made, per_metre)
    else:
        reshape_levels(made.asset, armature, moved, per_metre)
    write_object_record(armature, made.request, made.asset.report)
    return [sentence for sentence in said if sentence]


def exchange_parts(armature: Any, made: MadeCharacter, items: dict[str, Any], per_metre: float) -> list[str]:
    """Meshes of other faces, meshes that are new, meshes that are no more; those cut by hand stay. `items` becomes what
    there is then."""
    said = []
    wanted = {mesh.name: mesh for mesh in made.asset.meshes}
    for name, item in list(items.items()):
        mesh = wanted.get(name)
        if mesh is not None and mesh_fits(item.data, mesh):
            continue
        if cut_by_hand(item.data):
            said += [f"'{item.name}' was changed by hand, so it stays beside the new parts."] if mesh is None else []
            continue
        del items[name]
        bpy.data.objects.remove(item)
    home = collection_of(armature) or armature.users_collection[0]
    new = [mesh for name, mesh in wanted.items() if name not in items]
    materials = _materials(made) if new else {}
    for mesh in new:
        items[mesh.name] = _add_part(mesh, made, armature, home, materials, per_metre)
    return said


def exchange_levels(armature: Any, made: MadeCharacter, per_metre: float) -> None:
    """The coarser levels that were made in place of those that there are."""
    old = levels_of(armature)
    homes = {home for item in old for home in item.users_collection if len(home.all_objects) == len(old)}
    for item in old:
        bpy.data.objects.remove(item)
    for home in homes:
        bpy.data.collections.remove(home)
    above = collection_of(armature) or armature.users_collection[0]
    add_levels(made.asset, armature, above, _materials(made), per_metre)


def hang(item: Any, armature: Any) -> None:
    """Let an armature move a mesh object."""
    item.parent = armature
    modifier = item.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature


def _add_part(
    mesh: MadeMesh,
    made: MadeCharacter,
    armature: Any,
    collection: Any,
    materials: Mapping[str, Any],
    per_metre: float,
) -> Any:
    rig = made.asset.rig
    assert rig is not None
    item = _add_mesh(mesh, materials, per_metre)
    collection.objects.link(item)
    skin = skin_of(rig, mesh.name)
    if skin is not None:
        add_weights(item, skin, bone_names(armature.data, rig))
    hang(item, armature)
    return item


def _add_mesh(mesh: MadeMesh, materials: Mapping[str, Any], per_metre: float) -> Any:
    data = new_mesh(mesh.name, mesh, per_metre)
    for name in mesh.materials:
        data.materials.append(materials.get(name))
    item = bpy.data.objects.new(mesh.name, data)
    item[PART] = mesh.name
    add_shape_keys(item, mesh, per_metre)
    return item


def _materials(made: MadeCharacter) -> dict[str, Any]:
    return {
        material.name: find_or_make(material, made.textures.get(index, {}))
        for index, material in enumerate(made.asset.materials)
    }


def _change_materials(made: MadeCharacter, items: Mapping[str, Any]) -> list[str]:
    """New materials where the made ones changed, in slots that still show what was made."""
    said = []
    by_name = {material.name: (index, material) for index, material in enumerate(made.asset.materials)}
    for mesh in made.asset.meshes:
        item = items.get(mesh.name)
        slots = enumerate(zip(item.data.materials if item else (), mesh.materials, strict=False))
        for place, (slot, name) in slots:
            if slot is None or SURFACE not in slot or name not in by_name:
                continue
            index, material = by_name[name]
            textures = made.textures.get(index, {})
            if slot[SURFACE] == surface_hash(material, textures):
                continue
            assert item is not None
            item.data.materials[place] = find_or_make(material, textures)
            if not slot.users:
                slot.use_fake_user = True
                said.append(f"The former material '{slot.name}' stays in the file.")
    return said
