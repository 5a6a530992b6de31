# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain reference of the sun: points along each ray, one after the other."""

from __future__ import annotations

import math

import numpy as np

from maquette.core.architecture.sun_path import SunPath


def random_boxes(seed: int, shape: tuple[int, int] = (40, 52)) -> np.ndarray:
    """(ny, nx) float32 heights of ten boxes of 2 to 9 storeys."""
    random = np.random.default_rng(seed)
    heights = np.zeros(shape, np.float32)
    for _ in range(10):
        y, x = random.integers(2, shape[0] - 14), random.integers(2, shape[1] - 14)
        depth, width = random.integers(4, 12, 2)
        heights[y : y + depth, x : x + width] = 3.3 * random.integers(2, 10)
    return heights


def marched(heights: np.ndarray, path: SunPath, cell_m: float, step_m: float = 0.25) -> np.ndarray:
    """(S, ny, nx): the plain reference, points every `step_m` on the ray from each cell's centre, nearest cells."""
    rows, columns = np.indices(heights.shape)
    out = np.zeros((len(path.directions), *heights.shape))
    for shadow, (x, y, z) in zip(out, path.directions, strict=True):
        flat = math.hypot(x, y)
        for distance in np.arange(step_m, heights.max() * flat / z + step_m, step_m):
            column = np.rint(columns + x / flat * distance / cell_m).astype(int)
            row = np.rint(rows + y / flat * distance / cell_m).astype(int)
            there = (column >= 0) & (column < heights.shape[1]) & (row >= 0) & (row < heights.shape[0])
            there &= (column != columns) | (row != rows)
            passed = heights[row.clip(0, heights.shape[0] - 1), column.clip(0, heights.shape[1] - 1)]
            np.maximum(shadow, np.where(there, passed - distance * z / flat, 0), out=shadow)
    return out
