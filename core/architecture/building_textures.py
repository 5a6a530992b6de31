# SPDX-License-Identifier: GPL-3.0-or-later
"""Materials of a building from the texture generator: a learned tile for each slot, in the slot's plain colour.

Tiles of one category are made once and take the colours of all slots that it covers, so that the parts of a building
go together and a building has few tiles. The learned space has grain and weathering but no bonds: what shows joints in
the real world is a mottled surface here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ..asset import Material
from ..context import Context, span
from ..request import MAX_SEED
from .building_seeds import part_seed

TILE_PX = 512
# width in metres of a tile of each category: its grain in true size
TILE_M = {"plaster": 3.0, "concrete": 3.0, "stone": 2.0, "metal": 2.0, "roof": 2.0, "asphalt": 3.0, "wood_floor": 2.0}
SLOTS = {
    "facade base": "plaster",
    "facade": "plaster",
    "facade top": "plaster",
    "parapet": "plaster",
    "reveal": "plaster",
    "band": "concrete",
    "slab edge": "concrete",
    "terrace": "concrete",
    "balcony": "concrete",
    "stairs": "concrete",
    "core": "plaster",
    "underside": "plaster",
    "floor": "wood_floor",
    "roof": "roof",
}
# what is other with a style of facade, and with a kind of roof
FACADES: dict[str, dict[str, str]] = {
    "classical": {"facade base": "concrete"},
    "shopfront": {"facade base": "metal"},
    "office": dict.fromkeys(("facade base", "facade", "facade top", "parapet", "reveal"), "concrete"),
}
ROOFS = {"flat": {"roof": "asphalt"}, "shed": {"roof": "metal"}}
# near to what was learned, and calm: a facade shows a tile many times
_VARIETY, _CONTRAST = 0.3, 0.7
# how much of a tile's own hues is kept in a slot's colour
_OWN_HUE = 0.3
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def textured(plain: Iterable[Material], facade: str, roof: str, seed: int, context: Context) -> tuple[Material, ...]:
    """The materials, those of the slots that have a category with maps (512, 512, C) instead of their plain values."""
    plain = tuple(plain)
    category_of = {**SLOTS, **FACADES.get(facade, {}), **ROOFS.get(roof, {})}
    wanted = list(dict.fromkeys(category_of[one.name] for one in plain if one.name in category_of))
    tiles = {}
    for number, category in enumerate(wanted):
        inner = replace(context, progress=span(context.progress, number / len(wanted), 1 / len(wanted)))
        inner.progress(0.0, f"Making {category.replace('_', ' ')}")
        tiles[category] = _tile(category, seed, inner)
    made: dict[tuple[str, bytes], Material] = {}
    for one in plain:
        if one.name in category_of:
            key = (category_of[one.name], one.maps["albedo"].tobytes())
            made.setdefault(key, _coloured(tiles[key[0]], one.maps["albedo"]))
    return tuple(
        replace(made[category_of[one.name], one.maps["albedo"].tobytes()], name=one.name)
        if one.name in category_of
        else one
        for one in plain
    )


def _tile(category: str, seed: int, context: Context) -> Material:
    wanted: dict[str, Any] = {
        "generator": "texture",
        "method": "family",
        "params": {
            "size": TILE_PX,
            "size_m": TILE_M[category],
            "category": category,
            "variety": _VARIETY,
            "contrast": _CONTRAST,
            "maps": ["albedo", "normal", "roughness", *(["metallic"] if category == "metal" else [])],
        },
        "seed": part_seed(seed, category) & MAX_SEED,
    }
    return context.make(wanted).materials[0]


def _coloured(tile: Material, colour: np.ndarray) -> Material:
    """The tile with `colour` (1, 1, 3) sRGB as its mean, its lights and darks kept in proportion."""
    albedo = tile.maps["albedo"]
    grey = (albedo @ _LUMINANCE)[..., None]
    own = albedo / np.maximum(albedo.mean((0, 1)), 1e-3)
    shade = grey / max(float(grey.mean()), 1e-3)
    made = np.clip(colour * ((1 - _OWN_HUE) * shade + _OWN_HUE * own), 0, 1).astype(np.float32)
    return replace(tile, maps={**tile.maps, "albedo": made})
