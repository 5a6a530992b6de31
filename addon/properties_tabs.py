# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette in the Properties editor: in the material's tab, and in the tabs of every object of a character or building.

What is drawn are the datablock's own values: those that it was made with, and those that are wished for.
"""

from __future__ import annotations

from typing import Any

from bpy.app.translations import pgettext_iface as iface
from bpy.types import Panel

from ..core.errors import MaquetteError
from ..core.params import specs
from ..core.request import Request
from ..core.version import VERSION
from . import engine
from .active import ARCHITECTURE, CHARACTER, TEXTURE, active_made, generator_of
from .active_building_panels import draw_figures
from .hand_edits_panel import draw_hand_edits
from .panels import draw_no_engine, draw_outcome, draw_param, draw_progress
from .param_properties import CORNERS, DENSITY, MODEL, SHOWN
from .presentation import in_sight, presentation, sub_panels
from .quality_card import card
from .scene.decisions import LOCK, WHOLE, is_locked
from .scene.draft import draft_of, wish_of
from .scene.ownership import why_locked
from .scene.record import made_by, made_on, report_of
from .texts import draw_text
from .wish_properties import wish_group

ICONS = {TEXTURE: "MATERIAL", CHARACTER: "OUTLINER_OB_ARMATURE", ARCHITECTURE: "HOME"}


class Tab:
    """What the panels of all tabs share."""

    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_label = "Maquette"
    # without a header of its own it stands above Blender's panels, below the name and the slots
    bl_options = {"HIDE_HEADER"}

    def draw(self, context: Any) -> None:
        """What it is, its values, what was done by hand, how good it is."""
        layout = self.layout  # type: ignore[attr-defined]
        layout.use_property_split = True
        layout.use_property_decorate = False
        header, body = layout.panel("maquette_tab", default_closed=False)
        header.label(text="Maquette")
        if body is not None:
            draw_made(body, active_made(context), context)


class MAQUETTE_PT_material_tab(Tab, Panel):  # noqa: N801 Blender's naming
    """The material, where Maquette made it"""

    bl_idname = "MAQUETTE_PT_material_tab"
    bl_context = "material"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a material that Maquette made."""
        return generator_of(getattr(context, "material", None)) == TEXTURE


class _ObjectTab(Tab):
    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for objects of a character or building that Maquette made."""
        return generator_of(active_made(context)) in (CHARACTER, ARCHITECTURE)


class MAQUETTE_PT_object_tab(_ObjectTab, Panel):  # noqa: N801 Blender's naming
    """The character or building that the object belongs to"""

    bl_idname = "MAQUETTE_PT_object_tab"
    bl_context = "object"


class MAQUETTE_PT_data_tab(_ObjectTab, Panel):  # noqa: N801 Blender's naming
    """The character or building that the object belongs to"""

    bl_idname = "MAQUETTE_PT_data_tab"
    bl_context = "data"


def draw_made(layout: Any, thing: Any, context: Any) -> None:
    """All about one generated datablock."""
    generator = generator_of(thing)
    layout.label(text=thing.name, icon=ICONS[generator], translate=False)
    try:
        wish = wish_of(thing)
    except MaquetteError as error:
        draw_text(layout, str(error), context, "ERROR")
        layout.operator("maquette.forget_wishes").generator = generator
        return
    _draw_origin(layout, thing, wish, context)
    locked = why_locked(thing)
    if locked:
        _draw_locked(layout, thing, locked, context)
    elif engine.found() is None:
        draw_no_engine(layout, context)
    # parts that open want the whole width; where nothing can be changed all is grey
    body = layout.column() if locked else layout
    body.enabled = not locked
    _draw_values(body, thing, wish, context)
    _draw_buttons(body, thing, generator, context)
    if not locked:
        draw_hand_edits(layout, thing, context)
    _draw_report(layout, thing, generator, context)
    layout.operator("maquette.save_to_library", icon="ASSET_MANAGER").generator = generator


def _draw_origin(layout: Any, thing: Any, wish: Request, context: Any) -> None:
    """The method, when it was made, and by which version where that is another."""
    column = layout.column(align=True)
    column.active = False
    column.label(text=wish.declaration.label, icon="BLANK1", translate=False)
    column.label(text=made_on(thing), icon="BLANK1", translate=False)
    if made_by(thing) != VERSION:
        maker = f"Maquette {made_by(thing)}" if made_by(thing) else "Another version of Maquette"
        text = f"{maker} made it; this is {VERSION}. Regenerate may look different."
        draw_text(layout, text, context, "INFO")


def _draw_locked(layout: Any, thing: Any, reason: str, context: Any) -> None:
    box = layout.box()
    draw_text(box, reason, context, "LINKED")
    if thing.library is not None:
        box.operator("maquette.make_local", icon="APPEND_BLEND").generator = generator_of(thing)


def _draw_values(layout: Any, thing: Any, wish: Request, context: Any) -> None:
    method = wish.declaration
    group = wish_group(thing, method)
    if group is None:
        draw_text(layout, "Its method is not known to this Maquette.", context, "ERROR")
        return
    names = {spec.name: spec for spec in specs(method.params)}
    if MODEL in names:
        layout.prop(group, MODEL)
    column = layout.column(align=True)
    for name in ("size", "size_m"):
        if name in names:
            column.prop(group, name + SHOWN if names[name].unit == "m" else name)
    if hasattr(group, DENSITY):
        column.prop(group, DENSITY, text="Pixels a Metre")
    for spec in in_sight(method):
        draw_param(layout, group, spec)
    if presentation(method).seed:
        layout.prop(thing.maquette_wish, "seed", text=presentation(method).seed)
    below = [*sub_panels(method), (_RESULT, [names[name] for name in _PLACED if name in names])]
    for title, found in below:
        if not found:
            continue
        header, body = layout.panel(f"maquette_tab_{method.generator}_{method.name}_{title}", default_closed=True)
        header.label(text=title)
        if body is None:
            continue
        for spec in found:
            _draw_placed(body, group, spec)
        if title == _RESULT and method.generator == TEXTURE:
            body.prop(thing.maquette_wish, "mapping")
            body.prop(thing.maquette_wish, "relief_as")


# parameters that have a place of their own in the sidebar
_RESULT = "Result"
_PLACED = ("maps", "keep", "programme", CORNERS)


def _draw_placed(layout: Any, group: Any, spec: Any) -> None:
    if spec.kind is tuple and spec.choices:
        layout.label(text=spec.label)
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for choice in spec.choices:
            grid.prop_enum(group, spec.name, choice)
    else:
        draw_param(layout, group, spec)


def _draw_buttons(layout: Any, thing: Any, generator: str, context: Any) -> None:
    if engine.studio.busy_with(generator):
        draw_progress(layout, context)
        return
    count = len(draft_of(thing))
    if count:
        row = layout.row(align=True)
        row.label(text=f"{iface('Not made yet')}: {count}", icon="INFO", translate=False)
        row.operator("maquette.forget_wishes", text="", icon="LOOP_BACK").generator = generator
    row = layout.row(align=True)
    row.scale_y = 1.3
    locked = is_locked(thing)
    change = row.row(align=True)
    change.enabled = not locked
    change.operator("maquette.remake", icon="FILE_REFRESH").generator = generator
    change.operator("maquette.remake_new_seed", icon="MOD_NOISE").generator = generator
    lock = row.operator("maquette.decide_part", text="", icon="LOCKED" if locked else "UNLOCKED", depress=locked)
    lock.generator, lock.part, lock.decision = generator, WHOLE, "ASK" if locked else LOCK
    draw_outcome(layout, context, generator)


def _draw_report(layout: Any, thing: Any, generator: str, context: Any) -> None:
    """The quality card of a material, the figures of everything else."""
    report = report_of(thing)
    if not report:
        return
    header, body = layout.panel(f"maquette_tab_report_{generator}", default_closed=True)
    header.label(text="Report")
    if body is None:
        return
    lines = card(report) if generator == TEXTURE else []
    for line in lines:
        draw_text(body, line.text, context, "CHECKMARK" if line.fine else "ERROR")
    if not lines:
        draw_figures(body, report, f"maquette_tab_figures_{generator}")


_CLASSES = (MAQUETTE_PT_material_tab, MAQUETTE_PT_object_tab, MAQUETTE_PT_data_tab)


def register() -> None:
    """Add the panels."""
    import bpy

    for kind in _CLASSES:
        bpy.utils.register_class(kind)


def unregister() -> None:
    """Take the panels away."""
    import bpy

    for kind in reversed(_CLASSES):
        bpy.utils.unregister_class(kind)
