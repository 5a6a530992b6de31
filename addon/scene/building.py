# SPDX-License-Identifier: GPL-3.0-or-later
"""A made building as objects below one empty, a collection a storey, and the same building changed in place.

In place means: objects of parts that are still there stay the same datablocks; where the building stands, materials
that the designer put into slots, what was moved or edited by hand stay; parts that are no more go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import bpy

from ...core.errors import BundleError, InputError
from ...core.request import Request
from .arrival import arrive
from .as_made import keep_in_file, looking_once, own_slots
from .building_copies import MOST_OBJECTS, gathered
from .building_material import SUN, building_material, card_material, card_of, sun_material
from .building_mesh import all_held, fill_slots, held, hold, key_of, let_go
from .building_objects import bring_objects
from .building_parts import GROUP, SHOWN, SITE, collection_of, objects_of
from .building_swap import exchange, give_up, keep_edited, keep_materials, made_materials, said_of_own
from .bundle_building import BundledBuilding, Part
from .decisions import NO_HANDS, Hands, hands_of
from .draft import settle
from .record import write_object_record
from .targets import Target

# modes in which a mesh's own data are not what the window shows
BUSY_MODES = ("EDIT", "SCULPT")
ROOT_SIZE_M = 2.0


@dataclass(frozen=True)
class MadeBuilding:
    """A finished result: its Request, what was read of it, how many Blender units are a metre, the site file's text."""

    title: str
    request: Request
    bundled: BundledBuilding
    per_metre: float = 1.0
    site: str = ""

    def check(self) -> None:
        """Raise BundleError unless there is something to build, InputError for a Request that lacks hashes: before
        anything is touched."""
        _ = self.request.key
        if not self.bundled.asset.meshes:
            raise BundleError(f"'{self.title}' is no building: it has no mesh. Make it again.")

    def parts(self, option: str = "") -> list[Part]:
        """The objects to be of one option, of the one that there is where none is named; copies are gathered where they
        are too many for objects."""
        parts = self.bundled.parts
        return gathered(parts[option] if option in parts else next(iter(parts.values())), MOST_OBJECTS)

    def materials(self) -> dict[str, Any]:
        """The materials of this file for every slot, by name."""
        asset, textures = self.bundled.asset, self.bundled.textures
        found = {
            m.name: building_material(m, textures.get(n, {}), self.per_metre) for n, m in enumerate(asset.materials)
        }
        for name in {slot for mesh in self.bundled.meshes.values() for slot in slots_of(mesh, bool(asset.options))}:
            if name not in found:
                found[name] = sun_material() if name == SUN else card_material(name)
        return found


def slots_of(mesh: Any, in_row: bool) -> tuple[str, ...]:
    """The names of a made mesh's materials; in a row of options a sun map stands for all of them."""
    named = tuple(mesh.materials)
    if SUN in mesh.colors and (in_row or not named):
        return (SUN,) * max(1, len(named))
    return named or (card_of(mesh.name),)


def add_building(
    made: MadeBuilding, scene: Target, meshes: Mapping[tuple[str, int], Any], origin: Sequence[float] = (0.0, 0.0, 0.0)
) -> Any:
    """The root of a new building whose site's origin lies at `origin`, in Blender units, in a collection of its own."""
    made.check()
    into = scene.find_in(bpy.data.scenes) or bpy.context.scene
    collection, root = new_root(made.title, origin, made.per_metre)
    fill_root(root, made, made.parts(), meshes)
    write_building_record(root, made, made.bundled.asset.report)
    arrive(into, collection, root)
    return root


def change_building(
    root: Any, made: MadeBuilding, meshes: Mapping[tuple[str, int], Any], replaced: Collection[str] = ()
) -> list[str]:
    """Bring a building in place to what was made; sentences for the designer. Parts that were changed by hand or are
    locked stay, but for those `replaced`. InputError where one of its parts is open in a mode that cannot be changed
    under the designer's hands: then nothing is changed."""
    made.check()
    check_free([root])
    said = fill_root(root, made, made.parts(), meshes, hands_of(root, replaced))
    write_building_record(root, made, made.bundled.asset.report)
    return said


def new_root(title: str, origin: Sequence[float], per_metre: float) -> tuple[Any, Any]:
    """(collection, root) of a building that has no parts yet, in no scene yet."""
    collection: Any = bpy.data.collections.new(title)
    collection[GROUP] = ""
    root: Any = bpy.data.objects.new(title, None)
    root.location, root.empty_display_size = origin, ROOT_SIZE_M * per_metre
    collection.objects.link(root)
    return collection, root


def fill_root(
    root: Any,
    made: MadeBuilding,
    parts: Sequence[Part],
    meshes: Mapping[tuple[str, int], Any],
    hands: Hands = NO_HANDS,
) -> list[str]:
    """Bring what is below a root to `parts`; `meshes` are the new ones, by made mesh and level, that take the place of
    those that are not as they were made now."""
    with looking_once():
        return _fill(root, made, parts, meshes, hands)


def _fill(
    root: Any, made: MadeBuilding, parts: Sequence[Part], meshes: Mapping[tuple[str, int], Any], hands: Hands
) -> list[str]:
    items = objects_of(root)
    wanted = wanted_meshes(made, parts)
    before = {data for data in [*(item.data for item in items.values()), *all_held(root)] if key_of(data) is not None}
    former, own = made_materials(before), own_slots(before)
    give_up(former, hands)
    materials = made.materials()
    now, said = exchange(before, items, wanted, meshes, made, materials, root, hands)
    for mesh in now.values():
        fill_slots(mesh, materials, mesh if mesh.materials else None)
        hold(root, mesh)
    home = collection_of(root) or root.users_collection[0]
    shown = int(root.get(SHOWN, 0))
    data = {part.mesh: held(root, part.mesh, shown) for part in parts}
    said += bring_objects(root, home, parts, items, data, made.per_metre, hands)
    gone = [mesh for mesh in all_held(root) if key_of(mesh) not in wanted]
    let_go(root, wanted)
    said += keep_edited([mesh for mesh in gone if not mesh.users], hands)
    bpy.data.batch_remove([mesh for mesh in {*gone, *before} if not mesh.users])
    keep_in_file(own)
    said += said_of_own({*former} - {*materials.values()})
    return said + keep_materials({*former, *materials.values()})


def wanted_meshes(made: MadeBuilding, parts: Sequence[Part]) -> set[tuple[str, int]]:
    """The made meshes, by name and level, that parts show."""
    names = {part.mesh for part in parts}
    return {key for key in made.bundled.meshes if key[0] in names}


def check_free(roots: Sequence[Any]) -> None:
    """Raise InputError where a building is linked from another file, or a part of it is being edited."""
    for root in roots:
        if root.library is not None:
            raise InputError(
                f"'{root.name}' is linked from another file and cannot be changed here. Change it in its own file."
            )
        items = objects_of(root).values()
        busy = next((i for i in items if i.mode in BUSY_MODES or (i.data is not None and i.data.is_editmode)), None)
        if busy is not None:
            raise InputError(f"'{busy.name}' is being edited. Leave Edit Mode, then change the building.")


def write_building_record(root: Any, made: MadeBuilding, report: Mapping[str, float]) -> None:
    """Remember on a root what it was made from, the site file's text with it."""
    write_object_record(root, made.request, report)
    settle(root, made.request)
    if made.site:
        root[SITE] = made.site
    elif SITE in root:
        del root[SITE]
