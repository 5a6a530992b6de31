# SPDX-License-Identifier: GPL-3.0-or-later
"""What game engines call the canonical joints, so that they know a humanoid without a word.

Unreal Engine's mannequin; Unity's `HumanBodyBones` and Godot's `SkeletonProfileHumanoid`, which share most names; VRM
1.0's humanoid bones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

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


def renaming(naming: str, mapped: Mapping[str, int], joints: tuple[str, ...] | list[str]) -> dict[str, str]:
    """Each mapped joint's own name to the engine's; a joint that already has a name that is given keeps it unmapped.

    `mapped` is what `skeleton.map_joints` found.
    """
    wanted = {joints[joint]: NAMINGS[naming](name) for name, joint in mapped.items() if name in CANONICAL}
    others = set(joints) - set(wanted)
    return {own: name for own, name in wanted.items() if name not in others}


def _split(name: str) -> tuple[str, str, int]:
    """("left" or "", the part, the finger's bone from 1 or 0)."""
    side, _, rest = name.partition("_")
    if side not in ("left", "right"):
        side, rest = "", name
    part, _, number = rest.rpartition("_")
    return (side, part, int(number)) if number.isdigit() else (side, rest, 0)


def _joined(part: str) -> str:
    return "".join(word.capitalize() for word in part.split("_"))
