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
    """By gap (G, B) int16: `first` the first place that the cut parts, `last` the one after its last place, `depth` how
    many cuts it lies within; `before` and `after` the node on either side of it: a gap's number, or G + a place."""

    first: np.ndarray
    last: np.ndarray
    depth: np.ndarray
    before: np.ndarray
    after: np.ndarray


def slices_of(turns: np.ndarray) -> Slices:
    """The cuts of rows whose gaps (G, B) are cut in ascending order of `turns`."""
    gaps, count = turns.shape
    # [g, j]: cut j is made before cut g, in which it may lie
    earlier = np.empty((gaps, gaps, count), bool)
    for cut in range(gaps):
        np.less_equal(turns[:cut], turns[cut], out=earlier[cut, :cut])
        np.less(turns[cut:], turns[cut], out=earlier[cut, cut:])
    gap = np.arange(gaps, dtype=np.int16)
    left = gap < gap[:, None]
    first = (earlier * np.where(left, gap + 1, 0).astype(np.int16)[..., None]).max(1, initial=0)
    last = gaps + 1 - (earlier * np.where(left, 0, gaps - gap).astype(np.int16)[..., None]).max(1, initial=0)
    within = earlier & (first[None] <= gap[:, None, None]) & (gap[:, None, None] + 1 < last[None])
    depth = within.sum(1, dtype=np.int16)
    # of the cuts that a cut lies within, the innermost one is its parent
    child = within & (depth[None] + 1 == depth[:, None])
    before = (child * np.where(left, 0, gap[:, None] + 1).astype(np.int16)[..., None]).max(0, initial=0)
    after = (child * np.where(left, gap[:, None] + 1, 0).astype(np.int16)[..., None]).max(0, initial=0)
    leaf = (gap + np.int16(gaps))[:, None]
    return Slices(
        first, last, depth, np.where(before > 0, before - 1, leaf), np.where(after > 0, after - 1, leaf + np.int16(1))
    )
