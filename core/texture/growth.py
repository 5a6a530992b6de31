# SPDX-License-Identifier: GPL-3.0-or-later
"""The first, coarse content of what is unknown: blocks of the exemplar laid from the known border inwards.

Quilting as in `quilting`, with two differences: known texels are never covered, and the next block is always the one
of which most is there already, as in A. Criminisi, P. Perez and K. Toyama, Region Filling and Object Removal by
Exemplar-Based Image Inpainting, 2004. It runs on the processor: it is small, and the same on every machine.

Shape letters: h, w exemplar; H, W canvas (a torus); C channels; B block side.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from .quilting import covered_by_new_block

OVERLAP_SHARE = 1 / 3
TOLERANCE = 0.05
REUSE_WEIGHT = 0.15
# a block of which less than this is there already has nothing to go by
ENOUGH = 0.05


def grow(
    exemplar_chw: torch.Tensor,
    usable_hw: torch.Tensor,
    canvas_chw: torch.Tensor,
    unknown_hw: torch.Tensor,
    ignored_hw: torch.Tensor,
    block: int,
    generator: torch.Generator,
    heartbeat: Callable[[float], None],
) -> torch.Tensor:
    """The canvas (C, H, W) with its unknown texels filled by blocks of usable exemplar texels.

    usable_hw: (h, w) bool. unknown_hw, ignored_hw: (H, W) bool; ignored texels are neither looked at nor filled.
    """
    source = _Source(exemplar_chw, usable_hw, block)
    image = canvas_chw.cpu().numpy().copy()
    unknown, ignored = unknown_hw.cpu().numpy(), ignored_hw.cpu().numpy()
    filled = ~unknown & ~ignored
    places = _places(unknown, block)
    for number in range(len(places)):
        heartbeat(number / len(places))
        shares = [filled[_window(place, block, filled.shape)].mean() for place in places]
        place = places.pop(int(np.argmax(shares)))
        window = _window(place, block, filled.shape)
        there, laid = filled[window], filled[window] & unknown[window]
        current = image[:, window[0], window[1]]
        drawn = source.choose(current, there, generator)
        error = np.where(laid, np.square(drawn - current).sum(0), 0.0)
        new = covered_by_new_block(error, laid, max(2, round(block * OVERLAP_SHARE))) & unknown[window]
        rows, columns = (line[new] for line in np.broadcast_arrays(*window))
        image[:, rows, columns] = drawn[:, new]
        filled[rows, columns] = True
    return torch.from_numpy(image).to(canvas_chw.device)


class _Source:
    """The exemplar's blocks, found by how well they fit what lies at a place already."""

    def __init__(self, exemplar_chw: torch.Tensor, usable_hw: torch.Tensor, block: int) -> None:
        self._exemplar = exemplar_chw.cpu().numpy()
        self._block = block
        exemplar = torch.from_numpy(self._exemplar)
        self._spectrum = torch.fft.rfft2(exemplar)
        self._energy_spectrum = torch.fft.rfft2(exemplar.square().sum(0))
        sums = np.pad(~usable_hw.cpu().numpy(), ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        spoilt = sums[block:, block:] - sums[:-block, block:] - sums[block:, :-block] + sums[:-block, :-block]
        # where no whole block is usable, those with the least spoilt part have to do
        self._allowed = spoilt <= spoilt.min()
        self._uses = np.zeros(spoilt.shape)

    def choose(self, current_cbb: np.ndarray, there: np.ndarray, generator: torch.Generator) -> np.ndarray:
        """A block (C, B, B) that fits the texels that are there, and is seldom used."""
        chance = torch.rand(self._uses.shape, generator=generator, dtype=torch.float64).numpy()
        misfit = chance
        if there.mean() > ENOUGH:
            misfit = self._misfit(current_cbb, there)
            least = max(float(misfit[self._allowed].min()), 1e-3)
            misfit = misfit + least * (REUSE_WEIGHT * self._uses + TOLERANCE * chance)
        flat = int(np.where(self._allowed, misfit, np.inf).argmin())
        row, column = divmod(flat, self._uses.shape[1])
        near = (np.arange(n) - place for n, place in zip(self._uses.shape, (row, column), strict=True))
        bumps = [np.exp(-np.square(distance) / (2 * (self._block / 6) ** 2)) for distance in near]
        self._uses += 4 * np.outer(*bumps)
        return self._exemplar[:, row : row + self._block, column : column + self._block]

    def _misfit(self, current_cbb: np.ndarray, there: np.ndarray) -> np.ndarray:
        """Mean squared difference to the texels that are there for every block of the exemplar, by FFT."""
        size = self._exemplar.shape[1:]
        mask = torch.from_numpy(there.astype(np.float32))
        target = torch.from_numpy(current_cbb) * mask
        across = (self._spectrum * torch.fft.rfft2(target, s=size).conj()).sum(0)
        energy = self._energy_spectrum * torch.fft.rfft2(mask, s=size).conj()
        squared = torch.fft.irfft2(energy - 2 * across, s=size) + float(target.square().sum())
        squared = squared[: self._uses.shape[0], : self._uses.shape[1]]
        return np.asarray((squared.clamp(min=0) / float(mask.sum())).double().numpy())


def _places(unknown: np.ndarray, block: int) -> list[tuple[int, int]]:
    """First texels of overlapping blocks that together hold all that is unknown."""
    step = max(1, block - max(2, round(block * OVERLAP_SHARE)))
    starts = [range(0, length, step) for length in unknown.shape]
    return [(y, x) for y in starts[0] for x in starts[1] if unknown[_window((y, x), block, unknown.shape)].any()]


def _window(place: tuple[int, int], block: int, size: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(block)
    return ((place[0] + steps) % size[0])[:, None], ((place[1] + steps) % size[1])[None]
