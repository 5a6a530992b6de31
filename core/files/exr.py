# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as OpenEXR in half floats: the albedo is decoded to scene-linear sRGB primaries, data is stored as it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..asset import Asset
from ..texture.maps import is_srgb
from . import image_file
from .depth import half_floats

ZIP: image_file.Attributes = (("compression", "zip:1"),)


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `<map>.exr` for every map; returns the file names."""
    return image_file.write_maps(
        asset, folder, ".exr", lambda name, image: half_floats(image, is_srgb(name)), lambda name: ZIP, progress
    )
