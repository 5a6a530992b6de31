# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Architecture panel edits, stored in the scene: each method's parameters, what of the scene makes the site,
and the rooms of the programme.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from ..core.architecture.floor_plan import USES
from ..core.generators import Method, find_method
from ..core.request import MAX_SEED
from . import building_live, programme_list
from .made_classes import MadeClasses
from .param_properties import choice_label, group_name, make_group
from .properties import methods_of
from .scene.drawn_outline import TYPES, Chosen

GENERATOR = "architecture"
USE_ITEMS = [(use.name, choice_label(use.name), "") for use in USES.values()]


def _forget_parts(pick: Any, context: Any) -> None:
    pick.kind, pick.indices, pick.mesh_size = "", "", (0, 0, 0)


class SitePick(PropertyGroup):
    """An object that shows an outline, and which parts of it do: all where none are chosen."""

    item: PointerProperty(  # type: ignore[valid-type]
        name="Outline",
        description="A mesh, curve or grease pencil. In Edit Mode, 'Use Selected' takes the selected faces or edges",
        type=bpy.types.Object,
        poll=lambda self, item: item.type in TYPES,
        update=_forget_parts,
    )
    kind: StringProperty(options={"HIDDEN"})  # type: ignore[valid-type]
    indices: StringProperty(options={"HIDDEN"})  # type: ignore[valid-type]
    mesh_size: IntVectorProperty(size=3, options={"HIDDEN"})  # type: ignore[valid-type]

    @property
    def chosen(self) -> Chosen | None:
        """The chosen parts, None for all of the object."""
        if not self.indices:
            return None
        size = (self.mesh_size[0], self.mesh_size[1], self.mesh_size[2])
        return Chosen(self.kind, tuple(int(index) for index in self.indices.split()), size)

    def use(self, item: Any, chosen: Chosen | None = None) -> None:
        """Choose an object, and parts of it."""
        self.item = item
        if chosen is not None:
            self.kind, self.indices = chosen.kind, " ".join(map(str, chosen.indices))
            self.mesh_size = chosen.size


class ProgrammeRoom(PropertyGroup):
    """Rooms of one use in the programme."""

    use: EnumProperty(name="Use", description="What the room is for", items=USE_ITEMS, update=programme_list.edited)  # type: ignore[valid-type]
    count: IntProperty(  # type: ignore[valid-type]
        name="Count", description="So many of them", default=1, min=1, max=20, update=programme_list.edited
    )
    area_m2: FloatProperty(  # type: ignore[valid-type]
        name="Area",
        description="Floor area of each one in square metres; 0 leaves it to the plan",
        min=0.0,
        max=1000.0,
        precision=1,
        step=50,
        update=programme_list.edited,
    )


class ProgrammePair(PropertyGroup):
    """Two uses whose rooms are joined by a door."""

    first: EnumProperty(  # type: ignore[valid-type]
        name="Room", description="Every room of this use ...", items=USE_ITEMS, update=programme_list.edited
    )
    second: EnumProperty(  # type: ignore[valid-type]
        name="Beside", description="... has a door to one of this use", items=USE_ITEMS, update=programme_list.edited
    )


def make_settings(groups: dict[str, type[PropertyGroup]]) -> type[PropertyGroup]:
    """The PropertyGroup at `scene.maquette_buildings`."""
    items = [(m.name, m.label, m.description) for m in methods_of(GENERATOR)]
    annotations = {
        "method": EnumProperty(
            name="Method",
            description="What is made",
            items=items or [("none", "None", "")],
            update=programme_list.method_changed,
        ),
        "seed": IntProperty(name="Seed", description="Another seed gives another design", min=0, max=MAX_SEED),
        "live": BoolProperty(
            name="Live Update",
            description="A changed value changes the active building at once, in place, where its method is quick",
            default=True,
        ),
        "plot": PointerProperty(type=SitePick, name="Site"),
        "outline": PointerProperty(type=SitePick, name="Building Outline"),
        "parcels": PointerProperty(type=SitePick, name="Parcels"),
        "neighbours": PointerProperty(
            type=bpy.types.Collection,
            name="Neighbours",
            description="A collection of meshes: every loose part in it is a building that stands around the site",
        ),
        "front_door": PointerProperty(
            type=bpy.types.Object,
            name="Front Door",
            description="An empty beside the outline, where the front door shall be",
        ),
        "pins": PointerProperty(
            type=bpy.types.Collection,
            name="Kept Rooms",
            description="A collection of what stays: faces of meshes are rooms, named by their material or object "
            "(kitchen, bath); loose edges and curves are walls",
        ),
        "rooms": CollectionProperty(type=ProgrammeRoom, name="Rooms"),
        "rooms_active": IntProperty(name="Active Room", description="The room that the buttons act on"),
        "pairs": CollectionProperty(type=ProgrammePair, name="Doors Between"),
        **{name: PointerProperty(type=group) for name, group in groups.items()},
    }
    return type("MAQUETTE_PG_buildings", (PropertyGroup,), {"__annotations__": annotations})


def shown_method(settings: Any) -> tuple[Method, Any]:
    """The method that the panel shows, and the group of its parameters."""
    method = find_method(GENERATOR, settings.method)
    return method, getattr(settings, group_name(method))


_classes = MadeClasses()


def _changed(group: Any, context: Any, name: str) -> None:
    programme_list.text_changed(group, context, name)
    building_live.changed(group, context, name)


def register() -> None:
    """Add `scene.maquette_buildings`."""
    groups = {group_name(method): make_group(method, _changed) for method in methods_of(GENERATOR)}
    settings = make_settings(groups)
    _classes.register([SitePick, ProgrammeRoom, ProgrammePair, *groups.values(), settings])
    bpy.types.Scene.maquette_buildings = PointerProperty(type=settings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take `scene.maquette_buildings` away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_buildings  # type: ignore[attr-defined]
    _classes.unregister()
