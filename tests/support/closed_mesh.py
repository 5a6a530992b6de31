# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a mesh is a closed solid, and how much it holds."""

from __future__ import annotations

import numpy as np

from maquette.core.asset import Mesh


def half_edges(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """The vertex at which each face corner's edge starts, and the one at which it ends."""
    after = np.arange(len(mesh.corners)) + 1
    after[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    return mesh.corners.astype(np.int64), mesh.corners[after].astype(np.int64)


def is_closed(mesh: Mesh) -> bool:
    """Whether every edge has two faces that run along it in opposite directions, and every vertex a face."""
    start, end = half_edges(mesh)
    count = len(mesh.positions)
    there, back = np.sort(start * count + end), np.sort(end * count + start)
    return bool((np.diff(there) > 0).all() and np.array_equal(there, back) and len(np.unique(start)) == count)


def volume(mesh: Mesh) -> float:
    """Signed cubic metres of a closed mesh with flat faces."""
    start, end = half_edges(mesh)
    hub = np.repeat(mesh.corners[mesh.face_starts[:-1]], np.diff(mesh.face_starts))
    points = mesh.positions.astype(np.float64) - mesh.positions.astype(np.float64).mean(0)
    return float(np.einsum("ij,ij->", points[hub], np.cross(points[start], points[end])) / 6)


def worst_uv_stretch(mesh: Mesh) -> float:
    """The largest difference between an edge's metres in space and in the UVs."""
    start, end = half_edges(mesh)
    after = np.arange(len(mesh.corners)) + 1
    after[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    points, uvs = mesh.positions.astype(np.float64), mesh.uvs["UVMap"].astype(np.float64)
    in_space = np.linalg.norm(points[end] - points[start], axis=1)
    in_uvs = np.linalg.norm(uvs[after] - uvs, axis=1)
    return float(np.abs(in_space - in_uvs).max())
