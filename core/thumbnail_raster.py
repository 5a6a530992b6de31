# SPDX-License-Identifier: GPL-3.0-or-later
"""Which triangle shows in each pixel: a z-buffer in numpy, exact at pixel centres, without a loop over triangles.

Shape letters: T triangles, R rows of triangles, P covered pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# corners nearer to the eye than this, in its distances to the scene's middle, are behind it
_NEAR = 1e-3
# covered pixels that are worked on at once
_BLOCK = 2_000_000


@dataclass(frozen=True)
class Visible:
    """`triangle` (H, W) int32, -1 where none shows; `shares` (H, W, 3) float32 of its corners, right in perspective;
    `depth` (H, W) float32 along the view, inf where none shows."""

    triangle: np.ndarray
    shares: np.ndarray
    depth: np.ndarray


def visible(corners: np.ndarray, size: tuple[int, int], shares: bool = True) -> Visible:
    """What shows of triangles `corners` (T, 3, 3) in pixels x to the right, y down, and depth above 0, in a picture of
    (height, width); its `shares` are all 0 where they are not wanted."""
    height, width = size
    nearest = np.zeros(height * width, np.float64)
    winner = np.full(height * width, -1, np.int32)
    there = np.flatnonzero((corners[:, :, 2] > _NEAR).all(1) & _inside(corners, size))
    planes = _inverse_planes(corners)
    for part in _blocks(corners, there):
        triangle, pixel = _covered(corners, part, size)
        row, column = np.divmod(pixel, width)
        inverse = planes[0][triangle] * column + planes[1][triangle] * row + planes[2][triangle]
        np.maximum.at(nearest, pixel, inverse)
        won = inverse == nearest[pixel]
        # of equally near ones the first wins, in whatever blocks they come
        order = np.flatnonzero(won)[::-1]
        winner[pixel[order]] = triangle[order]
    return _finished(corners, winner, nearest, size, shares)


def _inside(corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    low, high = corners[:, :, :2].min(1), corners[:, :, :2].max(1)
    inside: np.ndarray = (high > 0).all(1) & (low[:, 0] < size[1]) & (low[:, 1] < size[0])
    return inside


def _blocks(corners: np.ndarray, there: np.ndarray) -> list[np.ndarray]:
    """The triangles in parts whose boxes hold about _BLOCK pixels."""
    if not len(there):
        return []
    extent = np.clip(np.ptp(corners[there, :, :2], axis=1) + 2, 0, 4096)
    load = np.cumsum(extent[:, 0] * extent[:, 1] * 0.5)
    return np.split(there, np.searchsorted(load, np.arange(_BLOCK, load[-1], _BLOCK)))


def _covered(corners: np.ndarray, which: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(triangle (P,), pixel (P,)): every pixel whose centre lies in one of the triangles, row by row."""
    height, width = size
    x, y = corners[which, :, 0], corners[which, :, 1]
    top = np.clip(np.ceil(y.min(1) - 0.5), 0, height).astype(np.int64)
    end = np.clip(np.ceil(y.max(1) - 0.5), 0, height).astype(np.int64)
    own, row = _spread(top, end)
    middle = row + 0.5
    left, right = np.full(len(own), np.inf), np.full(len(own), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        ya, yb = y[own, a], y[own, b]
        crosses = (ya <= middle) != (yb <= middle)
        share = np.where(crosses, (middle - ya) / np.where(crosses, yb - ya, 1.0), 0.0)
        at = x[own, a] + share * (x[own, b] - x[own, a])
        left = np.where(crosses, np.minimum(left, at), left)
        right = np.where(crosses, np.maximum(right, at), right)
    empty = left > right
    first = np.clip(np.ceil(np.where(empty, 0, left) - 0.5), 0, width).astype(np.int64)
    last = np.clip(np.ceil(np.where(empty, 0, right) - 0.5), 0, width).astype(np.int64)
    span, column = _spread(first, last)
    return which[own[span]].astype(np.int32), row[span] * width + column


def _spread(first: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(which span, number): the whole numbers of each span [first, end), one after another."""
    counts = np.maximum(end - first, 0)
    which = np.repeat(np.arange(len(counts)), counts)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + first[which]


def _inverse_planes(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(T,) each: how one over the depth grows to the right and down, and what it is at the first pixel's middle."""
    a, b, c = (corners[:, k, :2] for k in range(3))
    inverse = 1 / np.maximum(corners[:, :, 2], _NEAR)
    area = _cross(b - a, c - a)
    flat = np.abs(area) < 1e-9
    safe = np.where(flat, 1.0, area)
    up, side = inverse[:, 1] - inverse[:, 0], inverse[:, 2] - inverse[:, 0]
    right = np.where(flat, 0.0, (up * (c - a)[:, 1] - side * (b - a)[:, 1]) / safe)
    down = np.where(flat, 0.0, (side * (b - a)[:, 0] - up * (c - a)[:, 0]) / safe)
    return right, down, inverse[:, 0] + right * (0.5 - a[:, 0]) + down * (0.5 - a[:, 1])


def _screen_shares(corners: np.ndarray, triangle: np.ndarray, pixel: np.ndarray, width: int) -> np.ndarray:
    """(P, 3) float64: shares of the corners at pixel centres, even on the screen."""
    a, b, c = (corners[triangle, k, :2].astype(np.float64) for k in range(3))
    place = np.stack([pixel % width + 0.5, pixel // width + 0.5], 1)
    area = _cross(b - a, c - a)
    safe = np.where(np.abs(area) < 1e-12, 1.0, area)
    second, third = _cross(place - a, c - a) / safe, _cross(b - a, place - a) / safe
    shares: np.ndarray = np.clip(np.stack([1 - second - third, second, third], 1), 0.0, 1.0)
    return shares


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    product: np.ndarray = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    return product


def _finished(
    corners: np.ndarray, winner: np.ndarray, nearest: np.ndarray, size: tuple[int, int], wanted: bool
) -> Visible:
    height, width = size
    shown = np.flatnonzero(winner >= 0)
    shares = np.zeros((height * width, 3), np.float32)
    if wanted:
        flat = _screen_shares(corners, winner[shown], shown, width) / corners[winner[shown], :, 2]
        shares[shown] = flat / flat.sum(1, keepdims=True)
    depth = np.full(height * width, np.inf, np.float32)
    depth[shown] = 1.0 / np.maximum(nearest[shown], 1e-12)
    return Visible(winner.reshape(size), shares.reshape(height, width, 3), depth.reshape(size))
