# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Texture, drawn from what the shown method declares."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel, UIList

from ..core.generators import Method
from ..core.params import specs
from . import engine
from .jobs import Notice
from .method_settings import GENERATE
from .package import preferences
from .param_properties import CORNERS, DENSITY, MODEL, SHOWN
from .presentation import in_sight, presentation, role_label, roles_above, roles_below, sub_panels
from .properties import GENERATOR, shown_method
from .references import repeated_role, takes_mask
from .scene.targets import TYPES
from .texts import draw_text

_LEVEL_ICONS = {"INFO": "CHECKMARK", "WARNING": "INFO", "ERROR": "ERROR"}


class Sidebar:
    """Where all of Maquette's panels stand."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Maquette"


class MAQUETTE_PT_texture(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Makes materials"""

    bl_label = "Texture"
    bl_idname = "MAQUETTE_PT_texture"

    def draw(self, context: Any) -> None:
        """The method, its pictures, its values, the button and what goes on."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if engine.found() is None:
            draw_no_engine(layout, context)
        settings = context.scene.maquette
        method, group = shown_method(settings)
        row = layout.row(align=True)
        row.prop(settings, "texture_method", text="")
        row.menu("MAQUETTE_MT_texture_presets", text="", icon="PRESET")
        _draw_pictures(layout, settings, method, group)
        _draw_values(layout, method, group)
        if presentation(method).seed:
            row = layout.row(align=True)
            row.prop(settings, "seed", text=presentation(method).seed)
            row.operator("maquette.random_seed", text="", icon="FILE_REFRESH")
        for title, found in sub_panels(method):
            header, body = layout.panel(f"maquette_{method.name}_{title}", default_closed=True)
            header.label(text=title)
            if body is not None:
                for spec in found:
                    draw_param(body, group, spec)
        _draw_generate(layout, context)
        draw_outcome(layout, context, method.generator)


class MAQUETTE_PT_references(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Further maps of the same surface"""

    bl_label = "More Maps Given"
    bl_parent_id = "MAQUETTE_PT_texture"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a method that takes some."""
        return bool(roles_below(shown_method(context.scene.maquette)[0]))

    def draw(self, context: Any) -> None:
        """One slot a map; those that are empty are derived."""
        layout = self.layout
        layout.use_property_decorate = False
        settings = context.scene.maquette
        method, _ = shown_method(settings)
        layout.operator("maquette.maps_of_material", icon="MATERIAL")
        for role in roles_below(method):
            _draw_slot(layout, getattr(settings.references, role), role_label(role, method))


class MAQUETTE_PT_result(Sidebar, Panel):  # noqa: N801 Blender's naming
    """How the result comes into the scene"""

    bl_label = "Result"
    bl_parent_id = "MAQUETTE_PT_texture"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """The maps, the mapping, the relief, the images."""
        layout = self.layout
        settings = context.scene.maquette
        method, group = shown_method(settings)
        choices = next((spec.choices for spec in specs(method.params) if spec.name == "maps"), ())
        if choices:
            layout.label(text="Maps")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for choice in choices:
            if choice != "albedo":
                grid.prop_enum(group, "maps", choice)
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "mapping")
        column.prop(settings, "relief_as")
        column.prop(preferences(), "storage")


class MAQUETTE_UL_pictures(UIList):  # noqa: N801 Blender's naming
    """Further pictures, each with its weight"""

    def draw_item(  # type: ignore[override]
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        """A picture's name and its weight."""
        row = layout.row(align=True)
        name = bpy.path.basename(item.path) if item.source == "FILE" else getattr(item.image, "name", "")
        row.label(text=name or "No picture", icon="IMAGE_DATA", translate=False)
        row.prop(item, "weight", text="")


def draw_no_engine(layout: Any, context: Any) -> None:
    """How to get an engine, or how its making goes."""
    box = layout.box()
    maker = engine.maker()
    if maker is not None and not maker.done:
        box.progress(factor=maker.fraction, type="BAR", text=maker.text)
        return
    draw_text(box, "Maquette has no engine yet. It is made, or chosen, in the preferences.", context, "INFO")
    box.operator("maquette.open_preferences", icon="PREFERENCES")


def _draw_pictures(layout: Any, settings: Any, method: Method, group: Any) -> None:
    """The method's own pictures over the panel's whole width, and what is done with them by hand."""
    references = settings.references
    for role in roles_above(method):
        if role == "mask" and not takes_mask(references, method):
            continue
        optional = role not in method.required
        _draw_main_slot(layout, getattr(references, role), role_label(role, method), optional)
        if role == "albedo" and role == repeated_role(method):
            _draw_more_pictures(layout, references)
        if role == "albedo" and hasattr(group, CORNERS):
            row = layout.row(align=True)
            row.operator("maquette.pick_corners", icon="MOD_WARP")
            row.operator("maquette.reset_corners", text="", icon="X")
        if role == "mask":
            layout.operator("maquette.paint_mask", icon="BRUSH_DATA")


def _draw_main_slot(layout: Any, slot: Any, label: str, optional: bool) -> None:
    column = layout.column(align=True)
    column.use_property_split = False
    row = column.row(align=True)
    row.label(text=f"{label} (optional)" if optional else label)
    if optional:
        # the longer words need the room of the icons' names
        _draw_source_icons(row, slot)
    else:
        row.prop(slot, "source", expand=True)
    _draw_picture(column, slot)


def _draw_more_pictures(layout: Any, references: Any) -> None:
    """Further pictures of the same role, blended by weight."""
    header, body = layout.panel("maquette_more_pictures", default_closed=True)
    header.label(text=f"More Pictures ({len(references.more)})" if len(references.more) else "More Pictures")
    if body is None:
        return
    body.prop(references.albedo, "weight", text="Weight of the First")
    row = body.row()
    row.template_list("MAQUETTE_UL_pictures", "", references, "more", references, "more_active", rows=2)
    column = row.column(align=True)
    column.operator("maquette.add_picture", text="", icon="ADD")
    column.operator("maquette.remove_picture", text="", icon="REMOVE")
    if references.more_active < len(references.more):
        _draw_main_slot(body, references.more[references.more_active], "Chosen", optional=False)


def _draw_slot(layout: Any, slot: Any, label: str) -> None:
    """One further reference: its name and its source, then the file or image."""
    column = layout.column(align=True)
    row = column.row(align=True)
    row.label(text=label)
    _draw_source_icons(row, slot)
    _draw_picture(column, slot)


def _draw_source_icons(row: Any, slot: Any) -> None:
    for source in ("FILE", "IMAGE"):
        row.prop_enum(slot, "source", source, text="")


def _draw_picture(column: Any, slot: Any) -> None:
    if slot.source == "FILE":
        column.prop(slot, "path", text="")
    else:
        column.template_ID(slot, "image", open="image.open")


def _draw_values(layout: Any, method: Method, group: Any) -> None:
    """The model, the size in pixels and metres with what follows from both, then the rest."""
    names = {spec.name for spec in specs(method.params)}
    column = layout.column(align=True)
    if MODEL in names:
        column.prop(group, MODEL)
    if "size" in names:
        row = column.row(align=True)
        row.prop(group, "size")
        row.menu("MAQUETTE_MT_sizes", text="", icon="DOWNARROW_HLT")
    if "size_m" in names:
        row = column.row(align=True)
        row.prop(group, "size_m" + SHOWN)
        if "size" not in names:
            # the picture's own size in pixels: a density then sets how wide it is
            row.menu("MAQUETTE_MT_densities", text="", icon="DOWNARROW_HLT")
    if hasattr(group, DENSITY):
        row = column.row(align=True)
        row.prop(group, DENSITY, text="Pixels a Metre")
        row.menu("MAQUETTE_MT_densities", text="", icon="DOWNARROW_HLT")
    for spec in in_sight(method):
        draw_param(layout, group, spec)


def draw_param(layout: Any, group: Any, spec: Any) -> None:
    """One parameter, as its kind is best shown."""
    if spec.unit == "m":
        layout.prop(group, spec.name + SHOWN)
    elif spec.kind is tuple:
        layout.column(align=True).prop(group, spec.name)
    else:
        layout.prop(group, spec.name, slider=spec.kind is float)


def _draw_generate(layout: Any, context: Any) -> None:
    if engine.studio.busy_with(GENERATOR):
        draw_progress(layout, context)
        return
    column = layout.column(align=True)
    row = column.row()
    row.scale_y = 1.5
    row.operator("maquette.generate", icon="MATERIAL", text=_generate_label(context))


def _generate_label(context: Any) -> str:
    """Where the result will go, so that nobody is surprised."""
    if context.mode == "EDIT_MESH":
        return "Generate for Faces"
    num_targets = sum(1 for item in context.selected_objects if item.type in TYPES)
    if num_targets > 1:
        return f"Generate for {num_targets} Objects"
    return "Generate" if num_targets else "Generate on a Plane"


def draw_progress(layout: Any, context: Any) -> None:
    """How far the job under way is, how many more wait, and the button that stops it."""
    job = engine.studio.current
    row = layout.row(align=True)
    row.scale_y = 1.5
    fraction = job.fraction if job is not None else 0.0
    row.progress(factor=fraction, type="BAR", text=f"{fraction:.0%}")
    row.operator("maquette.cancel", text="", icon="X")
    waiting = f" ({len(engine.studio.waiting)} more waiting)" if engine.studio.waiting else ""
    draw_text(layout, f"{job.text if job is not None else 'Waiting'}{waiting}", context)


def draw_outcome(layout: Any, context: Any, topic: str) -> None:
    """What is said of the last job of a generator, with the buttons that help."""
    notice = engine.studio.notice
    if notice is None or notice.topic != topic or engine.studio.busy_with(topic):
        return
    column = layout.column()
    row = column.row()
    # as buttons: where the pointer rests on the progress bar as it ends, Blender draws the next label as that bar
    draw_text(row, notice.text, context, _LEVEL_ICONS[notice.level], buttons=1, operator="maquette.dismiss")
    close = row.row()
    close.alignment = "RIGHT"
    close.operator("maquette.dismiss", text="", icon="X", emboss=False)
    draw_mending(column, notice)


def draw_mending(layout: Any, notice: Notice) -> None:
    """The buttons that help after a failure."""
    for operator in notice.mend:
        layout.operator(operator, **({"text": "Try Again"} if operator in GENERATE.values() else {}))
    if notice.detail:
        layout.operator("maquette.copy_detail", icon="COPYDOWN")


_CLASSES = (MAQUETTE_UL_pictures, MAQUETTE_PT_texture, MAQUETTE_PT_references, MAQUETTE_PT_result)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
