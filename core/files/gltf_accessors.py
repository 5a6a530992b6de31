# SPDX-License-Identifier: GPL-3.0-or-later
"""Accessors of a glTF file as numpy arrays: strides, normalised integers, sparse values.

Khronos, glTF 2.0 specification, chapter 3.6.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..codec import show
from ..errors import InputError
from .gltf_container import Document, count, damaged

MAX_COUNT = 20_000_000
_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


def floats(document: Document, index: Any, width: int) -> np.ndarray:
    """An accessor as (N, width) float32; normalised integers become [0, 1] or [-1, 1]."""
    accessor, values = _values(document, index)
    if values.shape[1] != width:
        raise damaged(document.path, f"accessor {index} has {values.shape[1]} values an item, {width} are needed")
    if accessor.get("normalized") and values.dtype.kind in "iu":
        return np.maximum(values.astype(np.float32) / np.iinfo(values.dtype).max, -1)
    return values.astype(np.float32)


def integers(document: Document, index: Any, width: int) -> np.ndarray:
    """An accessor of whole numbers as (N, width) int64."""
    _, values = _values(document, index)
    if values.shape[1] != width or values.dtype.kind not in "iu":
        raise damaged(document.path, f"accessor {index} does not hold {width} whole numbers an item")
    return values.astype(np.int64)


def length(document: Document, index: Any) -> int:
    """How many items an accessor claims to have; nothing is read."""
    return count(document.item("accessors", index), "count", 0)


def _values(document: Document, index: Any) -> tuple[dict[str, Any], np.ndarray]:
    accessor = document.item("accessors", index)
    kind, width = accessor.get("componentType"), _WIDTHS.get(accessor.get("type", ""))
    if kind not in _TYPES or width is None:
        raise damaged(document.path, f"accessor {index} has an unknown type")
    number = count(accessor, "count", 0)
    if number > MAX_COUNT:
        raise InputError(f"{show(document.path.name)} claims {number} items in one list; {MAX_COUNT} are the most.")
    dtype = np.dtype(_TYPES[kind])
    if "bufferView" in accessor:
        values = _strided(document, accessor["bufferView"], count(accessor, "byteOffset", 0), dtype, number, width)
    else:
        values = np.zeros((number, width), dtype)
    return accessor, _with_sparse(document, accessor, values)


def _strided(document: Document, view: Any, offset: int, dtype: np.dtype[Any], number: int, width: int) -> np.ndarray:
    """(number, width) items of a buffer view that begin at `offset`."""
    data, stride = document.view(view)
    size = dtype.itemsize * width
    stride = stride or size
    if number and offset + stride * (number - 1) + size > len(data):
        raise damaged(document.path, "an accessor reaches past the end of its bytes")
    if number == 0:
        return np.zeros((0, width), dtype)
    if stride < size:
        raise damaged(document.path, "items of an accessor overlap")
    flat = np.frombuffer(data, np.uint8, stride * (number - 1) + size, offset)
    rows = np.lib.stride_tricks.as_strided(flat, (number, size), (stride, 1), writeable=False)
    return np.ascontiguousarray(rows).view(dtype)


def _with_sparse(document: Document, accessor: dict[str, Any], values: np.ndarray) -> np.ndarray:
    sparse = accessor.get("sparse")
    if sparse is None:
        return values
    number = count(sparse, "count", 0)
    where, what = sparse["indices"], sparse["values"]
    if where.get("componentType") not in (5121, 5123, 5125) or number > len(values):
        raise damaged(document.path, "a sparse accessor has no valid indices")
    dtype = np.dtype(_TYPES[where["componentType"]])
    rows = _strided(document, where.get("bufferView"), count(where, "byteOffset", 0), dtype, number, 1)[:, 0]
    if number and int(rows.max()) >= len(values):
        raise damaged(document.path, "a sparse accessor names an item that it does not have")
    changed = values.copy()
    changed[rows] = _strided(
        document, what.get("bufferView"), count(what, "byteOffset", 0), values.dtype, number, values.shape[1]
    )
    return changed
