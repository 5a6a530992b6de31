# SPDX-License-Identifier: GPL-3.0-or-later
"""What the visible places of a thumbnail's triangles look like: their normals, colours, gloss.

Shape letters: n places, T triangles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .asset import Asset, Material
from .thumbnail_camera import Camera, unit
from .thumbnail_light import linear
from .thumbnail_scene import Triangles

# a triangle that looks away from the eye by more is inside out, or the back of a sheet
_AWAY = 0.15
ROUGHNESS = 0.9


@dataclass(frozen=True)
class Surface:
    """`normal` and `albedo` (n, 3) float32, linear; `roughness` and `metallic` (n, 1)."""

    normal: np.ndarray
    albedo: np.ndarray
    roughness: np.ndarray
    metallic: np.ndarray


def surface(
    triangles: Triangles, asset: Asset, which: np.ndarray, shares: np.ndarray, rays: np.ndarray, covered: np.ndarray
) -> Surface:
    """The surface where triangles `which` (n,) are seen at `shares` (n, 3) of their corners along `rays` (n, 3);
    `covered` (n,) is the share of a texture's square below a pixel."""
    normal = unit(_at(triangles.normals, which, shares))
    normal *= np.where(np.einsum("ij,ij->i", normal, rays) > _AWAY, np.float32(-1), np.float32(1))[:, None]
    looks = {
        "albedo": _at(triangles.colours, which, shares),
        "roughness": np.full((len(which), 1), ROUGHNESS, np.float32),
        "metallic": np.zeros((len(which), 1), np.float32),
    }
    uvs = _at(triangles.uvs, which, shares)
    material = triangles.material[which]
    for number in np.unique(material[material >= 0]):
        here = np.flatnonzero(material == number)
        own = asset.materials[number]
        for name, found in looks.items():
            if name in own.maps:
                found[here] = sampled(own, name, uvs[here], covered[here])
    return Surface(normal, looks["albedo"], looks["roughness"], looks["metallic"])


def texture_covered(triangles: Triangles, camera: Camera, size: int) -> np.ndarray:
    """(T,) float32: how much of a texture's square one pixel covers."""
    on_screen = np.abs(_doubled_area(camera.pixels(triangles.positions, size)[..., :2]))
    covered: np.ndarray = np.abs(_doubled_area(triangles.uvs)) / np.maximum(on_screen, 1e-3)
    return covered.astype(np.float32)


def sampled(material: Material, name: str, uvs: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """(n, C): a map at `uvs` (n, 2), v upwards, each from the size at which a pixel covers about one texel; the albedo
    linear."""
    image = material.maps[name]
    is_colour = name == "albedo"
    if image.shape[:2] == (1, 1):
        value = image.reshape(1, -1)
        return np.repeat(linear(value) if is_colour else value, len(uvs), 0)
    result = np.empty((len(uvs), image.shape[2]), np.float32)
    texels = covered * (image.shape[0] * image.shape[1])
    wanted = np.clip(np.floor(0.5 * np.log2(np.maximum(texels, 1.0)) + 0.5), 0, 12).astype(np.int64)
    for level in np.unique(wanted):
        here = np.flatnonzero(wanted == level)
        small = _reduced(image, int(level), is_colour)
        height, width = small.shape[:2]
        column = np.floor((uvs[here, 0] % 1.0) * width).astype(np.int64) % width
        row = np.floor((-uvs[here, 1] % 1.0) * height).astype(np.int64) % height
        result[here] = small[row, column]
    return result


def _at(values: np.ndarray, which: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(n, C): values (T, 3, C) of corners where they are seen."""
    found: np.ndarray = np.einsum("ijk,ij->ik", values[which], shares)
    return found


def _doubled_area(corners: np.ndarray) -> np.ndarray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area: np.ndarray = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return area


def _reduced(image: np.ndarray, level: int, is_colour: bool) -> np.ndarray:
    """The image brought down by 2 to the power of `level`, cropped to what divides."""
    step = 2**level
    tall, wide = min(step, image.shape[0]), min(step, image.shape[1])
    height, width = image.shape[0] // tall, image.shape[1] // wide
    cut = image[: height * tall, : width * wide]
    small: np.ndarray = cut.reshape(height, tall, width, wide, -1).mean((1, 3))
    return linear(small) if is_colour else small
