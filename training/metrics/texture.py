# SPDX-License-Identifier: GPL-3.0-or-later
"""How well a synthesised texture resembles its exemplar, how seamless it is, and how much of it is copied.

Images are (C, H, W) float32 tensors in [0, 1]; outputs are toroidal, exemplars are not. No network is involved and
every random projection is fixed, so that figures can be compared between runs.

Shape letters: C channels, H, W rows and columns, N patches, K principal components.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from scipy import ndimage  # type: ignore[import-untyped]

PATCH = 9
COMPONENTS = 32
NUM_LINES = 16


def seam_z(image: torch.Tensor) -> float:
    """Change across the wrap line as a z-score among the changes across all other lines; the worse of both axes."""
    scores = []
    for axis in (1, 2):
        change = (torch.roll(image, -1, axis) - image).abs().mean(0).mean(2 - axis)
        inside = change[:-1]
        scores.append(float((change[-1] - inside.mean()) / inside.std().clamp(min=1e-12)))
    return max(scores)


def sliced_wasserstein(output: torch.Tensor, exemplar: torch.Tensor, num_projections: int = 128) -> float:
    """Mean distance of the distributions of 7 x 7 patches under fixed random projections, over scales 1, 2, 4 and 8.

    Relative to the spread of the exemplar's patches. J. Rabin et al., Wasserstein Barycenter and Its Application to
    Texture Mixing, 2011.
    """
    patch, per_scale = 7, []
    quantiles = torch.linspace(0, 1, 4096)
    filters = _projections(exemplar.shape[0], patch, num_projections)
    for scale in (1, 2, 4, 8):
        ours, theirs = F.avg_pool2d(output[None], scale), F.avg_pool2d(exemplar[None], scale)
        if min(*ours.shape[2:], *theirs.shape[2:]) < patch + 8:
            break
        ours = F.pad(ours, (0, patch - 1, 0, patch - 1), mode="circular")
        responses = [F.conv2d(image, filters)[0].flatten(1) for image in (ours, theirs)]
        spread = responses[1].std()
        # NumPy sorts twice as fast
        ordered = [torch.from_numpy(np.sort(r.numpy(), axis=1)) for r in responses]
        ordered = [r[:, (quantiles * (r.shape[1] - 1)).long()] for r in ordered]
        per_scale.append(float((ordered[0] - ordered[1]).abs().mean() / spread))
    return float(np.mean(per_scale))


def _projections(num_channels: int, patch: int, count: int) -> torch.Tensor:
    """Unit-length filters (count, C, P, P), drawn once, with half of each channel's mean taken out."""
    drawn = torch.randn(count, num_channels * patch * patch, generator=torch.Generator().manual_seed(0))
    means = drawn.reshape(count, num_channels, -1).mean(2, keepdim=True)
    drawn = drawn - 0.5 * means.expand(-1, -1, patch * patch).reshape(count, -1)
    unit: torch.Tensor = drawn / drawn.norm(dim=1, keepdim=True)
    return unit.reshape(count, num_channels, patch, patch)


@dataclass(frozen=True)
class NearestPatches:
    """For output patches (9 x 9 at half resolution, every `stride` texels) the nearest exemplar patch.

    rows, columns, error: (H', W'); error is a squared distance, `variance` the exemplar's own patch variance.
    """

    rows: np.ndarray
    columns: np.ndarray
    error: np.ndarray
    variance: float
    stride: int

    @property
    def patch_error(self) -> float:
        """Mean squared distance to the nearest exemplar patch, as a share of the variance of patches."""
        return float(self.error.mean() / self.variance)


def nearest_patches(output: torch.Tensor, exemplar: torch.Tensor, stride: int = 1) -> NearestPatches:
    """Exact nearest neighbours among the first 32 principal components of the exemplar's patches."""
    ours, theirs = F.avg_pool2d(output[None], 2), F.avg_pool2d(exemplar[None], 2)
    ours = F.pad(ours, (0, PATCH - 1, 0, PATCH - 1), mode="circular")
    queries = F.unfold(ours, PATCH, stride=stride)[0].T
    known = F.unfold(theirs, PATCH)[0].T
    mean = known.mean(0)
    sample = known[torch.randperm(len(known), generator=torch.Generator().manual_seed(0))[:8192]] - mean
    axes = torch.linalg.eigh(sample.T @ sample)[1][:, -COMPONENTS:]
    query_nk, known_nk = (queries - mean) @ axes, (known - mean) @ axes
    variance = float((known - mean).square().sum(1).mean())
    nearest, error = _nearest(query_nk, known_nk)
    height, width = ((n - PATCH) // stride + 1 for n in ours.shape[2:])
    num_columns = theirs.shape[3] - PATCH + 1
    rows, columns = (nearest // num_columns).reshape(height, width), (nearest % num_columns).reshape(height, width)
    return NearestPatches(rows.numpy(), columns.numpy(), error.reshape(height, width).numpy(), variance, stride)


def _nearest(queries: torch.Tensor, known: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    squares, found, errors = known.square().sum(1), [], []
    for start in range(0, len(queries), 256):
        part = queries[start : start + 256]
        distance, nearest = torch.addmm(squares[None], part, known.T, alpha=-2).min(1)
        found.append(nearest)
        errors.append((distance + part.square().sum(1)).clamp(min=0))
    return torch.cat(found), torch.cat(errors)


def band_error(nearest: NearestPatches, row: int, column: int) -> float:
    """Mean error of the patches that touch the line before half-resolution `row` or the one before `column`."""
    height, width = nearest.error.shape
    rows = _touching(row, height * nearest.stride, nearest.stride)
    columns = _touching(column, width * nearest.stride, nearest.stride)
    band = np.zeros((height, width), bool)
    band[rows] = True
    band[:, columns] = True
    return float(nearest.error[band].mean())


def wrap_band_ratio(nearest: NearestPatches, seed: int = 0) -> float:
    """Error around the true wrap lines over the median error around 16 random pairs of lines of the same output.

    Errors below a thousandth of the patch variance cannot be seen and count as that, so that copies divide by no zero.
    """
    floor = 1e-3 * nearest.variance
    height, width = (n * nearest.stride for n in nearest.error.shape)
    lines = np.random.default_rng(seed).integers(PATCH, (height - PATCH, width - PATCH), (NUM_LINES, 2))
    others = [band_error(nearest, int(row), int(column)) for row, column in lines]
    return max(band_error(nearest, 0, 0), floor) / max(float(np.median(others)), floor)


def _touching(line: int, length: int, stride: int) -> np.ndarray:
    """Indices, among patches every `stride` texels, of those that reach across a line."""
    starts = np.arange(0, length, stride)
    return np.flatnonzero((line - starts - 1) % length < PATCH - 1)


def largest_copy(nearest: NearestPatches) -> float:
    """Share of the output in the largest connected region whose nearest patches all have the same offset."""
    height, width = nearest.rows.shape
    step = nearest.stride
    down = nearest.rows - step * np.arange(height)[:, None]
    right = nearest.columns - step * np.arange(width)[None]
    labels = np.unique(down.astype(np.int64) * 100003 + right, return_inverse=True)[1].reshape(height, width)
    counts = np.bincount(labels.ravel())
    largest = 0
    for label in np.argsort(-counts):
        if counts[label] <= largest:
            break
        regions = ndimage.label(labels == label, structure=np.ones((3, 3)))[0]
        largest = max(largest, int(np.bincount(regions.ravel())[1:].max()))
    return largest / (height * width)


def usage(nearest: NearestPatches) -> float:
    """Perplexity of where in the exemplar the output comes from, as a share of all 8 x 8 places: 1 is even use."""
    counts = np.zeros((int(nearest.rows.max()) + 1, int(nearest.columns.max()) + 1))
    np.add.at(counts, (nearest.rows.ravel(), nearest.columns.ravel()), 1)
    height, width = (n // 8 * 8 for n in counts.shape)
    cells = counts[:height, :width].reshape(height // 8, 8, width // 8, 8).sum((1, 3)).ravel()
    share = cells[cells > 0] / cells.sum()
    return float(np.exp(-(share * np.log(share)).sum()) / len(cells))


def steerable_difference(output: torch.Tensor, exemplar: torch.Tensor) -> float:
    """Relative difference of the statistics of oriented filter magnitudes at four scales.

    After J. Portilla and E. P. Simoncelli, A Parametric Texture Model Based on Joint Statistics of Complex Wavelet
    Coefficients, 2000: mean, spread and correlations of six Gabor magnitudes a scale.
    """
    # a small exemplar has fewer scales
    pairs = zip(_oriented_statistics(output), _oriented_statistics(exemplar), strict=False)
    return float(np.mean([float((a - b).norm() / b.norm().clamp(min=1e-6)) for a, b in pairs]))


def _oriented_statistics(image: torch.Tensor, scales: int = 4, orientations: int = 6) -> list[torch.Tensor]:
    level = image.mean(0)[None, None]
    level = level - level.mean()
    filters = _gabor_pairs(orientations)
    upper = torch.triu_indices(orientations, orientations, 1).unbind()
    statistics = []
    for _ in range(scales):
        if level.shape[3] < 32:
            break
        response = F.conv2d(level, filters)[0]
        size = (response[0::2].square() + response[1::2].square()).sqrt().flatten(1)
        mean, deviation = size.mean(1), size - size.mean(1, keepdim=True)
        covariance = deviation @ deviation.T / size.shape[1]
        spread = covariance.diagonal().clamp(min=1e-9).sqrt()
        correlation = covariance / (spread[:, None] * spread[None])
        statistics += [mean, size.std(1), correlation[upper] * size.mean()]
        level = F.avg_pool2d(F.pad(level, (1, 1, 1, 1), mode="reflect"), 4, 2)
    return statistics


def _gabor_pairs(orientations: int) -> torch.Tensor:
    axis = torch.arange(13.0) - 6
    down, right = torch.meshgrid(axis, axis, indexing="ij")
    envelope = torch.exp(-(right.square() + down.square()) / (2 * 2.2**2))
    filters = []
    for number in range(orientations):
        angle = math.pi * number / orientations
        phase = 1.4 * (right * math.cos(angle) + down * math.sin(angle))
        for wave in (torch.cos(phase), torch.sin(phase)):
            filtered = envelope * wave
            filtered = filtered - envelope * (filtered.sum() / envelope.sum())
            filters.append(filtered / filtered.norm())
    return torch.stack(filters)[:, None]
