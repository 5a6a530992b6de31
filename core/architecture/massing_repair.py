# SPDX-License-Identifier: GPL-3.0-or-later
"""Wished heights made into whole storeys that have the floor area and can stand."""

from __future__ import annotations

import numpy as np

HALVINGS = 30
# how often several storeys at once are moved, and how seldom ground is built on that was open
RUNS, OPEN_GROUND = 0.7, 0.3


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
    storeys: np.ndarray,
    areas: np.ndarray,
    target_m2: float,
    most: int,
    random: np.random.Generator,
    kept: np.ndarray,
    dark: np.ndarray | None = None,
) -> np.ndarray:
    """(U,) int64: storeys taken off or put on, some at a time, until the area is right to half a piece.

    They are put on where something stands rather than on open ground, and taken off where `dark` (U,) float weights
    are high; `kept` (U,) bool are left alone.
    """
    heights, sizes = storeys.copy(), areas
    missing = target_m2 - float((storeys * areas).sum())
    weights = np.ones(len(sizes)) if dark is None else dark
    for _ in range(4 * len(heights)):
        step = 1 if missing > 0 else -1
        fits = ~kept & (sizes <= 2 * abs(missing)) & (heights + step >= 0) & (heights + step <= most)
        if not fits.any():
            break
        chances = fits * (np.where(heights > 0, 1.0, OPEN_GROUND) if step > 0 else weights)
        piece = drawn(chances, random)
        run = int(random.integers(1, most + 1)) if random.random() < RUNS else 1
        run = min(
            run, int(abs(missing) / sizes[piece] + 0.5), int(most - heights[piece] if step > 0 else heights[piece])
        )
        heights[piece] += step * run
        missing -= step * run * float(sizes[piece])
    return heights


def drawn(chances: np.ndarray, random: np.random.Generator) -> int:
    """An index by chance; `chances` (U,) float, not all 0, need not sum to 1."""
    whole = np.cumsum(chances)
    return int(min(np.searchsorted(whole, random.random() * whole[-1], side="right"), len(chances) - 1))


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
