# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes of a building in place: those that are as they were made now stay, those edited by hand take the change
along or are kept, the others give way on every object that shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import bpy

from .as_made import is_as_made, remove
from .building_mesh import DIGEST, carriable, carry_over, edited, fill_slots, key_of, marked, stage_mesh
from .building_parts import building_of
from .surface import SURFACE

if TYPE_CHECKING:
    from .building import MadeBuilding

Key = tuple[str, int]


def is_current(data: Any, made: MadeBuilding) -> bool:
    """Whether a mesh is as it was made now, but for what was done by hand."""
    digest = made.bundled.digests.get(key_of(data) or ("", 0))
    return digest is not None and bool(data.get(DIGEST) == marked(digest, made.per_metre))


def exchange(
    before: Collection[Any],
    items: Mapping[str, Any],
    wanted: Collection[Key],
    staged: Mapping[Key, Any],
    made: MadeBuilding,
    materials: Mapping[str, Any],
    root: Any,
) -> tuple[dict[Key, Any], list[str]]:
    """({key: mesh} for all of `wanted`, sentences): `before` are the meshes so far of the building below `root`,
    `items` the objects that show them."""
    users = {item.data: item for item in items.values()}
    now: dict[Key, Any] = {}
    giving_way: list[Any] = []
    said: list[str] = []
    # what is as it was made comes first
    for data in sorted(before, key=lambda data: not is_current(data, made)):
        key = key_of(data)
        if key is None or key not in wanted:
            continue
        if is_current(data, made) or _carried(data, users.get(data), made, key):
            now.setdefault(key, data)
        elif data in users and edited(data):
            said.append(f"'{users[data].name}' was changed by hand, so it stays as it is.")
        else:
            giving_way.append(data)
    # of several for one, that which most objects show hands its slots on
    giving_way.sort(key=lambda data: data.users)
    for key in sorted(wanted):
        if key not in now:
            now[key] = staged.get(key) or new_mesh_of(made, key)
    _replace({data: now[key] for data in giving_way if (key := key_of(data)) is not None}, materials, root)
    return now, said


def new_mesh_of(made: MadeBuilding, key: Key) -> Any:
    """A new mesh datablock."""
    from .building import slots_of

    mesh = made.bundled.meshes[key]
    slots = slots_of(mesh, bool(made.bundled.asset.options))
    return stage_mesh(mesh, *key, made.bundled.digests[key], made.per_metre, slots)


def made_materials(meshes: Collection[Any]) -> set[Any]:
    """The materials in slots that were made with buildings, in whatever way the designer changed them since."""
    return {slot for data in meshes for slot in data.materials if slot is not None and SURFACE in slot}


def keep_materials(materials: Collection[Any]) -> list[str]:
    """Of those that nothing shows any more let the ones stay that the designer worked on; sentences about them."""
    alone = sorted((material for material in materials if not material.users), key=lambda material: material.name)
    kept = [material for material in alone if not is_as_made(material)]
    for material in kept:
        material.use_fake_user = True
    said = [f"The former material '{material.name}' stays in the file." for material in kept]
    remove(material for material in alone if not material.use_fake_user)
    return said


def _carried(data: Any, item: Any, made: MadeBuilding, key: Key) -> bool:
    if item is None or not carriable(data, made.bundled.meshes[key]):
        return False
    carry_over(item, made.bundled.meshes[key], made.bundled.digests[key], made.per_metre)
    return True


def _replace(other: Mapping[Any, Any], materials: Mapping[str, Any], root: Any) -> None:
    """Every object that shows a mesh shows the other, the slots as they were; but for those of another building, which
    may be a copy of this one."""
    for old, new in other.items():
        if old != new:
            fill_slots(new, materials, old)
    objects: Any = bpy.data.objects
    for item in objects:
        if (new := other.get(item.data)) is not None and building_of(item) in (root, None):
            item.data = new
