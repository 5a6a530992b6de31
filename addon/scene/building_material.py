# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials of a building: tiled in real-world size where they have textures, plain where they have none, the sun
map as its colours.

Textured ones are what the texture generator's are: the same nodes, the UVs one metre a unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from ...core.asset import Material as MadeMaterial
from ...core.texture.maps import MAPS
from .as_made import remember
from .graph import Graph
from .material import PRINCIPLED, Look, build_material
from .surface import MADE_NAME, SURFACE, find_or_make, image_of, plain_values, set_plain, surface_hash

SUN = "sun"
_SUN_NAME = "Sun hours"
# how much of a sun map's colour shines by itself, so that it can be read in the shade; the rest shows the form
_SUN_GLOW = 0.4
# cards of a maquette, by the beginning of a mesh's name, sRGB
CARDS = {"ground": 0.86, "neighbour": 0.66, "": 0.8}


def building_material(made: MadeMaterial, textures: Mapping[str, bytes], per_metre: float) -> Any:
    """The material of this file that was made of the same, else a new one."""
    tiled = {name: data for name, data in textures.items() if name in MAPS}
    if not tiled:
        return find_or_make(made, {})
    wanted = material_hash(made, textures, per_metre)
    if (there := _found(wanted)) is not None:
        return there
    material = _new_tiled(made, tiled, per_metre)
    material[SURFACE], material[MADE_NAME] = wanted, made.name
    remember(material)
    return material


def material_hash(made: MadeMaterial, textures: Mapping[str, bytes], per_metre: float) -> str:
    """What tells a material from others."""
    if not any(name in MAPS for name in textures):
        return surface_hash(made, {})
    size = np.array([*made.size_m, made.height_m, per_metre], "<f8").tobytes()
    return hashlib.sha256(surface_hash(made, textures).encode() + size).hexdigest()


def card_material(name: str) -> Any:
    """A plain grey material for a slot whose material nobody made; `name` is the slot's."""
    grey = next(value for start, value in CARDS.items() if name.lower().startswith(start))
    values = np.full((1, 1, 3), grey, np.float32)
    return find_or_make(MadeMaterial(name, {"albedo": values}, (1.0, 1.0), 0.0), {})


def card_of(mesh: str) -> str:
    """The name of the slot of a mesh that names no material."""
    return next((f"{start.capitalize()} card" for start in CARDS if start and mesh.startswith(start)), "Card")


def sun_material() -> Any:
    """Shows a mesh's colours of the name 'sun'; made once a file."""
    if (there := _found(SUN)) is not None:
        return there
    material: Any = bpy.data.materials.new(_SUN_NAME)
    if not material.node_tree:
        material.use_nodes = True
    material.node_tree.nodes.clear()
    graph = Graph(material.node_tree)
    output = graph.add("ShaderNodeOutputMaterial", "Output", (400, 0))
    shader = graph.add("ShaderNodeBsdfPrincipled", "Principled", (0, 0))
    colour = graph.add("ShaderNodeVertexColor", "Sun", (-300, 0), layer_name=SUN)
    graph.link(shader.outputs["BSDF"], output.inputs["Surface"])
    rest = graph.vector_math("MULTIPLY", (-150, 100), colour.outputs["Color"], (1 - _SUN_GLOW,) * 3)
    graph.link(rest, shader.inputs["Base Color"])
    graph.link(colour.outputs["Color"], shader.inputs["Emission Color"])
    shader.inputs["Emission Strength"].default_value = _SUN_GLOW
    shader.inputs["Roughness"].default_value = 1.0
    shader.inputs["Specular IOR Level"].default_value = 0.0
    material[SURFACE] = SUN
    return material


def _found(wanted: str) -> Any:
    """The material of this file with that hash, None where there is none."""
    materials: Any = bpy.data.materials
    return next((m for m in materials if m.get(SURFACE) == wanted and m.library is None), None)


def _new_tiled(made: MadeMaterial, textures: Mapping[str, bytes], per_metre: float) -> Any:
    images = {name: image_of(data, f"{made.name} {name}", coloured=MAPS[name].srgb) for name, data in textures.items()}
    width, height = (side * per_metre if side > 0 else per_metre for side in made.size_m)
    look = Look(width, height, made.height_m * per_metre, "UV", "SHADING", occlusion=True)
    material = build_material(made.name, images, look)
    shader = material.node_tree.nodes[PRINCIPLED]
    for name, values in plain_values(made).items():
        set_plain(material, shader, name, values)
    return material
