# SPDX-License-Identifier: GPL-3.0-or-later
"""A made character as an armature and meshes in a collection, and the same character changed in place.

In place means: the pose, keys, constraints, materials and shapes that the designer made stay, and so does every user of
these datablocks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy

from ...core.asset import Asset
from ...core.errors import BundleError, InputError
from ...core.request import Request
from .armature import fits, move_bones
from .arrival import arrive
from .character_parts import meshes_of
from .character_swap import add_part, change_materials, exchange_levels, exchange_parts, materials_of, mesh_part
from .decisions import hands_of
from .draft import settle
from .levels import add_levels, reshape_levels
from .mesh import made_places, reshape
from .record import write_object_record
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
    materials = materials_of(made)
    for mesh in made.asset.meshes:
        add_part(mesh, made, armature, collection, materials, per_metre)
    add_levels(made.asset, armature, collection, materials, per_metre)
    write_object_record(armature, made.request, made.asset.report)
    arrive(into, collection, armature)
    return armature


def change_character(armature: Any, made: MadeCharacter, per_metre: float, replaced: Collection[str] = ()) -> list[str]:
    """Bring a character in place to what was made; sentences for the designer. Parts that were changed by hand or are
    locked stay, but for those `replaced`. InputError where it is not the same skeleton, or a part is open in a mode
    that cannot be changed under the designer's hands: then nothing is changed."""
    made.check()
    hands = hands_of(armature, replaced)
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
    if not made.whole:
        items = {name: item for name, item in items.items() if mesh_part(name) not in hands.locked}
    said = exchange_parts(armature, made, items, per_metre, hands) if made.whole else []
    moved = {}
    for mesh in made.asset.meshes:
        if (item := items.get(mesh.name)) is None:
            continue
        before = made_places(item.data)
        said.append(reshape(item, mesh, per_metre))
        if len(before) == len(mesh.positions):
            moved[mesh.name] = made_places(item.data) - before
    said += move_bones(armature.data, rig, per_metre, hands)
    if made.whole:
        said += change_materials(made, items, hands)
        said += exchange_levels(armature, made, per_metre, hands)
    else:
        reshape_levels(made.asset, armature, moved, per_metre)
    write_object_record(armature, made.request, made.asset.report)
    settle(armature, made.request)
    return [sentence for sentence in said if sentence]
