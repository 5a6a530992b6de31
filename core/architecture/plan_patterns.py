# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees as architects draw them: a hall as a spine, rooms in rows on both sides and across its ends.

What a search begins with. Rooms that hang on the hall stand side by side along it; a room that hangs on another one
shares its place in the row; the hall's arm, where it has one, leads between two rooms of a row to the front door or
along an end. Without a hall the first passable room stands for it.
"""

from __future__ import annotations

import numpy as np

from .plan_problem import Problem
from .plan_trees import Trees, random_trees

# a part, or (axis, before, after)
Node = int | tuple[int, "Node", "Node"]
# how often rooms stand across an end of the spine, and how much chance moves each cut
AT_AN_END, SPREAD = 0.55, 0.12


def patterned(problem: Problem, count: int, random: np.random.Generator) -> Trees:
    """`count` trees by chance, each a hall with its rooms."""
    if problem.count < 3:
        return random_trees(count, problem.count, random)
    spine, clusters, arms = _parts(problem)
    return packed([_pattern(spine, clusters, arms, random) for _ in range(count)], problem.count, random)


def packed(nodes: list[Node], parts: int, random: np.random.Generator | None = None) -> Trees:
    """Nested cuts as arrays: cuts are made from the outermost inwards, their places moved a little by `random`."""
    each = (len(nodes), parts)
    keys, turns, axes = np.zeros(each), np.zeros(each), np.zeros(each, np.int64)
    for number, node in enumerate(nodes):
        row: list[int] = []
        made: list[tuple[int, int]] = []
        _walk(node, row, made)
        keys[number, row] = (np.arange(parts) + 0.5) / parts
        for turn, (gap, axis) in enumerate(made):
            turns[number, row[gap + 1]], axes[number, row[gap + 1]] = (turn + 0.5) / parts, axis
    shifts = np.zeros(each) if random is None else random.normal(0, SPREAD, each)
    snaps = np.zeros(each, bool) if random is None else random.random(each) < 0.5
    return Trees(keys, np.zeros(keys.shape), turns, axes, shifts, snaps)


def _walk(node: Node, row: list[int], made: list[tuple[int, int]]) -> None:
    """The parts of a node in order; its cuts, outer ones first, as (gap, axis)."""
    if isinstance(node, int):
        row.append(node)
        return
    here = len(made)
    made.append((0, node[0]))
    _walk(node[1], row, made)
    made[here] = (len(row) - 1, node[0])
    _walk(node[2], row, made)


def _parts(problem: Problem) -> tuple[int, list[list[int]], list[int]]:
    """The spine, the clusters of rooms (the first of each hangs on the spine), the arms of the spine."""
    rooms, count = problem.rooms, len(problem.rooms)
    order = ("hall", "living", "dining", "stairs", "kitchen")
    spine = min(range(count), key=lambda n: (order.index(rooms[n].use) if rooms[n].use in order else 9, n))
    arms = [count + k for k in range(len(problem.arms))]
    pairs = [(int(a), int(b)) for a, b in problem.needs.pairs if max(a, b) < count]
    direct = {a + b - spine for a, b in pairs if spine in (a, b)}
    clusters = [[n] for n in range(count) if n in direct]
    for n in (n for n in range(count) if n != spine and n not in direct):
        beside = [c for c in clusters if any({n, m} == {a, b} for m in c for a, b in pairs)]
        if beside:
            beside[0].append(n)
        else:
            clusters.append([n])
    return spine, clusters, arms


def _pattern(spine: int, clusters: list[list[int]], arms: list[int], random: np.random.Generator) -> Node:
    """One pattern: rows on both sides of the spine, then what stands across its ends."""
    across = int(random.integers(0, 2))
    along = 1 - across
    order = random.permutation(len(clusters))
    items = [_cluster(clusters[n], across, random) for n in order]
    ends: list[Node] = []
    while len(items) > 2 and len(ends) < 2 and random.random() < AT_AN_END:
        ends.append(items.pop())
        if len(items) > 3 and random.random() < 0.3:
            ends[-1] = _row([ends[-1], items.pop()], across)
    middle = (
        int(random.integers(0, len(items) + 1)) if random.random() < 0.2 else (len(items) + random.integers(0, 2)) // 2
    )
    sides = [items[: int(middle)], items[int(middle) :]]
    for arm in arms:
        if random.random() < 0.75:
            side = sides[int(random.integers(0, 2))]
            side.insert(int(random.integers(0, len(side) + 1)), arm)
        else:
            ends.append(arm)
    core: Node = spine
    for side, first in zip(sides, (True, False), strict=True):
        if side:
            core = (across, _row(side, along), core) if first else (across, core, _row(side, along))
    for number in random.permutation(len(ends)):
        core = (along, core, ends[number]) if random.random() < 0.5 else (along, ends[number], core)
    return core


def _row(items: list[Node], axis: int) -> Node:
    """Items one after the other along an axis."""
    node = items[-1]
    for item in reversed(items[:-1]):
        node = (axis, item, node)
    return node


def _cluster(parts: list[int], across: int, random: np.random.Generator) -> Node:
    """A room and those that hang on it, as one item."""
    node: Node = parts[0]
    for part in parts[1:]:
        axis = across if random.random() < 0.5 else 1 - across
        node = (axis, node, part) if random.random() < 0.5 else (axis, part, node)
    return node
