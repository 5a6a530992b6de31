# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain reference for synthesis: image quilting of all maps at full resolution, in NumPy, with no tricks.

A. A. Efros and W. T. Freeman, Image Quilting for Texture Synthesis and Transfer, 2001. Blocks are laid row by row; each
is chosen by chance among those whose overlap with what lies there is nearly the best, and cut along the path of least
error. The result does not tile. The sum of squared differences to every place of the exemplar is found by FFT.
"""

from __future__ import annotations

import numpy as np

BLOCK = 96
TOLERANCE = 0.1


def quilt_plainly(exemplar_hwc: np.ndarray, size: int, seed: int = 0, block: int = BLOCK) -> np.ndarray:
    """A texture (size, size, C) that looks like the exemplar (h, w, C); maps are stacked as channels. float32."""
    random = np.random.default_rng(seed)
    block = min(block, size, *exemplar_hwc.shape[:2])
    overlap = max(1, block // 6)
    spectrum = np.fft.rfft2(exemplar_hwc, axes=(0, 1))
    energy_spectrum = np.fft.rfft2((exemplar_hwc**2).sum(2))
    output = np.zeros((size, size, exemplar_hwc.shape[2]), np.float32)
    starts = [min(start, size - block) for start in range(0, size - overlap, block - overlap)]
    for row in starts:
        for column in starts:
            window = output[row : row + block, column : column + block]
            filled = np.zeros((block, block), bool)
            filled[: overlap if row else 0] = True
            filled[:, : overlap if column else 0] = True
            misfit = _misfit(exemplar_hwc.shape[:2], spectrum, energy_spectrum, window, filled)
            candidates = np.argwhere(misfit <= misfit.min() * (1 + TOLERANCE) + 1e-9)
            top, left = candidates[random.integers(len(candidates))]
            chosen = exemplar_hwc[top : top + block, left : left + block]
            new = _cut(((chosen - window) ** 2).sum(2), overlap, row > 0, column > 0)
            window[new] = chosen[new]
    return output


def _misfit(
    shape: tuple[int, ...], spectrum: np.ndarray, energy_spectrum: np.ndarray, window: np.ndarray, filled: np.ndarray
) -> np.ndarray:
    """Squared difference to the filled texels for every place of a block in the exemplar."""
    height, width = shape
    mask = filled.astype(np.float32)
    across = np.fft.rfft2(window * mask[..., None], s=(height, width), axes=(0, 1)).conj()
    products = np.fft.irfft2((spectrum * across).sum(2), s=(height, width))
    energy = np.fft.irfft2(energy_spectrum * np.fft.rfft2(mask, s=(height, width)).conj(), s=(height, width))
    squared = energy - 2 * products + float(((window * mask[..., None]) ** 2).sum())
    return np.maximum(squared[: height - len(window) + 1, : width - len(window) + 1], 0)


def _cut(error: np.ndarray, overlap: int, above: bool, before: bool) -> np.ndarray:
    """Which texels the new block takes: all beyond the cheapest path through each overlap."""
    new = np.ones(error.shape, bool)
    if before:
        new &= np.arange(len(error))[None] >= _path(error[:, :overlap])[:, None]
    if above:
        new &= np.arange(len(error))[:, None] >= _path(error[:overlap].T)[None]
    return new


def _path(error: np.ndarray) -> np.ndarray:
    """Column of the path of least summed error from the first to the last row."""
    total = error.copy()
    for row in range(1, len(total)):
        for column in range(total.shape[1]):
            total[row, column] += total[row - 1, max(0, column - 1) : column + 2].min()
    path = np.empty(len(total), int)
    path[-1] = total[-1].argmin()
    for row in range(len(total) - 2, -1, -1):
        first = max(0, path[row + 1] - 1)
        path[row] = first + total[row, first : path[row + 1] + 2].argmin()
    return path
