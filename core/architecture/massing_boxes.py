# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings of a few boxes: the space of designs that a search goes through, each box six numbers."""

from __future__ import annotations

import math

import numpy as np
import torch

from .massing_brief import MassingBrief
from .massing_grid import MassingGrid

NUM_PER_BOX = 6
# half length and half depth in metres: plates that daylight from both sides can reach
HALF_LENGTH_M = (8.0, 32.0)
HALF_DEPTH_M = (5.0, 9.0)
LEAST_STOREYS = 3


def box_profiles(shares: torch.Tensor, brief: MassingBrief, grid: MassingGrid) -> torch.Tensor:
    """(B, ny, nx) float32 storeys, not yet whole, of `shares` (B, K, 6) in [0, 1]: the highest box over each cell.

    Nothing stands outside what may be built on: there a box is empty. The six: x and y of the centre within the
    buildable bounds, half length, half depth, angle over half a turn, storeys up to the height limit.
    """
    xs, ys = grid.x_m[grid.buildable], grid.y_m[grid.buildable]
    least_storeys = min(LEAST_STOREYS, brief.most_storeys)
    ranges = np.array(
        [
            (xs.min(), xs.max()),
            (ys.min(), ys.max()),
            HALF_LENGTH_M,
            HALF_DEPTH_M,
            (-math.pi / 2, math.pi / 2),
            (least_storeys, brief.most_storeys),
        ]
    )
    least, most = torch.from_numpy(ranges).float().to(shares.device).T
    centre_x, centre_y, half_length, half_depth, angle, storeys = (least + (most - least) * shares)[
        ..., None, None
    ].unbind(2)
    x = torch.from_numpy(grid.x_m).to(shares.device) - centre_x
    y = torch.from_numpy(grid.y_m).to(shares.device) - centre_y
    along = (x * torch.cos(angle) + y * torch.sin(angle)).abs() < half_length
    across = (y * torch.cos(angle) - x * torch.sin(angle)).abs() < half_depth
    buildable = torch.from_numpy(grid.buildable).to(shares.device)
    covered = along & across & buildable
    return torch.amax(storeys * covered, 1)
