# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge of plans, on plans drawn by hand: each fault is found by its name."""

import numpy as np

from maquette.core.architecture.floor_plan import FloorPlan, PlanDoor, Room
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.plan_rules import judged
from maquette.core.architecture.programme import parse_programme

TWO = parse_programme("living 24, bedroom 12; living-bedroom")
FRONT = np.array([3.0, 0.0])


def _box(low: float, high: float) -> np.ndarray:
    return np.array([[low, 0], [high, 0], [high, 4], [low, 4]], float)


def _plan(cut: float = 6.0, start: float = 6.0, doors: bool = True) -> FloorPlan:
    rooms = (Room("living", "living", _box(0, cut)), Room("bedroom", "bedroom", _box(start, 9)))
    front = PlanDoor(("living", ""), np.array([2.5, 0.0]), np.array([3.5, 0.0]))
    inner = PlanDoor(("living", "bedroom"), np.array([6.0, 1.0]), np.array([6.0, 1.8]))
    return FloorPlan(clean_outline(_box(0, 9)), rooms, (front, inner) if doors else (front,))


def _faults(plan: FloorPlan) -> set[str]:
    return {rule for rule, _ in judged(plan, TWO, FRONT).unmet}


def test_a_good_plan_has_no_fault() -> None:
    assert _faults(_plan()) == set()
    assert judged(_plan(), TWO, FRONT).area_error < 1e-9


def test_gaps_and_overlaps_are_found() -> None:
    assert "coverage" in _faults(_plan(cut=5.9))
    assert "overlap" in _faults(_plan(cut=6.1))


def test_a_room_without_a_door_is_not_reached_nor_joined() -> None:
    assert _faults(_plan(doors=False)) == {"adjacency", "reach"}


def test_a_narrow_room_is_found_with_its_area_and_shape() -> None:
    assert {"width", "area", "shape"} <= _faults(_plan(cut=7.5, start=7.5))


def test_a_front_door_elsewhere_is_found() -> None:
    assert {rule for rule, _ in judged(_plan(), TWO, np.array([8.0, 0.0])).unmet} == {"entrance"}
