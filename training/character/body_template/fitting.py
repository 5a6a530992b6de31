# SPDX-License-Identifier: GPL-3.0-or-later
"""From a half template with holes in its places to one that lies on the target: filled, relaxed, projected."""

from __future__ import annotations

from typing import Any

import numpy as np

from .guide import Guide
from .half_mesh import FREE, HARD, SOFT, HalfMesh, fill_unplaced, neighbour_mean, turned_outwards
from .target import Target


def settle(mesh: HalfMesh, guide: Guide, *, rounds: int = 14, loose_rounds: int = 5) -> None:
    """Place the free vertices: harmonic first, then rounds of smoothing and of the target's nearest points.

    In the last, loose rounds those that rays have placed may move too, by less.
    """
    points, quads = mesh.arrays()
    regions, on_line = np.array(mesh.regions), np.array(mesh.midline)
    pinned = np.array(mesh.pinned)
    inside = np.array([name.endswith("inside") for name in mesh.regions])
    known = np.isfinite(points).all(1)
    mean = neighbour_mean(len(points), quads, on_line)
    points[~known] = 0
    points = fill_unplaced(points, known, mean)
    points[on_line, 0] = 0
    quads = turned_outwards(quads, points)
    mesh.quads = [tuple(quad) for quad in quads.tolist()]
    parts = {region: guide.target.part(guide.region(region)) for region in np.unique(regions) if "inside" not in region}
    for k in range(rounds + loose_rounds):
        loose = k >= rounds
        free = (pinned < (HARD if loose else SOFT)) & ~inside
        strength = np.where(pinned == FREE, 0.5, 0.3)[:, None]
        points = np.where(free[:, None], points + strength * (mean @ points - points), points)
        points[on_line, 0] = 0
        _project(points, quads, guide.target, parts, regions, free, on_line)
    for vertex, leaders, offset in mesh.followers:
        points[vertex] = sum(share * points[leader] for leader, share in leaders) + offset
    mesh.points = list(points)


def _project(
    points: np.ndarray,
    quads: np.ndarray,
    target: Target,
    parts: dict[str, Any],
    regions: np.ndarray,
    free: np.ndarray,
    on_line: np.ndarray,
) -> None:
    """Move the free vertices to the nearest places of their own parts of the target, midline vertices within it."""
    normals = vertex_normals(points, quads)
    normals[on_line, 0] = 0
    for region in np.unique(regions[free]):
        rows = np.flatnonzero(free & (regions == region))
        points[rows] = target.nearest(points[rows], normals[rows], parts[region]).points
    points[on_line, 0] = 0


def vertex_normals(points: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """(V, 3) of length 1, faces weighted by area."""
    p = points[quads]
    face = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
    normals = np.zeros_like(points)
    for k in range(4):
        np.add.at(normals, quads[:, k], face)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))
