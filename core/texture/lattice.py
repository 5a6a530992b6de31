# SPDX-License-Identifier: GPL-3.0-or-later
"""What repeats in an exemplar, and how to scale it so that the output holds whole repeats.

Shape letters: h, w exemplar; C guide channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .correspondence import STRIDE, num_levels
from .features import halved


@dataclass(frozen=True)
class Fit:
    """How the exemplar is laid out for the synthesis.

    size: rows and columns to synthesise, near those asked for and divisible as the levels need. exemplar_size: rows
    and columns to which the exemplar is scaled. wraps: which axes of the exemplar are seamless by themselves. scale:
    full-resolution texels per matched texel.
    """

    size: tuple[int, int]
    exemplar_size: tuple[int, int]
    wraps: tuple[bool, bool]
    scale: int


def fit_exemplar(features_chw: torch.Tensor, size: tuple[int, int], scale: int) -> Fit:
    """Finds seamless axes and periods, and the small change of scale that closes them on the output."""
    given = (features_chw.shape[1], features_chw.shape[2])
    levels = num_levels((given[0] // scale, given[1] // scale), (size[0] // scale, size[1] // scale))
    unit = scale << (levels - 1)
    wraps = (is_seamless(features_chw, 0), is_seamless(features_chw, 1))
    rounded = tuple(max(1, round(n / (STRIDE * unit))) * STRIDE * unit for n in size)
    fitted = tuple(max(1, round(n / unit)) * unit if wrap else n for n, wrap in zip(given, wraps, strict=True))
    return Fit((rounded[0], rounded[1]), (fitted[0], fitted[1]), wraps, scale)


def is_seamless(features_chw: torch.Tensor, axis: int) -> bool:
    """Whether the exemplar continues on its other side (axis 0: below its last row; 1: right of its last column).

    The change from each line to the next is compared with the changes just before and after; across the border it must
    not stand out more than at some line inside, at three scales. The finest counts least: compression blurs it.
    """
    lines = features_chw.transpose(1, 2) if axis == 0 else features_chw
    for level in range(3):
        if min(lines.shape[1:]) < 16:
            break
        change = (torch.roll(lines, -1, 2) - lines).abs().mean((0, 1))
        around = 0.5 * (torch.roll(change, 1) + torch.roll(change, -1))
        excess = change / around.clamp(min=1e-6)
        inside = excess[1:-2]
        limit = 1.3 * inside.max() if level == 0 else torch.maximum(inside.topk(3)[0][2], 1.08 * inside.quantile(0.99))
        if excess[-1] > limit:
            return False
        lines = halved(lines)
    return True
