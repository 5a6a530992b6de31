# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a glTF 2.0 file: its checked JSON, and the bytes it refers to.

Khronos, glTF 2.0 specification (ISO/IEC 12113:2022), chapters 3.6 and 4. A .glb holds everything; a .gltf may name
files beside it, which must lie in its own folder. Sizes are bounded before memory is taken.
"""

from __future__ import annotations

import base64
import binascii
import stat
import struct
import urllib.parse
from pathlib import Path
from typing import Any

from ..codec import parse_json, show
from ..errors import InputError

MAX_FILE_BYTES = 512 * 2**20
MAX_JSON_BYTES = 64 * 2**20
MAX_ITEMS = 100_000
# a .vrm is a .glb with more in it
SUFFIXES = (".glb", ".gltf", ".vrm")
_MAGIC, _JSON, _BINARY = b"glTF", b"JSON", b"BIN\0"
_COMPRESSED = {
    "KHR_draco_mesh_compression": "Draco",
    "EXT_meshopt_compression": "meshopt",
    "KHR_meshopt_compression": "meshopt",
}
_LISTS = (
    *("accessors", "animations", "buffers", "bufferViews", "images", "materials", "meshes", "nodes"),
    *("samplers", "scenes", "skins", "textures"),
)


class Document:
    """An opened glTF file: `json` with every top-level list checked to be a list of objects."""

    def __init__(self, path: Path, json: dict[str, Any], binary: bytes | None) -> None:
        self.path = path
        self.json = json
        self._binary = binary
        self._buffers: dict[int, memoryview] = {}

    def items(self, part: str) -> list[dict[str, Any]]:
        """A top-level list, empty where it is missing."""
        found: list[dict[str, Any]] = self.json.get(part, [])
        return found

    def item(self, part: str, index: Any) -> dict[str, Any]:
        """The object at `index` of a top-level list; an InputError where there is none."""
        items = self.items(part)
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(items):
            raise damaged(self.path, f"it names number {show(index)} of {len(items)} {part}")
        return items[index]

    def view(self, index: Any) -> tuple[memoryview, int]:
        """(bytes, stride or 0) of a buffer view."""
        view = self.item("bufferViews", index)
        buffer = self._buffer(view.get("buffer"))
        start, length = count(view, "byteOffset", 0), count(view, "byteLength", 0)
        if start + length > len(buffer):
            raise damaged(self.path, "a buffer view reaches past the end of its buffer")
        return buffer[start : start + length], count(view, "byteStride", 0)

    def uri(self, uri: Any) -> bytes:
        """The bytes of a data URI or of a file in the document's own folder; a missing file is an InputError."""
        if not isinstance(uri, str):
            raise damaged(self.path, f"{show(uri)} is no URI")
        if uri.startswith("data:"):
            return _data_uri(self.path, uri)
        place = confined(self.path, uri)
        return read_bounded(place, f"The file {show(uri)} of {show(self.path.name)}")

    def _buffer(self, index: Any) -> memoryview:
        buffer = self.item("buffers", index)
        if index not in self._buffers:
            if "uri" in buffer:
                data = self.uri(buffer["uri"])
            elif index == 0 and self._binary is not None:
                data = self._binary
            else:
                raise damaged(self.path, f"buffer {index} has no bytes")
            self._buffers[index] = memoryview(data)
        return self._buffers[index]


def damaged(path: Path, reason: str) -> InputError:
    """The sentence for a file that contradicts itself."""
    return InputError(f"{show(path.name)} is damaged: {reason}. Export it again.")


def count(item: dict[str, Any], key: str, default: int) -> int:
    """A whole number of at least 0 out of an object; ValueError for anything else."""
    value = item.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"'{key}' is {show(value)}")
    return value


def read_bounded(path: Path, what: str) -> bytes:
    """The bytes of a regular file of at most MAX_FILE_BYTES; an InputError that begins with `what` for all else."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{what} is no file. Name a file.")
        if found.st_size > MAX_FILE_BYTES:
            raise InputError(f"{what} is larger than {MAX_FILE_BYTES >> 20} MiB. Give a smaller one.")
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{what} does not exist. Check its path.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{what} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def confined(path: Path, uri: str) -> Path:
    """The place that a relative URI names, which must lie in the folder of `path`."""
    parts = urllib.parse.urlsplit(uri)
    folder = path.resolve().parent
    place = (folder / urllib.parse.unquote(parts.path)).resolve()
    if parts.scheme or parts.netloc or not place.is_relative_to(folder):
        raise InputError(f"{show(path.name)} names {show(uri)}, which does not lie in its folder. It was not read.")
    return place


def open_document(path: Path) -> Document:
    """Open a .glb or .gltf; anything that is neither, or not whole, is an InputError."""
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{show(path.name)} is no glTF file. Give a .glb or .gltf.")
    data = read_bounded(path, f"The character {show(str(path))}")
    if not data:
        raise InputError(f"The character {show(path.name)} is empty. Export it again.")
    text, binary = _chunks(path, data) if data[:4] == _MAGIC else (data, None)
    if len(text) > MAX_JSON_BYTES:
        raise InputError(f"The JSON of {show(path.name)} is larger than {MAX_JSON_BYTES >> 20} MiB. It was not read.")
    json = parse_json(text.rstrip(b"\0"), show(path.name))
    _check(path, json)
    return Document(path, json, binary)


def _chunks(path: Path, data: bytes) -> tuple[bytes, bytes | None]:
    if len(data) < 20:
        raise damaged(path, "it ends within its header")
    _, version, total = struct.unpack_from("<4sII", data)
    if version != 2:
        raise InputError(f"{show(path.name)} is glTF {version}; version 2 is read. Export it as glTF 2.0.")
    if total > len(data):
        raise damaged(path, f"it should have {total} bytes and has {len(data)}")
    text: bytes | None = None
    place = 12
    while place + 8 <= total:
        length, kind = struct.unpack_from("<I4s", data, place)
        chunk = data[place + 8 : place + 8 + length]
        if len(chunk) < length:
            raise damaged(path, "a chunk reaches past its end")
        place += 8 + length
        if text is None and kind == _JSON:
            text = chunk
        elif text is not None and kind == _BINARY:
            return text, chunk
    if text is None:
        raise damaged(path, "it has no JSON")
    return text, None


def _check(path: Path, json: Any) -> None:
    if not isinstance(json, dict) or not isinstance(json.get("asset"), dict):
        raise InputError(f"{show(path.name)} is no glTF file: it has no 'asset'. Export it again.")
    if not str(json["asset"].get("version", "")).startswith("2."):
        raise InputError(f"{show(path.name)} is glTF {show(json['asset'].get('version'))}; version 2 is read.")
    for part in _LISTS:
        items = json.get(part, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise damaged(path, f"'{part}' is no list of objects")
        if len(items) > MAX_ITEMS:
            raise InputError(f"{show(path.name)} has {len(items)} {part}; {MAX_ITEMS} are the most.")
    for name in json.get("extensionsRequired", []):
        if name in _COMPRESSED:
            raise InputError(
                f"{show(path.name)} is compressed with {_COMPRESSED[name]}. Export it again without compression."
            )


def _data_uri(path: Path, uri: str) -> bytes:
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise damaged(path, "a data URI is not base64")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise damaged(path, "a data URI is not base64") from error
