# SPDX-License-Identifier: GPL-3.0-or-later
"""Triangles of polygons with holes."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_outlines import BLOCK, L_SHAPE, RECTANGLE, U_SHAPE, skyline, star, star_with_courtyards

from maquette.core.architecture.ear_clipping import triangulate


def area(ring: np.ndarray) -> float:
    """Signed area of a ring."""
    after = np.roll(ring, -1, 0)
    return float(0.5 * (ring[:, 0] * after[:, 1] - after[:, 0] * ring[:, 1]).sum())


def courtyards_in_line(count: int) -> tuple[np.ndarray, ...]:
    """A square with count x count square courtyards, whose corners stand in rows."""
    side = 4.0 * count + 2
    square = np.array([(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0)])
    places = [(2 + 4.0 * x, 2 + 4.0 * y) for x in range(count) for y in range(count)]
    return (np.array([(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]), *(square + place for place in places))


CASES = [(RECTANGLE,), (L_SHAPE,), (U_SHAPE,), BLOCK]
CASES += [(star(seed, 23),) for seed in range(12)] + [(skyline(seed, 9),) for seed in range(12)]
CASES += [courtyards_in_line(3), courtyards_in_line(4)]
CASES += [star_with_courtyards(seed) for seed in range(24)]


@pytest.mark.parametrize("rings", CASES)
def test_triangles_fill_the_polygon(rings: tuple[np.ndarray, ...]) -> None:
    triangles = triangulate(rings)
    corners = np.concatenate(rings)
    assert len(triangles) == len(corners) + 2 * (len(rings) - 1) - 2
    each = [area(corners[triangle]) for triangle in triangles]
    # none is turned around, so the sum is right only without overlap and gap
    assert min(each) > -1e-9
    assert sum(each) == pytest.approx(sum(area(ring) for ring in rings))


@pytest.mark.parametrize("rings", CASES)
def test_outer_edges_are_the_rings(rings: tuple[np.ndarray, ...]) -> None:
    triangles = triangulate(rings)
    pairs = {(int(t[n]), int(t[(n + 1) % 3])) for t in triangles for n in range(3)}
    assert len(pairs) == 3 * len(triangles)
    alone, start, expected = {pair for pair in pairs if pair[::-1] not in pairs}, 0, set()
    for ring in rings:
        expected |= {(start + n, start + (n + 1) % len(ring)) for n in range(len(ring))}
        start += len(ring)
    assert alone == expected


def test_corners_in_line_are_triangles_of_no_area() -> None:
    ring = np.array([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)])
    triangles = triangulate((ring,))
    assert len(triangles) == 3
    assert sum(area(ring[triangle]) for triangle in triangles) == pytest.approx(2.0)
