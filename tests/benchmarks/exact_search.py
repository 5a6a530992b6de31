# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain reference: texture optimisation with an exact nearest-neighbour search and no tricks.

The same objective as the engine's (V. Kwatra et al., Texture Optimization for Example-based Synthesis, 2005): from
coarse to fine, each 7 x 7 patch of the output is matched with the nearest of all exemplar patches, then overlapping
matches are averaged. Every patch is compared in full with every other, which takes time with the fourth power of size.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812

PATCH, STRIDE, TURNS, COARSEST = 7, 2, 4, 64


def synthesise_exactly(exemplar: torch.Tensor, size: int, seed: int = 0) -> torch.Tensor:
    """A toroidal image (C, size, size) that looks like the exemplar (C, h, w); maps are stacked as channels."""
    generator = torch.Generator().manual_seed(seed)
    depth = 0
    while min(exemplar.shape[1:]) >> (depth + 1) >= COARSEST:
        depth += 1
    image = torch.rand((exemplar.shape[0], size >> depth, size >> depth), generator=generator)
    for level in range(depth, -1, -1):
        known = F.unfold(F.avg_pool2d(exemplar[None], 1 << level), PATCH)[0].T.contiguous()
        for _ in range(TURNS):
            image = _averaged(known[_nearest(_patches(image), known)], image.shape[1])
        if level:
            image = F.interpolate(image[None], scale_factor=2, mode="bilinear", align_corners=False)[0]
    return image


def _patches(image: torch.Tensor) -> torch.Tensor:
    """Patches around the torus, every second texel: (N, C P P)."""
    wrapped = F.pad(image[None], (0, PATCH - 1, 0, PATCH - 1), mode="circular")
    return F.unfold(wrapped, PATCH, stride=STRIDE)[0].T.contiguous()


def _nearest(queries: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    squares = known.square().sum(1)
    parts = [queries[start : start + 1024] for start in range(0, len(queries), 1024)]
    return torch.cat([torch.addmm(squares[None], part, known.T, alpha=-2).argmin(1) for part in parts])


def _averaged(patches: torch.Tensor, size: int) -> torch.Tensor:
    """Mean of overlapping patches on the torus: (C, size, size)."""
    padded = size + PATCH - 1
    total = F.fold(patches.T[None], (padded, padded), PATCH, stride=STRIDE)
    count = F.fold(torch.ones_like(patches.T[None]), (padded, padded), PATCH, stride=STRIDE)
    for stack in (total, count):
        stack[:, :, : PATCH - 1] += stack[:, :, size:]
        stack[:, :, :, : PATCH - 1] += stack[:, :, :, size:]
    return (total / count)[0, :, :size, :size]
