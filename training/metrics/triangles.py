# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles of an Asset's meshes, and which of their vertices stand in one place.

Shape letters: V vertices, F faces, T triangles.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.asset import Asset, Mesh

# vertices closer than this share of the height are one: artists split them at UV seams and hard edges
WELDED = 1e-5


def triangles_of(mesh: Mesh) -> np.ndarray:
    """(T, 3) int64 vertices of the faces' triangles, each face a fan around its first corner."""
    sizes = np.diff(mesh.face_starts)
    first = np.repeat(mesh.face_starts[:-1], sizes - 2)
    ends = np.cumsum(sizes - 2)
    step = np.arange(len(first)) - np.repeat(ends - (sizes - 2), sizes - 2)
    corners = np.stack([first, first + step + 1, first + step + 2], axis=1)
    triangles: np.ndarray = mesh.corners[corners].astype(np.int64)
    return triangles


def whole(asset: Asset) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All meshes as one: positions (V, 3) float64, triangles (T, 3) int64, and the mesh that each triangle is of."""
    positions = [mesh.positions for mesh in asset.meshes]
    return joined(positions, [triangles_of(mesh) for mesh in asset.meshes])


def joined(
    positions: Sequence[np.ndarray], triangles: Sequence[np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same of meshes that are given as arrays."""
    starts = np.cumsum([0, *(len(part) for part in positions)])
    moved = [part + start for part, start in zip(triangles, starts[:-1], strict=True)]
    owner = np.repeat(np.arange(len(moved)), [len(part) for part in moved])
    empty = [np.zeros((0, 3))], [np.zeros((0, 3), np.int64)]
    all_positions = np.concatenate([*empty[0], *positions]).astype(np.float64)
    return all_positions, np.concatenate([*empty[1], *moved]), owner


def face_normals(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(T, 3) normals, as long as twice the triangle's area."""
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    normals: np.ndarray = np.cross(b - a, c - a)
    return normals


def welded(positions: np.ndarray) -> np.ndarray:
    """(V,) a number for every place: vertices that stand in one have the same."""
    step = max(float(np.ptp(positions[:, 2])), 1e-9) * WELDED if len(positions) else 1.0
    places: np.ndarray = np.unique(np.round(positions / step).astype(np.int64), axis=0, return_inverse=True)[1].ravel()
    return places


def pieces(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V,) the connected piece of every vertex, welded; pieces are numbered by their first vertex."""
    places = welded(positions)
    label = np.arange(int(places.max()) + 1 if len(places) else 0)
    corners = places[triangles]
    # every place takes the lowest label around it, and labels of labels are followed, until nothing changes
    while True:
        before = label.copy()
        low = label[corners].min(1)
        for corner in range(3):
            np.minimum.at(label, corners[:, corner], low)
        label = label[label]
        if np.array_equal(label, before):
            numbered: np.ndarray = np.unique(label[places], return_inverse=True)[1].ravel()
            return numbered
