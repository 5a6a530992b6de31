# SPDX-License-Identifier: GPL-3.0-or-later
"""The learned space of materials: an encoder from statistics to a code, and a generator of tiles from codes.

The generator is fully convolutional on the torus: noise on a coarse grid is refined level by level, each layer
modulated by the code (T. Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020), so that any size
comes out in one pass. What repeats comes from waves of a given number on the torus (U. Bergmann, N. Jetchev and
R. Vollgraf, Learning Texture Manifolds with the Periodic Spatial GAN, 2017). Its output has no moments of its own:
colour, relief, roughness and metallic are set by numbers (see `family_statistics`), which is what the sliders move.

Shape letters: B batch, L latent, S statistics, H, W rows and columns of the output (multiples of `COARSEST`).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from .family_spectrum import NUM_DIRECTIONS, NUM_SCALES, SHARES
from .family_statistics import (
    NUM_COLOUR_MOMENTS,
    NUM_MAPS,
    NUM_MOMENTS,
    NUM_STATISTICS,
    PICTURE_STATISTICS,
    without_moments,
)
from .family_unevenness import BLURS, GROUPS, NUM_LEVELS
from .resampling import doubled

LATENT = 48
STYLE = 96
WIDTHS = (128, 112, 80, 48, 24)
COARSEST = 2 ** (len(WIDTHS) - 1)
NUM_NOISE = 16
# sine and cosine of each axis at half the lattice's frequency and at the whole
NUM_WAVES = 8
WAVE_LEVELS = (2, 3)


class Encoder(nn.Module):
    """Statistics (B, S), standardised inside, to mean and log variance of the latent code, each (B, L)."""

    mean: torch.Tensor
    spread: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(NUM_STATISTICS + NUM_MOMENTS))
        self.register_buffer("spread", torch.ones(NUM_STATISTICS + NUM_MOMENTS))
        self.layers = nn.Sequential(
            nn.Linear(NUM_STATISTICS + NUM_MOMENTS + 1, 192), nn.SiLU(), nn.Linear(192, 128), nn.SiLU()
        )
        self.head = nn.Linear(128, 2 * LATENT)
        self.guess = nn.Linear(128, NUM_MOMENTS - NUM_COLOUR_MOMENTS)

    def forward(
        self, statistics: torch.Tensor, moments: torch.Tensor, picture_only: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Mean and log variance of the latent, and a guess of the moments (B, 5) that a picture does not tell.

        picture_only: (B,) 1 where only the albedo's statistics are known; the rest is then not looked at.
        """
        given = (torch.cat([statistics, moments], 1) - self.mean) / self.spread
        known = torch.ones_like(given)
        known[:, PICTURE_STATISTICS:NUM_STATISTICS] -= picture_only[:, None]
        known[:, NUM_STATISTICS + NUM_COLOUR_MOMENTS :] -= picture_only[:, None]
        given = given.clamp(-4, 4) * known
        seen = self.layers(torch.cat([given, picture_only[:, None]], 1))
        mean, log_variance = self.head(seen).chunk(2, 1)
        hidden = slice(NUM_STATISTICS + NUM_COLOUR_MOMENTS, None)
        return mean, log_variance.clamp(-8, 2), self.guess(seen) * self.spread[hidden] + self.mean[hidden]


class Modulated(nn.Module):
    """A circular convolution whose input channels are scaled by the style and whose output keeps its size."""

    def __init__(self, given: int, made: int, size: int = 3) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(made, given, size, size) / math.sqrt(given * size * size))
        self.bias = nn.Parameter(torch.zeros(made))
        self.scale = nn.Linear(STYLE, given)
        nn.init.normal_(self.scale.weight, std=0.5 / math.sqrt(STYLE))
        nn.init.ones_(self.scale.bias)

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """(B, given, H, W), (B, STYLE) to (B, made, H, W)."""
        scale = self.scale(style)
        power = scale.square() @ self.weight.square().sum((2, 3)).T
        border = self.weight.shape[2] // 2
        x = x * scale[:, :, None, None]
        if border:
            x = F.pad(x, (border,) * 4, mode="circular")
        y = F.conv2d(x, self.weight.to(x.dtype))
        made: torch.Tensor = y * (power + 1e-6).rsqrt()[:, :, None, None] + self.bias[:, None, None]
        return made


class Layer(nn.Module):
    """A modulated convolution, noise of a strength that the style decides, and a leaky rectifier."""

    def __init__(self, given: int, made: int) -> None:
        super().__init__()
        self.convolution = Modulated(given, made)
        self.strength = nn.Linear(STYLE, made)
        nn.init.normal_(self.strength.weight, std=0.1 / math.sqrt(STYLE))
        nn.init.constant_(self.strength.bias, 0.1)

    def forward(self, x: torch.Tensor, style: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        """noise: (B, 1, H, W)."""
        y = self.convolution(x, style) + noise * self.strength(style)[:, :, None, None]
        return F.leaky_relu(y, 0.2) * math.sqrt(2)


class Generator(nn.Module):
    """Latents, scales, moments and lattices to maps (B, 7, H, W) as `family_statistics` has them."""

    moment_mean: torch.Tensor
    moment_spread: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.style = nn.Sequential(
            nn.Linear(LATENT + NUM_MOMENTS + 3, 128),
            nn.SiLU(),
            nn.Linear(128, STYLE),
            nn.SiLU(),
            nn.Linear(STYLE, STYLE),
        )
        self.register_buffer("moment_mean", torch.zeros(NUM_MOMENTS))
        self.register_buffer("moment_spread", torch.ones(NUM_MOMENTS))
        given = (WIDTHS[0], *WIDTHS[:-1])
        self.start = Modulated(NUM_NOISE, WIDTHS[0])
        self.first = nn.ModuleList([Layer(a, b) for a, b in zip(given, WIDTHS, strict=True)])
        self.second = nn.ModuleList([Layer(b, b) for b in WIDTHS])
        self.waves = nn.ModuleDict({str(level): Modulated(NUM_WAVES, WIDTHS[level - 1], 1) for level in WAVE_LEVELS})
        self.head = Modulated(WIDTHS[-1], NUM_MAPS, 1)

    def even(
        self,
        latent: torch.Tensor,
        moments: torch.Tensor,
        scale: torch.Tensor,
        cycles: torch.Tensor,
        noise: list[torch.Tensor],
        phase: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Maps (B, 7, H, W) without moments.

        latent: (B, L). moments: (B, 14). scale: (B,) log2 of texels per stored texel. cycles: (B, 2) repeats down and
        right over the whole output, 0 for none. noise: as `draw_noise` gives it. phase: (B, 2) radians, 0 when None.
        """
        known = ((moments - self.moment_mean) / self.moment_spread).clamp(-4, 4)
        style = self.style(torch.cat([latent, known, scale[:, None], (cycles > 0).float()], 1))
        x = self.start(noise[0], style)
        for level, (first, second) in enumerate(zip(self.first, self.second, strict=True)):
            if level:
                x = doubled(x)
            if str(level) in self.waves:
                waves = _waves(cycles, phase, x.shape[2:]).to(x.dtype)
                x = x + self.waves[str(level)](waves, style) * waves.abs().amax((1, 2, 3), keepdim=True).clamp(max=1)
            x = first(x, style, noise[1 + 2 * level])
            x = second(x, style, noise[2 + 2 * level])
        raw = self.head(x, style).float()
        return without_moments(raw)


class FamilyNetwork(nn.Module):
    """Encoder, generator, and the codes of the materials that they were trained on, from which new ones are drawn.

    `latents` (N, L), `moments` (N, 14), `periods` (N, 2) in stored texels (0: nothing repeats), `category` (N,) into
    `categories`; `spectra` (N, C, C, S, O) and `spreads` (N, C, Q) as `family_spectrum` measures them,
    `unevenness` (N, G, L, N) as `family_unevenness` does.
    """

    spectra: torch.Tensor
    spreads: torch.Tensor
    unevenness: torch.Tensor
    latents: torch.Tensor
    moments: torch.Tensor
    periods: torch.Tensor
    category: torch.Tensor

    def __init__(self, categories: list[str], count: int) -> None:
        super().__init__()
        self.categories = tuple(categories)
        self.encoder, self.generator = Encoder(), Generator()
        self.register_buffer("latents", torch.zeros(count, LATENT))
        self.register_buffer("moments", torch.zeros(count, NUM_MOMENTS))
        self.register_buffer("periods", torch.zeros(count, 2))
        self.register_buffer("category", torch.zeros(count, dtype=torch.int64))
        self.register_buffer("spectra", torch.zeros(count, NUM_MAPS, NUM_MAPS, NUM_SCALES, NUM_DIRECTIONS))
        self.register_buffer("spreads", torch.zeros(count, NUM_MAPS, len(SHARES)))
        self.register_buffer("unevenness", torch.zeros(count, len(GROUPS), NUM_LEVELS, len(BLURS)))


def draw_noise(
    count: int, size: tuple[int, int], generator: torch.Generator, device: torch.device
) -> list[torch.Tensor]:
    """The noise of `count` tiles of `size` (rows, columns, multiples of COARSEST), coarse to fine."""
    coarse = (size[0] // COARSEST, size[1] // COARSEST)
    noise = [torch.randn((count, NUM_NOISE, *coarse), generator=generator)]
    for level in range(len(WIDTHS)):
        shape = (count, 1, coarse[0] << level, coarse[1] << level)
        noise += [torch.randn(shape, generator=generator), torch.randn(shape, generator=generator)]
    return [part.to(device) for part in noise]


def _waves(cycles: torch.Tensor, phase: torch.Tensor | None, size: torch.Size) -> torch.Tensor:
    """(B, NUM_WAVES, H, W): waves along both axes at half and whole frequency; zero where nothing repeats."""
    parts = []
    for axis in (0, 1):
        place = (torch.arange(size[axis], device=cycles.device) + 0.5) * (2 * math.pi / size[axis])
        for share in (0.5, 1.0):
            angle = place[None] * cycles[:, axis, None] * share
            if phase is not None:
                angle = angle + phase[:, axis, None] * share
            for wave in (angle.sin(), angle.cos()):
                wave = wave * (cycles[:, axis, None] > 0)
                shaped = wave[:, None, :, None] if axis == 0 else wave[:, None, None, :]
                parts.append(shaped.expand(-1, 1, *size))
    return torch.cat(parts, 1)
