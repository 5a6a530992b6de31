# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens where parts of a wavefront meet.

Events are not told apart by kind. The vertices that meet are gathered into one knot, and at the knot every edge that
leaves is joined to the next edge that arrives, counter-clockwise: between those two lies the inside. An edge that
vanishes, a split, a merge with a hole and several of them in one place are all that one rule.
"""

from __future__ import annotations

import numpy as np

from .wavefront import SAME_DIRECTION, Wavefront


def knit(front: Wavefront, near: float, anywhere: bool) -> bool:
    """Join anew whatever has met, within `near` metres; true if anything changed.

    With `anywhere` false only vertices can meet, as in a convex outline, which saves looking at the edges.
    """
    if anywhere:
        _stand_on_edges(front, near)
    knots = _knots(front.positions, near)
    if not knots:
        return False
    following = front.after()
    knot_of = {vertex: index for index, knot in enumerate(knots) for vertex in knot}
    before, positions, gone, changed = list(front.before), front.positions.copy(), set[int](), False
    starts = list(front.starts)
    for index, knot in enumerate(knots):
        leaving = [k for k in knot if knot_of.get(following[k]) != index]
        arriving = [k for k in knot if knot_of.get(front.before[k]) != index]
        pairs = _pairs(front, leaving, arriving)
        gone.update(set(knot) - set(leaving))
        if len(leaving) == len(knot) and all(out == into for out, into in pairs):
            continue
        changed = True
        place = front.positions[knot].mean(0)
        node = front.node(place)
        kept = {out for out, into in pairs if out == into}
        for k in knot:
            if k not in kept:
                front.trace(k, node)
        for out, into in pairs:
            if out != into:
                before[out], positions[out], starts[out] = front.before[into], place, node
    _settle(front, before, positions, starts, gone)
    return changed


def _stand_on_edges(front: Wavefront, near: float) -> None:
    """Where a vertex touches the middle of an edge, give the edge a vertex of its own there."""
    positions, following = front.positions, front.after()
    ways = positions[following] - positions
    length = np.maximum(np.hypot(ways[:, 0], ways[:, 1]), 1e-150)
    along = ways / length[:, None]
    inward = np.stack([-along[:, 1], along[:, 0]], 1)
    aside = positions @ inward.T - (positions * inward).sum(1)
    ahead = positions @ along.T - (positions * along).sum(1)
    touching = (np.abs(aside) < near) & (ahead > near) & (ahead < length - near)
    if not touching.any():
        return
    vertices, segments = np.nonzero(touching)
    order = np.lexsort((ahead[vertices, segments], segments))
    added = []
    last = dict(enumerate(range(len(following))))
    for vertex, segment in zip(vertices[order].tolist(), segments[order].tolist(), strict=True):
        new = len(front.before)
        front.before.append(last[segment])
        front.before[following[segment]] = new
        front.edges.append(front.edges[segment])
        front.starts.append(-1)
        last[segment] = new
        added.append(positions[vertex])
    front.positions = np.concatenate([positions, added])


def _knots(positions: np.ndarray, near: float) -> list[list[int]]:
    """The groups of two and more vertices that lie within `near` of one another."""
    # only those that share their x with another can be near it
    order = positions[:, 0].argsort(kind="stable")
    joined = np.diff(positions[order, 0]) < near
    shared = np.zeros(len(positions), bool)
    shared[order[1:]] = joined
    shared[order[:-1]] |= joined
    some = np.flatnonzero(shared)
    apart = positions[some, None] - positions[None, some]
    close = (apart[..., 0] ** 2 + apart[..., 1] ** 2) < near * near
    group = list(range(len(some)))
    for a, b in np.argwhere(np.triu(close, 1)).tolist():
        if group[a] != group[b]:
            old, new = group[b], group[a]
            group = [new if g == old else g for g in group]
    members: dict[int, list[int]] = {}
    for vertex, g in zip(some.tolist(), group, strict=True):
        members.setdefault(g, []).append(vertex)
    return [knot for knot in members.values() if len(knot) > 1]


def _pairs(front: Wavefront, leaving: list[int], arriving: list[int]) -> list[tuple[int, int]]:
    """Join each leaving edge to the arriving edge next to it counter-clockwise, the narrowest inside first.

    Pairs are (leaving, arriving) vertices of the knot.
    """
    if len(leaving) < 2:
        return list(zip(leaving, arriving, strict=True))
    out = front.directions[[front.edges[k] for k in leaving]]
    back = -front.directions[[front.edges[front.before[k]] for k in arriving]]
    turn = np.arctan2(back[:, 1], back[:, 0])[None] - np.arctan2(out[:, 1], out[:, 0])[:, None]
    turn = np.mod(turn + SAME_DIRECTION, 2 * np.pi)
    pairs, free_out, free_in = [], set(range(len(leaving))), set(range(len(arriving)))
    for flat in np.argsort(turn, axis=None, kind="stable").tolist():
        o, i = divmod(flat, len(arriving))
        if o in free_out and i in free_in:
            pairs.append((leaving[o], arriving[i]))
            free_out.remove(o)
            free_in.remove(i)
    return pairs


def _settle(front: Wavefront, before: list[int], positions: np.ndarray, starts: list[int], gone: set[int]) -> None:
    """Take over the new joints: drop what vanished, vertices that stood on an edge in vain and loops without area."""
    for k, start in enumerate(starts):
        if start == -1 and k not in gone:
            gone.add(k)
            before = [before[k] if previous == k else previous for previous in before]
    front.before, front.positions, front.starts = before, positions, starts
    for k, previous in enumerate(before):
        if k in gone or before[previous] != k or k > previous:
            continue
        ends = [_last_node(front, k), _last_node(front, previous)]
        if ends[0] != ends[1]:
            front.half_edges += [
                (front.edges[k], front.band, ends[1], ends[0]),
                (front.edges[previous], front.band, ends[0], ends[1]),
            ]
        gone |= {k, previous}
    keep = [k for k in range(len(before)) if k not in gone]
    place = {k: index for index, k in enumerate(keep)}
    front.before = [place[before[k]] for k in keep]
    front.edges = [front.edges[k] for k in keep]
    front.starts = [starts[k] for k in keep]
    front.positions = positions[keep]


def _last_node(front: Wavefront, segment: int) -> int:
    """The node at which the start of `segment` ends its way."""
    x, y, time = front.nodes[front.starts[segment]]
    if time == front.time and abs(x - front.positions[segment][0]) + abs(y - front.positions[segment][1]) < 1e-12:
        return front.starts[segment]
    node = front.node(front.positions[segment])
    front.trace(segment, node)
    return node
