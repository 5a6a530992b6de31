# SPDX-License-Identifier: GPL-3.0-or-later
"""Wished heights made into whole storeys that have the floor area and can stand."""

from __future__ import annotations

import numpy as np

HALVINGS = 30


def fitted(wishes: np.ndarray, areas: np.ndarray, target_m2: float, most: int) -> np.ndarray | None:
    """(U,) int64 storeys nearest to `wishes` (U,) float, 0 to `most`, with the floor area to half a piece; or None.

    Pieces that are wished 0 or less stay open; the others are all raised or lowered alike, then one by one, those
    first whose wish is nearest to the next whole storey.
    """
    stands = wishes > 0
    if most * areas[stands].sum() < 0.995 * target_m2:
        return None
    low, high = -float(most + 1) - wishes.max(), float(most + 1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if (_rounded(wishes + middle, stands, most) * areas).sum() >= target_m2:
            high = middle
        else:
            low = middle
    storeys = _rounded(wishes + low, stands, most)
    return _filled(storeys, _rounded(wishes + high, stands, most), areas, target_m2)


def balanced(
    storeys: np.ndarray, areas: np.ndarray, target_m2: float, most: int, random: np.random.Generator, kept: np.ndarray
) -> np.ndarray:
    """(U,) int64: storeys taken off or put on at random pieces, those that stand first, until the area is right to half
    a piece; `kept` (U,) bool are left alone."""
    heights, sizes = storeys.tolist(), areas.tolist()
    free = np.flatnonzero(~kept).tolist()
    missing = target_m2 - float((storeys * areas).sum())
    for _ in range(4 * len(heights)):
        step = 1 if missing > 0 else -1
        fits = [n for n in free if sizes[n] <= 2 * abs(missing) and 0 <= heights[n] + step <= most]
        fits = [n for n in fits if heights[n] > 0] or fits
        if not fits:
            break
        piece = fits[int(random.integers(len(fits)))]
        heights[piece] += step
        missing -= step * sizes[piece]
    return np.array(heights, np.int64)


def without_corner_contacts(storeys: np.ndarray) -> np.ndarray:
    """(Y, X): where two pieces would meet in a corner alone, the lower of them comes down to what joins them."""
    storeys = storeys.copy()
    for _ in range(4):
        before = storeys.copy()
        for one, two, aside, across in _diagonals(storeys):
            join = np.maximum(aside, across)
            lower = np.minimum(one, two)
            meets = lower > join
            one[meets & (one == lower)] = join[meets & (one == lower)]
            still = meets & (np.minimum(one, two) > join)
            two[still] = join[still]
        if (before == storeys).all():
            break
    return storeys


def _diagonals(storeys: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], ...]:
    a, b, c, d = storeys[:-1, :-1], storeys[:-1, 1:], storeys[1:, :-1], storeys[1:, 1:]
    return (a, d, b, c), (b, c, a, d)


def _rounded(wishes: np.ndarray, stands: np.ndarray, most: int) -> np.ndarray:
    storeys = np.floor(wishes + 0.5).clip(0, most).astype(np.int64)
    return np.asarray(storeys * stands)


def _filled(below: np.ndarray, above: np.ndarray, areas: np.ndarray, target_m2: float) -> np.ndarray:
    """`below`, and of what `above` has more as much as comes nearest to the target."""
    storeys = below.copy()
    for piece in np.flatnonzero(above > below):
        for _ in range(int(above[piece] - below[piece])):
            missing = target_m2 - float((storeys * areas).sum())
            if areas[piece] <= 2 * missing:
                storeys[piece] += 1
    return storeys
