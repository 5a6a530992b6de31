# SPDX-License-Identifier: GPL-3.0-or-later
"""From overlapping patches to texels: the mean of what they say, and the one of them that says it best.

Shape letters: H, W output; C channels; P patch side. Patches lie on the output torus `stride` texels apart.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F  # noqa: N812

from .patches import PATCH, PatchIndex

CHUNK = 131072
# how much better than the mean an off-centre texel must fit before it is preferred to a central one
CENTRE_BIAS = 0.3


def vote(index: PatchIndex, rows: torch.Tensor, columns: torch.Tensor, stride: int) -> torch.Tensor:
    """Weighted mean of all patches that cover each texel: (C, H, W). rows, columns: (H / stride, W / stride)."""
    first = rows * index.texel_columns + columns
    num_channels = index.texels_nc.shape[1]
    image = torch.empty((rows.shape[0], stride, rows.shape[1], stride, num_channels), device=rows.device)
    for phase, texels, weights in _covering_texels(index, first, stride):
        weights = weights / weights.sum()
        parts = []
        for start in range(0, len(texels), CHUNK):
            part = texels[start : start + CHUNK]
            scale = weights.expand(len(part), -1).contiguous()
            parts.append(F.embedding_bag(part, index.texels_nc, mode="sum", per_sample_weights=scale))
        image[:, phase[0], :, phase[1]] = torch.cat(parts).reshape(*rows.shape, num_channels)
    height, width = rows.shape[0] * stride, rows.shape[1] * stride
    return image.reshape(height, width, num_channels).permute(2, 0, 1).contiguous()


def closest_texels(
    index: PatchIndex, rows: torch.Tensor, columns: torch.Tensor, stride: int, image_chw: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Per output texel the covering patch's texel that is nearest to the mean: exemplar rows and columns, (H, W)."""
    first = rows * index.texel_columns + columns
    sources = torch.empty((rows.shape[0], stride, rows.shape[1], stride), dtype=torch.int64, device=rows.device)
    for phase, texels, weights in _covering_texels(index, first, stride, least_weight=0.15):
        mean_qc = image_chw[:, phase[0] :: stride, phase[1] :: stride].reshape(image_chw.shape[0], -1).T.contiguous()
        penalty = CENTRE_BIAS * (1 - weights / float(index.window_pp.max()))
        parts = [
            _closest(index, texels[start : start + CHUNK], mean_qc[start : start + CHUNK], penalty)
            for start in range(0, len(texels), CHUNK)
        ]
        sources[:, phase[0], :, phase[1]] = torch.cat(parts).reshape(rows.shape)
    flat = sources.reshape(rows.shape[0] * stride, rows.shape[1] * stride)
    return flat // index.texel_columns, flat % index.texel_columns


def _closest(
    index: PatchIndex, texels_qt: torch.Tensor, mean_qc: torch.Tensor, penalty_t: torch.Tensor
) -> torch.Tensor:
    best = torch.full((len(texels_qt),), torch.inf, device=texels_qt.device)
    source = texels_qt[:, 0].clone()
    for number in range(texels_qt.shape[1]):
        texels = texels_qt[:, number].contiguous()
        difference = torch.index_select(index.texels_nc, 0, texels).sub_(mean_qc)
        cost = difference.square_().sum(1).add_(penalty_t[number])
        better = cost < best
        best = torch.where(better, cost, best)
        source = torch.where(better, texels, source)
    return source


def occupancy(index: PatchIndex, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """How often each patch and its surroundings are used, 1 on average: (N,) float32."""
    used = torch.bincount((rows * index.num_columns + columns).reshape(-1), minlength=index.num_patches)
    counts = used.reshape(1, 1, index.num_rows, index.num_columns).float()
    around = F.avg_pool2d(F.pad(counts, (PATCH // 2,) * 4), PATCH, 1)
    return around.reshape(-1) * (index.num_patches / rows.numel())


def _covering_texels(
    index: PatchIndex, first: torch.Tensor, stride: int, least_weight: float = 0.02
) -> Iterator[tuple[tuple[int, int], torch.Tensor, torch.Tensor]]:
    """For each position between patch starts: the texels that the covering patches put there, and their weights.

    Yields ((row, column) position, texels (Q, T) int64, weights (T,)); weights below `least_weight` of the highest
    are left out.
    """
    window = index.window_pp / index.window_pp.max()
    for row in range(stride):
        for column in range(stride):
            inside = [
                (i, j)
                for i in range(row, PATCH, stride)
                for j in range(column, PATCH, stride)
                if window[i, j] >= least_weight
            ]
            shifted = [
                torch.roll(first + (i * index.texel_columns + j), ((i - row) // stride, (j - column) // stride), (0, 1))
                for i, j in inside
            ]
            weights = torch.tensor([index.window_pp[i, j] for i, j in inside], dtype=torch.float32, device=first.device)
            yield (row, column), torch.stack([s.reshape(-1) for s in shifted], 1), weights
