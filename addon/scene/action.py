# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips as actions, in Blender before and after its layered actions (4.4; curves outside layers are gone in 5.0)."""

from __future__ import annotations

import hashlib
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.asset import Clip, Rig

# on an action: the clip's name, and the hash of its curves as they were made
CLIP, MADE_CURVES = "maquette_clip", "maquette_curves"
_VERSION = "2:"
_CHANNELS = (("rotation_quaternion", 4), ("location", 3), ("scale", 3))
LINEAR = 1
# movements smaller than this (radians, metres) are the rest pose
STILL = 1e-5


def new_action(name: str, clip: Clip, rig: Rig, bones: list[str], per_metre: float, frames_per_s: float) -> Any:
    """A new action with linear keys at the clip's times, kept by a fake user; `bones` by joint."""
    action: Any = bpy.data.actions.new(name)
    action.use_fake_user = True
    curves = _new_curves(action)
    frames = np.asarray(clip.times_s, np.float32) * frames_per_s
    for joint, values in enumerate(_basis(clip, rig, per_metre)):
        group = None
        for (channel, count), samples in zip(_CHANNELS, values, strict=True):
            if _is_rest(channel, samples):
                continue
            for index in range(count):
                curve = curves.new(f'pose.bones["{bpy.utils.escape_identifier(bones[joint])}"].{channel}', index=index)
                _set_keys(curve, frames, samples[:, index])
                group = group or _group(action, bones[joint])
                curve.group = group
    action[CLIP] = clip.name
    action[MADE_CURVES] = curves_hash(action)
    return action


def use_action(armature: Any, action: Any) -> None:
    """Play an action on an armature object."""
    data = armature.animation_data or armature.animation_data_create()
    data.action = action
    if hasattr(action, "slots") and action is not None and len(action.slots):
        data.action_slot = action.slots[0]


def curves_of(action: Any) -> list[Any]:
    """An action's curves, however this Blender keeps them."""
    if not hasattr(action, "layers"):
        return list(action.fcurves)
    strips = (strip for layer in action.layers for strip in layer.strips)
    return [curve for strip in strips for bag in strip.channelbags for curve in bag.fcurves]


def changed_by_hand(action: Any) -> bool:
    """Whether the action's keys are not those that it was made with."""
    made = str(action.get(MADE_CURVES, ""))
    # an older Maquette looked at the keys alone, not at the curves between them
    return made != (curves_hash(action) if made.startswith(_VERSION) else _keys_hash(action))


def curves_hash(action: Any) -> str:
    """Hash of every curve's path, keys, handles and modifiers."""
    digest = hashlib.sha256()
    for curve in curves_of(action):
        points = curve.keyframe_points
        digest.update(f"{curve.data_path}[{curve.array_index}] {len(curve.modifiers)} {curve.mute}".encode())
        for name, size in (("co", 2), ("handle_left", 2), ("handle_right", 2)):
            values = np.empty(len(points) * size, np.float32)
            points.foreach_get(name, values)
            digest.update(values.tobytes())
        kinds = np.empty(len(points), np.int32)
        points.foreach_get("interpolation", kinds)
        digest.update(kinds.tobytes())
    return _VERSION + digest.hexdigest()


def _keys_hash(action: Any) -> str:
    digest = hashlib.sha256()
    for curve in curves_of(action):
        keys = np.empty(len(curve.keyframe_points) * 2, np.float32)
        curve.keyframe_points.foreach_get("co", keys)
        digest.update(f"{curve.data_path}[{curve.array_index}]".encode() + keys.tobytes())
    return digest.hexdigest()


def _new_curves(action: Any) -> Any:
    if not hasattr(action, "layers"):
        return action.fcurves
    slot = action.slots.new(id_type="OBJECT", name="Armature")
    strip = action.layers.new("Layer").strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True).fcurves


def _group(action: Any, name: str) -> Any:
    if not hasattr(action, "layers"):
        return action.groups.new(name)
    return action.layers[0].strips[0].channelbags[0].groups.new(name)


def _set_keys(curve: Any, frames: np.ndarray, values: np.ndarray) -> None:
    if np.ptp(values) < STILL:
        frames, values = frames[:1], values[:1]
    points = curve.keyframe_points
    points.add(len(frames))
    points.foreach_set("co", np.stack([frames, values], axis=1).astype(np.float32).ravel())
    points.foreach_set("interpolation", np.full(len(frames), LINEAR, np.int32))
    curve.update()


def _is_rest(channel: str, samples: np.ndarray) -> bool:
    """Whether a bone's channel moves nothing; turning is always written, so that no other clip's pose stays behind."""
    still = {"location": 0.0, "scale": 1.0}
    return channel in still and bool(np.abs(samples - still[channel]).max(initial=0.0) < STILL)


def _basis(clip: Clip, rig: Rig, per_metre: float) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By joint (rotations (T, 4), places (T, 3), scales (T, 3)) as Blender's pose bones take them: against the rest.

    With the rest R0, t0 and the pose R, t, S of a joint, both against its parent, the bone's own pose is
    R0' R, R0' (t - t0), S.
    """
    rest = np.asarray(rig.rest_pose, np.float64)
    result = []
    for joint, parent in enumerate(rig.parents):
        local = rest[joint] if parent < 0 else np.linalg.inv(rest[parent]) @ rest[joint]
        turn, place = local[:3, :3], local[:3, 3]
        moved = (np.asarray(clip.translations[:, joint], np.float64) - place) @ turn * per_metre
        turned = _product(
            _conjugate(np.array(Matrix(turn.tolist()).to_quaternion())),
            np.asarray(clip.rotations[:, joint], np.float64),
        )
        result.append((_continuous(turned), moved, np.asarray(clip.scales[:, joint], np.float64)))
    return result


def _conjugate(q: np.ndarray) -> np.ndarray:
    result: np.ndarray = q * np.array([1.0, -1.0, -1.0, -1.0])
    return result


def _product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Hamilton products of quaternions (..., 4)."""
    a, b = first[..., :1], second[..., :1]
    u, v = np.broadcast_arrays(first[..., 1:], second[..., 1:])
    real = a * b - (u * v).sum(axis=-1, keepdims=True)
    result: np.ndarray = np.concatenate([real, a * v + b * u + np.cross(u, v)], axis=-1)
    return result


def _continuous(turns: np.ndarray) -> np.ndarray:
    """The same turns without jumps of sign, which linear keys would turn the long way round."""
    flips = np.where((turns[1:] * turns[:-1]).sum(axis=1) < 0, -1.0, 1.0)
    signs = np.concatenate([[1.0 if turns[0, 0] >= 0 else -1.0], flips]) if len(turns) else np.zeros(0)
    result: np.ndarray = turns * np.cumprod(signs)[:, None]
    return result
