# SPDX-License-Identifier: GPL-3.0-or-later
"""Slabs: the same prism within the walls on every floor, and one under the roof."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Mesh
from .ear_clipping import triangulate
from .wall_offset import edges, following, with_starts

SLOTS = ("floor", "ceiling", "slab edge")


def slabs(rings: Sequence[np.ndarray], thickness_m: float, tops: Sequence[tuple[str, float]]) -> list[Mesh]:
    """A closed slab within `rings` for each (name, height of its upper face in metres).

    `rings` (N, 2) float64: the outer one counter-clockwise, courtyards clockwise. UVs in metres: the plan on the flat
    faces, around and up on the edges.
    """
    plan = np.concatenate(rings)
    count, triangles = len(plan), triangulate(rings)
    after = np.concatenate([following(np.arange(len(ring))) + start for ring, start in with_starts(rings)])
    here = np.arange(count)
    sides = np.stack([here, after, after + count, here + count], 1)
    corners = np.concatenate([(triangles + count).ravel(), triangles[:, ::-1].ravel(), sides.ravel()])
    sizes = np.repeat([3, 4], [2 * len(triangles), count])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    materials = np.repeat(np.arange(3), [len(triangles), len(triangles), count]).astype(np.int32)
    flat = plan[np.concatenate([triangles.ravel(), triangles[:, ::-1].ravel()])]
    uvs = np.concatenate([flat, _side_uvs(rings, thickness_m)]).astype(np.float32)
    positions = np.empty((2, count, 3))
    positions[..., :2] = plan
    corners = corners.astype(np.int32)
    made = []
    for name, top in tops:
        positions[0, :, 2], positions[1, :, 2] = top - thickness_m, top
        points = positions.reshape(-1, 3).astype(np.float32)
        made.append(Mesh(name, points, corners, starts, materials, SLOTS, {"UVMap": uvs}))
    return made


def _side_uvs(rings: Sequence[np.ndarray], thickness_m: float) -> np.ndarray:
    """(4 x corners, 2): metres around each ring, metres up."""
    length = [edges(ring)[1] for ring in rings]
    right = np.concatenate([np.cumsum(one) for one in length])
    left = right - np.concatenate(length)
    zero, high = np.zeros(len(left)), np.full(len(left), thickness_m)
    uvs = np.stack([left, zero, right, zero, right, high, left, high], 1)
    return np.asarray(uvs.reshape(-1, 2))
