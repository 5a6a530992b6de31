# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of designs on blocks, many at once: a rectangle is filled, cleared, raised or shifted, and the floor area is
put right elsewhere.

Shape letters: N blocks (Y rows by X columns), B designs.
"""

from __future__ import annotations

import numpy as np

from .massing_blocks import Blocks

# sides of rectangles in blocks: mostly short ones
SHORT, LONG, SHORT_SHARE = 3, 8, 0.6
# how often all of a place is filled or cleared, and how seldom ground is built on that was open
ALL, OPEN_GROUND = 0.3, 0.4
# how often a rectangle takes all that is missing
RIGHT = 0.6
# so far apart is the floor area left that scaling the lattice puts right
CLOSE = 0.003
TRIES = 12


class BlockMoves:
    """Changes of designs with the floor area `target_m2` and `most` storeys."""

    def __init__(self, blocks: Blocks, target_m2: float, most: int, random: np.random.Generator) -> None:
        self._areas, self._shape = blocks.areas, blocks.shape
        self._target_m2, self._most, self._random = target_m2, most, random
        self._row, self._column = (one.ravel() for one in np.indices(blocks.shape))
        self._there = np.flatnonzero(blocks.areas > 0)

    def changed(self, storeys: np.ndarray) -> np.ndarray:
        """(B, N) int16: each of `storeys` (B, N) after one change."""
        count = len(storeys)
        inside = self._rectangles(self._random.choice(self._there, count), LONG)
        kind = self._random.integers(0, 6, count)
        level = self._random.integers(0, self._most + 1, count)
        level = np.where(kind == 0, 0, np.where(kind == 1, self._most, level))
        down, right = self._random.integers(-1, 2, (2, count))
        raised = storeys + np.where(down + right >= 0, 1, -1)[:, None]
        shifted = self._shifted(storeys, down, right)
        new = np.where((kind <= 2)[:, None], level[:, None], np.where((kind == 3)[:, None], raised, shifted))
        new = np.where(inside, new.clip(0, self._most), storeys).astype(np.int16)
        return self.balanced(new, inside)

    def balanced(self, storeys: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """(B, N) int16: storeys with nearly the floor area; `kept` (B, N) bool are left alone.

        Small rectangles by chance are raised or lowered until it is right: whole ones, since single blocks would stand
        alone.
        """
        storeys = storeys.copy()
        for _ in range(TRIES):
            missing = self._target_m2 - storeys @ self._areas
            off = np.flatnonzero(np.abs(missing) > CLOSE * self._target_m2)
            if not len(off):
                break
            some, way = storeys[off], np.sign(missing[off]).astype(np.int16)[:, None]
            closed = (way > 0) & (some == 0) & (self._random.random((len(off), 1)) > OPEN_GROUND)
            free = (np.where(way > 0, some < self._most, some > 0)) & ~kept[off] & ~closed & (self._areas > 0)
            middle = (free * self._random.random(some.shape)).argmax(1)
            inside = self._rectangles(middle, SHORT) & free
            step = way * self._reach(np.abs(missing[off]), inside @ self._areas)
            step = np.where(inside, (some + step).clip(0, self._most) - some, 0)
            before = np.cumsum(step * self._areas, 1) * way
            fits = before <= np.abs(missing[off])[:, None] + CLOSE * self._target_m2
            storeys[off] += np.where(fits, step, 0).astype(np.int16)
        return storeys

    def _rectangles(self, middle: np.ndarray, longest: int) -> np.ndarray:
        """(B, N) bool: blocks that can be built on about those of number `middle` (B,)."""
        count = len(middle)
        short = self._random.random((2, count)) < SHORT_SHARE
        sizes = np.where(short, *(self._random.integers(1, most + 1, (2, count)) for most in (SHORT, longest)))
        row = self._row[middle] - self._random.integers(0, sizes[0])
        column = self._column[middle] - self._random.integers(0, sizes[1])
        tall = (self._row >= row[:, None]) & (self._row < (row + sizes[0])[:, None])
        wide = (self._column >= column[:, None]) & (self._column < (column + sizes[1])[:, None])
        return np.asarray(tall & wide & (self._areas > 0))

    def _shifted(self, storeys: np.ndarray, down: np.ndarray, right: np.ndarray) -> np.ndarray:
        rows, columns = self._shape
        row = (self._row + down[:, None]).clip(0, rows - 1)
        column = (self._column + right[:, None]).clip(0, columns - 1)
        return np.take_along_axis(storeys, row * columns + column, 1)

    def _reach(self, missing_m2: np.ndarray, areas_m2: np.ndarray) -> np.ndarray:
        """(B, 1) storeys by which a rectangle of an area changes: what is missing there, or by chance."""
        right = np.rint(missing_m2 / np.maximum(areas_m2, 1.0)).clip(1, self._most)
        some = self._random.integers(1, 5, len(right))
        some = np.where(self._random.random(len(right)) < ALL, self._most, some)
        reach = np.where(self._random.random(len(right)) < RIGHT, right, np.minimum(some, right))
        return np.asarray(reach[:, None].astype(np.int64))


def narrow_floors(storeys: np.ndarray) -> np.ndarray:
    """(B,) floors of blocks (B, Y, X) that are in no square of two by two blocks: too narrow for a core."""
    opened = np.pad(storeys, ((0, 0), (1, 1), (1, 1)))
    for together in (np.minimum, np.maximum):
        opened = together(opened[:, 1:], opened[:, :-1])
        opened = together(opened[:, :, 1:], opened[:, :, :-1])
    return np.asarray((storeys - opened).sum((1, 2)))


def corner_contacts(storeys: np.ndarray) -> np.ndarray:
    """(B,) floors of blocks (B, Y, X) that meet another in a corner alone."""
    a, b, c, d = storeys[:, :-1, :-1], storeys[:, :-1, 1:], storeys[:, 1:, :-1], storeys[:, 1:, 1:]
    falling = (np.minimum(a, d) - np.maximum(b, c)).clip(0)
    rising = (np.minimum(b, c) - np.maximum(a, d)).clip(0)
    return np.asarray((falling + rising).sum((1, 2)))
