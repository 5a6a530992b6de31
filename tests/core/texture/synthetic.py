# SPDX-License-Identifier: GPL-3.0-or-later
"""Exemplars made by code, so that tests need no pictures: (rows, columns, 3) float32 in [0, 1]."""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def noise(rows: int = 96, columns: int = 96, seed: int = 0, mode: str = "reflect") -> np.ndarray:
    """Coloured blobs a few texels wide, seamless only with the mode "wrap"."""
    drawn = np.random.default_rng(seed).random((rows, columns, 3))
    blurred = ndimage.gaussian_filter(drawn, (1.5, 1.5, 0), mode=mode)
    return stretched(blurred)


def bricks(
    rows: int = 128, columns: int = 128, course: float = 16.0, length: float = 32.0, seed: int = 0
) -> np.ndarray:
    """Running bond: dark joints two texels wide between bricks of differing colours."""
    random = np.random.default_rng(seed)
    row, column = np.mgrid[0:rows, 0:columns] + 0.5
    number = np.floor(row / course).astype(int)
    shifted = column + (number % 2) * length / 2
    joint = (row % course < 2) | (shifted % length < 2)
    colours = random.uniform(0.4, 0.8, (number.max() + 1, int(shifted.max() / length) + 1, 1))
    brick = colours[number, (shifted / length).astype(int)] * np.array([1.0, 0.6, 0.5])
    image = np.where(joint[..., None], 0.15, brick) + random.normal(0, 0.01, (rows, columns, 1))
    return np.clip(image, 0, 1).astype(np.float32)


def planks(rows: int = 128, columns: int = 128, width: int = 16, seed: int = 0) -> np.ndarray:
    """Boards that run from left to right, each with its own tint and grain, dark gaps between."""
    random = np.random.default_rng(seed)
    grain = ndimage.gaussian_filter(random.normal(0, 1, (rows, columns)), (0.7, 12), mode="wrap")
    tint = random.uniform(0.4, 0.7, -(-rows // width))[np.arange(rows) // width]
    gap = np.arange(rows) % width < 2
    grey = np.where(gap, 0.1, tint)[:, None] + 0.15 * grain
    return np.clip(grey[..., None] * np.array([1.0, 0.8, 0.6]), 0, 1).astype(np.float32)


def checker(rows: int = 128, columns: int = 128, side: int = 16) -> np.ndarray:
    """Black and white squares."""
    row, column = np.mgrid[0:rows, 0:columns]
    squares = ((row // side + column // side) % 2).astype(np.float32)
    return np.repeat(squares[..., None] * 0.8 + 0.1, 3, axis=2).astype(np.float32)


def stretched(image: np.ndarray) -> np.ndarray:
    """Scaled to fill [0, 1]."""
    return ((image - image.min()) / (image.max() - image.min())).astype(np.float32)
