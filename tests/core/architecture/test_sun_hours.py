# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of sun on facades and ground, where they are known, and the quick form against the plain one."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from marched_sun import random_boxes

from maquette.core.architecture.sun_hours import SIDES, beside, facade_hours, facing, ground_hours, lit_above
from maquette.core.architecture.sun_path import sun_path
from maquette.core.architecture.sun_sweep import ShadowSweep

EAST, WEST, NORTH, SOUTH = range(4)


def one_block(height_m: float = 9.9) -> torch.Tensor:
    heights = torch.zeros(1, 30, 30)
    heights[0, 12:18, 12:18] = height_m
    return heights


def test_beside_is_the_neighbouring_cell_and_nothing_outside() -> None:
    values = torch.arange(6.0).reshape(2, 3)
    assert beside(values, (1, 0)).tolist() == [[1, 2, 0], [4, 5, 0]]
    assert beside(values, (-1, 0)).tolist() == [[0, 0, 1], [0, 3, 4]]
    assert beside(values, (0, 1)).tolist() == [[3, 4, 5], [0, 0, 0]]
    assert beside(values, (0, -1)).tolist() == [[0, 0, 0], [0, 1, 2]]


def test_a_free_block_has_all_sun_from_the_south_half_from_east_and_west_and_none_from_the_north() -> None:
    path = sun_path(48.0, step_h=0.5)
    heights = one_block()
    shadows = ShadowSweep(path, (30, 30), 2.0).shadow_heights(heights)
    hours, there = facade_hours(heights, shadows, path, 3.3, 5)
    assert hours.shape == there.shape == (1, len(SIDES), 5, 30, 30)
    day = len(path.hours) * path.step_h
    # six cells a side and three storeys, none above the roof
    assert there.sum((0, 3, 4)).tolist() == [[6, 6, 6, 0, 0]] * 4
    assert (hours[0, SOUTH][there[0, SOUTH]] == day).all()
    assert (hours[0, EAST][there[0, EAST]] == day / 2).all()
    assert (hours[0, WEST][there[0, WEST]] == day / 2).all()
    assert hours[0, NORTH].max() == 0
    assert (hours[~there] == 0).all()


def test_south_of_the_equator_the_north_side_has_the_sun() -> None:
    path = sun_path(-35.0)
    heights = one_block()
    hours, there = facade_hours(heights, ShadowSweep(path, (30, 30), 2.0).shadow_heights(heights), path, 3.3, 3)
    assert (hours[0, NORTH][there[0, NORTH]] == len(path.hours)).all()
    assert hours[0, SOUTH].max() == 0


def test_a_long_wall_to_the_south_takes_the_noon_sun_as_high_as_its_shadow_reaches() -> None:
    path = sun_path(50.0)
    noon = int(np.argmin(abs(path.hours - 12)))
    heights = torch.zeros(1, 40, 200)
    heights[0, 5] = 30.0
    shadows = ShadowSweep(path, (40, 200), 2.0).shadow_heights(heights)
    _, y, z = path.directions[noon]
    for rows in (3, 8):
        # from the near face of the wall to the centre of the cell
        expected = 30.0 - (rows - 0.5) * 2.0 * z / abs(y)
        assert shadows[0, noon, 5 + rows, 100] == pytest.approx(expected, abs=1e-3)
    assert math.degrees(math.asin(z)) == pytest.approx(40, abs=1.5)


@pytest.mark.parametrize("needed_h", [0.5, 1.0, 3.0, 4.5])
def test_the_height_from_which_there_is_sun_enough_answers_for_every_storey(needed_h: float) -> None:
    path = sun_path(52.0, step_h=0.5)
    heights = torch.from_numpy(np.stack([random_boxes(seed) for seed in (4, 5)]))
    shadows = ShadowSweep(path, (40, 52), 2.0).shadow_heights(heights)
    hours, there = facade_hours(heights, shadows, path, 3.3, 9)
    middles = ((torch.arange(9) + 0.5) * 3.3)[:, None, None]
    for index, (side, suns) in enumerate(zip(SIDES, facing(path), strict=True)):
        above = beside(lit_above(shadows, suns, path, needed_h), side)[:, None]
        quick = (middles > above) & there[:, index]
        assert torch.equal(quick, (hours[:, index] >= needed_h) & there[:, index])


def test_more_hours_than_the_side_can_have_are_never_reached() -> None:
    path = sun_path(52.0)
    shadows = torch.zeros(1, len(path.hours), 4, 4)
    north = facing(path)[NORTH]
    assert lit_above(shadows, north, path, 1.0).isinf().all()
    assert (lit_above(shadows, facing(path)[SOUTH], path, 3.0) == 0).all()


def test_open_ground_has_the_whole_day_and_less_behind_a_block() -> None:
    path = sun_path(52.0)
    heights = one_block()
    hours = ground_hours(ShadowSweep(path, (30, 30), 2.0).shadow_heights(heights), path)[0]
    assert hours[2, 15] == len(path.hours)
    assert hours[18, 15] < len(path.hours) / 2
