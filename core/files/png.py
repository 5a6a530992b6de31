# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as PNG: the albedo in 8-bit sRGB, data in 16 bits, one file a map; the same maps give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..asset import Asset
from ..texture.maps import is_srgb
from . import image_file
from .depth import integers

# measured at 4096 px: half the time of libpng's own choice, for a few per cent more bytes
COLOUR: image_file.Attributes = (("png:compressionLevel", 1), ("png:filter", 0x20))
DATA: image_file.Attributes = (("png:compressionLevel", 1), ("compression", "rle"), ("png:filter", 0x40))


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None], bits: int | None = None) -> list[str]:
    """Write `<map>.png` for every map, all in 8 or 16 `bits` where that is given; returns the file names."""
    return image_file.write_maps(
        asset, folder, ".png", lambda name, image: encoded(name, image, bits), attributes, progress
    )


def attributes(name: str) -> image_file.Attributes:
    """How a map's file is packed."""
    return COLOUR if is_srgb(name) else DATA


def encoded(name: str, image: np.ndarray, bits: int | None = None) -> np.ndarray:
    """A map's values as the integers of its PNG: uint8 for sRGB, uint16 for data, unless `bits` says otherwise."""
    return integers(image, bits or (8 if is_srgb(name) else 16))
