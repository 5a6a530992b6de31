# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to a generated building or to a row of options: its root, its objects, its collections, its codes.

A building is one empty, the root, which remembers the Request, and objects below it in a collection of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from .record import REQUEST, is_building

# on an object: its part's id, class, storey and quantities, and where it was made (its matrix below the root, by row)
ID, CLASS, STOREY, QUANTITIES = "maquette_id", "maquette_ifc_class", "maquette_storey", "maquette_quantities"
MADE_HERE = "maquette_made_here"
# on a collection: what of a building it holds, "" for all of it, ROW for several options
GROUP, ROW = "maquette_group", "maquette_row"
# on a root: the level of detail that is shown, the site file's text
SHOWN, SITE = "maquette_shown_level", "maquette_site"
# on a maquette's root: the option's name and code, line and place in the row, where the real site lies
OPTION, CODE, PLACE, ORIGIN = "maquette_option", "maquette_code", "maquette_place", "maquette_origin"
# single precision of some hundred metres
HAND_TOLERANCE = 1e-4


def building_of(item: Any) -> Any:
    """The root of the generated building (or maquette) that an object belongs to, None where there is none.

    Instances of a building's collection belong to it too.
    """
    while item is not None:
        if is_building(item):
            return item
        if item.type == "EMPTY" and item.instance_collection is not None:
            return next((inner for inner in item.instance_collection.all_objects if is_building(inner)), None)
        item = item.parent
    return None


def objects_of(root: Any) -> dict[str, Any]:
    """A building's objects by their parts' ids. Of copies made by hand the part is the one that was not moved."""
    found: dict[str, Any] = {}
    for item in root.children_recursive:
        if ID not in item or is_building(item):
            continue
        other = found.get(item[ID])
        if other is None or _likeness(item) < _likeness(other):
            found[item[ID]] = item
    return found


def collection_of(root: Any) -> Any:
    """The collection that holds the building, the one that was made for it; None where it is gone."""
    own = next((home for home in root.users_collection if home.get(GROUP) == ""), None)
    if own is not None:
        return own
    # the designer put the root elsewhere: the collection with most of what hangs on it
    below = set(root.children_recursive)
    collections: Any = bpy.data.collections
    counts = {home: len(below & set(home.all_objects)) for home in collections if home.get(GROUP) == ""}
    return max((home for home in counts if counts[home]), key=lambda home: counts[home], default=None)


def row_of(root: Any) -> Any:
    """The collection of the row of options that a maquette stands in, None where it stands alone."""
    home = collection_of(root)
    collections: Any = bpy.data.collections
    return next((above for above in collections if ROW in above and home in set(above.children)), None)


def option_roots(row: Any) -> list[Any]:
    """The roots of a row's maquettes, in order."""
    inside = {item for home in row.children for item in home.objects if is_building(item) and OPTION in item}
    return sorted(inside, key=lambda root: tuple(root.get(PLACE, (0,))))


def rows(scene: Any) -> list[Any]:
    """The collections of the rows of options in a scene."""
    return [home for home in scene.collection.children_recursive if ROW in home]


def buildings(scene: Any) -> Iterator[Any]:
    """The roots of the buildings and maquettes in a scene."""
    return (item for item in scene.objects if is_building(item))


def option_of(root: Any) -> str:
    """The name of the option that a maquette shows, "" for a building."""
    return str(root.get(OPTION, ""))


def code_of(root: Any) -> tuple[float, ...]:
    """What a Request carries to make this option alone; () for one of the rules that stand there for comparison, and
    for a building."""
    return tuple(float(value) for value in root.get(CODE, ()))


def site_of(root: Any) -> str:
    """The text of the site file that a building was made from, "" where it was made from none."""
    return str(root.get(SITE, ""))


def was_moved(item: Any) -> bool:
    """Whether an object does not stand where it was made."""
    made = item.get(MADE_HERE)
    now = [value for row in item.matrix_basis for value in row]
    wanted = list(made) if made is not None else [float(i % 5 == 0) for i in range(16)]
    return now != wanted and any(abs(a - b) > HAND_TOLERANCE for a, b in zip(now, wanted, strict=True))


def is_made(item: Any) -> bool:
    """Whether an object is a building's root or a part of one."""
    return ID in item or REQUEST in item


def _likeness(item: Any) -> tuple[bool, int]:
    return was_moved(item), item.session_uid
