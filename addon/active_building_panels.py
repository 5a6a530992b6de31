# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar's panels of the active building: its figures, what can be done with it, the options beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bpy
from bpy.types import Panel

from ..core.errors import MaquetteError
from ..core.request import Request
from .building_live import active_building
from .operators.building import storeys_of
from .operators.building_files import KIND_ITEMS
from .operators.building_options import BUILDING, refines
from .panels import Sidebar
from .programme_list import PROGRAMME
from .scene.building_levels import num_levels, shown_level
from .scene.building_parts import option_of, option_roots, row_of
from .scene.caption import figure, name_of
from .scene.record import read_request, report_of
from .texts import draw_text

# the figures by which options are compared, those of them that they have
COMPARED = ("daylit", "neighbour_sun", "gross_floor_area_m2", "gfa_m2")
# the figures that are read first
FIRST = (
    "gross_floor_area_m2",
    "gfa_m2",
    "floor_area_ratio",
    "far",
    "daylit",
    "neighbour_sun",
    "net_floor_area_m2",
    "footprint_area_m2",
    "coverage",
    "num_storeys",
    "height_m",
    "eaves_height_m",
)
MOST_FIGURES = 6
MOST_OPTIONS = 24


class MAQUETTE_PT_building(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active building, where Maquette made it"""

    bl_label = "Active Building"
    bl_idname = "MAQUETTE_PT_building"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a building that Maquette made."""
        return active_building(context) is not None

    def draw(self, context: Any) -> None:
        """What it is, its figures, and what can be done with it."""
        layout = self.layout
        root = active_building(context)
        layout.label(text=root.name, icon="HOME", translate=False)
        try:
            request = read_request(root)
        except MaquetteError as error:
            draw_text(layout, str(error), context, "ERROR")
            return
        column = layout.column(align=True)
        column.active = False
        column.label(text=f"{request.declaration.label}, seed {request.seed}", icon="BLANK1", translate=False)
        draw_figures(layout, report_of(root), "maquette_building_figures")
        _draw_storeys(layout, request)
        row = layout.row(align=True)
        row.operator("maquette.regenerate_building", icon="FILE_REFRESH")
        row.operator("maquette.new_seed_building", icon="MOD_NOISE")
        row = layout.row(align=True)
        row.operator("maquette.regenerate_building", text="Update Site", icon="MESH_PLANE").site = True
        if hasattr(request.params, PROGRAMME):
            row.operator("maquette.keep_rooms", icon="PINNED")
        layout.operator("maquette.building_to_panel", icon="COPYDOWN")
        _draw_levels(layout, root)
        if row_of(root) is None and request.code and request.method != BUILDING:
            layout.operator("maquette.build_option", icon="HOME")


class MAQUETTE_PT_options(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The options that stand in one row with the active one"""

    bl_label = "Options"
    bl_parent_id = "MAQUETTE_PT_building"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for an option of a row."""
        root = active_building(context)
        return root is not None and row_of(root) is not None

    def draw(self, context: Any) -> None:
        """Each option with its figures; what can be done with the active one."""
        layout = self.layout
        active = active_building(context)
        roots = option_roots(row_of(active))
        compared = [key for key in COMPARED if any(key in report_of(root) for root in roots)][:3]
        grid = layout.column(align=True)
        _draw_head(grid, compared)
        for root in roots[:MOST_OPTIONS]:
            _draw_option(grid, root, compared, root == active)
        if len(roots) > MOST_OPTIONS:
            grid.label(text=f"{len(roots) - MOST_OPTIONS} more in the scene")
        column = layout.column(align=True)
        column.operator("maquette.pick_option", icon="CHECKMARK")
        if refines(active):
            column.operator("maquette.refine_option", icon="VIEWZOOM")
        column.operator("maquette.build_option", icon="HOME")


class MAQUETTE_PT_building_export(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active building as a file, or as an asset"""

    bl_label = "Export Building"
    bl_parent_id = "MAQUETTE_PT_building"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """A button a format."""
        layout = self.layout
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        for kind, label, _ in KIND_ITEMS:
            grid.operator("maquette.export_building", text=label, icon="EXPORT").kind = kind
        layout.operator("maquette.mark_building", icon="ASSET_MANAGER")


def draw_figures(layout: Any, report: Mapping[str, float], name: str) -> None:
    """The main figures of a report; the others in a part that opens."""
    items = sorted(report.items(), key=lambda item: FIRST.index(item[0]) if item[0] in FIRST else len(FIRST))
    _draw_table(layout.column(align=True), items[:MOST_FIGURES])
    if len(items) > MOST_FIGURES:
        header, body = layout.panel(name, default_closed=True)
        header.label(text=f"All Figures ({len(items)})")
        if body is not None:
            _draw_table(body.column(align=True), items[MOST_FIGURES:])


def _draw_table(column: Any, items: list[tuple[str, float]]) -> None:
    for key, value in items:
        split = column.split(factor=0.65)
        split.label(text=_sentence(name_of(key)), translate=False)
        number = split.row()
        number.alignment = "RIGHT"
        number.label(text=figure(key, value), translate=False)


def _sentence(name: str) -> str:
    """A name with a large first letter; abbreviations stay as they are."""
    return name[:1].upper() + name[1:]


def _draw_storeys(layout: Any, request: Request) -> None:
    """Fewer, how many, more."""
    spec = storeys_of(request)
    if spec is None:
        return
    row = layout.row(align=True)
    row.operator("maquette.change_storeys", text="", icon="REMOVE").by = -1
    middle = row.row(align=True)
    middle.alignment = "CENTER"
    middle.label(text=f"{getattr(request.params, spec.name)} storeys")
    row.operator("maquette.change_storeys", text="", icon="ADD").by = 1


def _draw_levels(layout: Any, root: Any) -> None:
    count = num_levels(root)
    if count < 2:
        return
    row = layout.row(align=True)
    row.label(text="Detail")
    for level in range(count):
        button = row.operator("maquette.show_building_level", text=str(level), depress=level == shown_level(root))
        button.level = level


def _draw_head(layout: Any, compared: list[str]) -> None:
    row = layout.row(align=True)
    row.active = False
    row.label(text="Option")
    for key in compared:
        cell = row.row()
        cell.alignment = "RIGHT"
        cell.label(text=_SHORT[key])


def _draw_option(layout: Any, root: Any, compared: list[str], active: bool) -> None:
    row = layout.row(align=True)
    button = row.operator("maquette.activate_option", text=option_of(root), depress=active, translate=False)
    button.name = option_of(root)
    report = report_of(root)
    for key in compared:
        cell = row.row()
        cell.alignment = "RIGHT"
        cell.label(text=figure(key, report[key]) if key in report else "-", translate=False)


_SHORT = {"daylit": "Daylit", "neighbour_sun": "Neighbours", "gross_floor_area_m2": "Area", "gfa_m2": "Area"}
_CLASSES = (MAQUETTE_PT_building, MAQUETTE_PT_options, MAQUETTE_PT_building_export)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
