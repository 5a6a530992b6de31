# SPDX-License-Identifier: GPL-3.0-or-later
"""How uneven a material is: how much the strength of its fine structure changes from place to place.

A wall has rough patches and smooth ones; noise with its spectrum is as rough everywhere. Measured is the spread of the
logarithm of local strength, in octaves of the maps and in windows of two widths (E. P. Simoncelli, Statistical models
for images: compression, restoration and synthesis, 1997: magnitudes of neighbouring coefficients go together). What the
generator made is given the same spread by raising its own differences of strength to a power.
Shape letters: B batch, C maps, G groups of maps, H, W rows and columns, L octaves, N windows.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812

from .family_statistics import ALBEDO, METALLIC, ROUGHNESS, SLOPES
from .resampling import doubled

GROUPS = (ALBEDO, SLOPES, ROUGHNESS, METALLIC)
NUM_LEVELS = 3
# texels of an octave's own grid that are one place, and how often the places are then blurred, for each window
PLACE = 4
BLURS = (1, 5)
STEP = PLACE << (NUM_LEVELS - 1)
# strengths below this share of the mean are all the same
FLOOR = 1e-2
LEAST = 1e-3
MOST_POWER, MOST_GAIN = 3.0, 6.0


def unevenness_of(even: torch.Tensor) -> torch.Tensor:
    """(B, G, L, N) spreads of the logarithm of local strength of maps (B, C, H, W); rows and columns beyond a multiple
    of `STEP` are not looked at."""
    rows, columns = (max(STEP, side // STEP * STEP) for side in even.shape[2:])
    if even.shape[2] < STEP or even.shape[3] < STEP:
        even = even.repeat(1, 1, -(-STEP // even.shape[2]), -(-STEP // even.shape[3]))
    levels = _octaves(even[..., :rows, :columns])[:-1]
    return torch.stack([_spreads(level) for level in levels], 2)


def with_unevenness(even: torch.Tensor, wanted: torch.Tensor, scale: float = 0.0) -> torch.Tensor:
    """Maps (B, C, H, W), sides multiples of `STEP`, with the unevenness (B, G, L, N) that they should have, at best;
    a group of which nothing is known (below 0) stays.

    scale: log2 of texels per texel of the maps that it was measured on.
    """
    *levels, rest = _octaves(even)
    for number in reversed(range(NUM_LEVELS)):
        measured = min(max(number - round(scale), 0), NUM_LEVELS - 1)
        rest = doubled(rest) + _made_uneven(levels[number], wanted[:, :, measured])
    return rest


def _made_uneven(octave: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """One octave (B, C, H, W) with the spreads (B, G, N); each map's power stays."""
    parts = []
    for number, group in enumerate(GROUPS):
        part = octave[:, group]
        power = _power(part)
        for window in reversed(range(len(BLURS))):
            strength = _strength(part, BLURS[window])
            target = wanted[:, number, window, None, None, None]
            own = strength.std((1, 2, 3), keepdim=True).clamp(min=LEAST)
            exponent = torch.where(target >= 0, (target / own).clamp(1 / MOST_POWER, MOST_POWER), 1.0) - 1
            gain = 0.5 * exponent * (strength - strength.mean((1, 2, 3), keepdim=True))
            gain = gain.exp().clamp(1 / MOST_GAIN, MOST_GAIN)
            part = part * doubled(doubled(gain))
        parts.append(part * (power / _power(part).clamp(min=LEAST**2)).sqrt())
    return torch.cat(parts, 1)


def _spreads(octave: torch.Tensor) -> torch.Tensor:
    """(B, G, N) of one octave (B, C, H, W)."""
    windows = [[_strength(octave[:, group], blurs).std((1, 2, 3)) for blurs in BLURS] for group in GROUPS]
    return torch.stack([torch.stack(window, 1) for window in windows], 1)


def _strength(part: torch.Tensor, blurs: int) -> torch.Tensor:
    """(B, 1, H / PLACE, W / PLACE) logarithm of local power; 0 everywhere where there is none."""
    local = F.avg_pool2d(part.square().sum(1, keepdim=True), PLACE)
    for _ in range(blurs):
        local = F.avg_pool2d(F.pad(local, (1, 1, 1, 1), mode="circular"), 3, 1)
    mean = local.mean((1, 2, 3), keepdim=True)
    return (local / mean.clamp(min=LEAST**2) + FLOOR).log()


def _octaves(even: torch.Tensor) -> list[torch.Tensor]:
    """What each octave adds to the next coarser ones, finest first, and what is left; together they are the maps."""
    found = []
    for _ in range(NUM_LEVELS):
        coarse = F.avg_pool2d(even, 2)
        found.append(even - doubled(coarse))
        even = coarse
    return [*found, even]


def _power(part: torch.Tensor) -> torch.Tensor:
    return part.double().square().mean((2, 3), keepdim=True).to(part.dtype)
