# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of brightness where stretches of a picture meet, spread out until they cannot be seen.

P. Perez, M. Gangnet and A. Blake, Poisson Image Editing, 2003: the picture plus the smoothest correction that takes
the steps away. Only their mean along a seam counts, so that grain is neither copied across it nor smoothed.

Shape letters: H, W canvas (a torus); C channels.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812

from .features import box_means

CONJUGATE_STEPS = 24
ENOUGH = 1e-3


def levelling(
    values_chw: torch.Tensor,
    joints: tuple[torch.Tensor, torch.Tensor],
    free_hw: torch.Tensor | None,
    *,
    radius: int,
    wavelength: float,
    natural_c: torch.Tensor | None = None,
) -> torch.Tensor:
    """What to add to `values_chw` so that no step is left at the joints: (C, H, W).

    joints: (H, W) bool, whether other stretches meet between a texel and the next one to the right, and below.
    free_hw: the texels that may change, all if None. radius: texels along a seam over which a step is averaged.
    wavelength: texels beyond which the values are kept rather than their slopes. natural_c: size of the steps (C,)
    that stay, as between any two texels.
    """
    steps = tuple(_steps(values_chw, joint, axis, radius) for joint, axis in zip(joints, (2, 1), strict=True))
    if natural_c is not None:
        steps = tuple(step.sign() * (step.abs() - natural_c[:, None, None]).clamp(min=0) for step in steps)
    wanted = -_divergence(*steps)
    screening = (2 * math.pi / wavelength) ** 2
    if free_hw is None:
        return _inverse(wanted, screening)
    return _conjugate_gradients(wanted, free_hw.to(values_chw.dtype), screening)


def spread(correction_chw: torch.Tensor, free_hw: torch.Tensor, times: int) -> torch.Tensor:
    """The correction carried `times` texels beyond where it is free, as the mean of the nearest."""
    for _ in range(times):
        weight = _box(free_hw[None].to(correction_chw.dtype), 1)
        mean = _box(correction_chw * free_hw, 1) / weight.clamp(min=1e-9)
        correction_chw = torch.where(free_hw, correction_chw, mean)
        free_hw = weight[0] > 1e-6
    return correction_chw


def _steps(values_chw: torch.Tensor, joint_hw: torch.Tensor, axis: int, radius: int) -> torch.Tensor:
    """The change wanted across each joint: minus the mean step along the seam around it. 0 elsewhere."""
    mask = joint_hw.to(values_chw.dtype)
    step = (torch.roll(values_chw, -1, axis) - values_chw) * mask
    return -_box(step, radius) / _box(mask[None], radius).clamp(min=1e-9) * mask


def _divergence(right: torch.Tensor, down: torch.Tensor) -> torch.Tensor:
    return right - torch.roll(right, 1, 2) + down - torch.roll(down, 1, 1)


def _inverse(wanted: torch.Tensor, screening: float) -> torch.Tensor:
    """The periodic solution of (screening - Laplacian) x = wanted."""
    height, width = wanted.shape[1:]
    curves = [2 - 2 * torch.cos(2 * math.pi * torch.arange(n, device=wanted.device) / n) for n in (height, width)]
    spectrum = torch.fft.rfft2(wanted)
    spectrum /= curves[0][:, None] + curves[1][None, : width // 2 + 1] + screening
    solved: torch.Tensor = torch.fft.irfft2(spectrum, s=(height, width))
    return solved


def _conjugate_gradients(wanted: torch.Tensor, free: torch.Tensor, screening: float) -> torch.Tensor:
    """As `_inverse`, with x = 0 where `free` is 0; the periodic solution is the preconditioner."""
    solution = torch.zeros_like(wanted)
    rest = wanted * free
    aim = ENOUGH * _dot(rest, rest).sqrt()
    direction = smoothed = _inverse(rest, screening) * free
    size = _dot(rest, smoothed)
    for _ in range(CONJUGATE_STEPS):
        if bool((_dot(rest, rest).sqrt() <= aim).all()):
            break
        bent = (screening * direction - _laplacian(direction)) * free
        length = size / _dot(direction, bent).clamp(min=1e-30)
        solution += length * direction
        rest -= length * bent
        smoothed = _inverse(rest, screening) * free
        before, size = size, _dot(rest, smoothed)
        direction = smoothed + size / before.clamp(min=1e-30) * direction
    return solution


def _laplacian(image: torch.Tensor) -> torch.Tensor:
    around = torch.roll(image, 1, 1) + torch.roll(image, -1, 1) + torch.roll(image, 1, 2) + torch.roll(image, -1, 2)
    return around - 4 * image


def _dot(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Product of each channel (C, 1, 1), summed row by row so that the number of threads cannot change it."""
    return (first * second).sum(2).double().sum(1).float()[:, None, None]


def _box(image_chw: torch.Tensor, radius: int) -> torch.Tensor:
    """Means over squares around the torus."""
    radius = min(radius, (min(image_chw.shape[1:]) - 1) // 2)
    wrapped = F.pad(image_chw[None], (radius,) * 4, mode="circular")
    return box_means(wrapped[0], radius)
