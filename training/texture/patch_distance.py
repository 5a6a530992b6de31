# SPDX-License-Identifier: GPL-3.0-or-later
"""How differently two images are made of patches: the sliced Wasserstein distance, differentiable.

J. Rabin et al., Wasserstein Barycenter and Its Application to Texture Mixing, 2011; E. Heitz et al., A Sliced
Wasserstein Loss for Neural Texture Synthesis, 2021 (there on a network's features, here on patches at several scales).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812

SCALES = (1, 2, 4, 8)
PATCH = 5
NUM_PROJECTIONS = 24
NUM_PLACES = 1024


def patch_distance(made: torch.Tensor, given: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mean distance (B,) of the distributions of 5 x 5 patches of maps (B, C, H, W), over scales and projections."""
    channels = made.shape[1]
    total = made.new_zeros(len(made))
    for scale in SCALES:
        ours, theirs = F.avg_pool2d(made, scale), F.avg_pool2d(given, scale)
        filters = torch.randn((NUM_PROJECTIONS, channels, PATCH, PATCH), generator=generator).to(made.device)
        # a third looks at single texels: the histograms
        filters[:8, :, :2], filters[:8, :, 3:] = 0, 0
        filters[:8, :, :, :2], filters[:8, :, :, 3:] = 0, 0
        filters = filters / filters.flatten(1).norm(dim=1)[:, None, None, None]
        total = total + _distance(F.conv2d(ours, filters), F.conv2d(theirs, filters), generator)
    return total / len(SCALES)


def _distance(ours: torch.Tensor, theirs: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    first, second = ours.flatten(2), theirs.flatten(2)
    count = first.shape[2]
    if count > NUM_PLACES:
        places = torch.randint(0, count, (2, NUM_PLACES), generator=generator).to(ours.device)
        first, second = first[:, :, places[0]], second[:, :, places[1]]
    return (first.sort(2)[0] - second.sort(2)[0]).abs().mean((1, 2))
