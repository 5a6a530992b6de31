# SPDX-License-Identifier: GPL-3.0-or-later
"""A small picture of any Asset: a lit tile of a material, a shaded model of meshes on neutral ground.

numpy alone, the same bytes for the same Asset; the renderers of a host are slower to start than this is to end.
"""

from __future__ import annotations

import numpy as np

from .asset import Asset
from .files.plain_image import png
from .thumbnail_light import encoded
from .thumbnail_model import model
from .thumbnail_scene import triangles_of
from .thumbnail_tile import tile

THUMBNAIL = "thumbnail.png"
SIZE_PX = 256


def thumbnail(asset: Asset, size: int = SIZE_PX) -> bytes:
    """A square PNG, `size` pixels wide, in sRGB."""
    return png(picture(asset, size), srgb=True)


def picture(asset: Asset, size: int = SIZE_PX) -> np.ndarray:
    """(size, size, 3) uint8 sRGB, top row first."""
    triangles = triangles_of(asset)
    if triangles is not None:
        return encoded(model(triangles, asset, size))
    if asset.materials:
        return encoded(tile(asset.materials[0], size))
    return np.full((size, size, 3), 128, np.uint8)
