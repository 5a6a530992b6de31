# SPDX-License-Identifier: GPL-3.0-or-later
"""What the template is laid along: the mean body's surface, its joints, and which part of the surface is whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .target import Target

FINGERS = ("index", "middle", "ring", "pinky")
TORSO = ("pelvis", "spine_01", "spine_02", "spine_03", "clavicle_l", "clavicle_r", "Root")


@dataclass(frozen=True)
class Guide:
    """The target surface with named places: `joints` and `tails` of the rig, `landmarks`, and `features`: where the
    named local targets move the surface most. `moved` (T, ) masks of the triangles that a local target moves."""

    target: Target
    joint_names: tuple[str, ...]
    joints: dict[str, np.ndarray]
    tails: dict[str, np.ndarray]
    landmarks: dict[str, np.ndarray]
    features: dict[str, np.ndarray]
    moved: dict[str, np.ndarray]

    def of(self, *starts: str) -> np.ndarray:
        """Mask (T,) of the triangles whose strongest joint's name starts with one of these."""
        wanted = np.array([name.startswith(starts) for name in self.joint_names])
        mask: np.ndarray = wanted[self.target.joint_of_triangle]
        return mask

    def region(self, name: str) -> np.ndarray:
        """Mask (T,) of the triangles that a vertex of this region may lie on."""
        if name == "left_thumb":
            return self.of("thumb", "hand_l")
        if name.removeprefix("left_") in FINGERS:
            return self.of(f"{name.removeprefix('left_')}_", "hand_l")
        if name == "left_hand":
            return self.of("hand_l", "lowerarm_l", "thumb_01_l", *(f"{finger}_01_l" for finger in FINGERS))
        if name == "left_arm":
            return self.of("upperarm_l", "lowerarm_l", "hand_l", "clavicle_l", "spine_03")
        if name in ("left_leg", "left_foot"):
            return self.of("thigh_l", "calf_l", "foot_l", "ball_l", "pelvis")
        if name == "head":
            return self.of("head", "neck") & ~self.moved["ear"]
        if name == "left_ear":
            return self.moved["ear"]
        return ~self.of("lowerarm", "hand", "calf", *FINGERS, "thumb", "foot", "ball")


def unit(vector: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) of length 1."""
    length: np.ndarray = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(length, 1e-12))


def across(vector: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """The part of a vector at right angles to a unit axis, of length 1."""
    return unit(vector - axis * (vector @ axis))


def fan(start: np.ndarray, quarter: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Directions (N, 3) at angles (rad) from `start` towards `quarter`."""
    return np.asarray(np.cos(angles)[:, None] * start + np.sin(angles)[:, None] * quarter)
