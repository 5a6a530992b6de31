# SPDX-License-Identifier: GPL-3.0-or-later
"""The view from the facades: how much of them looks over what stands before it."""

from __future__ import annotations

import torch

from .massing_score import MassingScorer
from .sun_hours import SIDES, beside


def view_share(scorer: MassingScorer, storeys: torch.Tensor) -> torch.Tensor:
    """(B,) float32: the share of the own facades, a storey and a cell at a time, with a free view straight ahead.

    What hides the view stands above a line that rises by HORIZON_DEG from the window: it is what a sun at that height
    would cast a shadow with. `storeys` (B, ny, nx) int64.
    """
    rows, columns = scorer.window
    own = storeys[:, rows, columns] * scorer.brief.storey_height_m
    heights = torch.maximum(own, torch.from_numpy(scorer.grid.neighbour_m)[rows, columns])
    hidden = scorer.view_sweep.shadow_heights(own)[0]
    free, whole = torch.zeros(len(storeys)), torch.zeros(len(storeys))
    for number, side in enumerate(SIDES):
        lower = beside(heights, side)
        above = torch.maximum(beside(hidden[:, number], side), lower)
        whole += (own - lower).clamp_min(0).sum((1, 2))
        free += (own - above).clamp_min(0).sum((1, 2))
    return free / whole.clamp_min(1e-6)
