# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles made into whole storeys with the floor area that is asked for, within the limits."""

from __future__ import annotations

import numpy as np
import torch

from .massing_brief import MassingBrief
from .massing_grid import MassingGrid

HALVINGS = 24


def target_cells(brief: MassingBrief, grid: MassingGrid) -> int:
    """The floor area asked for, in cells."""
    return round(brief.floor_area_ratio * grid.site_area_m2 / grid.cell_m**2)


def fitted_storeys(
    profiles: torch.Tensor, brief: MassingBrief, grid: MassingGrid, north: tuple[float, float]
) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, ny, nx) int64 storeys, each design's `profiles` (B, ny, nx) scaled and rounded down; and whether each fits.

    What one more storey everywhere would overshoot is added from the north end (`north`: unit vector in the grid's
    axes) until the floor area is exact to one cell, so that the part that stands higher shades least of the rest. A
    design fits if it has the area and keeps setback, height limit and coverage.
    """
    cells = _from_north(grid, north).to(profiles.device)
    profile = profiles.flatten(1)[:, cells].clamp_min(0)
    target, most = target_cells(brief, grid), brief.most_storeys
    least = torch.where(profile > 0, profile, torch.inf).amin(1, keepdim=True)
    low = torch.zeros_like(least)
    high = torch.where(least.isfinite(), (most + 1) / least, torch.ones_like(least))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = _scaled(profile, middle, most).sum(1, keepdim=True) >= target
        low, high = torch.where(enough, low, middle), torch.where(enough, middle, high)
    storeys = torch.zeros(profiles.flatten(1).shape, dtype=torch.int64, device=profiles.device)
    storeys[:, cells] = _filled(_scaled(profile, low, most), _scaled(profile, high, most), target)
    storeys = storeys.reshape(profiles.shape)
    return storeys, keeps_limits(storeys, brief, grid)


def keeps_limits(storeys: torch.Tensor, brief: MassingBrief, grid: MassingGrid) -> torch.Tensor:
    """(B,) bool: the floor area within 0.5 %, nothing in the setback, the height limit and the coverage kept."""
    buildable = torch.from_numpy(grid.buildable).to(storeys.device)
    target = target_cells(brief, grid)
    area = (storeys.sum((1, 2)) - target).abs() <= 0.005 * target
    outside = ((storeys > 0) & ~buildable).any(2).any(1)
    high = storeys.amax((1, 2)) > brief.most_storeys
    covered = (storeys > 0).sum((1, 2)) * grid.cell_m**2 > brief.coverage * grid.site_area_m2 + 1e-6
    return area & ~outside & ~high & ~covered


def _scaled(profiles: torch.Tensor, scale: torch.Tensor, most: int) -> torch.Tensor:
    return (profiles * scale + 1e-4).floor().clamp_max(most).to(torch.int64)


def _from_north(grid: MassingGrid, north: tuple[float, float]) -> torch.Tensor:
    """Indices of the cells that may be built on, the northernmost first."""
    northing = grid.x_m.astype(float) * north[0] + grid.y_m.astype(float) * north[1]
    cells = np.flatnonzero(grid.buildable)
    # to a tenth of a millimetre, so that rounding does not shuffle a row
    return torch.from_numpy(cells[np.argsort(-northing.ravel()[cells].round(4), kind="stable")])


def _filled(below: torch.Tensor, above: torch.Tensor, target: int) -> torch.Tensor:
    """`below` (B, cells), and of the storeys that `above` has more, the first until the target is met."""
    more = above - below
    before = more.cumsum(1) - more
    missing = target - below.sum(1, keepdim=True)
    return below + torch.minimum(more, (missing - before).clamp_min(0))


def resampled_storeys(storeys: torch.Tensor, grid: MassingGrid, fine: MassingGrid) -> torch.Tensor:
    """(B, ny, nx) int64: the same buildings on another grid of the same site, to score them in smaller cells.

    Each cell of `fine` takes the storeys of the cell of `grid` in which its centre lies.
    """
    columns = np.floor((fine.x_m[0] - grid.x_m[0, 0]) / grid.cell_m + 0.5).astype(int).clip(0, grid.shape[1] - 1)
    rows = np.floor((fine.y_m[:, 0] - grid.y_m[0, 0]) / grid.cell_m + 0.5).astype(int).clip(0, grid.shape[0] - 1)
    return storeys[:, torch.from_numpy(rows)][:, :, torch.from_numpy(columns)]
