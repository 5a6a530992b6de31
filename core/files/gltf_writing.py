# SPDX-License-Identifier: GPL-3.0-or-later
"""A binary glTF 2.0 file while it grows: its JSON and its bytes.

Khronos, glTF 2.0 specification (ISO/IEC 12113:2022). Textures are 8-bit PNGs, which every reader takes.
"""

from __future__ import annotations

import json
import struct
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
UNSIGNED_BYTE, UNSIGNED_SHORT, UNSIGNED_INT, FLOAT = 5121, 5123, 5125, 5126
LINEAR, LINEAR_MIPMAP_LINEAR, REPEAT = 9729, 9987, 10497
PNG_LEVEL = 1
_CODES = {"uint8": UNSIGNED_BYTE, "uint16": UNSIGNED_SHORT, "uint32": UNSIGNED_INT, "float32": FLOAT}
_WIDTHS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}


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
        """Triangle corners (N,), in 16 bits where they fit; returns the accessor's index."""
        # the highest number of a type is reserved (glTF 2.0, 3.7.2.1)
        small = not len(values) or int(values.max()) < 2**16 - 1
        view = self.add_view(values.astype("<u2" if small else "<u4").tobytes(), target=ELEMENT_ARRAY_BUFFER)
        kind = UNSIGNED_SHORT if small else UNSIGNED_INT
        return self.add(
            "accessors", {"bufferView": view, "componentType": kind, "count": len(values), "type": "SCALAR"}
        )

    def add_values(self, values: np.ndarray, target: int = 0, bounds: bool = False) -> int:
        """(N, width) uint8, uint16 or float32 values as they are; returns the accessor's index."""
        more = {"target": target} if target else {}
        accessor: dict[str, Any] = {
            "bufferView": self.add_view(np.ascontiguousarray(values).tobytes(), **more),
            "componentType": _CODES[values.dtype.name],
            "count": len(values),
            "type": _WIDTHS[values.shape[1]],
        }
        if bounds:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self.add("accessors", accessor)

    def add_texture(self, name: str, image: np.ndarray) -> dict[str, int]:
        """Embed (H, W, 3 or 4) values in [0, 1] as an 8-bit PNG; returns the reference that a material holds."""
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
