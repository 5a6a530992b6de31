# SPDX-License-Identifier: GPL-3.0-or-later
"""The material of a mesh: laid out by its UVs, plain values where a map is a single texel.

    image or colour -> Principled BSDF -> Output

Characters of one library share materials and images that are alike: forty villagers have one atlas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import bpy
import numpy as np

from ...core.asset import Material as MadeMaterial
from .as_made import remember
from .graph import Graph
from .image_stamp import stamp_image
from .images import set_non_color

# on a material: the hash of what it was made of; on an image: of its file
SURFACE, FILE = "maquette_surface", "maquette_sha256"
# on a material: the name that the engine gave it
MADE_NAME = "maquette_made_name"
COLOURED = ("albedo", "emission")
_INPUTS = {
    "albedo": "Base Color",
    "roughness": "Roughness",
    "metallic": "Metallic",
    "opacity": "Alpha",
    "transmission": "Transmission Weight",
}
PLACES = ("albedo", "metallic", "roughness", "opacity", "emission", "normal")


def surface_hash(made: MadeMaterial, textures: Mapping[str, bytes]) -> str:
    """What tells a material from others: its name, its plain values, its textures' bytes (PNG files)."""
    digest = hashlib.sha256(made.name.encode())
    for name, values in sorted(plain_values(made).items()):
        digest.update(name.encode() + np.ascontiguousarray(values, "<f4").tobytes())
    for name, data in sorted(textures.items()):
        digest.update(name.encode() + data)
    return digest.hexdigest()


def find_or_make(made: MadeMaterial, textures: Mapping[str, bytes]) -> Any:
    """The material of this file that was made of the same, else a new one."""
    wanted = surface_hash(made, textures)
    for material in bpy.data.materials:
        if material.get(SURFACE) == wanted and material.library is None:
            return material
    material = _new_material(made, textures)
    material[SURFACE], material[MADE_NAME] = wanted, made.name
    remember(material)
    return material


def made_name(material: Any) -> str:
    """What the engine called a material; Blender numbers those alike, and designers rename them."""
    return str(material.get(MADE_NAME, material.name))


def plain_values(made: MadeMaterial) -> dict[str, np.ndarray]:
    """The maps of a single texel, by name: (C,) float32."""
    return {name: values.reshape(-1) for name, values in made.maps.items() if values.shape[:2] == (1, 1)}


def linear(colour: np.ndarray) -> list[float]:
    """sRGB as the linear values of a Blender colour, with alpha (IEC 61966-2-1)."""
    c = np.clip(np.asarray(colour, np.float64)[:3], 0.0, 1.0)
    return [*np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).tolist(), 1.0]


def _new_material(made: MadeMaterial, textures: Mapping[str, bytes]) -> Any:
    material: Any = bpy.data.materials.new(made.name)
    if not material.node_tree:
        material.use_nodes = True
    material.node_tree.nodes.clear()
    graph = Graph(material.node_tree)
    output = graph.add("ShaderNodeOutputMaterial", "Output", (400, 0))
    shader = graph.add("ShaderNodeBsdfPrincipled", "Principled", (0, 0))
    graph.link(shader.outputs["BSDF"], output.inputs["Surface"])
    for name, values in plain_values(made).items():
        set_plain(material, shader, name, values)
    for name in PLACES:
        if name in textures:
            _add_texture(graph, shader, name, textures[name], made.name)
    if "opacity" in textures or float(plain_values(made).get("opacity", np.ones(1))[0]) < 1:
        material.surface_render_method = "DITHERED"
    return material


def set_plain(material: Any, shader: Any, name: str, values: np.ndarray) -> None:
    """A map of a single texel as the shader's plain colour or value."""
    if name == "emission":
        shader.inputs["Emission Color"].default_value = linear(values)
        shader.inputs["Emission Strength"].default_value = float(values.max() > 0)
    elif name == "albedo":
        shader.inputs["Base Color"].default_value = linear(values)
        # what the solid view shows
        material.diffuse_color = linear(values)
    elif name in _INPUTS:
        shader.inputs[_INPUTS[name]].default_value = float(values[0])
        if name in ("roughness", "metallic"):
            setattr(material, name, float(values[0]))


def _add_texture(graph: Graph, shader: Any, name: str, data: bytes, title: str) -> None:
    node = graph.add("ShaderNodeTexImage", name.capitalize(), (-620, 300 - 280 * PLACES.index(name)))
    node.image = image_of(data, f"{title} {name}", coloured=name in COLOURED)
    colour = node.outputs["Color"]
    if name == "normal":
        bent = graph.add("ShaderNodeNormalMap", "Normal Map", (-280, -900))
        graph.link(colour, bent.inputs["Color"])
        graph.link(bent.outputs["Normal"], shader.inputs["Normal"])
    elif name == "emission":
        graph.link(colour, shader.inputs["Emission Color"])
        shader.inputs["Emission Strength"].default_value = 1.0
    else:
        graph.link(colour, shader.inputs[_INPUTS[name]])
    if name == "albedo":
        graph.tree.nodes.active = node


def image_of(data: bytes, title: str, coloured: bool) -> Any:
    """The image of this file, packed; one that is there already is taken."""
    wanted = hashlib.sha256(data).hexdigest()
    for image in bpy.data.images:
        if image.get(FILE) == wanted and image.library is None and not image.is_dirty:
            return image
    # the size tells nothing: the packed file does
    image = bpy.data.images.new(title, 1, 1)
    image.source = "FILE"
    image.filepath_raw = f"//maquette/{wanted[:16]}.png"
    image.pack(data=data, data_len=len(data))
    image[FILE] = wanted
    stamp_image(image, data)
    if not coloured:
        set_non_color(image)
    return image
