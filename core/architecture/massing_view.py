# SPDX-License-Identifier: GPL-3.0-or-later
"""The view from the facades: how much of them looks over what stands before it."""

from __future__ import annotations

import math

import numpy as np
import torch

from .massing_score import MassingScorer
from .sun_hours import SIDES, beside
from .sun_path import SunPath
from .sun_sweep import ShadowSweep

# what rises no higher than this above the eye leaves the view free
HORIZON_DEG = 25.0


def view_share(scorer: MassingScorer, storeys: torch.Tensor) -> torch.Tensor:
    """(B,) float32: the share of the own facades, a storey and a cell at a time, with a free view straight ahead.

    What hides the view stands above a line that rises by HORIZON_DEG from the window: it is what a sun at that height
    would cast a shadow with. `storeys` (B, ny, nx) int64.
    """
    grid, storey_m = scorer.grid, scorer.brief.storey_height_m
    up, flat = math.sin(math.radians(HORIZON_DEG)), math.cos(math.radians(HORIZON_DEG))
    directions = np.array([[x * flat, y * flat, up] for x, y in SIDES])
    sweep = ShadowSweep(SunPath(directions, np.zeros(4), 1.0, np.array([0.0, 1.0])), grid.shape, grid.cell_m)
    own = storeys * storey_m
    heights = torch.maximum(own, torch.from_numpy(grid.neighbour_m))
    hidden = sweep.shadow_heights(heights)
    free, whole = torch.zeros(len(storeys)), torch.zeros(len(storeys))
    for number, side in enumerate(SIDES):
        lower, above = beside(heights, side), torch.maximum(beside(hidden[:, number], side), beside(heights, side))
        whole += (own - lower).clamp_min(0).sum((1, 2))
        free += (own - above).clamp_min(0).sum((1, 2))
    return free / whole.clamp_min(1e-6)
