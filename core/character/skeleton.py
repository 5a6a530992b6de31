# SPDX-License-Identifier: GPL-3.0-or-later
"""Which joint of a rig is which: the canonical humanoid map, kinds of skeletons and families of them.

Names of Mixamo, Rigify, Unreal, MakeHuman, VRM, KayKit, Quaternius, 3ds Max and Character Creator rigs are known; what
names leave open is taken from the structure. Canonical names follow VRM's humanoid bones (VRM 1.0 specification), with
underscores.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from .four_legs import ancestors, names_four_legs, stands_on_four_legs
from .joint_names import LEFT, MIDDLE, RIGHT, JointName, parse

HUMANOID, QUADRUPED, GENERIC = "humanoid", "quadruped", "generic"
TRUNK = ("hips", "spine", "chest", "neck", "head")
LIMBS = ("shoulder", "upper_arm", "lower_arm", "hand", "upper_leg", "lower_leg", "foot", "toes")
FINGERS = ("thumb", "index", "middle", "ring", "little")
SIDES = (LEFT, RIGHT)
CANONICAL: tuple[str, ...] = (
    *TRUNK,
    *(f"{side}_{part}" for side in SIDES for part in LIMBS),
    *(f"{side}_{finger}_{number}" for side in SIDES for finger in FINGERS for number in (1, 2, 3)),
)
# stems by canonical name, best first
_STEMS: dict[str, tuple[str, ...]] = {
    "hips": ("hips", "hip", "pelvis", "body", "cog"),
    "neck": ("neck", "necktwist", "necklower"),
    "head": ("head",),
    "shoulder": ("shoulder", "clavicle", "collar", "collarbone", "clav"),
    "upper_arm": ("upperarm", "uparm", "arm", "bicep", "armupper", "shldr"),
    "lower_arm": ("lowerarm", "forearm", "lowarm", "armlower", "elbow", "downarm"),
    "hand": ("hand", "palm", "fist", "wrist"),
    "upper_leg": ("upperleg", "upleg", "thigh", "legupper", "hipleg"),
    "lower_leg": ("lowerleg", "lowleg", "calf", "shin", "knee", "leglower", "downleg", "leg"),
    "foot": ("foot", "feet", "ankle", "footback"),
    "toes": ("toes", "toe", "toebase", "ball"),
}
_SPINE = ("spine", "chest", "upperchest", "torso", "abdomen", "belly", "waist", "stomach", "back", "spineupper")
_FINGER_STEMS = {
    "thumb": ("thumb", "handthumb", "thumbfinger", "thumbproximal", "thumbintermediate", "thumbdistal"),
    "index": ("index", "handindex", "findex", "indexfinger", "point", "pointer", "pointfinger"),
    "middle": ("middle", "handmiddle", "fmiddle", "middlefinger", "mid"),
    "ring": ("ring", "handring", "fring", "ringfinger"),
    "little": ("pinky", "handpinky", "fpinky", "little", "pinkyfinger", "littlefinger"),
}
_PHALANGES = ("metacarpal", "proximal", "intermediate", "distal")
_NEEDED = ("upper_arm", "lower_arm", "upper_leg", "lower_leg")
# what one of a family may have and another not
_EXTRAS = ("ear", "tail", "horn", "mane", "hair", "eye", "eyebrow", "brow", "mouth", "jaw", "tongue", "nose", "beard")


def map_joints(joints: Sequence[str], parents: np.ndarray, rest_pose: np.ndarray) -> dict[str, int]:
    """Canonical name to joint index; what the rig lacks is absent.

    `parents` (J,), -1 for a root; `rest_pose` (J, 4, 4) joint to world. A rig that is no humanoid gets what it has.
    """
    names = [parse(joint) for joint in joints]
    found: dict[str, int] = {}
    for side in SIDES:
        for part in LIMBS:
            joint = _best(names, _STEMS[part], side)
            if joint >= 0 and joint not in found.values():
                found[f"{side}_{part}"] = joint
        found |= _completed(found, side, names, parents)
    for part in ("hips", "neck", "head"):
        joint = _best(names, _STEMS[part], MIDDLE)
        if joint >= 0:
            found[part] = joint
    found = _with_trunk(found, names, parents)
    for side in SIDES:
        found |= _fingers(names, parents, side)
    order = {name: number for number, name in enumerate(CANONICAL)}
    return dict(sorted(found.items(), key=lambda item: order[item[0]]))


def is_humanoid(mapped: dict[str, int]) -> bool:
    """Whether a map has head, hips, both arms and both legs, each with two bones."""
    return {"hips", "head", *(f"{side}_{part}" for side in SIDES for part in _NEEDED)} <= set(mapped)


def kind_of(joints: Sequence[str], parents: np.ndarray, rest_pose: np.ndarray) -> str:
    """HUMANOID, QUADRUPED (by names, else by four chains that reach the ground) or GENERIC."""
    names = [parse(joint) for joint in joints]
    if names_four_legs(names):
        return QUADRUPED
    if is_humanoid(map_joints(joints, parents, rest_pose)):
        return HUMANOID
    return QUADRUPED if stands_on_four_legs(names, parents, rest_pose) else GENERIC


def skeleton_family(joints: Sequence[str], parents: np.ndarray) -> str:
    """A key that characters whose rigs share their bones have in common.

    Of humanoids it is made from the names of the trunk and limbs, of others from all names without numbers, ears,
    tails and the like, and of rigs whose bones have no telling names from the structure.
    """
    names = [parse(joint) for joint in joints]
    mapped = map_joints(joints, parents, np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1)))
    if is_humanoid(mapped) and not names_four_legs(names):
        body = [f"{side}_{part}" for side in SIDES for part in LIMBS[1:7]]
        words = sorted(f"{name} {joints[mapped[name]]}" for name in ("hips", "head", *body) if name in mapped)
        return f"{HUMANOID}-{_digest(words)}"
    told = {f"{name.side} {name.stem}" for name in names if not name.control and not name.stem.endswith(_EXTRAS)}
    stems = {entry.partition(" ")[2] for entry in told} - {"bone", ""}
    if len(stems) < 2:
        told = {f"{name.side} {name.stem} {parents[index]}" for index, name in enumerate(names)} | {str(len(names))}
    return f"rig-{_digest(sorted(told))}"


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]


def _best(names: Sequence[JointName], stems: Sequence[str], side: str) -> int:
    """The joint of a side whose stem comes first in `stems`, -1 for none; of equals a deforming, unnumbered one."""
    best, place = (len(stems), True, 10**6, 10**6), -1
    for joint, name in enumerate(names):
        if name.side == side and name.stem in stems and not name.control:
            rank = (stems.index(name.stem), name.raw, max(name.number, 0), joint)
            if rank < best:
                best, place = rank, joint
    return place


def _completed(found: dict[str, int], side: str, names: Sequence[JointName], parents: np.ndarray) -> dict[str, int]:
    """What a limb lacks by name, from its neighbours: some rigs name joints (knee), the first ones hip and shoulder.

    The joint above a lower limb is the upper one, the only joint below a lower arm the hand.
    """
    more: dict[str, int] = {}
    for limb, first in (("arm", "shoulder"), ("leg", "")):
        upper, lower = f"{side}_upper_{limb}", found.get(f"{side}_lower_{limb}", -1)
        above = int(parents[lower]) if lower >= 0 else -1
        if upper not in found and above >= 0 and names[above].side == side and not names[above].control:
            more[upper] = above
            if first and found.get(f"{side}_{first}") == above:
                clavicle = _best(names, _STEMS[first][1:], side)
                more |= {f"{side}_{first}": clavicle} if clavicle >= 0 else {}
    below = [joint for joint, parent in enumerate(parents) if parent == found.get(f"{side}_lower_arm", -2)]
    body = [joint for joint in below if names[joint].side == side and not names[joint].control]
    if f"{side}_hand" not in found and len(body) == 1:
        more[f"{side}_hand"] = body[0]
    return more


def _with_trunk(found: dict[str, int], names: Sequence[JointName], parents: np.ndarray) -> dict[str, int]:
    """The map with hips, spine, chest, neck and head taken from the chain between the legs and the head."""
    found = dict(found)
    if "head" not in found:
        spine = [
            joint for joint, name in enumerate(names) if name.stem == "spine" and not name.control and not name.raw
        ]
        spine = spine or [joint for joint, name in enumerate(names) if name.stem == "spine" and not name.control]
        # Rigify counts the spine up to the head
        if len(spine) >= 6:
            found["hips"] = found.get("hips", spine[0])
            found["head"] = spine[-1]
            found.setdefault("neck", spine[-3 if len(spine) >= 7 else -2])
    legs = [found[f"{side}_upper_leg"] for side in SIDES if f"{side}_upper_leg" in found]
    if "hips" not in found and len(legs) == 2:
        shared = [joint for joint in ancestors(legs[0], parents)[1:] if joint in ancestors(legs[1], parents)]
        if shared:
            found["hips"] = shared[0]
    if "head" not in found or "hips" not in found:
        return found
    return found | _spine_between(found, names, parents)


def _spine_between(found: dict[str, int], names: Sequence[JointName], parents: np.ndarray) -> dict[str, int]:
    """Spine and chest: the first joint above the hips and the last below the neck, where the arms hang."""
    chain = ancestors(found["head"], parents)[1:][::-1]
    if found["hips"] in chain:
        chain = chain[chain.index(found["hips"]) + 1 :]
    else:
        chain = [joint for joint in chain if names[joint].stem in _SPINE]
    if "neck" in found and found["neck"] in chain:
        chain = chain[: chain.index(found["neck"])]
    chain = [joint for joint in chain if names[joint].side == MIDDLE and not names[joint].control]
    if not chain:
        return {}
    return {"chest": chain[-1]} | ({"spine": chain[0]} if len(chain) > 1 else {})


def _fingers(names: Sequence[JointName], parents: np.ndarray, side: str) -> dict[str, int]:
    """The first three joints of each finger, from the hand outwards."""
    found: dict[str, int] = {}
    for finger, stems in _FINGER_STEMS.items():
        chain = [
            joint
            for joint, name in enumerate(names)
            if name.side == side and not name.control and not name.raw and _is_finger(name.stem, stems)
        ]
        chain.sort(key=lambda joint: (len(ancestors(joint, parents)), joint))
        found |= {f"{side}_{finger}_{number + 1}": joint for number, joint in enumerate(chain[:3])}
    return found


def _is_finger(stem: str, stems: Sequence[str]) -> bool:
    for phalanx in _PHALANGES[1:]:
        stem = stem.removesuffix(phalanx)
    return stem in stems
