# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as PNG: the albedo in 8-bit sRGB, data in 16 bits, one file a map; the same maps give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..asset import Asset
from ..texture.maps import MAPS
from . import image_file

# measured at 4096 px: half the time of libpng's own choice, for a few per cent more bytes
COLOUR: image_file.Attributes = (("png:compressionLevel", 1), ("png:filter", 0x20))
DATA: image_file.Attributes = (("png:compressionLevel", 1), ("compression", "rle"), ("png:filter", 0x40))


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `<map>.png` for every map; returns the file names."""
    return image_file.write_maps(asset, folder, ".png", encoded, attributes, progress)


def attributes(name: str) -> image_file.Attributes:
    """How a map's file is packed."""
    return COLOUR if MAPS[name].srgb else DATA


def encoded(name: str, image: np.ndarray) -> np.ndarray:
    """A map's values as the integers of its PNG: uint8 for sRGB, uint16 for data."""
    kind: type[np.unsignedinteger] = np.uint8 if MAPS[name].srgb else np.uint16
    scaled = image * np.float32(np.iinfo(kind).max) + np.float32(0.5)
    integers: np.ndarray = np.clip(scaled, 0, np.iinfo(kind).max).astype(kind)
    return integers
