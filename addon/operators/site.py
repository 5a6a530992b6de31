# SPDX-License-Identifier: GPL-3.0-or-later
"""The site's fields in the panel: take what is selected, forget it; the rooms of the programme.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty
from bpy.types import Operator

from ...core import bundle
from ...core.asset import Element
from ...core.errors import InputError, MaquetteError
from ...core.request import Request
from ..building_live import active_building
from ..building_sources import made_from
from ..delivery import files_are_there
from ..package import cache_folder
from ..programme_list import fault, fill_list, shown_group, write_text
from ..scene.drawn_outline import TYPES, chosen_now
from ..scene.kept_rooms import draw_rooms
from ..scene.site_source import STOREY_M
from ..scene.units import metres_per_unit

OUTLINES = ("plot", "outline", "parcels")
_NAMES = {"neighbours": "Neighbours", "pins": "Kept Rooms"}
_EDITS = [
    ("ADD", "Add Room", "Add a room"),
    ("REMOVE", "Remove Room", "Remove the chosen room"),
    ("ADD_PAIR", "Add Door", "Ask for a door between rooms of two uses"),
    ("REMOVE_PAIR", "Remove Door", "Ask for no door between rooms of these uses"),
    ("READ", "Show as List", "Show the programme's text as a list of rooms"),
]


class MAQUETTE_OT_use_for_site(Operator):  # noqa: N801 Blender's naming
    """Take what is selected: an object, or in Edit Mode its selected faces or edges; for neighbours and kept rooms all
    selected objects, put into a collection that stands beside their own"""

    bl_idname = "maquette.use_for_site"
    bl_label = "Use Selected"
    bl_options = {"REGISTER", "UNDO"}

    part: EnumProperty(  # type: ignore[valid-type]
        name="As",
        description="What it is taken for",
        items=[(name, name.replace("_", " ").title(), "") for name in (*OUTLINES, "front_door", *_NAMES)],
    )

    @classmethod
    def description(cls, context: Any, given: Any) -> str:
        """What it takes, for this field."""
        if given.part in OUTLINES:
            return "Take the active object; in Edit Mode, its selected faces or edges"
        if given.part == "front_door":
            return "Take the active object; without one, a new empty at the 3D cursor"
        return "Put the selected objects into this collection; they stay where they are too"

    def execute(self, context: Any) -> set[str]:
        """The field names it from now on."""
        settings = context.scene.maquette_buildings
        try:
            if self.part in OUTLINES:
                item = _active(context)
                getattr(settings, self.part).use(item, chosen_now(item))
            elif self.part == "front_door":
                settings.front_door = _door(context)
            else:
                _gather(context, settings, self.part)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_forget_site_parts(Operator):  # noqa: N801 Blender's naming
    """Take the whole object again, not the chosen faces or edges of it alone"""

    bl_idname = "maquette.forget_site_parts"
    bl_label = "Take All of It"
    bl_options = {"INTERNAL", "UNDO"}

    part: StringProperty(options={"HIDDEN"})  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """The object stays chosen."""
        pick = getattr(context.scene.maquette_buildings, self.part)
        pick.use(pick.item)
        return {"FINISHED"}


class MAQUETTE_OT_keep_rooms(Operator):  # noqa: N801 Blender's naming
    """Draw the rooms of the active plan or building as faces to keep. Move or delete them as you like, then press
    Update Site: the rest is planned around those that are left"""

    bl_idname = "maquette.keep_rooms"
    bl_label = "Keep Its Rooms"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a building that Maquette made."""
        if active_building(context) is None:
            cls.poll_message_set("The active object belongs to no building that Maquette made")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """From the result as the engine left it."""
        root, settings = active_building(context), context.scene.maquette_buildings
        try:
            request = made_from(root)
            elements = _elements_of(root, request)
            storey_m = float(getattr(request.params, "storey_height_m", STOREY_M))
            home = _home(context, settings, "pins")
            made = draw_rooms(root, elements, home, storey_m, 1.0 / metres_per_unit(context.scene))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{len(made)} rooms are drawn in '{home.name}'. Delete those that need not stay.")
        return {"FINISHED"}


class MAQUETTE_OT_edit_programme(Operator):  # noqa: N801 Blender's naming
    """Change the list of rooms"""

    bl_idname = "maquette.edit_programme"
    bl_label = "Edit Programme"
    bl_options = {"INTERNAL", "UNDO"}

    action: EnumProperty(  # type: ignore[valid-type]
        name="Action",
        items=_EDITS,
    )
    index: bpy.props.IntProperty(options={"HIDDEN"})  # type: ignore[valid-type]

    @classmethod
    def description(cls, context: Any, given: Any) -> str:
        """What the action does."""
        return next(text for name, _, text in _EDITS if name == given.action)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method that takes a programme."""
        return shown_group(context.scene.maquette_buildings) is not None

    def execute(self, context: Any) -> set[str]:
        """The text follows the list, or the list the text."""
        settings = context.scene.maquette_buildings
        if self.action == "READ":
            wrong = fault(shown_group(settings))
            if wrong:
                self.report({"ERROR"}, wrong)
                return {"CANCELLED"}
            fill_list(settings)
            return {"FINISHED"}
        if self.action == "ADD":
            settings.rooms.add().use = "bedroom"
            settings.rooms_active = len(settings.rooms) - 1
        elif self.action == "REMOVE":
            settings.rooms.remove(settings.rooms_active)
            settings.rooms_active = max(0, settings.rooms_active - 1)
        elif self.action == "ADD_PAIR":
            pair = settings.pairs.add()
            pair.first, pair.second = "hall", "living"
        else:
            settings.pairs.remove(self.index)
        write_text(settings)
        return {"FINISHED"}


def _active(context: Any) -> Any:
    """The active object, where an outline can be read from it."""
    item = context.active_object
    if item is None:
        raise InputError("Nothing is active. Click the mesh, curve or grease pencil that shows the outline.")
    if active_building(context) is not None:
        raise InputError(f"'{item.name}' belongs to a building that Maquette made. Choose what the site is drawn with.")
    if item.type not in TYPES:
        raise InputError(f"'{item.name}' is no mesh, curve or grease pencil. Click one that shows the outline.")
    return item


def _door(context: Any) -> Any:
    """The active empty, else a new one at the cursor."""
    item = context.active_object
    if item is not None and item.type == "EMPTY" and item.select_get() and active_building(context) is None:
        return item
    door: Any = bpy.data.objects.new("Front Door", None)
    door.empty_display_type, door.location = "SINGLE_ARROW", context.scene.cursor.location
    context.scene.collection.objects.link(door)
    return door


def _gather(context: Any, settings: Any, part: str) -> None:
    """All selected objects, in a collection of this name; what the site is drawn with is none of them."""
    own = {getattr(settings, name).item for name in OUTLINES}
    items = [item for item in context.selected_objects if item not in own]
    if not items:
        raise InputError("No other object is selected. Select the objects first.")
    home = _home(context, settings, part)
    for item in items:
        if item.name not in home.objects:
            home.objects.link(item)


def _home(context: Any, settings: Any, part: str) -> Any:
    """The collection that the field names, else a new one."""
    home = getattr(settings, part)
    if home is None:
        home = bpy.data.collections.new(_NAMES[part])
        context.scene.collection.children.link(home)
        setattr(settings, part, home)
    return home


def _elements_of(root: Any, request: Request) -> tuple[Element, ...]:
    folder = cache_folder() / "buildings" / request.cache_key
    if not files_are_there(folder):
        raise InputError(
            f"The result that '{root.name}' was made of is no longer kept. Press Regenerate, then try again."
        )
    return bundle.load(folder).elements


_CLASSES = (MAQUETTE_OT_use_for_site, MAQUETTE_OT_forget_site_parts, MAQUETTE_OT_keep_rooms, MAQUETTE_OT_edit_programme)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
