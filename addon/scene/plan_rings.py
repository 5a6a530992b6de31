# SPDX-License-Identifier: GPL-3.0-or-later
"""Rings in plan out of loose edges and faces: chains, borders, loose parts, hulls, smoothed strokes. Arrays only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.architecture.outline import is_inside
from ...core.architecture.straight_skeleton import area


def border_edges(corners: np.ndarray, starts: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(E, 2) vertices of the edges that just one of the chosen faces has; `chosen` (F,) bool."""
    sizes = np.diff(starts)
    following = np.arange(1, len(corners) + 1)
    following[starts[1:][sizes > 0] - 1] = starts[:-1][sizes > 0]
    edges = np.stack([corners, corners[following]], axis=1)[np.repeat(chosen, sizes)]
    found, count = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    result: np.ndarray = found[count == 1]
    return result


def chains(edges: np.ndarray) -> list[np.ndarray]:
    """The edges as chains of vertices, closed or not, each edge in one of them; open ends begin a chain."""
    ends: dict[int, list[int]] = {}
    for number, (a, b) in enumerate(edges.tolist()):
        ends.setdefault(a, []).append(number)
        ends.setdefault(b, []).append(number)
    used = np.zeros(len(edges), bool)
    loose = [vertex for vertex, found in ends.items() if len(found) == 1]
    return [np.array(chain) for vertex in (*loose, *ends) if len(chain := _chain_from(vertex, edges, ends, used)) > 1]


def branches(edges: np.ndarray) -> np.ndarray:
    """The vertices at which more than two of the edges meet."""
    vertices, count = np.unique(edges, return_counts=True)
    result: np.ndarray = vertices[count > 2]
    return result


def loose_parts(count: int, edges: np.ndarray) -> np.ndarray:
    """(count,) the lowest vertex that each vertex hangs together with: labels spread along edges, by halving paths."""
    labels = np.arange(count)
    while True:
        least = labels.copy()
        np.minimum.at(least, edges[:, 0], labels[edges[:, 1]])
        np.minimum.at(least, edges[:, 1], labels[edges[:, 0]])
        least = least[least]
        if (least == labels).all():
            return labels
        labels = least


def convex_hull(points: np.ndarray) -> np.ndarray:
    """(H, 2) corners of the convex hull of (N, 2) points, counter-clockwise (Andrew's monotone chain)."""
    ordered: np.ndarray = np.unique(points, axis=0)
    if len(ordered) < 3:
        return ordered
    lower, upper = _half_hull(ordered.tolist()), _half_hull(ordered[::-1].tolist())
    return np.array(lower[:-1] + upper[:-1])


def smoothed(ring: np.ndarray, tolerance: float) -> np.ndarray:
    """The corners of a closed line that matter: none left out lies further from it than `tolerance` (Douglas and
    Peucker, Cartographica 10(2), 1973). The ends of the two halves are the points furthest from each other."""
    if len(ring) < 4:
        return ring
    far = int(np.hypot(*(ring[:, :2] - ring[0, :2]).T).argmax())
    first = int(np.hypot(*(ring[:, :2] - ring[far, :2]).T).argmax())
    turned = np.roll(ring, -first, axis=0)
    closed = np.concatenate([turned, turned[:1]])
    middle = (far - first) % len(ring)
    keep = np.zeros(len(closed), bool)
    keep[[0, middle]] = True
    waiting = [(0, middle), (middle, len(closed) - 1)]
    while waiting:
        start, end = waiting.pop()
        aside = _aside(closed[start + 1 : end, :2], closed[start, :2], closed[end, :2])
        if len(aside) and aside.max() > tolerance:
            at = start + 1 + int(aside.argmax())
            keep[at] = True
            waiting += [(start, at), (at, end)]
    result: np.ndarray = closed[:-1][keep[:-1]]
    return result


def nested(rings: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray], int]:
    """(outer ring, holes in it, how many rings lie outside it) of (N, 2 or 3) rings."""
    by_size = sorted(rings, key=lambda ring: -abs(area(ring[:, :2])))
    outer, rest = by_size[0], by_size[1:]
    inside = [ring for ring in rest if is_inside(outer[:, :2], ring[0, :2])]
    return outer, inside, len(rest) - len(inside)


def joined(lines: Sequence[np.ndarray]) -> np.ndarray:
    """Open lines as one, each at the end that is nearest to the end of what is joined already."""
    line, left = lines[0], list(lines[1:])
    while left:
        gaps = [
            (float(np.hypot(*(e[:2] - line[-1][:2]))), n, e is other[-1])
            for n, other in enumerate(left)
            for e in (other[0], other[-1])
        ]
        _, number, turned = min(gaps)
        found = left.pop(number)
        line = np.concatenate([line, found[::-1] if turned else found])
    return line


def _chain_from(vertex: int, edges: np.ndarray, ends: dict[int, list[int]], used: np.ndarray) -> list[int]:
    chain = [vertex]
    while True:
        step = next((number for number in ends[chain[-1]] if not used[number]), None)
        if step is None:
            break
        used[step] = True
        a, b = edges[step].tolist()
        chain.append(b if a == chain[-1] else a)
    return chain[:-1] if len(chain) > 2 and chain[0] == chain[-1] else chain


def _half_hull(points: list[list[float]]) -> list[list[float]]:
    hull: list[list[float]] = []
    for x, y in points:
        while len(hull) > 1:
            (ax, ay), (bx, by) = hull[-2], hull[-1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0:
                break
            hull.pop()
        hull.append([x, y])
    return hull


def _aside(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How far points lie from the line between two others."""
    way, to = end - start, points - start
    length = float(np.hypot(*way))
    across = np.abs(way[0] * to[:, 1] - way[1] * to[:, 0])
    result: np.ndarray = across / length if length > 1e-9 else np.hypot(*to.T)
    return result
