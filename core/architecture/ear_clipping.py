# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles of a polygon with holes by ear clipping, holes joined to the outer ring by bridges (Eberly 2002,
"Triangulation by Ear Clipping"; the bridge goes to the nearest corner in sight that lies to the right)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

Corner = tuple[float, float]


def triangulate(rings: Sequence[np.ndarray]) -> np.ndarray:
    """(T, 3) int64 counter-clockwise triangles into the concatenated corners of `rings`.

    `rings` (N, 2) float64, metres: the outer one counter-clockwise, holes clockwise, none crossing. T is the number of
    corners + 2 x holes - 2, whatever the rings, so that the triangles always close a prism's end.
    """
    if len(rings) == 1 and (fan := _fan_or_none(rings[0])) is not None:
        return fan
    points: list[Corner] = [(float(x), float(y)) for ring in rings for x, y in ring]
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    loops = [list(range(a, b)) for a, b in pairwise(starts.tolist())]
    loop, holes = loops[0], sorted(loops[1:], key=lambda hole: -max(points[n][0] for n in hole))
    for number, hole in enumerate(holes):
        loop = _bridged(points, loop, hole, holes[number + 1 :])
    return np.asarray(_clip(points, loop), np.int64).reshape(-1, 3)


def _fan_or_none(ring: np.ndarray) -> np.ndarray | None:
    """The triangles around the first corner of a convex ring without straight corners, None of any other."""
    way = np.concatenate([ring[1:], ring[:1]]) - ring
    out = np.concatenate([way[1:], way[:1]])
    if not (way[:, 0] * out[:, 1] - way[:, 1] * out[:, 0] > 1e-9).all():
        return None
    # turning left all the way, once around or more often: twice the area tells
    after = np.arange(1, len(ring) - 1)
    spokes = ring[1:] - ring[0]
    if not (spokes[:-1, 0] * spokes[1:, 1] - spokes[:-1, 1] * spokes[1:, 0] > 0).all():
        return None
    fan: np.ndarray = np.stack([np.zeros_like(after), after, after + 1], 1)
    return fan


def _area(a: Corner, b: Corner, c: Corner) -> float:
    """Twice the signed area, positive where c lies left of a to b."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _bridged(points: list[Corner], loop: list[int], hole: list[int], others: list[list[int]]) -> list[int]:
    """`loop` with the way to `hole`, around it and back put in."""
    first = max(range(len(hole)), key=lambda n: points[hole[n]])
    way = hole[first:] + hole[: first + 1]
    target = points[way[0]]
    walls = [(ring[n - 1], ring[n]) for ring in [loop, hole, *others] for n in range(len(ring))]
    order = sorted(range(len(loop)), key=lambda n: _distance(points[loop[n]], target))
    right = [n for n in order if points[loop[n]][0] >= target[0] and _opens_to(points, loop, n, target)]
    seen = (n for n in right if not _blocked(points, walls, points[loop[n]], target))
    at = next(seen, right[0] if right else order[0])
    return [*loop[: at + 1], *way, *loop[at:]]


def _distance(a: Corner, b: Corner) -> float:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


def _opens_to(points: list[Corner], loop: list[int], n: int, target: Corner) -> bool:
    """Whether the way from corner n of the loop to `target` starts inside the loop."""
    before, here, after = points[loop[n - 1]], points[loop[n]], points[loop[(n + 1) % len(loop)]]
    left_of_in, left_of_out = _area(before, here, target) >= 0, _area(here, after, target) >= 0
    return left_of_in and left_of_out if _area(before, here, after) >= 0 else left_of_in or left_of_out


def _blocked(points: list[Corner], walls: list[tuple[int, int]], a: Corner, b: Corner) -> bool:
    """Whether a wall crosses the way from a to b, or a corner lies on it."""
    for one, two in walls:
        c, d = points[one], points[two]
        at_c = _area(a, b, c)
        if at_c * _area(a, b, d) < 0 and _area(c, d, a) * _area(c, d, b) < 0:
            return True
        if at_c == 0 and min(a, b) < c < max(a, b):
            return True
    return False


def _clip(points: list[Corner], loop: list[int]) -> list[tuple[int, int, int]]:
    triangles, loop = [], list(loop)
    reflex = {n for n in range(len(loop)) if _turn(points, loop, n) <= 0}
    hollow = {loop[n] for n in reflex}
    at = 0
    misses = 0
    while len(loop) > 3:
        at %= len(loop)
        if _is_ear(points, loop, at, hollow) or misses > len(loop):
            triangles.append((loop[at - 1], loop[at], loop[(at + 1) % len(loop)]))
            del loop[at]
            hollow -= _straightened(points, loop, at, hollow)
            misses = 0
        else:
            misses += 1
            at += 1
    triangles.append((loop[0], loop[1], loop[2]))
    return triangles


def _turn(points: list[Corner], loop: list[int], n: int) -> float:
    return _area(points[loop[n - 1]], points[loop[n]], points[loop[(n + 1) % len(loop)]])


def _straightened(points: list[Corner], loop: list[int], at: int, hollow: set[int]) -> set[int]:
    """Which of the two corners beside a clipped ear have become convex, and occur only once in the loop."""
    beside = [(at - 1) % len(loop), at % len(loop)]
    return {loop[n] for n in beside if loop[n] in hollow and _turn(points, loop, n) > 0 and loop.count(loop[n]) == 1}


def _is_ear(points: list[Corner], loop: list[int], at: int, hollow: set[int]) -> bool:
    a, b, c = points[loop[at - 1]], points[loop[at]], points[loop[(at + 1) % len(loop)]]
    if _area(a, b, c) <= 0:
        return False
    corners = (a, b, c)
    for n in hollow:
        p = points[n]
        if p in corners:
            continue
        if _area(a, b, p) >= 0 and _area(b, c, p) >= 0 and _area(c, a, p) >= 0:
            return False
    return True
