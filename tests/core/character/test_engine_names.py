# SPDX-License-Identifier: GPL-3.0-or-later
"""What engines call the canonical joints."""

from __future__ import annotations

import pytest

from maquette.core.character.engine_names import NAMINGS, godot, renaming, unity, unreal, vrm
from maquette.core.character.skeleton import CANONICAL


@pytest.mark.parametrize(
    ("name", "in_unreal", "in_unity", "in_godot", "in_vrm"),
    [
        ("hips", "pelvis", "Hips", "Hips", "hips"),
        ("chest", "spine_02", "Chest", "Chest", "chest"),
        ("left_upper_arm", "upperarm_l", "LeftUpperArm", "LeftUpperArm", "leftUpperArm"),
        ("right_lower_leg", "calf_r", "RightLowerLeg", "RightLowerLeg", "rightLowerLeg"),
        ("left_toes", "ball_l", "LeftToes", "LeftToes", "leftToes"),
        ("left_index_1", "index_01_l", "Left Index Proximal", "LeftIndexProximal", "leftIndexProximal"),
        ("right_little_3", "pinky_03_r", "Right Little Distal", "RightLittleDistal", "rightLittleDistal"),
        ("left_thumb_1", "thumb_01_l", "Left Thumb Proximal", "LeftThumbMetacarpal", "leftThumbMetacarpal"),
    ],
)
def test_names(name: str, in_unreal: str, in_unity: str, in_godot: str, in_vrm: str) -> None:
    assert (unreal(name), unity(name), godot(name), vrm(name)) == (in_unreal, in_unity, in_godot, in_vrm)


@pytest.mark.parametrize("naming", NAMINGS)
def test_no_two_joints_have_one_name(naming: str) -> None:
    assert len({NAMINGS[naming](name) for name in CANONICAL}) == len(CANONICAL)


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    joints = ("Bip Pelvis", "UpperArm.L", "pelvis")
    assert renaming("unreal", {"hips": 0, "left_upper_arm": 1}, joints, [-1, 0, 0]) == {"UpperArm.L": "upperarm_l"}


def test_a_spine_of_three_is_named_whole() -> None:
    joints, parents = ("Hips", "Spine", "Spine1", "Spine2", "Neck"), [-1, 0, 1, 2, 3]
    mapped = {"hips": 0, "spine": 1, "chest": 3, "neck": 4}
    unreal_names, godot_names = (renaming(naming, mapped, joints, parents) for naming in ("unreal", "godot"))
    assert list(unreal_names.values()) == ["pelvis", "spine_01", "spine_03", "neck_01", "spine_02"]
    assert godot_names == {"Hips": "Hips", "Spine": "Spine", "Spine1": "Chest", "Spine2": "UpperChest", "Neck": "Neck"}
