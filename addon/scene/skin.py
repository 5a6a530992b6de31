# SPDX-License-Identifier: GPL-3.0-or-later
"""Skin weights as vertex groups named as the bones are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...core.asset import Rig, Skin

# weights below half a step of 16 bits move nothing
LEAST = 0.5 / 65535


def skin_of(rig: Rig, mesh: str) -> Skin | None:
    """The skin of the mesh of that name, None where it hangs on no joint."""
    return next((skin for skin in rig.skins if skin.mesh == mesh), None)


def add_weights(item: Any, skin: Skin, bones: Sequence[str]) -> None:
    """A vertex group for every bone that moves the object; `bones` by joint."""
    influences = np.asarray(skin.weights, np.float32)
    vertices = np.broadcast_to(np.arange(len(influences))[:, None], influences.shape)[influences > LEAST]
    joints, weights = np.asarray(skin.joint_indices)[influences > LEAST], influences[influences > LEAST]
    # one call a bone and weight: rigid parts, most of what there is, are one
    order = np.lexsort((weights, joints))
    vertices, joints, weights = vertices[order], joints[order], weights[order]
    begins = np.flatnonzero((np.diff(joints, prepend=-1) != 0) | (np.diff(weights, prepend=-1.0) != 0))
    groups: dict[int, Any] = {}
    for begin, end in zip(begins, [*begins[1:], len(joints)], strict=True):
        joint = int(joints[begin])
        if joint not in groups:
            groups[joint] = item.vertex_groups.get(bones[joint]) or item.vertex_groups.new(name=bones[joint])
        groups[joint].add(vertices[begin:end].tolist(), float(weights[begin]), "ADD")
