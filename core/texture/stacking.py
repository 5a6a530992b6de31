# SPDX-License-Identifier: GPL-3.0-or-later
"""All maps of a picture side by side in one tensor, and images between the matching resolution and the full one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812


def stacked(maps: Mapping[str, np.ndarray], device: torch.device) -> tuple[torch.Tensor, dict[str, slice]]:
    """The maps (h, w, C) float32 side by side, and the slice of channels of each."""
    parts, slices, start = [], {}, 0
    for name, image in maps.items():
        parts.append(torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32)).to(device))
        slices[name] = slice(start, start := start + image.shape[2])
    return torch.cat(parts, 2), slices


def coarse(image_hwc: torch.Tensor, scale: int) -> torch.Tensor:
    """Means over squares of `scale` texels: (C, H / scale, W / scale)."""
    return F.avg_pool2d(image_hwc.permute(2, 0, 1)[None], scale)[0]


def finer(image_chw: torch.Tensor, scale: int, wraps: tuple[bool, bool] = (True, True)) -> torch.Tensor:
    """Bilinear interpolation to `scale` texels for one: (H, W, C); around the torus where it wraps."""
    if scale == 1:
        return image_chw.permute(1, 2, 0)
    modes = ["circular" if wrap else "replicate" for wrap in wraps]
    wrapped = F.pad(image_chw[None], (1, 1, 0, 0), mode=modes[1])
    wrapped = F.pad(wrapped, (0, 0, 1, 1), mode=modes[0])
    full = F.interpolate(wrapped, scale_factor=scale, mode="bilinear", align_corners=False)[0]
    return full[:, scale:-scale, scale:-scale].permute(1, 2, 0)


def full_resolution(sources: torch.Tensor, scale: int, axis: int) -> torch.Tensor:
    """Row (axis 0) or column (axis 1) numbers of matched texels as those of all texels that they stand for."""
    full = (sources * scale).repeat_interleave(scale, 0).repeat_interleave(scale, 1)
    steps = torch.arange(full.shape[axis], device=full.device) % scale
    return full + (steps[:, None] if axis == 0 else steps[None])
