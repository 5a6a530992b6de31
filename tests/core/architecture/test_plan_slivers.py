# SPDX-License-Identifier: GPL-3.0-or-later
"""Strips of rooms are given away, and nothing is lost by it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from maquette.core.architecture.floor_plan import Room
from maquette.core.architecture.plan_slivers import LEAST_M2, narrow_m2, without_slivers

HALL = [(0, 0), (2, 0), (2, 2), (0.2, 2), (0.2, 6), (0, 6)]
LIVING = [(0.2, 2), (2, 2), (2, 0), (5, 0), (5, 6), (0.2, 6)]


def rooms() -> tuple[Room, ...]:
    return tuple(Room(use, use, np.array(ring, float)) for use, ring in (("hall", HALL), ("living", LIVING)))


def test_a_strip_goes_to_the_room_beside_it_and_the_floor_stays_covered() -> None:
    made = without_slivers(rooms())
    shapes = [shapely.Polygon(room.ring) for room in made]
    assert [round(shape.area, 3) for shape in shapes] == [4.0, 26.0]
    assert shapely.union_all(shapes).area == pytest.approx(30.0)
    assert narrow_m2(rooms()[0].ring) > 0.7
    assert all(narrow_m2(room.ring) < LEAST_M2 for room in made)


def test_a_kept_room_stays_as_it_was_drawn() -> None:
    made = without_slivers(rooms(), ["hall"])
    assert np.array_equal(made[0].ring, rooms()[0].ring)
