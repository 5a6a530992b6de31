# SPDX-License-Identifier: GPL-3.0-or-later
"""The surface that the template is laid on: the parametric body's, smoothed where a suit would be smooth.

Units metres, Z up, facing -Y. T triangles, V vertices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from scipy.spatial import cKDTree  # type: ignore[import-untyped]

NEAREST_TRIANGLES = 16


@dataclass(frozen=True)
class Hits:
    """Where points came to lie: `points` (N, 3), their `triangles` (N,) int, -1 where there was none, and
    `shares` (N, 3) of the triangle's corners."""

    points: np.ndarray
    triangles: np.ndarray
    shares: np.ndarray


class Target:
    """A triangle surface with the strongest joint of each triangle, to be hit by rays and found nearest points on."""

    def __init__(self, positions: np.ndarray, quads: np.ndarray, joint_of_vertex: np.ndarray) -> None:
        self.positions = positions.astype(np.float64)
        self.triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
        corners = self.positions[self.triangles]
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        self.normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        self.corners = corners
        self.edges = corners[:, 1:] - corners[:, :1]
        self.middles = corners.mean(1)
        self.reach = np.linalg.norm(corners - self.middles[:, None], axis=2).max(1)
        self.joint_of_triangle = joint_of_vertex[self.triangles[:, 0]]

    def cast(self, origins: np.ndarray, directions: np.ndarray, among: np.ndarray, *, last: bool = False) -> Hits:
        """Where rays (N, 3) leave the surface of the triangles `among` (mask (T,)): first, or last of all.

        Moeller & Trumbore, "Fast, minimum storage ray/triangle intersection" (1997).
        """
        rows = np.flatnonzero(among)
        middles, reach = self.middles[rows], self.reach[rows]
        hits, shares = np.full(len(origins), -1), np.zeros((len(origins), 3))
        points = np.full((len(origins), 3), np.nan)
        for n, (origin, direction) in enumerate(zip(origins, directions, strict=True)):
            ahead = (middles - origin) @ direction
            beside = ((middles - origin) ** 2).sum(1) - ahead**2
            near = rows[(beside <= reach**2) & (ahead > -reach)]
            a, edge1, edge2 = self.corners[near, 0], self.edges[near, 0], self.edges[near, 1]
            across = np.cross(direction, edge2)
            volume = (edge1 * across).sum(1)
            with np.errstate(divide="ignore", invalid="ignore"):
                u = ((origin - a) * across).sum(1) / volume
                around = np.cross(origin - a, edge1)
                v = (around @ direction) / volume
                far = (edge2 * around).sum(1) / volume
            leaves = self.normals[near] @ direction > 0.02
            inside = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (far > 1e-5) & leaves
            if inside.any():
                found = np.flatnonzero(inside)
                best = found[far[found].argmax() if last else far[found].argmin()]
                hits[n], shares[n] = near[best], (1 - u[best] - v[best], u[best], v[best])
                points[n] = origin + far[best] * direction
        return Hits(points, hits, shares)

    def part(self, among: np.ndarray) -> tuple[np.ndarray, cKDTree]:
        """The triangles `among` as `nearest` looks through them."""
        rows = np.flatnonzero(among)
        return rows, cKDTree(self.middles[rows])

    def nearest(
        self, points: np.ndarray, normals: np.ndarray | None, part: tuple[np.ndarray, cKDTree], agree: float = 0.1
    ) -> Hits:
        """The nearest points of a part's triangles whose normals agree with those given (cosine over `agree`)."""
        rows, tree = part
        _, near = tree.query(points, k=min(NEAREST_TRIANGLES, len(rows)))
        near = rows[near.reshape(len(points), -1)]
        shares = closest_shares(points[:, None], self.corners[near])
        placed = (shares[..., None] * self.corners[near]).sum(2)
        distance = np.linalg.norm(placed - points[:, None], axis=2)
        if normals is not None:
            wrong = (self.normals[near] * normals[:, None]).sum(2) < agree
            distance = distance + np.where(wrong, 1.0, 0.0)
        best = distance.argmin(1)
        each = np.arange(len(points))
        return Hits(placed[each, best], near[each, best], shares[each, best])


def closest_shares(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Barycentric shares (..., 3) of the point of each triangle (..., 3, 3) nearest to each point (..., 3).

    Ericson, "Real-Time Collision Detection" (2005), 5.1.5, as the best of the inside and the three edges.
    """
    a, b, c = corners[..., 0, :], corners[..., 1, :], corners[..., 2, :]
    ab, ac, ap = b - a, c - a, points - a
    d00, d01, d11 = (ab * ab).sum(-1), (ab * ac).sum(-1), (ac * ac).sum(-1)
    d20, d21 = (ap * ab).sum(-1), (ap * ac).sum(-1)
    area = np.maximum(d00 * d11 - d01 * d01, 1e-20)
    v, w = (d11 * d20 - d01 * d21) / area, (d00 * d21 - d01 * d20) / area
    inside = np.stack([1 - v - w, v, w], -1)
    options = [inside]
    for start, end in ((0, 1), (1, 2), (2, 0)):
        p, q = corners[..., start, :], corners[..., end, :]
        t = ((points - p) * (q - p)).sum(-1) / np.maximum(((q - p) ** 2).sum(-1), 1e-20)
        t = np.clip(t, 0, 1)
        edge = np.zeros_like(inside)
        edge[..., start], edge[..., end] = 1 - t, t
        options.append(edge)
    best = np.full(inside.shape[:-1], np.inf)
    chosen: np.ndarray = np.zeros_like(inside)
    for option in options:
        valid = (option >= -1e-9).all(-1)
        gap = np.linalg.norm((option[..., None] * corners).sum(-2) - points, axis=-1)
        better = valid & (gap < best)
        best = np.where(better, gap, best)
        chosen[better] = option[better]
    return chosen


def smoothing(num_vertices: int, quads: np.ndarray, strength: np.ndarray) -> sparse.csr_matrix:
    """One step (V, V) that moves each vertex towards its neighbours' mean by its own strength (V,) in [0, 1]."""
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    both = np.concatenate([edges, edges[:, ::-1]])
    links = sparse.coo_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (num_vertices, num_vertices)).tocsr()
    links.data[:] = 1
    mean = sparse.diags(1 / np.maximum(np.asarray(links.sum(1)).ravel(), 1)) @ links
    step: sparse.csr_matrix = (sparse.diags(1 - strength) + sparse.diags(strength) @ mean).tocsr()
    return step
