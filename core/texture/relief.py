# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps that tell a surface's shape, all of one field of slopes: normals, height and ambient occlusion.

Shape letters: H, W rows and columns of the tile.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from ..context import Progress, span
from .derivation import reach, surface_of_slopes
from .occlusion import occlusion_from_height
from .photo_network import normals_of_slopes

# less relief than this many texels is none
FLAT = 1e-4


def maps_of_slopes(slopes_hw2: torch.Tensor, progress: Progress) -> tuple[dict[str, torch.Tensor], float]:
    """("normal" (H, W, 3), OpenGL, "height" and "ambient_occlusion" (H, W, 1), in [0, 1]; the relief in tile widths).

    slopes_hw2: rise per texel to the right and down, around the tile. A thousandth of the heights is clipped at each
    end; a flat surface has height 0.
    """
    progress(0.0, "Integrating the slopes")
    surface = surface_of_slopes(slopes_hw2)
    low, high = reach(surface)
    relief = (high - low) / surface.shape[1]
    height = ((surface - low) / max(high - low, FLAT)).clamp_(0, 1)
    occlusion = occlusion_from_height(height, relief, span(progress, 0.4, 0.6))
    normal = normals_of_slopes(slopes_hw2.permute(2, 0, 1)[None])[0].permute(1, 2, 0) * 0.5 + 0.5
    return {"normal": normal, "height": height[..., None], "ambient_occlusion": occlusion[..., None]}, relief


def as_arrays(maps: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Maps (H, W, C) of any device and precision as contiguous float32 arrays."""
    return {name: image.float().cpu().contiguous().numpy() for name, image in maps.items()}
