# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny rigged character as glTF, written by hand so that readers can be tested against what the specification says.

A box of 1 x 2 x 0.5 m (Y up) on two bones, 'hip' at the origin and 'head' 1 m above; vertices below 1 m hang on the
hip. The armature's node is scaled by 100 and lies on its side, as FBX converters leave it, so the vertices are small.
"""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

ARMATURE_SCALE = 100.0
# a quarter turn about x, as x y z w
LYING = [-0.70710678, 0.0, 0.0, 0.70710678]


class Tiny:
    """The JSON and bytes of the character: change `json`, then `save`."""

    def __init__(self) -> None:
        self.binary = b""
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "accessors": [],
            "bufferViews": [],
            "materials": [{"name": "skin", "pbrMetallicRoughness": {"baseColorFactor": [1, 0.5, 0.25, 1]}}],
        }
        positions, triangles = box()
        # the armature's node turns the file's own axes, z up in centimetres, to Y up in metres
        local = np.stack([positions[:, 0], -positions[:, 2], positions[:, 1]], axis=1) / ARMATURE_SCALE
        head = (positions[:, 1] > 1).astype(np.float32)
        weights = np.stack([1 - head, head, 0 * head, 0 * head], axis=1)
        joints = np.tile(np.array([[0, 1, 0, 0]], np.uint8), (len(positions), 1))
        bind = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
        bind[1, 2, 3] = -1.0 / ARMATURE_SCALE
        attributes = {
            "POSITION": self.add(local.astype(np.float32), "VEC3"),
            "TEXCOORD_0": self.add(positions[:, :2] / np.float32(2), "VEC2"),
            "JOINTS_0": self.add(joints, "VEC4"),
            "WEIGHTS_0": self.add(weights, "VEC4"),
        }
        primitive = {"attributes": attributes, "indices": self.add(triangles.reshape(-1, 1), "SCALAR"), "material": 0}
        self.json["meshes"] = [{"name": "body", "primitives": [primitive]}]
        scale = [ARMATURE_SCALE] * 3
        self.json["nodes"] = [
            {"name": "Armature", "children": [1, 3], "rotation": LYING, "scale": scale},
            {"name": "hip", "children": [2]},
            {"name": "head", "translation": [0, 0, 1 / ARMATURE_SCALE]},
            {"name": "Body", "mesh": 0, "skin": 0},
        ]
        matrices = self.add(bind.transpose(0, 2, 1).reshape(2, 16), "MAT4")
        self.json["skins"] = [{"joints": [1, 2], "inverseBindMatrices": matrices}]

    @property
    def primitive(self) -> dict[str, Any]:
        """The only primitive."""
        found: dict[str, Any] = self.json["meshes"][0]["primitives"][0]
        return found

    def add(self, values: np.ndarray, kind: str, **more: Any) -> int:
        """Append an accessor of (N, width) values; returns its index."""
        codes = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
        self.binary += bytes(-len(self.binary) % 4)
        data = values.tobytes()
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data
        view = len(self.json["bufferViews"]) - 1
        code = codes[values.dtype.name]
        accessor = {"bufferView": view, "componentType": code, "count": len(values), "type": kind, **more}
        self.json["accessors"].append(accessor)
        return len(self.json["accessors"]) - 1

    def change(self, accessor: int, values: np.ndarray) -> None:
        """Put other values of the same size into an accessor."""
        start = self.json["bufferViews"][self.json["accessors"][accessor]["bufferView"]]["byteOffset"]
        data = values.tobytes()
        self.binary = self.binary[:start] + data + self.binary[start + len(data) :]

    def animate(self, node: int, path: str, times: list[float], values: Any, kind: str = "LINEAR") -> None:
        """Add a channel to the only clip, 'move'."""
        clip = self.json.setdefault("animations", [{"name": "move", "channels": [], "samplers": []}])[0]
        keys = self.add(np.array(times, np.float32).reshape(-1, 1), "SCALAR")
        output = np.array(values, np.float32)
        clip["samplers"].append(
            {"input": keys, "output": self.add(output, f"VEC{output.shape[-1]}"), "interpolation": kind}
        )
        clip["channels"].append({"sampler": len(clip["samplers"]) - 1, "target": {"node": node, "path": path}})

    def save(self, path: Path) -> Path:
        """Write a .glb, or a .gltf that holds its bytes itself."""
        self.json["buffers"] = [{"byteLength": len(self.binary)}]
        if path.suffix == ".gltf":
            self.json["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(
                self.binary
            ).decode("ascii")
            path.write_text(json.dumps(self.json))
            return path
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        binary = self.binary + bytes(-len(self.binary) % 4)
        header = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(binary))
        chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
        path.write_bytes(header + chunks)
        return path


def box() -> tuple[np.ndarray, np.ndarray]:
    """(8, 3) float32 corners of the box, Y up in metres, and (12, 3) uint16 triangles that face outwards."""
    corners = np.array([[x, y, z] for y in (0.0, 2.0) for z in (-0.25, 0.25) for x in (-0.5, 0.5)], np.float32)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = [[a, b, c] for a, b, c, d in quads] + [[a, c, d] for a, b, c, d in quads]
    return corners, np.array(triangles, np.uint16)
