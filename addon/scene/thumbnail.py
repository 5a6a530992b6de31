# SPDX-License-Identifier: GPL-3.0-or-later
"""A material's picture in the Asset Browser: a lit ball, shaded here, since a render needs a GPU or a minute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

SIZE = 256
# how many tiles lie round half the ball
TILES = 1.5
LIGHT = np.array([-0.5, 0.6, 0.65]) / np.linalg.norm([-0.5, 0.6, 0.65])
AMBIENT, SUN = 0.35, 1.0


def ball(maps: Mapping[str, np.ndarray], size: int = SIZE) -> np.ndarray:
    """(size, size, 4) float32 sRGB times alpha, and alpha, from maps (H, W, C); the bottom row is first in all."""
    axis = (np.arange(size) + 0.5) / size * 2.1 - 1.05
    x, y = np.meshgrid(axis, axis)
    inside = np.clip(1.0 - x * x - y * y, 0.0, None)
    z = np.sqrt(inside)
    u, v = np.arctan2(x, np.maximum(z, 1e-6)) / np.pi * TILES, np.arcsin(np.clip(y, -1, 1)) / np.pi * TILES
    normal = _bent(np.stack([x, y, z], axis=-1), maps.get("normal"), u, v)
    colour = _at(maps["albedo"], u, v) ** 2.2
    diffuse = AMBIENT + SUN * np.clip(normal @ LIGHT, 0.0, None)
    shine = _shine(normal, _at(maps["roughness"], u, v)[..., 0] if "roughness" in maps else np.full_like(x, 0.6))
    lit = np.clip(colour * diffuse[..., None] + shine[..., None], 0.0, 1.0) ** (1 / 2.2)
    alpha = np.clip((1.0 - np.sqrt(x * x + y * y)) * size / 2.1 + 0.5, 0.0, 1.0)
    # Blender draws pictures as if their colour held the alpha already
    rgba: np.ndarray = np.concatenate([lit * alpha[..., None], alpha[..., None]], axis=-1).astype(np.float32)
    return rgba


def _at(image: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    rows = np.floor(v * height).astype(int) % height
    columns = np.floor(u * width).astype(int) % width
    result: np.ndarray = image[rows, columns].astype(np.float64)
    return result


def _bent(normal: np.ndarray, image: Any, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The ball's normals, bent by a tangent-space normal map."""
    if image is None:
        return normal
    tangent = np.stack([normal[..., 2], np.zeros_like(u), -normal[..., 0]], axis=-1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=-1, keepdims=True), 1e-6)
    across = np.cross(normal, tangent)
    bend = _at(image, u, v)[..., :3] * 2.0 - 1.0
    bent = bend[..., :1] * tangent + bend[..., 1:2] * across + bend[..., 2:3] * normal
    result: np.ndarray = bent / np.maximum(np.linalg.norm(bent, axis=-1, keepdims=True), 1e-6)
    return result


def _shine(normal: np.ndarray, roughness: np.ndarray) -> np.ndarray:
    """A Blinn-Phong highlight whose width follows the roughness."""
    half = LIGHT + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    power = 2.0 / np.maximum(roughness, 0.1) ** 4
    strength: np.ndarray = np.clip(normal @ half, 0.0, 1.0) ** power * (1.0 - roughness) ** 2
    return strength
