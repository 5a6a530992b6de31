# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig as an armature whose bones stand exactly as its joints do, and the same armature brought to another rest pose.

Bones can be changed in Edit Mode alone. That is entered through an object of its own, put into the scene for a moment:
what the designer has selected, hidden or posed stays as it is, and poses find their bones again by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.asset import Rig
from ...core.errors import InputError
from .decisions import NO_HANDS, Hands

# on an armature's data: the bones' names by joint, and the hash of the rig's joints
BONES, RIG = "maquette_bones", "maquette_rig"
# and where each bone was made: its matrix at rest, row by row, and its length, in Blender units
MADE_AT = "maquette_bones_made"
HAND_TOLERANCE = 1e-3
# the bones as a part that may be locked
PART = "bones"
SHORTEST = 0.002
# a child belongs to the bone's own direction up to 60 degrees aside
ALONG = 0.5


def new_armature(name: str, rig: Rig, per_metre: float) -> Any:
    """New armature data; `per_metre` Blender units are a metre."""
    armature: Any = bpy.data.armatures.new(name)
    lengths = bone_lengths(rig) * per_metre
    with _editing(armature):
        bones: list[Any] = []
        for joint, parent, rest, length in zip(rig.joints, rig.parents, rig.rest_pose, lengths, strict=True):
            bone = armature.edit_bones.new(joint)
            bone.head, bone.tail = (0.0, 0.0, 0.0), (0.0, float(length), 0.0)
            bone.matrix = _placed(rest, per_metre)
            if parent >= 0:
                bone.parent = bones[parent]
            bones.append(bone)
        names = [bone.name for bone in bones]
    armature[BONES], armature[RIG] = json.dumps(names), _hierarchy(rig)
    _remember(armature, names, {})
    return armature


def move_bones(armature: Any, rig: Rig, per_metre: float, hands: Hands = NO_HANDS) -> list[str]:
    """Bring the bones to another rest pose; sentences about those that are not there any more. Bones that were moved by
    hand keep their place beside where they were made; where bones are locked none moves."""
    if armature.is_editmode:
        raise InputError(f"'{armature.name}' is open in Edit Mode. Leave Edit Mode first.")
    if PART in hands.locked:
        return []
    lengths = bone_lengths(rig) * per_metre
    names = bone_names(armature, rig)
    by_hand = moved_by_hand(armature) if PART not in hands.replaced else {}
    missing, made = [], {}
    with _editing(armature):
        for name, rest, length in zip(names, rig.rest_pose, lengths, strict=True):
            bone = armature.edit_bones.get(name)
            if bone is None:
                missing.append(name)
                continue
            placed = _placed(rest, per_metre)
            if name in by_hand:
                made[name] = [*_rows(placed), float(length)]
                turn, longer = by_hand[name]
                placed, length = placed @ turn, length * longer
            bone.tail = bone.head + (bone.tail - bone.head).normalized() * float(length)
            bone.matrix = placed
    _remember(armature, names, made)
    if not missing:
        return []
    return [f"Bones of '{armature.name}' were renamed or deleted and are left alone: {', '.join(missing[:5])}."]


def moved_by_hand(armature: Any) -> dict[str, tuple[Any, float]]:
    """The bones that do not stand where they were made: how each lies against that (a matrix), and how much longer it
    is. Empty for an armature of an older Maquette."""
    made = dict(armature.get(MADE_AT, {}))
    moved = {}
    for name, values in made.items():
        bone = armature.bones.get(name)
        if bone is None:
            continue
        before = Matrix([list(values[row * 4 : row * 4 + 4]) for row in range(4)])
        size, now = max(values[16], SHORTEST), bone.matrix_local
        off = [abs(a - b) for a, b in zip(_rows(before), _rows(now), strict=True)]
        turned = max(off[row * 4 + column] for row in range(3) for column in range(3))
        shifted = max(off[row * 4 + 3] for row in range(3)) / size
        if max(turned, shifted, abs(bone.length / size - 1)) > HAND_TOLERANCE:
            moved[name] = (before.inverted_safe() @ now, bone.length / size)
    return moved


def _remember(armature: Any, names: Sequence[str], by_hand: Mapping[str, Sequence[float]]) -> None:
    """Note where the bones were made: where they are now, but for those that the designer moved."""
    found = {name: armature.bones.get(name) for name in names}
    made = {name: [*_rows(bone.matrix_local), bone.length] for name, bone in found.items() if bone is not None}
    armature[MADE_AT] = {**made, **by_hand}


def _rows(matrix: Any) -> list[float]:
    return [float(value) for row in matrix for value in row]


def bone_names(armature: Any, rig: Rig) -> list[str]:
    """The bone of every joint: Blender shortens long names and numbers those alike."""
    known: list[str] = json.loads(armature.get(BONES, "[]"))
    return known if len(known) == len(rig.joints) else list(rig.joints)


def fits(armature: Any, rig: Rig) -> bool:
    """Whether the armature was made from a rig of these joints."""
    return bool(armature.get(RIG) == _hierarchy(rig))


def _hierarchy(rig: Rig) -> str:
    text = json.dumps([list(rig.joints), np.asarray(rig.parents).tolist()])
    return hashlib.sha256(text.encode()).hexdigest()


def bone_lengths(rig: Rig) -> np.ndarray:
    """(J,) metres: as far as the children that lie in the bone's own direction, else a quarter of the way to
    the children on the whole, as the root on the ground below the hips; a bone without any is half as long as its
    parent."""
    places = np.asarray(rig.rest_pose, np.float64)[:, :3, 3]
    axes = np.asarray(rig.rest_pose, np.float64)[:, :3, 1]
    lengths = np.zeros(len(rig.joints))
    for joint in range(len(rig.joints)):
        offsets = places[np.asarray(rig.parents) == joint] - places[joint]
        distances = np.linalg.norm(offsets, axis=1)
        along = offsets @ axes[joint]
        ahead = along > ALONG * distances
        if (distances > 0).any():
            lengths[joint] = along[ahead].max() if ahead.any() else distances.mean() / 4
        elif rig.parents[joint] >= 0:
            lengths[joint] = lengths[rig.parents[joint]] / 2
    height = float(np.ptp(places[:, 2])) if len(places) > 1 else 1.0
    lengths[lengths <= 0] = max(height, SHORTEST) / 10
    result: np.ndarray = np.maximum(lengths, SHORTEST)
    return result


def _placed(rest: Sequence[Sequence[float]], per_metre: float) -> Any:
    matrix = np.array(rest, np.float64)
    matrix[:3, 3] *= per_metre
    return Matrix(matrix.tolist())


@contextlib.contextmanager
def _editing(armature: Any) -> Iterator[None]:
    """The armature's edit bones, whatever mode and objects the window shows."""
    windows: Any = bpy.context.window_manager.windows  # type: ignore[union-attr]
    window = next(iter(windows), None)
    lent = bpy.context.temp_override(window=window) if window is not None else contextlib.nullcontext()
    with lent:
        scene: Any = bpy.context.scene
        layer: Any = bpy.context.view_layer
        before = layer.objects.active
        item = bpy.data.objects.new(armature.name, armature)
        scene.collection.objects.link(item)
        try:
            layer.objects.active = item
            bpy.ops.object.mode_set(mode="EDIT")
            yield
        finally:
            if item.mode == "EDIT":
                bpy.ops.object.mode_set(mode="OBJECT")
            layer.objects.active = before
            bpy.data.objects.remove(item)
