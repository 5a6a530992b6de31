# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmes as text: what is read, what is written, what is refused."""

import pytest

from maquette.core.architecture.programme import Programme, RoomWish, parse_programme, programme_to_text
from maquette.core.errors import InputError

TEXT = "living 24, kitchen 9, 2 bedroom 12, bath 5, toilet 2, hall 7; living-kitchen, hall-bath, hall-bedroom"


def test_a_text_becomes_rooms_with_names_of_their_own() -> None:
    programme = parse_programme("living 24.5, 2 bedrooms 12, bath, hall; hall-bedroom, hall-bedroom, living - hall,")
    assert [room.name for room in programme.rooms] == ["living", "bedroom 1", "bedroom 2", "bath", "hall"]
    assert programme.adjacency == (("hall", "bedroom"), ("living", "hall"))


def test_areas_may_be_left_out() -> None:
    assert parse_programme("Living, 2 bedroom 12 m2").rooms == (
        RoomWish("living", "living"),
        RoomWish("bedroom 1", "bedroom", 12.0),
        RoomWish("bedroom 2", "bedroom", 12.0),
    )


def test_text_and_programme_are_each_others_reverse() -> None:
    assert programme_to_text(parse_programme(TEXT)) == TEXT
    assert parse_programme(programme_to_text(parse_programme(TEXT))) == parse_programme(TEXT)


def test_names_are_not_part_of_the_text() -> None:
    programme = Programme((RoomWish("bedroom", "bedroom", 12.0), RoomWish("bedroom", "bedroom", 12.0)))
    assert programme_to_text(programme) == "2 bedroom 12"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rooms"),
        ("; hall-bath", "no rooms"),
        ("living 24, ballroom 90", "does not know the use 'ballroom'"),
        ("living twenty", "is no room"),
        ("0 bedroom 12", "asks for no room"),
        ("bedroom 0.1", "between 0.5"),
        ("41 bedroom 12", "41 rooms; 40 are the most"),
        ("living 24; living-kitchen", "it has no kitchen"),
        ("living 24, hall; living hall", "no pair of uses"),
        ("living 24, " * 300, "3300 letters"),
    ],
)
def test_what_is_no_programme_is_told(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_programme(text)
