# SPDX-License-Identifier: GPL-3.0-or-later
"""Images resized a little, with borders that wrap around or repeat."""

from __future__ import annotations

import torch


def resize(image_hwc: torch.Tensor, size: tuple[int, int], wraps: tuple[bool, bool]) -> torch.Tensor:
    """Catmull-Rom interpolation to `size` (rows, columns); meant for scales near one, where no blur is needed."""
    for axis in (0, 1):
        if image_hwc.shape[axis] != size[axis]:
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
    for tap, weight in zip((-1, 0, 1, 2), _catmull_rom(rest), strict=True):
        places = first.long() + tap
        places = places % given if wrap else places.clamp(0, given - 1)
        term = torch.index_select(image, axis, places).mul_(weight.reshape(shape))
        result = term if result is None else result.add_(term)
    assert result is not None
    return result


def _catmull_rom(t: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weights of the four texels around a place that is `t` after the second."""
    return (
        ((2 - t) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((4 - 3 * t) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    )
