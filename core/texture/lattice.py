# SPDX-License-Identifier: GPL-3.0-or-later
"""What repeats in an exemplar, and how to scale it so that the output holds whole repeats.

Shape letters: h, w exemplar; C guide channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .correspondence import STRIDE, num_levels
from .features import halved
from .quilting import Repeat, Repeats

MIN_PERIOD = 6
# how much higher the autocorrelation must be at the multiples of a period than between them
MIN_CONTRAST = 0.15
# so clear a period that an exemplar without a whole number of it cannot be seamless, and that breaking it would show
CLEAR_CONTRAST = 0.25
# more stretch than this would show; the synthesis then has to break a repeat somewhere. Less than the least is left to
# the joints between blocks, since scaling costs sharpness
MAX_STRETCH, MIN_STRETCH = 0.2, 0.01


@dataclass(frozen=True)
class Fit:
    """How the exemplar is laid out for the synthesis.

    size: rows and columns to synthesise, near those asked for and divisible as the levels need. exemplar_size: rows
    and columns to which the exemplar is scaled. wraps: which axes of the exemplar are seamless by themselves. repeats:
    the period of each axis after scaling, or None. scale: full-resolution texels per matched texel.
    """

    size: tuple[int, int]
    exemplar_size: tuple[int, int]
    wraps: tuple[bool, bool]
    repeats: Repeats
    scale: int


@dataclass(frozen=True)
class Period:
    """Texels after which an axis repeats, and how clearly: correlation at repeats less that between them, 0 to 2."""

    texels: float
    contrast: float

    def misfit(self, length: int) -> float:
        """How far from a whole number of repeats `length` is, in repeats."""
        return abs(length / self.texels - round(length / self.texels))


def fit_exemplar(features_chw: torch.Tensor, size: tuple[int, int], scale: int) -> Fit:
    """Finds seamless axes and periods, and the small change of scale that closes them on the output."""
    given = (features_chw.shape[1], features_chw.shape[2])
    levels = num_levels((given[0] // scale, given[1] // scale), (size[0] // scale, size[1] // scale))
    unit = scale << (levels - 1)
    rounded = [max(1, round(n / (STRIDE * unit))) * STRIDE * unit for n in size]
    fitted, wraps = list(given), [False, False]
    repeats: list[Repeat | None] = [None, None]
    for axis in (0, 1):
        found = period(features_chw, axis)
        repeat = found.texels if found and found.contrast > CLEAR_CONTRAST else None
        wraps[axis] = is_seamless(features_chw, axis, found)
        count, stretch = closing_stretch(given[axis], rounded[axis], repeat, wraps[axis])
        stretch = 1.0 if abs(stretch - 1) < MIN_STRETCH else stretch
        step = unit if wraps[axis] else 1
        fitted[axis] = max(1, round(given[axis] * stretch / step)) * step
        if count and repeat:
            whole = given[axis] / round(given[axis] / repeat) if wraps[axis] else repeat
            repeats[axis] = Repeat(whole * fitted[axis] / given[axis], rounded[axis] / count)
    return Fit((rounded[0], rounded[1]), (fitted[0], fitted[1]), (wraps[0], wraps[1]), (repeats[0], repeats[1]), scale)


def closing_stretch(length: int, size: int, repeat: float | None, wraps: bool) -> tuple[int, float]:
    """How many repeats of an axis `size` holds (0: does not matter), and the stretch that makes them whole."""
    if repeat is None or round(size / repeat) == 0:
        return 0, 1.0
    if wraps:
        inside = round(length / repeat)
        if abs(length / repeat - inside) > 0.06:
            return 0, 1.0
        repeat = length / inside
    count = round(size / repeat)
    stretch = size / (count * repeat)
    return (count, stretch) if abs(stretch - 1) <= MAX_STRETCH else (0, 1.0)


def period(features_chw: torch.Tensor, axis: int) -> Period | None:
    """After how many texels the exemplar repeats along an axis (0: down, 1: right), or None.

    Looked for at full resolution and, in case grain hides it there, at a half and at a quarter.
    """
    lines = features_chw.transpose(1, 2) if axis == 0 else features_chw
    for level in range(3):
        if min(lines.shape[1:]) < 16:
            break
        found = _clearest_period(autocorrelation(lines), lines.shape[2])
        if found:
            return Period(found.texels * 2**level, found.contrast)
        lines = halved(lines)
    return None


def _clearest_period(correlation: np.ndarray, length: int) -> Period | None:
    """The period at whose multiples the correlation is high and half-way between them low; the shortest good one."""
    candidates = np.arange(MIN_PERIOD, length / 2.2, 0.125)
    if not len(candidates):
        return None
    contrasts = _contrasts(correlation, candidates)
    best = contrasts.max()
    if best < MIN_CONTRAST:
        return None
    first = int(np.argmax(contrasts >= 0.85 * best))
    last = first
    while last + 1 < len(contrasts) and contrasts[last + 1] >= 0.85 * best:
        last += 1
    return _refined(correlation, float(candidates[first + contrasts[first : last + 1].argmax()]))


def _refined(correlation: np.ndarray, near: float) -> Period:
    """The best period within a step of the grid: of many repeats even a small error adds up to a half."""
    candidates = near + np.arange(-0.125, 0.1251, 0.005)
    contrasts = _contrasts(correlation, candidates)
    return Period(float(candidates[contrasts.argmax()]), float(contrasts.max()))


def autocorrelation(lines_chw: torch.Tensor) -> np.ndarray:
    """Mean product of the lines with themselves shifted right by 0, 1, ... texels, 1 at no shift: (3 w / 4,)."""
    length = lines_chw.shape[2]
    centred = lines_chw - lines_chw.mean(2, keepdim=True).mean(1, keepdim=True)
    power = torch.fft.rfft(centred, n=2 * length).abs().square().mean((0, 1))
    products = torch.fft.irfft(power, n=2 * length)[: 3 * length // 4].cpu().numpy().astype(np.float64)
    products /= np.arange(length, length - len(products), -1)
    return np.asarray(products / max(products[0], 1e-12))


def _contrasts(correlation: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Correlation at the multiples of each candidate period less that half-way between them, (N,) as they are."""
    shifts = np.arange(len(correlation))
    counts = ((len(correlation) - 1) / candidates).astype(int)
    contrasts = np.empty(len(candidates))
    for count in np.unique(counts):
        chosen = counts == count
        multiples = candidates[chosen, None] * np.arange(1, count + 1)
        between = multiples - candidates[chosen, None] / 2
        contrasts[chosen] = (np.interp(multiples, shifts, correlation) - np.interp(between, shifts, correlation)).mean(
            1
        )
    return contrasts


def is_seamless(features_chw: torch.Tensor, axis: int, found: Period | None) -> bool:
    """Whether the exemplar continues on its other side (axis 0: below its last row; 1: right of its last column).

    The change from each line to the next is compared with the changes just before and after; across the border it must
    not stand out more than at some line inside, at three scales. The finest counts least: compression blurs it. Where
    whole repeats fit, the lines at whole repeats from the border are what it is compared with: it may lie on a joint.
    """
    lines = features_chw.transpose(1, 2) if axis == 0 else features_chw
    length = lines.shape[2]
    if found and found.contrast > CLEAR_CONTRAST and found.misfit(length) > 0.1:
        return False
    for level in range(3):
        if min(lines.shape[1:]) < 16:
            break
        change = (torch.roll(lines, -1, 2) - lines).abs().mean((0, 1))
        around = 0.5 * (torch.roll(change, 1) + torch.roll(change, -1))
        excess = change / around.clamp(min=1e-6)
        inside = excess[1:-2]
        limit = 1.3 * inside.max() if level == 0 else torch.maximum(inside.topk(3)[0][2], 1.08 * inside.quantile(0.99))
        if found and found.misfit(length) < 0.04:
            limit = torch.maximum(limit, 1.1 * _at_repeats(excess, round(length / found.texels)))
        if excess[-1] > limit:
            return False
        lines = halved(lines)
    return True


def _at_repeats(excess: torch.Tensor, count: int) -> torch.Tensor:
    """Median, over the inner lines at whole repeats from the border, of the largest excess within a texel of them."""
    if count < 2:
        return excess.new_zeros(())
    places = torch.arange(1, count, device=excess.device) * len(excess) / count - 1
    near = torch.stack([excess[(places.round().long() + shift) % len(excess)] for shift in (-1, 0, 1)])
    return near.amax(0).median()
