# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials of a glTF file as PBR maps. Khronos, glTF 2.0 specification, 3.9.

Factors without a picture become maps of one pixel's worth: all maps of a material have one size, 1 x 1 where it has no
picture. Pictures are PNG or JPEG; one that is missing or damaged is told and its factor stands alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from ..asset import Material
from ..codec import show
from ..errors import InputError
from .gltf_container import Document

MAX_SIDE = 16384
MAX_READ_SIDE = 4096
MAX_PIXELS = 128 * 10**6
KINDS = ("PNG", "JPEG")
PLAIN_GREY = 0.8


class Materials:
    """Reads the materials of a document once each; `warn` hears of pictures that cannot be had."""

    def __init__(self, document: Document, warn: Callable[[str], None]) -> None:
        self.document = document
        self.warn = warn
        self.read: dict[int, Material] = {}
        self._pictures: dict[int, np.ndarray | None] = {}

    def get(self, index: int) -> Material:
        """The material at `index`; -1 is what a mesh without a material gets."""
        if index not in self.read:
            taken = {material.name for material in self.read.values()}
            plain = self.document.item("materials", index) if index >= 0 else {}
            given = plain.get("name")
            name = given if isinstance(given, str) and given.strip() else "Material"
            fresh, number = name, 0
            while fresh in taken:
                number += 1
                fresh = f"{name}.{number:03d}"
            maps = self._maps(plain) if index >= 0 else _plain()
            self.read[index] = Material(fresh, _of_one_size(maps), (0.0, 0.0), 0.0)
        return self.read[index]

    def _maps(self, plain: dict[str, Any]) -> dict[str, np.ndarray]:
        extensions = plain.get("extensions", {})
        glossy = extensions.get("KHR_materials_pbrSpecularGlossiness")
        if glossy is not None:
            surface = {
                "baseColorFactor": glossy.get("diffuseFactor", [1, 1, 1, 1]),
                "baseColorTexture": glossy.get("diffuseTexture"),
                "metallicFactor": 0.0,
                "roughnessFactor": 1 - float(glossy.get("glossinessFactor", 1)),
            }
        else:
            surface = plain.get("pbrMetallicRoughness", {})
        maps = self._colour(surface, plain.get("alphaMode", "OPAQUE"))
        maps |= self._roughness_metallic(surface)
        maps |= self._relief(plain)
        strength = extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1)
        factor = _factor(plain.get("emissiveFactor"), [0, 0, 0]) * min(max(float(strength), 0), 1)
        if factor.any():
            picture = self._picture(plain.get("emissiveTexture"))
            maps["emission"] = _tinted(picture, factor)
        return maps

    def _colour(self, surface: dict[str, Any], alpha_mode: Any) -> dict[str, np.ndarray]:
        factor = _factor(surface.get("baseColorFactor"), [1, 1, 1, 1])
        picture = self._picture(surface.get("baseColorTexture"))
        maps = {"albedo": _tinted(picture, factor[:3])}
        if alpha_mode in ("MASK", "BLEND"):
            alpha = np.ones((1, 1, 1), np.float32) if picture is None else _values(picture, 3, 4)
            maps["opacity"] = (alpha * factor[3]).astype(np.float32)
        return maps

    def _roughness_metallic(self, surface: dict[str, Any]) -> dict[str, np.ndarray]:
        picture = self._picture(surface.get("metallicRoughnessTexture"))
        maps = {}
        for name, channel in (("roughness", 1), ("metallic", 2)):
            factor = _factor([surface.get(f"{name}Factor", 1)], [1])[0]
            values = np.ones((1, 1, 1), np.float32) if picture is None else _values(picture, channel, channel + 1)
            maps[name] = (values * factor).astype(np.float32)
        return maps

    def _relief(self, plain: dict[str, Any]) -> dict[str, np.ndarray]:
        maps: dict[str, np.ndarray] = {}
        normal = self._picture(plain.get("normalTexture"))
        if normal is not None:
            scale = float(plain["normalTexture"].get("scale", 1))
            vectors = _values(normal, 0, 3)
            maps["normal"] = vectors if scale == 1 else _bent(vectors, scale)
        occlusion = self._picture(plain.get("occlusionTexture"))
        if occlusion is not None:
            strength = np.float32(min(max(float(plain["occlusionTexture"].get("strength", 1)), 0), 1))
            maps["ambient_occlusion"] = 1 + strength * (_values(occlusion, 0, 1) - 1)
        return maps

    def _picture(self, reference: Any) -> np.ndarray | None:
        """(H, W, 4) uint8, as stored, or None where there is none or it cannot be had."""
        if not isinstance(reference, dict):
            return None
        if "KHR_texture_transform" in reference.get("extensions", {}):
            self.warn("A texture is moved or scaled by KHR_texture_transform, which is not read; bake it into the UVs.")
        texture = self.document.item("textures", reference.get("index"))
        source = texture.get("source")
        if source is None:
            self.warn("A texture is of a kind that is not read (not PNG or JPEG); its colour factor was taken alone.")
            return None
        if source not in self._pictures:
            self._pictures[source] = self._decoded(source)
        return self._pictures[source]

    def _decoded(self, source: int) -> np.ndarray | None:
        image = self.document.item("images", source)
        name = show(str(image.get("name") or image.get("uri") or source)[:80])
        try:
            if "bufferView" in image:
                data = bytes(self.document.view(image["bufferView"])[0])
            else:
                data = self.document.uri(image.get("uri"))
        except InputError as error:
            self.warn(f"The texture {name} is missing: {error}")
            return None
        return self._pixels(data, name)

    def _pixels(self, data: bytes, name: str) -> np.ndarray | None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with Image.open(BytesIO(data), formats=KINDS) as image:
                    width, height = image.size
                    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
                        self.warn(f"The texture {name} is {width} x {height} px, more than is read; it was left out.")
                        return None
                    pixels = image.convert("RGBA")
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001 what a decoder raises on a damaged file has no bound
                self.warn(f"The texture {name} is no PNG or JPEG that can be read ({type(error).__name__}).")
                return None
        if max(width, height) > MAX_READ_SIDE:
            self.warn(f"The texture {name} was brought down from {max(width, height)} to {MAX_READ_SIDE} px.")
            pixels.thumbnail((MAX_READ_SIDE, MAX_READ_SIDE), Image.Resampling.BOX)
        return np.asarray(pixels)


def srgb(linear: np.ndarray) -> np.ndarray:
    """Linear values in [0, 1] encoded as sRGB (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.power(linear, 1 / 2.4) - 0.055).astype(np.float32)


def linear(encoded: np.ndarray) -> np.ndarray:
    """sRGB values in [0, 1] decoded to linear ones (IEC 61966-2-1)."""
    return np.where(encoded <= 0.04045, encoded / 12.92, np.power((encoded + 0.055) / 1.055, 2.4)).astype(np.float32)


def _tinted(picture: np.ndarray | None, factor: np.ndarray) -> np.ndarray:
    """An sRGB map of a picture (H, W, 4) times a linear factor (3,)."""
    if picture is None:
        return srgb(factor.reshape(1, 1, 3))
    if (factor == 1).all():
        return _values(picture, 0, 3)
    return srgb(linear(_values(picture, 0, 3)) * factor)


def _values(picture: np.ndarray, first: int, end: int) -> np.ndarray:
    """Channels of a picture of bytes as float32 in [0, 1]."""
    result: np.ndarray = picture[..., first:end].astype(np.float32) / np.float32(255)
    return result


def _factor(given: Any, default: list[float]) -> np.ndarray:
    """A factor as float32 values in [0, 1]."""
    values = np.array(default if given is None else given, np.float32).reshape(len(default))
    result: np.ndarray = np.nan_to_num(values, nan=1.0).clip(0, 1)
    return result


def _bent(normal: np.ndarray, scale: float) -> np.ndarray:
    """A normal map whose slopes are `scale` times as steep."""
    vector: np.ndarray = (normal * 2 - 1) * np.array([scale, scale, 1], np.float32)
    vector /= np.maximum(np.linalg.norm(vector, axis=2, keepdims=True), 1e-6)
    return (vector * 0.5 + 0.5).astype(np.float32)


def _plain() -> dict[str, np.ndarray]:
    """The maps of a mesh that has no material."""
    return {
        "albedo": np.full((1, 1, 3), PLAIN_GREY, np.float32),
        "roughness": np.ones((1, 1, 1), np.float32),
        "metallic": np.zeros((1, 1, 1), np.float32),
    }


def _of_one_size(maps: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All maps as large as the largest; constant ones are repeated, others resampled."""
    height, width = max((image.shape[:2] for image in maps.values()), key=lambda shape: shape[0] * shape[1])
    return {name: _resized(image, width, height) for name, image in maps.items()}


def _resized(image: np.ndarray, width: int, height: int) -> np.ndarray:
    if image.shape[:2] == (height, width):
        return image
    if image.shape[:2] == (1, 1):
        # one value in memory, however large the others are
        return np.broadcast_to(image, (height, width, image.shape[2]))
    planes = [
        Image.fromarray(image[..., n]).resize((width, height), Image.Resampling.BILINEAR) for n in range(image.shape[2])
    ]
    result: np.ndarray = np.stack([np.asarray(plane) for plane in planes], axis=2).astype(np.float32)
    return result
