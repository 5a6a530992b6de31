# SPDX-License-Identifier: GPL-3.0-or-later
"""The skins of a glTF file as one skeleton that stands in its bind pose.

In glTF a vertex v of a mesh with the skin s goes to `sum_j w_j G_j I_sj v`: G the joint's world matrix, I_sj its
inverse bind matrix (Khronos, glTF 2.0 specification, 3.7.3.3). Where the nodes stand as they were bound, `G_j I_sj` is
the same matrix for every joint and carries the armature's scale and rotation. Where they stand in a pose, the place of
the mesh's own node is taken, which writers keep from the bind; should the joints then point elsewhere, the quarter turn
that brings them nearest to the nodes makes up for it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..codec import show
from ..errors import InputError
from . import gltf_accessors
from .gltf_armature import check_one_armature, lowest_above, parents_first
from .gltf_container import Document, damaged
from .gltf_nodes import NodeTree

MAX_JOINTS = 1024
SAME = 1e-4
AGREES = 1e-2
FARTHEST_M = 1e6
CLEARLY = 0.1


@dataclass(frozen=True)
class Skeleton:
    """The joints of a file, parents first.

    `nodes` the node of each joint; `names` and `parents` as in Rig; `bind` (J, 4, 4) joint to world as bound, scale
    included; `rest` the same without scale, rigid; `skin_joints` and `inverse_bind` by skin: its joints as indices into
    `nodes`, and its (K, 4, 4) inverse bind matrices; `used` the skins' numbers in the file; `above` the armature's own
    node, -1 where the joints stand in the scene itself.
    """

    nodes: list[int]
    names: tuple[str, ...]
    parents: np.ndarray
    bind: np.ndarray
    rest: np.ndarray
    skin_joints: list[np.ndarray]
    inverse_bind: list[np.ndarray]
    used: list[int]
    above: int

    def joint_above(self, tree: NodeTree, node: int) -> int:
        """The index of the nearest joint at or above a node, -1 where it hangs on none."""
        at = {joint: index for index, joint in enumerate(self.nodes)}
        return next((at[above] for above in tree.ancestors(node) if above in at), -1)


def read_skeleton(document: Document, tree: NodeTree, used: list[int]) -> Skeleton:
    """The skeleton of the skins `used`, most joints first.

    InputError where there is none, for two armatures and for too many joints.
    """
    skins = document.items("skins")
    if not used:
        raise InputError(f"{show(document.path.name)} has no armature. Give a rigged character.")
    joints = [_joints(document, skins[index]) for index in used]
    check_one_armature(document, tree, joints)
    nodes = parents_first(tree, list(dict.fromkeys(node for one in joints for node in one)))
    if len(nodes) > MAX_JOINTS:
        raise InputError(f"{show(document.path.name)} has {len(nodes)} bones; {MAX_JOINTS} are the most.")
    at = {node: index for index, node in enumerate(nodes)}
    parents = [next((at[above] for above in tree.ancestors(node)[1:] if above in at), -1) for node in nodes]
    skin_joints = [np.array([at[node] for node in one]) for one in joints]
    inverse_bind = [_inverse_bind(document, skins[index], tree, one) for index, one in zip(used, joints, strict=True)]
    spaces = [_mesh_space(tree, index) for index in used]
    bind = _bind_pose(tree.world[nodes], skin_joints, inverse_bind, spaces)
    if not np.abs(bind).max() < FARTHEST_M:
        raise damaged(document.path, f"its bones reach farther than {FARTHEST_M:g} m")
    top = lowest_above(tree, nodes)
    above = tree.parents[top] if top in at else top
    names = _unique([tree.name(node) for node in nodes])
    return Skeleton(
        nodes, names, np.array(parents, np.int32), bind, rigid(bind), skin_joints, inverse_bind, list(used), above
    )


def rigid(matrices: np.ndarray) -> np.ndarray:
    """(..., 4, 4) matrices without scale, shear and mirroring: the nearest rotation (polar decomposition)."""
    left, _, right = np.linalg.svd(matrices[..., :3, :3])
    # of a mirrored frame the turned axes are kept, as a rotation
    sign = np.sign(np.linalg.det(left @ right))
    result = matrices.copy()
    result[..., :3, :3] = left @ right * sign[..., None, None]
    return result


def common_matrix(matrices: np.ndarray) -> np.ndarray:
    """The one of (K, 4, 4) matrices that lies nearest to all others (a medoid; far ones count no more than near)."""
    scale = max(float(np.linalg.norm(matrices[:, :3], axis=(1, 2)).mean()), 1e-12)
    flat = matrices[:, :3].reshape(len(matrices), -1) / scale
    distance = np.stack([np.minimum(np.abs(flat - row).max(axis=1), 0.1).sum() for row in flat])
    # of equals the first, which is nearest to the root
    near = int(np.argmax(distance <= distance.min() + SAME))
    found: np.ndarray = matrices[near]
    return found


def _bind_pose(
    world: np.ndarray, skin_joints: list[np.ndarray], inverse_bind: list[np.ndarray], spaces: list[np.ndarray | None]
) -> np.ndarray:
    """(J, 4, 4) joint to world as bound; a joint of several skins stands as the first one has it."""
    bind = np.zeros_like(world)
    known = np.zeros(len(world), bool)
    for joints, inverse, space in zip(skin_joints, inverse_bind, spaces, strict=True):
        shared = known[joints]
        if shared.any():
            # a further skin is laid over the joints that it shares with those before
            to_world = common_matrix(bind[joints[shared]] @ inverse[shared])
        else:
            to_world = _bind_space(world[joints], inverse, space)
        bind[joints[~shared]] = to_world @ np.linalg.inv(inverse[~shared])
        known[joints] = True
    return bind


def _bind_space(world: np.ndarray, inverse: np.ndarray, space: np.ndarray | None) -> np.ndarray:
    """(4, 4) the space in which a skin was bound to world; `world` (K, 4, 4) are its joints as they stand."""
    there = world @ inverse
    common = common_matrix(there)
    agree = np.abs(there - common).max(axis=(1, 2)) < AGREES * np.abs(common[:3]).max()
    if space is None or agree.mean() > 0.5:
        return common
    bound = space @ np.linalg.inv(inverse)
    now, then = rigid(world)[:, :3, :3], rigid(bound)[:, :3, :3]
    off = [np.minimum(np.abs(turn @ then - now).max(axis=(1, 2)), 1).mean() for turn in QUARTER_TURNS]
    best = int(np.argmin(off))
    if off[best] > off[0] - CLEARLY:
        return space
    turned = np.eye(4)
    turned[:3, :3] = QUARTER_TURNS[best]
    # about the first joint, which stays where it stands
    turned[:3, 3] = world[0, :3, 3] - QUARTER_TURNS[best] @ bound[0, :3, 3]
    result: np.ndarray = turned @ space
    return result


def _mesh_space(tree: NodeTree, skin: int) -> np.ndarray | None:
    """The world matrix of the first mesh that has the skin, None where none has."""
    node = next((index for index, node in enumerate(tree.nodes) if node.get("skin") == skin and "mesh" in node), None)
    return None if node is None or abs(np.linalg.det(tree.world[node])) < 1e-18 else tree.world[node]


def _quarter_turns() -> list[np.ndarray]:
    """The 24 rotations that take axes to axes, the identity first."""
    turns = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0:
                turns.append(turn)
    return sorted(turns, key=lambda turn: -float(np.trace(turn)))


QUARTER_TURNS = _quarter_turns()


def _joints(document: Document, skin: dict) -> list[int]:
    joints = skin.get("joints")
    if not isinstance(joints, list) or not joints:
        raise damaged(document.path, "a skin has no joints")
    for node in joints:
        document.item("nodes", node)
    if len(set(joints)) != len(joints):
        raise damaged(document.path, "a skin names a joint twice")
    return joints


def _inverse_bind(document: Document, skin: dict, tree: NodeTree, joints: list[int]) -> np.ndarray:
    """(K, 4, 4) inverse bind matrices; those that are missing or cannot be inverted come from the nodes' own place."""
    if "inverseBindMatrices" not in skin:
        return np.broadcast_to(np.eye(4), (len(joints), 4, 4)).copy()
    matrices = gltf_accessors.floats(document, skin["inverseBindMatrices"], 16).astype(np.float64)
    if len(matrices) < len(joints):
        raise damaged(document.path, "a skin has fewer inverse bind matrices than joints")
    result = matrices[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1).copy()
    result[:, 3] = (0, 0, 0, 1)
    with np.errstate(all="ignore"):
        usable = np.isfinite(result).all(axis=(1, 2)) & (np.abs(np.linalg.det(np.nan_to_num(result))) > 1e-30)
    if usable.any():
        common = common_matrix(tree.world[np.array(joints)[usable]] @ result[usable])
        for index in np.flatnonzero(~usable):
            result[index] = np.linalg.inv(tree.world[joints[index]]) @ common
    elif len(joints):
        raise damaged(document.path, "the inverse bind matrices of a skin cannot be used")
    return result


def _unique(names: list[str]) -> tuple[str, ...]:
    """The names, each different: what comes again gets a number."""
    taken: set[str] = set()
    for index, name in enumerate(names):
        fresh, number = name, 0
        while fresh in taken:
            number += 1
            fresh = f"{name}.{number:03d}"
        taken.add(fresh)
        names[index] = fresh
    return tuple(names)
