# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/pictures/family.jpg: one material by chance of each of twelve categories, on a ball and a floor, by Cycles.

python docs/family_sheet.py OUT.jpg      (in the project's environment, which has Blender as the module bpy)

Every material has the same seed: none is chosen for its looks.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
from PIL import Image, ImageDraw
from studio import add_sky, render

from maquette.addon.scene.apply import Place, apply
from maquette.addon.scene.bundle_images import read_made
from maquette.addon.scene.targets import Target
from maquette.core.batch import run_batch

CATEGORIES = (
    *("brick", "tiles", "paving", "planks"),
    *("wood", "fabric", "gravel", "rock"),
    *("bark", "concrete", "ground", "metal"),
)
COLUMNS, CELL, LINE = 4, 300, 18
SEED, SIZE, SIZE_M, SAMPLES = 0, 512, 1.2, 24


def main() -> None:
    """Make the materials, photograph each, and put the pictures on a sheet."""
    with tempfile.TemporaryDirectory() as folder:
        made = make_materials(Path(folder))
        pictures = [photograph(place, Path(folder, f"{place.name}.png")) for place in made]
        sheet = laid_out(pictures)
    sheet.save(sys.argv[1], quality=88)


def make_materials(folder: Path) -> list[Path]:
    """A folder of maps for each category."""
    lines = [
        {
            "name": category,
            "generator": "texture",
            "method": "family",
            "params": {"category": category, "size": SIZE, "size_m": SIZE_M},
            "seed": SEED,
        }
        for category in CATEGORIES
    ]
    jobs, results = folder / "jobs.jsonl", folder / "results"
    jobs.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    result = run_batch(jobs, results, formats=("png",))
    for fault in result.faults:
        sys.exit(fault.text)
    return [results / category for category in CATEGORIES]


def photograph(folder: Path, path: Path) -> Path:
    """The material of a folder, rendered to a file."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_uv_sphere_add(segments=128, ring_count=64, radius=0.55, location=(0, 0, 0.55))
    bpy.ops.object.shade_smooth()
    ball = bpy.context.object
    bpy.ops.mesh.primitive_plane_add(size=12)
    floor = bpy.context.object
    scene: Any = bpy.context.scene
    targets = tuple(Target(item.name, item.session_uid) for item in (ball, floor))
    apply(read_made(folder, folder.name), Place(Target(scene.name, scene.session_uid), targets, mapping="BOX"), 1.0)
    add_light_and_camera()
    scene.view_settings.view_transform = "Standard"
    render(path, (CELL, CELL), SAMPLES, SEED)
    return path


def add_light_and_camera() -> None:
    """A low key from the left that brings out relief, a plain sky, and a camera that looks down on the ball."""
    bpy.ops.object.light_add(type="AREA", location=(-3.0, -1.6, 2.6), rotation=(math.radians(30), math.radians(-50), 0))
    key = bpy.context.object.data
    key.energy, key.size = 230, 0.8
    add_sky((0.9, 0.95, 1), 0.55)
    bpy.ops.object.camera_add(location=(0, -3.4, 2.5), rotation=(math.radians(58), 0, 0))
    bpy.context.object.data.lens = 72
    bpy.context.scene.camera = bpy.context.object


def laid_out(pictures: Sequence[Path]) -> Image.Image:
    """The pictures in rows, each with its category."""
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * CELL, rows * (CELL + LINE)), "white")
    for number, path in enumerate(pictures):
        left, top = number % COLUMNS * CELL, number // COLUMNS * (CELL + LINE)
        with Image.open(path) as picture:
            sheet.paste(picture.convert("RGB"), (left, top))
        ImageDraw.Draw(sheet).text((left + 4, top + CELL + 3), path.stem, fill="black")
    return sheet


if __name__ == "__main__":
    main()
