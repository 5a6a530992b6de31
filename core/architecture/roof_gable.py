# SPDX-License-Identifier: GPL-3.0-or-later
"""Gables: the three-sided ends of a hipped roof put upright, the ridge run out to the wall."""

from __future__ import annotations

from collections import Counter

import numpy as np

from .straight_skeleton import Face, Skeleton

# the cosine between the roof sides beside a gable: only sides that face away from each other make a ridge
MAX_COSINE = -0.25
# the gable's tip keeps this share of the end's length from the corners, and of the ridge's height
MARGIN, MIN_HEIGHT, MAX_HEIGHT = 0.05, 0.3, 1.6


def with_gables(skeleton: Skeleton, rings: tuple[np.ndarray, ...]) -> tuple[Skeleton, frozenset[int]]:
    """Put the ends of a hipped roof upright where they make gables, the shortest first.

    Returns the roof and the edges that have a gable, none if no end lends itself to one. The sides beside a gable stay
    in their planes: its tip is where their ridge meets the wall.
    """
    corners = np.concatenate(rings)
    last = _after_each(rings)
    ways = corners[last] - corners
    lengths = np.hypot(*ways.T)
    inward = np.stack([-ways[:, 1], ways[:, 0]], 1) / lengths[:, None]
    before = np.empty(len(last), np.int64)
    before[last] = np.arange(len(last))
    faces = {face.edge: list(face.nodes) for face in skeleton.faces}
    if len(faces) != len(skeleton.faces):
        return skeleton, frozenset()
    nodes, taken, gables = list(skeleton.nodes), set[int](), set[int]()
    ends = [edge for edge, face in faces.items() if len(face) == 3]
    for edge in sorted(ends, key=lambda end: (lengths[end], end)):
        left, right, end = int(before[edge]), int(last[edge]), int(last[edge])
        if edge in taken or {left, right} & gables:
            continue
        apex = next(node for node in faces[edge] if node not in (edge, end))
        tip = _tip(nodes[apex], corners[edge], ways[edge], inward[[edge, left, right]])
        if tip is None or not (_follow(faces[left], edge, apex) and _follow(faces[right], apex, end)):
            continue
        new = len(nodes)
        nodes.append(tip)
        faces[edge][faces[edge].index(apex)] = new
        faces[left].insert(faces[left].index(edge) + 1, new)
        faces[right].insert(faces[right].index(apex) + 1, new)
        gables.add(edge)
        taken |= {left, right}
    whole = _without_passed_nodes(faces, len(corners))
    return Skeleton(np.array(nodes), tuple(Face(edge, 0, face) for edge, face in whole.items())), frozenset(gables)


def _after_each(rings: tuple[np.ndarray, ...]) -> np.ndarray:
    every = np.arange(sum(map(len, rings)))
    return np.concatenate([np.roll(part, -1) for part in np.split(every, np.cumsum([len(r) for r in rings])[:-1])])


def _follow(face: list[int], first: int, second: int) -> bool:
    return first in face and face[(face.index(first) + 1) % len(face)] == second


def _tip(apex: np.ndarray, start: np.ndarray, way: np.ndarray, inward: np.ndarray) -> np.ndarray | None:
    """Where the ridge from `apex` (3,) meets the wall over `start` + `way`; `inward` are the normals of the end and of
    the sides left and right of it. None if it would not make a gable."""
    end, left, right = inward
    if left @ right > MAX_COSINE:
        return None
    # along the ridge both sides' distances grow alike
    ridge = np.array([left[1] - right[1], right[0] - left[0]])
    towards = float(ridge @ end)
    if abs(towards) < 1e-9:
        return None
    run = -apex[2] / towards * ridge
    place = apex[:2] + run
    height = apex[2] + float(run @ left)
    share = float((place - start) @ way / (way @ way))
    fits = MARGIN < share < 1 - MARGIN and MIN_HEIGHT * apex[2] < height < MAX_HEIGHT * apex[2]
    return np.array([*place, height]) if fits else None


def _without_passed_nodes(faces: dict[int, list[int]], feet: int) -> dict[int, tuple[int, ...]]:
    """Drop nodes above the outline's `feet` corners that two faces alone share: they lie on a ridge that runs on."""
    uses = Counter(node for face in faces.values() for node in face)
    return {edge: tuple(n for n in face if n < feet or uses[n] > 2) for edge, face in faces.items()}
