# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's reference slots as pictures with bytes and a hash."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from ..core.errors import InputError
from .properties import choice_label
from .scene.record import Picture, encoded_bytes

MAX_PICTURE_BYTES = 512 * 2**20


def read_slots(references: Any, roles: tuple[str, ...], required: tuple[str, ...]) -> list[Picture]:
    """The chosen pictures in the order of `roles`; InputError where a required one is missing or one cannot be read."""
    slots = {role: getattr(references, role) for role in roles}
    for role in required:
        if not slots[role].filled:
            raise InputError("No reference picture is chosen. Choose a photograph of the surface.")
    return [read_slot(role, slot) for role, slot in slots.items() if slot.filled]


def read_slot(role: str, slot: Any) -> Picture:
    """One slot's picture."""
    if slot.source == "IMAGE":
        return _image_picture(role, slot.image)
    return _file_picture(role, Path(bpy.path.abspath(slot.path)))


def _file_picture(role: str, path: Path) -> Picture:
    label = choice_label(role)
    if path.is_dir():
        raise InputError(f"{label}: '{path}' is a folder. Choose a picture in it.")
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise InputError(f"{label}: '{path.name}' is larger than {MAX_PICTURE_BYTES >> 20} MiB. Use a smaller one.")
        return Picture.of(role, str(path), path.read_bytes())
    except FileNotFoundError as error:
        raise InputError(f"{label}: the picture '{path}' does not exist. Choose another.") from error
    except OSError as error:
        raise InputError(f"{label}: the picture '{path}' cannot be read: {error.strerror}.") from error


def _image_picture(role: str, image: Any) -> Picture:
    """The image's own file where it has one; what was painted or rendered is encoded as PNG."""
    label = choice_label(role)
    if image.source in ("MOVIE", "SEQUENCE", "TILED", "VIEWER"):
        raise InputError(f"{label}: '{image.name}' is no single still picture. Choose a plain image.")
    data = b"" if image.is_dirty or image.source == "GENERATED" else encoded_bytes(image)
    if data:
        suffix = Path(image.filepath).suffix or ".png"
        path = bpy.path.abspath(image.filepath, library=image.library) if image.filepath else f"{image.name}{suffix}"
        return Picture.of(role, path, data)
    if not image.has_data and not (image.source == "GENERATED" and image.size[0]):
        raise InputError(
            f"{label}: the file of '{image.name}' is missing. Find it (File > External Data) or choose another."
        )
    return Picture.of(role, f"{image.name}.png", _encoded(image))


def _encoded(image: Any) -> bytes:
    """The image's pixels as an 8-bit PNG; what is stored as linear floats becomes sRGB, like any picture."""
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    colour = np.clip(pixels.reshape(height, width, 4)[::-1, :, :3], 0.0, 1.0)
    if image.is_float and image.colorspace_settings.name != "Non-Color":
        colour = np.where(colour <= 0.0031308, 12.92 * colour, 1.055 * colour ** (1 / 2.4) - 0.055)
    return encode_png(np.round(colour * 255).astype(np.uint8))


def encode_png(pixels: np.ndarray) -> bytes:
    """(H, W, 3) uint8, top row first, as a PNG."""
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each row begins with its filter, none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 1)), (b"IEND", b""))
    parts = [struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
