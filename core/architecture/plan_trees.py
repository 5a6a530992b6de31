# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees, many at a time, as arrays that chance can change: how a floor is cut into rooms.

A slicing tree (R. Otten 1982) cuts a box in two, and each half again, until every room has its own. Here the rooms
stand in a row and each gap between two of them is a cut; the first cut parts the whole row (a Cartesian tree).
Any values of the arrays are a tree, so that search may change each by itself. Shape letters: B trees, N rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# how far a cut is moved (the logarithm of the change of its share's logit), and how often its snapping changes with it
LOG_SHIFTS, SNAPPING = (-4.0, -0.7), 0.15


@dataclass
class Trees:
    """`keys` (B, N) a room's place in the row, ascending, `sizes` the logarithm of how much more than its share of the
    floor it asks for; for each gap (B, N - 1): `turns` when it is cut, ascending, `axes` 0 parts x and 1 parts y,
    `shifts` moves the cut (added to the logit of its share), `snaps` whether it goes to a corner of the outline nearby,
    or a hall that it cuts off has the usual width."""

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

    def __len__(self) -> int:
        return len(self.keys)


def random_trees(count: int, rooms: int, random: np.random.Generator) -> Trees:
    """Trees by chance."""
    gaps = (count, max(rooms - 1, 0))
    return Trees(
        random.random((count, rooms)),
        np.zeros((count, rooms)),
        random.random(gaps),
        random.integers(0, 2, gaps),
        np.zeros(gaps),
        random.random(gaps) < 0.3,
    )


def changed(trees: Trees, random: np.random.Generator, moves: float = 0.3) -> Trees:
    """A copy in which one or two things of each tree are another way; the share `moves` of them only where cuts are."""
    result = Trees(*(part.copy() for part in trees.parts))
    count, rooms = result.keys.shape
    if rooms < 2:
        return result
    kinds = random.random(count) * 0.72 / (1 - moves)
    rows = np.arange(count)
    first, second = random.integers(0, rooms, count), random.integers(0, rooms, count)
    gap, other = random.integers(0, rooms - 1, count), random.integers(0, rooms - 1, count)
    _exchange(result.keys, rows[kinds < 0.25], first, second)
    _renew(result.keys, _among(rows, kinds, 0.25, 0.35), first, random)
    flip = _among(rows, kinds, 0.35, 0.55)
    result.axes[flip, gap[flip]] ^= 1
    _exchange(result.turns, _among(rows, kinds, 0.45, 0.65), gap, other)
    _renew(result.turns, _among(rows, kinds, 0.65, 0.72), gap, random)
    grown = rows[(kinds >= 0.72) & (kinds < 0.72 + 0.14 / (1 - moves))]
    result.sizes[grown, first[grown]] += random.normal(0, 0.25, len(grown))
    moved = rows[kinds >= 0.72 + 0.14 / (1 - moves)]
    size = np.exp(random.uniform(*LOG_SHIFTS, len(moved)))
    result.shifts[moved, gap[moved]] += random.normal(0, 1, len(moved)) * size
    snap = moved[random.random(len(moved)) < SNAPPING]
    result.snaps[snap, gap[snap]] ^= True
    return result


def _among(rows: np.ndarray, kinds: np.ndarray, low: float, high: float) -> np.ndarray:
    return rows[(kinds >= low) & (kinds < high)]


def _exchange(values: np.ndarray, rows: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    one, two = values[rows, first[rows]], values[rows, second[rows]]
    values[rows, first[rows]], values[rows, second[rows]] = two, one


def _renew(values: np.ndarray, rows: np.ndarray, place: np.ndarray, random: np.random.Generator) -> None:
    values[rows, place[rows]] = random.random(len(rows))
