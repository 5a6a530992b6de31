# SPDX-License-Identifier: GPL-3.0-or-later
"""The corner of the demo: a building on its plot between its neighbours, beside the street."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from maquette.addon.scene.building_file import add_from_bundle
from maquette.core.architecture.site import read_site

SITE = Path(__file__).parent / "corner_site.json"
SEED = 3
LOOKS = {
    "storeys": "4",
    "storey-height-m": "3.1",
    "ground-height-m": "3.8",
    "style": "classical",
    "roof": "mansard",
    "balconies": "0.25",
}
# where the site's origin stands in the scene, and how it is turned
PLACE, TURN = (-1.5, 15.5, 0.0), math.radians(-24)
CARD, ASPHALT = (0.62, 0.61, 0.59), (0.13, 0.13, 0.135)


def make_building(folder: Path) -> None:
    """The command that anybody would type."""
    looks = [text for name, value in LOOKS.items() for text in (f"--{name}", value)]
    command = [sys.executable, "-m", "maquette", "generate", "architecture", "building", "--reference", str(SITE)]
    command += [*looks, "--seed", str(SEED), "--out", str(folder), "--export", "npy,glb,ifc,csv"]
    subprocess.run(command, check=True)


def stand_on_corner(folder: Path) -> None:
    """The building, plain blocks for its neighbours, and the street."""
    root, _ = add_from_bundle(folder, "Corner Building", PLACE, SITE.read_text(encoding="utf-8"))
    root.rotation_euler = (0, 0, TURN)
    card = plain_material("Neighbours", CARD)
    for number, neighbour in enumerate(read_site(SITE).neighbours, 1):
        block = add_block(f"Neighbour {number}", neighbour.ring, neighbour.height_m, card)
        block.location, block.rotation_euler = root.location, root.rotation_euler
    bpy.ops.mesh.primitive_plane_add(size=400, location=(0, 0, -0.01))
    street: Any = bpy.context.object
    street.name = "Street"
    street.data.materials.append(plain_material("Asphalt", ASPHALT))


def add_block(name: str, ring: np.ndarray, height: float, material: Any) -> Any:
    """A prism over the ring (N, 2)."""
    count = len(ring)
    points = [(x, y, z) for z in (0.0, height) for x, y in ring.tolist()]
    sides = [(n, (n + 1) % count, count + (n + 1) % count, count + n) for n in range(count)]
    mesh: Any = bpy.data.meshes.new(name)
    mesh.from_pydata(points, [], [tuple(range(count))[::-1], tuple(range(count, 2 * count)), *sides])
    mesh.materials.append(material)
    block = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(block)
    return block


def plain_material(name: str, color: tuple[float, float, float]) -> Any:
    """One colour, matt."""
    material: Any = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    shader.inputs["Base Color"].default_value = (*color, 1)
    shader.inputs["Roughness"].default_value = 0.9
    return material
