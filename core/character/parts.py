# SPDX-License-Identifier: GPL-3.0-or-later
"""Which part of a character a vertex or a mesh is: by the bone that moves it most, and by the mesh's name.

Games cut characters into meshes by their own names ('Casual_Legs', 'Barbarian_Hat', '1H_Axe'); a name that tells wins,
for the rest the bones do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ..asset import Asset, Rig, Skin
from .joint_names import MIDDLE, parse
from .skeleton import map_joints

PARTS = ("head", "body", "arms", "legs", "feet", "hair", "hat", "prop")
HEAD, BODY, ARMS, LEGS, FEET, HAIR, HAT, PROP = range(len(PARTS))
MOST_OF_A_PART = 0.6
# what a mesh's name may say, by words; the first that is found wins
_WORDS: dict[int, frozenset[str]] = {
    HAIR: frozenset({"hair", "hairs", "beard", "moustache", "mustache", "ponytail", "bangs", "fringe"}),
    HAT: frozenset({"hat", "cap", "helmet", "helm", "hood", "crown", "headband", "mask", "visor"}),
    PROP: frozenset(
        {
            "axe",
            "sword",
            "shield",
            "mug",
            "bow",
            "crossbow",
            "arrow",
            "quiver",
            "staff",
            "wand",
            "knife",
            "dagger",
            "throwable",
            "pistol",
            "gun",
            "rifle",
            "weapon",
            "blaster",
            "spear",
            "mace",
            "hammer",
            "book",
            "spellbook",
            "backpack",
            "bag",
            "bottle",
            "torch",
            "lantern",
            "prop",
            "tool",
        }
    ),
    HEAD: frozenset({"head", "face", "eye", "eyes", "teeth", "tongue", "jaw", "neck"}),
    FEET: frozenset({"feet", "foot", "shoe", "shoes", "boot", "boots"}),
    LEGS: frozenset({"legs", "leg", "pants", "trousers", "skirt", "shorts"}),
    ARMS: frozenset({"arms", "arm", "hand", "hands", "glove", "gloves", "sleeve", "sleeves"}),
    BODY: frozenset({"body", "torso", "chest", "shirt", "jacket", "coat", "cape", "cloak", "vest", "dress", "top"}),
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# (what a joint's stem holds, part), for rigs that are no humanoids
_STEMS = (
    (HEAD, ("head", "ear", "jaw", "mouth", "eye", "nose", "tongue", "horn", "beak", "face")),
    (FEET, ("foot", "feet", "paw", "hoof", "toe")),
    (LEGS, ("leg", "thigh", "calf", "shin")),
    (ARMS, ("arm", "wing", "hand", "fin", "flipper")),
)
_LIMBS = {"shoulder": BODY, "upper_leg": LEGS, "lower_leg": LEGS, "foot": FEET, "toes": FEET}
_CARRYING = ("slot", "weapon", "gun", "prop", "socket")


def part_of_joints(rig: Rig) -> np.ndarray:
    """(J,) int8 into PARTS: what each joint moves; joints that name no part of the body are like their parent."""
    own = _own_parts(rig)
    parts = np.full(len(rig.joints), BODY, np.int8)
    for joint, parent in enumerate(rig.parents):
        parts[joint] = own.get(joint, parts[parent] if parent >= 0 else BODY)
    return parts


def part_of_vertices(asset: Asset) -> list[np.ndarray]:
    """(V,) int8 into PARTS for each mesh."""
    if asset.rig is None:
        return [np.full(len(mesh.positions), BODY, np.int8) for mesh in asset.meshes]
    of_joints = part_of_joints(asset.rig)
    skins = {skin.mesh: skin for skin in asset.rig.skins}
    result = []
    for mesh in asset.meshes:
        skin = skins.get(mesh.name)
        parts = np.full(len(mesh.positions), BODY, np.int8) if skin is None else of_joints[_strongest(skin)]
        told = _told(mesh.name)
        if told in (HAIR, HAT, PROP) or (told == HEAD and skin is not None and _is_rigid(skin)):
            parts = np.full(len(mesh.positions), told, np.int8)
        elif skin is not None and _is_held(skin, asset.rig, of_joints):
            parts = np.full(len(mesh.positions), PROP, np.int8)
        result.append(parts)
    return result


def part_of_mesh(asset: Asset) -> list[str]:
    """The part that each mesh is: what its name tells, else what most of its vertices are; several are a body."""
    result = []
    for mesh, parts in zip(asset.meshes, part_of_vertices(asset), strict=True):
        told = _told(mesh.name)
        count = np.bincount(parts, minlength=len(PARTS))
        most = int(count.argmax())
        if told is None and count[most] < MOST_OF_A_PART * len(parts):
            most = BODY
        result.append(PARTS[most if told is None or most == PROP else told])
    return result


def carried_vertices(asset: Asset) -> list[np.ndarray]:
    """(V,) bool for each mesh: what is carried rather than part of the body."""
    return [parts == PROP for parts in part_of_vertices(asset)]


def _own_parts(rig: Rig) -> dict[int, int]:
    """The joints whose part is known without their parent."""
    own: dict[int, int] = {}
    for joint, name in enumerate(map(parse, rig.joints)):
        told = [part for part, words in _STEMS if any(word in name.stem for word in words)]
        if any(word in name.stem for word in _CARRYING):
            own[joint] = PROP
        elif told and not name.control:
            own[joint] = told[0]
        elif name.side == MIDDLE and name.stem in ("neck", "torso", "chest", "spine", "hips"):
            own[joint] = BODY
    mapped = map_joints(rig.joints, rig.parents, rig.rest_pose)
    for canonical, joint in mapped.items():
        side, _, part = canonical.partition("_")
        if side not in ("left", "right"):
            own[joint] = HEAD if canonical == "head" else BODY
        else:
            own[joint] = {"shoulder": BODY, "upper_leg": LEGS, "lower_leg": LEGS, "foot": FEET, "toes": FEET}.get(
                part, ARMS
            )
    return own


def _told(name: str) -> int | None:
    """The part that a mesh's name tells, None where it tells none."""
    words = {word.lower() for word in _WORD.findall(name)}
    return next((part for part, known in _WORDS.items() if words & known), None)


def _strongest(skin: Skin) -> np.ndarray:
    """(V,) the joint that moves each vertex most."""
    best = skin.weights.argmax(axis=1)
    joints: np.ndarray = np.take_along_axis(skin.joint_indices, best[:, None], axis=1)[:, 0]
    return joints


def _is_rigid(skin: Skin) -> bool:
    """Whether one joint alone moves the whole mesh."""
    strongest = _strongest(skin)
    return (
        bool(len(strongest))
        and bool((strongest == strongest[0]).all())
        and bool((skin.weights.max(axis=1) > 0.99).all())
    )


def _is_held(skin: Skin, rig: Rig, of_joints: np.ndarray) -> bool:
    """Whether a mesh hangs on a slot or, rigidly, on a hand."""
    strongest = _strongest(skin)
    if not len(strongest) or not _is_rigid(skin):
        return False
    joint = int(strongest[0])
    name = parse(rig.joints[joint])
    return bool(of_joints[joint] == PROP) or any(word in name.stem for word in ("hand", "fist", "palm"))


def parts_present(parts: Sequence[np.ndarray]) -> tuple[str, ...]:
    """The names of the parts that a character has, of `part_of_vertices`."""
    found = np.unique(np.concatenate([np.zeros(0, np.int8), *parts]))
    return tuple(PARTS[part] for part in found)
