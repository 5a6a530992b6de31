# SPDX-License-Identifier: GPL-3.0-or-later
"""Doors between rooms, where a search may have left nothing of one of them."""

import numpy as np

from maquette.core.architecture.floor_plan import FloorPlan, Room
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.plan_doors import doors_of, outer_walls
from maquette.core.architecture.plan_rules import judged
from maquette.core.architecture.programme import parse_programme

OUTLINE = clean_outline(np.array([(0, 0), (8, 0), (8, 4), (0, 4)], np.float64))


def _room(name: str, left: float, right: float) -> Room:
    return Room(name, name, np.array([(left, 0), (right, 0), (right, 4), (left, 4)], np.float64))


def test_a_room_of_which_nothing_is_left_has_no_door_and_takes_none_from_the_others() -> None:
    living, hall, bath = _room("living", 0, 5), _room("hall", 5, 8), Room("bath", "bath", np.zeros((0, 2)))
    with_it = doors_of(OUTLINE, (living, hall, bath), [("living", "bath")], None)
    without = doors_of(OUTLINE, (living, hall), [], None)
    assert len(with_it) == len(without) > 0
    for one, two in zip(with_it, without, strict=True):
        assert one.rooms == two.rooms
        assert np.array_equal(one.start, two.start) and np.array_equal(one.end, two.end)
    assert outer_walls(OUTLINE, bath) == []
    plan = FloorPlan(OUTLINE, (living, hall, bath), with_it)
    assert judged(plan, parse_programme("living 20, hall 12, bath 4"), None).unmet
