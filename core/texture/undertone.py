# SPDX-License-Identifier: GPL-3.0-or-later
"""The undertone of an albedo: its slow changes of colour, put together from slopes instead of copied.

Where blocks of unlike brightness meet, copied colours make a step that the eye follows. So the undertone is taken out
of what is copied, its slopes are gathered through the correspondence instead, and the surface that they describe is
put back: grain stays sharp, and what is left of a step is spread out (P. Perez, M. Gangnet and A. Blake, Poisson Image
Editing, 2003). It is slow, so a grid of few cells holds it.

Shape letters: h, w exemplar and H, W output, both at full resolution; M, N cells of the output; C channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812

from .poisson import integrate_slopes
from .resampling import catmull_rom, resize
from .transfer import Correspondence, Weigh, as_gathered, texels_at

# matched texels to a cell, and cells to the standard deviation of the blur that tells the undertone from the rest
CELL, SPREAD = 4, 3.0
# what is longer than this share of the exemplar keeps its colour, what is shorter its slopes
WAVELENGTH = 0.35
FIXED_POINT = 2.0**20


@dataclass(frozen=True)
class Undertone:
    """The output's undertone: cells_mnc (M, N, C), each `side` output texels wide and high, on a torus."""

    cells_mnc: torch.Tensor
    side: int

    def at(self, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """The undertone of whole rows of texels (any numbers, around the torus): (rows, columns, C)."""
        return _interpolated(_interpolated(self.cells_mnc, 0, rows, self.side), 1, columns, self.side)


def undertone_of(image_hwc: torch.Tensor, wraps: tuple[bool, bool], side: int) -> torch.Tensor:
    """The slow changes of an exemplar (h, w, C), in cells of `side` texels, at its own resolution."""
    height, width = image_hwc.shape[:2]
    image = image_hwc.permute(2, 0, 1)[None]
    image = F.pad(image, (0, -width % side, 0, -height % side), mode="replicate")
    cells = F.avg_pool2d(image, side)
    for axis in (2, 3):
        cells = _blurred(cells, axis, wraps[axis - 2])
    # a seamless exemplar has whole cells, so that nothing was added to it
    whole = resize(cells[0].permute(1, 2, 0), (image.shape[2], image.shape[3]), wraps)
    return whole[:height, :width]


def laid_undertone(
    field: Correspondence,
    undertone_hwc: torch.Tensor,
    wraps: tuple[bool, bool],
    side: int,
    wavelength: float,
    weigh: Weigh = as_gathered,
) -> Undertone:
    """The output's undertone from the exemplar's, through the correspondence.

    side: output texels to a cell, a multiple of the field's scale. wavelength: in output texels.
    """
    step = side // field.scale
    device = undertone_hwc.device
    rows, columns = (torch.arange(n, device=device) * field.scale + field.scale // 2 for n in field.rows.shape)

    def shown(down: int, right: int) -> torch.Tensor:
        # in the statistics of where it would lie: their change is no step to be spread out
        return weigh(texels_at(field, undertone_hwc, wraps, (down, right)), rows + down, columns + right)

    guide = shown(0, 0)
    slopes = [_pooled(shown(down, right) - guide, step) for down, right in ((0, side), (side, 0))]
    guide = _pooled(guide, step)
    # few cells, so in double precision and then rounded: no number of threads changes them
    right, down, guide = (image.cpu().double() for image in (*slopes, guide))
    channels = [
        integrate_slopes(right[..., c], down[..., c], guide[..., c], wavelength / side) for c in range(guide.shape[2])
    ]
    cells = (torch.stack(channels, 2) * FIXED_POINT).round() / FIXED_POINT
    return Undertone(cells.float().to(device), side)


def cell_side(size: tuple[int, int], scale: int) -> int:
    """Output texels to a cell, for an output of `size` and its texels to a matched one."""
    step = CELL
    while any(n // scale % step for n in size):
        step //= 2
    return step * scale


def _pooled(image_hwc: torch.Tensor, step: int) -> torch.Tensor:
    return F.avg_pool2d(image_hwc.permute(2, 0, 1)[None], step)[0].permute(1, 2, 0)


def _blurred(image_bchw: torch.Tensor, axis: int, wrap: bool) -> torch.Tensor:
    """Gaussian blur along one axis, the border repeated where the image does not wrap."""
    reach = int(3 * SPREAD)
    places = torch.arange(image_bchw.shape[axis], device=image_bchw.device)
    weights = torch.exp(-torch.arange(-reach, reach + 1.0).square() / (2 * SPREAD**2))
    blurred = torch.zeros_like(image_bchw)
    for offset, weight in zip(range(-reach, reach + 1), (weights / weights.sum()).tolist(), strict=True):
        shifted = places + offset
        shifted = shifted % len(places) if wrap else shifted.clamp(0, len(places) - 1)
        blurred.add_(torch.index_select(image_bchw, axis, shifted), alpha=weight)
    return blurred


def _interpolated(cells: torch.Tensor, axis: int, places: torch.Tensor, side: int) -> torch.Tensor:
    """Catmull-Rom between cells at texels along one axis, around the torus."""
    position = (places + 0.5) / side - 0.5
    first = position.floor()
    shape = [1, 1, 1]
    shape[axis] = len(places)
    result: torch.Tensor | None = None
    for tap, weight in zip((-1, 0, 1, 2), catmull_rom(position - first), strict=True):
        term = torch.index_select(cells, axis, (first.long() + tap) % cells.shape[axis]).mul_(weight.reshape(shape))
        result = term if result is None else result.add_(term)
    assert result is not None
    return result
