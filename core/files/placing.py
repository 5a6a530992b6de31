# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings what a file says of a mesh into the world, and mends what it says wrongly: normals and skin weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..codec import show

MIN_LENGTH = 1e-8
MIN_WEIGHT = 1e-6


def placed(positions: np.ndarray, normals: np.ndarray, to_world: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (V, 3) and unit normals (V, 3) moved by one or V matrices (1 or V, 4, 4); NaN normals stay NaN."""
    if len(to_world) == 1:
        matrix = to_world[0]
        moved = positions @ matrix[:3, :3].T + matrix[:3, 3]
        turned = normals @ _cofactors(matrix[None])[0].T
    else:
        moved = np.einsum("nij,nj->ni", to_world[:, :3, :3], positions) + to_world[:, :3, 3]
        turned = np.einsum("nij,nj->ni", _cofactors(to_world), normals)
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    return moved.astype(np.float32), (turned / np.where((length > 0) & np.isfinite(length), length, np.nan)).astype(
        np.float32
    )


def corner_normals(normals: np.ndarray, positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(C, 3) unit normals of the corners of triangles (F, 3): those of the vertices, the face's where they are NaN."""
    corners: np.ndarray = normals[triangles.reshape(-1)]
    missing = ~np.isfinite(corners).all(axis=1)
    corners[missing] = face_normals(positions, triangles).repeat(3, axis=0)[missing]
    return corners


def face_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(F, 3) unit normals of triangles; up for those without an area."""
    a, b, c = (positions[triangles[:, n]].astype(np.float64) for n in range(3))
    normal = np.cross(b - a, c - a)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    return np.where(length > 0, normal / np.where(length > 0, length, 1), [0.0, 0.0, 1.0]).astype(np.float32)


def guarded_weights(
    joints: np.ndarray,
    weights: np.ndarray,
    positions: np.ndarray,
    places: np.ndarray,
    name: str,
    warn: Callable[[str], None],
) -> tuple[np.ndarray, np.ndarray]:
    """Joint indices (V, K) int32 and weights (V, K) float32 whose rows sum to 1.

    A vertex without weight goes with the nearest joint of those at `places` (J, 3).
    """
    weights = np.where(np.isfinite(weights), weights, 0).clip(0).astype(np.float64)
    total = weights.sum(axis=1)
    bare = np.flatnonzero(total < MIN_WEIGHT)
    if len(bare):
        warn(f"{len(bare)} of {len(weights)} vertices of {show(name)} had no weight and go with the nearest bone.")
        joints = joints.copy()
        joints[bare], weights[bare] = 0, 0
        joints[bare, 0], weights[bare, 0] = nearest(positions[bare], places), 1
    weights /= weights.sum(axis=1, keepdims=True)
    return joints.astype(np.int32), weights.astype(np.float32)


def nearest(points: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(N,) index of the place nearest to each point, a bounded number of points at a time."""
    found = [
        ((part[:, None] - places) ** 2).sum(axis=2).argmin(axis=1)
        for part in np.array_split(points, len(points) // 4096 + 1)
    ]
    return np.concatenate(found)


def _cofactors(matrices: np.ndarray) -> np.ndarray:
    """(N, 3, 3) what turns normals: the cofactors, with the sign of a mirroring taken out."""
    linear = matrices[:, :3, :3]
    a, b, c = linear[:, 0], linear[:, 1], linear[:, 2]
    cofactors = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=1)
    sign: np.ndarray = np.where(np.linalg.det(linear) < 0, -1.0, 1.0)
    result: np.ndarray = cofactors * sign[:, None, None]
    return result
