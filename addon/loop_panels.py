# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of the review loop: explore, the gallery of candidates, the moves, the locks.

Drawing reads what is stored and decodes nothing twice: icons are known by their candidate's name.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.translations import pgettext_iface as iface
from bpy.types import Panel

from . import engine
from .active import active_made
from .loop import thumbnails
from .loop.bases import explored_method
from .loop.candidates import Candidate, shown
from .loop.history import MAX_RATING
from .loop.locks import can_lock, is_param_locked, params_to_lock, parts_to_lock, takes_regions
from .loop.settings import loop_generator
from .panels import Sidebar, draw_outcome, draw_progress

# how wide a picture of the gallery is at most, in pixels at scale 1, and how large its icon is drawn
CELL, ICON_SCALE = 80, 4.0
STAR = "★"
_PICK_ICONS = {True: "CHECKBOX_HLT", False: "CHECKBOX_DEHLT"}


class MAQUETTE_PT_explore(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Makes candidates, and more like those that are liked"""

    bl_label = "Explore"
    bl_idname = "MAQUETTE_PT_explore"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """What is explored, the button, the gallery and what is done with it."""
        layout, scene = self.layout, context.scene
        settings, generator = scene.maquette_loop, loop_generator(context)
        row = layout.row(align=True)
        row.prop(settings, "generator", text="")
        if active_made(context, generator) is not None:
            row.prop(settings, "start", text="")
        row = layout.row(align=True)
        row.prop(settings, "count")
        row.prop(settings, "seed")
        _draw_explore(layout, context)
        draw_outcome(layout, context, generator)
        items = shown(scene)
        if items:
            _draw_gallery(layout, context, items)
            _draw_stars(layout, items)
            _draw_moves(layout, context, items)


def _draw_explore(layout: Any, context: Any) -> None:
    if engine.studio.busy:
        draw_progress(layout, context)
        return
    row = layout.row()
    row.scale_y = 1.5
    row.operator("maquette.explore", icon="OUTLINER_OB_POINTCLOUD")


def gallery_columns(context: Any) -> int:
    """How many candidates stand beside each other in the panel."""
    width = context.region.width if context.region is not None else 3 * CELL
    # without a window nothing has a scale
    return max(2, int(width / (CELL * (context.preferences.system.ui_scale or 1.0))))


def _draw_gallery(layout: Any, context: Any, items: list[Any]) -> None:
    # where the pointer rests on a progress bar as it ends, Blender draws the next label as that bar: a line, no picture
    line = layout.row()
    line.scale_y = 0.05
    line.label(text="")
    grid = layout.grid_flow(row_major=True, columns=gallery_columns(context), even_columns=True, align=False)
    for item in items:
        cell = grid.column(align=True)
        cell.template_icon(thumbnails.icon_of(item.name, item.thumbnail, item.file), scale=ICON_SCALE)
        cell.prop(item, "picked", text=_cell_text(item), toggle=True, translate=False)
    missing = context.scene.maquette_candidates.count - len(items)
    if missing > 0 and engine.studio.busy:
        layout.label(text=f"{iface('Still to come')}: {missing}", icon="SORTTIME", translate=False)


def _cell_text(item: Any) -> str:
    """A candidate's number and its stars; five of them would not fit below a picture."""
    return f"{item.number + 1}   {item.rating} {STAR}" if item.rating else str(item.number + 1)


def _draw_stars(layout: Any, items: list[Any]) -> None:
    """Five stars, which act on the picked, and what acts on all."""
    chosen = [item for item in items if item.picked]
    line = layout.row()
    row = line.row(align=True)
    row.enabled = bool(chosen)
    rating = max((item.rating for item in chosen), default=0)
    for stars in range(1, MAX_RATING + 1):
        icon = "SOLO_ON" if stars <= rating else "SOLO_OFF"
        # the star that is shown last takes all back
        row.operator("maquette.rate_candidate", text="", icon=icon).rating = 0 if stars == rating else stars
    side = line.row(align=True)
    side.alignment = "RIGHT"
    side.operator("maquette.candidates_sheet", text="", icon="IMAGE_DATA")
    side.operator("maquette.clear_candidates", text="", icon="TRASH")


def _draw_moves(layout: Any, context: Any, items: list[Any]) -> None:
    settings = context.scene.maquette_loop
    chosen = [item for item in items if item.picked]
    column = layout.column(align=True)
    row = column.row(align=True)
    row.scale_y = 1.3
    row.operator("maquette.apply_candidate", icon="CHECKMARK").in_place = settings.in_place
    column.prop(settings, "in_place")
    column = layout.column(align=True)
    row = column.row(align=True)
    row.operator("maquette.vary", icon="MOD_NOISE")
    row.prop(settings, "strength", text="")
    row = column.row(align=True)
    row.operator("maquette.mix", icon="AUTOMERGE_ON")
    row.operator("maquette.between", icon="ARROW_LEFTRIGHT")
    column.operator("maquette.more_like_these", icon="SOLO_ON")
    if len(chosen) > 1:
        column = layout.column(align=True)
        for item in chosen:
            column.prop(item, "weight", text=f"{iface('Weight')} {item.number + 1}", translate=False)


class MAQUETTE_PT_locks(Sidebar, Panel):  # noqa: N801 Blender's naming
    """What stays as it is in every candidate"""

    bl_label = "Locks"
    bl_parent_id = "MAQUETTE_PT_explore"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Parts of the picked candidate or the active thing, then the method's parameters."""
        layout, method = self.layout, explored_method(context)
        _draw_parts(layout, context, method, active_made(context, method.generator))
        layout.label(text="Parameters")
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for spec in params_to_lock(method):
            locked = is_param_locked(context.scene, method, spec.name)
            icon: Any = "LOCKED" if locked else "UNLOCKED"
            grid.operator("maquette.lock_param", text=spec.label, icon=icon, depress=locked).param = spec.name


def _draw_parts(layout: Any, context: Any, method: Any, made: Any) -> None:
    held = {i.name: i.source for i in context.scene.maquette_loop.parts if i.generator == method.generator}
    parts = parts_to_lock(method, made)
    names = [*parts, *(name for name in held if name not in parts and can_lock(method, name))]
    if names or takes_regions(method):
        layout.label(text="Parts")
    grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
    for name in names:
        icon: Any = "LOCKED" if name in held else "UNLOCKED"
        text = f"{part_label(name)} ({held[name]})" if name in held else part_label(name)
        grid.operator("maquette.lock_part", text=text, icon=icon, depress=name in held, translate=False).part = name
    if takes_regions(method):
        layout.operator("maquette.lock_region", icon="SELECT_SET")


def part_label(part: str) -> str:
    """A part as people read it."""
    words = part.replace("_", " ")
    return words[:1].upper() + words[1:]


_CLASSES = (MAQUETTE_PT_explore, MAQUETTE_PT_locks)
_register, _unregister = bpy.utils.register_classes_factory(_CLASSES)


def draw_candidate_menu(menu: Any, context: Any) -> None:
    """In the menu of a candidate's button: what is done with this one."""
    item = getattr(context, "button_pointer", None)
    if not isinstance(item, Candidate):
        return
    layout, number = menu.layout, item.number + 1
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    layout.label(text=f"{iface('Candidate')} {number}", translate=False)
    layout.operator("maquette.apply_candidate", icon="CHECKMARK").number = number
    in_place = layout.operator("maquette.apply_candidate", text="Apply in Place of the Active One")
    in_place.number, in_place.in_place = number, True
    layout.operator("maquette.pick_candidate", text="Pick This One Alone").number = number
    layout.operator("maquette.candidates_sheet", icon="IMAGE_DATA")


def register() -> None:
    """Add the panels, and the menu of a candidate."""
    _register()
    menu: Any = bpy.types.UI_MT_button_context_menu
    menu.append(draw_candidate_menu)


def unregister() -> None:
    """Take them away."""
    menu: Any = bpy.types.UI_MT_button_context_menu
    menu.remove(draw_candidate_menu)
    _unregister()
