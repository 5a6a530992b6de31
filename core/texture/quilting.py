# SPDX-License-Identifier: GPL-3.0-or-later
"""Toroidal image quilting: blocks of the exemplar laid on the output torus, joined along cuts of least error.

A. A. Efros and W. T. Freeman, Image Quilting for Texture Synthesis and Transfer, 2001, with three differences: the
grid of blocks closes around the torus, every block answers to all neighbours that already lie there, and places that
were used before cost more. It runs on the processor: it is small, and the same on every machine.

Shape letters: h, w exemplar; H, W output; C channels; B block side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from .regions import Regions

Progress = Callable[[float, str], None]
TOLERANCE = 0.05
REUSE_WEIGHT = 0.15
# what mere continuation costs, as a share of the typical misfit, when a piece as large as is wanted was copied already;
# twice as much costs four times that
COPY_WEIGHT = 0.3
# what leaving the lattice of repeats costs, as a share of the typical misfit, and how many texels off are free
LATTICE_WEIGHT = 1.0
LATTICE_SLACK = 1.0
# what showing another exemplar than is wanted costs, as a share of the typical misfit
REGION_WEIGHT = 2.0


@dataclass(frozen=True)
class Repeat:
    """The period of an axis: texels in the exemplar, and on the output, which holds a whole number of repeats.

    Where they differ, by a percent at most, the joints between blocks take up the difference.
    """

    given: float
    wanted: float

    def scaled(self, factor: float) -> Repeat:
        """The same at another resolution."""
        return Repeat(self.given * factor, self.wanted * factor)


Repeats = tuple[Repeat | None, Repeat | None]


@dataclass
class Quilt:
    """The torus while blocks are laid: what it shows, and where each texel came from (-1: nothing there yet)."""

    exemplar_chw: np.ndarray
    wraps: tuple[bool, bool]
    block: int
    overlap: int
    size: tuple[int, int]
    repeats: Repeats
    copied: float
    regions: Regions | None = None
    image_chw: np.ndarray = field(init=False)
    source_rows: np.ndarray = field(init=False)
    source_columns: np.ndarray = field(init=False)
    uses: np.ndarray = field(init=False)
    areas: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        num_channels, height, width = self.exemplar_chw.shape
        self.image_chw = np.zeros((num_channels, *self.size), np.float32)
        self.source_rows = np.full(self.size, -1, np.int64)
        self.source_columns = np.full(self.size, -1, np.int64)
        origins = [n if wrap else n - self.block + 1 for n, wrap in zip((height, width), self.wraps, strict=True)]
        self.uses = np.zeros(origins, np.float32)
        self.areas = np.zeros((height, width), np.float32)
        exemplar = torch.from_numpy(self.exemplar_chw)
        self._spectrum = torch.fft.rfft2(exemplar)
        self._energy_spectrum = torch.fft.rfft2(exemplar.square().sum(0))
        self._first: tuple[int, int] | None = None
        self._largest = height * width
        self._allowed: np.ndarray | None = None
        if self.regions is not None:
            self._largest = min(frame.width * frame.height for frame in self.regions.frames)
            self._allowed = self.regions.allowed(origins[0], origins[1], self.block).numpy()
            middles = torch.arange(self.uses.shape[1]) + self.block // 2
            self._numbers = self.regions.number_of(middles).numpy()
            self._laid = np.zeros(len(self.regions.frames))
        self._variance = max(float(self.exemplar_chw.var(axis=(1, 2)).sum()), 1e-6)

    def lay(self, row: int, column: int, generator: torch.Generator) -> None:
        """Chooses a block for the output place that starts at (row, column), cuts it to fit and lays it."""
        rows, columns = self._window(row, column)
        filled = self.source_rows[rows, columns] >= 0
        current_cbb = self.image_chw[:, rows, columns]
        origin = self._choose(current_cbb, filled, (row, column), generator)
        # the first block lies at the corner and so lays down the lattice
        self._first = self._first or origin
        if self.regions is not None:
            self._laid[self._numbers[origin[1]]] += 1
        self._count(origin)
        block_rows = (origin[0] + np.arange(self.block)) % self.exemplar_chw.shape[1]
        block_columns = (origin[1] + np.arange(self.block)) % self.exemplar_chw.shape[2]
        block_cbb = self.exemplar_chw[:, block_rows[:, None], block_columns[None]]
        error = np.where(filled, np.square(block_cbb - current_cbb).sum(0), 0.0)
        new = covered_by_new_block(error, filled, self.overlap)
        place_rows, place_columns = np.broadcast_arrays(rows, columns)
        replaced = new & filled
        self._record(place_rows[replaced], place_columns[replaced], -1)
        self.image_chw[:, place_rows[new], place_columns[new]] = block_cbb[:, new]
        self.source_rows[place_rows[new], place_columns[new]] = np.broadcast_to(block_rows[:, None], new.shape)[new]
        self.source_columns[place_rows[new], place_columns[new]] = np.broadcast_to(block_columns, new.shape)[new]
        self._record(place_rows[new], place_columns[new], 1)

    def _window(self, row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        steps = np.arange(self.block)
        return ((row + steps) % self.size[0])[:, None], ((column + steps) % self.size[1])[None]

    def _choose(
        self, current_cbb: np.ndarray, filled: np.ndarray, place: tuple[int, int], generator: torch.Generator
    ) -> tuple[int, int]:
        """The block's first texel in the exemplar: fits what lies there, copies little, is seldom used."""
        chance = torch.rand(tuple(self.uses.shape), generator=generator).numpy()
        if filled.any():
            misfit = self._misfit(current_cbb, filled)
            typical = float(np.median(misfit))
            misfit = misfit + typical * (COPY_WEIGHT * self._copying(place) + LATTICE_WEIGHT * self._misplaced(place))
            least = max(float(misfit.min()), 1e-3)
            misfit = misfit + least * (REUSE_WEIGHT * self.uses + TOLERANCE * chance)
        else:
            misfit, typical = chance, 1.0
        if self._allowed is not None:
            misfit = np.where(self._allowed, misfit + typical * self._unwanted(place), np.inf)
        flat = int(misfit.argmin())
        return flat // misfit.shape[1], flat % misfit.shape[1]

    def _copying(self, place: tuple[int, int]) -> np.ndarray:
        """Price of each origin for a block at `place`: 1 where a wanted piece was laid with nearly that offset."""
        across = self.areas + np.roll(self.areas, 1, 1) + np.roll(self.areas, -1, 1)
        near = across + np.roll(across, 1, 0) + np.roll(across, -1, 0)
        areas = np.roll(near, place, (0, 1))[: self.uses.shape[0], : self.uses.shape[1]]
        return np.asarray(np.square(areas / (self.copied * self._largest)))

    def _unwanted(self, place: tuple[int, int]) -> np.ndarray:
        """Price of each origin for a block at `place`: of another exemplar than is wanted there."""
        assert self.regions is not None
        if self.regions.guide_hw is not None:
            guide = self.regions.guide_hw.cpu().numpy()[self._window(*place)]
            prices = np.array([np.square(guide - number).mean() for number in range(len(self._laid))])
        else:
            prices = self._laid / max(self._laid.sum(), 1) - np.array(self.regions.shares)
        return REGION_WEIGHT * np.broadcast_to(prices[self._numbers], self.uses.shape)

    def _misplaced(self, place: tuple[int, int]) -> np.ndarray:
        """Price in [0, 2] of each origin for a block at `place`: off the lattice that the first block laid down?"""
        prices = []
        for axis, repeat in enumerate(self.repeats):
            origins = np.arange(self.uses.shape[axis])
            if repeat is None or self._first is None:
                prices.append(np.zeros(len(origins)))
                continue
            shift = origins - self._first[axis] - place[axis] * (repeat.given / repeat.wanted)
            off = np.abs((shift + repeat.given / 2) % repeat.given - repeat.given / 2)
            slack = min(LATTICE_SLACK, repeat.given / 8)
            prices.append(np.square(np.clip((off - slack) / slack, 0, 1)))
        return np.asarray(np.add.outer(prices[0], prices[1]))

    def _record(self, rows: np.ndarray, columns: np.ndarray, change: int) -> None:
        """Adds or takes away the area of output texels from their offsets."""
        height, width = self.areas.shape
        down, right = self.source_rows[rows, columns] - rows, self.source_columns[rows, columns] - columns
        np.add.at(self.areas, (down % height, right % width), change)

    def _misfit(self, current_cbb: np.ndarray, filled: np.ndarray) -> np.ndarray:
        """Mean squared difference to the filled texels for every block of the exemplar, by FFT."""
        height, width = self.exemplar_chw.shape[1:]
        mask = torch.from_numpy(filled.astype(np.float32))
        target = torch.from_numpy(current_cbb) * mask
        across = (self._spectrum * torch.fft.rfft2(target, s=(height, width)).conj()).sum(0)
        energy = self._energy_spectrum * torch.fft.rfft2(mask, s=(height, width)).conj()
        squared = torch.fft.irfft2(energy - 2 * across, s=(height, width)) + float(target.square().sum())
        squared = squared[: self.uses.shape[0], : self.uses.shape[1]]
        return np.asarray((squared.clamp(min=0) / (float(mask.sum()) * self._variance)).numpy())

    def _count(self, origin: tuple[int, int]) -> None:
        """Remembers that the surroundings of a place were used, as a Gaussian bump."""
        bumps = []
        for place, count, total, wrap in zip(
            origin, self.uses.shape, self.exemplar_chw.shape[1:], self.wraps, strict=True
        ):
            distance = np.abs(np.arange(count) - place)
            if wrap:
                distance = np.minimum(distance, total - distance)
            bumps.append(np.exp(-(distance**2) / (2 * (self.block / 6) ** 2)))
        self.uses += 4 * np.outer(*bumps).astype(np.float32)


def quilt(
    features_chw: torch.Tensor,
    size: tuple[int, int],
    wraps: tuple[bool, bool],
    repeats: Repeats,
    block: int,
    copied: float,
    generator: torch.Generator,
    progress: Progress,
    regions: Regions | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Lays blocks over the torus row by row from a random corner on; returns source rows and columns, each (H, W).

    block: side of a block in texels. copied: about the largest share of the exemplar that is copied in one piece.
    """
    overlap = max(2, block // 3)
    corner = [int(torch.randint(0, n, (1,), generator=generator)) for n in size]
    torus = Quilt(features_chw.cpu().numpy(), wraps, block, overlap, size, repeats, copied, _turned(regions, corner))
    row_places, column_places = (_places(n, block - overlap) for n in size)
    for number, row in enumerate(row_places):
        progress(number / len(row_places), "Laying blocks")
        for column in column_places:
            torus.lay(row, column, generator)
    rows, columns = torch.from_numpy(torus.source_rows), torch.from_numpy(torus.source_columns)
    return torch.roll(rows, corner, (0, 1)), torch.roll(columns, corner, (0, 1))


def _turned(regions: Regions | None, corner: list[int]) -> Regions | None:
    """The regions of an output that starts at `corner`, where the first block is laid."""
    if regions is None or regions.guide_hw is None:
        return regions
    return replace(regions, guide_hw=torch.roll(regions.guide_hw, [-place for place in corner], (0, 1)))


def block_share(variety: float) -> float:
    """Side of a block as a share of the exemplar's, for a variety from 0 (large pieces) to 1 (small ones)."""
    return 0.38 - 0.16 * variety


def copied_share(variety: float) -> float:
    """Share of the exemplar that may be copied in one piece before it gets dear; a factor of 16 from 0 to 1."""
    return float(0.12 * 4 ** (1 - 2 * variety))


def covered_by_new_block(error: np.ndarray, filled: np.ndarray, overlap: int) -> np.ndarray:
    """Which texels of its place a block takes: all up to the cheapest cut on each side that neighbours fill.

    error, filled: (B, B). A side counts as filled when nearly all of its strip is.
    """
    new = np.ones(error.shape, bool)
    for turns in range(4):
        strip = np.rot90(filled, turns)[:, :overlap]
        if strip.mean() > 0.9:
            cut = cheapest_cut(np.rot90(error, turns)[:, :overlap])
            np.rot90(new, turns)[...] &= np.arange(error.shape[1]) >= cut[:, None]
    return new | ~filled


def cheapest_cut(error: np.ndarray) -> np.ndarray:
    """Column of the path of least summed error from the first to the last row, one column aside a step: (rows,)."""
    walled = np.full((len(error), error.shape[1] + 2), np.inf)
    total = walled[:, 1:-1]
    total[...] = error
    for above, row in zip(walled, total[1:], strict=False):
        row += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    path = np.empty(len(total), np.int64)
    path[-1] = total[-1].argmin()
    for row in range(len(total) - 2, -1, -1):
        first = max(0, path[row + 1] - 1)
        path[row] = first + total[row, first : path[row + 1] + 2].argmin()
    return path


def _places(length: int, step: int) -> list[int]:
    """Equally spaced starts of blocks around a circle of `length` texels."""
    count = max(1, math.ceil(length / step))
    return [place * length // count for place in range(count)]
