# SPDX-License-Identifier: GPL-3.0-or-later
"""Checksums of what a made mesh holds besides places and faces, so that what was changed by hand is known."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

# on a mesh: the checksums of its UVs, colours and faces' materials, and of its made shape keys by name
LAYERS, KEYS = "maquette_layers", "maquette_keys"
# and the names of its attributes: creases, sharp edges and seams are such, and whatever the designer adds
ATTRIBUTES = "maquette_attributes"
# attributes that Blender adds and takes away by itself
_BLENDERS_OWN = ("position", "material_index", "sharp_face", "custom_normal")
_SEAM = ".uv_seam"


def layers_checksum(mesh: Any) -> str:
    """Of the UVs, colours and faces' materials."""
    faces = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", faces)
    checksum = zlib.crc32(faces.tobytes())
    for layer in mesh.uv_layers:
        uvs = np.empty(len(layer.uv) * 2, np.float32)
        layer.uv.foreach_get("vector", uvs)
        checksum = zlib.crc32(uvs.tobytes(), zlib.crc32(layer.name.encode(), checksum))
    for attribute in mesh.color_attributes:
        colours = np.empty(len(attribute.data) * 4, np.float32)
        attribute.data.foreach_get("color", colours)
        checksum = zlib.crc32(colours.tobytes(), zlib.crc32(attribute.name.encode(), checksum))
    return f"{checksum:08x}"


def attribute_names(mesh: Any) -> set[str]:
    """The names of a mesh's attributes but for what only Blender looks at."""
    names = (attribute.name for attribute in mesh.attributes)
    return {name for name in names if name == _SEAM or (name[0] != "." and name not in _BLENDERS_OWN)}


def added_attributes(mesh: Any) -> list[str]:
    """The attributes that a made mesh did not bring."""
    if ATTRIBUTES not in mesh:
        return []
    return sorted(attribute_names(mesh) - set(str(mesh[ATTRIBUTES]).split("\n")))


def remember_keys(mesh: Any, names: Iterable[str]) -> None:
    """Note how these shape keys were made."""
    keys = mesh.shape_keys.key_blocks
    mesh[KEYS] = {**dict(mesh.get(KEYS, {})), **{name: _key_checksum(keys[name], mesh) for name in names}}


def edited_keys(mesh: Any) -> list[str]:
    """The made shape keys that were changed by hand."""
    made = dict(mesh.get(KEYS, {}))
    keys = mesh.shape_keys.key_blocks if mesh.shape_keys else ()
    return [key.name for key in keys if key.name in made and made[key.name] != _key_checksum(key, mesh)]


def _key_checksum(key: Any, mesh: Any) -> str:
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    key.data.foreach_get("co", places)
    return f"{zlib.crc32(places.tobytes()):08x}"
