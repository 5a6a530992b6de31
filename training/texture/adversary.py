# SPDX-License-Identifier: GPL-3.0-or-later
"""The other side of adversarial training: a discriminator of patches, its penalties, and adaptive augmentation.

Non-saturating logistic losses (I. Goodfellow et al., Generative Adversarial Nets, 2014), R1 penalty on real crops
(L. Mescheder et al., Which Training Methods for GANs do actually Converge?, 2018), augmentation whose probability
follows how sure the discriminator is of real crops (T. Karras et al., Training Generative Adversarial Networks with
Limited Data, 2020). Shape letters: B batch, C channels, H, W rows and columns, K categories.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

WIDTHS = (40, 64, 96, 128)
# how fast the augmentation's probability may move: from 0 to 1 in this many images
FULL_SWING_IMAGES = 20_000
MOST_AUGMENTED = 0.8
# a discriminator that is this sure on both sides, and a generator that varies this little, have collapsed
SURE = 0.98


class Discriminator(nn.Module):
    """Maps (B, 7, H, W) and categories (B,) to one logit a patch: (B, 1, H / 16, W / 16).

    The category enters as in T. Miyato and M. Koyama, cGANs with Projection Discriminator, 2018. Where `picture_only`
    is 1, only the albedo is looked at.
    """

    def __init__(self, num_maps: int, num_categories: int) -> None:
        super().__init__()
        self.stem = nn.utils.parametrizations.spectral_norm(nn.Conv2d(4 * num_maps + 1, WIDTHS[0], 3, padding=1))
        pairs = zip(WIDTHS, (*WIDTHS[1:], WIDTHS[-1]), strict=True)
        self.layers = nn.ModuleList([nn.Conv2d(a, b, 4, 2, 1) for a, b in list(pairs)[:3]])
        self.last = nn.Conv2d(WIDTHS[-1], WIDTHS[-1], 3, padding=1)
        self.verdict = nn.Conv2d(WIDTHS[-1], 1, 1)
        self.categories = nn.Embedding(num_categories, WIDTHS[-1])
        nn.init.zeros_(self.categories.weight)

    def forward(self, maps: torch.Tensor, category: torch.Tensor, picture_only: torch.Tensor) -> torch.Tensor:
        """The logits; positive says real."""
        known = torch.ones_like(maps)
        known[:, 3:] -= picture_only[:, None, None, None]
        x = F.pixel_unshuffle(maps * known, 2)
        x = torch.cat([x, picture_only[:, None, None, None].expand(-1, 1, *x.shape[2:]).to(x.dtype)], 1)
        x = F.leaky_relu(self.stem(x), 0.2)
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.2)
        x = F.leaky_relu(self.last(x), 0.2)
        belongs = (x * self.categories(category)[:, :, None, None]).sum(1, keepdim=True) / math.sqrt(WIDTHS[-1])
        logits: torch.Tensor = self.verdict(x) + belongs
        return logits


def r1_penalty(logits: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """Mean squared gradient of the logits by the real maps (B, C, H, W), which require a gradient."""
    (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
    return gradient.square().sum((1, 2, 3)).mean()


class Augmenter:
    """Shifts, changes of colour and cut-outs of both real and made maps, as often as overfitting asks for."""

    def __init__(self, target: float) -> None:
        self.target = target
        self.probability = 0.0

    def __call__(self, maps: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """Maps (B, 7, H, W), each perhaps changed; differentiable."""
        if self.probability <= 0:
            return maps
        return torch.stack([self._changed(one, generator) for one in maps])

    def follow(self, sure: float, images: int) -> None:
        """Let the probability follow `sure`, the mean sign of the logits of so many real crops."""
        if self.target <= 0:
            return
        moved = self.probability + math.copysign(images / FULL_SWING_IMAGES, sure - self.target)
        self.probability = min(max(moved, 0.0), MOST_AUGMENTED)

    def _changed(self, maps: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        draw = torch.rand(12, generator=generator).tolist()
        if draw[0] < self.probability:
            shift = (int(draw[1] * maps.shape[1]), int(draw[2] * maps.shape[2]))
            maps = torch.roll(maps, shift, (1, 2))
        if draw[3] < self.probability:
            gain = torch.tensor([0.7 + 0.6 * d for d in draw[4:7]], device=maps.device)[:, None, None]
            maps = torch.cat([maps[:3] * gain + 0.2 * (draw[7] - 0.5), maps[3:]])
        if draw[8] < 0.5 * self.probability:
            side = maps.shape[1] // 3
            top, left = int(draw[9] * (maps.shape[1] - side)), int(draw[10] * (maps.shape[2] - side))
            hole = torch.ones_like(maps[:1])
            hole[:, top : top + side, left : left + side] = 0
            maps = maps * hole
        return maps
