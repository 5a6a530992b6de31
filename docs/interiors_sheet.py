# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/pictures/interiors.jpg: buildings of the method `building`, roofs and upper storeys taken off, by Cycles.

python docs/interiors_sheet.py OUT.jpg      (in the project's environment, which has Blender as the module bpy)
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from buildings_sheet import set_the_stage
from PIL import Image
from studio import render

from maquette.addon.scene.building_file import add_from_bundle
from maquette.core import bundle, engine
from maquette.core.request import Request

WIDTH, HEIGHT, SAMPLES = 1400, 780, 8
OUTLOOK = ((-26.0, -92.0, 92.0), (6.5, 2.0, 0.0), 56.0)


@dataclass(frozen=True)
class Shown:
    """A building: its outline with courtyards, the storeys that are shown, and where its origin stands."""

    name: str
    outer: tuple[tuple[float, float], ...]
    holes: tuple[tuple[tuple[float, float], ...], ...]
    params: dict[str, Any]
    storeys: int
    place: tuple[float, float]


BLOCK = Shown(
    "Block",
    ((0, 0), (36, 0), (36, 34), (0, 34)),
    (((12, 12), (12, 22), (24, 22), (24, 12)),),
    {"storeys": 4, "storey_height_m": 3.0, "style": "house", "balconies": 0.3},
    2,
    (-30.0, -14.0),
)
BENT = Shown(
    "Bent",
    ((0, 0), (30, 0), (30, 12.5), (12.5, 12.5), (12.5, 29), (0, 29)),
    (),
    {"storeys": 4, "storey_height_m": 3.0, "style": "plain"},
    3,
    (12.0, -5.0),
)
HOUSE = Shown(
    "House",
    ((0, 0), (14, 0), (14, 9.5), (0, 9.5)),
    (),
    {
        "storeys": 2,
        "storey_height_m": 2.8,
        "style": "house",
        "roof": "hip",
        "programme": "living 30, kitchen 13, 2 bedroom 14, bath 7, hall 9; hall-living, hall-bedroom, hall-bath",
    },
    1,
    (23.0, -21.0),
)


def main() -> None:
    """Make the buildings, take off what is above and photograph them."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with tempfile.TemporaryDirectory() as folder:
        for shown in (BLOCK, BENT, HOUSE):
            add(shown, Path(folder, shown.name))
        set_the_stage(*OUTLOOK)
        picture = Path(folder, "picture.png")
        render(picture, (WIDTH, HEIGHT), SAMPLES, 0)
        Image.open(picture).convert("RGB").save(sys.argv[1], quality=88)


def add(shown: Shown, folder: Path) -> None:
    """Make one building and hide what is above its shown storeys."""
    folder.mkdir()
    site = folder / "site.json"
    outline = {"outer": shown.outer, "holes": shown.holes}
    site.write_text(json.dumps({"maquette_site": 1, "outline": outline}), encoding="utf-8")
    plain = {
        "generator": "architecture",
        "method": "building",
        "params": shown.params,
        "references": [str(site)],
        "seed": 0,
    }
    bundle.save(engine.generate(Request.from_plain(plain)), folder / "bundle")
    root, _ = add_from_bundle(folder / "bundle", shown.name, (*shown.place, 0.0))
    bpy.context.view_layer.update()
    height = shown.params["storey_height_m"] * shown.storeys
    for item in root.children_recursive:
        # what is hidden already stays so: the shapes that copies are made of
        item.hide_render = item.hide_render or is_above(item, height)


def is_above(item: Any, height_m: float) -> bool:
    """Whether a part stands on the next storey or is the slab over the rooms."""
    if item.type != "MESH":
        return False
    corners = [(item.matrix_world @ vertex.co).z for vertex in item.data.vertices]
    return math.fsum((min(corners), max(corners))) / 2 > height_m - 0.4


if __name__ == "__main__":
    main()
