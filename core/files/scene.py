# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene is built from: the Asset's arrays, with textures as PNG files, which Blender takes as they are.

A map of a single texel is a plain colour or value and stays an array.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..asset import Asset, Mesh
from .depth import integers

_FILE = re.compile(r"texture_([0-9]+)_([a-z_]+)\.png")


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `texture_<material>_<map>.png`, 8 bits, for every map larger than a texel; returns the file names."""
    from . import image_file, png

    files: list[image_file.ImageFile] = [
        (file_name(index, name), functools.partial(integers, image, 8), png.COLOUR)
        for index, material in enumerate(asset.materials)
        for name, image in material.maps.items()
        if is_texture(image)
    ]
    return image_file.write_files(files, folder, progress) if files else []


def without_textures(asset: Asset) -> Asset:
    """The Asset without the maps that are written as files."""
    plain = [
        replace(m, maps={name: image for name, image in m.maps.items() if not is_texture(image)})
        for m in asset.materials
    ]
    return replace(asset, materials=tuple(plain))


def shape_alone(asset: Asset) -> Asset:
    """Only what a change of proportions moves, places of vertices and joints, with the faces that tell the mesh."""
    return replace(
        asset,
        materials=(),
        clips=(),
        meshes=tuple(_bare(mesh) for mesh in asset.meshes),
        rig=None if asset.rig is None else replace(asset.rig, skins=()),
    )


def _bare(mesh: Mesh) -> Mesh:
    levels = tuple(_bare(level) for level in mesh.levels)
    return replace(mesh, uvs={}, colors={}, normals=np.zeros((0, 3), np.float32), levels=levels)


def is_texture(image: np.ndarray) -> bool:
    """Whether a map is more than one texel."""
    return image.shape[:2] != (1, 1)


def file_name(material: int, name: str) -> str:
    """The file of a material's map, by the material's index."""
    return f"texture_{material}_{name}.png"


def material_and_map(file: str) -> tuple[int, str] | None:
    """The material's index and the map of a file of this kind, None for another file."""
    found = _FILE.fullmatch(file)
    return (int(found.group(1)), found.group(2)) if found else None
