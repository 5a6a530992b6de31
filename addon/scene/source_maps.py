# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a material that is there, whoever made it: which image feeds which input of its shader."""

from __future__ import annotations

from typing import Any

from .material import map_images

_INPUTS = {"Base Color": "albedo", "Normal": "normal", "Roughness": "roughness", "Metallic": "metallic"}
# through these an image reaches an input as it is, or nearly
_THROUGH = {
    "NORMAL_MAP": ("Color",),
    "BUMP": ("Height",),
    "DISPLACEMENT": ("Height",),
    "MIX": ("A", "Color1"),
    "MIX_RGB": ("Color1",),
    "HUE_SAT": ("Color",),
    "BRIGHTCONTRAST": ("Color",),
    "GAMMA": ("Color",),
    "CURVE_RGB": ("Color",),
    "REROUTE": ("Input",),
}
MAX_STEPS = 16


def maps_of(material: Any) -> dict[str, Any]:
    """The images by map name: of our own nodes, else what feeds the Principled shader and the displacement."""
    found = map_images(material)
    for node in material.node_tree.nodes:
        for socket in node.inputs if node.type in ("BSDF_PRINCIPLED", "OUTPUT_MATERIAL") else ():
            name, image = _behind(socket)
            if image is not None:
                found.setdefault(name, image)
    return found


def _behind(socket: Any) -> tuple[str, Any]:
    """(map name, image) that feeds an input; ("", None) where no single image does."""
    name = _INPUTS.get(socket.name, "height" if socket.name == "Displacement" else "")
    for _ in range(MAX_STEPS):
        if not name or not socket.is_linked:
            break
        node = socket.links[0].from_node
        if node.type == "TEX_IMAGE":
            return name, node.image
        if node.type == "BUMP":
            name = "height"
        linked = [item for item in node.inputs if item.name in _THROUGH.get(node.type, ()) and item.is_linked]
        if not linked:
            break
        socket = linked[0]
    return "", None
