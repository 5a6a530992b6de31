# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to a generated character: its armature, its meshes, its levels, its clips, its collection."""

from __future__ import annotations

from typing import Any

import bpy

from .record import is_character

# on a mesh object: the made mesh that it shows, and which coarser level of it (0 the finest)
PART, LEVEL = "maquette_part", "maquette_level"
# on an armature object: each of its actions
CLIPS = "maquette_clip_"
# on a member of a crowd: the armature object that it is a copy of
MEMBER_OF = "maquette_member_of"


def character_of(item: Any) -> Any:
    """The armature object of the generated character that an object belongs to, None where there is none.

    Instances of a character's collection, and members of a crowd, belong to it too.
    """
    if item is None or is_character(item):
        return item
    if item.type == "EMPTY" and item.instance_collection is not None:
        return next((inner for inner in item.instance_collection.all_objects if is_character(inner)), None)
    armatures = [item, *(modifier.object for modifier in item.modifiers if modifier.type == "ARMATURE")]
    for armature in armatures:
        original = armature.get(MEMBER_OF, armature) if armature is not None else None
        if is_character(original):
            return original
    return None


def meshes_of(armature: Any) -> dict[str, Any]:
    """A character's mesh objects by the name of the made mesh, the finest level."""
    return {item[PART]: item for item in _hanging_on(armature) if not item.get(LEVEL, 0)}


def levels_of(armature: Any) -> list[Any]:
    """A character's mesh objects of coarser levels."""
    return [item for item in _hanging_on(armature) if item.get(LEVEL, 0)]


def actions_of(armature: Any) -> list[Any]:
    """The actions that came with a character, in order."""
    names = [name for name in armature.keys() if name.startswith(CLIPS)]  # noqa: SIM118 a datablock has no iter
    found = [armature[name] for name in sorted(names, key=lambda name: int(name.removeprefix(CLIPS)))]
    return [action for action in found if action is not None]


def collection_of(armature: Any) -> Any:
    """The collection that holds the character: the smallest with it and all its meshes, None where there is none."""
    items = {armature, *meshes_of(armature).values()}
    holding = [found for found in bpy.data.collections if items <= set(found.all_objects)]
    return min(holding, key=lambda found: len(found.all_objects), default=None)


def _hanging_on(armature: Any) -> list[Any]:
    objects: Any = bpy.data.objects
    return [
        item
        for item in objects
        if PART in item and any(m.type == "ARMATURE" and m.object == armature for m in item.modifiers)
    ]
