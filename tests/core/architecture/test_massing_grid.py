# SPDX-License-Identifier: GPL-3.0-or-later
"""Sites on a grid: areas, setbacks and neighbours where they belong, and bad ones told in a sentence."""

from __future__ import annotations

import math

import numpy as np
import pytest
from synthetic_site import synthetic_site

from maquette.core.architecture.massing_brief import MassingBrief, check_reachable
from maquette.core.architecture.massing_grid import longest_edge_angle, massing_grid
from maquette.core.architecture.site import Neighbour
from maquette.core.errors import InputError

RECTANGLE = np.array([[0.0, 0.0], [60.0, 0.0], [60.0, 40.0], [0.0, 40.0]])


def turned(ring: np.ndarray, angle_deg: float) -> np.ndarray:
    cos, sin = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    return ring @ np.array([[cos, sin], [-sin, cos]])


@pytest.mark.parametrize("angle_deg", [0.0, 17.0, 90.0, 130.0, -60.0])
def test_a_turned_rectangle_is_the_same_site(angle_deg: float) -> None:
    grid = massing_grid([turned(RECTANGLE, angle_deg) + 1000], [], setback_m=6.0)
    assert grid.site_area_m2 == pytest.approx(2400)
    assert grid.site.sum() * 4 == 2400
    assert grid.buildable_m2 == 48 * 28
    assert abs(math.remainder(grid.angle - math.radians(angle_deg), math.pi / 2)) < 1e-9


def test_no_corner_of_a_cell_that_may_be_built_on_stands_in_the_setback() -> None:
    for seed in range(5):
        ring, _ = synthetic_site(seed)
        grid = massing_grid([ring], [], setback_m=5.0)
        cos, sin = math.cos(grid.angle), math.sin(grid.angle)
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            px, py = grid.x_m[grid.buildable] + x, grid.y_m[grid.buildable] + y
            points = np.stack([px * cos - py * sin, px * sin + py * cos], 1) + grid.centre
            for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                along = (end - start) / np.linalg.norm(end - start)
                # the outline runs counter-clockwise and is convex: the distance from each edge's line
                assert (along[0] * (points - start)[:, 1] - along[1] * (points - start)[:, 0]).min() > 5.0 - 1e-3


def test_a_hole_is_no_part_of_the_site_and_keeps_its_setback() -> None:
    hole = np.array([[20.0, 10.0], [20.0, 30.0], [40.0, 30.0], [40.0, 10.0]])
    grid = massing_grid([RECTANGLE, hole], [], setback_m=4.0)
    assert grid.site_area_m2 == pytest.approx(2000)
    assert grid.site.sum() * 4 == 2000
    near_hole = (abs(grid.x_m) < 14) & (abs(grid.y_m) < 14) & (np.hypot(grid.x_m, grid.y_m) < 13)
    assert not (grid.buildable & near_hole).any()


def test_neighbours_stand_beside_the_site_with_their_heights_and_not_on_it() -> None:
    east = Neighbour(np.array([[70.0, 0.0], [80.0, 0.0], [80.0, 20.0], [70.0, 20.0]]), 12.0)
    taller = Neighbour(np.array([[70.0, 0.0], [76.0, 0.0], [76.0, 8.0], [70.0, 8.0]]), 20.0)
    on_site = Neighbour(np.array([[10.0, 10.0], [20.0, 10.0], [20.0, 20.0], [10.0, 20.0]]), 9.0)
    far = Neighbour(east.ring + 900, 50.0)
    grid = massing_grid([RECTANGLE], [east, taller, on_site, far], setback_m=6.0)
    assert (grid.neighbour_m == 12).sum() * 4 == 200 - 48
    assert (grid.neighbour_m == 20).sum() * 4 == 48
    assert not grid.neighbour_m[grid.site].any()
    assert grid.neighbour_m.max() == 20


def test_the_longest_edge_gives_the_axis_within_half_a_right_angle() -> None:
    for angle_deg in range(-180, 180, 7):
        angle = longest_edge_angle(turned(RECTANGLE, angle_deg))
        assert -math.pi / 4 - 1e-9 <= angle <= math.pi / 4 + 1e-9


@pytest.mark.parametrize(
    ("rings", "said"),
    [
        ([], "fewer than 3 corners"),
        ([RECTANGLE[:2]], "fewer than 3 corners"),
        ([RECTANGLE * [1, 0]], "area of 0 m2"),
        ([RECTANGLE * math.nan], "no number"),
        ([RECTANGLE * 100], "400 a side are the most"),
        ([np.tile(RECTANGLE, (600, 1))], "2400 corners; 2000 are the most"),
    ],
)
def test_a_bad_site_is_a_sentence(rings: list[np.ndarray], said: str) -> None:
    with pytest.raises(InputError, match=said):
        massing_grid(rings, [], setback_m=6.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"floor_area_ratio": 0}, "floor area ratio is 0"),
        ({"coverage": 1.5}, "coverage is 1.5"),
        ({"height_limit_m": 2.5}, "below one storey"),
        ({"height_limit_m": 400}, "121 storeys fit"),
        ({"setback_m": math.nan}, "setback in metres is nan"),
    ],
)
def test_a_bad_brief_is_a_sentence(change: dict[str, float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        MassingBrief(**({"floor_area_ratio": 2.0} | change)).check()


def test_limits_that_conflict_are_named_with_what_would_do() -> None:
    brief = MassingBrief(3.8, height_limit_m=12.0)
    with pytest.raises(
        InputError, match=r"setback of 6 m and the height limit of 12 m allow 4032 m2 \(1\.68\), 5088 m2"
    ):
        check_reachable(brief, 2400, 48 * 28)
    with pytest.raises(InputError, match=r"coverage of 0\.2 and .* Raise the height limit to 62\.7 m"):
        check_reachable(MassingBrief(3.8, coverage=0.2), 2400, 48 * 28)
    with pytest.raises(InputError, match="leaves nothing"):
        check_reachable(brief, 2400, 0)
    check_reachable(MassingBrief(3.8), 2400, 48 * 28)
