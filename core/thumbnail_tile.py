# SPDX-License-Identifier: GPL-3.0-or-later
"""A material as a lit tile: seen from above, a lamp at the upper left so that relief and gloss show."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .asset import Material
from .thumbnail_camera import unit
from .thumbnail_light import linear, lit

_LAMP = np.array([-0.9, 0.9, 1.15], np.float32)
_EYE = np.array([0.0, 0.0, 2.2], np.float32)
_FORWARD = np.array([0.0, 0.35, 0.94], np.float32)

# the lamp is as wide as a window: no gloss is sharper
_SOFTEST = 0.38


def tile(material: Material, size: int) -> np.ndarray:
    """(size, size, 3) linear light of the middle square of the maps."""
    maps = {name: squared(image, size) for name, image in material.maps.items()}
    albedo = linear(maps["albedo"]) if "albedo" in maps else np.full((size, size, 3), 0.5, np.float32)
    albedo = np.broadcast_to(albedo, (size, size, 3))
    rough = np.maximum(maps.get("roughness", np.full((size, size, 1), 0.7, np.float32)), _SOFTEST)
    metal = maps.get("metallic", np.zeros((size, size, 1), np.float32))
    open_sky = maps.get("ambient_occlusion", np.ones((size, size, 1), np.float32))
    straight = np.broadcast_to(np.array([0.5, 0.5, 1], np.float32), albedo.shape)
    normal = unit(maps.get("normal", straight) * 2 - 1)
    steps = ((np.arange(size) + 0.5) / size * 2 - 1).astype(np.float32)
    place = np.stack([*np.meshgrid(steps, -steps), np.zeros((size, size), np.float32)], -1)
    lamp = np.ones((size, size, 1), np.float32)
    return lit(albedo, rough, metal, normal, unit(_EYE - place), unit(_LAMP - place), _FORWARD, lamp, open_sky)


def squared(image: np.ndarray, size: int) -> np.ndarray:
    """(size, size, C) float32: the middle square of an image (H, W, C), each pixel the mean of what it covers."""
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    box = (left, top, left + side, top + side)
    kind = Image.Resampling.BOX if side >= size else Image.Resampling.BICUBIC
    planes = [
        np.asarray(Image.fromarray(np.ascontiguousarray(image[..., c], np.float32)).resize((size, size), kind, box))
        for c in range(image.shape[2])
    ]
    square: np.ndarray = np.clip(np.stack(planes, -1), 0, 1)
    return square
