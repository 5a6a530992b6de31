# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Architecture, drawn from what the shown method declares."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel, UIList

from ..core.generators import Method
from ..core.params import specs
from . import engine
from .building_properties import GENERATOR, shown_method
from .panels import Sidebar, draw_no_engine, draw_outcome, draw_param, draw_progress
from .param_properties import MODEL, choice_label
from .presentation import SEARCHING, in_sight, presentation, site_parts, sub_panels
from .programme_list import PROGRAMME, fault, is_listed
from .properties import methods_of
from .texts import draw_text

SITE_LABELS = {
    "plot": "Site",
    "outline": "Outline",
    "parcels": "Parcels",
    "front_door": "Front Door",
    "neighbours": "Neighbours",
    "pins": "Keep",
}
_ICONS = {"front_door": "EMPTY_SINGLE_ARROW", "neighbours": "HOME", "pins": "PINNED"}


class MAQUETTE_UL_rooms(UIList):  # noqa: N801 Blender's naming
    """The rooms of the programme"""

    def draw_item(  # type: ignore[override]
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        """How many, what for, how large."""
        row = layout.row(align=True)
        row.use_property_split = False
        count = row.row(align=True)
        count.scale_x = 0.4
        count.prop(item, "count", text="")
        row.prop(item, "use", text="", emboss=False)
        size = row.row(align=True)
        size.scale_x = 0.8
        size.prop(item, "area_m2", text="m²", emboss=False)


class MAQUETTE_PT_architecture(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Makes massings, plans and buildings on a site"""

    bl_label = "Architecture"
    bl_idname = "MAQUETTE_PT_architecture"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Where there is a method that makes some."""
        return bool(methods_of(GENERATOR))

    def draw(self, context: Any) -> None:
        """The method, its site and values, the button and what goes on."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if engine.found() is None:
            draw_no_engine(layout, context)
        settings = context.scene.maquette_buildings
        method, group = shown_method(settings)
        row = layout.row(align=True)
        row.prop(settings, "method", text="")
        row.menu("MAQUETTE_MT_architecture_presets", text="", icon="PRESET")
        _draw_site(layout, settings, method)
        if hasattr(group, PROGRAMME):
            _draw_programme(layout, settings, group, context)
        _draw_values(layout, method, group)
        if presentation(method).seed:
            row = layout.row(align=True)
            row.prop(settings, "seed", text=presentation(method).seed)
            row.operator("maquette.random_building_seed", text="", icon="FILE_REFRESH")
        if method.name not in SEARCHING:
            layout.prop(settings, "live")
        _draw_generate(layout, context, method)
        draw_outcome(layout, context, GENERATOR)


def _draw_site(layout: Any, settings: Any, method: Method) -> None:
    """A field for each thing of the scene that the method reads, with the button that takes what is selected."""
    column = layout.column(align=True)
    for part in site_parts(method):
        row = column.row(align=True)
        pick = getattr(settings, part)
        if hasattr(pick, "chosen"):
            row.prop(pick, "item", text=SITE_LABELS[part])
            if pick.indices:
                row.operator("maquette.forget_site_parts", text=_parts_text(pick), icon="X").part = part
        else:
            row.prop(settings, part, text=SITE_LABELS[part], icon=_ICONS[part])
        row.operator("maquette.use_for_site", text="", icon="RESTRICT_SELECT_OFF").part = part


def _parts_text(pick: Any) -> str:
    """How many faces or edges are taken."""
    count = len(pick.indices.split())
    kind = pick.kind.lower()
    return f"{count} {kind if count > 1 else kind[:-1]}"


def _draw_programme(layout: Any, settings: Any, group: Any, context: Any) -> None:
    """The rooms as a list, the doors between them, and the text that says both."""
    header, body = layout.panel("maquette_programme", default_closed=False)
    header.label(text="Programme")
    if body is None:
        return
    body.use_property_split = False
    if not is_listed(settings, group):
        body.operator("maquette.edit_programme", text="Show as List", icon="PRESET").action = "READ"
    else:
        _draw_rooms(body, settings)
    body.prop(group, PROGRAMME, text="")
    wrong = fault(group)
    if wrong:
        draw_text(body, wrong, context, "ERROR")


def _draw_rooms(layout: Any, settings: Any) -> None:
    row = layout.row()
    row.template_list("MAQUETTE_UL_rooms", "", settings, "rooms", settings, "rooms_active", rows=4)
    column = row.column(align=True)
    column.operator("maquette.edit_programme", text="", icon="ADD").action = "ADD"
    column.operator("maquette.edit_programme", text="", icon="REMOVE").action = "REMOVE"
    areas = [room.count * room.area_m2 for room in settings.rooms]
    left = "" if all(areas) else " and what is left"
    layout.label(text=f"{sum(room.count for room in settings.rooms)} rooms, {sum(areas):.0f} m²{left}")
    column = layout.column(align=True)
    row = column.row()
    row.label(text="Doors between")
    row.operator("maquette.edit_programme", text="", icon="ADD", emboss=False).action = "ADD_PAIR"
    for index, pair in enumerate(settings.pairs):
        row = column.row(align=True)
        row.prop(pair, "first", text="")
        row.prop(pair, "second", text="")
        remove = row.operator("maquette.edit_programme", text="", icon="X")
        remove.action, remove.index = "REMOVE_PAIR", index


def _draw_values(layout: Any, method: Method, group: Any) -> None:
    if any(spec.name == MODEL for spec in specs(method.params)):
        layout.prop(group, MODEL)
    for spec in in_sight(method):
        draw_param(layout, group, spec)
    for title, found in sub_panels(method):
        header, body = layout.panel(f"maquette_architecture_{method.name}_{title}", default_closed=True)
        header.label(text=title)
        for spec in found if body is not None else ():
            draw_param(body, group, spec)


def _draw_generate(layout: Any, context: Any, method: Method) -> None:
    if engine.studio.busy_with(GENERATOR):
        draw_progress(layout, context)
        return
    row = layout.row()
    row.scale_y = 1.5
    row.operator("maquette.generate_architecture", icon="HOME", text=f"Generate {choice_label(method.label)}")


_CLASSES = (MAQUETTE_UL_rooms, MAQUETTE_PT_architecture)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
