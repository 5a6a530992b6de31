# SPDX-License-Identifier: GPL-3.0-or-later
"""Textures as game engines want them: which map goes into which channel, and what the files are called.

One table, `PRESETS`. Each engine's own documentation is the source: Unreal Engine takes occlusion, roughness and
metallic in one texture and DirectX normals (-Y), Unity's HDRP a mask map (metallic, occlusion, detail, smoothness) and
OpenGL normals, its URP metallic with smoothness in alpha, Godot and glTF 2.0 occlusion, roughness, metallic and OpenGL
normals. Nothing here needs more than numpy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..texture.maps import MAPS
from . import depth

# what a preset's files can be: "png" has 8 bits, and 16 where steps would show (normal and height)
FILES = {"png": ".png", "png8": ".png", "png16": ".png", "exr": ".exr"}


@dataclass(frozen=True)
class Channel:
    """One channel of a texture: channel `index` of a map, as it is or `inverted`; `missing` where there is no map."""

    map: str
    index: int = 0
    inverted: bool = False
    missing: float = 1.0


@dataclass(frozen=True)
class Texture:
    """One file of a preset, named by `suffix`; `fine` needs more than 8 bits."""

    suffix: str
    channels: tuple[Channel, ...]
    fine: bool = False

    @property
    def srgb(self) -> bool:
        """Whether it holds colour rather than data."""
        return all(channel.map in MAPS and MAPS[channel.map].srgb for channel in self.channels)


@dataclass(frozen=True)
class Preset:
    """The textures that one engine reads. `snake_case` names (red_brick) or words run together (RedBrick)."""

    name: str
    label: str
    description: str
    pattern: str
    textures: tuple[Texture, ...]
    snake_case: bool = False

    def file_stem(self, title: str, texture: Texture) -> str:
        """A texture's file name without its ending, for a material called `title`."""
        return self.pattern.format(name=material_name(title, self.snake_case), suffix=texture.suffix)


@dataclass(frozen=True)
class Packed:
    """One texture ready to be written: `pixels` (H, W, C) float32 in [0, 1]; `srgb` says that they are colour."""

    stem: str
    pixels: np.ndarray
    srgb: bool
    fine: bool

    def stored(self, file: str) -> np.ndarray:
        """The pixels as a file of the kind `file` (see `FILES`) holds them: uint8, uint16 or float16."""
        if file == "exr":
            return depth.half_floats(self.pixels, self.srgb)
        return depth.integers(self.pixels, 16 if file == "png16" or (file == "png" and self.fine) else 8)


def _rgb(name: str, flipped: int = -1) -> tuple[Channel, ...]:
    return tuple(Channel(name, index, inverted=index == flipped) for index in range(3))


_OCCLUSION, _ROUGHNESS = Channel("ambient_occlusion"), Channel("roughness")
_METALLIC, _SMOOTHNESS = Channel("metallic", missing=0.0), Channel("roughness", inverted=True, missing=0.0)
# everywhere: a detail map that is added later then shows
_DETAIL = Channel("")
_ORM = (_OCCLUSION, _ROUGHNESS, _METALLIC)
_COLOUR, _OPENGL, _DIRECTX = _rgb("albedo"), _rgb("normal"), _rgb("normal", flipped=1)
_HEIGHT = (Channel("height", missing=0.5),)

PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "unreal",
            "Unreal Engine",
            "T_Name_BC, T_Name_N (DirectX), T_Name_ORM (occlusion, roughness, metallic), T_Name_H",
            "T_{name}_{suffix}",
            (Texture("BC", _COLOUR), Texture("N", _DIRECTX, True), Texture("ORM", _ORM), Texture("H", _HEIGHT, True)),
        ),
        Preset(
            "unity",
            "Unity HDRP",
            "Name_BaseMap, Name_Normal (OpenGL), Name_MaskMap (metallic, occlusion, detail, smoothness), Name_Height",
            "{name}_{suffix}",
            (
                Texture("BaseMap", _COLOUR),
                Texture("Normal", _OPENGL, True),
                Texture("MaskMap", (_METALLIC, _OCCLUSION, _DETAIL, _SMOOTHNESS)),
                Texture("Height", _HEIGHT, True),
            ),
        ),
        Preset(
            "unity_urp",
            "Unity URP",
            "Name_BaseMap, Name_Normal (OpenGL), Name_MetallicSmoothness, Name_Occlusion, Name_Height",
            "{name}_{suffix}",
            (
                Texture("BaseMap", _COLOUR),
                Texture("Normal", _OPENGL, True),
                Texture("MetallicSmoothness", (_METALLIC, _METALLIC, _METALLIC, _SMOOTHNESS)),
                Texture("Occlusion", (_OCCLUSION,)),
                Texture("Height", _HEIGHT, True),
            ),
        ),
        Preset(
            "godot",
            "Godot",
            "name_albedo, name_normal (OpenGL), name_orm (occlusion, roughness, metallic), name_height",
            "{name}_{suffix}",
            (
                Texture("albedo", _COLOUR),
                Texture("normal", _OPENGL, True),
                Texture("orm", _ORM),
                Texture("height", _HEIGHT, True),
            ),
            snake_case=True,
        ),
        Preset(
            "gltf",
            "glTF textures",
            "Name_baseColor, Name_normalTexture (OpenGL), Name_occlusionRoughnessMetallic",
            "{name}_{suffix}",
            (
                Texture("baseColor", _COLOUR),
                Texture("normalTexture", _OPENGL, True),
                Texture("occlusionRoughnessMetallic", _ORM),
            ),
        ),
    )
}


def textures_of(preset: Preset, present: Mapping[str, object]) -> list[Texture]:
    """The preset's textures for which at least one map is there."""
    return [texture for texture in preset.textures if any(channel.map in present for channel in texture.channels)]


def pack(maps: Mapping[str, np.ndarray], preset: Preset, title: str) -> Iterator[Packed]:
    """The preset's textures, one at a time, from maps (H, W, C) float32 in [0, 1], all of one size, OpenGL normals."""
    for texture in textures_of(preset, maps):
        yield pack_texture(maps, preset, texture, title)


def pack_texture(maps: Mapping[str, np.ndarray], preset: Preset, texture: Texture, title: str) -> Packed:
    """One texture of a preset; see `pack`."""
    height, width = next(iter(maps.values())).shape[:2]
    pixels = np.empty((height, width, len(texture.channels)), np.float32)
    for place, channel in enumerate(texture.channels):
        image = maps.get(channel.map)
        plane = np.float32(channel.missing) if image is None else image[..., channel.index]
        pixels[..., place] = 1 - plane if channel.inverted and image is not None else plane
    return Packed(preset.file_stem(title, texture), pixels, texture.srgb, texture.fine)


def material_name(title: str, snake_case: bool) -> str:
    """A title as every engine and file system takes it: `red brick.2` is RedBrick2, or red_brick_2."""
    words = re.findall(r"[A-Za-z0-9]+", title) or ["Material"]
    if snake_case:
        return "_".join(words).lower()
    return "".join(word[0].upper() + word[1:] for word in words)
