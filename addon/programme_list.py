# SPDX-License-Identifier: GPL-3.0-or-later
"""The room programme as a list in the panel, and as the one text that methods take: each follows the other.

A text that cannot be read leaves the list as it is; the panel says what is wrong with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ..core.architecture.programme import Programme, RoomWish, parse_programme, programme_to_text
from ..core.errors import MaquetteError
from .param_properties import group_name
from .properties import methods_of

PROGRAMME = "programme"
_writing = False


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """What is written meanwhile asks for nothing to follow it."""
    global _writing
    before, _writing = _writing, True
    try:
        yield
    finally:
        _writing = before


def shown_group(settings: Any) -> Any:
    """The shown method's parameters where it takes a programme, else None."""
    for method in methods_of("architecture"):
        if method.name == settings.method:
            group = getattr(settings, group_name(method), None)
            return group if group is not None and hasattr(group, PROGRAMME) else None
    return None


def fault(group: Any) -> str:
    """What is wrong with the text, "" where nothing is."""
    try:
        parse_programme(getattr(group, PROGRAMME))
    except MaquetteError as error:
        return str(error)
    return ""


def is_listed(settings: Any, group: Any) -> bool:
    """Whether the list says what the text does."""
    text, listed = getattr(group, PROGRAMME), programme_to_text(of_list(settings))
    if text == listed:
        return True
    try:
        return programme_to_text(parse_programme(text)) == listed
    except MaquetteError:
        return False


def of_list(settings: Any) -> Programme:
    """The list as a programme; names come from its text."""
    rooms = [RoomWish(room.use, room.use, round(room.area_m2, 2)) for room in settings.rooms for _ in range(room.count)]
    pairs = tuple((pair.first, pair.second) for pair in settings.pairs)
    return Programme(tuple(rooms), pairs)


def fill_list(settings: Any) -> None:
    """Show the text of the shown method in the list."""
    group = shown_group(settings)
    if group is None:
        return
    try:
        programme = parse_programme(getattr(group, PROGRAMME))
    except MaquetteError:
        return
    with _quietly():
        settings.rooms.clear()
        for (use, area), alike in groupby(programme.rooms, key=lambda room: (room.use, room.area_m2)):
            room = settings.rooms.add()
            room.use, room.area_m2, room.count = use, area or 0.0, len(list(alike))
        settings.pairs.clear()
        for first, second in programme.adjacency:
            pair = settings.pairs.add()
            pair.first, pair.second = first, second
        settings.rooms_active = max(0, min(settings.rooms_active, len(settings.rooms) - 1))


def write_text(settings: Any) -> None:
    """Write the list into the text of the shown method."""
    group = shown_group(settings)
    if group is None or _writing:
        return
    with _quietly():
        setattr(group, PROGRAMME, programme_to_text(of_list(settings)))


def edited(item: Any, context: Any) -> None:
    """A room or a pair of the list has a new value."""
    write_text(item.id_data.maquette_buildings)


def text_changed(group: Any, context: Any, name: str) -> None:
    """A parameter has a new value: the list follows the programme's text."""
    if name == PROGRAMME and not _writing:
        fill_list(group.id_data.maquette_buildings)


def method_changed(settings: Any, context: Any) -> None:
    """Another method is shown: the list shows its programme."""
    fill_list(settings)
