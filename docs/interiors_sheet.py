# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/pictures/interiors.jpg: a house of the method `building`, its roof and upper storey taken off, by Cycles.

python docs/interiors_sheet.py OUT.jpg      (in the project's environment, which has Blender as the module bpy)
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy
from buildings_sheet import set_the_stage
from PIL import Image
from studio import render

from maquette.addon.scene.building_file import add_from_bundle
from maquette.core import bundle, engine
from maquette.core.request import Request

WIDTH, HEIGHT, SAMPLES = 1400, 800, 16
HOUSE = {
    "width_m": 14.0,
    "depth_m": 9.5,
    "storeys": 2,
    "storey_height_m": 2.8,
    "style": "house",
    "roof": "hip",
    "programme": "living 30, kitchen 13, 2 bedroom 14, bath 7, hall 9; hall-living, hall-bedroom, hall-bath",
}
OUTLOOK = ((-11.0, -25.0, 27.0), (0.3, -0.3, 0.2), 58.0)


def main() -> None:
    """Make the house, take off what is above the ground storey and photograph it."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = {"generator": "architecture", "method": "building", "params": HOUSE, "seed": 0}
        bundle.save(engine.generate(Request.from_plain(plain)), Path(folder, "house"))
        root, _ = add_from_bundle(Path(folder, "house"), "House")
        bpy.context.view_layer.update()
        for item in root.children_recursive:
            item.hide_render = is_above(item, HOUSE["storey_height_m"])
        set_the_stage(*OUTLOOK)
        picture = Path(folder, "picture.png")
        render(picture, (WIDTH, HEIGHT), SAMPLES, 0)
        Image.open(picture).convert("RGB").save(sys.argv[1], quality=88)


def is_above(item: Any, height_m: float) -> bool:
    """Whether a part stands on the next storey or is the slab over the rooms."""
    if item.type != "MESH":
        return False
    corners = [(item.matrix_world @ vertex.co).z for vertex in item.data.vertices]
    return math.fsum((min(corners), max(corners))) / 2 > height_m - 0.4


if __name__ == "__main__":
    main()
