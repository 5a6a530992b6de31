# SPDX-License-Identifier: GPL-3.0-or-later
"""What was filled in made to fit what is known: steps of light along all seams, and of single texels at the border.

Shape letters: H, W canvas at the matching resolution; C channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812

from .joints import joints
from .levelling import levelling, spread

# texels along a seam over which a step of light is averaged
STEP_RADIUS = 8
# how far a step between single texels at the border of what is known is spread
SOFT_WAVELENGTH = 24.0
# known texels around what is unknown that are looked at, and free ones that keep both ends of the canvas apart
AROUND, APART = 20, 16


@dataclass(frozen=True)
class Seams:
    """Where a canvas is made of several stretches.

    unknown: (H, W) bool, what may change. right, down: (H, W) bool, joints to the next texel (see `joints`). wraps: the
    axes along which the canvas goes on at its other side.
    """

    unknown: torch.Tensor
    right: torch.Tensor
    down: torch.Tensor
    wraps: tuple[bool, bool]


def find_seams(
    rows: torch.Tensor, columns: torch.Tensor, unknown: torch.Tensor, picture: tuple[int, int], wraps: tuple[bool, bool]
) -> Seams:
    """The seams of a canvas whose texels show `rows`, `columns` (H, W) of a picture of that size."""
    right, down = joints(rows, columns, picture, (False, False))
    if not wraps[1]:
        right[:, -1] = False
    if not wraps[0]:
        down[-1] = False
    return Seams(unknown, right, down, wraps)


def blending(values_chw: torch.Tensor, seams: Seams) -> torch.Tensor:
    """What to add to the values (C, H, W) where they are unknown; a little beyond it goes on, to be interpolated."""
    (top, bottom), (left, right) = (_reach(seams, axis) for axis in (0, 1))
    part = (slice(top, bottom), slice(left, right))
    # an axis that is looked at whole and wraps stays a circle; else free texels lie between its ends
    apart = [
        0 if wrap and stop - start == length else APART
        for wrap, start, stop, length in zip(
            seams.wraps, (top, left), (bottom, right), seams.unknown.shape, strict=True
        )
    ]
    pad = (0, apart[1], 0, apart[0])
    values = F.pad(values_chw[:, part[0], part[1]], pad)
    unknown = F.pad(seams.unknown[part], pad, value=True)
    joined = (F.pad(seams.right[part], pad), F.pad(seams.down[part], pad))
    steps = levelling(values, joined, unknown, radius=STEP_RADIUS, wavelength=2.0 * max(unknown.shape))
    steps += _softened(values + steps, joined, unknown)
    whole = torch.zeros_like(values_chw)
    whole[:, part[0], part[1]] = steps[:, : bottom - top, : right - left]
    return spread(whole, seams.unknown, 2)


def _reach(seams: Seams, axis: int) -> tuple[int, int]:
    """Rows (axis 0) or columns, first and one after the last, around what is unknown; all where that wraps around."""
    length = seams.unknown.shape[axis]
    places = seams.unknown.any(1 - axis).nonzero()[:, 0]
    if not len(places):
        return 0, length
    start, stop = int(places[0]) - AROUND, int(places[-1]) + 1 + AROUND
    if seams.wraps[axis] and (start < 0 or stop > length):
        return 0, length
    return max(0, start), min(length, stop)


def _softened(
    values_chw: torch.Tensor, joined: tuple[torch.Tensor, torch.Tensor], unknown: torch.Tensor
) -> torch.Tensor:
    """What takes from the steps between known and unknown texels what they are larger than steps elsewhere."""
    right, down = (
        joint & (unknown ^ torch.roll(unknown, -1, axis)) for joint, axis in zip(joined, (1, 0), strict=True)
    )
    change = (torch.roll(values_chw, -1, 2) - values_chw).abs()
    natural = (change * ~unknown).mean(2).double().mean(1).float() / (~unknown).float().mean().clamp(min=1e-6)
    return levelling(values_chw, (right, down), unknown, radius=0, wavelength=SOFT_WAVELENGTH, natural_c=natural)
