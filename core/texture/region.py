# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a canvas that is unknown, as the patches that touch it: describing, voting and choosing in it alone.

The plain forms for a whole torus are in `patches` and `voting`; here cost follows what is missing, not the canvas.

Shape letters: H, W canvas (a torus); C channels; Q patches; U unknown texels; K descriptor length; P patch side.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812

from .patches import PATCH, PatchIndex
from .voting import CENTRE_BIAS

STRIDE = 2
CHUNK = 16384
LEAST_VOTE, LEAST_CHOICE = 0.02, 0.15


@dataclass(frozen=True)
class Region:
    """Unknown texels of a canvas and the patches that touch them.

    texels_u: row * W + column of the unknown texels. rows_q, columns_q: first texel of each patch. number_hw: (H, W)
    the patch that starts at a texel, or -1. covers: for each texel of a patch (i, j) which unknown texels are at that
    place of some patch, and of which.
    """

    size: tuple[int, int]
    texels_u: torch.Tensor
    rows_q: torch.Tensor
    columns_q: torch.Tensor
    number_hw: torch.Tensor
    covers: tuple[tuple[int, int, torch.Tensor, torch.Tensor], ...]

    def describe(self, index: PatchIndex, image_chw: torch.Tensor) -> torch.Tensor:
        """Descriptors of the region's patches: (Q, K)."""
        table = image_chw.permute(1, 2, 0).reshape(-1, image_chw.shape[0]).contiguous()
        basis = index.basis_kcpp.permute(2, 3, 1, 0).reshape(-1, index.basis_kcpp.shape[0])
        steps = torch.arange(PATCH, device=table.device)
        parts = []
        for start in range(0, len(self.rows_q), CHUNK):
            rows = (self.rows_q[start : start + CHUNK, None] + steps) % self.size[0]
            columns = (self.columns_q[start : start + CHUNK, None] + steps) % self.size[1]
            texels = (rows[:, :, None] * self.size[1] + columns[:, None]).reshape(-1)
            parts.append(torch.index_select(table, 0, texels).reshape(len(rows), -1) @ basis)
        return torch.cat(parts)

    def vote(self, index: PatchIndex, first_q: torch.Tensor) -> torch.Tensor:
        """Weighted mean, for each unknown texel, of what the patches over it show: (U, C).

        first_q: the exemplar texel (row * columns + column) that each patch shows first.
        """
        total = torch.zeros((len(self.texels_u), index.texels_nc.shape[1]), device=first_q.device)
        weights = torch.zeros((len(self.texels_u), 1), device=first_q.device)
        least = LEAST_VOTE * float(index.window_pp.max())
        for i, j, places, patches in self.covers:
            weight = float(index.window_pp[i, j])
            if weight >= least:
                texels = first_q[patches] + (i * index.texel_columns + j)
                total.index_add_(0, places, torch.index_select(index.texels_nc, 0, texels), alpha=weight)
                weights[places] += weight
        return total / weights.clamp(min=1e-9)

    def choose(self, index: PatchIndex, first_q: torch.Tensor, mean_uc: torch.Tensor) -> torch.Tensor:
        """The exemplar texel (row * columns + column) of the patches over each unknown texel nearest the mean: (U,)."""
        best = torch.full((len(self.texels_u),), torch.inf, device=first_q.device)
        chosen = torch.zeros(len(self.texels_u), dtype=torch.int64, device=first_q.device)
        highest = float(index.window_pp.max())
        for i, j, places, patches in self.covers:
            weight = float(index.window_pp[i, j]) / highest
            # at the canvas's border an unknown texel may only lie at the rim of patches
            penalty = CENTRE_BIAS * (1 - weight) if weight >= LEAST_CHOICE else 1e6
            texels = first_q[patches] + (i * index.texel_columns + j)
            cost = torch.index_select(index.texels_nc, 0, texels).sub_(mean_uc[places]).square_().sum(1).add_(penalty)
            better = cost < best[places]
            best[places[better]] = cost[better]
            chosen[places[better]] = texels[better]
        return chosen


def find_region(unknown_hw: torch.Tensor, bounds: tuple[int, int]) -> Region:
    """The patches every second texel that touch what is unknown and lie within `bounds`.

    bounds: rows and columns of the canvas that count; the torus's own where it wraps around, and less where what is
    beyond is only there to keep both ends apart.
    """
    height, width = unknown_hw.shape
    touched = _any_in_patch(unknown_hw)
    for axis, (bound, length) in enumerate(zip(bounds, (height, width), strict=True)):
        places = torch.arange(length, device=unknown_hw.device)
        wanted = places % STRIDE == 0
        if bound < length:
            wanted = (wanted & (places <= bound - PATCH)) | (places == bound - PATCH)
        touched &= wanted[:, None] if axis == 0 else wanted[None]
    rows, columns = touched.nonzero().unbind(1)
    number = torch.full((height, width), -1, dtype=torch.int64, device=unknown_hw.device)
    number[rows, columns] = torch.arange(len(rows), device=unknown_hw.device)
    places = unknown_hw.nonzero()
    covers = []
    for i in range(PATCH):
        for j in range(PATCH):
            found = number[(places[:, 0] - i) % height, (places[:, 1] - j) % width]
            inside = (found >= 0).nonzero()[:, 0]
            if len(inside):
                covers.append((i, j, inside, found[inside]))
    return Region((height, width), places[:, 0] * width + places[:, 1], rows, columns, number, tuple(covers))


def _any_in_patch(mask_hw: torch.Tensor) -> torch.Tensor:
    """Whether the patch that starts at each texel of the torus holds a texel of the mask: (H, W) bool."""
    wrapped = F.pad(mask_hw[None, None].float(), (0, PATCH - 1, 0, PATCH - 1), mode="circular")
    return F.max_pool2d(wrapped, PATCH, 1)[0, 0] > 0
