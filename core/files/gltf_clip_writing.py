# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips as glTF animations: Y up; what does not move over a clip has one key."""

from __future__ import annotations

import numpy as np

from ..asset import Asset, Clip
from .gltf_skeleton_writing import Joints
from .gltf_writing import Container

# a quarter turn about x, as w x y z: Z up to Y up
TURN = np.array([np.sqrt(0.5), -np.sqrt(0.5), 0.0, 0.0])
STILL = 1e-6


def add_clips(container: Container, asset: Asset, joints: Joints) -> None:
    """Add an animation for every clip."""
    assert asset.rig is not None
    roots = asset.rig.parents < 0
    scaled = np.zeros(len(roots), bool)
    for clip in asset.clips:
        scaled |= (np.abs(clip.scales - 1) > STILL).any(axis=(0, 2))
    for clip in asset.clips:
        _add_clip(container, clip, joints, roots, scaled)


def _add_clip(container: Container, clip: Clip, joints: Joints, roots: np.ndarray, scaled: np.ndarray) -> None:
    times = container.add_values(clip.times_s.astype("<f4")[:, None], bounds=True)
    first = container.add_values(clip.times_s[:1].astype("<f4")[:, None], bounds=True)
    animation: dict[str, list] = {"channels": [], "samplers": []}

    def add(joint: int, path: str, values: np.ndarray) -> None:
        # the first joint keeps all its keys: they tell how long the clip is
        still = (joint or path != "rotation") and bool((np.abs(values - values[:1]) <= STILL).all())
        output = container.add_values(values[:1] if still else values)
        animation["samplers"].append({"input": first if still else times, "output": output})
        target = {"node": joints.nodes[joint], "path": path}
        animation["channels"].append({"sampler": len(animation["samplers"]) - 1, "target": target})

    rotations, translations = _y_up(clip, roots)
    for joint in range(len(joints.nodes)):
        add(joint, "translation", translations[:, joint].astype("<f4"))
        add(joint, "rotation", rotations[:, joint][:, [1, 2, 3, 0]].astype("<f4"))
        if scaled[joint]:
            add(joint, "scale", clip.scales[:, joint].astype("<f4"))
    container.add("animations", {"name": clip.name, **animation})


def _y_up(clip: Clip, roots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rotations (T, J, 4) w x y z and translations (T, J, 3) with those of the roots turned to Y up."""
    rotations, translations = clip.rotations.astype(np.float64), clip.translations.astype(np.float64)
    w, x, y, z = np.moveaxis(rotations[:, roots], -1, 0)
    a, b = TURN[0], TURN[1]
    rotations[:, roots] = np.stack([a * w - b * x, a * x + b * w, a * y - b * z, a * z + b * y], axis=-1)
    translations[:, roots] = translations[:, roots][..., [0, 2, 1]] * (1, 1, -1)
    return rotations, translations
