# SPDX-License-Identifier: GPL-3.0-or-later
"""Outlines of buildings made by chance or by hand: rings in metres, the outer one counter-clockwise."""

from __future__ import annotations

import numpy as np

RECTANGLE = np.array([(0.0, 0.0), (18.0, 0.0), (18.0, 10.0), (0.0, 10.0)])
L_SHAPE = np.array([(0.0, 0.0), (20.0, 0.0), (20.0, 8.0), (9.0, 8.0), (9.0, 18.0), (0.0, 18.0)])
U_SHAPE = np.array(
    [(0.0, 0.0), (24.0, 0.0), (24.0, 16.0), (16.0, 16.0), (16.0, 7.0), (8.0, 7.0), (8.0, 16.0), (0.0, 16.0)]
)
COURTYARD = np.array([(8.0, 6.0), (8.0, 12.0), (16.0, 12.0), (16.0, 6.0)])
BLOCK = (np.array([(0.0, 0.0), (24.0, 0.0), (24.0, 18.0), (0.0, 18.0)]), COURTYARD)


def star(seed: int, corners: int = 11) -> np.ndarray:
    """A star-shaped ring of 9 to 20 m from its middle, convex and concave corners mixed."""
    rng = np.random.default_rng(seed)
    angles = (np.arange(corners) + rng.uniform(-0.3, 0.3, corners)) * 2 * np.pi / corners
    return rng.uniform(9, 20, corners)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)


def star_with_courtyards(seed: int) -> tuple[np.ndarray, ...]:
    """A star and two courtyards about its middle."""
    rng = np.random.default_rng(seed)
    turn = np.arange(5) * -2 * np.pi / 5
    holes = [
        rng.uniform(1.2, 2.2, 5)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1) + (x, 0.0) for x in (-2.8, 2.8)
    ]
    return (star(seed), *holes)


def skyline(seed: int, steps: int = 6) -> np.ndarray:
    """A rectilinear ring: steps of 3 to 8 m width and 6 to 20 m depth side by side."""
    rng = np.random.default_rng(seed)
    x = np.concatenate([[0.0], np.cumsum(rng.uniform(3, 8, steps))])
    y = rng.uniform(6, 20, steps)
    upper = [point for n in range(steps) for point in ((x[n], y[n]), (x[n + 1], y[n]))]
    return np.array([(x[-1], 0.0), *upper[::-1], (0.0, 0.0)])
