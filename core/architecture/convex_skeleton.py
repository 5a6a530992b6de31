# SPDX-License-Identifier: GPL-3.0-or-later
"""The straight skeleton of a convex outline, where edges vanish and nothing else happens.

Of the edges that are left, the one that vanishes first goes where its line meets those of its neighbours, all moved
inwards alike; plain numbers, because such outlines have few corners.
"""

from __future__ import annotations

import math

import numpy as np

MOST_CORNERS = 16
_SAME_M = 1e-7

# a corner or a meeting point, and its distance to the outline
Node = tuple[float, float, float]
# the line n . p = c + t of an edge at the distance t: (n.x, n.y, c)
Line = tuple[float, float, float]


def convex_faces(ring: np.ndarray) -> tuple[np.ndarray, list[tuple[int, ...]]] | None:
    """Nodes (K, 3), the ring's corners first, and the nodes of each edge's face, counter-clockwise from its corner on.

    `ring` (N, 2) float64 metres, counter-clockwise. None if it is not strictly convex, or has many corners.
    """
    count = len(ring)
    lines = _lines_or_none(ring.tolist()) if count <= MOST_CORNERS else None
    if lines is None:
        return None
    nodes: list[Node] = [(x, y, 0.0) for x, y in ring.tolist()]
    active = list(range(count))
    # what has been met along either side of each edge's face, from its start and from its end
    left: list[list[int]] = [[] for _ in range(count)]
    right: list[list[int]] = [[] for _ in range(count)]
    while len(active) > 2:
        found = None
        for n, edge in enumerate(active):
            meeting = _meeting(lines[active[n - 1]], lines[edge], lines[active[(n + 1) % len(active)]])
            if meeting is not None and (found is None or meeting[2] < found[0][2]):
                found = (meeting, n)
        if found is None:
            return None
        node, at = _number(nodes, found[0], count), found[1]
        edge, before, after = active[at], active[at - 1], active[(at + 1) % len(active)]
        for chain in (left[edge], right[edge], right[before], left[after]):
            if not chain or chain[-1] != node:
                chain.append(node)
        del active[at]
    return np.array(nodes), [_face(n, count, left[n], right[n]) for n in range(count)]


def _lines_or_none(corners: list[list[float]]) -> list[Line] | None:
    """The lines of a ring's edges, None if the ring does not turn left at every corner."""
    lines = []
    for (x, y), (end_x, end_y) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = max(math.hypot(end_x - x, end_y - y), 1e-12)
        normal = -(end_y - y) / length, (end_x - x) / length
        lines.append((*normal, normal[0] * x + normal[1] * y))
    turns = [a[0] * b[1] - a[1] * b[0] for a, b in zip(lines[-1:] + lines[:-1], lines, strict=True)]
    return lines if min(turns) > 1e-6 else None


def _meeting(one: Line, two: Line, three: Line) -> Node | None:
    """Where three moving lines meet, and at what distance; None if they never do."""
    ax, ay, ac = two[0] - one[0], two[1] - one[1], two[2] - one[2]
    bx, by, bc = three[0] - two[0], three[1] - two[1], three[2] - two[2]
    turn = ax * by - ay * bx
    if turn < 1e-12:
        return None
    x, y = (ac * by - bc * ay) / turn, (ax * bc - bx * ac) / turn
    return x, y, two[0] * x + two[1] * y - two[2]


def _number(nodes: list[Node], place: Node, first: int) -> int:
    """The number of a node, new or the one that is there."""
    for number in range(first, len(nodes)):
        if all(abs(a - b) < _SAME_M for a, b in zip(nodes[number], place, strict=True)):
            return number
    nodes.append(place)
    return len(nodes) - 1


def _face(edge: int, count: int, left: list[int], right: list[int]) -> tuple[int, ...]:
    up = right if not left or not right or right[-1] != left[-1] else right[:-1]
    return (edge, (edge + 1) % count, *up, *left[::-1])
