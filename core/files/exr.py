# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as OpenEXR in half floats: the albedo is decoded to scene-linear sRGB primaries, data is stored as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..asset import Asset
from ..texture.maps import MAPS
from . import image_file

ZIP: image_file.Attributes = (("compression", "zip:1"),)


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `<map>.exr` for every map; returns the file names."""
    return image_file.write_maps(asset, folder, ".exr", encoded, lambda name: ZIP, progress)


def encoded(name: str, image: np.ndarray) -> np.ndarray:
    """A map's values as half floats, sRGB decoded by the curve of IEC 61966-2-1."""
    if not MAPS[name].srgb:
        return image.astype(np.float16)
    linear = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** np.float32(2.4))
    return linear.astype(np.float16)
