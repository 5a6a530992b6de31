# SPDX-License-Identifier: GPL-3.0-or-later
"""The bones of a character that is no humanoid: its own joints that move skin, as one tree.

Games hang feet on the root and move them by inverse kinematics, and some rigs are several trees; such joints are tied
to the joint with which they share most skin. Shape letters: J joints, B bones.
"""

from __future__ import annotations

import numpy as np

from .bones import UP, Bones

_FAR_MORE = 3.0


def own_bones(
    space: str,
    names: tuple[str, ...],
    parents: np.ndarray,
    places: np.ndarray,
    shared: np.ndarray,
) -> Bones:
    """The bones of a rig as it is.

    `names`, `parents` (J,), `places` (J, 3) metres; `shared` (J, J) how much skin two joints move together, on the
    diagonal how much one moves at all. A rig that moves no skin has its first joint as its only bone.
    """
    own = np.flatnonzero(np.diag(shared) > 0)
    own = own if len(own) else np.array([0])
    number = np.full(len(names), -1)
    number[own] = np.arange(len(own))
    between = shared[np.ix_(own, own)]
    above = _tied(_retied(_skinned_parents(own, parents, number), between, places[own, 0]), between, places[own])
    order = _parents_first(above)
    own, rank = own[order], np.argsort(order)
    above = np.where(above[order] >= 0, rank[above[order]], -1)
    heads = places[own].astype(np.float64)
    ends = _ends(above, heads)
    return Bones(
        space,
        tuple(names[joint] for joint in own),
        above,
        ends,
        heads,
        _directions(heads, above, ends),
        _followed(own, parents),
        own,
    )


def _skinned_parents(own: np.ndarray, parents: np.ndarray, number: np.ndarray) -> np.ndarray:
    """(B,): the nearest joint above that is a bone, -1 where there is none."""
    above = np.full(len(own), -1)
    for bone, joint in enumerate(own):
        joint = parents[joint]
        while joint >= 0 and number[joint] < 0:
            joint = parents[joint]
        above[bone] = number[joint] if joint >= 0 else -1
    return above


def _retied(above: np.ndarray, shared: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Bones that share no skin with the bone above, or far less than with another where that is a root, tied to the one
    of their side (`sides` (B,) metres to the left) outside their own branch with which they share most."""
    above = above.copy()
    for bone, parent in enumerate(above):
        if parent < 0 or (shared[bone, parent] > 0 and above[parent] >= 0):
            continue
        outside = np.array(
            [0.0 if bone in _chain(above, other) else shared[bone, other] for other in range(len(above))]
        )
        outside[sides * sides[bone] < 0] = 0.0
        if outside.max() > _FAR_MORE * shared[bone, parent]:
            above[bone] = int(outside.argmax())
    return above


def _chain(above: np.ndarray, bone: int) -> list[int]:
    """The bone and all above it."""
    chain = [bone]
    while above[chain[-1]] >= 0:
        chain.append(int(above[chain[-1]]))
    return chain


def _tied(above: np.ndarray, shared: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The trees tied to the largest one, each where it shares most skin outside itself, else to the nearest bone that
    does not lie on the other side."""
    above = above.copy()
    while (above < 0).sum() > 1:
        root = np.array([_root(above, bone) for bone in range(len(above))])
        roots = np.flatnonzero(above < 0)
        main = max(roots, key=lambda r: (float(np.diag(shared)[root == r].sum()), -r))
        best = None
        for loose in roots[roots != main]:
            outside = np.where(root == loose, -1.0, shared[loose])
            bone = int(outside.argmax())
            # those that share skin first, whatever else is loose
            if best is None or outside[bone] > best[0]:
                best = (float(outside[bone]), loose, bone)
        assert best is not None
        if best[0] <= 0:
            apart = np.linalg.norm(places - places[best[1]], axis=1)
            away = (root == best[1]) | (places[:, 0] * places[best[1], 0] < 0)
            best = (0.0, best[1], main if away.all() else int(np.where(away, np.inf, apart).argmin()))
        above[best[1]] = best[2]
    return above


def _root(above: np.ndarray, bone: int) -> int:
    while above[bone] >= 0:
        bone = above[bone]
    return bone


def _parents_first(above: np.ndarray) -> np.ndarray:
    depth = np.zeros(len(above), int)
    for bone in range(len(above)):
        up = bone
        while above[up] >= 0:
            up = above[up]
            depth[bone] += 1
    return np.argsort(depth, kind="stable")


def _ends(above: np.ndarray, heads: np.ndarray) -> np.ndarray:
    """(B,): the child that goes on where a bone is: on the mid-plane if the bone is, with most bones after it."""
    size = np.ptp(heads, axis=0).max() or 1.0
    below = np.ones(len(above), int)
    for bone in range(len(above) - 1, 0, -1):
        below[above[bone]] += below[bone]
    ends = np.full(len(above), -1)
    for bone in range(len(above)):
        children = np.flatnonzero(above == bone)
        if abs(heads[bone, 0]) < 0.02 * size:
            children = children[np.abs(heads[children, 0]) < 0.02 * size]
        apart = [int(c) for c in children if np.linalg.norm(heads[c] - heads[bone]) > 0.005 * size]
        if apart:
            ends[bone] = max(apart, key=lambda c: (below[c], float(np.linalg.norm(heads[c] - heads[bone]))))
    return ends


def _directions(heads: np.ndarray, above: np.ndarray, ends: np.ndarray) -> np.ndarray:
    ways = np.tile(UP, (len(heads), 1))
    for bone in range(len(heads)):
        if ends[bone] >= 0:
            ways[bone] = heads[ends[bone]] - heads[bone]
        elif above[bone] >= 0 and np.linalg.norm(heads[bone] - heads[above[bone]]) > 1e-6:
            ways[bone] = heads[bone] - heads[above[bone]]
    directions: np.ndarray = ways / np.linalg.norm(ways, axis=1, keepdims=True)
    return directions


def _followed(own: np.ndarray, parents: np.ndarray) -> np.ndarray:
    """(J,): the bone of each joint: its own, else that of the joint above, -1 where there is none."""
    bone_of = np.full(len(parents), -1)
    bone_of[own] = np.arange(len(own))
    for joint, parent in enumerate(parents):
        if bone_of[joint] < 0 and parent >= 0:
            bone_of[joint] = bone_of[parent]
    return bone_of
