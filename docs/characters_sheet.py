# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/pictures/characters.jpg: what the methods make of packs of characters, in one scene, by Cycles.

python docs/characters_sheet.py OUT.jpg DATA   (in the project's environment; DATA/characters holds the packs)

Rows from the front: parts of several (`mix`), new members (`family`) of three packs, and base bodies. Seeds count from
0: none is chosen for its looks.
"""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
from PIL import Image
from studio import add_sky, render

from maquette.addon.scene.character_file import add_from_bundle
from maquette.core import bundle, engine
from maquette.core.request import Request

WIDTH, HEIGHT, SAMPLES = 1400, 700, 32


@dataclass(frozen=True)
class Row:
    """`count` characters of one method and pack, `height_m` high in the picture, `depth_m` away, `step_m` apart."""

    method: str
    pack: str
    count: int
    height_m: float
    depth_m: float
    step_m: float


ROWS = (
    Row("mix", "kaykit_adventurers", 6, 1.05, 0.0, 1.45),
    Row("family", "quaternius_modular_women", 7, 1.55, 1.8, 1.45),
    Row("family", "quaternius_modular_men", 8, 1.7, 3.7, 1.5),
    Row("family", "quaternius_animals_pack", 6, 1.9, 6.0, 2.2),
    Row("base", "", 8, 1.8, 8.6, 1.9),
)


def main() -> None:
    """Make the characters, stand them in rows, and photograph them."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with tempfile.TemporaryDirectory() as folder:
        for row in ROWS:
            pack = Path(sys.argv[2], "characters", row.pack)
            files = [str(file) for file in sorted(pack.glob("*.glb"))] if row.pack else []
            for seed in range(row.count):
                stand(make(row, files, seed, Path(folder, f"{row.pack or row.method}-{seed}")), row, seed)
        set_the_stage()
        picture = Path(folder, "picture.png")
        render(picture, (WIDTH, HEIGHT), SAMPLES, 0)
        Image.open(picture).convert("RGB").save(sys.argv[1], quality=88)


def make(row: Row, files: list[str], seed: int, place: Path) -> Any:
    """The armature of one made character, in the scene."""
    plain = {
        "generator": "character",
        "method": row.method,
        "params": {"clips": False},
        "references": [{"role": "character", "path": file} for file in files],
        "seed": seed,
    }
    bundle.save(engine.generate(Request.from_plain(plain)), place)
    return add_from_bundle(place)


def stand(armature: Any, row: Row, number: int) -> None:
    """The character on its place in the row, at the row's height."""
    bpy.context.view_layer.update()
    meshes = [child for child in armature.children_recursive if child.type == "MESH"]
    corners = [item.matrix_world @ vertex.co for item in meshes for vertex in item.data.vertices]
    scale = row.height_m / max(corner.z for corner in corners)
    armature.scale = (scale,) * 3
    across = (number - (row.count - 1) / 2) * row.step_m
    armature.location = (across, row.depth_m, 0)
    armature.rotation_euler = (0, 0, math.radians(12 - 3 * across))


def set_the_stage() -> None:
    """A pale floor, a sun, a sky and a camera that looks over the rows."""
    bpy.ops.mesh.primitive_plane_add(size=80)
    paint = bpy.data.materials.new("Floor")
    bpy.context.object.data.materials.append(paint)
    paint.diffuse_color = (0.6, 0.62, 0.65, 1)
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(48), math.radians(-14), math.radians(-30)))
    bpy.context.object.data.energy, bpy.context.object.data.angle = 3.2, 0.08
    add_sky((0.62, 0.72, 0.88), 0.7)
    bpy.ops.object.camera_add(location=(0, -8.6, 4.6), rotation=(math.radians(73), 0, 0))
    bpy.context.object.data.lens = 36
    bpy.context.scene.camera = bpy.context.object


if __name__ == "__main__":
    main()
