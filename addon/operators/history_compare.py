# SPDX-License-Identifier: GPL-3.0-or-later
"""Two results of the history side by side: their pictures, and in words what they differ in.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import StringProperty
from bpy.types import Operator

from ...core.difference import differences
from ...core.errors import InputError, MaquetteError
from ..loop import thumbnails
from ..loop.history import find_node, history_of
from ..texts import draw_text
from .history import NODE_PROPERTY, OnNode, request_of_node

POPUP_WIDTH = 460
PICTURE_SCALE = 8.0
SAME = "They were made from the same values."


class MAQUETTE_OT_history_mark(OnNode, Operator):  # noqa: N801 Blender's naming
    """Remember the chosen result, to compare another with it"""

    bl_idname = "maquette.history_mark"
    bl_label = "Compare from Here"
    bl_options = {"REGISTER", "UNDO"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Pressed again it is forgotten."""
        try:
            name = self.chosen(context).name
        except MaquetteError as error:
            return self.refuse(error)
        history = history_of(context.scene)
        history.compared = "" if history.compared == name else name
        return {"FINISHED"}


class MAQUETTE_OT_history_compare(OnNode, Operator):  # noqa: N801 Blender's naming
    """Show the chosen result beside the one that was marked, else beside the one that it came from, and in what they
    differ"""

    bl_idname = "maquette.history_compare"
    bl_label = "Compare"
    bl_options = {"REGISTER"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]
    other: StringProperty(  # type: ignore[valid-type]
        name="Other", description="The id of the node it is compared with", options={"SKIP_SAVE"}
    )

    def pair(self, context: Any) -> tuple[Any, Any]:
        """(the one before, the chosen one)."""
        chosen, scene = self.chosen(context), context.scene
        names = (self.other, history_of(scene).compared, chosen.parent)
        nodes = (find_node(scene, name) for name in names if name != chosen.name)
        other = next((node for node in nodes if node is not None), None)
        if other is None:
            raise InputError("There is nothing to compare with. Choose another result and mark it first.")
        return other, chosen

    def invoke(self, context: Any, event: Any) -> set[str]:
        """A popup; nothing changes."""
        try:
            self.pair(context)
        except MaquetteError as error:
            return self.refuse(error)
        result: set[str] = context.window_manager.invoke_popup(self, width=POPUP_WIDTH)
        return result

    def draw(self, context: Any) -> None:
        """Both pictures, and a line for each difference."""
        layout = self.layout
        try:
            pair = self.pair(context)
            lines = differences(request_of_node(pair[0]), request_of_node(pair[1]))
        except MaquetteError as error:
            draw_text(layout, str(error), context, "ERROR")
            return
        row = layout.row()
        for node in pair:
            column = row.column(align=True)
            column.template_icon(thumbnails.icon_of(node.name, node.thumbnail), scale=PICTURE_SCALE)
            column.label(text=f"{node.label} {'★' * node.rating}", translate=False)
            column.label(text=node.time, translate=False)
        for line in lines or [SAME]:
            draw_text(layout, line, context)

    def execute(self, context: Any) -> set[str]:
        """For scripts: the differences as reports."""
        try:
            before, after = self.pair(context)
            lines = differences(request_of_node(before), request_of_node(after))
        except MaquetteError as error:
            return self.refuse(error)
        for line in lines or [SAME]:
            self.report({"INFO"}, line)
        return {"FINISHED"}


_CLASSES = (MAQUETTE_OT_history_mark, MAQUETTE_OT_history_compare)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
