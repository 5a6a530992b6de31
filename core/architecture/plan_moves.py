# SPDX-License-Identifier: GPL-3.0-or-later
"""Slicing trees changed by chance, one thing of each tree: what a search tries.

Rooms change places, leave one place for another, cuts turn, move, or are made in another order. A room carries the cut
before it along, so that what it leaves behind stays a sensible plan. Shape letters: B trees, N rooms.
"""

from __future__ import annotations

import numpy as np

from .plan_trees import Trees

# how far a cut is moved (the logarithm of the change of its share's logit), and how often its snapping changes with it
LOG_SHIFTS, SNAPPING = (-4.0, -0.7), 0.15
# how far a room's size goes (its logarithm)
GROWTH = 0.25
# how often a room shares the place of the one it goes to, rather than of a group, and how often its cut snaps
DEEP, SNAPS = 0.6, 0.4


def changed(trees: Trees, random: np.random.Generator, moves: float, blame: np.ndarray, near: np.ndarray) -> Trees:
    """A copy in which one thing of each tree is another way; the share `moves` of them only where a cut is.

    A room with more `blame` (B, N) is changed more often, and goes rather to where `near` (N, N) is high.
    """
    result = Trees(*(part.copy() for part in trees.parts))
    count, rooms = result.keys.shape
    if rooms < 2:
        return result
    one = _chosen(blame, random)
    two = _chosen(near[one], random)
    kind = random.random(count)
    kind = np.where(kind < moves, kind / moves - 1, (kind - moves) / (1 - moves))
    rows = np.arange(count)
    for low, high, change in MOVES:
        some = rows[(kind >= low) & (kind < high)]
        if len(some):
            change(result, some, one[some], two[some], random)
    return result


def _chosen(weights: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(B,) one column of each row of `weights` (B, N) by chance."""
    sums = weights.cumsum(1)
    return np.asarray(
        np.minimum((sums <= random.random(len(sums))[:, None] * sums[:, -1:]).sum(1), weights.shape[1] - 1)
    )


def _exchange(values: np.ndarray, rows: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    one, two = values[rows, first], values[rows, second]
    values[rows, first], values[rows, second] = two, one


def _swap(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """Two rooms change places."""
    for part in (trees.keys, *trees.cuts):
        _exchange(part, rows, one, two)


def _carry(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """Two rooms change places and take their cuts along."""
    _exchange(trees.keys, rows, one, two)


def _graft(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """A room leaves its place and shares another one's, or that of a group the other one is in."""
    apart = one != two
    rows, one, two = rows[apart], one[apart], two[apart]
    before = random.random(len(rows)) < 0.5
    trees.keys[rows, one] = trees.keys[rows, two] + np.where(before, -1e-7, 1e-7) * random.random(len(rows))
    for part in trees.cuts:
        part[rows[before], one[before]] = part[rows[before], two[before]]
    mine = np.where(before, two, one)
    deep = random.random(len(rows)) < DEEP
    trees.turns[rows, mine] = np.where(deep, 1 + random.random(len(rows)), random.random(len(rows)))
    trees.axes[rows, mine] = random.integers(0, 2, len(rows))
    trees.shifts[rows, mine] = 0
    trees.snaps[rows, mine] = random.random(len(rows)) < SNAPS


def _flip(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """A cut is made the other way."""
    trees.axes[rows, one] ^= 1


def _reorder(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """Two cuts are made in the other order."""
    _exchange(trees.turns, rows, one, two)


def _renew(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """A cut is made earlier or later."""
    trees.turns[rows, one] = random.random(len(rows))


def _mirror(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """What is on one side of a cut goes to the other side."""
    rows, place, row, start, end = _span(trees, rows, one)
    here = np.arange(trees.keys.shape[1])[None]
    first, middle, last = start[:, None], place[:, None], end[:, None]
    there = np.where((here >= first) & (here < middle), here + last - middle, here)
    there = np.where((here >= middle) & (here < last), here - (middle - first), there)
    keys = np.take_along_axis(trees.keys[rows], row, 1)
    moved = trees.keys[rows]
    np.put_along_axis(moved, row, np.take_along_axis(keys, there, 1), 1)
    trees.keys[rows] = moved
    each = np.arange(len(rows))
    for part in trees.cuts:
        _exchange(part, rows, row[each, start], row[each, place])


def _turn(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """A cut and all on both sides of it are turned by a right angle."""
    rows, _, row, start, end = _span(trees, rows, one)
    here = np.arange(trees.keys.shape[1])[None]
    inside = (here > start[:, None]) & (here < end[:, None])
    axes = trees.axes[rows]
    np.put_along_axis(axes, row, np.take_along_axis(axes, row, 1) ^ inside, 1)
    trees.axes[rows] = axes


def _span(trees: Trees, rows: np.ndarray, one: np.ndarray) -> tuple[np.ndarray, ...]:
    """Of rooms that have a cut before them: rows, place in the row, the row, start and end of what the cut parts."""
    row = np.argsort(trees.keys[rows], axis=1, kind="stable")
    place = (row == one[:, None]).argmax(1)
    some = place > 0
    rows, row, place = rows[some], row[some], place[some]
    turns = np.take_along_axis(trees.turns[rows], row, 1)
    turns[:, 0] = -np.inf
    here = np.arange(row.shape[1])[None]
    outer = turns < turns[np.arange(len(rows)), place][:, None]
    start = np.where(outer & (here < place[:, None]), here, 0).max(1)
    end = np.where(outer & (here > place[:, None]), here, row.shape[1]).min(1)
    return rows, place, row, start, end


def _grow(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """A room asks for more or less of the floor."""
    trees.sizes[rows, one] += random.normal(0, GROWTH, len(rows))


def _shift(trees: Trees, rows: np.ndarray, one: np.ndarray, two: np.ndarray, random: np.random.Generator) -> None:
    """The cut on one side of a room moves."""
    after = random.random(len(rows)) < 0.5
    keys = trees.keys[rows]
    later = np.where(keys > keys[np.arange(len(rows)), one][:, None], keys, np.inf)
    one = np.where(after & (later.min(1) < np.inf), later.argmin(1), one)
    size = np.exp(random.uniform(*LOG_SHIFTS, len(rows)))
    trees.shifts[rows, one] += random.normal(0, 1, len(rows)) * size
    snap = random.random(len(rows)) < SNAPPING
    trees.snaps[rows[snap], one[snap]] ^= True


# how often each change is made: first those of where cuts are, below zero
MOVES = (
    (-1.0, -0.5, _grow), (-0.5, 0.0, _shift), (0.0, 0.25, _swap), (0.25, 0.3, _carry), (0.3, 0.6, _graft),
    (0.6, 0.72, _flip), (0.72, 0.8, _reorder), (0.8, 0.86, _renew), (0.86, 0.94, _mirror), (0.94, 1.0, _turn),
)  # fmt: skip
