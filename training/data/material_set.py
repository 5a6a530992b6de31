# SPDX-License-Identifier: GPL-3.0-or-later
"""One material of a library: where each of its maps lies, and the maps themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from ...core.files.picture import read_picture
from ...core.texture import normals
from ...core.texture.maps import MAPS


@dataclass(frozen=True)
class MapFile:
    """Where a map lies: a picture, or one `channel` of it; `inverted` marks glossiness."""

    path: Path
    channel: int | None = None
    inverted: bool = False


@dataclass(frozen=True)
class MaterialSet:
    """One material: `files` by map name, `constants` for maps that are one number, `sha256` of the albedo's file.

    `family` is the asset's id without its variant letter; `size` the albedo's (width, height) as stored.
    """

    name: str
    family: str
    category: str
    files: Mapping[str, MapFile]
    normals_directx: bool
    sha256: str
    size: tuple[int, int]
    constants: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftOut:
    """Something in the folder that is not trained on: a file or a set, and the reason, a sentence's second half."""

    name: str
    reason: str


def read_maps(material: MaterialSet, shortest: int | None = None) -> dict[str, np.ndarray]:
    """The set's maps by name, (H, W, 3 or 1) float32 in [0, 1], all of the albedo's size; normals OpenGL, unit length.

    shortest: the side that the shorter side is brought down to (Lanczos); never up. A map that the set has as one
    number is a constant map. A file that has vanished or is damaged since the scan is an InputError.
    """
    maps: dict[str, np.ndarray] = {}
    for name in sorted(material.files, key=lambda name: name != "albedo"):
        maps[name] = read_map(name, material.files[name], shortest)
        height, width = maps["albedo"].shape[:2]
        if maps[name].shape[:2] != (height, width):
            maps[name] = _resized(maps[name], width, height)
    if "normal" in maps:
        given = normals.flip_green(maps["normal"]) if material.normals_directx else maps["normal"]
        maps["normal"] = normals.unit_length(given)
    for name, value in material.constants.items():
        maps[name] = np.full((*maps["albedo"].shape[:2], MAPS[name].channels), value, np.float32)
    return maps


def read_map(name: str, file: MapFile, shortest: int | None = None) -> np.ndarray:
    """One map as its file has it: (H, W, 3 or 1) float32 in [0, 1]; glossiness is turned into roughness."""
    if file.channel is None:
        kind = MAPS[name]
        image = read_picture(file.path, kind.channels, shortest=shortest, srgb=kind.srgb)
    else:
        image = read_picture(file.path, 3, shortest=shortest)[..., file.channel : file.channel + 1]
    return 1 - image if file.inverted else image


def _resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
    planes = [
        Image.fromarray(np.ascontiguousarray(image[..., c])).resize((width, height), Image.Resampling.LANCZOS)
        for c in range(image.shape[2])
    ]
    resized: np.ndarray = np.clip(np.stack([np.asarray(plane) for plane in planes], axis=2), 0, 1)
    return resized
