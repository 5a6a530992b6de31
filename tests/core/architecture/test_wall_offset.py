# SPDX-License-Identifier: GPL-3.0-or-later
"""The inner faces of walls."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_outlines import BLOCK, L_SHAPE, RECTANGLE, U_SHAPE, skyline, star, star_with_courtyards

from maquette.core.architecture.wall_offset import crosses, edges, following, inner_rings, moved_inwards, touches
from maquette.core.errors import InputError


def distance_to_line(points: np.ndarray, ring: np.ndarray) -> np.ndarray:
    """Metres to the left of each edge's line of the points of the same number."""
    direction, _ = edges(ring)
    away = points - ring
    return direction[:, 0] * away[:, 1] - direction[:, 1] * away[:, 0]


@pytest.mark.parametrize("ring", [RECTANGLE, L_SHAPE, U_SHAPE, BLOCK[1], star(1), skyline(1)])
def test_every_edge_moves_by_the_distance(ring: np.ndarray) -> None:
    moved = moved_inwards(ring, 0.3)
    assert np.allclose(distance_to_line(moved, ring), 0.3)
    assert np.allclose(distance_to_line(following(moved), ring), 0.3)


def plainly_crosses(rings: list[np.ndarray]) -> bool:
    """The crossing test, one pair of edges after another."""
    pieces = [(ring[n], ring[(n + 1) % len(ring)]) for ring in rings for n in range(len(ring))]

    def side(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
        return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    for number, (a, b) in enumerate(pieces):
        for c, d in pieces[:number]:
            if side(a, b, c) * side(a, b, d) < -1e-12 and side(c, d, a) * side(c, d, b) < -1e-12:
                return True
    return False


def test_crossing_agrees_with_a_plain_loop() -> None:
    rng = np.random.default_rng(3)
    cases = [[rng.uniform(0, 10, (6, 2)), star(n, 7)] for n in range(20)]
    cases += [[star(n), moved_inwards(star(n), d)] for n in range(10) for d in (0.2, 3.0)]
    found = [crosses(case) for case in cases]
    assert found == [plainly_crosses(case) for case in cases]
    assert True in found
    assert False in found


def test_rings_of_a_thousand_corners() -> None:
    turn = np.arange(1100) * 2 * np.pi / 1100
    circle = 30 * np.stack([np.cos(turn), np.sin(turn)], 1)
    moved, thickness = inner_rings((circle,), 0.3)
    assert thickness == 0.3
    assert not touches(moved, [circle])
    # the last corners alone reach over the ring's other side
    bent = circle.copy()
    bent[-3] = (-40.0, 0.5)
    assert crosses([bent])
    assert touches([bent], [circle])
    assert touches([circle], [bent])


def test_thick_walls_where_there_is_room() -> None:
    for rings in ((RECTANGLE,), (L_SHAPE,), BLOCK, star_with_courtyards(2)):
        moved, thickness = inner_rings(rings, 0.3)
        assert thickness == 0.3
        assert [len(ring) for ring in moved] == [len(ring) for ring in rings]


def test_walls_get_thinner_where_the_outline_is_narrow() -> None:
    strip = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 0.4), (0.0, 0.4)])
    moved, thickness = inner_rings((strip,), 0.3)
    assert 0.05 < thickness < 0.2
    assert not crosses([strip, *moved])


def test_walls_of_two_courtyards_do_not_run_into_each_other() -> None:
    outer = np.array([(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)])
    holes = [np.array([(x, 3.0), (x, 7.0), (x + 4, 7.0), (x + 4, 3.0)]) for x in (5.0, 9.4)]
    moved, thickness = inner_rings((outer, *holes), 0.3)
    assert thickness < 0.2
    assert not crosses([outer, *holes, *moved])


@pytest.mark.parametrize(
    "ring",
    [
        np.array([(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]),
        np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 10.0), (5.0, 20.0), (5.0, 10.0), (0.0, 10.0)]),
        np.array([(0.0, 0.0), (10.0, 0.0)]),
        np.array([(0.0, 0.0), (10.0, 0.0), (np.nan, 4.0)]),
        np.zeros((5000, 2)),
        RECTANGLE[::-1] * 0.01,
    ],
    ids=["crossing", "spike", "two corners", "not a number", "too many corners", "tiny and turned around"],
)
def test_no_walls_for_what_is_no_outline(ring: np.ndarray) -> None:
    with pytest.raises(InputError):
        inner_rings((ring,), 0.3)
