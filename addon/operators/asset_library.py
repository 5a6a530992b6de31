# SPDX-License-Identifier: GPL-3.0-or-later
"""Save what was made to Maquette's own asset library, where the Asset Browser shows it.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty
from bpy.types import Operator

from ...core.errors import MaquetteError
from .. import engine
from ..active import active_made
from ..asset_card import card_of
from ..asset_folder import asset_folder, refresh_browsers, show_library
from ..jobs import Job
from ..picture_delivery import PictureDelivery
from ..scene.asset_write import AssetCard, Written, write_asset
from ..scene.draft import made_of
from .reedit import OfMade

DUPLICATES = [
    ("NEW", "New Name", "It gets a number, and both stay"),
    ("REPLACE", "Replace", "It takes the place of the one that is there"),
]
DIALOG_WIDTH = 420
_FIELDS = ("name", "description", "author", "licence", "tags")


class MAQUETTE_OT_save_to_library(OfMade, Operator):  # noqa: N801 Blender's naming
    """Save it to Maquette's asset library, with a picture, so that it can be dragged from the Asset Browser into any
    file. It can be made anew there: its settings and pictures come along"""

    bl_idname = "maquette.save_to_library"
    bl_label = "Save to Library"
    bl_options = {"REGISTER"}

    name: StringProperty(name="Name", description="What the asset is called", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    description: StringProperty(  # type: ignore[valid-type]
        name="Description", description="What it is, in a line", options={"SKIP_SAVE"}
    )
    author: StringProperty(name="Author", description="Who made it", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    licence: StringProperty(  # type: ignore[valid-type]
        name="Licence", description="Under which licence others may use it", options={"SKIP_SAVE"}
    )
    tags: StringProperty(  # type: ignore[valid-type]
        name="Tags", description="Words by which it is found, with commas between them", options={"SKIP_SAVE"}
    )
    on_duplicate: EnumProperty(  # type: ignore[valid-type]
        name="Where There Is One", description="What happens where the library has one of that name", items=DUPLICATES
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask, with all fields filled."""
        try:
            self._fill(context)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        result: set[str] = context.window_manager.invoke_props_dialog(self, width=DIALOG_WIDTH)
        return result

    def draw(self, context: Any) -> None:
        """The dialog."""
        layout: Any = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        for field in _FIELDS:
            layout.prop(self, field)
        layout.prop(self, "on_duplicate", expand=True)
        row = layout.row()
        row.active = False
        row.label(text=str(asset_folder()), icon="FILE_FOLDER", translate=False)

    def execute(self, context: Any) -> set[str]:
        """Write the asset, and let the browser show it."""
        try:
            self._fill(context)
            tags = tuple(tag.strip() for tag in self.tags.split(",") if tag.strip())
            card = AssetCard(self.name, self.description, self.author, self.licence, tags)
            folder = asset_folder()
            written = write_asset(self.thing(context), card, folder, replace=self.on_duplicate == "REPLACE")
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_library(folder)
        refresh_browsers()
        self._add_picture(context, written)
        self.report({"INFO"}, f"'{written.path.stem}' is in the asset library '{folder}'.")
        return {"FINISHED"}

    def _add_picture(self, context: Any, written: Written) -> None:
        """The picture comes after the asset; a script waits for it."""
        if written.picture is None:
            return
        delivery = PictureDelivery(written.path, written.name, written.picture, refresh_browsers)
        title, request = f"Picture of {written.path.stem}", made_of(self.thing(context))
        job = Job(title, request, delivery, written.path.parent, doing="Adding the picture")
        if not bpy.app.background:
            engine.submit(job)
            return
        engine.studio.run(job)
        if job.notice is not None and job.notice.level != "INFO":
            self.report({"WARNING"}, job.notice.text)

    def _fill(self, context: Any) -> None:
        """What is known, into the fields that nobody filled."""
        card = card_of(self.thing(context))
        values = (card.name, card.description, card.author, card.licence, ", ".join(card.tags))
        for field, value in zip(_FIELDS, values, strict=True):
            if not self.properties.is_property_set(field):
                setattr(self, field, value)


def _draw_context_menu(menu: Any, context: Any) -> None:
    if active_made(context) is not None:
        menu.layout.separator()
        menu.layout.operator("maquette.save_to_library", icon="ASSET_MANAGER")


_CLASSES = (MAQUETTE_OT_save_to_library,)


def register() -> None:
    """Add the operator, and its place in the objects' menu."""
    for kind in _CLASSES:
        bpy.utils.register_class(kind)
    menu: Any = bpy.types.VIEW3D_MT_object_asset  # type: ignore[attr-defined]
    menu.append(_draw_context_menu)


def unregister() -> None:
    """Take both away."""
    menu: Any = bpy.types.VIEW3D_MT_object_asset  # type: ignore[attr-defined]
    menu.remove(_draw_context_menu)
    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
