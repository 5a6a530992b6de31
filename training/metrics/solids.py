# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether meshes are solids: every edge between two faces that run along it in opposite directions, and a volume."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...core.asset import Mesh


def open_solids(meshes: Iterable[Mesh]) -> list[str]:
    """The names of the meshes that are not closed and edge-manifold, or whose volume is not positive.

    Meshes that share their faces' arrays, as storeys of one kind do, are looked at once for their edges.
    """
    closed: dict[int, bool] = {}
    found = []
    for mesh in meshes:
        after = following_corners(mesh)
        key = id(mesh.corners)
        if key not in closed:
            closed[key] = _is_closed(mesh, after)
        if not closed[key] or volume(mesh, after) <= 0:
            found.append(mesh.name)
    return found


def following_corners(mesh: Mesh) -> np.ndarray:
    """(C,) the place in `corners` of the next corner of the same face."""
    after = np.arange(1, len(mesh.corners) + 1)
    after[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    return after


def volume(mesh: Mesh, after: np.ndarray) -> float:
    """Signed cubic metres within a closed mesh of flat faces."""
    points = mesh.positions.astype(np.float64) - mesh.positions.mean(0, dtype=np.float64)
    corners = points[mesh.corners]
    hub = np.repeat(mesh.face_starts[:-1], np.diff(mesh.face_starts))
    a, (bx, by, bz), (cx, cy, cz) = corners[hub], corners.T, corners[after].T
    cross = (by * cz - bz * cy, bz * cx - bx * cz, bx * cy - by * cx)
    return float(sum((a[:, axis] * cross[axis]).sum() for axis in range(3)) / 6)


def _is_closed(mesh: Mesh, after: np.ndarray) -> bool:
    start = mesh.corners.astype(np.int64)
    end, count = start[after], len(mesh.positions)
    there, back = np.sort(start * count + end), np.sort(end * count + start)
    whole = len(there) > 0 and bool((np.diff(there) > 0).all()) and np.array_equal(there, back)
    return whole and int(np.bincount(start, minlength=count).min()) > 0
