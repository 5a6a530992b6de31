# SPDX-License-Identifier: GPL-3.0-or-later
"""The random programmes that plans are judged on."""

import numpy as np
import shapely

from maquette.training.data.plan_programmes import SHAPES, plan_task


def test_tasks_are_the_same_each_time_and_take_shapes_in_turn() -> None:
    one, two = plan_task(7), plan_task(7)
    assert (one.outline.outer == two.outline.outer).all() and one.programme == two.programme
    assert [plan_task(number).shape for number in range(5)] == list(SHAPES)


def test_a_programme_fills_its_outline_and_the_door_is_on_it() -> None:
    for number in range(40):
        task = plan_task(number)
        floor = shapely.Polygon(task.outline.outer)
        assert abs(sum(room.area_m2 for room in task.programme.rooms) - floor.area) < 0.1
        assert floor.boundary.distance(shapely.Point(task.front_door)) < 1e-6
        assert 50 < floor.area < 180 and 4 <= len(task.programme.rooms) <= 9
        assert np.isfinite(task.outline.outer).all()
