# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones that a shape code speaks of, found in a character's rig.

Humanoids have the same seventeen whatever their rig calls them; shoulders count as chest, toes as foot, fingers and
what is held as hand. Anything else has its own joints that move skin, so that codes are shared within its skeleton
family. Shape letters: J joints of the rig, B bones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

HUMANOID = "humanoid"
# bone: (parent, the bone that begins where it ends)
_ARM = {"upper_arm": ("chest", "lower_arm"), "lower_arm": ("upper_arm", "hand"), "hand": ("lower_arm", "")}
_LEG = {"upper_leg": ("hips", "lower_leg"), "lower_leg": ("upper_leg", "foot"), "foot": ("lower_leg", "")}
_TRUNK = {
    "hips": ("", "spine"),
    "spine": ("hips", "chest"),
    "chest": ("spine", "neck"),
    "neck": ("chest", "head"),
    "head": ("neck", ""),
}


def _sided(side: str, limb: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    def name(part: str) -> str:
        return part if part in ("", *_TRUNK) else f"{side}_{part}"

    return {name(part): (name(parent), name(end)) for part, (parent, end) in limb.items()}


HUMANOID_TREE: dict[str, tuple[str, str]] = {
    **_TRUNK,
    **_sided("left", _ARM),
    **_sided("right", _ARM),
    **_sided("left", _LEG),
    **_sided("right", _LEG),
}
HUMANOID_BONES = tuple(HUMANOID_TREE)
SIDES = ("left", "right")
UP, FRONT = np.array([0.0, 0.0, 1.0]), np.array([0.0, -1.0, 0.0])


@dataclass(frozen=True)
class Bones:
    """The B bones of one character.

    `space` as in `ShapeCode`; `names`; `parents` (B,) int, -1 for the first; `ends` (B,) int the bone that begins
    where this one ends, -1 for a tip; `heads` (B, 3) where each begins, metres; `directions` (B, 3) unit vectors, of
    tips too; `bone_of_joint` (J,) int, -1 for joints that only stand on the ground (a root, IK targets); `joints` (B,)
    int the joint of each bone, -1 where the rig has none; `front` (3,) where the character looks. float64.
    """

    space: str
    names: tuple[str, ...]
    parents: np.ndarray
    ends: np.ndarray
    heads: np.ndarray
    directions: np.ndarray
    bone_of_joint: np.ndarray
    joints: np.ndarray
    front: np.ndarray = field(default_factory=lambda: FRONT)

    @property
    def is_humanoid(self) -> bool:
        """Whether the bones are the canonical ones."""
        return self.space == HUMANOID

    def index(self, name: str) -> int:
        """The number of a bone, -1 where there is none of that name."""
        return self.names.index(name) if name in self.names else -1

    def frames(self) -> np.ndarray:
        """(B, 3, 3): rows are the direction around which sectors are counted from, the bone, and the third axis.

        Sectors start from the bone's right-hand side seen from the front, or from above where the bone points
        forwards: the world axis least along the bone decides, so the same in every pose that bones are compared in.
        """
        hints = np.where(np.abs(self.directions @ self.front)[:, None] < 0.75, self.front, UP)
        sides = np.cross(hints, self.directions)
        sides /= np.linalg.norm(sides, axis=1, keepdims=True)
        return np.stack([sides, self.directions, np.cross(self.directions, sides)], axis=1)


def humanoid_bones(
    mapped: Mapping[str, int], parents: np.ndarray, places: np.ndarray, skinned: np.ndarray, height: float
) -> Bones:
    """The canonical bones of a humanoid.

    `mapped` canonical joint name to joint; `parents` (J,); `places` (J, 3) joints at rest, metres; `skinned`
    (J,) whether a joint moves skin; joints that the rig lacks are put where they would be.
    """
    heads = _humanoid_heads(mapped, places, height)
    front = _front(heads)
    numbers = {name: number for number, name in enumerate(HUMANOID_BONES)}
    tree = [HUMANOID_TREE[name] for name in HUMANOID_BONES]
    bone_of_canonical = {name: numbers[_bone_of(name)] for name in mapped if _bone_of(name) in numbers}
    own = {joint: bone_of_canonical[name] for name, joint in mapped.items() if name in bone_of_canonical}
    ends = np.array([numbers.get(end, -1) for _, end in tree])
    above = np.array([numbers.get(parent, -1) for parent, _ in tree])
    return Bones(
        HUMANOID,
        HUMANOID_BONES,
        above,
        ends,
        heads,
        _humanoid_directions(heads, above, ends, front),
        _inherited(own, parents, skinned),
        np.array([mapped.get(name, -1) for name in HUMANOID_BONES]),
        front,
    )


def _front(heads: np.ndarray) -> np.ndarray:
    """(3,): where a character looks that has its left arm and leg on its left."""
    left, right = ([HUMANOID_BONES.index(f"{side}_{part}") for part in ("upper_leg", "upper_arm")] for side in SIDES)
    ahead = np.cross((heads[left] - heads[right]).sum(axis=0), UP)
    length = float(np.linalg.norm(ahead))
    return ahead / length if length > 1e-6 else FRONT


def _bone_of(name: str) -> str:
    """The bone that a canonical joint belongs to."""
    side, _, part = name.partition("_")
    if side not in ("left", "right") or name in HUMANOID_TREE:
        return name
    return {"shoulder": "chest", "toes": f"{side}_foot"}.get(part, f"{side}_hand")


def _humanoid_heads(mapped: Mapping[str, int], places: np.ndarray, height: float) -> np.ndarray:
    at = {name: places[joint].astype(np.float64) for name, joint in mapped.items() if name in HUMANOID_TREE}
    least = 0.01 * height
    _fill_trunk(at, height)
    for side, out in (("left", 1.0), ("right", -1.0)):
        for upper, lower, end, way in (
            ("upper_arm", "lower_arm", "hand", np.array([0.18 * out, 0.0, 0.0])),
            ("upper_leg", "lower_leg", "foot", np.array([0.0, 0.0, -0.23])),
        ):
            names = [f"{side}_{part}" for part in (upper, lower, end)]
            start = at["chest"] if upper == "upper_arm" else at["hips"]
            at.setdefault(names[0], start + np.array([0.08 * out * height, 0.0, 0.0]))
            if names[1] not in at:
                at[names[1]] = (at[names[0]] + at[names[2]]) / 2 if names[2] in at else at[names[0]] + way * height
            at.setdefault(names[2], 2 * at[names[1]] - at[names[0]])
    for name, (parent, _) in HUMANOID_TREE.items():
        if parent and np.linalg.norm(at[name] - at[parent]) < least:
            at[name] = at[parent] + least * (UP if name in _TRUNK else -UP)
    return np.stack([at[name] for name in HUMANOID_BONES])


def _fill_trunk(at: dict[str, np.ndarray], height: float) -> None:
    """Put the joints of the trunk that a rig lacks between their neighbours."""
    legs = [at[name] for name in ("left_upper_leg", "right_upper_leg") if name in at]
    at.setdefault("hips", np.mean(legs, axis=0) if legs else np.array([0.0, 0.0, 0.5 * height]))
    arms = [at[name] for name in ("left_upper_arm", "right_upper_arm") if name in at]
    top = np.mean(arms, axis=0) if arms else at["hips"] + 0.3 * height * UP
    at.setdefault("head", top + 0.08 * height * UP)
    if "chest" not in at:
        at["chest"] = at["hips"] + 0.6 * (at["neck"] if "neck" in at else at["head"]) - 0.6 * at["hips"]
    at.setdefault("spine", (at["hips"] + at["chest"]) / 2)
    at.setdefault("neck", at["head"] + 0.25 * (at["chest"] - at["head"]))


def _humanoid_directions(heads: np.ndarray, parents: np.ndarray, ends: np.ndarray, front: np.ndarray) -> np.ndarray:
    ways = np.empty_like(heads)
    for bone, name in enumerate(HUMANOID_BONES):
        if ends[bone] >= 0:
            ways[bone] = heads[ends[bone]] - heads[bone]
        elif name == "head":
            ways[bone] = UP
        elif name.endswith("foot"):
            ways[bone] = front
        else:
            ways[bone] = heads[bone] - heads[parents[bone]]
    directions: np.ndarray = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    return directions


def _inherited(own: Mapping[int, int], parents: np.ndarray, skinned: np.ndarray) -> np.ndarray:
    """(J,): each joint's bone, its own or that of the joint above; the first for others that move skin, else -1."""
    bone_of = np.full(len(parents), -1)
    for joint, parent in enumerate(parents):
        if joint in own:
            bone_of[joint] = own[joint]
        elif parent >= 0 and bone_of[parent] >= 0:
            bone_of[joint] = bone_of[parent]
        elif skinned[joint]:
            bone_of[joint] = 0
    return bone_of
