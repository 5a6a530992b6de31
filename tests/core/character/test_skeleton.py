# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from maquette.core.character.skeleton import (
    CANONICAL,
    GENERIC,
    HUMANOID,
    QUADRUPED,
    is_humanoid,
    kind_of,
    map_joints,
    skeleton_family,
)
from maquette.core.files.gltf_read import read_character

# rigs as 'name<parent' words, roots without a parent
MIXAMO = """mixamorig:Hips mixamorig:Spine<mixamorig:Hips mixamorig:Spine1<mixamorig:Spine
mixamorig:Spine2<mixamorig:Spine1
mixamorig:Neck<mixamorig:Spine2 mixamorig:Head<mixamorig:Neck mixamorig:HeadTop_End<mixamorig:Head
mixamorig:LeftShoulder<mixamorig:Spine2 mixamorig:LeftArm<mixamorig:LeftShoulder
mixamorig:LeftForeArm<mixamorig:LeftArm
mixamorig:LeftHand<mixamorig:LeftForeArm mixamorig:LeftHandIndex1<mixamorig:LeftHand
mixamorig:LeftHandIndex2<mixamorig:LeftHandIndex1 mixamorig:LeftHandIndex3<mixamorig:LeftHandIndex2
mixamorig:LeftHandIndex4<mixamorig:LeftHandIndex3 mixamorig:LeftUpLeg<mixamorig:Hips
mixamorig:LeftLeg<mixamorig:LeftUpLeg mixamorig:LeftFoot<mixamorig:LeftLeg mixamorig:LeftToeBase<mixamorig:LeftFoot"""
RIGIFY = """DEF-spine DEF-pelvis.L<DEF-spine DEF-spine.001<DEF-spine DEF-spine.002<DEF-spine.001
DEF-spine.003<DEF-spine.002 DEF-spine.004<DEF-spine.003 DEF-spine.005<DEF-spine.004 DEF-spine.006<DEF-spine.005
DEF-shoulder.L<DEF-spine.003 DEF-upper_arm.L<DEF-shoulder.L DEF-upper_arm.L.001<DEF-upper_arm.L
DEF-forearm.L<DEF-upper_arm.L.001 DEF-forearm.L.001<DEF-forearm.L DEF-hand.L<DEF-forearm.L.001
DEF-palm.01.L<DEF-hand.L DEF-f_index.01.L<DEF-palm.01.L DEF-f_index.02.L<DEF-f_index.01.L
DEF-f_index.03.L<DEF-f_index.02.L DEF-thigh.L<DEF-spine DEF-thigh.L.001<DEF-thigh.L DEF-shin.L<DEF-thigh.L.001
DEF-shin.L.001<DEF-shin.L DEF-foot.L<DEF-shin.L.001 DEF-toe.L<DEF-foot.L"""
UNREAL = """root pelvis<root spine_01<pelvis spine_02<spine_01 spine_03<spine_02 neck_01<spine_03 head<neck_01
clavicle_l<spine_03 upperarm_l<clavicle_l upperarm_twist_01_l<upperarm_l lowerarm_l<upperarm_l
lowerarm_twist_01_l<lowerarm_l hand_l<lowerarm_l index_metacarpal_l<hand_l index_01_l<index_metacarpal_l
index_02_l<index_01_l index_03_l<index_02_l thigh_l<pelvis thigh_twist_01_l<thigh_l calf_l<thigh_l foot_l<calf_l
ball_l<foot_l ik_foot_root<root ik_foot_l<ik_foot_root ik_hand_root<root ik_hand_l<ik_hand_root"""
VRM = """Root J_Bip_C_Hips<Root J_Bip_C_Spine<J_Bip_C_Hips J_Bip_C_Chest<J_Bip_C_Spine
J_Bip_C_UpperChest<J_Bip_C_Chest J_Bip_C_Neck<J_Bip_C_UpperChest J_Bip_C_Head<J_Bip_C_Neck
J_Adj_L_FaceEye<J_Bip_C_Head J_Bip_L_Shoulder<J_Bip_C_UpperChest J_Bip_L_UpperArm<J_Bip_L_Shoulder
J_Bip_L_LowerArm<J_Bip_L_UpperArm J_Bip_L_Hand<J_Bip_L_LowerArm J_Bip_L_Index1<J_Bip_L_Hand
J_Bip_L_Index2<J_Bip_L_Index1 J_Bip_L_Index3<J_Bip_L_Index2 J_Bip_L_UpperLeg<J_Bip_C_Hips
J_Bip_L_LowerLeg<J_Bip_L_UpperLeg J_Bip_L_Foot<J_Bip_L_LowerLeg J_Bip_L_ToeBase<J_Bip_L_Foot"""
PLAIN_VRM = """hips spine<hips chest<spine upperChest<chest neck<upperChest head<neck leftShoulder<upperChest
leftUpperArm<leftShoulder leftLowerArm<leftUpperArm leftHand<leftLowerArm leftIndexProximal<leftHand
leftIndexIntermediate<leftIndexProximal leftIndexDistal<leftIndexIntermediate leftUpperLeg<hips
leftLowerLeg<leftUpperLeg leftFoot<leftLowerLeg leftToes<leftFoot"""
KAYKIT = """root hips<root spine<hips chest<spine head<chest upperarm.l<chest lowerarm.l<upperarm.l wrist.l<lowerarm.l
hand.l<wrist.l handslot.l<hand.l upperleg.l<hips lowerleg.l<upperleg.l foot.l<lowerleg.l toes.l<foot.l kneeIK.l<root
control-toe-roll.l<root IK-foot.l<root handIK.l<root"""
QUATERNIUS = """Root Body<Root Hips<Body Abdomen<Hips Torso<Abdomen Neck<Torso Head<Neck Shoulder.L<Torso
UpperArm.L<Shoulder.L LowerArm.L<UpperArm.L Palm.L<LowerArm.L Index1.L<Palm.L Index2.L<Index1.L Index3.L<Index2.L
UpperLeg.L<Body LowerLeg.L<UpperLeg.L Foot.L<Root PoleTarget.L<Root"""
BIPED = """Bip001 Bip001_Pelvis<Bip001 Bip001_Spine<Bip001_Pelvis Bip001_Spine1<Bip001_Spine
Bip001_Neck<Bip001_Spine1 Bip001_Head<Bip001_Neck Bip001_L_Clavicle<Bip001_Neck
Bip001_L_UpperArm<Bip001_L_Clavicle Bip001_L_Forearm<Bip001_L_UpperArm Bip001_L_Hand<Bip001_L_Forearm
Bip001_L_Thigh<Bip001_Pelvis Bip001_L_Calf<Bip001_L_Thigh Bip001_L_Foot<Bip001_L_Calf Bip001_L_Toe0<Bip001_L_Foot"""
CREATOR = """CC_Base_BoneRoot CC_Base_Hip<CC_Base_BoneRoot CC_Base_Pelvis<CC_Base_Hip CC_Base_Waist<CC_Base_Hip
CC_Base_Spine01<CC_Base_Waist CC_Base_Spine02<CC_Base_Spine01 CC_Base_NeckTwist01<CC_Base_Spine02
CC_Base_Head<CC_Base_NeckTwist01 CC_Base_L_Clavicle<CC_Base_Spine02 CC_Base_L_Upperarm<CC_Base_L_Clavicle
CC_Base_L_UpperarmTwist01<CC_Base_L_Upperarm CC_Base_L_Forearm<CC_Base_L_Upperarm CC_Base_L_Hand<CC_Base_L_Forearm
CC_Base_L_Thigh<CC_Base_Pelvis CC_Base_L_Calf<CC_Base_L_Thigh CC_Base_L_Foot<CC_Base_L_Calf
CC_Base_L_ToeBase<CC_Base_L_Foot CC_Base_L_ToeBaseShareBone<CC_Base_L_ToeBase"""
AUTO_RIG = """root.x spine_01.x<root.x spine_02.x<spine_01.x neck.x<spine_02.x head.x<neck.x shoulder.l<spine_02.x
arm_stretch.l<shoulder.l forearm_stretch.l<arm_stretch.l hand.l<forearm_stretch.l thigh_stretch.l<root.x
leg_stretch.l<thigh_stretch.l foot.l<leg_stretch.l toes_01.l<foot.l"""
JOINTED = """Pelvis Spine1<Pelvis Spine2<Spine1 Neck<Spine2 Head<Neck Left_Collar<Spine2 Left_Shoulder<Left_Collar
Left_Elbow<Left_Shoulder Left_Wrist<Left_Elbow Left_Hip<Pelvis Left_Knee<Left_Hip Left_Ankle<Left_Knee
Left_Toe<Left_Ankle"""
HORSE = """Body Torso<Body Neck1<Torso Head<Neck1 Ear1.L<Head FrontShoulder.L<Torso FrontUpperLeg.L<FrontShoulder.L
FrontLowerLeg.L<FrontUpperLeg.L BackLeg.L<Body BackUpperLeg.L<BackLeg.L BackLowerLeg.L<BackUpperLeg.L Tail1<Body
Tail2<Tail1"""
SPIDER = """Body FrontLeg.L<Body MidFrontLeg.L<Body MidBackLeg.L<Body BackLeg.L<Body Head<Body"""
AUTO_RIG_LIMBS = "shoulder arm_stretch forearm_stretch hand thigh_stretch leg_stretch foot toes_01"
Rig = tuple[list[str], np.ndarray, np.ndarray]


def rig(text: str) -> Rig:
    """(joints, parents, rest pose) of a rig of words; a left joint gets a twin on the right."""
    pairs = [(name, parent) for name, _, parent in (word.partition("<") for word in text.split())]
    twins = [(mirrored(name), mirrored(parent)) for name, parent in pairs if mirrored(name) != name]
    joints = [name for name, _ in pairs + twins]
    parents = np.array([joints.index(parent) if parent else -1 for _, parent in pairs + twins], np.int32)
    return joints, parents, np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))


def mirrored(name: str) -> str:
    for left, right in (("Left", "Right"), ("left", "right"), (".L", ".R"), (".l", ".r"), ("_L_", "_R_")):
        if left in name:
            return name.replace(left, right)
    return f"{name[:-2]}_r" if name.endswith("_l") else name


def core(text: str) -> dict[str, str]:
    joints, parents, rest = rig(text)
    return {name: joints[joint] for name, joint in map_joints(joints, parents, rest).items()}


@pytest.mark.parametrize(
    ("text", "trunk", "limbs"),
    [
        (MIXAMO, "Hips Spine Spine2 Neck Head", "Shoulder Arm ForeArm Hand UpLeg Leg Foot ToeBase"),
        (
            RIGIFY,
            "spine spine.001 spine.003 spine.004 spine.006",
            "shoulder upper_arm forearm hand thigh shin foot toe",
        ),
        (UNREAL, "pelvis spine_01 spine_03 neck_01 head", "clavicle upperarm lowerarm hand thigh calf foot ball"),
        (VRM, "Hips Spine UpperChest Neck Head", "Shoulder UpperArm LowerArm Hand UpperLeg LowerLeg Foot ToeBase"),
        (PLAIN_VRM, "hips spine upperChest neck head", "Shoulder UpperArm LowerArm Hand UpperLeg LowerLeg Foot Toes"),
        (KAYKIT, "hips spine chest - head", "- upperarm lowerarm hand upperleg lowerleg foot toes"),
        (QUATERNIUS, "Hips Abdomen Torso Neck Head", "Shoulder UpperArm LowerArm Palm UpperLeg LowerLeg Foot -"),
        (BIPED, "Pelvis Spine Spine1 Neck Head", "Clavicle UpperArm Forearm Hand Thigh Calf Foot Toe0"),
        (CREATOR, "Hip Waist Spine02 NeckTwist01 Head", "Clavicle Upperarm Forearm Hand Thigh Calf Foot ToeBase"),
        (AUTO_RIG, "root.x spine_01.x spine_02.x neck.x head.x", AUTO_RIG_LIMBS),
        (JOINTED, "Pelvis Spine1 Spine2 Neck Head", "Collar Shoulder Elbow Wrist Hip Knee Ankle Toe"),
    ],
    ids=[
        "mixamo",
        "rigify",
        "unreal",
        "vroid",
        "vrm",
        "kaykit",
        "quaternius",
        "biped",
        "creator",
        "auto-rig",
        "jointed",
    ],
)
def test_joints_of_known_rigs_are_named(text: str, trunk: str, limbs: str) -> None:
    expected = f"{trunk} {limbs}"
    mapped = core(text)
    parts = ("shoulder", "upper_arm", "lower_arm", "hand", "upper_leg", "lower_leg", "foot", "toes")
    names = [*("hips", "spine", "chest", "neck", "head"), *(f"left_{part}" for part in parts)]
    for name, joint in zip(names, expected.split(), strict=True):
        found = mapped.get(name, "-")
        assert (
            re.sub(r"^(mixamorig:|DEF-|J_Bip_|Bip001_|CC_Base_)?([LC]_|[Ll]eft_?)?|(\.[lL]|_l)$", "", found) == joint
        ), name
        if found != "-" and name.startswith("left"):
            assert mapped[name.replace("left", "right")] == mirrored(found)
    assert set(mapped) <= set(CANONICAL)
    joints, parents, rest = rig(text)
    assert kind_of(joints, parents, rest) == HUMANOID


@pytest.mark.parametrize("text", [MIXAMO, RIGIFY, UNREAL, VRM, PLAIN_VRM, QUATERNIUS])
def test_fingers_are_counted_from_the_hand(text: str) -> None:
    mapped = core(text)
    last = {1: ("1", "01", "Proximal"), 2: ("2", "02", "Intermediate"), 3: ("3", "03", "Distal")}
    for number, marks in last.items():
        assert any(mark in mapped[f"left_index_{number}"] for mark in marks)
    assert mapped["right_index_2"] == mirrored(mapped["left_index_2"])


def test_a_horse_is_no_humanoid_and_a_spider_no_quadruped() -> None:
    assert kind_of(*rig(HORSE)) == QUADRUPED
    assert kind_of(*rig(SPIDER)) == GENERIC
    assert not is_humanoid(map_joints(*rig(HORSE)))


def test_legs_without_names_are_known_by_where_they_stand() -> None:
    feet = [(x, y, 0.0) for y in (-1.0, 1.0) for x in (-0.3, 0.3)]
    knees = [(x, y, 0.5) for x, y, _ in feet]
    places = [(0, 0, 1.0), (0, -1.4, 1.4), *knees, *feet]
    parents = np.array([-1, 0, 0, 0, 0, 0, 2, 3, 4, 5])
    rest = np.tile(np.eye(4), (10, 1, 1))
    rest[:, :3, 3] = places
    names = [f"Bone.{number:03d}" for number in range(10)]
    assert kind_of(names, parents, rest) == QUADRUPED
    rest[6:, :2, 3] = [(-1.5, 0), (-0.5, 0), (0.5, 0), (1.5, 0)]  # all four in a row
    assert kind_of(names, parents, rest) == GENERIC


def test_a_family_shares_bones_and_not_their_number() -> None:
    def family(text: str) -> str:
        joints, parents, _ = rig(text)
        return skeleton_family(joints, parents)

    assert family(HORSE) == family(HORSE.replace("Ear1.L<Head", "").replace("Tail2<Tail1", ""))
    assert family(HORSE) != family(HORSE.replace("BackLeg", "HindLeg"))
    assert family(MIXAMO) == family(MIXAMO.replace("mixamorig:LeftHandIndex4<mixamorig:LeftHandIndex3", ""))
    assert len({family(text) for text in (MIXAMO, RIGIFY, UNREAL, VRM, KAYKIT, QUATERNIUS, HORSE, SPIDER)}) == 8
    chain = "Bone Bone.001<Bone Bone.002<Bone.001"
    assert family(chain) == family(chain) != family(chain + " Bone.003<Bone.002")


def test_a_rig_without_joints_or_sense_is_generic() -> None:
    empty = ([], np.zeros(0, np.int32), np.zeros((0, 4, 4), np.float32))
    assert map_joints(*empty) == {}
    assert kind_of(["", "!!!", "L"], np.array([-1, 0, 0]), np.tile(np.eye(4), (3, 1, 1))) == GENERIC


def test_every_character_of_the_data_pack_has_a_kind_and_a_family() -> None:
    folder = Path(os.environ.get("MAQUETTE_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
    if not (folder / "characters" / "index.json").is_file():
        pytest.skip(f"the data pack is not at {folder}")
    entries = json.loads((folder / "characters" / "index.json").read_text())
    first = {}
    for entry in entries:
        if entry["file"].endswith(".glb"):
            first.setdefault((entry["pack"], entry["category"], entry["joints"]), entry)
    kinds: Counter[tuple[str, str]] = Counter()
    for entry in first.values():
        rig = read_character(folder / "characters" / entry["file"], clips=False).rig
        assert rig is not None and skeleton_family(rig.joints, rig.parents)
        kinds[entry["category"], kind_of(rig.joints, rig.parents, rig.rest_pose)] += 1
    assert kinds["fish", GENERIC] == sum(count for (category, _), count in kinds.items() if category == "fish")
    assert kinds["quadruped", HUMANOID] == kinds["dinosaur", HUMANOID] == 0
    # all but one, a skeleton whose arms are called legs
    assert sum(count for (category, kind), count in kinds.items() if category == "humanoid" and kind != HUMANOID) == 1
