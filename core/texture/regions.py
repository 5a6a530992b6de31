# SPDX-License-Identifier: GPL-3.0-or-later
"""Several exemplars side by side on one sheet, and where the output shall show which.

Shape letters: h, w sheet; H, W output; C channels; K exemplars; N patches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812


@dataclass(frozen=True)
class Frame:
    """Where one exemplar lies on the sheet, in texels: all frames start at the top and go from left to right."""

    left: int
    width: int
    height: int


@dataclass(frozen=True)
class Regions:
    """The exemplars of a sheet and their places.

    frames: one an exemplar. shares: how much of the output each shall cover, sum 1. guide_hw: (H, W) in [0, 1], 1 where
    the second of two exemplars is wanted, or None where they may mix freely.
    """

    frames: tuple[Frame, ...]
    shares: tuple[float, ...]
    guide_hw: torch.Tensor | None

    def reduced(self, factor: int) -> Regions:
        """The same at a resolution that is lower by a power of two."""
        frames = tuple(Frame(f.left // factor, f.width // factor, f.height // factor) for f in self.frames)
        guide = self.guide_hw
        if guide is not None and factor > 1:
            guide = F.avg_pool2d(guide[None, None], factor)[0, 0]
        return Regions(frames, self.shares, guide)

    def number_of(self, columns: torch.Tensor) -> torch.Tensor:
        """Which exemplar is nearest to each column of the sheet."""
        borders = [(a.left + a.width + b.left) // 2 for a, b in zip(self.frames, self.frames[1:], strict=False)]
        return torch.bucketize(columns, torch.tensor(borders, device=columns.device, dtype=torch.int64), right=True)

    def inside(self, rows: torch.Tensor, columns: torch.Tensor, side: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The nearest places, of windows named by their first texel, at which they lie in one exemplar wholly."""
        number = self.number_of(columns + side // 2)
        lefts, rights, bottoms = (
            torch.tensor(values, device=columns.device)[number]
            for values in (
                [f.left for f in self.frames],
                [f.left + f.width - side for f in self.frames],
                [f.height - side for f in self.frames],
            )
        )
        return torch.minimum(rows.clamp(min=0), bottoms), torch.maximum(torch.minimum(columns, rights), lefts)

    def allowed(self, num_rows: int, num_columns: int, side: int) -> torch.Tensor:
        """Which windows of the sheet lie in one exemplar wholly: (num_rows, num_columns) bool."""
        rows = torch.arange(num_rows)[:, None].expand(num_rows, num_columns)
        columns = torch.arange(num_columns)[None].expand(num_rows, num_columns)
        near = self.inside(rows, columns, side)
        return (near[0] == rows) & (near[1] == columns)


def frames_of(sizes: Sequence[tuple[int, int]], unit: int) -> tuple[Frame, ...]:
    """Places for exemplars of `sizes` (rows, columns): at multiples of `unit`, with at least as much between them."""
    frames, left = [], 0
    for height, width in sizes:
        frames.append(Frame(left, width, height))
        left += -(-(width + unit) // unit) * unit
    return tuple(frames)


def sheet_of(images_hwc: Sequence[torch.Tensor], frames: Sequence[Frame]) -> torch.Tensor:
    """All exemplars on one sheet (h, w, C); between and below them their borders are repeated."""
    height = max(frame.height for frame in frames)
    ends = [frame.left for frame in frames[1:]] + [frames[-1].left + frames[-1].width]
    parts = []
    for image, frame, end in zip(images_hwc, frames, ends, strict=True):
        rows = torch.arange(height, device=image.device).clamp(max=frame.height - 1)
        columns = torch.arange(end - frame.left, device=image.device).clamp(max=frame.width - 1)
        parts.append(image[rows][:, columns])
    return torch.cat(parts, 1).contiguous()
