# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of results: shrunk until they fit into a .blend, kept there as text, shown as icons.

A thumbnail is a PNG of at most `SIDE` pixels a side and `MAX_BYTES`; as text (base64) at most 16 KiB.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
from pathlib import Path
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np

from ...core.errors import MaquetteError
from ...core.files import plain_image
from ..package import cache_folder
from ..scene.images import read_pixels
from ..scene.record import write_once

SIDE, MAX_BYTES = 96, 12 * 1024
# what is tried until a picture fits: the longest side in pixels, and how many shades a channel keeps
_TRIED = ((SIDE, 256), (SIDE, 64), (SIDE, 32), (64, 32), (48, 32), (32, 32))
MAX_ICONS = 1024

_icons: Any = None
# how often a picture was decoded or written for an icon: drawing the same twice must add nothing
work = 0


def read_picture(path: Path) -> np.ndarray | None:
    """(H, W, 3) float32 sRGB in [0, 1], top row first, of a picture's file; None where it cannot be read."""
    if not path.is_file():
        return None
    try:
        image: Any = bpy.data.images.load(str(path), check_existing=False)
    except RuntimeError:
        return None
    try:
        return read_pixels(image) if image.size[0] and image.size[1] else None
    finally:
        bpy.data.images.remove(image)


def thumbnail_of(path: Path) -> bytes:
    """A picture's file shrunk to a thumbnail; b"" where it cannot be read."""
    pixels = read_picture(path)
    return b"" if pixels is None else shrunk(pixels)


def shrunk(pixels: np.ndarray) -> bytes:
    """(H, W, 3) sRGB in [0, 1] as a thumbnail's PNG: smaller, then with fewer shades, until it fits."""
    data = b""
    for side, shades in _TRIED:
        small = fitted(pixels, side)
        steps = np.round(small * (shades - 1)) / (shades - 1)
        data = plain_image.png(np.round(steps * 255).astype(np.uint8), srgb=True)
        if len(data) <= MAX_BYTES:
            break
    return data


def fitted(pixels: np.ndarray, side: int) -> np.ndarray:
    """The picture with its longest side `side` pixels long, each the mean of what it covers; never enlarged."""
    height, width = pixels.shape[:2]
    share = min(1.0, side / max(height, width))
    return _averaged(_averaged(pixels, max(1, round(height * share)), 0), max(1, round(width * share)), 1)


def _averaged(pixels: np.ndarray, count: int, axis: int) -> np.ndarray:
    """Means of `count` equal stretches along an axis, by the running sum; exact where they end within pixels."""
    size = pixels.shape[axis]
    if count == size:
        return pixels
    total = np.concatenate([np.zeros_like(pixels.take([0], axis)), pixels.cumsum(axis, dtype=np.float64)], axis)
    ends = np.linspace(0.0, size, count + 1)
    whole = np.minimum(ends.astype(int), size - 1)
    rest = (ends - whole).reshape([-1 if a == axis else 1 for a in range(pixels.ndim)])
    at = total.take(whole, axis) + rest * pixels.take(whole, axis)
    means: np.ndarray = (np.diff(at, axis=axis) * count / size).clip(0.0, 1.0).astype(np.float32)
    return means


def as_text(data: bytes) -> str:
    """A thumbnail as it lies in a .blend."""
    return base64.b64encode(data).decode("ascii")


def from_text(text: str) -> bytes:
    """A thumbnail's PNG; b"" where the text, which may come from another's file, is none or is too long."""
    if len(text) > 2 * MAX_BYTES:
        return b""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if data.startswith(b"\x89PNG") and len(data) <= MAX_BYTES else b""


def icon_of(name: str, text: str, file: str = "") -> int:
    """The icon of a thumbnail that lies in a .blend, or of a larger picture at `file` while that is there; 0 where
    there is none. `name` is what it belongs to: asked again, nothing is decoded."""
    global _icons, work
    if _icons is None:
        _icons = bpy.utils.previews.new()
    if name in _icons:
        return int(_icons[name].icon_id)
    work += 1
    if len(_icons) >= MAX_ICONS:
        _icons.clear()
    path = Path(file) if file and Path(file).is_file() else saved_file(text)
    shown = _icons.load(name, str(path), "IMAGE") if path is not None else _icons.new(name)
    return int(shown.icon_id)


def forget_icons() -> None:
    """Let go of all icons."""
    global _icons
    if _icons is not None:
        bpy.utils.previews.remove(_icons)
        _icons = None


def saved_file(text: str) -> Path | None:
    """The thumbnail as a file of the cache, where Blender reads icons from."""
    data = from_text(text)
    if not data:
        return None
    with contextlib.suppress(MaquetteError, OSError):
        path = cache_folder() / "thumbnails" / f"{hashlib.sha256(data).hexdigest()}.png"
        write_once(path, data)
        return path
    return None
