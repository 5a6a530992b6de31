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
    assert renaming("unreal", {"hips": 0, "left_upper_arm": 1}, joints) == {"UpperArm.L": "upperarm_l"}
