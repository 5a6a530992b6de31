# SPDX-License-Identifier: GPL-3.0-or-later
"""An outline in plan, cleaned of what hands and surveys leave behind.

Doubled and needless corners, spikes, a wrong way round and the small loops where the ends of a hand-drawn line cross
are put right without a word. What cannot be meant as an outline is refused with a sentence that says where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..codec import show
from ..errors import InputError
from .straight_skeleton import area

MAX_DRAWN, MAX_CORNERS, MAX_HOLES = 5000, 400, 100
MAX_SPAN_M, MIN_AREA_M2, MIN_HOLE_M2 = 2000.0, 2.0, 0.25
# corners nearer than this are one; a corner that moves the line by less than this is none
DOUBLE_M, STRAIGHT_M = 0.01, 0.005
# a crossing is taken for a slip of the hand if what it cuts off is no more than this share of the area
SLIP = 0.03
# how far, as a share of its span, an outline may leave a level plane
FLATNESS = 0.01


@dataclass(frozen=True)
class Outline:
    """`outer` (N, 2) float64 metres, counter-clockwise; `holes` clockwise: the inside is always on the left. No ring
    crosses itself or another."""

    outer: np.ndarray
    holes: tuple[np.ndarray, ...] = ()

    @cached_property
    def rings(self) -> tuple[np.ndarray, ...]:
        """The outer ring, then the holes."""
        return (self.outer, *self.holes)

    @cached_property
    def area(self) -> float:
        """The area in square metres, without the holes."""
        return float(sum(area(ring) for ring in self.rings))


def clean_outline(outer: np.ndarray, holes: Sequence[np.ndarray] = ()) -> Outline:
    """The outline that `outer` and `holes` mean: (N, 2) or (N, 3) metres, either way round, closed or not.

    Heights of (N, 3) corners are dropped if they are level. Holes under 0.25 m2 are filled. Raises InputError for
    corners that are not finite, too many or not level, too many holes, an outline without area, and rings that cross.
    """
    if len(holes) > MAX_HOLES:
        raise InputError(f"The outline has {len(holes)} holes. Delete all but {MAX_HOLES}.")
    ring = _clean_ring(outer, "The outline")
    if ring is None or abs(area(ring)) < MIN_AREA_M2:
        size = 0.0 if ring is None else abs(area(ring))
        raise InputError(f"The outline encloses {size:.2f} m2. Draw one of at least {MIN_AREA_M2:g} m2.")
    ring = ring if area(ring) > 0 else ring[::-1]
    inner = []
    for number, hole in enumerate(holes, 1):
        cleaned = _clean_ring(hole, f"Hole {number} of the outline")
        if cleaned is not None and abs(area(cleaned)) >= MIN_HOLE_M2:
            inner.append(cleaned if area(cleaned) < 0 else cleaned[::-1])
    _refuse_many(len(ring) + sum(map(len, inner)), "The outline")
    _refuse_strays(ring, inner)
    return Outline(ring, tuple(inner))


def _clean_ring(points: np.ndarray, name: str) -> np.ndarray | None:
    """The ring without doubled corners, needless corners and slips; None if no area is left."""
    ring = _plan(points, name)
    while True:
        ring = _without_needless(ring)
        if len(ring) < 3:
            return None
        _refuse_many(len(ring), name)
        crossing = _first_crossing(ring)
        if crossing is None:
            return ring
        first, second, place = crossing
        inner = np.concatenate([place[None], ring[first + 1 : second + 1]])
        rest = np.concatenate([ring[: first + 1], place[None], ring[second + 1 :]])
        small, large = sorted([inner, rest], key=lambda part: abs(area(part)))
        if abs(area(small)) > SLIP * abs(area(large)):
            raise InputError(f"{name} crosses itself at {_place(place)}. Move the corners so that no two sides cross.")
        ring = large


def _refuse_many(count: int, name: str) -> None:
    if count > MAX_CORNERS:
        raise InputError(
            f"{name} has {count} corners, counted without needless ones. Simplify it to at most {MAX_CORNERS}."
        )


def _plan(points: np.ndarray, name: str) -> np.ndarray:
    ring = np.asarray(points)
    if ring.ndim != 2 or ring.shape[1] not in (2, 3) or ring.dtype.kind not in "fiu":
        raise InputError(f"{name} must be a list of points in metres; given was an array of {show(ring.shape)}.")
    if len(ring) > MAX_DRAWN:
        raise InputError(f"{name} has {len(ring)} points. Simplify it to at most {MAX_DRAWN}.")
    ring = ring.astype(np.float64)
    if not np.isfinite(ring).all():
        raise InputError(f"{name} has a corner that is not a finite number. Delete that corner.")
    span = float(np.ptp(ring[:, :2], axis=0).max()) if len(ring) else 0.0
    if span > MAX_SPAN_M:
        raise InputError(f"{name} is {span:.0f} m across. Draw it in metres and within {MAX_SPAN_M:g} m.")
    if ring.shape[1] == 3 and len(ring) and np.ptp(ring[:, 2]) > max(FLATNESS * span, DOUBLE_M):
        raise InputError(
            f"{name} is not level: its corners differ by {np.ptp(ring[:, 2]):.2f} m in height. Flatten it."
        )
    return ring[:, :2]


def _without_needless(ring: np.ndarray) -> np.ndarray:
    """Drop doubled corners, then, one by one, the corner that moves the line least, spikes included."""
    apart = np.hypot(*(ring - np.roll(ring, 1, 0)).T) > DOUBLE_M
    ring = ring[apart] if apart.any() else ring[:1]
    while len(ring) > 2:
        before, after = np.concatenate([ring[-1:], ring[:-1]]), np.concatenate([ring[1:], ring[:1]])
        chord = after - before
        length = np.hypot(*chord.T)
        way = ring - before
        aside = np.abs(chord[:, 0] * way[:, 1] - chord[:, 1] * way[:, 0]) / np.maximum(length, 1e-12)
        out = after - ring
        twist = np.abs(way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0])
        longer = np.maximum(np.hypot(*way.T), np.hypot(*out.T))
        spike = ((way * out).sum(1) < 0) & (twist / np.maximum(longer, 1e-12) < STRAIGHT_M)
        aside = np.where(spike | (length < DOUBLE_M), 0.0, aside)
        least = int(aside.argmin())
        if aside[least] >= STRAIGHT_M:
            break
        ring = np.delete(ring, least, 0)
    return ring


def _first_crossing(ring: np.ndarray) -> tuple[int, int, np.ndarray] | None:
    """Two sides of the ring that cross or touch, by their first corners, and where."""
    found = _crossings(ring, ring)
    count = len(ring)
    for first, second, place in found:
        if first < second and second - first > 1 and (first, second) != (0, count - 1):
            return first, second, place
    return None


def _crossings(one: np.ndarray, two: np.ndarray) -> list[tuple[int, int, np.ndarray]]:
    """The pairs of sides of two rings that cross or touch, in order, and where."""
    way, other = np.concatenate([one[1:], one[:1]]) - one, np.concatenate([two[1:], two[:1]]) - two
    between = two[None] - one[:, None]
    cross = way[:, None, 0] * other[None, :, 1] - way[:, None, 1] * other[None, :, 0]
    parallel = np.abs(cross) < 1e-12
    safe = np.where(parallel, 1.0, cross)
    share = (between[..., 0] * other[None, :, 1] - between[..., 1] * other[None, :, 0]) / safe
    shared = (between[..., 0] * way[:, None, 1] - between[..., 1] * way[:, None, 0]) / safe
    hit = ~parallel & (share >= 0) & (share <= 1) & (shared >= 0) & (shared <= 1)
    return [(int(i), int(j), one[i] + share[i, j] * way[i]) for i, j in np.argwhere(hit)]


def _refuse_strays(outer: np.ndarray, holes: list[np.ndarray]) -> None:
    for number, hole in enumerate(holes, 1):
        if not is_inside(outer, hole[0]):
            raise InputError(f"A hole at {_place(hole[0])} lies outside the outline. Delete it or move it inside.")
        for other in [outer, *holes[: number - 1]]:
            crossings = _crossings(hole, other)
            if crossings:
                raise InputError(
                    f"A hole crosses another side of the outline at {_place(crossings[0][2])}. Move them apart."
                )
            if other is not outer and (is_inside(other, hole[0]) or is_inside(hole, other[0])):
                raise InputError(f"A hole at {_place(hole[0])} lies within another hole. Delete one of them.")


def is_inside(ring: np.ndarray, point: np.ndarray) -> bool:
    """True if `point` (2,) lies within `ring` (N, 2), by the number of sides to its right."""
    start, end = ring, np.roll(ring, -1, 0)
    spans = (start[:, 1] > point[1]) != (end[:, 1] > point[1])
    rise = np.where(spans, end[:, 1] - start[:, 1], 1.0)
    x = start[:, 0] + (point[1] - start[:, 1]) / rise * (end[:, 0] - start[:, 0])
    return bool((spans & (x > point[0])).sum() % 2)


def _place(point: np.ndarray) -> str:
    return f"({point[0]:.2f}, {point[1]:.2f})"
