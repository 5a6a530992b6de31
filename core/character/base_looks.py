# SPDX-License-Identifier: GPL-3.0-or-later
"""What the base body is made of: plain colours, and a cloth of the texture generator on the suit.

The cloth is one tile, repeated over the body's own UVs as often as its real size asks for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..asset import Asset, Material, Mesh
from ..context import Context

PLAIN = "plain"
# categories of the learned space of materials that a suit can be cut from
SUITS = (PLAIN, "fabric", "carpet", "metal")
TILE_PX, TILE_M, MOST_PX = 128, 0.3, 2048
# sRGB from the darkest to the lightest
_TONES = np.array([(0.24, 0.15, 0.11), (0.52, 0.34, 0.25), (0.80, 0.62, 0.53), (0.93, 0.80, 0.72)], np.float32)


def dressed(made: Asset, suit: str, skin_tone: float, seed: int, context: Context) -> Asset:
    """The body with the cloth `suit` (see SUITS) on its suit, and skin of a tone from 0 (dark) to 1 (light)."""
    materials = {material.name: material for material in made.materials}
    maps = {**materials["skin"].maps, "albedo": _tone(skin_tone)}
    materials["skin"] = replace(materials["skin"], maps=maps)
    if suit != PLAIN:
        mesh = made.meshes[0]
        repeats = max(1, round(_metres_a_width(mesh, mesh.materials.index("suit")) / TILE_M))
        materials["suit"] = _cloth(materials["suit"], suit, min(repeats, MOST_PX // TILE_PX), seed, context)
    return replace(made, materials=tuple(materials[material.name] for material in made.materials))


def _cloth(plain: Material, category: str, repeats: int, seed: int, context: Context) -> Material:
    wanted: dict[str, Any] = {
        "generator": "texture",
        "method": "family",
        "params": {
            "size": TILE_PX,
            "size_m": TILE_M,
            "category": category,
            "maps": ["albedo", "normal", "roughness", "metallic"],
        },
        "seed": seed,
    }
    tile = context.make(wanted).materials[0]
    maps = {name: np.tile(image, (repeats, repeats, 1)) for name, image in tile.maps.items()}
    return replace(plain, maps=maps)


def _metres_a_width(mesh: Mesh, slot: int) -> float:
    """How many metres of the faces of a slot the whole width of the UVs covers, by their areas."""
    uvs = next(iter(mesh.uvs.values()))
    quads = mesh.corners.reshape(-1, 4)[mesh.material_of_face == slot]
    flat = uvs.reshape(-1, 4, 2)[mesh.material_of_face == slot]
    places = mesh.positions[quads]
    area = np.linalg.norm(np.cross(places[:, 2] - places[:, 0], places[:, 3] - places[:, 1]), axis=1).sum()
    across, down = flat[:, 2] - flat[:, 0], flat[:, 3] - flat[:, 1]
    covered = np.abs(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0]).sum()
    return float(np.sqrt(area / max(covered, 1e-9)))


def _tone(share: float) -> np.ndarray:
    """(1, 1, 3) sRGB between the tones."""
    place = share * (len(_TONES) - 1)
    low = min(int(place), len(_TONES) - 2)
    tone: np.ndarray = _TONES[low] + (place - low) * (_TONES[low + 1] - _TONES[low])
    return tone.reshape(1, 1, 3).astype(np.float32)
