# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of the history: its nodes as a tree, the chosen one large, and what is done with it."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel, UIList

from .loop import thumbnails
from .loop.history import MAX_RATING, active_node, history_of, in_order
from .panels import Sidebar

STAR = "★"
ROWS, PICTURE_SCALE, INDENT = 6, 6.0, 0.9
MOST_INDENT = 8

# the order of the tree that was last drawn, by what it was made of
_order: tuple[tuple[tuple[str, str], ...], dict[str, tuple[int, int]]] = ((), {})
# how often an order was made: drawing the same tree twice must add nothing
work = 0


def order_of(nodes: Any) -> dict[str, tuple[int, int]]:
    """(place in the list, depth) of each node by its id; made anew only where a node came, went or moved."""
    global _order, work
    given = tuple((node.name, node.parent) for node in nodes)
    if _order[0] != given:
        work += 1
        _order = (given, {name: (place, depth) for place, (name, depth) in enumerate(in_order(given))})
    return _order[1]


class MAQUETTE_UL_history(UIList):  # noqa: N801 Blender's naming
    """Everything that was made, each below what it came from"""

    def draw_item(  # type: ignore[override]
        self, context: Any, layout: Any, data: Any, item: Any, icon: Any, active_data: Any, active_property: Any
    ) -> None:
        """Picture, name, stars, time."""
        depth = order_of(data.nodes).get(item.name, (0, 0))[1]
        row = layout.row(align=True)
        if depth:
            row.separator(factor=INDENT * min(depth, MOST_INDENT))
        picture = thumbnails.icon_of(item.name, item.thumbnail)
        marked = data.compared == item.name
        row.label(text=item.made or item.label, icon_value=picture, translate=False)
        side = row.row(align=True)
        side.alignment = "RIGHT"
        side.label(text=STAR * item.rating, icon="DECORATE_KEYFRAME" if marked else "NONE", translate=False)

    def filter_items(self, context: Any, data: Any, name: str) -> tuple[list[int], list[int]]:  # type: ignore[override]
        """In the order of the tree; the search field looks at names and methods."""
        nodes = getattr(data, name)
        order = order_of(nodes)
        flags: list[int] = []
        if self.filter_name:
            wanted = self.filter_name.lower()
            seen = (wanted in f"{node.made} {node.label}".lower() for node in nodes)
            flags = [self.bitflag_filter_item if shown else 0 for shown in seen]
        return flags, [order[node.name][0] for node in nodes]


class MAQUETTE_PT_history(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Everything that was made in this scene, and how to come back to it"""

    bl_label = "History"
    bl_idname = "MAQUETTE_PT_history"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """The tree, the chosen result, the buttons."""
        layout, history = self.layout, history_of(context.scene)
        node = active_node(context.scene)
        if node is None:
            layout.label(text="What is made appears here", icon="INFO")
            layout.operator("maquette.history_merge", icon="LINKED")
            return
        row = layout.row()
        row.template_list("MAQUETTE_UL_history", "", history, "nodes", history, "active", rows=ROWS)
        side = row.column(align=True)
        side.operator("maquette.history_choose", text="", icon="RESTRICT_SELECT_OFF").node = ""
        side.operator("maquette.history_mark", text="", icon="DECORATE_KEYFRAME", depress=history.compared == node.name)
        side.operator("maquette.history_merge", text="", icon="LINKED")
        side.separator()
        side.operator("maquette.history_delete", text="", icon="TRASH")
        _draw_node(layout, node)


def _draw_node(layout: Any, node: Any) -> None:
    row = layout.row()
    if node.thumbnail:
        row.template_icon(thumbnails.icon_of(node.name, node.thumbnail), scale=PICTURE_SCALE)
    column = row.column(align=True)
    column.label(text=node.label)
    column.label(text=node.time, translate=False)
    stars = column.row(align=True)
    stars.alignment = "LEFT"
    for number in range(1, MAX_RATING + 1):
        icon = "SOLO_ON" if number <= node.rating else "SOLO_OFF"
        rate = stars.operator("maquette.history_rate", text="", icon=icon, emboss=False)
        # the star that is shown last takes all back
        rate.rating = 0 if number == node.rating else number
    column.operator("maquette.history_compare", icon="ARROW_LEFTRIGHT")
    row = layout.row(align=True)
    row.operator("maquette.history_show", icon="LOOP_BACK").as_new = False
    row.operator("maquette.history_show", text="As New", icon="DUPLICATE").as_new = True
    row.operator("maquette.history_branch", icon="CON_FOLLOWPATH")


_CLASSES = (MAQUETTE_UL_history, MAQUETTE_PT_history)
register, unregister = bpy.utils.register_classes_factory(_CLASSES)
