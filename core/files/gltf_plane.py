# SPDX-License-Identifier: GPL-3.0-or-later
"""A material as glTF: a plane of the tile's real size with baseColor, normal and packed ORM textures.

Y is up and images start at their top row; heights have no place in glTF.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..asset import Material
from .gltf_writing import Container


def add_plane(container: Container, material: Material, offset_m: float) -> None:
    """A plane that faces up (+Y), the picture's top edge away from the viewer (-Z)."""
    width, depth = material.size_m
    corners = np.array([[-1, 0, 1], [1, 0, 1], [1, 0, -1], [-1, 0, -1]], np.float32)
    attributes = {
        "POSITION": container.add_vectors(corners * np.array([width / 2, 0, depth / 2], np.float32)),
        "NORMAL": container.add_vectors(np.tile(np.array([[0, 1, 0]], np.float32), (4, 1))),
        "TEXCOORD_0": container.add_vectors(np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)),
    }
    triangles = container.add_indices(np.array([0, 1, 2, 0, 2, 3]))
    primitive = {"attributes": attributes, "indices": triangles, "material": _add_material(container, material)}
    mesh = container.add("meshes", {"name": material.name, "primitives": [primitive]})
    node = {"name": material.name, "mesh": mesh, "translation": [offset_m, 0, 0]}
    container.json["scenes"][0]["nodes"].append(container.add("nodes", node))


def _add_material(container: Container, material: Material) -> int:
    maps = material.maps
    surface: dict[str, Any] = {"metallicFactor": 1.0 if "metallic" in maps else 0.0, "roughnessFactor": 1.0}
    surface["baseColorTexture"] = container.add_texture("albedo", maps["albedo"])
    plain: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface}
    if {"roughness", "metallic", "ambient_occlusion"} & set(maps):
        texture = container.add_texture("occlusion_roughness_metallic", packed(maps))
        surface["metallicRoughnessTexture"] = texture
        if "ambient_occlusion" in maps:
            plain["occlusionTexture"] = texture
    if "normal" in maps:
        plain["normalTexture"] = container.add_texture("normal", maps["normal"])
    return container.add("materials", plain)


def packed(maps: dict[str, np.ndarray]) -> np.ndarray:
    """Ambient occlusion, roughness and metallic as red, green and blue; what is missing does nothing."""
    one = np.ones((*maps["albedo"].shape[:2], 1), np.float32)
    return np.concatenate([maps.get(name, one) for name in ("ambient_occlusion", "roughness", "metallic")], axis=2)
