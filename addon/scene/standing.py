# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a crowd may stand: places on a surface that keep their distance, or along a curve. In world space."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.errors import InputError
from .shown_mesh import edge_pairs, in_world, shown, vertex_places

# steeper ground than 60 degrees is a wall
FLAT_ENOUGH = 0.5
# so many places are tried for each member, and in all
TRIES, MOST_TRIES = 12, 30_000
_AROUND = tuple(itertools.product((-1, 0, 1), repeat=3))


@dataclass(frozen=True)
class Standing:
    """Where the members stand: `places` (N, 3), and `turns` (N,) about Z, 0 facing -Y as a character is made."""

    places: np.ndarray
    turns: np.ndarray


def on_surface(ground: Any, count: int, distance: float, rng: np.random.Generator) -> Standing:
    """Up to `count` places spread evenly over what of a mesh can be stood on, none nearer to another than `distance`:
    area-weighted samples, thinned in random order (dart throwing; Cook, ACM TOG 5(1), 1986)."""
    corners = _triangles(ground)
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(across, axis=1)
    areas[across[:, 2] < FLAT_ENOUGH * areas] = 0.0
    if not areas.sum() > 0:
        raise InputError(f"'{ground.name}' has no face that one can stand on: none looks up. Choose another object.")
    chosen = rng.choice(len(areas), min(count * TRIES, max(count, MOST_TRIES)), p=areas / areas.sum())
    u, v = rng.random((2, len(chosen)))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    a, b, c = corners[chosen].transpose(1, 0, 2)
    places = a + u[:, None] * (b - a) + v[:, None] * (c - a)
    apart = np.array(list(_apart(places, count, distance)))
    return Standing(places[apart], rng.random(len(apart)) * 2 * math.pi)


def along_curve(ground: Any, count: int, distance: float, rng: np.random.Generator) -> Standing:
    """Up to `count` places along a curve, evenly but for a little chance, facing where it leads."""
    line = _line(ground)
    steps = np.diff(line, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    total = float(lengths.sum())
    if not total > 0:
        raise InputError(f"The curve '{ground.name}' has no length. Choose another.")
    count = min(count, max(1, int(total / distance))) if distance > 0 else count
    spacing = total / count
    room = max(0.0, spacing - distance) / 2
    at = (np.arange(count) + 0.5) * spacing + rng.uniform(-room, room, count)
    ends = np.cumsum(lengths)
    index = np.minimum(np.searchsorted(ends, at), len(lengths) - 1)
    share = 1 - (ends[index] - at) / np.maximum(lengths[index], 1e-9)
    places = line[index] + np.clip(share, 0, 1)[:, None] * steps[index]
    return Standing(places, np.arctan2(steps[index, 1], steps[index, 0]) + math.pi / 2)


def _apart(places: np.ndarray, count: int, distance: float) -> Iterator[int]:
    """Indices of places in order, without those that come too near to one before; a grid finds neighbours."""
    cells: dict[tuple[int, ...], list[int]] = {}
    size = max(distance, 1e-6)
    found = 0
    for index, place in enumerate(places):
        cell = tuple(int(c) for c in np.floor(place / size))
        around = [
            other for step in _AROUND for other in cells.get(tuple(c + s for c, s in zip(cell, step, strict=True)), ())
        ]
        if any(math.dist(places[other], place) < distance for other in around):
            continue
        cells.setdefault(cell, []).append(index)
        yield index
        found += 1
        if found == count:
            return


def _triangles(ground: Any) -> np.ndarray:
    """(T, 3, 3) corners of the mesh as it is shown, in world space."""
    with shown(ground) as mesh:
        mesh.calc_loop_triangles()
        places = vertex_places(mesh)
        corners = np.empty(len(mesh.loop_triangles) * 3, np.int32)
        mesh.loop_triangles.foreach_get("vertices", corners)
    result: np.ndarray = in_world(places, ground.matrix_world)[corners].reshape(-1, 3, 3)
    return result


def _line(ground: Any) -> np.ndarray:
    """(P, 3) points along the curve's first spline, in world space."""
    with shown(ground) as mesh:
        places, pairs = vertex_places(mesh), edge_pairs(mesh)
    if not len(pairs):
        raise InputError(f"The curve '{ground.name}' has no length. Choose another.")
    # a spline's edges follow each other; where they do not, the next spline begins
    breaks = np.flatnonzero(pairs[1:, 0] != pairs[:-1, 1])
    last = int(breaks[0]) + 1 if len(breaks) else len(pairs)
    order = [int(pairs[0, 0]), *(int(i) for i in pairs[:last, 1])]
    result: np.ndarray = in_world(places, ground.matrix_world)[order]
    return result
