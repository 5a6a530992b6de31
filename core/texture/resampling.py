# SPDX-License-Identifier: GPL-3.0-or-later
"""Images resized a little, with borders that wrap around or repeat."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812


def resize(
    image_hwc: torch.Tensor, size: tuple[int, int], wraps: tuple[bool, bool], antialias: bool = False
) -> torch.Tensor:
    """Catmull-Rom interpolation to `size` (rows, columns); where it shrinks by much, `antialias` widens the filter."""
    for axis in (0, 1):
        if antialias and image_hwc.shape[axis] > size[axis]:
            image_hwc = _shrink_axis(image_hwc, axis, size[axis], wraps[axis])
        elif image_hwc.shape[axis] != size[axis]:
            image_hwc = _resize_axis(image_hwc, axis, size[axis], wraps[axis])
    return image_hwc


def _resize_axis(image: torch.Tensor, axis: int, count: int, wrap: bool) -> torch.Tensor:
    given = image.shape[axis]
    position = (torch.arange(count, device=image.device, dtype=torch.float64) + 0.5) * (given / count) - 0.5
    first = position.floor()
    rest = (position - first).float()
    shape = [1, 1, 1]
    shape[axis] = count
    result: torch.Tensor | None = None
    for tap, weight in zip((-1, 0, 1, 2), catmull_rom(rest), strict=True):
        places = first.long() + tap
        places = places % given if wrap else places.clamp(0, given - 1)
        term = torch.index_select(image, axis, places).mul_(weight.reshape(shape))
        result = term if result is None else result.add_(term)
    assert result is not None
    return result


def _shrink_axis(image: torch.Tensor, axis: int, count: int, wrap: bool) -> torch.Tensor:
    """As `_resize_axis`, with the filter as wide as the texels that become one."""
    given = image.shape[axis]
    scale = given / count
    position = (torch.arange(count, device=image.device, dtype=torch.float64) + 0.5) * scale - 0.5
    first = position.floor()
    reach = math.ceil(2 * scale)
    taps = range(1 - reach, reach + 1)
    weights = [_catmull_rom_kernel((first + tap - position) / scale).float() for tap in taps]
    total = torch.stack(weights).sum(0)
    shape = [1, 1, 1]
    shape[axis] = count
    result: torch.Tensor | None = None
    for tap, weight in zip(taps, weights, strict=True):
        places = first.long() + tap
        places = places % given if wrap else places.clamp(0, given - 1)
        term = torch.index_select(image, axis, places).mul_((weight / total).reshape(shape))
        result = term if result is None else result.add_(term)
    assert result is not None
    return result


def _catmull_rom_kernel(x: torch.Tensor) -> torch.Tensor:
    """The same filter as a function of the distance."""
    x = x.abs()
    near, far = (1.5 * x - 2.5) * x * x + 1, ((2.5 - 0.5 * x) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, torch.zeros_like(x)))


def catmull_rom(t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights of the four texels around a place that is `t` after the second."""
    return (
        ((2 - t) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((4 - 3 * t) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    )


def doubled(image: torch.Tensor) -> torch.Tensor:
    """Twice the rows and columns of (B, C, H, W), bilinear on the torus."""
    padded = F.pad(image, (1, 1, 1, 1), mode="circular")
    return F.interpolate(padded, scale_factor=2.0, mode="bilinear", align_corners=False)[..., 2:-2, 2:-2]
