# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of sun on the facades of a height field, by cell, side and storey, and on the ground."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as functional

from .sun_path import SunPath

# outward normals of a cell's four sides, (x, y)
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1))
# a sun that only grazes the wall does not shine through its windows
LEAST_COSINE = 1e-3
# a point of the ground is this high: shallower shadows are rounding
GROUND_M = 0.1


def beside(values: torch.Tensor, side: tuple[int, int]) -> torch.Tensor:
    """What stands in the neighbouring cell on that side, 0 outside the grid; `values` (..., ny, nx)."""
    x, y = side
    rows, columns = values.shape[-2:]
    padded = functional.pad(values, (1, 1, 1, 1))
    return padded[..., 1 + y : 1 + y + rows, 1 + x : 1 + x + columns]


def facing(path: SunPath) -> np.ndarray:
    """(4, S) bool: whether each sample shines on each side."""
    return np.asarray(np.array(SIDES) @ path.directions[:, :2].T > LEAST_COSINE)


def facade_hours(
    heights: torch.Tensor, shadows: torch.Tensor, path: SunPath, storey_height_m: float, num_storeys: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Hours of sun on each facade: (B, 4, F, ny, nx) float32 hours, and bool where there is a facade at all.

    The point of a storey is at half its height, over the centre of the cell outside. `heights` (B, ny, nx) metres,
    `shadows` (B, S, ny, nx) as a `ShadowSweep` gives them. This is the plain form, for maps of the sun.
    """
    middles = (torch.arange(num_storeys, device=heights.device) + 0.5) * storey_height_m
    middles = middles[:, None, None]
    hours, there = [], []
    for side, suns in zip(SIDES, facing(path), strict=True):
        outside = beside(heights, side)[:, None]
        there.append((heights[:, None] > middles) & (outside < middles))
        lit = middles[:, None] > beside(shadows[:, torch.from_numpy(suns)], side)[:, None]
        hours.append(lit.sum(2) * path.step_h)
    hours_there = torch.stack(there, 1)
    return torch.stack(hours, 1) * hours_there, hours_there


def lit_above(shadows: torch.Tensor, suns: np.ndarray, path: SunPath, needed_h: float) -> torch.Tensor:
    """(B, ny, nx): metres above which a point has `needed_h` hours or more of the samples `suns` (S,) bool.

    It is the k-th lowest of the shadows, k the samples needed: one number then answers for every storey. Infinite where
    there are not so many samples.
    """
    needed = max(1, math.ceil(needed_h / path.step_h - 1e-9))
    lowest: list[torch.Tensor] = []
    for index in np.flatnonzero(suns):
        rising = shadows[:, int(index)]
        for place, kept in enumerate(lowest):
            lowest[place], rising = torch.minimum(kept, rising), torch.maximum(kept, rising)
        if len(lowest) < needed:
            lowest.append(rising)
    return lowest[-1] if len(lowest) == needed else torch.full_like(shadows[:, 0], torch.inf)


def ground_hours(shadows: torch.Tensor, path: SunPath) -> torch.Tensor:
    """(B, ny, nx) float32: hours of sun on the ground, were each cell open."""
    return (shadows <= GROUND_M).sum(1) * path.step_h
