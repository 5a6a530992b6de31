# SPDX-License-Identifier: GPL-3.0-or-later
"""How the cuts of slicing trees lie in each other, for many trees at a time.

A row of M parts has G = M - 1 gaps; gap g lies between places g and g + 1. The cut made first parts the whole row, and
so on within each half: a Cartesian tree (J. Vuillemin 1980) of the order of cuts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Slices:
    """By gap (B, G): `first` the first place that the cut parts, `last` the one after its last place, `depth` how many
    cuts it lies within; `before` and `after` the node on either side of it: a gap's number, or G + a place."""

    first: np.ndarray
    last: np.ndarray
    depth: np.ndarray
    before: np.ndarray
    after: np.ndarray


def slices_of(turns: np.ndarray) -> Slices:
    """The cuts of rows whose gaps (B, G) are cut in ascending order of `turns`."""
    count, gaps = turns.shape
    each, gap = np.arange(count)[:, None], np.arange(gaps)
    rank = np.empty((count, gaps), np.int64)
    np.put_along_axis(rank, np.argsort(turns, axis=1, kind="stable"), gap[None], 1)
    # [b, g, j]: cut j is made before cut g
    earlier = rank[:, None, :] < rank[:, :, None]
    first = np.where(earlier & (gap < gap[:, None]), gap + 1, 0).max(2, initial=0)
    last = np.where(earlier & (gap > gap[:, None]), gap, gaps).min(2, initial=gaps) + 1
    within = earlier & (first[:, None, :] <= gap[:, None]) & (gap[:, None] + 1 < last[:, None, :])
    before, after = np.empty((2, count, gaps), np.int64)
    padded = np.concatenate([np.full((count, 1), -1), rank, np.full((count, 1), -1)], 1)
    places = np.arange(gaps + 1)
    nodes = (
        (first - 1, last - 1, np.broadcast_to(gap, (count, gaps))),
        tuple(np.broadcast_to(part, (count, gaps + 1)) for part in (places - 1, places, places + gaps)),
    )
    # of the two cuts that bound a node, the later one is its parent
    for low, high, node in nodes:
        one, two = padded[each, low + 1], padded[each, high + 1]
        number, place = np.nonzero(two > one)
        before[number, high[number, place]] = node[number, place]
        number, place = np.nonzero(one > two)
        after[number, low[number, place]] = node[number, place]
    return Slices(first, last, within.sum(2), before, after)
