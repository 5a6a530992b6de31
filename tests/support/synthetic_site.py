# SPDX-License-Identifier: GPL-3.0-or-later
"""A site of six corners between a ring of neighbours, by seed."""

from __future__ import annotations

import math

import numpy as np

from maquette.core.architecture.site import Neighbour


def synthetic_site(seed: int) -> tuple[np.ndarray, list[Neighbour]]:
    """An outline of about 80 x 62 m, counter-clockwise, and neighbours of 3 to 7 storeys across a street."""
    random = np.random.default_rng(seed)
    angles = np.arange(6) * math.pi / 3 + random.uniform(-0.3, 0.3, 6)
    outline = np.stack([42 * np.cos(angles), 33 * np.sin(angles)], 1) * random.uniform(0.85, 1.1, (6, 1))
    return outline, [_neighbour(random, k * math.pi / 6) for k in range(12)]


def _neighbour(random: np.random.Generator, angle: float) -> Neighbour:
    angle += random.uniform(-0.1, 0.1)
    centre = np.array([math.cos(angle) * 62, math.sin(angle) * 54])
    along = np.array([-math.sin(angle), math.cos(angle)])
    across = np.array([math.cos(angle), math.sin(angle)])
    half_length, half_depth = random.uniform(7, 11), random.uniform(5, 7)
    corners = [
        centre + u * half_length * along + v * half_depth * across for u, v in ((1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    return Neighbour(np.array(corners)[::-1], 3.3 * float(random.integers(3, 8)))
