# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig as an armature whose bones stand exactly as its joints do, and the same armature brought to another rest pose.

Bones can be changed in Edit Mode alone. That is entered through an object of its own, put into the scene for a moment:
what the designer has selected, hidden or posed stays as it is, and poses find their bones again by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.asset import Rig
from ...core.errors import InputError

# on an armature's data: the bones' names by joint, and the hash of the rig's joints
BONES, RIG = "maquette_bones", "maquette_rig"
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
    return armature


def move_bones(armature: Any, rig: Rig, per_metre: float) -> list[str]:
    """Bring the bones to another rest pose; sentences about those that are not there any more."""
    if armature.is_editmode:
        raise InputError(f"'{armature.name}' is open in Edit Mode. Leave Edit Mode first.")
    lengths = bone_lengths(rig) * per_metre
    missing = []
    with _editing(armature):
        for name, rest, length in zip(bone_names(armature, rig), rig.rest_pose, lengths, strict=True):
            bone = armature.edit_bones.get(name)
            if bone is None:
                missing.append(name)
                continue
            bone.tail = bone.head + (bone.tail - bone.head).normalized() * float(length)
            bone.matrix = _placed(rest, per_metre)
    if not missing:
        return []
    return [f"Bones of '{armature.name}' were renamed or deleted and are left alone: {', '.join(missing[:5])}."]


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
    """(J,) metres: as far as the children that lie in the bone's own direction, else as far as the children on the
    whole; a bone without any is half as long as its parent."""
    places = np.asarray(rig.rest_pose, np.float64)[:, :3, 3]
    axes = np.asarray(rig.rest_pose, np.float64)[:, :3, 1]
    lengths = np.zeros(len(rig.joints))
    for joint in range(len(rig.joints)):
        offsets = places[np.asarray(rig.parents) == joint] - places[joint]
        distances = np.linalg.norm(offsets, axis=1)
        along = offsets @ axes[joint]
        ahead = along > ALONG * distances
        if (distances > 0).any():
            lengths[joint] = along[ahead].max() if ahead.any() else distances.mean()
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
