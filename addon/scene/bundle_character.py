# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine left in a folder, as a character that can be put into the scene. Files only, nothing of Blender."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...core import bundle
from ...core.asset import Asset
from ...core.errors import HostError
from ...core.files import depth, plain_image, scene

if TYPE_CHECKING:
    from ...core.asset import Material

Textures = dict[int, dict[str, bytes]]


def read_character(folder: Path) -> tuple[Asset, Textures]:
    """The Asset with its textures' PNG files by material's index and map; those that are arrays are encoded here."""
    asset = bundle.load(folder)
    textures: Textures = {}
    for file in bundle.read_manifest(folder)["files"]:
        if found := scene.material_and_map(file):
            textures.setdefault(found[0], {})[found[1]] = _bytes(folder / file)
    for index, material in enumerate(asset.materials):
        for name, image in _textures(material).items():
            textures.setdefault(index, {}).setdefault(name, plain_image.png(depth.integers(image, 8)))
    return asset, textures


def _textures(material: Material) -> dict[str, np.ndarray]:
    return {name: image for name, image in material.maps.items() if scene.is_texture(image)}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HostError(f"'{path}' cannot be read: {error.strerror}. Check the disk.") from error
