# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain materials for the slots of a building's parts: a colour and a roughness each, until a texture comes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from ..asset import Material, Mesh

# linear red, green, blue, roughness
COLOURS: dict[str, tuple[float, float, float, float]] = {
    "facade base": (0.36, 0.33, 0.29, 0.9),
    "facade": (0.66, 0.60, 0.50, 0.9),
    "facade top": (0.66, 0.60, 0.50, 0.9),
    "wall": (0.66, 0.60, 0.50, 0.9),
    "interior": (0.78, 0.77, 0.74, 0.9),
    "reveal": (0.70, 0.66, 0.58, 0.9),
    "wall top": (0.45, 0.44, 0.42, 0.9),
    "band": (0.55, 0.51, 0.45, 0.85),
    "floor": (0.33, 0.22, 0.13, 0.6),
    "ceiling": (0.80, 0.80, 0.78, 0.9),
    "slab edge": (0.45, 0.44, 0.42, 0.9),
    "roof": (0.24, 0.09, 0.06, 0.8),
    "underside": (0.60, 0.57, 0.52, 0.9),
    "terrace": (0.38, 0.36, 0.33, 0.85),
    "parapet": (0.60, 0.55, 0.47, 0.9),
    "frame": (0.75, 0.75, 0.73, 0.5),
    "glass": (0.35, 0.45, 0.48, 0.05),
    "sill": (0.45, 0.44, 0.42, 0.7),
    "door": (0.13, 0.07, 0.04, 0.5),
    "stairs": (0.45, 0.44, 0.42, 0.8),
    "railing": (0.05, 0.05, 0.055, 0.4),
    "balcony": (0.50, 0.49, 0.46, 0.85),
    "core": (0.62, 0.61, 0.59, 0.9),
}
GLASS_OPACITY = 0.35
_OTHER = (0.5, 0.5, 0.5, 0.8)


def plain_materials(meshes: Iterable[Mesh]) -> tuple[Material, ...]:
    """A material for each slot that the meshes name, in the order of their first use."""
    names = dict.fromkeys(name for mesh in meshes for name in mesh.materials)
    return tuple(_plain(name) for name in names)


@lru_cache(maxsize=256)
def _plain(name: str) -> Material:
    red, green, blue, roughness = COLOURS.get(name, _OTHER)
    maps = {
        "albedo": np.array([[[red, green, blue]]], np.float32),
        "roughness": np.full((1, 1, 1), roughness, np.float32),
    }
    if name == "glass":
        maps["opacity"] = np.full((1, 1, 1), GLASS_OPACITY, np.float32)
    for values in maps.values():
        values.flags.writeable = False
    return Material(name, maps, (1.0, 1.0), 0.0)
