# SPDX-License-Identifier: GPL-3.0-or-later
"""A character that the designer has in the scene, whoever made it: an armature, its meshes, its actions. What cannot be
taken is said before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

from ...core.errors import InputError
from .action import curves_of
from .character_parts import LEVEL, actions_of

MAX_BONES = 400
MAX_VERTICES = 500_000
SCALE_TOLERANCE = 1e-3


def chosen_character(objects: Sequence[Any]) -> tuple[Any, list[Any], list[Any]]:
    """(armature, meshes, actions) of the one character that the objects belong to; InputError where that is unclear or
    the character cannot be learned from."""
    armature = _armature([item for item in objects if item is not None])
    meshes = [item for item in _all_objects() if _moved_by(item, armature) and not item.get(LEVEL, 0)]
    _check_armature(armature)
    if not meshes:
        raise InputError(f"No mesh hangs on '{armature.name}'. Give its meshes an Armature modifier.")
    for item in meshes:
        _check_mesh(item, armature)
    return armature, meshes, _actions(armature)


def _armature(objects: Sequence[Any]) -> Any:
    found: list[Any] = []
    for item in objects:
        moving = [m.object for m in item.modifiers if m.type == "ARMATURE" and m.object is not None]
        found += [item] if item.type == "ARMATURE" else moving
    found = list(dict.fromkeys(found))
    if not found:
        raise InputError("No armature is selected. Select a character's armature, or one of its meshes.")
    if len(found) > 1:
        names = " and ".join(f"'{item.name}'" for item in found[:3])
        raise InputError(f"{len(found)} armatures are selected: {names}. Select one character at a time.")
    return found[0]


def _check_armature(armature: Any) -> None:
    if not len(armature.data.bones):
        raise InputError(f"'{armature.name}' has no bones. Choose a rigged character.")
    if len(armature.data.bones) > MAX_BONES:
        raise InputError(
            f"'{armature.name}' has {len(armature.data.bones)} bones; {MAX_BONES} are the most. "
            "Add the rig that deforms alone, without its controls."
        )
    _check_scale(armature)


def _check_mesh(item: Any, armature: Any) -> None:
    count = len(item.data.vertices)
    if count > MAX_VERTICES:
        raise InputError(f"'{item.name}' has {count} vertices; {MAX_VERTICES} are the most. Decimate it first.")
    _check_scale(item)
    groups = {group.index for group in item.vertex_groups if group.name in armature.data.bones}
    if item.parent_type != "BONE" and not groups:
        raise InputError(
            f"No bone of '{armature.name}' moves '{item.name}': it has no weights. Paint or bind them first."
        )


def _check_scale(item: Any) -> None:
    if not np.allclose(np.abs(item.scale), 1.0, atol=SCALE_TOLERANCE):
        scale = " x ".join(f"{value:g}" for value in item.scale)
        raise InputError(f"'{item.name}' has a scale of {scale}. Apply it (Object > Apply > Scale), then add it.")


def _all_objects() -> list[Any]:
    return list(bpy.data.objects)


def _moved_by(item: Any, armature: Any) -> bool:
    if item.type != "MESH":
        return False
    by_bone = item.parent == armature and item.parent_type == "BONE"
    return by_bone or any(m.type == "ARMATURE" and m.object == armature for m in item.modifiers)


def _actions(armature: Any) -> list[Any]:
    """Its own clips, else what it plays and every action whose bones it has."""
    own = actions_of(armature)
    if own:
        return own
    bones = {f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"]' for bone in armature.data.bones}
    return [action for action in bpy.data.actions if _suits(action, bones)]


def _suits(action: Any, bones: set[str]) -> bool:
    moved = {
        curve.data_path.rpartition(".")[0] for curve in curves_of(action) if curve.data_path.startswith("pose.bones[")
    }
    return bool(moved) and moved <= bones
