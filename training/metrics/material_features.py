# SPDX-License-Identifier: GPL-3.0-or-later
"""What 128 px crops of a material look like, as classical statistics; no network is involved.

Magnitudes of oriented filters of luminance and relief (after J. Portilla and E. P. Simoncelli, A Parametric Texture
Model Based on Joint Statistics of Complex Wavelet Coefficients, 2000), colour, slopes, roughness and metallic.

Shape letters: B crops, C channels, H, W rows and columns, O orientations, F features.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from .texture import _gabor_pairs

CROP = 128
NUM_CROPS = 64
NUM_SCALES, NUM_ORIENTATIONS = 3, 6
# texture side below which the filters no longer fit
LEAST_SIDE = 16
LUMINANCE = (0.2126, 0.7152, 0.0722)
FLOOR = 1e-3
GROUPS = ("steerable", "colour", "slopes", "roughness")


def crops_of(maps: Mapping[str, np.ndarray], count: int, seed: int = 0, side: int = CROP) -> torch.Tensor:
    """Random crops (B, 8, H, W) of complete maps, the same places for materials of one size.

    maps: "albedo" (h, w, 3), "normal" (h, w, 3, encoded), "roughness" and "metallic" (h, w, 1), float32 in [0, 1].
    """
    stacked = np.concatenate([maps[name] for name in ("albedo", "normal", "roughness", "metallic")], axis=2)
    random = np.random.default_rng(seed)
    height, width = stacked.shape[:2]
    side = min(side, height, width)
    tops, lefts = random.integers(0, height - side + 1, count), random.integers(0, width - side + 1, count)
    crops = [stacked[top : top + side, left : left + side] for top, left in zip(tops, lefts, strict=True)]
    return torch.from_numpy(np.ascontiguousarray(np.stack(crops).transpose(0, 3, 1, 2), dtype=np.float32))


def features_of(maps: Mapping[str, np.ndarray]) -> np.ndarray:
    """Features (B, F) float32 of the random crops of complete maps; see `crops_of` and `group_sizes`."""
    return np.concatenate(list(grouped_features(crops_of(maps, NUM_CROPS)).values()), axis=1)


def group_sizes(features: Mapping[str, np.ndarray]) -> dict[str, int]:
    """How many features each group has, in order."""
    return {name: features[name].shape[1] for name in GROUPS}


def grouped_features(crops: torch.Tensor) -> dict[str, np.ndarray]:
    """Features (B, F) float32 of crops (B, 8, H, W) by group: see `GROUPS`."""
    albedo, normal, roughness, metallic = crops[:, :3], crops[:, 3:6] * 2 - 1, crops[:, 6:7], crops[:, 7:8]
    weights = torch.tensor(LUMINANCE)[None, :, None, None]
    grey = (albedo * weights).sum(1, keepdim=True)
    slopes = normal[:, :2] / normal[:, 2:].clamp(min=0.1) * torch.tensor([-1.0, 1.0])[None, :, None, None]
    bend = _bend(slopes)
    groups = {
        "steerable": torch.cat([_oriented(grey), _quantiles(grey - grey.mean((2, 3), keepdim=True))], 1),
        "colour": _colour(albedo),
        "slopes": torch.cat([_slope_statistics(slopes), _levels(bend), _agreement(grey, bend)], 1),
        "roughness": torch.cat(
            [
                _moments(roughness),
                _quantiles(roughness),
                _levels(roughness),
                _agreement(grey, roughness),
                _moments(metallic),
            ],
            1,
        ),
    }
    return {name: groups[name].numpy().astype(np.float32) for name in GROUPS}


def _magnitudes(image: torch.Tensor) -> list[torch.Tensor]:
    """How strong each orientation is at each place, per scale: (B, O, H W) of (B, 1, H, W)."""
    filters = _gabor_pairs(NUM_ORIENTATIONS)
    level, found = image - image.mean((2, 3), keepdim=True), []
    for _ in range(NUM_SCALES):
        if min(level.shape[2:]) < LEAST_SIDE:
            level = F.interpolate(level, scale_factor=2.0, mode="nearest")
        response = F.conv2d(level, filters)
        found.append((response[:, 0::2].square() + response[:, 1::2].square()).sqrt().flatten(2))
        level = F.avg_pool2d(level, 2)
    return found


def _oriented(image: torch.Tensor) -> torch.Tensor:
    """Logarithms of mean and spread of the magnitudes of each orientation, and their correlations, per scale."""
    upper = torch.triu_indices(NUM_ORIENTATIONS, NUM_ORIENTATIONS, 1)
    parts = []
    for size in _magnitudes(image):
        deviation = size - size.mean(2, keepdim=True)
        covariance = deviation @ deviation.transpose(1, 2) / size.shape[2]
        spread = covariance.diagonal(dim1=1, dim2=2).clamp(min=1e-12).sqrt()
        correlation = covariance / (spread[:, :, None] * spread[:, None])
        parts += [(size.mean(2) + FLOOR).log(), (spread + FLOOR).log(), correlation[:, upper[0], upper[1]]]
    return torch.cat(parts, 1)


def _levels(image: torch.Tensor) -> torch.Tensor:
    """Logarithm of each orientation's mean magnitude per scale."""
    return torch.cat([(size.mean(2) + FLOOR).log() for size in _magnitudes(image)], 1)


def _colour(albedo: torch.Tensor) -> torch.Tensor:
    """Mean, and the logarithm of the covariance: its spreads, and its correlations."""
    flat = albedo.flatten(2)
    mean = flat.mean(2)
    deviation = flat - mean[:, :, None]
    covariance = deviation @ deviation.transpose(1, 2) / flat.shape[2]
    spread = covariance.diagonal(dim1=1, dim2=2).clamp(min=1e-8).sqrt()
    correlation = covariance / (spread[:, :, None] * spread[:, None])
    upper = torch.triu_indices(3, 3, 1)
    return torch.cat([mean, (spread + FLOOR).log(), correlation[:, upper[0], upper[1]]], 1)


def _slope_statistics(slopes: torch.Tensor) -> torch.Tensor:
    """Spread of both slopes and their correlation, and quantiles of the steepness."""
    flat = slopes.flatten(2)
    deviation = flat - flat.mean(2, keepdim=True)
    spread = deviation.square().mean(2).sqrt()
    together = (deviation[:, 0] * deviation[:, 1]).mean(1, keepdim=True) / spread.prod(1, keepdim=True).clamp(min=1e-6)
    steepness = slopes.square().sum(1, keepdim=True).sqrt()
    return torch.cat([(spread + FLOOR).log(), together, (_quantiles(steepness) + 0.01).log()], 1)


def _moments(image: torch.Tensor) -> torch.Tensor:
    flat = image.flatten(1)
    return torch.stack([flat.mean(1), flat.std(1)], 1)


def _quantiles(image: torch.Tensor) -> torch.Tensor:
    return torch.quantile(image.flatten(1)[:, ::4], torch.tensor([0.05, 0.5, 0.95]), dim=1).T


def _agreement(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    """Correlation of two images (B, 1, H, W) per scale."""
    found = []
    for scale in range(NUM_SCALES):
        a, b = (F.avg_pool2d(image, 2**scale).flatten(1) for image in (first, second))
        a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
        size = (a.square().mean(1) * b.square().mean(1)).sqrt().clamp(min=1e-8)
        found.append((a * b).mean(1) / size)
    return torch.stack(found, 1)


def _bend(slopes: torch.Tensor) -> torch.Tensor:
    """How the surface bends (B, 1, H, W): the divergence of its slopes to the right and down."""
    right = slopes[:, :1, :, 2:] - slopes[:, :1, :, :-2]
    down = slopes[:, 1:, 2:] - slopes[:, 1:, :-2]
    bend = F.pad(0.5 * right, (1, 1, 0, 0), mode="replicate") + F.pad(0.5 * down, (0, 0, 1, 1), mode="replicate")
    # its fine grain would drown the forms
    return F.avg_pool2d(bend, 3, 1, 1)
