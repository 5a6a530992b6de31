# SPDX-License-Identifier: GPL-3.0-or-later
"""What a code says of a material beyond its moments, given to what the generator made: spectrum, unevenness, spread.

Each undoes a little of the others, so they take turns (D. Heeger and J. Bergen, Pyramid-Based Texture
Analysis/Synthesis, 1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .family_spectrum import bands_of, spectrum_of, spread_of, with_spectrum, with_spread
from .family_statistics import without_moments
from .family_unevenness import unevenness_of, with_unevenness

TURNS = 2


@dataclass(frozen=True)
class Profile:
    """`spectrum` (B, C, C, S, O) and `spread` (B, C, Q), see `family_spectrum`; `unevenness` (B, G, L, N), see
    `family_unevenness`."""

    spectrum: torch.Tensor
    spread: torch.Tensor
    unevenness: torch.Tensor


def profile_of(even: torch.Tensor) -> Profile:
    """The profile of maps without moments (B, C, H, W)."""
    return Profile(spectrum_of(even), spread_of(even), unevenness_of(even))


def with_profile(even: torch.Tensor, profile: Profile, scale: float = 0.0) -> torch.Tensor:
    """Maps without moments (B, C, H, W) with the profile that they should have, at best.

    scale: log2 of texels per texel of the maps that the profile was measured on.
    """
    bands = bands_of(even.shape[2:], scale, even.device)
    for _ in range(TURNS):
        even = without_moments(with_spectrum(even, profile.spectrum, bands))
        even = with_unevenness(even, profile.unevenness, scale)
        even = with_spread(even, profile.spread)
    return even
