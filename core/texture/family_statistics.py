# SPDX-License-Identifier: GPL-3.0-or-later
"""What a material is like, as numbers: the moments of its maps, and the statistics of its structure.

The moments (colour, relief, roughness, metallic) are what the sliders of `family` move; the structure, measured on maps
from which the moments were taken out, is what its latent code stands for: means and spreads of the magnitudes of
oriented filters at several scales (after J. Portilla and E. P. Simoncelli, A Parametric Texture Model Based on Joint
Statistics of Complex Wavelet Coefficients, 2000), quantiles, and how the maps go together.

`maps` are (B, 7, H, W) float32: albedo 3 (sRGB), slopes 2 (to the right and down), roughness, metallic.
Shape letters: B batch, H, W rows and columns.
"""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F  # noqa: N812

from .features import LUMINANCE

NUM_MAPS = 7
ALBEDO, SLOPES, ROUGHNESS, METALLIC = slice(0, 3), slice(3, 5), slice(5, 6), slice(6, 7)
# albedo: mean 3, lower triangle of its covariance's root 6; log2 of the slopes' size; means and spreads of the others
MOMENTS = {
    "mean": slice(0, 3),
    "root": slice(3, 9),
    "relief": slice(9, 10),
    "roughness": slice(10, 12),
    "metallic": slice(12, 14),
}
NUM_MOMENTS = 14
# those that a photograph tells come first
NUM_COLOUR_MOMENTS = 9
# smaller slopes, spreads and strengths than this are none
LEAST = 1e-3
NUM_SCALES, NUM_ORIENTATIONS, FILTER = 4, 6, 9
QUANTILES = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)
_ROOT = torch.tril_indices(3, 3)
# statistics that only the slopes and the roughness tell; a photograph leaves them open
PICTURE_STATISTICS = 2 * NUM_SCALES * NUM_ORIENTATIONS * 2 + len(QUANTILES)


def moments_of(maps: torch.Tensor) -> torch.Tensor:
    """(B, 14) moments of maps, see `MOMENTS`."""
    albedo = maps[:, ALBEDO].flatten(2)
    mean = albedo.mean(2)
    centred = albedo - mean[:, :, None]
    root = _covariance_root(centred)
    slopes = _root_mean_square(maps[:, SLOPES], (1, 2, 3))
    others = [value[:, None] for channel in (5, 6) for value in _mean_and_spread(maps[:, channel])]
    return torch.cat([mean, root[:, _ROOT[0], _ROOT[1]], slopes.log2()[:, None], *others], 1)


def without_moments(maps: torch.Tensor) -> torch.Tensor:
    """(B, 7, H, W): albedo white (mean 0, covariance 1), slopes of size 1, roughness and metallic of mean 0, spread 1.

    A map that is constant becomes 0.
    """
    return torch.cat([_white(maps[:, ALBEDO]), _sized(maps[:, SLOPES]), *(_even(maps[:, c]) for c in (5, 6))], 1)


def with_moments(even: torch.Tensor, moments: torch.Tensor) -> torch.Tensor:
    """Maps (B, 7, H, W), but for slopes in [0, 1], from what `without_moments` gives and moments (B, 14)."""
    root = torch.zeros((len(even), 3, 3), device=even.device, dtype=even.dtype)
    root[:, _ROOT[0], _ROOT[1]] = moments[:, MOMENTS["root"]]
    albedo = torch.einsum("bij,bjhw->bihw", root, even[:, ALBEDO]) + moments[:, MOMENTS["mean"], None, None]
    slopes = even[:, SLOPES] * (2 ** moments[:, MOMENTS["relief"]])[:, :, None, None]
    rest = [
        even[:, channel] * moments[:, start + 1, None, None, None] + moments[:, start, None, None, None]
        for channel, start in ((ROUGHNESS, 10), (METALLIC, 12))
    ]
    return torch.cat([albedo.clamp(0, 1), slopes, *(image.clamp(0, 1) for image in rest)], 1)


def structure_of(even: torch.Tensor) -> torch.Tensor:
    """(B, S) statistics of the structure of maps without moments; those of a picture alone come first.

    S is `NUM_STATISTICS`; the first `PICTURE_STATISTICS` need the albedo alone.
    """
    weights = torch.tensor(LUMINANCE, device=even.device, dtype=even.dtype)
    grey = (even[:, ALBEDO] * weights[:, None, None]).sum(1, keepdim=True)
    grey = grey / _root_mean_square(grey, (2, 3), keepdim=True)
    # the first axis of white colour is what red does; what is left of it is colour
    chroma = even[:, 2:3]
    bend = _bend(even[:, SLOPES])
    channels = torch.cat([grey, chroma, bend, even[:, ROUGHNESS]], 1)
    magnitudes = _magnitudes(channels)
    picture = [_described(m[:, :2]) for m in magnitudes]
    relief = [_described(m[:, 2:]) for m in magnitudes]
    together = [_agreement(m) for m in magnitudes]
    quantiles = torch.tensor(QUANTILES, device=even.device)
    ranked = [torch.quantile(_thinned(channels[:, i]), quantiles, dim=1).T for i in (0, 2, 3)]
    return torch.cat([*picture, ranked[0], *relief, *together, *ranked[1:]], 1)


def _described(magnitudes: torch.Tensor) -> torch.Tensor:
    """Logarithms of mean and spread of (B, C, O, H, W): (B, 2 C O)."""
    flat = magnitudes.flatten(3)
    mean = flat.mean(3)
    spread = (flat.square().mean(3) - mean.square()).clamp(min=1e-8).sqrt()
    return torch.cat([(mean + 1e-2).log().flatten(1), (spread + 1e-2).log().flatten(1)], 1)


def _agreement(magnitudes: torch.Tensor) -> torch.Tensor:
    """Correlations of the strength of grey with that of bend and roughness, of bend with roughness: (B, 3)."""
    strength = magnitudes.mean(2).flatten(2)
    strength = strength - strength.mean(2, keepdim=True)
    size = _root_mean_square(strength, (2,))
    pairs = ((0, 2), (0, 3), (2, 3))
    return torch.stack([(strength[:, a] * strength[:, b]).mean(1) / (size[:, a] * size[:, b]) for a, b in pairs], 1)


def _magnitudes(channels: torch.Tensor) -> list[torch.Tensor]:
    """Per scale (B, C, O, H, W): how strong each orientation is at each place."""
    batch, count = channels.shape[:2]
    filters = _filters().to(channels.device, channels.dtype)
    level = channels.flatten(0, 1)[:, None]
    found = []
    for _ in range(NUM_SCALES):
        padded = F.pad(level, (FILTER // 2,) * 4, mode="circular")
        response = F.conv2d(padded, filters)
        strength = (response[:, 0::2].square() + response[:, 1::2].square() + 1e-8).sqrt()
        found.append(strength.reshape(batch, count, NUM_ORIENTATIONS, *strength.shape[2:]))
        level = F.avg_pool2d(level, 2)
    return found


def _bend(slopes: torch.Tensor) -> torch.Tensor:
    """How the surface bends, of size 1: the divergence of the slopes (B, 1, H, W), blurred by a texel."""
    across = torch.roll(slopes[:, :1], -1, 3) - torch.roll(slopes[:, :1], 1, 3)
    along = torch.roll(slopes[:, 1:], -1, 2) - torch.roll(slopes[:, 1:], 1, 2)
    bend = across + along
    return bend / _root_mean_square(bend, (2, 3), keepdim=True)


def _thinned(image: torch.Tensor) -> torch.Tensor:
    """At most 4096 texels of each image (B, H, W): (B, N)."""
    flat = image.flatten(1)
    return flat[:, :: max(1, flat.shape[1] // 4096)]


def _mean_and_spread(image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    mean = image.double().mean((1, 2)).to(image.dtype)
    return mean, _root_mean_square(image - mean[:, None, None], (1, 2))


def _covariance_root(centred: torch.Tensor) -> torch.Tensor:
    """The lower triangular root (B, 3, 3) of the covariance of centred colours (B, 3, N).

    By products of single channels: a matrix product would be done in half precision where that is switched on.
    """
    covariance = (centred[:, :, None] * centred[:, None]).double().mean(3).to(centred.dtype)
    root: torch.Tensor = torch.linalg.cholesky(covariance + 1e-6 * torch.eye(3, device=centred.device))
    return root


def _root_mean_square(image: torch.Tensor, axes: tuple[int, ...], keepdim: bool = False) -> torch.Tensor:
    """At least LEAST, and with a gradient where the image is zero.

    In double precision, here and where else sums are long, so that the number of threads cannot change them.
    """
    return (image.double().square().mean(axes, keepdim=keepdim) + LEAST**2).sqrt().to(image.dtype)


def _white(albedo: torch.Tensor) -> torch.Tensor:
    flat = albedo.flatten(2)
    centred = flat - flat.mean(2, keepdim=True)
    root = _covariance_root(centred)
    white: torch.Tensor = torch.linalg.solve_triangular(root, centred, upper=False)
    return white.reshape(albedo.shape)


def _sized(slopes: torch.Tensor) -> torch.Tensor:
    return slopes / _root_mean_square(slopes, (1, 2, 3), keepdim=True)


def _even(image: torch.Tensor) -> torch.Tensor:
    mean, spread = _mean_and_spread(image)
    even = (image - mean[:, None, None]) / spread[:, None, None]
    return even[:, None]


@functools.cache
@torch.inference_mode(False)
def _filters() -> torch.Tensor:
    """Pairs of even and odd Gabor filters (2 O, 1, FILTER, FILTER) of unit norm and zero mean.

    Kept for whoever asks next, so never as tensors of inference mode, which no training could use.
    """
    axis = torch.arange(float(FILTER)) - FILTER // 2
    down, right = torch.meshgrid(axis, axis, indexing="ij")
    envelope = torch.exp(-(right.square() + down.square()) / (2 * 1.8**2))
    made = []
    for number in range(NUM_ORIENTATIONS):
        angle = math.pi * number / NUM_ORIENTATIONS
        phase = 1.5 * (right * math.cos(angle) + down * math.sin(angle))
        for wave in (torch.cos(phase), torch.sin(phase)):
            wave = envelope * wave
            wave = wave - envelope * (wave.sum() / envelope.sum())
            made.append(wave / wave.norm())
    return torch.stack(made)[:, None]


NUM_STATISTICS = PICTURE_STATISTICS * 2 + 3 * NUM_SCALES + len(QUANTILES)
