# SPDX-License-Identifier: GPL-3.0-or-later
"""The left half of the template while it is built: vertices and quads, and how it becomes the whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
import scipy.sparse.linalg  # type: ignore[import-untyped]

Ring = list[int]
# how fast a vertex is held: not, until the last rounds, or for good
FREE, SOFT, HARD = 0, 1, 2


@dataclass(frozen=True)
class WholeMesh:
    """Both halves: `positions` (V, 3), `quads` (F, 4), `regions` (V,) and `charts` (F,) names, and `mirror` (V,): the
    vertex across the midline, itself on it."""

    positions: np.ndarray
    quads: np.ndarray
    regions: np.ndarray
    charts: np.ndarray
    mirror: np.ndarray


class HalfMesh:
    """Vertices with x >= 0 and their quads.

    A vertex has a place or none yet (NaN), a `region` (what part of the target it may lie on), and is pinned or free.
    Vertices of the midline stay on x = 0 and are shared by the two halves.
    """

    def __init__(self) -> None:
        self.points: list[np.ndarray] = []
        self.pinned: list[int] = []
        self.midline: list[bool] = []
        self.regions: list[str] = []
        self.quads: list[tuple[int, int, int, int]] = []
        self.charts: list[str] = []
        self.followers: list[tuple[int, list[tuple[int, float]], np.ndarray]] = []

    def add(self, point: np.ndarray | None, region: str, *, pinned: int = SOFT, midline: bool = False) -> int:
        """A new vertex; without a point it is free and gets its place from its neighbours."""
        place = np.full(3, np.nan) if point is None else np.array(point, float)
        if midline and point is not None:
            place[0] = 0
        known = bool(np.isfinite(place).all())
        self.points.append(place)
        self.pinned.append(pinned if known else FREE)
        self.midline.append(midline)
        self.regions.append(region)
        return len(self.points) - 1

    def follow(self, leaders: list[tuple[int, float]], offset: np.ndarray) -> int:
        """A new vertex that goes where others are, by their shares, and an offset on."""
        vertex = self.add(None, "head_inside")
        self.followers.append((vertex, leaders, offset))
        return vertex

    def ring(self, points: Iterable[np.ndarray | None], region: str, *, pinned: int = SOFT) -> Ring:
        """New vertices, one a point."""
        return [self.add(point, region, pinned=pinned) for point in points]

    def quad(self, corners: Sequence[int], chart: str) -> None:
        a, b, c, d = corners
        self.quads.append((a, b, c, d))
        self.charts.append(chart)

    def band(self, first: Ring, second: Ring, chart: str | Sequence[str], *, closed: bool = True) -> None:
        """Quads between two rings of as many vertices; `chart` for all, or one a quad ('' leaves it out)."""
        count = len(first) if closed else len(first) - 1
        for k in range(count):
            name = chart if isinstance(chart, str) else chart[k]
            n = (k + 1) % len(first)
            if name:
                self.quad((first[k], first[n], second[n], second[k]), name)

    def cap(self, ring: Ring, width: int, region: str, chart: str, *, midline: bool = False) -> list[Ring]:
        """Close a ring of 2 (width + height) vertices by a grid; its first vertex and the `width` next are one side.

        With `midline` the ring is half of one: open, its ends on the midline, width over half of the grid.
        """
        height = len(ring) - 1 - 2 * width if midline else len(ring) // 2 - width
        first = ring[: width + 1]
        far_side = ring[width : width + height + 1]
        last = ring[width + height : 2 * width + height + 1][::-1]
        near_side = [first[0], *ring[2 * width + height + 1 :][::-1], last[0]]
        rows = [first]
        for k in range(1, height):
            start = self.add(None, region, midline=True) if midline else near_side[k]
            inner = [self.add(None, region) for _ in range(width - 1)]
            rows.append([start, *inner, far_side[k]])
        rows.append(last)
        for upper, lower in itertools.pairwise(rows):
            self.band(upper, lower, chart, closed=False)
        return rows

    def drop_unused(self) -> None:
        """Take out the vertices that no quad has, such as those inside a hole."""
        used = np.unique(np.array(self.quads))
        place = {int(vertex): k for k, vertex in enumerate(used)}
        self.points, self.pinned = [self.points[v] for v in used], [self.pinned[v] for v in used]
        self.midline, self.regions = [self.midline[v] for v in used], [self.regions[v] for v in used]
        self.quads = [(place[a], place[b], place[c], place[d]) for a, b, c, d in self.quads]
        self.followers = [
            (place[vertex], [(place[leader], share) for leader, share in leaders], offset)
            for vertex, leaders, offset in self.followers
        ]

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """(positions (V, 3), quads (F, 4))."""
        return np.array(self.points), np.array(self.quads)

    def whole(self) -> WholeMesh:
        """Both halves, faces turned outwards; mirror pairs are exact."""
        points, quads = self.arrays()
        num = len(points)
        on_line = np.array(self.midline)
        other = np.where(on_line, np.arange(num), num + np.cumsum(~on_line) - 1)
        mirrored = (points * [-1, 1, 1])[~on_line]
        both = np.concatenate([quads, other[quads][:, ::-1]])
        sided = [_sided(chart, "left") for chart in self.charts], [_sided(chart, "right") for chart in self.charts]
        back = np.empty(num + len(mirrored), int)
        back[:num], back[other] = other, np.arange(num)
        regions = np.array(self.regions)
        return WholeMesh(
            np.concatenate([points, mirrored]),
            both,
            np.concatenate([regions, np.char.replace(regions[~on_line], "left", "right")]),
            np.array(sided[0] + sided[1]),
            back,
        )


def _sided(chart: str, side: str) -> str:
    """Charts that begin with '~' are one on each side; others go across the midline."""
    return f"{side}_{chart[1:]}" if chart.startswith("~") else chart


def turned_outwards(quads: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The quads with one winding in each connected piece, and each piece turned so that its volume is positive."""
    edges: dict[tuple[int, int], list[int]] = {}
    for face, quad in enumerate(quads.tolist()):
        for k in range(4):
            a, b = quad[k], quad[(k + 1) % 4]
            edges.setdefault((min(a, b), max(a, b)), []).append(face)
    turned, seen = quads.copy(), np.zeros(len(quads), bool)
    for start in range(len(quads)):
        if seen[start]:
            continue
        piece, waiting = [], [start]
        seen[start] = True
        while waiting:
            face = waiting.pop()
            piece.append(face)
            corners = turned[face].tolist()
            for k in range(4):
                a, b = corners[k], corners[(k + 1) % 4]
                for near in edges[min(a, b), max(a, b)]:
                    if not seen[near]:
                        seen[near] = True
                        waiting.append(near)
                        other = turned[near].tolist()
                        same = any(other[m] == a and other[(m + 1) % 4] == b for m in range(4))
                        if same:
                            turned[near] = turned[near][::-1]
        if _volume(turned[piece], positions) < 0:
            turned[piece] = turned[piece][:, ::-1]
    return turned


def _volume(quads: np.ndarray, positions: np.ndarray) -> float:
    p = positions[quads] - positions[quads].mean((0, 1))
    one = (p[:, 0] * np.cross(p[:, 1], p[:, 2])).sum()
    return float(one + (p[:, 0] * np.cross(p[:, 2], p[:, 3])).sum()) / 6


def neighbour_mean(num_vertices: int, quads: np.ndarray, doubled: np.ndarray | None = None) -> sparse.csr_matrix:
    """(V, V) that takes each vertex to the mean of those it shares an edge with."""
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    both = np.concatenate([edges, edges[:, ::-1]])
    links = sparse.coo_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), (num_vertices, num_vertices)).tocsr()
    links.data[:] = 1
    if doubled is not None:
        # the other half's neighbour pulls as much
        links = _doubled(links, doubled)
    return (sparse.diags(1 / np.maximum(np.asarray(links.sum(1)).ravel(), 1)) @ links).tocsr()


def _doubled(links: sparse.csr_matrix, on_line: np.ndarray) -> sparse.csr_matrix:
    twice = sparse.diags(on_line.astype(float)) @ links @ sparse.diags((~on_line).astype(float))
    return (links + twice).tocsr()


def fill_unplaced(values: np.ndarray, known: np.ndarray, mean: sparse.csr_matrix) -> np.ndarray:
    """Values (V, D) where those not known are harmonic: each the mean of its neighbours."""
    free = np.flatnonzero(~known)
    if len(free) == 0:
        return values
    system = (sparse.identity(len(values)) - mean).tocsr()[free]
    right = -system[:, known] @ values[known]
    filled = values.copy()
    solved = scipy.sparse.linalg.splu(system[:, free].tocsc()).solve(np.asarray(right))
    filled[free] = solved
    return filled
