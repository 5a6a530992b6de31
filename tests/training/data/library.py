# SPDX-License-Identifier: GPL-3.0-or-later
"""Small synthetic material sets on disk, in whatever naming a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 128


def bumps(seed: int, side: int = SIDE) -> np.ndarray:
    """A smooth height (side, side) in [0, 1] that tiles and looks different along its axes."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side] * (2 * np.pi / side)
    waves = [
        random.normal() * np.sin(down * rows + right * columns + random.uniform(0, 7))
        for down in range(-4, 5)
        for right in range(1, 5)
    ]
    height = np.sum(waves, axis=0)
    return (height - height.min()) / np.ptp(height)


def normals_of(height: np.ndarray, steepness: float = 12.0) -> np.ndarray:
    """OpenGL normals (H, W, 3), encoded, of a height that tiles."""
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * steepness
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * steepness
    vectors = np.stack([-right, down, np.ones_like(right)], axis=2)
    return (vectors / np.linalg.norm(vectors, axis=2, keepdims=True) * 0.5 + 0.5).astype(np.float32)


def material_maps(seed: int, side: int = SIDE) -> dict[str, np.ndarray]:
    """albedo, normal, roughness, height and ambient occlusion (H, W, 3 or nothing), float in [0, 1]."""
    height = bumps(seed, side)
    colour = np.random.default_rng(seed).uniform(0.3, 0.9, 3)
    return {
        "albedo": colour * (0.4 + 0.6 * height[..., None]),
        "normal": normals_of(height),
        "roughness": 0.3 + 0.5 * height,
        "height": height,
        "ambient_occlusion": 0.5 + 0.5 * height,
    }


def save(path: Path, image: np.ndarray) -> None:
    """Write floats in [0, 1] as 8 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)).save(path, quality=95)


def save_set(folder: Path, names: Mapping[str, str], seed: int, side: int = SIDE) -> dict[str, np.ndarray]:
    """Write the maps that `names` has, under those file names; returns the maps."""
    maps = material_maps(seed, side)
    for name, file in names.items():
        save(folder / file, maps[name])
    return maps
