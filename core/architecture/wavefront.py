# SPDX-License-Identifier: GPL-3.0-or-later
"""The wavefront of a straight skeleton: an outline whose edges all move inwards at one metre per unit of time.

Aichholzer et al., 'A novel type of skeleton for polygons', 1995. Here is how it moves and when something meets; what
happens then stands in `wavefront_knots`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# edges whose directions differ by less than this angle, in radians, lie on each other when they meet
SAME_DIRECTION = 1e-6


@dataclass
class Wavefront:
    """Segments that chase each other round closed loops, and the trace of their vertices.

    Segment k starts at `positions[k]` (M, 2) metres, belongs to the outline's edge `edges[k]` and comes after segment
    `before[k]`; its start left node `starts[k]`, or stands only for now in the middle of an edge (-1). `directions`
    (E, 2) are the outline's edges, unit vectors, the inside on their left. `nodes` are (x, y, time); `half_edges` are
    (edge, band, from node, to node): the borders of the faces, each once in either direction.
    """

    positions: np.ndarray
    before: list[int]
    edges: list[int]
    starts: list[int]
    directions: np.ndarray
    nodes: list[tuple[float, float, float]]
    half_edges: list[tuple[int, int, int, int]]
    time: float = 0.0
    band: int = 0

    def after(self) -> list[int]:
        """For each segment the one that follows it."""
        following = [0] * len(self.before)
        for segment, previous in enumerate(self.before):
            following[previous] = segment
        return following

    def node(self, place: np.ndarray) -> int:
        """A new node at `place` (2,) and the present time."""
        self.nodes.append((float(place[0]), float(place[1]), self.time))
        return len(self.nodes) - 1

    def trace(self, segment: int, node: int) -> None:
        """Note the way of the start of `segment` from its last node to `node`, a border of the faces beside it."""
        start, left, right = self.starts[segment], self.edges[self.before[segment]], self.edges[segment]
        if start not in (-1, node) and left != right:
            self.half_edges += [(left, self.band, start, node), (right, self.band, node, start)]


def begin(rings: tuple[np.ndarray, ...]) -> Wavefront:
    """The wavefront at time 0: the outline's `rings` themselves, (N, 2) each, the inside on their left."""
    positions = np.concatenate(rings)
    before: list[int] = []
    for ring in rings:
        first = len(before)
        before += [first + len(ring) - 1, *range(first, first + len(ring) - 1)]
    ways = np.empty_like(positions)
    ways[before] = positions - positions[before]
    directions = ways / np.hypot(ways[:, 0], ways[:, 1])[:, None]
    every = list(range(len(before)))
    front = Wavefront(positions, before, every, list(every), directions, [], [])
    front.nodes = [(x, y, 0.0) for x, y in positions.tolist()]
    front.half_edges = [(start, 0, start, end) for end, start in enumerate(before)]
    return front


def velocities(front: Wavefront) -> tuple[np.ndarray, np.ndarray, bool]:
    """How the vertices move, (M, 2), which of them are reflex, (M,) bool, and whether edges lie folded on each other:
    a loop that has just lost its area, to be knitted away before anything moves."""
    out = front.directions[front.edges]
    into = out[front.before]
    nearly_back = 1 + (into * out).sum(1)
    total = np.empty_like(out)
    total[:, 0], total[:, 1] = -into[:, 1] - out[:, 1], into[:, 0] + out[:, 0]
    speed = np.where(nearly_back > 1e-14, 1 / np.maximum(nearly_back, 1e-14), 0.0)
    reflex = into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0] < -1e-9
    return total * speed[:, None], reflex, bool((nearly_back < SAME_DIRECTION**2).any())


def time_to_event(front: Wavefront, moves: np.ndarray, reflex: np.ndarray, near: float) -> float:
    """The time until an edge vanishes or a reflex vertex meets an edge, infinite if nothing will."""
    following = front.after()
    along = front.directions[front.edges]
    ways = front.positions[following] - front.positions
    growth = ((moves[following] - moves) * along).sum(1)
    length = (ways * along).sum(1)
    shrinks = growth < -1e-12
    waits = np.maximum(length[shrinks], 0) / -growth[shrinks]
    soonest = float(waits.min()) if len(waits) else np.inf
    if reflex.any():
        soonest = min(soonest, _time_to_split(front, moves, np.flatnonzero(reflex), soonest, near))
    return soonest


def _time_to_split(front: Wavefront, moves: np.ndarray, reflex: np.ndarray, limit: float, near: float) -> float:
    following = np.array(front.after())
    along = front.directions[front.edges]
    inward = np.stack([-along[:, 1], along[:, 0]], 1)
    height = front.positions[reflex] @ inward.T - (front.positions * inward).sum(1)
    closing = 1 - moves[reflex] @ inward.T
    segments = np.arange(len(front.edges))
    beside = (segments[None] == reflex[:, None]) | (following[None] == reflex[:, None])
    possible = (closing > 1e-12) & (height > -near) & ~beside
    wait = np.where(possible, np.maximum(height, 0) / np.where(possible, closing, 1), np.inf)
    vertex, segment = np.nonzero(wait < limit)
    if not len(vertex):
        return np.inf
    time = wait[vertex, segment]
    place = front.positions[reflex[vertex]] + time[:, None] * moves[reflex[vertex]]
    ahead = ((place - front.positions[segment] - time[:, None] * moves[segment]) * along[segment]).sum(1)
    end = following[segment]
    behind = ((front.positions[end] + time[:, None] * moves[end] - place) * along[segment]).sum(1)
    hits = time[(ahead > -near) & (behind > -near)]
    return float(hits.min()) if len(hits) else np.inf


def mark_level(front: Wavefront) -> list[int]:
    """Cut the faces at the present time: what follows belongs to the next band. Returns each vertex's new node."""
    nodes = [front.node(place) for place in front.positions]
    for segment, node in enumerate(nodes):
        front.trace(segment, node)
    for segment, next_segment in enumerate(front.after()):
        edge, start, end = front.edges[segment], nodes[segment], nodes[next_segment]
        front.half_edges += [(edge, front.band, end, start), (edge, front.band + 1, start, end)]
    front.starts = list(nodes)
    front.band += 1
    return nodes
