# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up light on a surface, so that a network learns to see what is paint and what is light.

Shading is Lambert's cosine under one distant light and an even sky, with a slow change across the picture (a near
lamp, a lens's corners); it multiplies linear colour. Shape letters: H, W rows and columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812

GAMMA = 2.2


@dataclass(frozen=True)
class Lighting:
    """A light from `azimuth` and `elevation` (radians) with the share `strength` of all light, and a slow change whose
    log2 has the amplitude `drift` along `drift_azimuth`. Strength and drift 0: the picture as it is."""

    azimuth: float
    elevation: float
    strength: float
    drift: float
    drift_azimuth: float

    def photograph(self, albedo: torch.Tensor, normals: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(picture (3, H, W) sRGB, log2 of its light (1, H, W)) of albedo (3, H, W) sRGB and unit normals (3, H, W)."""
        if self.strength == 0 and self.drift == 0:
            return albedo, torch.zeros_like(albedo[:1])
        towards = torch.tensor(
            [
                math.cos(self.elevation) * math.cos(self.azimuth),
                math.cos(self.elevation) * math.sin(self.azimuth),
                math.sin(self.elevation),
            ]
        )
        facing = (normals * towards[:, None, None]).sum(0, keepdim=True).clamp(min=0) / math.sin(self.elevation)
        sky = 0.5 + 0.5 * normals[2:3]
        shading = self.strength * facing + (1 - self.strength) * sky
        light = (shading + 0.02).log2() + self._slow_change(albedo.shape[1], albedo.shape[2])
        light = light.clamp(-2, 2)
        return (albedo * 2 ** (light / GAMMA)).clamp(0, 1), light

    def _slow_change(self, height: int, width: int) -> torch.Tensor:
        down = torch.linspace(-1, 1, height)[:, None] * math.sin(self.drift_azimuth)
        right = torch.linspace(-1, 1, width)[None] * math.cos(self.drift_azimuth)
        return self.drift * (down + right)[None]


def random_lighting(generator: torch.Generator, unlit: float) -> Lighting:
    """A light from anywhere above; the share `unlit` of draws leaves the picture as it is."""
    draw = torch.rand(6, generator=generator).tolist()
    if draw[0] < unlit:
        return Lighting(0.0, math.pi / 2, 0.0, 0.0, 0.0)
    elevation = math.radians(25 + 60 * draw[2])
    return Lighting(2 * math.pi * draw[1], elevation, 0.2 + 0.7 * draw[3], 0.4 * draw[4], 2 * math.pi * draw[5])


def darkroom(picture: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A picture (3, H, W) as another camera might have taken it: exposure, contrast, colour, sharpness."""
    draw = torch.rand(10, generator=generator).tolist()
    made = picture.clamp(1e-3, 1)
    if draw[0] < 0.7:
        made = made ** (2 ** (0.8 * (draw[1] - 0.5))) * (0.7 + 0.5 * draw[2])
    if draw[3] < 0.4:
        grey = made.mean(0, keepdim=True)
        made = grey + (made - grey) * (1.4 * draw[4])
    if draw[5] < 0.1:
        made = made[torch.randperm(3, generator=generator)]
    if draw[6] < 0.3:
        made = made * torch.tensor(draw[7:10]).mul(0.4).add(0.8)[:, None, None]
    if draw[9] < 0.15:
        made = F.avg_pool2d(F.pad(made[None], (1, 1, 1, 1), mode="circular"), 3, 1)[0]
    return made.clamp(0, 1)
