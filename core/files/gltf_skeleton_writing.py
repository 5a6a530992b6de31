# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig as glTF nodes and a skin: Y up, one node a joint below a node of the character's name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..asset import Asset
from .gltf_clips import quaternions
from .gltf_nodes import Z_UP
from .gltf_writing import Container

Y_UP = Z_UP.T


@dataclass(frozen=True)
class Joints:
    """Where a rig is in the file: the node `above` all, the joints' `nodes`, and the `skin`, -1 for none."""

    above: int
    nodes: tuple[int, ...]
    skin: int


def add_skeleton(container: Container, asset: Asset) -> Joints:
    """Add the node above all and, where there is a rig, its joints and a skin."""
    above = container.add("nodes", {"name": asset.name, "children": []})
    container.json["scenes"][0]["nodes"].append(above)
    rig = asset.rig
    if rig is None or not len(rig.joints):
        return Joints(above, (), -1)
    rest = Y_UP @ rig.rest_pose.astype(np.float64)
    nodes = tuple(range(above + 1, above + 1 + len(rig.joints)))
    local = rest.copy()
    below = np.flatnonzero(rig.parents >= 0)
    local[below] = np.linalg.inv(rest[rig.parents[below]]) @ rest[below]
    turns = quaternions(local[None, :, :3, :3])[0][:, [1, 2, 3, 0]]
    for joint, name in enumerate(rig.joints):
        node = {"name": name, "translation": _plain(local[joint, :3, 3]), "rotation": _plain(turns[joint])}
        children = [nodes[child] for child in np.flatnonzero(rig.parents == joint)]
        container.add("nodes", {**node, "children": children} if children else node)
    items = container.json["nodes"]
    items[above]["children"] += [nodes[joint] for joint in np.flatnonzero(rig.parents < 0)]
    inverse = np.linalg.inv(rest).transpose(0, 2, 1).reshape(-1, 16).astype("<f4")
    roots = [nodes[joint] for joint in np.flatnonzero(rig.parents < 0)]
    skin = {
        "name": asset.name,
        "joints": list(nodes),
        "skeleton": roots[0] if len(roots) == 1 else above,
        "inverseBindMatrices": container.add_values(inverse),
    }
    return Joints(above, nodes, container.add("skins", skin))


def _plain(values: np.ndarray) -> list[float]:
    """Values with the digits that a float32 has, so that files stay short."""
    return [float(np.format_float_positional(np.float32(value), trim="0")) + 0.0 for value in values]
