# SPDX-License-Identifier: GPL-3.0-or-later
"""How strong each scale and direction of a map is, and how its values are spread: measured, kept in a code, and given
to what the generator makes.

As D. Heeger and J. Bergen do with the bands of a steerable pyramid and with histograms (Pyramid-Based Texture
Analysis/Synthesis, 1995), in turns; the bands here are smooth octaves and directions in the frequency domain of the
torus, which add up to one. Maps are without moments (see `family_statistics`).
Shape letters: B batch, C maps, H, W rows and columns, S scales, O directions, Q quantiles.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from .family_statistics import without_moments

NUM_SCALES, NUM_DIRECTIONS = 7, 4
# octave of the finest band: half a cycle a texel
FINEST = -1.0
SHARES = (0.0, 0.001, 0.005, 0.01, 0.02, *(i / 20 for i in range(1, 20)), 0.98, 0.99, 0.995, 0.999, 1.0)
# stands for a map of which nothing is known: it keeps what it has
UNKNOWN = -60.0
LEAST_POWER = 2.0**-40
PASSES, TURNS = 2, 2
MOST_GAIN = 8.0
NUM_SAMPLES = 2**16


def spectrum_of(even: torch.Tensor) -> torch.Tensor:
    """(B, C, S, O) log2 of the mean power of each band of maps (B, C, H, W)."""
    power = _power(torch.fft.rfft2(even), even.shape[2:])
    return _band_powers(power, even.shape[2:], 0.0).clamp(min=LEAST_POWER).log2()


def spread_of(even: torch.Tensor) -> torch.Tensor:
    """(B, C, Q) quantiles of maps (B, C, H, W) at SHARES."""
    shares = torch.tensor(SHARES, device=even.device)
    return torch.quantile(_thinned(even), shares, dim=2).permute(1, 2, 0)


def with_profile(even: torch.Tensor, spectrum: torch.Tensor, spread: torch.Tensor, scale: float = 0.0) -> torch.Tensor:
    """Maps (B, C, H, W) with the spectrum (B, C, S, O) and the spread (B, C, Q) that they should have, at best.

    scale: log2 of texels per texel of the maps that the spectrum was measured on: bands move along.
    """
    for _ in range(TURNS):
        even = without_moments(_with_spectrum(even, spectrum, scale))
        even = _with_spread(even, spread)
    return even


def _with_spectrum(even: torch.Tensor, spectrum: torch.Tensor, scale: float) -> torch.Tensor:
    size = even.shape[2:]
    waves = torch.fft.rfft2(even)
    known = spectrum > UNKNOWN / 2
    for _ in range(PASSES):
        own = _band_powers(_power(waves, size), size, scale)
        gain = ((2**spectrum) / own.clamp(min=LEAST_POWER)).sqrt().clamp(1 / MOST_GAIN, MOST_GAIN)
        gain = torch.where(known & (own > LEAST_POWER), gain, torch.ones_like(gain))
        total = sum(
            torch.einsum("bco,ohw->bchw", gain[:, :, number], weights)
            for number, weights in enumerate(_bands(size, scale, even.device))
        )
        waves = waves * total
    made: torch.Tensor = torch.fft.irfft2(waves, s=tuple(size))
    return made


def _with_spread(even: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
    """The maps with their values moved, in order, to the quantiles (B, C, Q); see `SHARES`."""
    own = spread_of(even)
    moved = even.clone()
    for batch in range(even.shape[0]):
        for channel in range(even.shape[1]):
            target, present = spread[batch, channel], own[batch, channel]
            if float(target[0]) <= UNKNOWN / 2 or float(present[-1] - present[0]) < 1e-4:
                continue
            image = even[batch, channel].contiguous()
            place = torch.bucketize(image, present[1:-1].contiguous())
            low, high = present[place], present[place + 1]
            share = ((image - low) / (high - low).clamp(min=1e-6)).clamp(0, 1)
            moved[batch, channel] = torch.lerp(target[place], target[place + 1], share)
    return moved


def _power(waves: torch.Tensor, size: torch.Size) -> torch.Tensor:
    """Power a frequency, so scaled that its mean over all is the variance."""
    power = waves.abs().square() / (size[0] * size[1])
    # half of a real transform is left out: its columns stand for two, but for the first and, perhaps, the last
    power[..., 1 : (size[1] + 1) // 2] *= 2
    return power.double()


def _band_powers(power: torch.Tensor, size: torch.Size, scale: float) -> torch.Tensor:
    found = []
    counts = torch.ones((1, 1, *power.shape[2:]), device=power.device)
    counts[..., 1 : (size[1] + 1) // 2] = 2
    for weights in _bands(size, scale, power.device):
        total = (weights * counts[0]).sum((1, 2)).clamp(min=1e-6)
        found.append(torch.einsum("bchw,ohw->bco", power, weights.double()) / total)
    return torch.stack(found, 2).float()


def _bands(size: torch.Size, scale: float, device: torch.device) -> Iterator[torch.Tensor]:
    """Scale by scale, finest first, (O, H, W / 2 + 1): weights that add up to 1 at every frequency."""
    down = torch.fft.fftfreq(size[0], device=device)[:, None]
    right = torch.fft.rfftfreq(size[1], device=device)[None]
    octave = (down.square() + right.square()).sqrt().clamp(min=1e-6).log2() + scale
    place = (FINEST - octave).clamp(0, NUM_SCALES - 1)
    turn = torch.atan2(down, right) / math.pi * NUM_DIRECTIONS
    away = (turn[None] - torch.arange(float(NUM_DIRECTIONS), device=device)[:, None, None]).remainder(NUM_DIRECTIONS)
    directions = (1 - torch.minimum(away, NUM_DIRECTIONS - away)).clamp(min=0)
    for number in range(NUM_SCALES):
        yield (1 - (place - number).abs()).clamp(min=0) * directions


def _thinned(even: torch.Tensor) -> torch.Tensor:
    flat = even.flatten(2)
    return flat[..., :: max(1, flat.shape[2] // NUM_SAMPLES)]
