# SPDX-License-Identifier: GPL-3.0-or-later
"""A material as a binary glTF 2.0: a plane of the tile's real size with baseColor, normal and packed ORM textures.

Khronos, glTF 2.0 specification (ISO/IEC 12113:2022). Y is up there and images start at their top row; heights have
no place in it. Textures are 8-bit PNGs, which every reader takes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ..asset import Asset, Material

NAME = "asset.glb"
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
UNSIGNED_SHORT, FLOAT = 5123, 5126
LINEAR, LINEAR_MIPMAP_LINEAR, REPEAT = 9729, 9987, 10497
PNG_LEVEL = 1


class Container:
    """The JSON and the binary chunk of one .glb while they grow."""

    def __init__(self) -> None:
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "Maquette"},
            "scene": 0,
            "scenes": [{"nodes": []}],
            "samplers": [{"magFilter": LINEAR, "minFilter": LINEAR_MIPMAP_LINEAR, "wrapS": REPEAT, "wrapT": REPEAT}],
        }
        self._binary = bytearray()

    def add(self, part: str, item: dict[str, Any]) -> int:
        """Append to a top-level list; returns the item's index."""
        items: list[Any] = self.json.setdefault(part, [])
        items.append(item)
        return len(items) - 1

    def add_view(self, data: bytes, **more: int) -> int:
        """Append bytes, aligned to four as accessors need; returns the view's index."""
        self._binary += bytes(-len(self._binary) % 4)
        start = len(self._binary)
        self._binary += data
        return self.add("bufferViews", {"buffer": 0, "byteOffset": start, "byteLength": len(data), **more})

    def add_vectors(self, values: np.ndarray) -> int:
        """A vertex attribute (N, 2 or 3) float32; returns the accessor's index."""
        accessor = {
            "bufferView": self.add_view(values.astype("<f4").tobytes(), target=ARRAY_BUFFER),
            "componentType": FLOAT,
            "count": len(values),
            "type": f"VEC{values.shape[1]}",
            "min": values.min(axis=0).tolist(),
            "max": values.max(axis=0).tolist(),
        }
        return self.add("accessors", accessor)

    def add_indices(self, values: np.ndarray) -> int:
        """Triangle corners (N,); returns the accessor's index."""
        view = self.add_view(values.astype("<u2").tobytes(), target=ELEMENT_ARRAY_BUFFER)
        accessor = {"bufferView": view, "componentType": UNSIGNED_SHORT, "count": len(values), "type": "SCALAR"}
        return self.add("accessors", accessor)

    def add_texture(self, name: str, image: np.ndarray) -> dict[str, int]:
        """Embed (H, W, 3) values in [0, 1] as an 8-bit PNG; returns the reference that a material holds."""
        stream = BytesIO()
        Image.fromarray((image * 255 + 0.5).astype(np.uint8)).save(stream, "PNG", compress_level=PNG_LEVEL)
        source = self.add(
            "images", {"name": name, "mimeType": "image/png", "bufferView": self.add_view(stream.getvalue())}
        )
        return {"index": self.add("textures", {"source": source, "sampler": 0})}

    def to_bytes(self) -> bytes:
        """The whole file."""
        self._binary += bytes(-len(self._binary) % 4)
        self.json["buffers"] = [{"byteLength": len(self._binary)}]
        text = json.dumps(self.json, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        total = 12 + 8 + len(text) + 8 + len(self._binary)
        header = struct.pack("<4sII", b"glTF", 2, total)
        return b"".join(
            (
                header,
                struct.pack("<I4s", len(text), b"JSON"),
                text,
                struct.pack("<I4s", len(self._binary), b"BIN\0"),
                self._binary,
            )
        )


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `asset.glb` with a plane for every material, side by side; returns the file names."""
    container = Container()
    offset_m = 0.0
    for number, material in enumerate(asset.materials):
        progress(number / len(asset.materials), f"Writing {NAME}")
        _add_plane(container, material, offset_m)
        offset_m += material.size_m[0]
    (folder / NAME).write_bytes(container.to_bytes())
    return [NAME]


def _add_plane(container: Container, material: Material, offset_m: float) -> None:
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
        packed = container.add_texture("occlusion_roughness_metallic", _packed(maps))
        surface["metallicRoughnessTexture"] = packed
        if "ambient_occlusion" in maps:
            plain["occlusionTexture"] = packed
    if "normal" in maps:
        plain["normalTexture"] = container.add_texture("normal", maps["normal"])
    return container.add("materials", plain)


def _packed(maps: dict[str, np.ndarray]) -> np.ndarray:
    """Ambient occlusion, roughness and metallic as red, green and blue; what is missing does nothing."""
    one = np.ones((*maps["albedo"].shape[:2], 1), np.float32)
    return np.concatenate([maps.get(name, one) for name in ("ambient_occlusion", "roughness", "metallic")], axis=2)
