# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees, many at a time, as arrays that chance can change: how a floor is cut into rooms.

A slicing tree (R. Otten 1982) cuts a box in two, and each half again, until every room has its own. Here the rooms
stand in a row and each gap between two of them is a cut; the first cut parts the whole row (a Cartesian tree).
Any values of the arrays are a tree, so that search may change each by itself. Shape letters: B trees, N rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Trees:
    """`keys` (B, N) a room's place in the row, ascending, `sizes` the logarithm of how much more than its share of the
    floor it asks for; and of the cut before each room in the row (B, N), which the first one in the row does not have:
    `turns` when it is cut, ascending, `axes` 0 parts x and 1 parts y, `shifts` moves the cut (added to the logit of its
    share), `snaps` whether it goes to a corner of the outline nearby, or a hall that it cuts off has a usual width."""

    keys: np.ndarray
    sizes: np.ndarray
    turns: np.ndarray
    axes: np.ndarray
    shifts: np.ndarray
    snaps: np.ndarray

    def take(self, rows: np.ndarray) -> Trees:
        """The trees of these rows."""
        return Trees(*(part[rows] for part in self.parts))

    def put(self, rows: np.ndarray, others: Trees) -> None:
        """Replace the trees of these rows."""
        for mine, theirs in zip(self.parts, others.parts, strict=True):
            mine[rows] = theirs

    @property
    def parts(self) -> tuple[np.ndarray, ...]:
        """The six arrays."""
        return self.keys, self.sizes, self.turns, self.axes, self.shifts, self.snaps

    @property
    def cuts(self) -> tuple[np.ndarray, ...]:
        """The arrays of the cuts before rooms."""
        return self.turns, self.axes, self.shifts, self.snaps

    def __len__(self) -> int:
        return len(self.keys)


def random_trees(count: int, rooms: int, random: np.random.Generator) -> Trees:
    """Trees by chance."""
    each = (count, rooms)
    return Trees(
        random.random(each),
        np.zeros(each),
        random.random(each),
        random.integers(0, 2, each),
        np.zeros(each),
        random.random(each) < 0.3,
    )
