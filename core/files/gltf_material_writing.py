# SPDX-License-Identifier: GPL-3.0-or-later
"""A material that is laid out by UVs as glTF: factors where a map is one value, textures where it is a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..asset import Material
from .gltf_textures import linear
from .gltf_writing import Container


def add_surface(container: Container, material: Material, *, double_sided: bool = True) -> int:
    """Add a material; returns its index. Surfaces are seen from both sides, if not told otherwise: clothes of games
    have no inside."""
    maps = material.maps
    surface: dict[str, Any] = {}
    plain: dict[str, Any] = {"name": material.name, "pbrMetallicRoughness": surface, "doubleSided": double_sided}
    _add_colour(container, maps, plain)
    _add_roughness_metallic(container, maps, plain)
    normal = maps.get("normal")
    if normal is not None and not _is_plain(normal):
        plain["normalTexture"] = container.add_texture("normal", normal)
    emission = maps.get("emission")
    if emission is not None and emission.any():
        if _is_plain(emission):
            plain["emissiveFactor"] = _floats(linear(emission[0, 0]))
        else:
            plain["emissiveFactor"] = [1, 1, 1]
            plain["emissiveTexture"] = container.add_texture("emission", emission)
    return container.add("materials", plain)


def _add_colour(container: Container, maps: dict[str, np.ndarray], plain: dict[str, Any]) -> None:
    surface = plain["pbrMetallicRoughness"]
    albedo, opacity = maps.get("albedo"), maps.get("opacity")
    albedo = np.ones((1, 1, 3), np.float32) if albedo is None else albedo
    see_through = opacity is not None and bool((opacity < 1).any())
    if opacity is not None and see_through:
        clear = (opacity > 0.02) & (opacity < 0.98)
        plain["alphaMode"] = "BLEND" if clear.mean() > 0.02 else "MASK"
    if _is_plain(albedo) and (opacity is None or not see_through or _is_plain(opacity)):
        alpha = float(opacity[0, 0, 0]) if opacity is not None else 1.0
        surface["baseColorFactor"] = [*_floats(linear(albedo[0, 0])), alpha]
    else:
        image = albedo if opacity is None or not see_through else np.concatenate([albedo, opacity], axis=2)
        surface["baseColorTexture"] = container.add_texture("albedo", image)


def _add_roughness_metallic(container: Container, maps: dict[str, np.ndarray], plain: dict[str, Any]) -> None:
    """Ambient occlusion, roughness and metallic share a texture where one of them is a picture."""
    surface = plain["pbrMetallicRoughness"]
    absent = {"ambient_occlusion": 1.0, "roughness": 1.0, "metallic": 0.0}
    images = [maps.get(name, np.full((1, 1, 1), value, np.float32)) for name, value in absent.items()]
    occlusion, roughness, metallic = images
    for name, image in (("roughnessFactor", roughness), ("metallicFactor", metallic)):
        surface[name] = 1.0 if not _is_plain(image) else _floats(image[0, 0])[0]
    if all(map(_is_plain, images)):
        return
    height, width = max((image.shape[:2] for image in images), key=lambda shape: shape[0] * shape[1])
    # what is a factor stands as one in the texture, which is multiplied with it
    layers = [np.ones_like(image) if _is_plain(image) else image for image in images]
    packed = np.concatenate([np.broadcast_to(layer, (height, width, 1)) for layer in layers], axis=2)
    texture = container.add_texture("occlusion_roughness_metallic", packed)
    if not (_is_plain(roughness) and _is_plain(metallic)):
        surface["metallicRoughnessTexture"] = texture
    if not _is_plain(occlusion):
        plain["occlusionTexture"] = texture


def _is_plain(image: np.ndarray) -> bool:
    """Whether a map has the same value everywhere."""
    return bool((image == image[:1, :1]).all())


def _floats(values: np.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values]
