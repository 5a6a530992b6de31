# SPDX-License-Identifier: GPL-3.0-or-later
"""The meshes of a building in place: those that are as they were made now stay, those edited by hand take the change
along or are kept, the others give way on every object that shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import bpy

from .as_made import changed, is_as_made, remove
from .building_mesh import DIGEST, GIVEN_UP, carriable, carry_over, edited, fill_slots, key_of, marked, stage_mesh
from .building_parts import building_of
from .decisions import NO_HANDS, Hands
from .mesh_edits import sculpted
from .surface import SURFACE, made_name

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
    hands: Hands = NO_HANDS,
) -> tuple[dict[Key, Any], list[str]]:
    """({key: mesh} for all of `wanted`, sentences): `before` are the meshes so far of the building below `root`,
    `items` the objects that show them. Meshes that were changed by hand, or are locked, stay, unless given up."""
    users = {item.data: item for item in items.values()}
    now: dict[Key, Any] = {}
    giving_way: list[Any] = []
    said: list[str] = []
    # what is as it was made comes first
    for data in sorted(before, key=lambda data: not is_current(data, made)):
        key = key_of(data)
        if key is None or key not in wanted:
            continue
        part, shown = mesh_part(key[0]), users.get(data)
        given_up = part in hands.replaced and (edited(data) or sculpted(shown))
        if part in hands.locked or (is_current(data, made) and not given_up):
            now.setdefault(key, data)
        elif given_up:
            giving_way.append(data)
        elif _carried(data, shown, made, key):
            now.setdefault(key, data)
        elif edited(data) or sculpted(shown):
            said.append(f"'{(shown or data).name}' was changed by hand, so it stays as it is.")
            if shown is None:
                # a level of detail that is not shown has no user but the root
                now.setdefault(key, data)
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


def mesh_part(name: str) -> str:
    """A made mesh of a building, all levels of it, as a part."""
    return f"mesh {name}"


def material_part(name: str) -> str:
    """A material of a building as a part."""
    return f"material {name}"


def give_up(materials: Collection[Any], hands: Hands) -> None:
    """Let new ones be made in place of materials that were changed by hand and are given up."""
    for material in materials:
        if material_part(made_name(material)) in hands.replaced and changed(material):
            material[SURFACE] = GIVEN_UP


def made_materials(meshes: Collection[Any]) -> set[Any]:
    """The materials in slots that were made with buildings, in whatever way the designer changed them since."""
    return {slot for data in meshes for slot in data.materials if slot is not None and SURFACE in slot}


def keep_edited(meshes: Collection[Any], hands: Hands) -> list[str]:
    """Of meshes that nothing shows let those stay in the file that were changed by hand; sentences about them."""
    said = []
    for data in meshes:
        key = key_of(data)
        if key is not None and hands.keeps(mesh_part(key[0]), edited(data)):
            data.use_fake_user = True
            said.append(f"The mesh '{data.name}', changed by hand, stays in the file.")
    return said


def said_of_own(materials: Collection[Any]) -> list[str]:
    """Sentences about former materials that still are shown, since they were changed by hand."""
    own = sorted((m for m in materials if m.users > m.use_fake_user and changed(m)), key=lambda material: material.name)
    return [f"The material '{material.name}' was changed by hand, so it stays." for material in own]


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
    if not carriable(data, made.bundled.meshes[key]):
        return False
    carry_over(
        item or SimpleNamespace(data=data, name=data.name),
        made.bundled.meshes[key],
        made.bundled.digests[key],
        made.per_metre,
    )
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
