# SPDX-License-Identifier: GPL-3.0-or-later
"""How strong each scale and direction of a map is, how the maps go together there, and how the values of each are
spread: measured, kept in a code, and given to what the generator makes.

D. Heeger and J. Bergen give noise the power of each band of a steerable pyramid and the histogram of a picture, in
turns (Pyramid-Based Texture Analysis/Synthesis, 1995). Here a band's power is the covariance of all maps in it, so that
relief lies where the colours say; the bands are smooth octaves and directions in the frequency domain of the torus,
which add up to one. Maps are without moments (see `family_statistics`).

A `spectrum` (C, C, S, O) holds of each band: on its diagonal, log2 of each map's mean power; above it, the real part of
the coherence of two maps (what rises with what), below it the imaginary part (what rises where the other is steep).
Shape letters: B batch, C maps, H, W rows and columns, S scales, O directions, N frequencies, Q quantiles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

NUM_SCALES, NUM_DIRECTIONS = 7, 4
# octave of the finest band: half a cycle a texel
FINEST = -1.0
SHARES = (0.0, 0.001, 0.005, 0.01, 0.02, *(i / 20 for i in range(1, 20)), 0.98, 0.99, 0.995, 0.999, 1.0)
# stands for a map of which nothing is known: it keeps what it has
UNKNOWN = -60.0
LEAST_POWER = 2.0**-40
PASSES = 2
MOST_GAIN = 8.0
# share of a map's power that counts as its own: few frequencies do not tell how maps go together
OWN_SHARE = 1e-3
NUM_SAMPLES = 2**15


@dataclass(frozen=True)
class Band:
    """One scale and direction of the half plane of frequencies, flat.

    `index` (N,) those that lie in it, `weight` (N,) how much, `side` (N,) 1 or -1 of the band's axis, `count` (N,) how
    many of the whole plane each stands for.
    """

    index: torch.Tensor
    weight: torch.Tensor
    side: torch.Tensor
    count: torch.Tensor


def spectrum_of(even: torch.Tensor) -> torch.Tensor:
    """(B, C, C, S, O) spectrum of maps (B, C, H, W)."""
    bands = bands_of(even.shape[2:], 0.0, even.device)
    covariance = _covariances(_stacked(torch.fft.rfft2(even)), bands, even.shape[2] * even.shape[3])
    power = covariance.diagonal(dim1=2, dim2=3).real.clamp(min=LEAST_POWER)
    coherence = covariance / (power[..., :, None] * power[..., None, :]).sqrt()
    spectrum = coherence.real.triu(1) + coherence.imag.tril(-1) + torch.diag_embed(power.log2())
    maps = even.shape[1]
    return spectrum.float().permute(0, 2, 3, 1).reshape(-1, maps, maps, NUM_SCALES, NUM_DIRECTIONS)


def spread_of(even: torch.Tensor) -> torch.Tensor:
    """(B, C, Q) quantiles of maps (B, C, H, W) at SHARES."""
    shares = torch.tensor(SHARES, device=even.device)
    return torch.quantile(_thinned(even), shares, dim=2).permute(1, 2, 0)


def with_spectrum(even: torch.Tensor, spectrum: torch.Tensor, bands: Sequence[Band | None]) -> torch.Tensor:
    """Maps (B, C, H, W) with the spectrum (B, C, C, S, O) that they should have, by `bands_of` their size."""
    size, count = even.shape[2:], even.shape[1]
    waves = _stacked(torch.fft.rfft2(even))
    for _ in range(PASSES):
        own = _covariances(waves, bands, size[0] * size[1])
        maps = _least_change(*_aims(own, spectrum))
        real, imaginary = maps.real.to(waves.dtype), maps.imag.to(waves.dtype)
        blocks = torch.cat([torch.cat([real, -imaginary], 3), torch.cat([imaginary, real], 3)], 2)
        changed = torch.zeros_like(waves)
        # the mean belongs to no band
        changed[..., 0] = waves[..., 0]
        for number, band in enumerate(bands):
            if band is not None:
                part = blocks[:, number] @ _turned(waves[..., band.index], band.side)
                changed[..., band.index] += _turned(part, band.side).mul_(band.weight)
        waves = changed
    half = torch.complex(waves[:, :count], waves[:, count:]).reshape(len(even), count, size[0], -1)
    made: torch.Tensor = torch.fft.irfft2(half, s=tuple(size))
    return made


def _aims(own: torch.Tensor, spectrum: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(B, S O, C, C) covariances as they are, and as a spectrum wants them; unknown maps stand alone, as they are."""
    flat = spectrum.flatten(3).permute(0, 3, 1, 2).to(own.real.dtype)
    power = own.diagonal(dim1=2, dim2=3).real
    known = flat.diagonal(dim1=2, dim2=3) > UNKNOWN / 2
    pairs = known[..., :, None] & known[..., None, :]
    size = torch.where(known, 2 ** flat.diagonal(dim1=2, dim2=3), power).sqrt()
    above, below = flat.triu(1), flat.tril(-1)
    coherence = torch.complex(above + above.mT, below - below.mT) + torch.eye(flat.shape[2], device=flat.device)
    alone = torch.diag_embed(power).to(own.dtype)
    wanted = coherence * (size[..., :, None] * size[..., None, :])
    return torch.where(pairs, own, alone), torch.where(pairs, wanted, alone)


def _least_change(own: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """(..., C, C) the linear maps that give one covariance the other and change least.

    Of normal distributions, the optimal transport (I. Olkin and F. Pukelsheim, The distance between two random vectors
    with given dispersion matrices, 1982); no gain is beyond MOST_GAIN.
    """
    own, wanted = (m + torch.diag_embed(OWN_SHARE * m.diagonal(dim1=-2, dim2=-1) + LEAST_POWER) for m in (own, wanted))
    root, inverse = _powers(own, 0.5, -0.5)
    (middle,) = _powers(root @ wanted @ root, 0.5)
    gains, axes = torch.linalg.eigh(inverse @ middle @ inverse)
    maps: torch.Tensor = (axes * gains.clamp(1 / MOST_GAIN, MOST_GAIN)[..., None, :]) @ axes.mH
    return maps


def _powers(matrix: torch.Tensor, *exponents: float) -> list[torch.Tensor]:
    values, axes = torch.linalg.eigh(matrix)
    least = 1e-12 * values[..., -1:].clamp(min=LEAST_POWER)
    values = torch.maximum(values, least)
    return [(axes * values.pow(exponent)[..., None, :]) @ axes.mH for exponent in exponents]


def _covariances(waves: torch.Tensor, bands: Sequence[Band | None], texels: int) -> torch.Tensor:
    """(B, S O, C, C) mean covariance of waves (B, 2 C, N) in each band, so scaled that its mean over all is that of the
    maps; 0 in a band without frequencies."""
    count = waves.shape[1] // 2
    nothing = torch.zeros((len(waves), count, count), dtype=torch.complex128, device=waves.device)
    found = []
    for band in bands:
        if band is None:
            found.append(nothing)
            continue
        share = band.weight * band.count
        part = _turned(waves[..., band.index], band.side)
        product = ((part * (share / (share.sum() * texels))) @ part.mT).double()
        real = product[:, :count, :count] + product[:, count:, count:]
        imaginary = product[:, count:, :count] - product[:, :count, count:]
        found.append(torch.complex(real, imaginary))
    return torch.stack(found, 1)


def _stacked(waves: torch.Tensor) -> torch.Tensor:
    """Real above imaginary parts (B, 2 C, N) of waves (B, C, H, W / 2 + 1): products of real numbers are faster."""
    return torch.cat([waves.real, waves.imag], 1).flatten(2)


def _turned(waves: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
    """Waves (B, 2 C, N) as seen from a band's axis, in place: beyond it, they stand for their conjugates."""
    waves[:, waves.shape[1] // 2 :] *= side
    return waves


def with_spread(even: torch.Tensor, spread: torch.Tensor) -> torch.Tensor:
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


def bands_of(size: torch.Size, scale: float, device: torch.device) -> list[Band | None]:
    """Scale by scale, finest first, and direction by direction; None where a band has no frequency.

    The weights of a frequency in all bands add up to 1.
    """
    down = torch.fft.fftfreq(size[0], device=device)[:, None]
    right = torch.fft.rfftfreq(size[1], device=device)[None]
    octave = (down.square() + right.square()).sqrt().clamp(min=1e-6).log2() + scale
    place = (FINEST - octave).clamp(0, NUM_SCALES - 1)
    turn = torch.atan2(down, right) / math.pi * NUM_DIRECTIONS
    # half of a real transform is left out: its columns stand for two, but for the first and, perhaps, the last
    count = torch.ones_like(right)
    count[:, 1 : (size[1] + 1) // 2] = 2
    bands: list[Band | None] = []
    for scale_number in range(NUM_SCALES):
        ring = (1 - (place - scale_number).abs()).clamp(min=0)
        for direction in range(NUM_DIRECTIONS):
            away = (turn - direction).remainder(NUM_DIRECTIONS)
            weight = (ring * (1 - torch.minimum(away, NUM_DIRECTIONS - away)).clamp(min=0)).flatten()
            weight[0] = 0
            index = (weight > 0).nonzero()[:, 0]
            angle = math.pi * direction / NUM_DIRECTIONS
            along = (right * math.cos(angle) + down * math.sin(angle)).flatten()[index]
            side = torch.where(along >= 0, 1.0, -1.0)
            band = Band(index, weight[index], side, count.expand(place.shape).flatten()[index])
            bands.append(band if len(index) else None)
    return bands


def _thinned(even: torch.Tensor) -> torch.Tensor:
    flat = even.flatten(2)
    return flat[..., :: max(1, flat.shape[2] // NUM_SAMPLES)]
