# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings as meshes with the sun on them: closed masses with a line a storey, the ground, the neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..asset import Mesh
from .ear_clipping import triangulate
from .massing import Massing
from .massing_grid import MassingGrid
from .massing_sun_map import SunMap, false_colours
from .site import Neighbour

# walls are coloured in pieces of this length
PIECE_M = 4.0
GROUND_MARGIN_M = 16.0


def masses(name: str, massing: Massing, sun: SunMap) -> Mesh:
    """One closed solid a plate of each tier, faces a storey high; `colors["sun"]` are hours of sun."""
    parts: list[tuple[np.ndarray, list[np.ndarray], np.ndarray]] = []
    floor = 0.0
    for first, number, plates in massing.tiers():
        heights = massing.heights_m[first : first + number]
        levels = floor + np.concatenate([[0.0], np.cumsum(heights)])
        floor = float(levels[-1])
        parts += [_prism([_subdivided(ring) for ring in plate.rings], levels, sun) for plate in plates]
    return _mesh(name, parts)


def ground(name: str, grid: MassingGrid, storeys: np.ndarray, sun: SunMap) -> Mesh:
    """The open ground of the plot and around it, a face a cell, coloured by its hours of sun."""
    near = (grid.depth_m > -GROUND_MARGIN_M) & (storeys == 0) & (grid.neighbour_m == 0)
    x, y = grid.x_m[near].astype(np.float64), grid.y_m[near].astype(np.float64)
    half = grid.cell_m / 2
    corners = np.stack([np.stack([x + a * half, y + b * half], -1) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))], 1)
    flat = corners.reshape(-1, 2)
    _, first, index = np.unique(np.rint(flat * 100).astype(np.int64), axis=0, return_index=True, return_inverse=True)
    cos, sin = np.cos(grid.angle), np.sin(grid.angle)
    middle = np.stack([x * cos - y * sin, x * sin + y * cos, np.zeros_like(x)], -1)
    middle[:, :2] += grid.centre
    colours = false_colours(sun.flats(middle))
    # beyond the plot's boundary fainter
    colours[:, :3] *= np.where(grid.site[near], 1.0, 0.45)[:, None].astype(np.float32)
    plan = flat[first]
    turned = np.stack([plan[:, 0] * cos - plan[:, 1] * sin, plan[:, 0] * sin + plan[:, 1] * cos], -1) + grid.centre
    points = np.concatenate([turned, np.zeros((len(turned), 1))], 1)
    return _mesh(name, [(points, [row for row in index.reshape(-1, 4)], np.repeat(colours, 4, 0))])


def neighbours_mesh(neighbours: Sequence[Neighbour]) -> Mesh:
    """The neighbours as closed solids without colours."""
    parts = [_prism([one.ring], np.array([0.0, one.height_m]), None) for one in neighbours]
    mesh = _mesh("neighbours", parts)
    return Mesh(mesh.name, mesh.positions, mesh.corners, mesh.face_starts, mesh.material_of_face, mesh.materials)


def _prism(
    rings: list[np.ndarray], levels: np.ndarray, sun: SunMap | None
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Points (V, 3), faces and the colours of their corners (C, 4)."""
    plan = np.concatenate(rings)
    count, last = len(plan), len(levels) - 1
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    after = np.concatenate([np.roll(np.arange(a, b), -1) for a, b in pairwise(starts.tolist())])
    here = np.arange(count)
    points = np.concatenate([np.concatenate([plan, np.full((count, 1), level)], 1) for level in levels])
    sides = np.concatenate(
        [np.stack([here, after, after + count, here + count], 1) + storey * count for storey in range(last)]
    )
    caps = triangulate(rings)
    top, bottom = caps + last * count, caps[:, ::-1]
    faces = [*sides, *top, *bottom]
    if sun is None:
        return points, faces, np.ones((4 * len(sides) + 6 * len(caps), 4), np.float32)
    along = plan[after] - plan
    normals = np.stack([along[:, 1], -along[:, 0]], 1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    hours = sun.facades(points[sides].mean(1), np.tile(normals, (last, 1)))
    corners = points[top]
    inset = 0.8 * corners + 0.2 * corners.mean(1, keepdims=True)
    colours = [
        np.repeat(false_colours(hours), 4, 0),
        false_colours(sun.flats(inset.reshape(-1, 3))),
        np.repeat(false_colours(np.zeros(len(bottom))), 3, 0),
    ]
    return points, faces, np.concatenate(colours)


def _subdivided(ring: np.ndarray) -> np.ndarray:
    pieces = []
    for start, end in zip(ring, np.roll(ring, -1, 0), strict=True):
        number = max(1, round(float(np.hypot(*(end - start))) / PIECE_M))
        pieces.append(start + (end - start) * (np.arange(number) / number)[:, None])
    return np.concatenate(pieces)


def _mesh(name: str, parts: Sequence[tuple[np.ndarray, list[np.ndarray], np.ndarray]]) -> Mesh:
    firsts = np.cumsum([0, *(len(points) for points, _, _ in parts)])
    faces = [face + first for (_, own, _), first in zip(parts, firsts[:-1], strict=True) for face in own]
    starts = np.concatenate([[0], np.cumsum([len(face) for face in faces])]).astype(np.int32)
    points = np.concatenate([part[0] for part in parts]) if parts else np.zeros((0, 3))
    colours = np.concatenate([part[2] for part in parts]) if parts else np.zeros((0, 4), np.float32)
    corners = np.concatenate(faces).astype(np.int32) if faces else np.zeros(0, np.int32)
    slots = np.zeros(len(faces), np.int32)
    return Mesh(name, points.astype(np.float32), corners, starts, slots, ("massing",), colors={"sun": colours})
