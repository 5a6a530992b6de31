# SPDX-License-Identifier: GPL-3.0-or-later
"""The mesh of a glTF node: its primitives merged, with corners, UVs, colours, morph targets and skin weights.

Khronos, glTF 2.0 specification, 3.7.2. Vertices stay as the file has them; primitives that share their attributes share
their vertices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..codec import show
from ..errors import InputError
from . import gltf_accessors
from .gltf_container import Document, damaged

MAX_VERTICES = 1_000_000
MAX_TRIANGLES = 2_000_000
MAX_MORPH_VALUES = 200_000_000
TRIANGLES, STRIP, FAN = 4, 5, 6


@dataclass
class RawMesh:
    """A mesh as the file has it, in its own space.

    `positions` (V, 3); `triangles` (F, 3); `material` (F,) glTF material index or -1; `normals` (V, 3) with NaN where
    there is none, because the part is `flat` or, `num_bad` times, because it cannot be used; `uvs` (V, 2) by number, v
    downwards; `colors` (V, 4); `targets` (V, 3) offsets by name; `joints` and `weights` (V, 4 n), None where no
    primitive is skinned.
    """

    positions: np.ndarray
    triangles: np.ndarray
    material: np.ndarray
    normals: np.ndarray
    flat: bool
    num_bad: int = 0
    uvs: dict[int, np.ndarray] = field(default_factory=dict)
    colors: dict[int, np.ndarray] = field(default_factory=dict)
    targets: dict[str, np.ndarray] = field(default_factory=dict)
    joints: np.ndarray | None = None
    weights: np.ndarray | None = None


def check_size(document: Document, meshes: list[int]) -> None:
    """Raise InputError, before anything is read, for more vertices or triangles than are taken."""
    vertices = triangles = 0
    for index in meshes:
        seen = set()
        for primitive in document.item("meshes", index)["primitives"]:
            position = primitive["attributes"]["POSITION"]
            number = gltf_accessors.length(document, position)
            vertices += 0 if position in seen else number
            seen.add(position)
            indices = primitive.get("indices")
            triangles += (number if indices is None else gltf_accessors.length(document, indices)) // 3
    for number, most, name in ((vertices, MAX_VERTICES, "vertices"), (triangles, MAX_TRIANGLES, "triangles")):
        if number > most:
            raise InputError(
                f"{show(document.path.name)} has {number:,} {name}; {most:,} are the most. Reduce it before export."
            )


def read_mesh(document: Document, index: int) -> RawMesh | None:
    """The mesh at `index`, None where it has no triangles."""
    mesh = document.item("meshes", index)
    parts = [p for p in mesh["primitives"] if p.get("mode", TRIANGLES) in (TRIANGLES, STRIP, FAN)]
    groups: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        groups.setdefault(repr((sorted(part["attributes"].items()), part.get("targets"))), []).append(part)
    names = _target_names(mesh)
    raw = [_read_group(document, group, names) for group in groups.values()]
    raw = [one for one in raw if len(one.triangles)]
    return _joined(raw) if raw else None


def _read_group(document: Document, parts: list[dict[str, Any]], target_names: list[str]) -> RawMesh:
    """Primitives that share their attributes."""
    attributes = parts[0]["attributes"]
    positions = gltf_accessors.floats(document, attributes["POSITION"], 3)
    if not np.isfinite(positions).all():
        raise damaged(document.path, "it has vertices without a place (NaN)")
    number = len(positions)
    triangles = [_triangles(document, part, number) for part in parts]
    raw = RawMesh(
        positions,
        np.concatenate(triangles),
        np.concatenate([np.full(len(t), _material(document, p)) for t, p in zip(triangles, parts, strict=True)]),
        np.full((number, 3), np.nan, np.float32),
        "NORMAL" not in attributes,
    )
    if not raw.flat:
        raw.normals = _attribute(document, attributes, "NORMAL", 3, number)
        raw.num_bad = int((~(np.linalg.norm(raw.normals, axis=1) > 0)).sum())
    raw.uvs = {n: _attribute(document, attributes, f"TEXCOORD_{n}", 2, number) for n in _sets(attributes, "TEXCOORD_")}
    raw.colors = {n: _color(document, attributes[f"COLOR_{n}"], number) for n in _sets(attributes, "COLOR_")}
    skins = _sets(attributes, "WEIGHTS_")
    if skins and _sets(attributes, "JOINTS_") == skins:
        raw.weights = np.concatenate([_attribute(document, attributes, f"WEIGHTS_{n}", 4, number) for n in skins], 1)
        joints = [gltf_accessors.integers(document, attributes[f"JOINTS_{n}"], 4) for n in skins]
        raw.joints = np.concatenate(joints, axis=1)
        if len(raw.joints) != number:
            raise damaged(document.path, "its skin weights do not fit its vertices")
    raw.targets = _targets(document, parts[0], target_names, number)
    return raw


def _triangles(document: Document, part: dict[str, Any], number: int) -> np.ndarray:
    """(F, 3) vertex indices of a primitive."""
    indices = part.get("indices")
    corners = np.arange(number) if indices is None else gltf_accessors.integers(document, indices, 1)[:, 0]
    if len(corners) and int(corners.max()) >= number:
        raise damaged(document.path, "a face names a vertex that is not there")
    mode = part.get("mode", TRIANGLES)
    if mode == TRIANGLES:
        triangles: np.ndarray = corners[: len(corners) // 3 * 3].reshape(-1, 3)
        return triangles
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == FAN:
        return np.stack([np.full(len(corners) - 2, corners[0]), corners[1:-1], corners[2:]], axis=1)
    strip: np.ndarray = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
    strip[1::2] = strip[1::2, [1, 0, 2]]
    return strip


def _attribute(document: Document, attributes: dict[str, Any], name: str, width: int, number: int) -> np.ndarray:
    values = gltf_accessors.floats(document, attributes[name], width)
    if len(values) != number:
        raise damaged(document.path, f"its {name} do not fit its vertices")
    return values


def _color(document: Document, accessor: Any, number: int) -> np.ndarray:
    """(V, 4) linear colours; alpha is 1 where there is none."""
    kind = document.item("accessors", accessor).get("type")
    values = gltf_accessors.floats(document, accessor, 3 if kind == "VEC3" else 4)
    if len(values) != number:
        raise damaged(document.path, "its colours do not fit its vertices")
    filled = np.ones((number, 4), np.float32)
    filled[:, : values.shape[1]] = np.nan_to_num(values)
    return filled


def _targets(document: Document, part: dict[str, Any], names: list[str], number: int) -> dict[str, np.ndarray]:
    targets = part.get("targets", [])
    if len(targets) * number * 3 > MAX_MORPH_VALUES:
        raise InputError(f"{show(document.path.name)} has more morph targets than are taken. Reduce them.")
    result: dict[str, np.ndarray] = {}
    for index, target in enumerate(targets):
        name = names[index] if index < len(names) else f"key_{index}"
        offsets = np.zeros((number, 3), np.float32)
        if "POSITION" in target:
            offsets = np.nan_to_num(_attribute(document, target, "POSITION", 3, number))
        result[name if name not in result else f"{name}.{index}"] = offsets
    return result


def _target_names(mesh: dict[str, Any]) -> list[str]:
    extras = mesh.get("extras")
    names = extras.get("targetNames", []) if isinstance(extras, dict) else []
    return [str(name) for name in names] if isinstance(names, list) else []


def _material(document: Document, part: dict[str, Any]) -> int:
    if "material" not in part:
        return -1
    document.item("materials", part["material"])
    index: int = part["material"]
    return index


def _sets(attributes: dict[str, Any], prefix: str) -> list[int]:
    """The numbers of an attribute's sets, such as 0 and 1 of TEXCOORD_0 and TEXCOORD_1."""
    tails = [name.removeprefix(prefix) for name in attributes if name.startswith(prefix)]
    return sorted(int(tail) for tail in tails if tail.isdigit() and int(tail) < 8)


def _joined(parts: list[RawMesh]) -> RawMesh:
    """Several meshes as one; what only some have is filled with zeros (white for colours, no weights)."""
    starts = np.cumsum([0, *(len(part.positions) for part in parts)])
    both = RawMesh(
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.triangles + start for part, start in zip(parts, starts, strict=False)]),
        np.concatenate([part.material for part in parts]),
        np.concatenate([part.normals for part in parts]),
        all(part.flat for part in parts),
        sum(part.num_bad for part in parts),
    )
    both.uvs = {n: _stacked(parts, "uvs", n, (2,), 0) for n in sorted({n for p in parts for n in p.uvs})}
    both.colors = {n: _stacked(parts, "colors", n, (4,), 1) for n in sorted({n for p in parts for n in p.colors})}
    names = dict.fromkeys(n for p in parts for n in p.targets)
    both.targets = {n: _stacked(parts, "targets", n, (3,), 0) for n in names}
    width = max(0 if part.joints is None else part.joints.shape[1] for part in parts)
    if width:
        both.joints = np.concatenate([_widened(part.joints, len(part.positions), width) for part in parts])
        both.weights = np.concatenate([_widened(part.weights, len(part.positions), width) for part in parts])
    return both


def _stacked(parts: list[RawMesh], name: str, key: Any, shape: tuple[int, ...], fill: float) -> np.ndarray:
    missing = [np.full((len(part.positions), *shape), fill, np.float32) for part in parts]
    return np.concatenate([getattr(part, name).get(key, none) for part, none in zip(parts, missing, strict=True)])


def _widened(values: np.ndarray | None, number: int, width: int) -> np.ndarray:
    if values is None:
        return np.zeros((number, width), np.float32)
    wide: np.ndarray = np.pad(values, ((0, 0), (0, width - values.shape[1])))
    return wide
