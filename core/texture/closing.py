# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing a picture on itself: how long a tile to take from it, and the cut along which both ends meet unseen.

The overlap of a picture with itself, moved by the tile's length, is cut where both agree (A. A. Efros and
W. T. Freeman, Image Quilting for Texture Synthesis and Transfer, 2001); the length is that with the least such cut.

Shape letters: h, w picture; H, W tile; C guide channels; T tile lengths that are tried.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from .features import box_blur, halved
from .lattice import Period
from .quilting import cheapest_cut

# a tile's length is looked for at about this many texels a side, and then around the best few at the given resolution
SEARCH_SIDE = 160
LEAST_ROWS = 16
NUM_REFINED = 3
# how much of the typical difference of two texels a tile must save on its cut to give up the whole picture
SIZE_WEIGHT = 0.3
# what a tile without a whole number of clear repeats costs in the same measure, and by how many texels it may be off
LATTICE_WEIGHT = 0.15
FREE_TEXELS = 1.0
LEAST_OVERLAP_SHARE = 0.03


@dataclass(frozen=True)
class Closure:
    """Where a tile's texels lie in the picture: rows, columns (H, W) int64.

    misfit: (H, W) what the picture and its continuation beyond the cut differ by, as a share of the typical squared
    difference of two texels; 0 outside of the overlaps.
    """

    rows: torch.Tensor
    columns: torch.Tensor
    misfit: torch.Tensor


def close(
    features_chw: torch.Tensor,
    wraps: tuple[bool, bool],
    repeats: tuple[Period | None, Period | None],
    trim: float,
    unit: int,
) -> Closure:
    """The tile cut from a picture with the least visible cuts; axes that wrap stay as they are.

    repeats: the period of each axis, if it has one. trim: the most of each side that may be given up. unit: what the
    tile's sides are multiples of.
    """
    device = features_chw.device
    height, width = features_chw.shape[1:]
    rows, columns = torch.arange(height, device=device), torch.arange(width, device=device)
    rows, columns = rows[:, None].expand(height, width), columns[None].expand(height, width)
    misfit = torch.zeros((height, width), device=device)
    for axis in (1, 0):
        length = features_chw.shape[1 + axis]
        if wraps[axis] and length % unit == 0:
            continue
        lines = features_chw if axis == 1 else features_chw.transpose(1, 2)
        taken, cut, error = _closed(lines, repeats[axis], trim, unit, cyclic=axis == 0)
        picked, differing = _picked(taken, torch.from_numpy(cut).to(device)), lines.new_zeros((lines.shape[1], taken))
        overlap = min(taken, error.shape[1])
        differing[:, :overlap] = torch.from_numpy(error[:, :overlap].astype(np.float32)).to(device)
        if axis == 0:
            picked, differing = picked.T, differing.T
        features_chw = torch.gather(features_chw, 1 + axis, picked[None].expand(len(features_chw), *picked.shape))
        rows, columns, misfit = (torch.gather(image, axis, picked) for image in (rows, columns, misfit))
        misfit = torch.maximum(misfit, differing)
    return Closure(rows.contiguous(), columns.contiguous(), misfit)


def cut_costs(error_trx: np.ndarray) -> np.ndarray:
    """For each of T error images the least sums of paths from the first row to each texel: (T, rows, columns).

    A path goes one column aside a row at most, as in `quilting.cheapest_cut`; inf marks what no path may use.
    """
    total = error_trx.astype(np.float64)
    above = np.full((len(total), total.shape[2] + 2), np.inf)
    for row in range(1, total.shape[1]):
        above[:, 1:-1] = total[:, row - 1]
        total[:, row] += np.minimum(np.minimum(above[:, :-2], above[:, 1:-1]), above[:, 2:])
    return total


def _closed(
    lines_chw: torch.Tensor, repeat: Period | None, trim: float, unit: int, cyclic: bool
) -> tuple[int, np.ndarray, np.ndarray]:
    """The best length of a tile along the lines, the column of the cut in each line, the difference in the overlap."""
    length = lines_chw.shape[2]
    most = length - max(2, round(LEAST_OVERLAP_SHARE * length))
    least = min(most, max(1, round(length * (1 - trim))))
    small, step = lines_chw, 1
    while small.shape[2] >= 2 * SEARCH_SIDE and small.shape[1] >= 2 * LEAST_ROWS:
        small, step = halved(small), 2 * step
    tried = list(range(least // step, most // step + 1))
    order = np.argsort(_scores(small, tried, repeat, step), kind="stable")[:NUM_REFINED]
    near = [n for n in range(unit, most + 1, unit) if any(abs(n - step * tried[place]) <= step for place in order)]
    near = near or [max(unit, most // unit * unit)]
    best = near[int(np.argmin(_scores(lines_chw, near, repeat, 1)))]
    error = _errors(lines_chw, [best])
    misfit = error[0] / _typical(lines_chw)
    cut = cheapest_cut(error[0])
    if cyclic:
        # begin and end at one place: where the path passes in the middle of two rounds
        middle = cheapest_cut(np.concatenate([error[0], error[0]]))[error.shape[1]]
        for row in (0, -1):
            barred = np.arange(error.shape[2]) != middle
            error[:, row, barred] = np.inf
        cut = cheapest_cut(error[0])
    return best, cut, misfit


def _scores(lines_chw: torch.Tensor, tried: list[int], repeat: Period | None, step: int) -> np.ndarray:
    """What each length of a tile costs: the mean difference along its cut, what is given up, and broken repeats.

    repeat: the period in texels of which `step` make one here.
    """
    error = _errors(lines_chw, tried)
    scores = cut_costs(error)[:, -1].min(1) / (error.shape[1] * _typical(lines_chw))
    scores += SIZE_WEIGHT * (1 - np.array(tried) / lines_chw.shape[2])
    if repeat is not None:
        slack = FREE_TEXELS / repeat.texels
        off = np.array([max(0.0, repeat.misfit(step * length) - slack) for length in tried])
        scores += LATTICE_WEIGHT * repeat.contrast * np.minimum(1, 4 * off)
    return np.asarray(scores)


def _typical(lines_chw: torch.Tensor) -> float:
    """The mean squared difference of two texels."""
    return 2 * float(lines_chw.double().var((1, 2)).sum().clamp(min=1e-12))


def _errors(lines_chw: torch.Tensor, tried: list[int]) -> np.ndarray:
    """Squared difference around each texel to the one a tile further: (T, h, widest overlap), inf beyond its own."""
    width = lines_chw.shape[2]
    errors = np.full((len(tried), lines_chw.shape[1], width - min(tried)), np.inf)
    for place, length in enumerate(tried):
        error = (lines_chw[:, :, : width - length] - lines_chw[:, :, length:]).square().sum(0)
        errors[place, :, : width - length] = box_blur(error, 1).cpu().numpy()
    return errors


def _picked(length: int, cut: torch.Tensor) -> torch.Tensor:
    """Column of the picture that each column of the tile shows, line by line: (lines, length) int64."""
    places = torch.arange(length, device=cut.device)[None]
    # left of the cut the picture goes on beyond its other end
    return torch.where(places < cut[:, None], places + length, places)
