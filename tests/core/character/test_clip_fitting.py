# SPDX-License-Identifier: GPL-3.0-or-later
"""Clips on changed bones: feet keep to the ground and to the legs."""

from __future__ import annotations

import math

import numpy as np
import torch
from synthetic_character import synthetic_character

from maquette.core.asset import Asset
from maquette.core.character.clip_fitting import world_poses
from maquette.core.character.decoding import decode
from maquette.core.character.rig_space import RigSpace
from maquette.core.character.shape_code import CodeParts


def longer_legs(space: RigSpace, times: float) -> torch.Tensor:
    difference = space.code.zero()
    for side in ("left", "right"):
        for part in ("upper_leg", "lower_leg"):
            CodeParts.of(difference).lengths[space.bones.index(f"{side}_{part}")] = math.log(times)
    return difference


def posed(asset: Asset, frame: int) -> np.ndarray:
    """All vertices in a frame of the first clip, by linear blend skinning."""
    assert asset.rig is not None
    poses = world_poses(asset.clips[0], asset.rig.parents)[frame]
    moves = poses @ np.linalg.inv(asset.rig.rest_pose.astype(np.float64))
    placed = []
    for mesh, skin in zip(asset.meshes, asset.rig.skins, strict=True):
        points = np.concatenate([mesh.positions, np.ones((len(mesh.positions), 1))], axis=1)
        placed.append(np.einsum("vk,vkxy,vy->vx", skin.weights, moves[skin.joint_indices], points)[:, :3])
    return np.concatenate(placed)


def test_feet_keep_to_the_ground_in_every_frame() -> None:
    space = RigSpace.of(synthetic_character())
    for times in (0.7, 1.4):
        made = decode(space, longer_legs(space, times))
        for frame in range(len(made.clips[0].times_s)):
            before, after = posed(space.asset, frame)[:, 2].min(), posed(made, frame)[:, 2].min()
            assert abs(after - before) < 0.01 * space.extent.height


def test_feet_that_hang_on_the_root_stay_at_the_end_of_the_legs() -> None:
    space = RigSpace.of(synthetic_character())
    made = decode(space, longer_legs(space, 1.4))
    assert made.rig is not None
    shin, foot = made.rig.joints.index("LowerLeg.L"), made.rig.joints.index("Foot.L")
    length = np.linalg.norm(made.rig.rest_pose[foot, :3, 3] - made.rig.rest_pose[shin, :3, 3])
    poses = world_poses(made.clips[0], made.rig.parents)
    apart = np.linalg.norm(poses[:, foot, :3, 3] - poses[:, shin, :3, 3], axis=1)
    assert np.allclose(apart, length, atol=1e-3)


def test_a_stride_grows_with_the_legs_and_turns_stay() -> None:
    space = RigSpace.of(synthetic_character())
    difference = space.code.zero()
    difference[0] = math.log(1.5)
    made = decode(space, difference)
    before, after = space.asset.clips[0], made.clips[0]
    assert np.array_equal(before.rotations, after.rotations)
    walked = [clip.translations[-1, 0, 1] - clip.translations[0, 0, 1] for clip in (before, after)]
    assert math.isclose(walked[1] / walked[0], 1.5, rel_tol=1e-3)
