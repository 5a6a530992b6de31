# SPDX-License-Identifier: GPL-3.0-or-later
"""A room programme as one line of text, and back: what a plan is to hold.

    living 24, kitchen 9, 2 bedroom 12, bath 5, toilet 2, hall 7; living-kitchen, hall-bath, hall-bedroom

Before the ';' stand rooms by commas: `[count] use [area in square metres]`; a room without an area gets its share of
what the others leave. After it stand pairs of uses that doors join: every room of either use has a door to some room of
the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from ..codec import show
from ..errors import InputError
from .floor_plan import USES

MAX_ROOMS, MAX_PAIRS, MAX_LETTERS = 40, 40, 2000
LARGEST_M2 = 5000.0
_ROOM = re.compile(r"(?:(\d{1,3})\s+)?([a-z]+)(?:\s+(\d{1,6}(?:\.\d{0,6})?)(?:\s*m2)?)?", re.ASCII)
_PAIR = re.compile(r"([a-z]+)\s*-\s*([a-z]+)", re.ASCII)


@dataclass(frozen=True)
class RoomWish:
    """A room that is asked for: `name` is unique in its programme, `area_m2` 0 where none is asked."""

    name: str
    use: str
    area_m2: float = 0.0


@dataclass(frozen=True)
class Programme:
    """The rooms of a plan, and the pairs of uses that doors have to join: every room of either use to some room of
    the other."""

    rooms: tuple[RoomWish, ...]
    adjacency: tuple[tuple[str, str], ...] = ()


def parse_programme(text: str) -> Programme:
    """The programme that a text means; anything else is an InputError that says what is wrong with it."""
    if len(text) > MAX_LETTERS:
        raise InputError(f"The programme has {len(text)} letters; {MAX_LETTERS} are the most.")
    head, _, tail = text.strip().lower().partition(";")
    wishes = [wish for part in _parts(head) for wish in _rooms(part)]
    if not wishes:
        raise InputError("The programme has no rooms. Write for example 'living 24, kitchen 9, 2 bedroom 12, bath 5'.")
    if len(wishes) > MAX_ROOMS:
        raise InputError(f"The programme has {len(wishes)} rooms; {MAX_ROOMS} are the most.")
    uses = {use for use, _ in wishes}
    pairs = tuple(dict.fromkeys(_pair(part, uses) for part in _parts(tail)))
    if len(pairs) > MAX_PAIRS:
        raise InputError(f"The programme has {len(pairs)} pairs of rooms; {MAX_PAIRS} are the most.")
    return Programme(_named(wishes), pairs)


def programme_to_text(programme: Programme) -> str:
    """The one spelling of a programme; names of rooms are not part of it."""
    alike = [
        (key, len(list(some))) for key, some in groupby(programme.rooms, key=lambda room: (room.use, room.area_m2))
    ]
    rooms = [
        " ".join([*_if(count > 1, str(count)), use, *_if(area > 0, _number(area))]) for (use, area), count in alike
    ]
    pairs = [f"{first}-{second}" for first, second in programme.adjacency]
    return "; ".join([", ".join(rooms), *_if(bool(pairs), ", ".join(pairs))])


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _rooms(part: str) -> list[tuple[str, float]]:
    """The rooms of one part: their use and area."""
    found = _ROOM.fullmatch(part)
    if found is None:
        raise InputError(
            f"{show(part)} in the programme is no room. Write its count, use and area, as in '2 bedroom 12'."
        )
    count, area = int(found[1] or 1), float(found[3] or 0)
    if count < 1:
        raise InputError(f"{show(part)} in the programme asks for no room. Leave it out.")
    if found[3] and not 0.5 <= area <= LARGEST_M2:
        raise InputError(f"{show(part)} in the programme: a room has between 0.5 and {LARGEST_M2:g} square metres.")
    return [(_use(found[2]), area)] * min(count, MAX_ROOMS + 1)


def _use(word: str) -> str:
    singular = word.removesuffix("s")
    use = word if word in USES else singular
    if use not in USES:
        raise InputError(f"The programme does not know the use {show(word)}. Known are {', '.join(USES)}.")
    return use


def _pair(part: str, uses: set[str]) -> tuple[str, str]:
    found = _PAIR.fullmatch(part)
    if found is None:
        raise InputError(f"{show(part)} in the programme is no pair of uses. Write one as 'hall-bedroom'.")
    first, second = _use(found[1]), _use(found[2])
    for use in (first, second):
        if use not in uses:
            raise InputError(f"The programme asks for a door {show(part)}, but it has no {use}. Add the room.")
    return first, second


def _named(wishes: list[tuple[str, float]]) -> tuple[RoomWish, ...]:
    """A room alone in its use is named after it; several are numbered."""
    uses = [use for use, _ in wishes]
    numbers: dict[str, int] = {}
    named = []
    for use, area in wishes:
        numbers[use] = numbers.get(use, 0) + 1
        named.append(RoomWish(f"{use} {numbers[use]}" if uses.count(use) > 1 else use, use, area))
    return tuple(named)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _if(condition: bool, text: str) -> list[str]:
    return [text] if condition else []
