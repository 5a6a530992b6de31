# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarser versions of a mesh by collapsing edges, those first that change the surface least.

M. Garland and P. Heckbert, Surface Simplification Using Quadric Error Metrics, 1997, with vertices that stay where they
were, so that UVs, normals and skin weights are ones that the artist gave. Corners of one place that differ (at UV seams
and hard edges) are wedges: a collapse moves each to the wedge that it shares a face with. Shape letters: P places, W
wedges, T triangles, C face corners.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from ..asset import Asset, Mesh
from .smoothing import weld
from .surface import triangles_of

LEAST_FACES = 60
_BORDER = 20.0
_SHARPEST_TURN = 0.2


def with_levels(asset: Asset, count: int) -> Asset:
    """The asset with `count` coarser versions of each mesh, each with half the triangles of the one before.

    A small mesh stays as it is in all of them. Their skin is that of the nearest vertices of the mesh.
    """
    return replace(asset, meshes=tuple(replace(mesh, levels=_levels(mesh, count)) for mesh in asset.meshes))


def _levels(mesh: Mesh, count: int) -> tuple[Mesh, ...]:
    levels: list[Mesh] = []
    finer = mesh
    for _ in range(count):
        triangles = len(triangles_of(finer))
        if triangles > LEAST_FACES:
            finer = simplified(finer, max(LEAST_FACES, triangles // 2))
        levels.append(finer)
    return tuple(replace(level, shape_keys={}, levels=()) for level in levels)


def simplified(mesh: Mesh, goal: int) -> Mesh:
    """The mesh with about `goal` triangles; as many as can go without turning skin inside out where that is more."""
    corners, faces = _corners_of_triangles(mesh)
    rows = [mesh.corners[corners][:, None].astype(np.float64)]
    layers = [*mesh.uvs.values(), *([mesh.normals] if len(mesh.normals) else []), *mesh.colors.values()]
    rows += [np.round(layer[corners].astype(np.float64), 5) for layer in layers]
    _, first, wedges = np.unique(np.concatenate(rows, axis=1), axis=0, return_index=True, return_inverse=True)
    source = corners[first]
    place, count = weld(mesh.positions, 1e-6 + 1e-5 * float(np.ptp(mesh.positions)))
    positions = np.zeros((count, 3))
    positions[place] = mesh.positions
    materials = mesh.material_of_face[faces]
    shrinking = _Shrinking(positions, place[mesh.corners[source]], wedges.reshape(-1, 3), materials)
    shrinking.run(goal)
    kept = np.array(sorted(shrinking.alive), np.int64)
    left = np.array([shrinking.triangles[t] for t in kept], np.int64).reshape(-1)
    used, number = np.unique(left, return_inverse=True)
    return replace(
        mesh,
        positions=positions[np.array(shrinking.place_of, np.int64)[used]].astype(np.float32),
        corners=number.ravel().astype(np.int32),
        face_starts=(3 * np.arange(len(kept) + 1)).astype(np.int32),
        material_of_face=mesh.material_of_face[faces[kept]],
        uvs={name: layer[source[left]] for name, layer in mesh.uvs.items()},
        shape_keys={},
        levels=(),
        normals=mesh.normals[source[left]] if len(mesh.normals) else mesh.normals,
        colors={name: layer[source[left]] for name, layer in mesh.colors.items()},
    )


def _corners_of_triangles(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """(numbers (3 T,) of the face corners of each triangle, face (T,) of each)."""
    numbered = replace(mesh, corners=np.arange(len(mesh.corners), dtype=np.int32))
    counts = np.maximum(np.diff(mesh.face_starts) - 2, 0)
    return triangles_of(numbered).reshape(-1), np.repeat(np.arange(len(counts)), counts)


class _Shrinking:
    """A mesh while edges collapse: the triangles alive, the wedges of their corners and the places of these."""

    def __init__(
        self, positions: np.ndarray, place_of: np.ndarray, triangles: np.ndarray, materials: np.ndarray
    ) -> None:
        self.points: list[list[float]] = positions.tolist()
        self.place_of: list[int] = place_of.tolist()
        self.triangles: list[list[int]] = triangles.tolist()
        own = place_of[triangles]
        whole = (own[:, 0] != own[:, 1]) & (own[:, 1] != own[:, 2]) & (own[:, 2] != own[:, 0])
        self.alive = set(np.flatnonzero(whole).tolist())
        self.around: list[set[int]] = [set() for _ in range(len(positions))]
        for number in self.alive:
            for wedge in self.triangles[number]:
                self.around[self.place_of[wedge]].add(number)
        self.quadrics = _quadrics(positions, own[whole], materials[whole])
        self.version = [0] * len(positions)
        self.heap: list[tuple[float, int, int, int, int]] = []

    def run(self, goal: int) -> None:
        """Collapse until `goal` triangles are left, or none may go any more."""
        for place in range(len(self.points)):
            self._offer(place)
        while len(self.alive) > goal and self.heap:
            _, start, end, first, second = heapq.heappop(self.heap)
            if self.version[start] == first and self.version[end] == second and self._may(start, end):
                self._collapse(start, end)

    def _neighbours(self, place: int) -> set[int]:
        return {self.place_of[w] for t in self.around[place] for w in self.triangles[t]} - {place}

    def _offer(self, place: int) -> None:
        for other in self._neighbours(place):
            for start, end in ((place, other), (other, place)):
                cost = self._cost(start, end)
                heapq.heappush(self.heap, (cost, start, end, self.version[start], self.version[end]))

    def _cost(self, start: int, end: int) -> float:
        x, y, z = self.points[end]
        a, b, c, d, e, f, g, h, i, j = (p + q for p, q in zip(self.quadrics[start], self.quadrics[end], strict=True))
        return (
            a * x * x
            + e * y * y
            + h * z * z
            + 2 * (b * x * y + c * x * z + f * y * z)
            + 2 * (d * x + g * y + i * z)
            + j
        )

    def _may(self, start: int, end: int) -> bool:
        """Whether a collapse keeps the surface one and turns no triangle over."""
        shared = self.around[start] & self.around[end]
        if len(self._neighbours(start) & self._neighbours(end)) != len(shared) or not shared:
            return False
        for number in self.around[start] - shared:
            places = [self.place_of[w] for w in self.triangles[number]]
            before = _area([self.points[p] for p in places])
            after = _area([self.points[end if p == start else p] for p in places])
            dot = sum(p * q for p, q in zip(before, after, strict=True))
            size = sum(p * p for p in before) * sum(q * q for q in after)
            if dot <= 0 or dot * dot < _SHARPEST_TURN**2 * size:
                return False
        return True

    def _collapse(self, start: int, end: int) -> None:
        shared = self.around[start] & self.around[end]
        moved: dict[int, int] = {}
        for number in sorted(shared):
            here = next(w for w in self.triangles[number] if self.place_of[w] == start)
            moved.setdefault(here, next(w for w in self.triangles[number] if self.place_of[w] == end))
        for number in shared:
            self.alive.discard(number)
            for wedge in self.triangles[number]:
                self.around[self.place_of[wedge]].discard(number)
        rest = self.around[start]
        lonely = {w for t in rest for w in self.triangles[t] if self.place_of[w] == start and w not in moved}
        for number in rest:
            self.triangles[number] = [moved.get(w, w) for w in self.triangles[number]]
            self.around[end].add(number)
        for wedge in lonely:
            # of another chart, with no corner at the end: it goes there with its own UV
            self.place_of[wedge] = end
        self.around[start] = set()
        self.quadrics[end] = [p + q for p, q in zip(self.quadrics[start], self.quadrics[end], strict=True)]
        self.version[start] += 1
        self.version[end] += 1
        self._offer(end)


def _area(points: list[list[float]]) -> tuple[float, float, float]:
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = points
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


def _quadrics(positions: np.ndarray, triangles: np.ndarray, materials: np.ndarray) -> list[list[float]]:
    """(P, 10): the squared distance to the planes around each place, weighted by area; open edges, and those
    between materials, count as walls."""
    corners = positions[triangles]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    double = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = normal / np.maximum(double, 1e-12)
    planes = [(triangles, normal, corners[:, 0], 0.5 * double[:, 0])]
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    keys = np.concatenate([np.sort(pairs, axis=1), np.tile(materials, 3)[:, None]], axis=1)
    _, index, times = np.unique(keys, axis=0, return_index=True, return_counts=True)
    lonely = index[times == 1]
    edge = pairs[lonely]
    way = positions[edge[:, 1]] - positions[edge[:, 0]]
    wall = np.cross(way, np.tile(normal, (3, 1))[lonely])
    wall /= np.maximum(np.linalg.norm(wall, axis=1, keepdims=True), 1e-12)
    planes.append((edge, wall, positions[edge[:, 0]], _BORDER * (way**2).sum(axis=1)))
    total = np.zeros((len(positions), 10))
    for touched, direction, through, weight in planes:
        plane = np.concatenate([direction, -(direction * through).sum(axis=1, keepdims=True)], axis=1)
        rows, columns = np.triu_indices(4)
        quadric = weight[:, None] * plane[:, rows] * plane[:, columns]
        for column in touched.T:
            np.add.at(total, column, quadric)
    listed: list[list[float]] = total.tolist()
    return listed
