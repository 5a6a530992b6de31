# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a rig goes on four legs: told by its joints' names, else by where they stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .joint_names import LEFT, RIGHT, JointName

_FRONT, _BACK = ("front", "fore"), ("back", "hind", "rear")


def ancestors(joint: int, parents: np.ndarray) -> list[int]:
    """The joint itself, its parent and so on up to a root."""
    chain = [joint]
    while parents[chain[-1]] >= 0:
        chain.append(int(parents[chain[-1]]))
    return chain


def names_four_legs(names: Sequence[JointName]) -> bool:
    """Whether the names tell of front and back legs on both sides, and of no others between them."""
    legs = {(_end(name.stem), name.side) for name in names if name.side and not name.control} - {
        ("", LEFT),
        ("", RIGHT),
    }
    return len(legs) == 4


def _end(stem: str) -> str:
    """'front' or 'back' for a leg of an animal, 'middle' for those between, '' for anything else."""
    if not any(word in stem for word in ("leg", "foot", "paw", "hoof", "thigh", "shoulder")):
        return ""
    if stem.startswith("mid") and _end(stem[3:]):
        return "middle"
    if stem.startswith(_FRONT):
        return "front"
    return "back" if stem.startswith(_BACK) else ""


def stands_on_four_legs(names: Sequence[JointName], parents: np.ndarray, rest_pose: np.ndarray) -> bool:
    """Whether four chains of two bones or more come down near the ground, two and two, apart along the body."""
    places = rest_pose[:, :3, 3].astype(np.float64)
    low, high = places[:, 2].min(), places[:, 2].max()
    if high - low < 1e-6:
        return False
    tips = [
        joint
        for joint in range(len(places))
        if joint not in parents
        and len(ancestors(joint, parents)) > 2
        and not names[joint].control
        and places[joint, 2] < low + 0.35 * (high - low)
    ]
    if len(tips) != 4:
        return False
    feet = places[tips][:, :2] - places[tips][:, :2].mean(axis=0)
    return _two_and_two(feet)


def _two_and_two(feet: np.ndarray) -> bool:
    """Whether four points (4, 2) make a rough rectangle, twice as long as it is wide at the most uneven."""
    for along in (0, 1):
        order = np.argsort(feet[:, along])
        back, front = feet[order[:2]], feet[order[2:]]
        apart = front[:, along].mean() - back[:, along].mean()
        spread = max(np.ptp(front[:, along]), np.ptp(back[:, along]))
        wide = min(np.ptp(front[:, 1 - along]), np.ptp(back[:, 1 - along]))
        if apart > 3 * spread and wide > 0.05 * apart:
            return True
    return False
