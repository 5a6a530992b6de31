# SPDX-License-Identifier: GPL-3.0-or-later
"""What `photo` has to beat, flat normals, a bump from luminance and class means; and how a set is judged.

Shape letters: B batch, H, W rows and columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ...core.texture.features import LUMINANCE
from ...core.texture.photo_network import normals_of_slopes
from ..data.material_folder import MaterialSet

STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
Whole = tuple[MaterialSet, torch.Tensor, torch.Tensor]


@dataclass(frozen=True)
class Judged:
    """One set: mean angles in degrees of predicted and of flat normals from the true ones, the correlation of the
    slopes, the roughness's mean absolute error; what cannot be known is NaN, and left out of means."""

    normal_deg: float
    flat_deg: float
    correlation: float
    roughness: float


@dataclass(frozen=True)
class Plain:
    """What the plain methods learned: the one best strength of the bump, and mean roughness by category."""

    bump_strength: float
    roughness: dict[str, float]
    mean_roughness: float

    def roughness_of(self, category: str) -> float:
        """The category's mean, or the mean of all for one that was not seen."""
        return self.roughness.get(category, self.mean_roughness)


def plain_methods(sets: Sequence[Whole]) -> Plain:
    """Fit the plain methods to training sets."""
    errors = {s: [] for s in STRENGTHS}  # type: dict[float, list[float]]
    by_category: dict[str, list[float]] = {}
    for material, maps, mask in sets:
        if mask[2]:
            by_category.setdefault(material.category, []).append(float(maps[6].mean()))
        if mask[1]:
            for strength, found in errors.items():
                found.append(mean_angle_deg(bump_normals(maps[None, :3], strength), maps[None, 3:6]))
    means = {category: float(np.mean(values)) for category, values in by_category.items()}
    every = [value for values in by_category.values() for value in values]
    best = min(errors, key=lambda strength: float(np.mean(errors[strength] or [0.0])))
    return Plain(best, means, float(np.mean(every or [0.5])))


def bump_normals(albedo: torch.Tensor, strength: float) -> torch.Tensor:
    """Normals (B, 3, H, W) of the luminance (of B, 3, H, W sRGB) taken for a height of `strength` texels."""
    weights = torch.tensor(LUMINANCE, device=albedo.device)[:, None, None]
    height = strength * (albedo * weights).sum(1, keepdim=True)
    right = (torch.roll(height, -1, 3) - torch.roll(height, 1, 3)) / 2
    down = (torch.roll(height, -1, 2) - torch.roll(height, 1, 2)) / 2
    return normals_of_slopes(torch.cat([right, down], 1))


def judge_set(
    material: MaterialSet, maps: torch.Tensor, mask: torch.Tensor, normals: torch.Tensor, roughness: torch.Tensor
) -> Judged:
    """How far normals (1, 3, H, W) and roughness (1, 1, H, W) are from the set's maps (9, H, W)."""
    truth = maps[None, 3:6]
    up = torch.zeros_like(truth)
    up[:, 2] = 1
    there = bool(mask[1])
    return Judged(
        mean_angle_deg(normals, truth) if there else math.nan,
        mean_angle_deg(up, truth) if there else math.nan,
        slope_correlation(normals, truth) if there else math.nan,
        float((roughness - maps[None, 6:7]).abs().mean()) if mask[2] else math.nan,
    )


def mean_angle_deg(first: torch.Tensor, second: torch.Tensor) -> float:
    """Mean angle in degrees between unit vectors (B, 3, H, W)."""
    return float(torch.rad2deg(torch.acos((first * second).sum(1).clamp(-1, 1))).mean())


def slope_correlation(first: torch.Tensor, second: torch.Tensor) -> float:
    """Correlation of the slopes of unit normals (B, 3, H, W); 0 where one of them is flat."""
    pairs = [(n[:, :2] / n[:, 2:].clamp(min=0.1)).flatten() for n in (first, second)]
    centred = [p - p.mean() for p in pairs]
    size = float(centred[0].norm() * centred[1].norm())
    return float((centred[0] * centred[1]).sum()) / size if size > 1e-6 else 0.0
