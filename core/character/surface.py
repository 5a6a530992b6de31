# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's meshes as one surface whose skin weights speak of bones instead of joints.

Shape letters: V vertices of all meshes after one another, T triangles, B bones, S samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..asset import Asset, Mesh, Rig
from .bones import Bones

NUM_SAMPLES = 16384
_ABUTTING = 1e-3
_GOLDEN = np.array([0.7548776662466927, 0.5698402909980532])


@dataclass(frozen=True)
class Surface:
    """`positions` (V, 3) float32 metres; `triangles` (T, 3) int64; `weights` (V, B) float32, rows sum to 1; `props`
    (V,) int64 the number of the rigid thing that is carried, -1 for the body; `holders` (Q,) int64 the joint that each
    of those hangs on, `anchors` (Q,) int64 its vertex nearest to that; `starts` (M + 1,) int64 the first vertex of each
    mesh."""

    positions: np.ndarray
    triangles: np.ndarray
    weights: np.ndarray
    props: np.ndarray
    holders: np.ndarray
    anchors: np.ndarray
    starts: np.ndarray

    @property
    def body(self) -> np.ndarray:
        """(V,) bool: what is no carried thing; all of it where there is nothing else."""
        body: np.ndarray = self.props < 0
        return body if body.any() else np.ones_like(body)


def joint_weights(asset: Asset) -> list[tuple[np.ndarray, np.ndarray]]:
    """(joint indices (V, K), weights (V, K)) of each mesh; one without a skin hangs on the first joint."""
    assert asset.rig is not None
    skins = {skin.mesh: skin for skin in asset.rig.skins}
    found = []
    for mesh in asset.meshes:
        skin = skins.get(mesh.name)
        if skin is None:
            count = len(mesh.positions)
            found.append((np.zeros((count, 1), np.int32), np.ones((count, 1), np.float32)))
        else:
            found.append((skin.joint_indices, skin.weights))
    return found


def shared_skin(asset: Asset) -> np.ndarray:
    """(J, J) float64: how much skin each two joints move together, on the diagonal how much one moves at all.

    Skin that hangs together where one joint's ends and another's begins counts a little too: rigs of machines and of
    simple creatures give each vertex to one joint.
    """
    assert asset.rig is not None
    count = len(asset.rig.joints)
    shared = np.zeros(count * count)
    for mesh, (joints, weights) in zip(asset.meshes, joint_weights(asset), strict=True):
        shared += _ABUTTING * _abutting(mesh, joints, weights, count)
        for a in range(joints.shape[1]):
            for b in range(joints.shape[1]):
                pair = joints[:, a].astype(np.int64) * count + joints[:, b]
                shared += np.bincount(pair, weights[:, a].astype(np.float64) * weights[:, b], count * count)
    return shared.reshape(count, count)


def _abutting(mesh: Mesh, joints: np.ndarray, weights: np.ndarray, count: int) -> np.ndarray:
    """(J * J,) how many edges of the mesh, and places of split vertices, lie between the skin of two joints."""
    most = np.take_along_axis(joints, weights.argmax(axis=1)[:, None], axis=1)[:, 0].astype(np.int64)
    triangles = triangles_of(mesh)
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    order = np.lexsort(np.round(mesh.positions / (1e-5 * max(float(np.ptp(mesh.positions)), 1e-9))).T)
    same = (np.abs(np.diff(mesh.positions[order], axis=0)) < 1e-5 * float(np.ptp(mesh.positions))).all(axis=1)
    first, second = np.concatenate([pairs, np.stack([order[:-1], order[1:]], axis=1)[same]]).T
    a, b = most[first], most[second]
    apart = a != b
    keys = np.concatenate([a[apart] * count + b[apart], b[apart] * count + a[apart]])
    return np.bincount(keys, minlength=count * count).astype(np.float64)


def triangles_of(mesh: Mesh) -> np.ndarray:
    """(T, 3) int64: the faces cut into fans of triangles."""
    starts = mesh.face_starts.astype(np.int64)
    sizes = np.diff(starts)
    counts = np.maximum(sizes - 2, 0)
    first = np.repeat(starts[:-1], counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    corners = mesh.corners.astype(np.int64)
    return np.stack([corners[first], corners[first + step + 1], corners[first + step + 2]], axis=1)


def surface_of(asset: Asset, bones: Bones, carried: list[np.ndarray]) -> Surface:
    """All meshes of a character as one surface; `carried` (V of a mesh,) bool by mesh: what is a carried thing."""
    assert asset.rig is not None
    starts = np.cumsum([0, *(len(mesh.positions) for mesh in asset.meshes)])
    triangles = [triangles_of(mesh) + start for mesh, start in zip(asset.meshes, starts, strict=False)]
    weights: list[np.ndarray] = []
    props: list[np.ndarray] = []
    holders: list[int] = []
    anchors: list[int] = []
    for mesh, start, (joints, shares), is_carried in zip(
        asset.meshes, starts, joint_weights(asset), carried, strict=False
    ):
        weights.append(_bone_weights(joints, shares, bones))
        number = np.full(len(joints), -1)
        own = np.flatnonzero(is_carried)
        if len(own):
            number[own] = len(holders)
            holder = _strongest(joints[own], shares[own], asset.rig)
            apart = np.linalg.norm(mesh.positions[own] - asset.rig.rest_pose[holder, :3, 3], axis=1)
            holders.append(holder)
            anchors.append(int(start + own[apart.argmin()]))
        props.append(number)
    return Surface(
        np.concatenate([mesh.positions for mesh in asset.meshes]).astype(np.float32),
        np.concatenate(triangles),
        np.concatenate(weights),
        np.concatenate(props),
        np.array(holders, np.int64),
        np.array(anchors, np.int64),
        starts,
    )


def _bone_weights(joints: np.ndarray, shares: np.ndarray, bones: Bones) -> np.ndarray:
    of_bone = np.maximum(bones.bone_of_joint, 0)[joints]
    weights = np.zeros((len(joints), len(bones.names)), np.float32)
    for column in range(joints.shape[1]):
        # one column at a time: a vertex may name a bone twice
        weights[np.arange(len(joints)), of_bone[:, column]] += shares[:, column]
    weights[weights.sum(axis=1) < 1e-6, 0] = 1.0
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _strongest(joints: np.ndarray, shares: np.ndarray, rig: Rig) -> int:
    total = np.bincount(joints.ravel(), shares.ravel().astype(np.float64), len(rig.joints))
    return int(total.argmax())


@dataclass(frozen=True)
class Samples:
    """Points spread evenly over the body: `places` (S, 3) float64, `corners` (S, 3) int64 vertices between which each
    lies, `shares` (S, 3) float64 of them, `bones` (S,) int64 the bone that moves each most."""

    places: np.ndarray
    corners: np.ndarray
    shares: np.ndarray
    bones: np.ndarray


def spread_samples(surface: Surface, count: int = NUM_SAMPLES) -> Samples:
    """`count` points by area on the body, the same ones every time (an additive recurrence; no chance)."""
    triangles = surface.triangles[surface.body[surface.triangles].all(axis=1)]
    if not len(triangles):
        triangles = surface.triangles
    corners = surface.positions[triangles].astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    total = np.cumsum(areas)
    if not len(triangles) or not total[-1] > 0:
        empty = np.zeros((0, 3))
        return Samples(empty, empty.astype(np.int64), empty, np.zeros(0, np.int64))
    chosen = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1]).clip(0, len(triangles) - 1)
    u, v = ((0.5 + np.outer(np.arange(count), _GOLDEN)) % 1.0).T
    root = np.sqrt(u)
    shares = np.stack([1 - root, root * (1 - v), root * v], axis=1)
    vertices = triangles[chosen]
    weights = np.einsum("sc,scb->sb", shares, surface.weights[vertices])
    return Samples(np.einsum("sc,scx->sx", shares, corners[chosen]), vertices, shares, weights.argmax(axis=1))
