# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a generated character was changed by hand: meshes, bones, clips, materials, coarser levels.

The pose, keys of other actions, constraints and modifiers never are in the way of a new result.
"""

from __future__ import annotations

from typing import Any

from .action import CLIP, changed_by_hand
from .armature import PART as BONES
from .armature import moved_by_hand
from .as_made import changed
from .character_parts import actions_of, levels_of, meshes_of
from .character_swap import is_edited, level_part, material_part, mesh_part
from .clips import clip_part
from .decisions import HandEdit
from .mesh_edits import edited_by_hand, sculpted, weighted_by_hand
from .surface import SURFACE, made_name


def character_edits(armature: Any) -> list[HandEdit]:
    """The parts of a character that are not as they were made."""
    return [*_meshes(armature), *_bones(armature), *_clips(armature), *_materials(armature), *_levels(armature)]


def _meshes(armature: Any) -> list[HandEdit]:
    edits = []
    for name, item in meshes_of(armature).items():
        words = edited_by_hand(item.data) + (["weights"] if weighted_by_hand(item) else [])
        words += ["sculpted levels"] if sculpted(item) else []
        if words:
            edits.append(HandEdit(mesh_part(name), item.name, f"{' and '.join(words)} changed"))
    return edits


def _bones(armature: Any) -> list[HandEdit]:
    moved = list(moved_by_hand(armature.data))
    return [HandEdit(BONES, f"Bones {', '.join(moved[:3])}", "moved in Edit Mode")] if moved else []


def _clips(armature: Any) -> list[HandEdit]:
    edited = [action for action in actions_of(armature) if CLIP in action and changed_by_hand(action)]
    return [HandEdit(clip_part(action[CLIP]), f"Clip {action.name}", "keys changed") for action in edited]


def _materials(armature: Any) -> list[HandEdit]:
    slots = {slot for item in meshes_of(armature).values() for slot in item.data.materials if slot is not None}
    edited = sorted((slot for slot in slots if SURFACE in slot and changed(slot)), key=lambda slot: slot.name)
    return [
        HandEdit(material_part(made_name(slot)), f"Material {slot.name}", "nodes or images changed") for slot in edited
    ]


def _levels(armature: Any) -> list[HandEdit]:
    edited = [item for item in levels_of(armature) if is_edited(item)]
    return [HandEdit(level_part(item), item.name, "mesh changed") for item in edited]
