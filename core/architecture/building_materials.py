# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain materials for the slots of a building's parts: a colour and a roughness each, until a texture comes.

The facade's style and the kind of roof have colours of their own, so that buildings beside each other differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from ..asset import Material, Mesh

# sRGB red, green, blue, then roughness
COLOURS: dict[str, tuple[float, float, float, float]] = {
    "facade base": (0.50, 0.46, 0.40, 0.9),
    "facade": (0.70, 0.66, 0.58, 0.9),
    "facade top": (0.70, 0.66, 0.58, 0.9),
    "wall": (0.70, 0.66, 0.58, 0.9),
    "interior": (0.78, 0.77, 0.74, 0.9),
    "reveal": (0.70, 0.66, 0.58, 0.9),
    "wall top": (0.45, 0.44, 0.42, 0.9),
    "band": (0.66, 0.62, 0.55, 0.85),
    "floor": (0.33, 0.22, 0.13, 0.6),
    "ceiling": (0.80, 0.80, 0.78, 0.9),
    "slab edge": (0.45, 0.44, 0.42, 0.9),
    "roof": (0.36, 0.155, 0.085, 0.8),
    "underside": (0.60, 0.57, 0.52, 0.9),
    "terrace": (0.38, 0.36, 0.33, 0.85),
    "parapet": (0.66, 0.62, 0.55, 0.9),
    "frame": (0.75, 0.75, 0.73, 0.5),
    "glass": (0.10, 0.14, 0.16, 0.05),
    "sill": (0.45, 0.44, 0.42, 0.7),
    "door": (0.13, 0.07, 0.04, 0.5),
    "stairs": (0.45, 0.44, 0.42, 0.8),
    "railing": (0.05, 0.05, 0.055, 0.4),
    "balcony": (0.50, 0.49, 0.46, 0.85),
    "core": (0.62, 0.61, 0.59, 0.9),
    "fixture": (0.80, 0.80, 0.78, 0.35),
    "fixture dark": (0.06, 0.06, 0.065, 0.4),
    "worktop": (0.30, 0.28, 0.26, 0.4),
    "textile": (0.16, 0.20, 0.25, 0.95),
    "furniture": (0.38, 0.25, 0.14, 0.6),
}
# what of these is other with a style of facade, and with a kind of roof
FACADES: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "house": {
        "facade base": (0.76, 0.73, 0.67, 0.9),
        "facade": (0.76, 0.73, 0.67, 0.9),
        "facade top": (0.76, 0.73, 0.67, 0.9),
        "reveal": (0.76, 0.73, 0.67, 0.9),
        "door": (0.24, 0.13, 0.065, 0.5),
    },
    "classical": {
        "facade base": (0.52, 0.45, 0.35, 0.9),
        "facade": (0.66, 0.58, 0.45, 0.9),
        "facade top": (0.66, 0.58, 0.45, 0.9),
        "band": (0.72, 0.65, 0.53, 0.85),
        "reveal": (0.70, 0.63, 0.51, 0.9),
        "parapet": (0.66, 0.58, 0.45, 0.9),
    },
    "rhythmic": {
        "facade base": (0.29, 0.15, 0.105, 0.9),
        "facade": (0.40, 0.205, 0.135, 0.9),
        "facade top": (0.40, 0.205, 0.135, 0.9),
        "band": (0.62, 0.57, 0.50, 0.85),
        "reveal": (0.62, 0.57, 0.50, 0.9),
        "parapet": (0.40, 0.205, 0.135, 0.9),
    },
    "shopfront": {
        "facade base": (0.11, 0.125, 0.125, 0.7),
        "facade": (0.62, 0.50, 0.34, 0.9),
        "facade top": (0.62, 0.50, 0.34, 0.9),
        "band": (0.66, 0.56, 0.42, 0.85),
        "parapet": (0.62, 0.50, 0.34, 0.9),
    },
    "office": {
        "facade base": (0.20, 0.205, 0.21, 0.8),
        "facade": (0.52, 0.53, 0.53, 0.8),
        "facade top": (0.52, 0.53, 0.53, 0.8),
        "reveal": (0.30, 0.31, 0.31, 0.8),
        "parapet": (0.52, 0.53, 0.53, 0.8),
        "frame": (0.06, 0.065, 0.07, 0.4),
        "sill": (0.30, 0.31, 0.31, 0.6),
    },
}
ROOFS: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "mansard": {"roof": (0.105, 0.12, 0.145, 0.6)},
    "shed": {"roof": (0.22, 0.235, 0.245, 0.5)},
    "flat": {"roof": (0.38, 0.36, 0.33, 0.85)},
}
GLASS_OPACITY = 0.45
_OTHER = (0.5, 0.5, 0.5, 0.8)


def plain_materials(meshes: Iterable[Mesh], facade: str = "", roof: str = "") -> tuple[Material, ...]:
    """A material for each slot that the meshes name, in the order of their first use, in the colours of a style of
    facade and a kind of roof."""
    own = {**FACADES.get(facade, {}), **ROOFS.get(roof, {})}
    names = dict.fromkeys(name for mesh in meshes for name in mesh.materials)
    return tuple(_plain(name, own.get(name) or COLOURS.get(name, _OTHER)) for name in names)


@lru_cache(maxsize=256)
def _plain(name: str, look: tuple[float, float, float, float]) -> Material:
    red, green, blue, roughness = look
    maps = {
        "albedo": np.array([[[red, green, blue]]], np.float32),
        "roughness": np.full((1, 1, 1), roughness, np.float32),
    }
    if name == "glass":
        maps["opacity"] = np.full((1, 1, 1), GLASS_OPACITY, np.float32)
    for values in maps.values():
        values.flags.writeable = False
    return Material(name, maps, (1.0, 1.0), 0.0)
