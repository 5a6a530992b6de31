# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Texture, with its sub-panels, and the active material."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel

from ..core.errors import MaquetteError
from ..core.generators import Method, find_method
from ..core.params import specs
from ..core.version import VERSION
from . import engine
from .jobs import Job, Notice
from .operators.generate import GENERATOR, active_material
from .package import preferences
from .properties import SHOWN, choice_label, group_name
from .scene.record import made_by, read_request
from .scene.targets import TYPES
from .texts import draw_text

_LEVEL_ICONS = {"INFO": "CHECKMARK", "WARNING": "INFO", "ERROR": "ERROR"}


def _method(context: Any) -> tuple[Method, Any]:
    """The method that the panel shows, and its parameters."""
    settings = context.scene.maquette
    method = find_method(GENERATOR, settings.texture_method)
    return method, getattr(settings, group_name(method))


class _Sidebar:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Maquette"


class MAQUETTE_PT_texture(_Sidebar, Panel):  # noqa: N801 Blender's naming
    """From a photograph to a material"""

    bl_label = "Texture"
    bl_idname = "MAQUETTE_PT_texture"

    def draw(self, context: Any) -> None:
        """The picture, the main numbers, the button and what goes on."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        if engine.found() is None:
            _draw_no_engine(layout, context)
        settings = context.scene.maquette
        method, group = _method(context)
        _draw_photograph(layout, settings.references.albedo)
        column = layout.column(align=True)
        row = column.row(align=True)
        row.prop(group, "size")
        row.menu("MAQUETTE_MT_sizes", text="", icon="DOWNARROW_HLT")
        column.prop(group, "size_m" + SHOWN)
        for spec in specs(method.params):
            if spec.name not in ("size", "size_m", "maps"):
                layout.prop(group, spec.name)
        row = layout.row(align=True)
        row.prop(settings, "seed")
        row.operator("maquette.random_seed", text="", icon="FILE_REFRESH")
        _draw_generate(layout, context)
        _draw_outcome(layout, context)


class MAQUETTE_PT_references(_Sidebar, Panel):  # noqa: N801 Blender's naming
    """Further maps of the same surface"""

    bl_label = "More Maps Given"
    bl_parent_id = "MAQUETTE_PT_texture"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """One slot a map; those that are empty are derived from the photograph."""
        layout = self.layout
        layout.use_property_decorate = False
        references = context.scene.maquette.references
        for role in _method(context)[0].roles:
            if role != "albedo":
                _draw_slot(layout, getattr(references, role), choice_label(role))


class MAQUETTE_PT_result(_Sidebar, Panel):  # noqa: N801 Blender's naming
    """How the result comes into the scene"""

    bl_label = "Result"
    bl_parent_id = "MAQUETTE_PT_texture"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """The maps, the mapping, the relief, the images."""
        layout = self.layout
        settings = context.scene.maquette
        method, group = _method(context)
        layout.label(text="Maps")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for choice in next(spec.choices for spec in specs(method.params) if spec.name == "maps"):
            if choice != "albedo":
                grid.prop_enum(group, "maps", choice)
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(settings, "mapping")
        column.prop(settings, "relief_as")
        column.prop(preferences(), "storage")


class MAQUETTE_PT_material(_Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active material, where Maquette made it"""

    bl_label = "Active Material"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a material that Maquette made."""
        return active_material(context) is not None

    def draw(self, context: Any) -> None:
        """What it is, who made it, and what can be done with it."""
        layout = self.layout
        material = active_material(context)
        layout.label(text=material.name, icon="MATERIAL", translate=False)
        _draw_facts(layout, material, context)
        row = layout.row(align=True)
        row.operator("maquette.regenerate", icon="FILE_REFRESH")
        row.operator("maquette.new_seed", icon="MOD_NOISE")
        layout.operator("maquette.load_settings", icon="COPYDOWN")
        layout.operator("maquette.fit_real_size", icon="UV_DATA")


def _draw_no_engine(layout: Any, context: Any) -> None:
    box = layout.box()
    maker = engine.maker()
    if maker is not None and not maker.done:
        box.progress(factor=maker.fraction, type="BAR", text=maker.text)
        return
    draw_text(box, "Maquette has no engine yet. It is made, or chosen, in the preferences.", context, "INFO")
    box.operator("maquette.open_preferences", icon="PREFERENCES")


def _draw_photograph(layout: Any, slot: Any) -> None:
    """The main reference over the panel's whole width, so that its name can be read."""
    column = layout.column(align=True)
    column.use_property_split = False
    row = column.row(align=True)
    row.label(text="Photograph")
    row.prop(slot, "source", expand=True)
    _draw_picture(column, slot)


def _draw_slot(layout: Any, slot: Any, label: str) -> None:
    """One further reference: its name and its source, then the file or image."""
    column = layout.column(align=True)
    row = column.row(align=True)
    row.label(text=label)
    row.prop(slot, "source", expand=True, icon_only=True)
    _draw_picture(column, slot)


def _draw_picture(column: Any, slot: Any) -> None:
    if slot.source == "FILE":
        column.prop(slot, "path", text="")
    else:
        column.template_ID(slot, "image", open="image.open")


def _draw_generate(layout: Any, context: Any) -> None:
    job = engine.studio.current
    if engine.studio.busy:
        _draw_progress(layout, job, context)
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


def _draw_progress(layout: Any, job: Job | None, context: Any) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.5
    fraction = job.fraction if job is not None else 0.0
    row.progress(factor=fraction, type="BAR", text=f"{fraction:.0%}")
    row.operator("maquette.cancel", text="", icon="X")
    waiting = f" ({len(engine.studio.waiting)} more waiting)" if engine.studio.waiting else ""
    draw_text(layout, f"{job.text if job is not None else 'Waiting'}{waiting}", context)


def _draw_outcome(layout: Any, context: Any) -> None:
    notice = engine.studio.notice
    if notice is None or engine.studio.busy:
        return
    column = layout.column()
    row = column.row()
    # as buttons: where the pointer rests on the progress bar as it ends, Blender draws the next label as that bar
    draw_text(row, notice.text, context, _LEVEL_ICONS[notice.level], buttons=1, operator="maquette.dismiss")
    close = row.row()
    close.alignment = "RIGHT"
    close.operator("maquette.dismiss", text="", icon="X", emboss=False)
    _draw_mending(column, notice)


def _draw_mending(layout: Any, notice: Notice) -> None:
    for operator in notice.mend:
        layout.operator(operator, **({"text": "Try Again"} if operator == "maquette.generate" else {}))
    if notice.detail:
        layout.operator("maquette.copy_detail", icon="COPYDOWN")


def _draw_facts(layout: Any, material: Any, context: Any) -> None:
    """The seed, the size; another version of Maquette is named."""
    try:
        request = read_request(material)
    except MaquetteError as error:
        draw_text(layout, str(error), context, "ERROR")
        return
    size = getattr(request.params, "size", 0)
    column = layout.column(align=True)
    column.active = False
    column.label(text=f"{size} x {size} px, seed {request.seed}", icon="BLANK1", translate=False)
    if made_by(material) != VERSION:
        text = (
            f"Made by Maquette {made_by(material)}; this is {VERSION}. It stays as it is "
            "until you press Regenerate, which may look different."
        )
        draw_text(layout, text, context, "INFO")


_CLASSES = (MAQUETTE_PT_texture, MAQUETTE_PT_references, MAQUETTE_PT_result, MAQUETTE_PT_material)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
