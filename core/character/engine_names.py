# SPDX-License-Identifier: GPL-3.0-or-later
"""What game engines call the canonical joints, so that they know a humanoid without a word.

Unreal Engine's mannequin; Unity's `HumanBodyBones` and Godot's `SkeletonProfileHumanoid`, which share most names; VRM
1.0's humanoid bones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .skeleton import CANONICAL

_FINGER_BONES = ("Proximal", "Intermediate", "Distal")
_THUMB_BONES = ("Metacarpal", "Proximal", "Distal")
_UNREAL = {
    "hips": "pelvis",
    "spine": "spine_01",
    "chest": "spine_02",
    "neck": "neck_01",
    "head": "head",
    "shoulder": "clavicle",
    "upper_arm": "upperarm",
    "lower_arm": "lowerarm",
    "hand": "hand",
    "upper_leg": "thigh",
    "lower_leg": "calf",
    "foot": "foot",
    "toes": "ball",
    "little": "pinky",
}


def unreal(name: str) -> str:
    """ "left_upper_arm" as "upperarm_l", "left_index_1" as "index_01_l"."""
    side, part, number = _split(name)
    word = _UNREAL.get(part, part)
    return word + (f"_{number:02d}" if number else "") + (f"_{side[0]}" if side else "")


def godot(name: str) -> str:
    """ "left_upper_arm" as "LeftUpperArm", "left_index_1" as "LeftIndexProximal"."""
    side, part, number = _split(name)
    bones = _THUMB_BONES if part == "thumb" else _FINGER_BONES
    return side.capitalize() + _joined(part) + (bones[number - 1] if number else "")


def unity(name: str) -> str:
    """As Godot's, but for fingers: "left_index_1" as "Left Index Proximal"."""
    side, part, number = _split(name)
    return f"{side.capitalize()} {_joined(part)} {_FINGER_BONES[number - 1]}" if number else godot(name)


def vrm(name: str) -> str:
    """ "left_upper_arm" as "leftUpperArm"."""
    long = godot(name)
    return long[0].lower() + long[1:]


NAMINGS: Mapping[str, Callable[[str], str]] = {"unreal": unreal, "unity": unity, "godot": godot, "vrm": vrm}


def renaming(naming: str, mapped: Mapping[str, int], joints: Sequence[str], parents: Sequence[int]) -> dict[str, str]:
    """Each mapped joint's own name to the engine's; a name that another joint has already is not given.

    `mapped` is what `skeleton.map_joints` found; spines of three and more get the engine's names for each of them.
    """
    named = {joint: NAMINGS[naming](name) for name, joint in mapped.items() if name in CANONICAL}
    named |= _spine_names(naming, mapped, parents)
    others = {own for joint, own in enumerate(joints) if joint not in named}
    return {joints[joint]: name for joint, name in named.items() if name not in others}


def _spine_names(naming: str, mapped: Mapping[str, int], parents: Sequence[int]) -> dict[int, str]:
    """Names of the joints from the spine's first to the chest, where there are more than these two."""
    chain = [mapped.get("chest", -1)]
    while chain[-1] >= 0 and chain[-1] != mapped.get("spine"):
        chain.append(int(parents[chain[-1]]))
    if chain[-1] < 0 or len(chain) < 3:
        return {}
    chain.reverse()
    if naming == "unreal":
        return {joint: f"spine_{number:02d}" for number, joint in enumerate(chain, 1)}
    give = NAMINGS[naming]
    return {chain[0]: give("spine"), chain[1]: give("chest"), chain[-1]: give("upper_chest")}


def _split(name: str) -> tuple[str, str, int]:
    """("left" or "", the part, the finger's bone from 1 or 0)."""
    side, _, rest = name.partition("_")
    if side not in ("left", "right"):
        side, rest = "", name
    part, _, number = rest.rpartition("_")
    return (side, part, int(number)) if number.isdigit() else (side, rest, 0)


def _joined(part: str) -> str:
    return "".join(word.capitalize() for word in part.split("_"))
