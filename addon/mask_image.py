# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks that are painted in Blender: white over a dimmed copy of the picture, so that one sees where one paints.

What is brighter than the copy can be was painted; the Request gets the plain mask, 0 to 1.
"""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from ..core.errors import InputError

MASK = "maquette_mask"
# how bright the copy is at most: paint is told from it by what is above
BACKDROP = 0.35


def is_mask(image: Any) -> bool:
    """Whether the image was made here to paint a mask on."""
    return MASK in image


def new_mask(name: str, backdrop: np.ndarray) -> Any:
    """An image to paint on, over the picture `backdrop` (H, W, 3) float32 in [0, 1], top row first."""
    height, width = backdrop.shape[:2]
    if not height or not width:
        raise InputError("The picture has no pixels, so no mask can be painted over it. Choose another picture.")
    image: Any = bpy.data.images.new(name, width, height, alpha=False)
    image[MASK] = True
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = backdrop[::-1] * BACKDROP
    image.pixels.foreach_set(rgba.ravel())
    image.update()
    # a generated image comes back black when the file is loaded again
    image.pack()
    return image


def mask_of(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 1) float32 in [0, 1]: how much white lies over the copy, from the image's pixels (H, W, 3)."""
    mask: np.ndarray = np.clip((pixels.min(axis=2, keepdims=True) - BACKDROP) / (1 - BACKDROP), 0.0, 1.0)
    return mask.astype(np.float32)
