# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Characters, drawn from what the shown method declares."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel, UIList

from ..core.errors import MaquetteError
from ..core.generators import Method
from ..core.params import specs
from . import engine, library
from .character_properties import shown_method
from .live import active_character
from .panels import Sidebar, draw_no_engine, draw_outcome, draw_param, draw_progress
from .param_properties import KEEP, MODEL, choice_label
from .presentation import in_sight, presentation, sub_panels
from .properties import methods_of
from .scene.character_parts import actions_of, levels_of
from .scene.record import read_request, report_of
from .texts import draw_text

TOPIC = "character"
KIND_ICONS = {"humanoid": "ARMATURE_DATA", "quadruped": "GROUP_BONE", "generic": "BONE_DATA"}
MOST_CLIPS = 12
MOST_NAMES = 8


class MAQUETTE_UL_library(UIList):  # noqa: N801 Blender's naming
    """The characters of the library, each with a tick"""

    def draw_item(  # type: ignore[override]
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        """A character's name and pack; the tick takes it for methods that start from several."""
        row = layout.row(align=True)
        row.use_property_split = False
        row.prop(item, "ticked", text="")
        row.label(text=item.name, icon=KIND_ICONS.get(item.kind, "BONE_DATA"), translate=False)
        pack = row.row()
        pack.active = False
        pack.label(text=item.pack, translate=False)


class MAQUETTE_PT_characters(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Makes rigged characters"""

    bl_label = "Characters"
    bl_idname = "MAQUETTE_PT_characters"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Where there is a method that makes some."""
        return bool(methods_of(TOPIC))

    def draw(self, context: Any) -> None:
        """The library, the method, its sources and values, the button and what goes on."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if engine.found() is None:
            draw_no_engine(layout, context)
        settings = context.scene.maquette_characters
        method, group = shown_method(settings)
        _draw_library(layout, context)
        row = layout.row(align=True)
        row.prop(settings, "method", text="")
        row.menu("MAQUETTE_MT_character_presets", text="", icon="PRESET")
        _draw_sources(layout, settings, method, context)
        _draw_keep(layout, group)
        _draw_values(layout, method, group)
        if presentation(method).seed:
            row = layout.row(align=True)
            row.prop(settings, "seed", text=presentation(method).seed)
            row.operator("maquette.random_character_seed", text="", icon="FILE_REFRESH")
            layout.prop(settings, "count")
        layout.prop(settings, "live")
        _draw_generate(layout, context)
        draw_outcome(layout, context, TOPIC)


class MAQUETTE_PT_character(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active character, where Maquette made it"""

    bl_label = "Active Character"
    bl_idname = "MAQUETTE_PT_character"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a character that Maquette made."""
        return active_character(context) is not None

    def draw(self, context: Any) -> None:
        """What it is, and what can be done with it."""
        layout = self.layout
        armature = active_character(context)
        layout.label(text=armature.name, icon="OUTLINER_OB_ARMATURE", translate=False)
        _draw_facts(layout, armature, context)
        row = layout.row(align=True)
        row.operator("maquette.regenerate_character", icon="FILE_REFRESH")
        row.operator("maquette.new_seed_character", icon="MOD_NOISE")
        layout.operator("maquette.character_to_panel", icon="COPYDOWN")
        _draw_clips(layout, armature)
        if levels_of(armature):
            layout.operator("maquette.show_level", icon="MOD_DECIM")
        layout.operator("maquette.mark_character", icon="ASSET_MANAGER")
        layout.operator("maquette.export_character", icon="EXPORT")


class MAQUETTE_PT_crowd(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Many characters on a surface or along a curve"""

    bl_label = "Crowd"
    bl_parent_id = "MAQUETTE_PT_characters"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Who, where, how many."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        crowd = context.scene.maquette_characters.crowd
        for name in ("source", "ground", "count", "distance", "animate"):
            layout.prop(crowd, name)
        row = layout.row()
        row.active = crowd.animate
        row.prop(crowd, "clip")
        layout.prop(crowd, "seed")
        layout.operator("maquette.scatter_crowd", icon="OUTLINER_OB_POINTCLOUD")


def _draw_library(layout: Any, context: Any) -> None:
    """The list, its buttons, and what is known of the chosen one."""
    shown = context.window_manager.maquette_library
    header, body = layout.panel("maquette_library", default_closed=False)
    header.label(text=f"Library ({len(shown.entries)})" if len(shown.entries) else "Library")
    if body is None:
        return
    if library.fault():
        draw_text(body, library.fault(), context, "ERROR")
    row = body.row()
    row.template_list("MAQUETTE_UL_library", "", shown, "entries", shown, "active", rows=4)
    column = row.column(align=True)
    column.operator("maquette.add_to_library", text="", icon="ADD")
    column.operator("maquette.remove_from_library", text="", icon="REMOVE")
    column.separator()
    column.operator("maquette.tick_kin", text="", icon="CHECKBOX_HLT")
    column.operator("maquette.untick_all", text="", icon="CHECKBOX_DEHLT")
    column.operator("maquette.refresh_library", text="", icon="FILE_REFRESH")
    if not len(shown.entries):
        draw_text(body, "The library is empty. Add a folder of rigged characters, or one of this scene.", context)
    body.operator("maquette.add_scene_character", icon="ARMATURE_DATA")
    _draw_running(body)
    if 0 <= shown.active < len(shown.entries):
        _draw_entry(body, shown.entries[shown.active], context)


def _draw_sources(layout: Any, settings: Any, method: Method, context: Any) -> None:
    """A field a role that takes one character, and how many are ticked for the one that takes several."""
    shown = context.window_manager.maquette_library
    for role in method.roles:
        if role in method.repeatable:
            _draw_ticked(layout, settings.sources.more, role in method.required, context)
            continue
        slot = getattr(settings.sources, role)
        row = layout.row(align=True)
        row.prop_search(slot, "name", shown, "entries", text=choice_label(role), icon="ARMATURE_DATA")
        row.operator("maquette.use_character", text="", icon="EYEDROPPER").role = role


def _draw_ticked(layout: Any, slots: Any, required: bool, context: Any) -> None:
    """The ticked characters with their numbers, by which parameters name them."""
    names = [slot.name or bpy.path.display_name_from_filepath(slot.path) for slot in slots if slot.filled]
    if not names:
        text = "Tick characters in the library" if required else "Tick characters in the library (optional)"
        layout.label(text=text, icon="CHECKBOX_HLT")
        return
    shown = ", ".join(f"{number} {name}" for number, name in enumerate(names[:MOST_NAMES], 1))
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    draw_text(layout, f"From {shown}{more}", context, "CHECKBOX_HLT")


def _draw_keep(layout: Any, group: Any) -> None:
    if not hasattr(group, KEEP):
        return
    column = layout.column(align=True)
    column.use_property_split = False
    column.label(text="Keep as it is", icon="LOCKED")
    grid = column.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
    for item in group.bl_rna.properties[KEEP].enum_items:
        grid.prop_enum(group, KEEP, item.identifier)


def _draw_values(layout: Any, method: Method, group: Any) -> None:
    if any(spec.name == MODEL for spec in specs(method.params)):
        layout.prop(group, MODEL)
    for spec in in_sight(method):
        draw_param(layout, group, spec)
    for title, found in sub_panels(method):
        sliders = all(spec.kind is float for spec in found)
        header, body = layout.panel(f"maquette_character_{method.name}_{title}", default_closed=not sliders)
        header.label(text=title)
        if sliders:
            header.operator("maquette.reset_attributes", text="", icon="LOOP_BACK", emboss=False)
        for spec in found if body is not None else ():
            draw_param(body, group, spec)


def _draw_generate(layout: Any, context: Any) -> None:
    if engine.studio.busy_with(TOPIC):
        draw_progress(layout, context)
        return
    count = context.scene.maquette_characters.count
    row = layout.row()
    row.scale_y = 1.5
    text = f"Generate {count} Characters" if count > 1 else "Generate"
    row.operator("maquette.generate_character", icon="OUTLINER_OB_ARMATURE", text=text)


def _draw_running(layout: Any) -> None:
    run = library.run()
    if run is None or run.done:
        return
    row = layout.row(align=True)
    row.progress(factor=run.fraction, type="BAR", text=run.text)
    row.operator("maquette.cancel_library", text="", icon="X")


def _draw_entry(layout: Any, item: Any, context: Any) -> None:
    """Skeleton, size, licence of a character of the library."""
    column = layout.box().column(align=True)
    for line in (item.facts, item.licence, item.permissions):
        if line:
            draw_text(column, line, context)


def _draw_facts(layout: Any, armature: Any, context: Any) -> None:
    try:
        request = read_request(armature)
    except MaquetteError as error:
        draw_text(layout, str(error), context, "ERROR")
        return
    column = layout.column(align=True)
    column.active = False
    column.label(text=f"{request.declaration.label}, seed {request.seed}", icon="BLANK1", translate=False)
    height = report_of(armature).get("height_m")
    words = f"{len(armature.data.bones)} bones" + (f", {height:.2f} m" if height else "")
    column.label(text=words, icon="BLANK1", translate=False)


def _draw_clips(layout: Any, armature: Any) -> None:
    actions = actions_of(armature)
    if not actions:
        return
    header, body = layout.panel("maquette_clips", default_closed=True)
    header.label(text=f"Clips ({len(actions)})")
    if body is None:
        return
    playing = armature.animation_data.action if armature.animation_data else None
    column = body.column(align=True)
    column.operator("maquette.play_clip", text="None", depress=playing is None).clip = -1
    for index, action in enumerate(actions[:MOST_CLIPS]):
        column.operator("maquette.play_clip", text=action.name, depress=action == playing, translate=False).clip = index
    if len(actions) > MOST_CLIPS:
        column.label(text=f"{len(actions) - MOST_CLIPS} more in the Action Editor")


_CLASSES = (
    MAQUETTE_UL_library,
    MAQUETTE_PT_characters,
    MAQUETTE_PT_crowd,
    MAQUETTE_PT_character,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
