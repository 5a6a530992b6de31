# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/pictures/buildings.jpg: what the building kernel makes, as a photograph of a maquette, by Cycles.

python docs/buildings_sheet.py OUT.jpg      (in the project's environment, which has Blender as the module bpy)
"""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector
from PIL import Image
from studio import add_sky, render

from maquette.addon.scene.building_file import add_from_bundle
from maquette.core import bundle
from maquette.core.architecture.building_kernel import build
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.asset import Asset, Provenance
from maquette.core.request import Request
from maquette.core.version import VERSION

WIDTH, HEIGHT, SAMPLES = 1600, 860, 14
GROUND = (0.46, 0.45, 0.43)

# where the camera stands, what it looks at, and its lens in millimetres
OUTLOOK = ((-58.0, -205.0, 104.0), (1.5, 0.0, 14.0), 60.0)
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Model:
    """One maquette: tiers of (outline, storeys, height of each in metres) from the ground up, its looks, where it
    stands in the picture (x, y) and how far it is turned, in degrees."""

    name: str
    tiers: tuple[tuple[Outline, int, float], ...]
    style: BuildingStyle
    place: tuple[float, float]
    turn_deg: float = 0.0
    door: tuple[float, float] = (0.0, -100.0)


def ring(*points: tuple[float, float]) -> Outline:
    """An outline of these corners."""
    return clean_outline(np.array(points, np.float64))


def box(width: float, depth: float, hole: float = 0.0) -> Outline:
    """A rectangle about the origin, with a courtyard that leaves wings `hole` metres deep where that is given."""
    x, y = width / 2, depth / 2
    corners = np.array([(-x, -y), (x, -y), (x, y), (-x, y)])
    return clean_outline(corners, [corners - hole * np.sign(corners)] if hole else [])


def crescent(radius: float, depth: float, degrees: float) -> Outline:
    """A bar that is bent around a circle, its hollow side to the front."""
    angle = np.radians(np.linspace(90 - degrees / 2, 90 + degrees / 2, 49))
    arc = np.stack([np.cos(angle), np.sin(angle)], 1)
    return clean_outline(np.concatenate([radius * arc[::-1], (radius + depth) * arc]) - (0, radius + depth / 2))


CORNER = ring((-9, -7), (5, -7), (9, -3), (9, 8), (-9, 8))
ANGLE = ring((-9, -6), (9, -6), (9, 1.5), (-1.5, 1.5), (-1.5, 8), (-9, 8))
HOUSE = BuildingStyle("house", roof="gable", eaves_m=0.5, roof_pitch_deg=42)
VILLA = BuildingStyle("house", roof="hip", eaves_m=0.6, roof_pitch_deg=32)
TOWN = BuildingStyle("classical", roof="mansard", balconies=0.5)
BLOCK = BuildingStyle("shopfront", roof="hip", roof_pitch_deg=30)
BEND, YARD = crescent(24, 11, 84), box(36, 32, 10)
MODELS = (
    Model("House", ((box(11.5, 8), 2, 2.9),), HOUSE, (-40, -24), 28),
    Model("L-shaped house", ((ANGLE, 2, 3.0),), VILLA, (-12, -27), 20),
    Model("Corner block", ((CORNER, 1, 4.2), (CORNER, 4, 3.3)), TOWN, (24, -21), 14),
    Model("Crescent", ((BEND, 1, 3.8), (BEND, 4, 3.2)), BuildingStyle("rhythmic"), (-40, 18), 18),
    Model("Courtyard block", ((YARD, 1, 4.0), (YARD, 3, 3.3)), BLOCK, (4, 20), 12),
    Model("Tower", ((box(32, 24), 3, 4.2), (box(17, 17), 8, 3.5)), BuildingStyle("office"), (49, 12), 10),
)


def main() -> None:
    """Build the models, stand them on the table and photograph them."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, model in enumerate(MODELS):
            stand(model, Path(folder, str(number)))
        set_the_stage(*OUTLOOK)
        picture = Path(folder, "picture.png")
        render(picture, (WIDTH, HEIGHT), SAMPLES, 0)
        Image.open(picture).convert("RGB").save(sys.argv[1], quality=88)


def stand(model: Model, folder: Path) -> None:
    """The model, made, kept as a bundle and brought into the scene."""
    bundle.save(made(model), folder)
    root, _ = add_from_bundle(folder, model.name, (*model.place, 0.0))
    root.rotation_euler.z = math.radians(model.turn_deg)


def made(model: Model) -> Asset:
    """The building that the kernel makes of a model."""
    plates = tuple((outline,) for outline, count, _ in model.tiers for _ in range(count))
    heights = tuple(height for _, count, height in model.tiers for _ in range(count))
    parts = build(Massing(plates, heights), model.style, front_door=np.array(model.door))
    request = Request.from_plain({"generator": "architecture", "method": "building"})
    origin = Provenance(
        VERSION, request.key, request.declaration.version, "", "cpu", request.to_plain(with_paths=False)
    )
    return Asset(
        model.name,
        materials=parts.materials,
        meshes=parts.meshes,
        instances=parts.instances,
        elements=parts.elements,
        report=parts.report,
        provenance=origin,
    )


def set_the_stage(stand_at: Point, at: Point, lens_mm: float) -> None:
    """A table, a soft sun, a sky, and a long lens that looks down."""
    # below the floors, which lie at 0
    bpy.ops.mesh.primitive_plane_add(size=1200, location=(0, 0, -0.02))
    table: Any = bpy.context.object
    table.data.materials.append(card("Table", GROUND))
    bpy.ops.object.light_add(type="SUN", rotation=(math.radians(52), 0, math.radians(-62)))
    sun = bpy.context.object.data
    sun.energy, sun.angle, sun.color = 4.4, math.radians(3), (1.0, 0.92, 0.82)
    add_sky((0.72, 0.80, 0.92), 1.0)
    look(stand_at, at, lens_mm)


def look(stand_at: Point, at: Point, lens_mm: float) -> None:
    """The camera, aimed."""
    bpy.ops.object.camera_add(location=stand_at)
    camera: Any = bpy.context.object
    camera.rotation_euler = (Vector(at) - Vector(stand_at)).to_track_quat("-Z", "Y").to_euler()
    camera.data.lens, camera.data.clip_end = lens_mm, 2000
    bpy.context.scene.camera = camera


def card(name: str, color: tuple[float, float, float]) -> Any:
    """A matt colour."""
    material: Any = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*color, 1)
    shader.inputs["Roughness"].default_value = 0.95
    return material


if __name__ == "__main__":
    main()
