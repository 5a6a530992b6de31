# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines in plan to test with: named shapes, random ones, real ones."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

Rings = tuple[np.ndarray, ...]


def _ring(*corners: tuple[float, float]) -> np.ndarray:
    return np.array(corners, np.float64)


SHAPES: dict[str, Rings] = {
    "rectangle": (_ring((0, 0), (10, 0), (10, 4), (0, 4)),),
    "square": (_ring((0, 0), (4, 0), (4, 4), (0, 4)),),
    "triangle": (_ring((0, 0), (9, 0), (3, 7)),),
    "trapezoid": (_ring((0, 0), (12, 0), (9, 5), (2, 5)),),
    "L": (_ring((0, 0), (10, 0), (10, 4), (4, 4), (4, 10), (0, 10)),),
    "L uneven": (_ring((0, 0), (10, 0), (10, 3), (4, 3), (4, 10), (0, 10)),),
    "T": (_ring((0, 0), (12, 0), (12, 4), (8, 4), (8, 10), (4, 10), (4, 4), (0, 4)),),
    "U": (_ring((0, 0), (12, 0), (12, 10), (8, 10), (8, 4), (4, 4), (4, 10), (0, 10)),),
    "Z": (_ring((0, 0), (6, 0), (6, 3), (10, 3), (10, 6), (4, 6), (4, 3), (0, 3)),),
    "plus": (
        _ring((4, 0), (8, 0), (8, 4), (12, 4), (12, 8), (8, 8), (8, 12), (4, 12), (4, 8), (0, 8), (0, 4), (4, 4)),
    ),
    "court": (_ring((0, 0), (20, 0), (20, 20), (0, 20)), _ring((8, 8), (8, 12), (12, 12), (12, 8))),
    "court aside": (_ring((0, 0), (20, 0), (20, 14), (0, 14)), _ring((3, 5), (3, 9), (13, 9), (13, 5))),
    "two courts": (
        _ring((0, 0), (30, 0), (30, 12), (0, 12)),
        _ring((4, 4), (4, 8), (10, 8), (10, 4)),
        _ring((16, 3), (14, 8), (24, 9), (25, 4)),
    ),
    "circle": (np.array([(8 * np.cos(a), 8 * np.sin(a)) for a in np.arange(32) * np.pi / 16]),),
    "ellipse": (np.array([(12 * np.cos(a), 7 * np.sin(a)) for a in np.arange(40) * np.pi / 20]),),
}


def star(generator: np.random.Generator) -> Rings:
    """A star of 5 to 20 corners about the origin: many sharp and many reflex ones."""
    count = int(generator.integers(5, 21))
    angles = (np.arange(count) + generator.uniform(-0.4, 0.4, count)) * 2 * np.pi / count
    radii = generator.uniform(4, 14, count)
    return (np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1),)


def rectilinear(generator: np.random.Generator, noise: float = 0.0) -> Rings:
    """Rectangles on a 3 m grid laid over one another, holes included, corners moved by about `noise` metres."""
    while True:
        mask = np.zeros((9, 9), bool)
        for _ in range(int(generator.integers(2, 6))):
            (x, y), (width, depth) = generator.integers(1, 6, 2), generator.integers(1, 6, 2)
            mask[y : min(y + depth, 8), x : min(x + width, 8)] = True
        rings = _borders(mask)
        if rings is not None:
            return tuple(3 * ring + generator.normal(0, noise, ring.shape) for ring in rings)


def _borders(mask: np.ndarray) -> list[np.ndarray] | None:
    """The border of the cells, the outer ring first; None if it is not in one piece or touches itself."""
    ways: dict[tuple[int, int], tuple[int, int]] = {}
    count = 0
    for y, x in np.argwhere(mask).tolist():
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        for side, (dx, dy) in enumerate([(0, -1), (1, 0), (0, 1), (-1, 0)]):
            if not mask[y + dy, x + dx]:
                ways[corners[side]] = corners[(side + 1) % 4]
                count += 1
    if len(ways) < count:
        return None
    rings = []
    while ways:
        ring = [next(iter(ways))]
        while ring[-1] in ways:
            ring.append(ways.pop(ring[-1]))
        points = np.array(ring[:-1], np.float64)
        into, out = points - np.roll(points, 1, 0), np.roll(points, -1, 0) - points
        rings.append(points[into[:, 0] * out[:, 1] != into[:, 1] * out[:, 0]])
    rings.sort(key=lambda points: -float(np.ptp(points, axis=0).prod()))
    return rings if sum(_turns_left(points) for points in rings) == 1 else None


def _turns_left(ring: np.ndarray) -> bool:
    x, y = ring.T
    return bool((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() > 0)


def real_footprints(count: int) -> list[np.ndarray]:
    """Footprints (N, 2) of real buildings in metres, as surveyed; skips the test where the data is not there."""
    folder = Path(os.environ.get("MAQUETTE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
    path = folder / "architecture" / "city" / "nyc_da1.npz"
    if not path.is_file():
        pytest.skip(f"no real footprints at {path}")
    with np.load(path, allow_pickle=False) as data:
        corners, starts = data["fp_q"] * float(data["quant_m"]), data["fp_off"]
    chosen = np.random.default_rng(11).choice(len(starts) - 1, count, replace=False)
    return [corners[starts[k] : starts[k + 1]] for k in chosen]
