# SPDX-License-Identifier: GPL-3.0-or-later
"""Values in [0, 1] as the numbers that a file stores. numpy alone, so that Blender's own process can use it too."""

from __future__ import annotations

import numpy as np


def integers(image: np.ndarray, bits: int) -> np.ndarray:
    """(H, W, C) float32 in [0, 1] as uint8 or uint16 (`bits` 8 or 16), to the nearest step."""
    kind: type[np.unsignedinteger] = np.uint8 if bits == 8 else np.uint16
    scaled = image * np.float32(np.iinfo(kind).max) + np.float32(0.5)
    stored: np.ndarray = np.clip(scaled, 0, np.iinfo(kind).max).astype(kind)
    return stored


def half_floats(image: np.ndarray, srgb: bool) -> np.ndarray:
    """(H, W, C) float32 in [0, 1] as float16; with `srgb` decoded to linear by the curve of IEC 61966-2-1."""
    if not srgb:
        return image.astype(np.float16)
    linear = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** np.float32(2.4))
    return linear.astype(np.float16)
