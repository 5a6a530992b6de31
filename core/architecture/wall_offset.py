# SPDX-License-Identifier: GPL-3.0-or-later
"""The inner faces of walls: rings moved into the building with mitred corners, as far as the outline allows.

Corner i of a ring stays corner i of the moved one, so a wall's two faces share one grid. That forbids edges that shrink
to nothing and rings that run into each other; where the asked thickness would bring either, the walls are thinner.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import InputError

MAX_CORNERS = 4096
THINNEST_M = 0.01
# of an edge, at least this much stays on the inner face
_KEPT_OF_EDGE = 0.15
# rows of the crossing test taken at once: bounds its memory for rings of thousands of corners
_ROWS = 512
# products of areas in square metres that count as none
_FLAT = 1e-12


def following(values: np.ndarray) -> np.ndarray:
    """What belongs to the next corner, at each corner of a ring."""
    return np.concatenate([values[1:], values[:1]])


def preceding(values: np.ndarray) -> np.ndarray:
    """What belongs to the corner before, at each corner of a ring."""
    return np.concatenate([values[-1:], values[:-1]])


def dots(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N,) dot products of the rows of two (N, 2) arrays."""
    return np.asarray(a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1])


def edges(ring: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2) unit directions and (N,) lengths of a ring's edges; edge i runs from corner i to corner i + 1."""
    along = following(ring) - ring
    length = np.hypot(along[:, 0], along[:, 1])
    return along / np.maximum(length, 1e-12)[:, None], length


def moved_inwards(ring: np.ndarray, distance: float) -> np.ndarray:
    """The (N, 2) ring with every edge moved `distance` metres to its left, corners mitred; negative moves outwards.

    Left is into the building for a counter-clockwise outer ring and for a clockwise courtyard.
    """
    direction, _ = edges(ring)
    normal = np.stack([-direction[:, 1], direction[:, 0]], 1)
    before = preceding(normal)
    stretch = np.maximum(1.0 + dots(normal, before), 1e-9)
    moved: np.ndarray = ring + distance * (normal + before) / stretch[:, None]
    return moved


def largest_distance(ring: np.ndarray, side: int = 1) -> float:
    """How far the ring can move inwards (`side` 1) or outwards (-1) until _KEPT_OF_EDGE of its fastest edge is left."""
    direction, length = edges(ring)
    before = preceding(direction)
    turn = before[:, 0] * direction[:, 1] - before[:, 1] * direction[:, 0]
    tangent = turn / np.maximum(1.0 + dots(before, direction), 1e-9)
    shrinking = side * (tangent + following(tangent))
    fast = shrinking > 1e-9
    return float(np.min((1 - _KEPT_OF_EDGE) * length[fast] / shrinking[fast], initial=np.inf))


def crosses(rings: Sequence[np.ndarray]) -> bool:
    """Whether any edge of the closed rings properly crosses another; shared corners and touching do not count."""
    start, along = _start_and_along(rings)
    for first in range(0, len(start), _ROWS):
        rows = slice(first, first + _ROWS)
        one, other = _sides(start[rows, None], along[rows, None], start[None], along[None])
        if bool(((one < -_FLAT) & (other < -_FLAT)).any()):
            return True
    return False


def touches(moved: Sequence[np.ndarray], rings: Sequence[np.ndarray]) -> bool:
    """Whether any edge of `moved` crosses or touches an edge of `rings` or of `moved`, its neighbours left out."""
    start, along = _start_and_along([*moved, *rings])
    after = np.concatenate([following(np.arange(len(ring))) + first for ring, first in with_starts(moved)])
    count, here = len(after), np.arange(len(after))
    low, high = np.minimum(start, start + along), np.maximum(start, start + along)
    for first in range(0, count, _ROWS):
        rows = slice(first, min(first + _ROWS, count))
        one, other = _sides(start[rows, None], along[rows, None], start[None], along[None])
        near = ((low[rows, None] <= high[None] + _FLAT) & (high[rows, None] >= low[None] - _FLAT)).all(2)
        meet = (one <= _FLAT) & (other <= _FLAT) & near
        at = np.arange(rows.stop - first)
        meet[at, here[rows]] = meet[at, after[rows]] = False
        # the edge before: the one whose next is this one
        is_next = (after >= first) & (after < rows.stop)
        meet[after[is_next] - first, here[is_next]] = False
        if bool(meet.any()):
            return True
    return False


def with_starts(rings: Sequence[np.ndarray]) -> list[tuple[np.ndarray, int]]:
    """Each ring with the number of its first corner among those of all."""
    ends = np.cumsum([len(ring) for ring in rings])
    return [(ring, int(end) - len(ring)) for ring, end in zip(rings, ends, strict=True)]


def _start_and_along(rings: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    start = np.concatenate(rings)
    return start, np.concatenate([following(ring) for ring in rings]) - start


def _sides(a: np.ndarray, d: np.ndarray, b: np.ndarray, e: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Negative where the ends of b to b + e lie on two sides of a to a + d, and the other way about."""
    away = b - a
    past, across = _cross(d, e), _cross(d, away)
    here = -_cross(e, away)
    return across * (across + past), here * (here - past)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """z of the cross product of vectors in the plan, the last axis x and y."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def inner_rings(rings: Sequence[np.ndarray], thickness_m: float) -> tuple[tuple[np.ndarray, ...], float]:
    """The inner face of the walls along each ring, and the thickness they got: `thickness_m` or less, in metres.

    `rings` are (N, 2) float64, the outer one counter-clockwise, courtyards clockwise. Raises InputError for a ring
    that is no ring, or rings that leave no room for walls of THINNEST_M (they cross, or have a spike).
    """
    for number, ring in enumerate(rings):
        _check(ring, number)
    thickness = min([float(thickness_m), *(largest_distance(ring) for ring in rings)])
    while thickness >= THINNEST_M and not crosses(rings):
        moved = tuple(moved_inwards(ring, thickness) for ring in rings)
        if not touches(moved, rings):
            return moved, thickness
        thickness *= 0.5
    raise InputError(
        "The outline leaves no room for walls: it crosses itself, or has a spike or an edge of almost no length. "
        "Redraw it as a simple outline, with corners at least a few centimetres apart."
    )


def _check(ring: np.ndarray, number: int) -> None:
    if ring.ndim != 2 or ring.shape[1] != 2 or not 3 <= len(ring) <= MAX_CORNERS:
        raise InputError(
            f"A ring of the outline has the shape {ring.shape}. Give 3 to {MAX_CORNERS} corners of two coordinates."
        )
    if not np.isfinite(ring).all():
        raise InputError("The outline has a corner that is not a number. Give finite coordinates in metres.")
    if (signed_area(ring) > 0) != (number == 0):
        way = "clockwise" if number else "counter-clockwise"
        raise InputError(f"Ring {number} of the outline runs the wrong way around, or has no area. Give it {way}.")


def signed_area(ring: np.ndarray) -> float:
    """Square metres within a ring, positive where it is counter-clockwise."""
    after = following(ring)
    return float(0.5 * (ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum())
