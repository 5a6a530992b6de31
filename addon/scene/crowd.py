# SPDX-License-Identifier: GPL-3.0-or-later
"""A crowd of characters: instances of their collections, or armatures of their own that share all data and play a clip
each at another moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.errors import InputError
from .character_parts import MEMBER_OF, actions_of, character_of, collection_of, meshes_of
from .record import REQUEST, is_character
from .standing import Standing

NAME = "Crowd"
# beyond this, armatures of their own make Blender slow
MOST_ANIMATED = 500
IDLE = "idle"


def characters_in(collection: Any) -> list[Any]:
    """The armatures of the characters in a collection and those below it, by name."""
    return sorted((item for item in collection.all_objects if is_character(item)), key=lambda item: item.name)


def characters_among(objects: Sequence[Any]) -> list[Any]:
    """The armatures of the characters that objects belong to, each once."""
    found = [character_of(item) for item in objects]
    return list(dict.fromkeys(armature for armature in found if armature is not None))


def scatter(scene: Any, characters: Sequence[Any], standing: Standing, rng: np.random.Generator) -> Any:
    """A new collection with an instance of some character at every place."""
    sources = {armature: _own_collection(armature) for armature in characters}
    crowd = _new_collection(scene)
    for place, turn in zip(standing.places, standing.turns, strict=True):
        armature = characters[int(rng.integers(len(characters)))]
        source = sources[armature]
        member: Any = bpy.data.objects.new(armature.name, None)
        member.instance_type, member.instance_collection = "COLLECTION", source
        member.empty_display_size = 0.2
        # wherever in its own collection the character stands, it stands here
        aside = armature.matrix_world.translation - source.instance_offset
        member.matrix_world = _standing_at(place, turn) @ Matrix.Translation(-aside)
        crowd.objects.link(member)
    return crowd


def scatter_animated(
    scene: Any, characters: Sequence[Any], standing: Standing, clip: str, rng: np.random.Generator
) -> Any:
    """A new collection with an armature and meshes of their own at every place; data and clips are shared."""
    if len(standing.places) > MOST_ANIMATED:
        raise InputError(
            f"{len(standing.places)} members with armatures of their own would be slow; {MOST_ANIMATED} are the most. "
            "Ask for fewer, or for instances."
        )
    crowd = _new_collection(scene)
    for place, turn in zip(standing.places, standing.turns, strict=True):
        source = characters[int(rng.integers(len(characters)))]
        member = _copy(source, crowd)
        member.matrix_world = _standing_at(place, turn) @ Matrix.Diagonal([*source.scale, 1.0])
        action = _clip_for(source, clip, rng)
        if action is not None:
            _play(member, action, float(rng.random()), scene.frame_end)
    return crowd


def _own_collection(armature: Any) -> Any:
    found = collection_of(armature)
    if found is None:
        raise InputError(f"'{armature.name}' and its meshes are in no collection of their own. Put them into one.")
    return found


def _new_collection(scene: Any) -> Any:
    crowd: Any = bpy.data.collections.new(NAME)
    scene.collection.children.link(crowd)
    return crowd


def _standing_at(place: np.ndarray, turn: float) -> Any:
    return Matrix.Translation(place.tolist()) @ Matrix.Rotation(float(turn), 4, "Z")


def _copy(source: Any, crowd: Any) -> Any:
    """The armature and its meshes once more, with the same data."""
    member = source.copy()
    if REQUEST in member:
        del member[REQUEST]
    member[MEMBER_OF] = source
    member.animation_data_clear()
    crowd.objects.link(member)
    for item in meshes_of(source).values():
        mesh = item.copy()
        mesh.parent = member
        for modifier in mesh.modifiers:
            if modifier.type == "ARMATURE":
                modifier.object = member
        crowd.objects.link(mesh)
    return member


def _clip_for(source: Any, wanted: str, rng: np.random.Generator) -> Any:
    """The clip of this name, or else an idle one, or else any; None where the character has none."""
    actions = actions_of(source)
    for part in (wanted.lower(), IDLE):
        named = [action for action in actions if part and part in action.name.lower()]
        if named:
            return named[int(rng.integers(len(named)))]
    return actions[int(rng.integers(len(actions)))] if actions else None


def _play(member: Any, action: Any, phase: float, last_frame: int) -> None:
    """Repeat the action to the scene's end, begun `phase` of its length ago."""
    data = member.animation_data_create()
    start, end = action.frame_range
    length = max(float(end - start), 1.0)
    track = data.nla_tracks.new()
    track.name = action.name
    strip = track.strips.new(action.name, 0, action)
    if hasattr(strip, "action_slot") and strip.action_slot is None and len(action.slots):
        strip.action_slot = action.slots[0]
    strip.repeat = math.ceil((last_frame + length) / length) + 1
    strip.frame_start_ui = -phase * length
