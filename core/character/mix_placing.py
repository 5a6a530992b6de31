# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts one character's skin on another's bones: its parts end where the other's begin, and are moved by its joints.

Shape letters: V vertices, B bones, J joints, Q carried things.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..asset import Rig
from .decoding import bends
from .field import Moved
from .rig_space import RigSpace
from .shape_code import RINGS, SECTORS
from .skeleton import map_joints

# how far (cosine) bones may point apart: arms down and arms out do not fit on each other
_ALIKE = 0.8


@dataclass(frozen=True)
class Placed:
    """`positions` (V, 3) metres of all meshes and `bend` (V, 3, 3) how the skin turned and stretched there."""

    positions: np.ndarray
    bend: np.ndarray


def fits(space: RigSpace, base: RigSpace) -> str:
    """Why a character's parts cannot go on the bones of `base`; "" where they can."""
    if space.code.space != base.code.space or space.bones.names != base.bones.names:
        return "they have not the same bones"
    along = (space.bones.directions * base.bones.directions).sum(axis=1)
    apart = [name for name, one in zip(space.bones.names, along, strict=True) if one < _ALIKE]
    return f"they stand in different poses ({', '.join(apart[:3])} point apart)" if apart else ""


def placed(space: RigSpace, base: RigSpace) -> Placed:
    """The skin of `space` on the bones of `base`: as long as they are, as thick as its own for its size."""
    bones = base.bones
    ratios = base.field.lengths / space.field.lengths
    chained = bones.ends >= 0
    size = float(np.exp(np.log(ratios[chained]).mean())) if chained.any() else 1.0
    along = np.where(chained, ratios, size)
    count, carried = len(bones.names), len(space.surface.anchors)
    around = torch.full((1, count * (RINGS * SECTORS + RINGS + 1)), float(np.log(size)))
    moved = Moved(torch.from_numpy(bones.heads).float()[None], torch.from_numpy(along).float().log()[None], around)
    if carried:
        anchors = space.field.place(space.field.anchor_points, moved)
        same = torch.full((1, carried), float(np.log(size)))
        moved = Moved(
            torch.cat([moved.heads, anchors], dim=1),
            torch.cat([moved.along, same], dim=1),
            torch.cat([moved.around, same], dim=1),
        )
    positions = space.field.place(space.vertices, moved)[0]
    return Placed(positions.numpy(), bends(space, moved).numpy())


def joints_on(space: RigSpace, base: RigSpace) -> np.ndarray:
    """(J,) int32: for each joint of `space`, the joint of `base` that moves the same: of the same name or meaning, else
    of the nearest bone above that there is."""
    own, other = space.asset.rig, base.asset.rig
    assert own is not None and other is not None
    by_name = {name: joint for joint, name in enumerate(other.joints)}
    meaning = {joint: name for name, joint in _mapped(own).items()}
    theirs = _mapped(other)
    found = np.zeros(len(own.joints), np.int32)
    for joint, name in enumerate(own.joints):
        bone = space.bones.bone_of_joint[joint]
        if name in by_name:
            found[joint] = by_name[name]
        elif meaning.get(joint) in theirs:
            found[joint] = theirs[meaning[joint]]
        elif own.parents[joint] >= 0 and base.bones.bone_of_joint[found[own.parents[joint]]] == bone:
            found[joint] = found[own.parents[joint]]
        else:
            found[joint] = max(int(base.bones.joints[max(int(bone), 0)]), 0)
    return found


def _mapped(rig: Rig) -> dict[str, int]:
    return map_joints(rig.joints, rig.parents, rig.rest_pose)
