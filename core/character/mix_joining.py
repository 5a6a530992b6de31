# SPDX-License-Identifier: GPL-3.0-or-later
"""Closes the joins of a mixed character: open rims are drawn to the part that they end at, and what lies under another
part is pushed back under it.

Shape letters: V vertices of one side, S samples of the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Mesh
from .smoothing import edges_of, weld
from .surface import triangles_of

# shares of the body height: how near a rim ends at another part, how wide a gap or poke may stay, how deep what is
# pushed under lies there, and how far around it the skin follows
_NEAR, ALLOWED, _DEPTH, _FOLLOWS = 0.03, 0.006, 0.003, 0.05
_AT_ONCE = 2**22


@dataclass(frozen=True)
class Side:
    """One side of a join: `positions` (V, 3) metres, `triangles` (T, 3) int64, `rim` (V,) bool the open edge."""

    positions: np.ndarray
    triangles: np.ndarray
    rim: np.ndarray

    @classmethod
    def of(cls, meshes: Sequence[Mesh]) -> Side:
        """All of the meshes as one side."""
        starts = np.cumsum([0, *(len(mesh.positions) for mesh in meshes)])
        positions = np.concatenate([np.zeros((0, 3)), *(mesh.positions for mesh in meshes)])
        pieces = [triangles_of(mesh) + start for mesh, start in zip(meshes, starts, strict=False)]
        triangles = np.concatenate([np.zeros((0, 3), np.int64), *pieces])
        return cls(positions.astype(np.float64), triangles, _rim(positions, triangles))


def _rim(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(V,) bool: vertices on an edge that one triangle alone has; split vertices count as one."""
    if not len(triangles):
        return np.zeros(len(positions), bool)
    place, count = weld(positions, 1e-6 + 1e-5 * float(np.ptp(positions)))
    corners = place[triangles]
    pairs = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    keys, times = np.unique(pairs[:, 0] * count + pairs[:, 1], return_counts=True)
    open_ = np.zeros(count, bool)
    lonely = keys[times == 1]
    open_[lonely // count] = open_[lonely % count] = True
    rim: np.ndarray = open_[place]
    return rim


def outside(points: np.ndarray, side: Side) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(how far outside the surface each point (V, 3) is, the nearest place there (V, 3), its outward normal (V, 3)).

    Negative inside; by the nearest of samples on the triangles, their corners, edges' middles and centres.
    """
    corners = side.positions[side.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    middles = (corners + corners[:, [1, 2, 0]]) / 2
    samples = np.concatenate([*corners.transpose(1, 0, 2), *middles.transpose(1, 0, 2), corners.mean(axis=1)])
    of = np.tile(np.arange(len(corners)), 7)
    nearest = np.empty(len(points), np.int64)
    step = max(1, _AT_ONCE // max(len(samples), 1))
    square = (samples**2).sum(axis=1)
    for start in range(0, len(points), step):
        part = points[start : start + step]
        nearest[start : start + step] = (square - 2 * part @ samples.T).argmin(axis=1)
    normal = normals[of[nearest]]
    # a point over the edge of a triangle is told by how far its plane is below it
    return ((points - samples[nearest]) * normal).sum(axis=1), samples[nearest], normal


@dataclass(frozen=True)
class Join:
    """What was true of a part beside its own neighbour: `rim` (V,) bool ended at it, `under` (V,) bool lay under it,
    `apart` (V,) metres how far it was from it."""

    rim: np.ndarray
    under: np.ndarray
    apart: np.ndarray


def joined_before(part: Side, neighbour: Side, hidden: np.ndarray, height: float) -> Join:
    """How a part ended at, and lay under, the neighbour that it was made with; `hidden` (V,) bool shall lie under."""
    if not len(part.positions) or not len(neighbour.triangles):
        return Join(np.zeros_like(hidden), hidden, np.zeros(len(hidden)))
    over, nearest, _ = outside(part.positions, neighbour)
    apart = np.linalg.norm(part.positions - nearest, axis=1)
    near = apart < _NEAR * height
    return Join(part.rim & near, hidden | (near & (over < -1e-3 * height)), apart)


def faults(part: Side, neighbour: Side, before: Join, height: float) -> tuple[np.ndarray, float, float]:
    """(what would mend each vertex (V, 3) metres, widest gap, share of vertices that poke through) of a part beside a
    new neighbour."""
    mend = np.zeros_like(part.positions)
    asked = np.flatnonzero(before.rim | before.under)
    if not len(asked) or not len(neighbour.triangles):
        return mend, 0.0, 0.0
    over, nearest, normal = outside(part.positions[asked], neighbour)
    apart = np.linalg.norm(part.positions[asked] - nearest, axis=1)
    poking = (over > ALLOWED * height) & before.under[asked]
    # a rim that stood off its neighbour may stand off as far as it did
    gaping = (over > 0) & (apart > before.apart[asked] + ALLOWED * height) & before.rim[asked]
    wrong = poking | gaping
    goal = nearest - _DEPTH * height * normal
    mend[asked[wrong]] = (goal - part.positions[asked])[wrong]
    return mend, float(apart[gaping].max(initial=0.0)), float(poking.sum()) / max(len(part.positions), 1)


def mended(part: Side, mend: np.ndarray, height: float) -> np.ndarray:
    """(V, 3): positions with `mend` (V, 3) applied, and the skin around following with a falloff."""
    moved = np.flatnonzero(np.abs(mend).max(axis=1) > 0)
    if not len(moved):
        return part.positions
    place, count = weld(part.positions, 1e-6 + 1e-5 * float(np.ptp(part.positions)))
    places = np.zeros((count, 3))
    places[place] = part.positions
    shift, held = np.zeros((count, 3)), np.zeros(count, bool)
    shift[place[moved]], held[place[moved]] = mend[moved], True
    edges = edges_of(place[part.triangles])
    far = _distances(places, edges, held, _FOLLOWS * height)
    degree = np.maximum(np.bincount(edges.ravel(), minlength=count), 1)[:, None]
    free = ~held & (far < _FOLLOWS * height)
    for _ in range(40):
        total = np.zeros_like(shift)
        np.add.at(total, edges[:, 0], shift[edges[:, 1]])
        np.add.at(total, edges[:, 1], shift[edges[:, 0]])
        shift[free] = (total / degree)[free]
    followed: np.ndarray = part.positions + shift[place]
    return followed


def _distances(places: np.ndarray, edges: np.ndarray, start: np.ndarray, limit: float) -> np.ndarray:
    """(N,) metres along edges from the places that `start`."""
    far = np.where(start, 0.0, np.inf)
    length = np.linalg.norm(places[edges[:, 0]] - places[edges[:, 1]], axis=1)
    while True:
        before = far.copy()
        np.minimum.at(far, edges[:, 0], before[edges[:, 1]] + length)
        np.minimum.at(far, edges[:, 1], before[edges[:, 0]] + length)
        far[far > limit] = np.inf
        if np.array_equal(far, before):
            return before
