# SPDX-License-Identifier: GPL-3.0-or-later
"""The straight skeleton of an outline: which points lie nearest, in the roof's sense, to which edge.

Every edge of the outline gets one face. With the time at which the moving edges pass a node as its height, the faces
are the planes of a hipped roof of 45 degrees; levels cut them into bands (mansards, parapets).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .convex_skeleton import convex_faces
from .wavefront import Wavefront, begin, mark_level, time_to_event, velocities
from .wavefront_knots import knit

# how near, in metres, things count as touching: tried in turn until the faces are right
NEAR_M = (1e-6, 1e-5, 1e-4, 1e-3)


@dataclass(frozen=True)
class Face:
    """The part of the roof that belongs to the outline's `edge` (counted through all rings), between two levels
    (`band` 0 lies at the edge). `nodes` run counter-clockwise."""

    edge: int
    band: int
    nodes: tuple[int, ...]


@dataclass(frozen=True)
class Skeleton:
    """`nodes` (K, 3) float64: x, y in metres and the distance in metres to the edges of the faces around; the
    outline's own vertices come first, in their order. `faces` cover the outline without overlap; `rings` are the
    loops of nodes that were left where the skeleton was told to stop, the inside on their left."""

    nodes: np.ndarray
    faces: tuple[Face, ...]
    rings: tuple[tuple[int, ...], ...] = ()


def solve_or_none(rings: tuple[np.ndarray, ...], levels: tuple[float, ...] = (), stop: bool = False) -> Skeleton | None:
    """The straight skeleton of `rings` ((N, 2) float64 metres, outer counter-clockwise, holes clockwise).

    Faces are cut at the distances `levels`, rising; with `stop` the last level is the end and what lies within stays
    open, in `Skeleton.rings`. None if no tolerance gave faces that stand the checks of `is_sound`.
    """
    middle = (rings[0].min(0) + rings[0].max(0)) / 2
    centred = tuple(ring - middle for ring in rings)
    convex = convex_faces(centred[0]) if len(rings) == 1 and not levels else None
    if convex is not None:
        skeleton = Skeleton(convex[0], tuple(Face(edge, 0, nodes) for edge, nodes in enumerate(convex[1])))
        if is_sound(skeleton, centred):
            return Skeleton(skeleton.nodes + np.append(middle, 0.0), skeleton.faces)
    for near in NEAR_M:
        front = begin(centred)
        left = _run(front, levels, stop, near)
        if left is not None:
            skeleton = Skeleton(np.array(front.nodes), _faces(front), left)
            if is_sound(skeleton, centred):
                return Skeleton(skeleton.nodes + np.append(middle, 0.0), skeleton.faces, left)
    return None


def _run(front: Wavefront, levels: tuple[float, ...], stop: bool, near: float) -> tuple[tuple[int, ...], ...] | None:
    """Let the wavefront run to its end; the loops left over, or None if it did not come to an end."""
    waiting = list(levels)
    stuck = 0
    for _ in range(8 * len(front.edges) + 50):
        if not front.edges:
            return ()
        moves, reflex, folded = velocities(front)
        if folded and knit(front, near, anywhere=True):
            continue
        wait = time_to_event(front, moves, reflex, near)
        level = waiting[0] - front.time if waiting else np.inf
        if not np.isfinite(min(wait, level)):
            return None
        step = min(wait, level)
        front.positions = front.positions + step * moves
        front.time += step
        changed = knit(front, near, anywhere=bool(reflex.any()) or stuck > 0)
        stuck = 0 if changed or step > near else stuck + 1
        if stuck > 3:
            return None
        if level <= wait and front.edges:
            waiting.pop(0)
            nodes = mark_level(front)
            if stop and not waiting:
                return _loops(front, nodes)
    return None


def _loops(front: Wavefront, nodes: list[int]) -> tuple[tuple[int, ...], ...]:
    following, seen, loops = front.after(), set[int](), []
    for first in range(len(nodes)):
        loop, k = [], first
        while k not in seen:
            seen.add(k)
            loop.append(nodes[k])
            k = following[k]
        if loop:
            loops.append(tuple(loop))
    return tuple(loops)


def _faces(front: Wavefront) -> tuple[Face, ...]:
    borders: dict[tuple[int, int], dict[int, list[int]]] = {}
    for edge, band, start, end in front.half_edges:
        borders.setdefault((edge, band), {}).setdefault(start, []).append(end)
    last_band = front.band
    faces = []
    for (edge, band), ways in sorted(borders.items()):
        faces += [Face(edge, band, cycle) for cycle in _cycles(ways) if len(cycle) > 2]
    if front.edges:
        faces = [face for face in faces if face.band < last_band]
    return tuple(faces)


def _cycles(ways: dict[int, list[int]]) -> list[tuple[int, ...]]:
    """Take directed borders apart into closed walks that pass no node twice."""
    cycles = []
    for first in list(ways):
        while ways[first]:
            walk, place = [first], {first: 0}
            while True:
                options = ways.get(walk[-1])
                if not options:
                    return [()]
                node = options.pop()
                if node not in place:
                    place[node] = len(walk)
                    walk.append(node)
                    continue
                cut = place[node]
                cycles.append(tuple(walk[cut:]))
                for passed in walk[cut + 1 :]:
                    del place[passed]
                del walk[cut + 1 :]
                if len(walk) == 1:
                    break
    return cycles


def is_sound(skeleton: Skeleton, rings: tuple[np.ndarray, ...]) -> bool:
    """True if the faces are a roof: every edge has one at its foot, each lies in the plane of its edge, none is turned
    over, borders are shared by two, and the areas sum to the outline's (1e-6 of it, or 1 cm2)."""
    total = sum(area(ring) for ring in rings)
    if not skeleton.faces:
        return False
    loops = [*(face.nodes for face in skeleton.faces), *skeleton.rings]
    areas = _areas(skeleton.nodes, loops)
    if abs(areas.sum() - total) > max(1e-6 * total, 1e-4) or areas[: len(skeleton.faces)].min() < -1e-6:
        return False
    return _is_joined(loops, rings) and _is_planar(skeleton, rings)


def _areas(nodes: np.ndarray, loops: list[tuple[int, ...]]) -> np.ndarray:
    """The signed areas of loops of `nodes`, m2."""
    here = nodes[[node for loop in loops for node in loop]]
    there = nodes[[node for loop in loops for node in (*loop[1:], loop[0])]]
    starts = np.cumsum([0, *(len(loop) for loop in loops[:-1])])
    return np.add.reduceat(here[:, 0] * there[:, 1] - here[:, 1] * there[:, 0], starts) / 2


def _is_joined(loops: list[tuple[int, ...]], rings: tuple[np.ndarray, ...]) -> bool:
    """True if every border is run along once in either direction, the outline from outside."""
    borders = [border for loop in loops for border in zip(loop, (*loop[1:], loop[0]), strict=True)]
    first = 0
    for ring in rings:
        borders += [(first + (k + 1) % len(ring), first + k) for k in range(len(ring))]
        first += len(ring)
    once = set(borders)
    return len(once) == len(borders) and all((end, start) in once for start, end in borders)


def _is_planar(skeleton: Skeleton, rings: tuple[np.ndarray, ...]) -> bool:
    feet = np.concatenate(rings)
    ways = np.concatenate([np.concatenate([ring[1:], ring[:1]]) - ring for ring in rings])
    inward = np.stack([-ways[:, 1], ways[:, 0]], 1) / np.hypot(ways[:, 0], ways[:, 1])[:, None]
    edges = np.repeat([face.edge for face in skeleton.faces], [len(face.nodes) for face in skeleton.faces])
    nodes = skeleton.nodes[[node for face in skeleton.faces for node in face.nodes]]
    distance = ((nodes[:, :2] - feet[edges]) * inward[edges]).sum(1)
    return bool(np.abs(distance - nodes[:, 2]).max() < 5e-3)


def area(ring: np.ndarray) -> float:
    """The signed area of `ring` (N, 2) in square metres, positive if it runs counter-clockwise."""
    x, y = (ring - ring[0]).T
    # the first corner is the origin: the terms that close the ring are nothing
    return float(x[:-1] @ y[1:] - y[:-1] @ x[1:]) / 2
