# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed solids from points and faces: what all roofs are put together from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..asset import Mesh
from .ear_clipping import triangulate

# the material slots of a roof, in order
SLOTS = ("roof", "wall", "underside")
ROOF, WALL, UNDERSIDE = range(3)


class Solid:
    """A solid under construction: `points` (x, y, z) in metres and faces counter-clockwise seen from outside."""

    def __init__(self) -> None:
        self.points: list[np.ndarray] = []
        self.count = 0
        self.faces: list[tuple[int, ...]] = []
        self.slots: list[int] = []

    def add_points(self, plan: np.ndarray, heights: np.ndarray | float) -> int:
        """Put the points `plan` (N, 2) at `heights` (N,); the index of the first."""
        first = self.count
        self.points.append(np.column_stack([plan, np.broadcast_to(np.asarray(heights, np.float64), len(plan))]))
        self.count += len(plan)
        return first

    def add(self, faces: Iterable[Sequence[int]], slot: int, first: int = 0) -> None:
        """Add faces whose corners count from point `first`."""
        for face in faces:
            self.faces.append(tuple(first + int(corner) for corner in face))
            self.slots.append(slot)

    def mesh(self, name: str) -> Mesh:
        """The solid as a mesh: hollow faces cut into triangles, UVs in metres, u level and v up the slope."""
        points = np.concatenate(self.points)
        faces, slots = _without_hollow_faces(points, self.faces, self.slots)
        corners = np.array([corner for face in faces for corner in face], np.int32)
        sizes = np.array([len(face) for face in faces])
        used, corners = np.unique(corners, return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(sizes)])
        points = points[used]
        return Mesh(
            name,
            points.astype(np.float32),
            corners.astype(np.int32),
            starts.astype(np.int32),
            np.array(slots, np.int32),
            SLOTS,
            {"UVMap": _uvs(points[corners], starts)},
        )


def base(solid: Solid, rings: tuple[np.ndarray, ...], tops: np.ndarray | float) -> int:
    """Put the underside at height 0 and upright sides up to `tops` (N,) under a roof; the index of its first top point.

    `rings` as an outline's, N corners in all.
    """
    corners = np.concatenate(rings)
    low = solid.add_points(corners, 0.0)
    high = solid.add_points(corners, tops)
    solid.add(triangulate(rings)[:, ::-1], UNDERSIDE, low)
    start = np.arange(len(corners))
    end = np.concatenate([np.roll(part, -1) for part in np.split(start, np.cumsum([len(r) for r in rings])[:-1])])
    solid.add(np.stack([low + start, low + end, high + end, high + start], 1).tolist(), WALL)
    return high


def _turns(corners: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Twice the plan area at each corner of faces laid end to end, (C,), negative where the face is hollow."""
    after = np.arange(1, len(corners) + 1)
    after[starts[1:] - 1] = starts[:-1]
    way = corners[after] - corners
    out = way[after]
    turn = np.empty(len(corners))
    turn[after] = way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0]
    return turn


def _without_hollow_faces(
    points: np.ndarray, faces: list[tuple[int, ...]], slots: list[int]
) -> tuple[list[tuple[int, ...]], list[int]]:
    starts = np.concatenate([[0], np.cumsum([len(face) for face in faces])])
    corners = points[[corner for face in faces for corner in face]]
    hollow = np.minimum.reduceat(_turns(corners, starts), starts[:-1]) < -1e-9
    if not hollow.any():
        return faces, slots
    whole: list[tuple[int, ...]] = []
    kept: list[int] = []
    for face, slot, is_hollow in zip(faces, slots, hollow.tolist(), strict=True):
        parts = [face]
        if is_hollow and len(face) > 3 and slot == ROOF:
            parts = [tuple(face[n] for n in part) for part in triangulate([points[list(face), :2]]).tolist()]
        whole += parts
        kept += [slot] * len(parts)
    return whole, kept


def _uvs(corners: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """(C, 2) float32 metres in the plane of each face; `corners` (C, 3)."""
    after = np.arange(1, len(corners) + 1)
    after[starts[1:] - 1] = starts[:-1]
    local = corners - np.repeat(corners[starts[:-1]], np.diff(starts), 0)
    normals = np.add.reduceat(_cross(local, local[after]), starts[:-1])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-12)[:, None]
    level = np.stack([-normals[:, 1], normals[:, 0], np.zeros(len(normals))], 1)
    length = np.linalg.norm(level, axis=1)
    level = np.where(length[:, None] > 1e-6, level / np.maximum(length, 1e-12)[:, None], [1.0, 0.0, 0.0])
    face = np.repeat(np.arange(len(normals)), np.diff(starts))
    up = _cross(normals, level)
    return np.asarray(np.stack([(corners * level[face]).sum(1), (corners * up[face]).sum(1)], 1), np.float32)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The cross products of (N, 3) rows; np.cross takes several times as long for as few."""
    (ax, ay, az), (bx, by, bz) = a.T, b.T
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], 1)
