# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of a wall's grid: one from each corner, one for each opening, and the pier after it."""

from __future__ import annotations

import numpy as np

from .wall_offset import dots, edges, following
from .wall_solid import Columns


def span(ring: np.ndarray, inner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) float64 metres along each edge of `ring` between which both faces of the wall are there."""
    direction, length = edges(ring)
    first, last = _inner_ends(ring, inner, direction)
    return np.maximum(first, 0.0), np.minimum(last, length)


def _inner_ends(ring: np.ndarray, inner: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the inner face of each edge starts and ends, metres along the edge."""
    first = dots(inner - ring, direction)
    last = dots(following(inner) - ring, direction)
    return first, last


def columns(
    ring: np.ndarray, inner: np.ndarray, thickness: float, edge: np.ndarray, centre: np.ndarray, width: np.ndarray
) -> Columns:
    """The columns of the wall between `ring` and `inner` with openings at `centre` (K,) metres along `edge` (K,).

    The openings are in order around the ring, `width` (K,) metres wide, within `span`, and apart from each other.
    Their cut is square to the wall; the corners are mitred.
    """
    direction, length = edges(ring)
    first, last = _inner_ends(ring, inner, direction)
    number = np.arange(len(edge))
    corner_at = np.arange(len(ring)) + 2 * np.searchsorted(edge, np.arange(len(ring)))
    open_at = edge + 1 + 2 * number
    total = len(ring) + 2 * len(edge)
    of = np.empty(total, np.int64)
    start = np.zeros((total, 2))
    opening = np.full(total, -1)
    of[corner_at], of[open_at], of[open_at + 1] = np.arange(len(ring)), edge, edge
    opening[open_at] = number
    start[corner_at, 1] = first
    start[open_at], start[open_at + 1] = (centre - width / 2)[:, None], (centre + width / 2)[:, None]
    end = following(start)
    closing = following(corner_at) - 1
    end[closing, 0], end[closing, 1] = length, last
    along, normal = direction[of], np.stack([-direction[of, 1], direction[of, 0]], 1)
    return Columns(
        outer=ring[of] + start[:, :1] * along,
        inner=ring[of] + start[:, 1:] * along + thickness * normal,
        edge=of,
        start=start,
        end=end,
        run=(np.cumsum(length) - length)[of],
        opening=opening,
        thickness=thickness,
    )
