# SPDX-License-Identifier: GPL-3.0-or-later
"""Ambient occlusion of a height that tiles.

With the tangent t of a horizon's elevation, a slice of the sky keeps cos^2 = 1 / (1 + t^2) of its light
(L. Bavoil, M. Sainz and R. Dimitrov, Image-Space Horizon-Based Ambient Occlusion, 2008).
Shape letters: H, W rows and columns of the tile; h rows of a strip of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from ..context import Progress

# distances, as shares of the tile's width, at which is looked for what rises above a point
HORIZON_SHARES = (1 / 512, 1 / 256, 1 / 128, 1 / 64, 1 / 32)
NUM_HORIZONS = 8
# strips of so many texels stay in the processor's cache
STRIP_TEXELS = 2**18


def occlusion_from_height(height_hw: torch.Tensor, relief: float, progress: Progress) -> torch.Tensor:
    """How much of the sky each point sees, cosine-weighted, (H, W): horizons in eight directions around.

    height_hw: in [0, 1]; `relief` times it is in tile widths.
    """
    height, width = height_hw.shape
    surface = height_hw * (relief * width)
    visible = torch.empty_like(surface)
    steps = _horizon_steps(width)
    margin = max(max(abs(down), abs(right)) for direction in steps for down, right in direction)
    columns = torch.arange(-margin, width + margin, device=surface.device) % width
    rows_at_once = max(1, STRIP_TEXELS // width)
    for top in range(0, height, rows_at_once):
        progress(top / height, "Deriving ambient occlusion")
        bottom = min(top + rows_at_once, height)
        rows = torch.arange(top - margin, bottom + margin, device=surface.device) % height
        around = surface[rows][:, columns]
        visible[top:bottom] = _seen_sky(around, surface[top:bottom], steps, margin)
    return visible.div_(NUM_HORIZONS)


def _horizon_steps(width: int) -> list[list[tuple[int, int]]]:
    """Rows down and columns right, to all points that each horizon is looked for at."""
    distances = sorted({max(1, round(share * width)) for share in HORIZON_SHARES})
    angles = [2 * math.pi * number / NUM_HORIZONS for number in range(NUM_HORIZONS)]
    return [
        [(round(distance * math.sin(angle)), round(distance * math.cos(angle))) for distance in distances]
        for angle in angles
    ]


def _seen_sky(
    around: torch.Tensor, strip: torch.Tensor, steps: Sequence[Sequence[tuple[int, int]]], margin: int
) -> torch.Tensor:
    """The light, summed over directions, that a strip (h, W) gets; around: it with `margin` more on every side."""
    height, width = strip.shape
    visible, horizon, rise = torch.zeros_like(strip), torch.empty_like(strip), torch.empty_like(strip)
    for direction in steps:
        horizon.zero_()
        for down, right in direction:
            there = around[margin + down : margin + down + height, margin + right : margin + right + width]
            torch.sub(there, strip, out=rise).div_(math.hypot(down, right))
            torch.maximum(horizon, rise, out=horizon)
        visible += 1 / horizon.square_().add_(1)
    return visible
