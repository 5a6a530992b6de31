# SPDX-License-Identifier: GPL-3.0-or-later
"""The network behind `photo`: from a picture of a surface to slopes, roughness, metallic and baked light.

A U-Net (O. Ronneberger, P. Fischer and T. Brox, 2015) on a picture folded two by two into channels (W. Shi et al.,
Real-Time Single Image Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural Network, 2016), so that most
of the work happens at half resolution. All convolutions are circular. What the surface is like as a whole (how rough,
how deep) is pooled at the bottom and scales the features on the way up (E. Perez et al., FiLM, 2018); it can be taken
from the whole picture and handed to its tiles.

Shape letters: B batch, C channels, H, W rows and columns (multiples of `REACH_STEP`), K context length.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

WIDTHS = (32, 64, 96, 160, 224)
# the picture's side must be a whole number of these: folded once, halved at every level below the first
REACH_STEP = 2 ** len(WIDTHS)
# slopes beyond this (83 degrees) do not occur on tiles
STEEPEST = 8.0
OUTPUTS = {"slopes": slice(0, 2), "roughness": slice(2, 3), "metallic": slice(3, 4), "light": slice(4, 5)}
NUM_OUTPUTS = 5


class Convolution(nn.Conv2d):
    """A circular 3 x 3 convolution that, where no gradient is asked for, copies its border by hand.

    The same numbers, and less than half of the time: torch's own circular padding loses channels-last memory.
    """

    def __init__(self, given: int, made: int) -> None:
        super().__init__(given, made, 3, padding=1, padding_mode="circular")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, given, H, W) to (B, made, H, W)."""
        if torch.is_grad_enabled():
            return super().forward(x)
        return F.conv2d(_ringed(x), self.weight, self.bias)


class Block(nn.Module):
    """Two circular 3 x 3 convolutions (one where `light`) with a shortcut, group-normalised."""

    def __init__(self, width: int, light: bool = False) -> None:
        super().__init__()
        self.first = Convolution(width, width)
        self.second = nn.Identity() if light else nn.Sequential(Convolution(width, width), nn.GroupNorm(8, width))
        self.norm = nn.GroupNorm(8, width)

    def forward(self, x: torch.Tensor, scale: torch.Tensor | None = None) -> torch.Tensor:
        """(B, width, H, W) to the same; `scale` (B, 2 width): factors and offsets after the first norm."""
        y = self.norm(self.first(x))
        if scale is not None:
            factor, offset = scale[:, :, None, None].chunk(2, 1)
            y = _add(_multiply(y, 1 + factor), offset)
        return _silu(_add(self.second(_silu(y)), x))


class PhotoNetwork(nn.Module):
    """(B, 3, H, W) sRGB in [0, 1] to (B, 5, H, W): see `OUTPUTS` and `read_outputs`.

    `usual_roughness` is that of most materials trained on; see `settled_roughness`.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS, usual_roughness: float = 0.5) -> None:
        super().__init__()
        self.usual_roughness = usual_roughness
        self.stem = Convolution(12, widths[0])
        pairs = list(zip(widths, (*widths[1:], widths[-1]), strict=True))
        # the finest level costs the most by far and needs the least: one convolution on each way
        self.down = nn.ModuleList([nn.Identity(), *(Block(a) for a in widths[1:])])
        self.shrink = nn.ModuleList([nn.Conv2d(a, b, 2, 2) for a, b in pairs[:-1]])
        self.context = nn.Sequential(nn.Linear(2 * widths[-1], 128), nn.SiLU(), nn.Linear(128, 64), nn.SiLU())
        self.grow = nn.ModuleList([nn.Conv2d(b, a, 1) for a, b in pairs[:-1]])
        self.up = nn.ModuleList([Block(a, a == widths[0]) for a, _ in pairs[:-1]])
        self.scales = nn.ModuleList([nn.Linear(64, 2 * a) for a, _ in pairs[:-1]])
        self.head = Convolution(widths[0], 4 * NUM_OUTPUTS)
        for layer in (*self.scales, self.head):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, picture: torch.Tensor, context: torch.Tensor | None = None) -> torch.Tensor:
        """The raw outputs; `context` (B, K) as `look` gives it, of the picture itself when None."""
        features = self._descend(picture)
        if context is None:
            context = self._pooled(features[-1])
        x = features[-1]
        for level in range(len(self.up) - 1, -1, -1):
            x = F.interpolate(self.grow[level](x), scale_factor=2.0, mode="bilinear", align_corners=False)
            x = self.up[level](_add(x, features[level]), self.scales[level](context))
        made: torch.Tensor = F.pixel_shuffle(self.head(x), 2)
        return made

    def look(self, picture: torch.Tensor) -> torch.Tensor:
        """What the surface is like as a whole: (B, K)."""
        return self._pooled(self._descend(picture)[-1])

    def _descend(self, picture: torch.Tensor) -> list[torch.Tensor]:
        x = _silu(self.stem(F.pixel_unshuffle(picture * 2 - 1, 2)))
        features = []
        for level, block in enumerate(self.down):
            x = block(x)
            features.append(x)
            if level < len(self.shrink):
                x = self.shrink[level](x)
        return features

    def _pooled(self, x: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = self.context(torch.cat([x.mean((2, 3)), x.std((2, 3), correction=0)], 1))
        return pooled


def read_outputs(raw: torch.Tensor) -> dict[str, torch.Tensor]:
    """The network's answer in units: "slopes" (B, 2, H, W) rise per texel to the right and down, "roughness" and
    "metallic" (B, 1, H, W) in [0, 1], "light" (B, 1, H, W) log2 of the light that is baked into the picture."""
    slopes = STEEPEST * torch.tanh(raw[:, OUTPUTS["slopes"]] / STEEPEST)
    return {
        "slopes": slopes,
        "roughness": torch.sigmoid(raw[:, OUTPUTS["roughness"]]),
        # most surfaces are no metal: zero means that
        "metallic": torch.sigmoid(raw[:, OUTPUTS["metallic"]] - 3),
        "light": 2 * torch.tanh(raw[:, OUTPUTS["light"]]),
    }


def settled_roughness(roughness: torch.Tensor, usual: float) -> torch.Tensor:
    """A picture's roughness, in (0, 1), at the usual level: its changes can be seen in an albedo, its level cannot.

    On materials that were not trained on, each share of the seen level that was believed made the error larger.
    """
    place = torch.logit(roughness.clamp(1e-4, 1 - 1e-4))
    # in double precision, so that the number of threads cannot change the mean
    level = place.double().mean().float()
    return torch.sigmoid(place - level + math.log(usual / (1 - usual)))


def normals_of_slopes(slopes: torch.Tensor) -> torch.Tensor:
    """Unit normals (B, 3, H, W), OpenGL, of slopes (B, 2, H, W) to the right and down."""
    right, down = slopes[:, :1], slopes[:, 1:]
    # as torch's norm, in a tenth of its time
    upward = (right.square() + down.square() + 1).rsqrt()
    return torch.cat([-right * upward, down * upward, upward], 1)


def _ringed(x: torch.Tensor) -> torch.Tensor:
    """One texel more on every side, from the other side, in channels-last memory."""
    count, channels, height, width = x.shape
    size = (count, channels, height + 2, width + 2)
    ringed = torch.empty(size, dtype=x.dtype, device=x.device, memory_format=torch.channels_last)
    ringed[:, :, 1:-1, 1:-1] = x
    ringed[:, :, 0, 1:-1], ringed[:, :, -1, 1:-1] = x[:, :, -1], x[:, :, 0]
    ringed[..., 0], ringed[..., -1] = ringed[..., -2], ringed[..., 1]
    return ringed


# where no gradient is asked for, in place: fresh memory costs more than the sums


def _silu(x: torch.Tensor) -> torch.Tensor:
    return F.silu(x, inplace=not torch.is_grad_enabled())


def _add(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x + y if torch.is_grad_enabled() else x.add_(y)


def _multiply(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x * y if torch.is_grad_enabled() else x.mul_(y)
