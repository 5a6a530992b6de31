# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles of a mesh that run through each other, found by a grid and tested edge against triangle.

Shape letters: V vertices, T triangles, N pairs.
"""

from __future__ import annotations

import numpy as np

from .triangles import welded

# an edge that only touches, within this share of the edge or the triangle, does not run through
MARGIN = 1e-4
MAX_CELLS = 64


def intersecting_pairs(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N, 2) int64 triangles that run through each other, the lower one first; neighbours that share a place do not.

    positions: (V, 3); triangles: (T, 3). Triangles that lie in one plane are not taken to intersect.
    """
    pairs = _near_pairs(positions, triangles)
    places = welded(positions)[triangles]
    shared = (places[pairs[:, 0]][:, :, None] == places[pairs[:, 1]][:, None, :]).any((1, 2))
    pairs = pairs[~shared]
    corners = positions[triangles]
    hit = np.zeros(len(pairs), bool)
    for one, other in ((0, 1), (1, 0)):
        for start, end in ((0, 1), (1, 2), (2, 0)):
            edges = corners[pairs[:, one]]
            hit |= _pierces(edges[:, start], edges[:, end], corners[pairs[:, other]])
    found: np.ndarray = pairs[hit]
    return found


def intersecting_faces(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(T,) bool: the triangles that run through another one."""
    found = np.zeros(len(triangles), bool)
    found[intersecting_pairs(positions, triangles)] = True
    return found


def _pierces(start: np.ndarray, end: np.ndarray, triangle: np.ndarray) -> np.ndarray:
    """(N,) whether edges run through triangles (N, 3, 3).

    T. Moller and B. Trumbore, Fast, Minimum Storage Ray/Triangle Intersection, 1997.
    """
    along = end - start
    side, other = triangle[:, 1] - triangle[:, 0], triangle[:, 2] - triangle[:, 0]
    across = np.cross(along, other)
    determinant = (side * across).sum(1)
    size = np.linalg.norm(along, axis=1) * np.linalg.norm(np.cross(side, other), axis=1)
    flat = np.abs(determinant) <= 1e-9 * np.maximum(size, 1e-30)
    inverse = 1 / np.where(flat, 1.0, determinant)
    offset = start - triangle[:, 0]
    u = (offset * across).sum(1) * inverse
    turned = np.cross(offset, side)
    v = (along * turned).sum(1) * inverse
    t = (other * turned).sum(1) * inverse
    inside = (u > MARGIN) & (v > MARGIN) & (u + v < 1 - MARGIN)
    through: np.ndarray = inside & (t > MARGIN) & (t < 1 - MARGIN) & ~flat
    return through


def _near_pairs(positions: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(N, 2) pairs of triangles whose boxes overlap, each once, in order."""
    corners = positions[triangles]
    low, high = corners.min(1), corners.max(1)
    if len(triangles) < 2:
        return np.zeros((0, 2), np.int64)
    cell = max(float(np.median((high - low).max(1))) * 2, float(np.ptp(positions, axis=0).max()) / MAX_CELLS, 1e-12)
    origin = low.min(0)
    first, last = ((edge - origin) // cell for edge in (low, high))
    owner, cells = _cells(first.astype(np.int64), last.astype(np.int64))
    order = np.argsort(cells, kind="stable")
    pairs = _pairs_in_runs(owner[order], cells[order])
    keep = ((low[pairs[:, 0]] <= high[pairs[:, 1]]) & (low[pairs[:, 1]] <= high[pairs[:, 0]])).all(1)
    keys = np.unique(pairs[keep].min(1) * len(triangles) + pairs[keep].max(1))
    return np.stack([keys // len(triangles), keys % len(triangles)], axis=1)


def _cells(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which triangle lies in which cell: every cell between the first and the last (T, 3) on each axis."""
    spans = last - first + 1
    counts = spans.prod(1)
    owner = np.repeat(np.arange(len(first)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    span = spans[owner]
    offset = np.stack([number // (span[:, 1] * span[:, 2]), number // span[:, 2] % span[:, 1], number % span[:, 2]], 1)
    cell = first[owner] + offset
    size = last.max(0) + 1
    return owner, (cell[:, 0] * size[1] + cell[:, 1]) * size[2] + cell[:, 2]


def _pairs_in_runs(owner: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """(N, 2) all pairs of owners with the same cell; cells are sorted."""
    starts = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]])
    ends = np.repeat(np.r_[starts[1:], len(cells)], np.diff(np.r_[starts, len(cells)]))
    later = ends - np.arange(len(cells)) - 1
    first = np.repeat(np.arange(len(cells)), later)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later)
    return np.stack([owner[first], owner[second]], axis=1)
