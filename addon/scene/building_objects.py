# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a building: new ones, those that move, those that go, each in the collection of its storey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import bpy
from mathutils import Matrix

from .building_copies import COPIED, POINTS, add_copies, change_copies, source_id
from .building_mesh import edited, key_of
from .building_parts import CLASS, GROUP, ID, MADE_HERE, QUANTITIES, STOREY, is_made, was_moved
from .building_swap import mesh_part
from .bundle_building import Part, group_number
from .decisions import NO_HANDS, Hands
from .mapping import UV_SIZE
from .mesh_edits import named, sculpted, worked_on


def bring_objects(
    root: Any,
    home: Any,
    parts: Sequence[Part],
    items: Mapping[str, Any],
    data: Mapping[str, Any],
    per_metre: float,
    hands: Hands = NO_HANDS,
) -> list[str]:
    """Bring the objects `items` of a building, by id, to `parts`; `data` are the meshes to show, by the made mesh's
    name. Sentences for the designer."""
    groups = _Groups(home, [part.group for part in parts])
    now = dict(items)
    for part in parts:
        item = items.get(part.id)
        if item is None:
            source = now.get(source_id(part.mesh))
            item = add_copies(part, source, per_metre) if part.is_many else _new(part, data, per_metre)
            named(item).parent = root
            groups.of(part.group).objects.link(item)
            now[part.id] = item
        else:
            _change(item, part, data, per_metre, hands)
            groups.move(item, part.group)
        _describe(item, part)
    wanted = {part.id for part in parts}
    said = _remove(root, [item for id_, item in items.items() if id_ not in wanted], hands)
    groups.tidy()
    return said


def _new(part: Part, data: Mapping[str, Any], per_metre: float) -> Any:
    item: Any = bpy.data.objects.new(part.id, data[part.mesh])
    item[ID] = part.id
    if part.transform is not None:
        _place(item, _matrix(part, per_metre))
    if per_metre != 1.0:
        # a unit of the UVs is a metre
        item[UV_SIZE] = [per_metre, per_metre, 1.0]
    if part.group == COPIED:
        item.hide_viewport = item.hide_render = True
    return item


def place_part(id_: str) -> str:
    """Where an object of a building stands, as a part."""
    return f"place {id_}"


def _change(item: Any, part: Part, data: Mapping[str, Any], per_metre: float, hands: Hands) -> None:
    if part.is_many:
        change_copies(item, part, per_metre)
        return
    key = key_of(item.data)
    # a mesh of the designer's own stays
    if key is not None and key[0] != part.mesh and not _own_work(item, hands):
        item.data = data[part.mesh]
    wanted, place = _matrix(part, per_metre), place_part(part.id)
    if place in hands.locked:
        return
    if not was_moved(item) or place in hands.replaced:
        _place(item, wanted)
        return
    made = item.get(MADE_HERE)
    before = Matrix([list(made[row * 4 : row * 4 + 4]) for row in range(4)]) if made is not None else Matrix()
    by_hand = before.inverted_safe() @ item.matrix_basis
    item.matrix_basis = wanted @ by_hand
    _remember(item, wanted)


def _place(item: Any, matrix: Any) -> None:
    item.matrix_basis = matrix
    _remember(item, matrix)


def _remember(item: Any, matrix: Any) -> None:
    item[MADE_HERE] = [value for row in matrix for value in row]


def _matrix(part: Part, per_metre: float) -> Any:
    if part.transform is None:
        return Matrix()
    matrix = Matrix(part.transform.tolist())
    matrix.translation *= per_metre
    return matrix


def _describe(item: Any, part: Part) -> None:
    """The custom properties that say what it is: of one element its figures, of several each one's by its id."""
    if len(part.elements) == 1:
        (element,) = part.elements
        item[CLASS], item[QUANTITIES] = element.ifc_class, dict(element.quantities)
    elif part.elements and not part.is_many:
        item[CLASS] = " ".join(sorted({element.ifc_class for element in part.elements}))
        item[QUANTITIES] = {element.id[:60]: dict(element.quantities) for element in part.elements}
    number = group_number(part.group)
    if number is not None:
        item[STOREY] = number


def _own_work(item: Any, hands: Hands, looked: dict[Any, bool] | None = None) -> bool:
    """Whether an object shows a made mesh that stays because of what was done to it by hand. `looked` remembers what
    was said of a mesh: hundreds of objects may show one."""
    key = key_of(item.data)
    if key is None:
        return False
    looked = {} if looked is None else looked
    if item.data not in looked:
        looked[item.data] = edited(item.data)
    return hands.keeps(mesh_part(key[0]), looked[item.data] or sculpted(item))


def _remove(root: Any, gone: Sequence[Any], hands: Hands) -> list[str]:
    """Take parts out that are no more; those that were changed by hand stay, and what hangs on the others."""
    said, going = [], set()
    staying: set[Any] = set()
    looked: dict[Any, bool] = {}
    for item in gone:
        # of many objects that show one edited mesh the first keeps it
        own = _own_work(item, hands, looked) and item.data not in staying
        if hands.keeps(place_part(item[ID]), was_moved(item)) or own or worked_on(item):
            staying.add(item.data)
            said.append(f"'{item.name}' was changed by hand, so it stays beside the new parts.")
        else:
            going.add(item)
    # an object's own `children` would look through the whole file each time
    for child in root.children_recursive if going else ():
        if child.parent in going and not is_made(child):
            there = child.matrix_world.copy()
            child.parent = root
            child.matrix_world = there
    points = [item.data for item in going if item.data is not None and POINTS in item.data]
    bpy.data.batch_remove(going)
    bpy.data.batch_remove([mesh for mesh in points if not mesh.users])
    return said


class _Groups:
    """The collections of a building below its own, by what they hold."""

    def __init__(self, home: Any, wanted: Sequence[str]) -> None:
        self._home = home
        self._found = {str(below[GROUP]): below for below in home.children if GROUP in below}
        self._where = {item: here for here in (home, *self._found.values()) for item in here.objects}
        for name in sorted(set(wanted) - {""}, key=_order):
            self.of(name)

    def of(self, group: str) -> Any:
        """The collection of a group, made where there is none."""
        if not group:
            return self._home
        if group not in self._found:
            made: Any = bpy.data.collections.new(group)
            made[GROUP] = group
            self._home.children.link(made)
            self._found[group] = made
        return self._found[group]

    def move(self, item: Any, group: str) -> None:
        """From one of ours to another; where the designer put it into another it stays there."""
        here, wanted = self._where.get(item), self.of(group)
        if here is not None and here != wanted:
            here.objects.unlink(item)
            if item.name not in wanted.objects:
                wanted.objects.link(item)

    def tidy(self) -> None:
        """Collections that hold nothing any more go."""
        for group, made in list(self._found.items()):
            if not made.objects and not made.children:
                bpy.data.collections.remove(made)
                del self._found[group]


def _order(group: str) -> tuple[int, int, str]:
    number = group_number(group)
    return (0, number, "") if number is not None else (1, 0, group)
