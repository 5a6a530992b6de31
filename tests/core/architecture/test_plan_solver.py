# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans as a whole: they keep the rules, they keep what is pinned, and what cannot be is told."""

import numpy as np
import pytest

from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.plan_rules import judged
from maquette.core.architecture.plan_solver import plan_for
from maquette.core.architecture.programme import parse_programme
from maquette.core.architecture.site import PinnedRoom, PinnedWall
from maquette.core.errors import InputError

FLAT = parse_programme(
    "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 8; living-kitchen, hall-living, hall-bedroom, hall-bath"
)


def _box(width: float, depth: float) -> Outline:
    return clean_outline(np.array([[0, 0], [width, 0], [width, depth], [0, depth]], float))


def test_a_plan_keeps_every_rule() -> None:
    door = np.array([4.0, 0.0])
    plan = plan_for(_box(10, 7), door, FLAT, 1)
    assert judged(plan, FLAT, door).unmet == ()
    assert {room.name for room in plan.rooms} == {wish.name for wish in FLAT.rooms}


def test_the_same_seed_gives_the_same_plan() -> None:
    one, two = (plan_for(_box(10, 7), None, FLAT, 5) for _ in range(2))
    assert all((a.ring == b.ring).all() for a, b in zip(one.rooms, two.rooms, strict=True))


def test_a_pinned_room_stays_and_the_rest_is_made_around_it() -> None:
    kitchen = PinnedRoom("kitchen", "kitchen", np.array([[7, 0], [10, 0], [10, 3], [7, 3]], float))
    plan = plan_for(_box(10, 7), np.array([4.0, 0.0]), FLAT, 2, [kitchen])
    made = next(room for room in plan.rooms if room.name == "kitchen")
    assert np.allclose(made.ring, kitchen.ring)
    assert not {"coverage", "overlap", "pinned"} & {rule for rule, _ in judged(plan, FLAT, None, [kitchen]).unmet}


def test_a_pinned_wall_is_a_wall_of_the_plan() -> None:
    wall = PinnedWall(np.array([6.03, 7.0]), np.array([6.03, 3.0]))
    plan = plan_for(_box(10, 7), None, FLAT, 3, (), [wall])
    assert "pinned" not in {rule for rule, _ in judged(plan, FLAT, None, (), [wall]).unmet}


def test_a_programme_larger_than_the_outline_is_told() -> None:
    with pytest.raises(InputError, match=r"asks for 70\.0 m2, and the floor has 20\.0 m2"):
        plan_for(_box(5, 4), None, FLAT, 0)
