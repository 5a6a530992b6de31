# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset's materials as the packed textures of an engine's preset; see `packing`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..asset import Asset, Material
from . import exr, image_file, packing, png
from .packing import FILES, Preset, Texture

SRGB: image_file.Attributes = (("oiio:ColorSpace", "sRGB"),)
# a fourth channel is data like the others: nothing is divided by it
FOUR_PLANES: image_file.Attributes = (("oiio:UnassociatedAlpha", 1),)


def write(
    asset: Asset, folder: Path, progress: Callable[[float, str], None], *, preset: Preset, file: str, title: str
) -> list[str]:
    """Write the preset's files of the kind `file` (see `packing.FILES`); returns their names."""
    alone = len(asset.materials) == 1
    files: list[image_file.ImageFile] = []
    for own, material in zip(image_file.file_titles(asset), asset.materials, strict=True):
        name = title if alone else f"{title} {own}"
        for texture in packing.textures_of(preset, material.maps):
            stored = functools.partial(_stored, material, preset, texture, name, file)
            files.append((preset.file_stem(name, texture) + FILES[file], stored, _attributes(texture, file)))
    return image_file.write_files(files, folder, progress)


def _stored(material: Material, preset: Preset, texture: Texture, title: str, file: str) -> np.ndarray:
    return packing.pack_texture(material.maps, preset, texture, title).stored(file)


def _attributes(texture: Texture, file: str) -> image_file.Attributes:
    if file == "exr":
        return exr.ZIP
    return (*png.COLOUR, *SRGB) if texture.srgb else (*png.DATA, *FOUR_PLANES)
