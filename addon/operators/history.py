# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with the history: restore, branch, rate, delete, bring what came with other files.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ...core.request import Request
from ..active import active_made
from ..jobs import Job
from ..loop.bases import new_job, placed
from ..loop.history import MAX_RATING, active_node, branch_of, choose, find_node, history_of, remove_nodes
from ..loop.lineage import made_from_node, merge_all, node_name_of
from ..loop.panel_values import to_panel
from ..remake import in_place_job
from ..scene.option_row import site_origin
from ..scene.ownership import why_locked
from .asking import AsksFirst
from .generate import JobOperator, has_engine

NODE_PROPERTY = {"name": "Node", "description": "The id of a node; empty for the one that is chosen in the list"}


def request_of_node(node: Any) -> Request:
    """A node's Request; InputError where it cannot be read."""
    return Request.from_json(node.request, f"The Request of '{node.label}' in the history")


class OnNode:
    """What the operators share that act on the chosen node, or on one that a script names."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a node."""
        if active_node(context.scene) is None:
            cls.poll_message_set("The history is empty: what is made appears here")  # type: ignore[attr-defined]
            return False
        return True

    def chosen(self, context: Any) -> Any:
        """The node; InputError where there is none."""
        name = getattr(self, "node", "")
        found = find_node(context.scene, name) if name else active_node(context.scene)
        if found is None:
            raise InputError("That result is not in the history any more. Choose another in the list.")
        return found

    def refuse(self, error: MaquetteError) -> set[str]:
        """Say what was wrong."""
        self.report({"ERROR"}, str(error))  # type: ignore[attr-defined]
        return {"CANCELLED"}


def thing_of_node(context: Any, node: Any) -> Any:
    """What a node made: the active thing where it is at this node, or came from it, else any that is; None where it is
    gone."""
    active = active_made(context, node.generator)
    below = branch_of(context.scene, node.name)
    if active is not None and node_name_of(active) in below:
        return active
    return made_from_node(context.scene, node.name)


class MAQUETTE_OT_history_show(OnNode, AsksFirst, JobOperator, Operator):  # noqa: N801 Blender's naming
    """Bring back the chosen result: what it made, or what became of that, changes to it in place; or it is made anew
    beside what is there"""

    bl_idname = "maquette.history_show"
    bl_label = "Restore"
    bl_options = {"REGISTER"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]
    as_new: BoolProperty(  # type: ignore[valid-type]
        name="As New", description="Make it anew, on the selection as Generate does", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a node and an engine."""
        return super().poll(context) and has_engine(cls)

    def thing(self, context: Any) -> Any:
        """What changes in place; None where something new is made, or it is gone."""
        node = find_node(context.scene, self.node) if self.node else active_node(context.scene)
        return None if self.as_new or node is None else thing_of_node(context, node)

    def make_jobs(self, context: Any) -> list[Job]:
        """One job; in place it knows what is given up of what was changed by hand."""
        node = self.chosen(context)
        if self.as_new:
            return [_new(context, request_of_node(node), thing_of_node(context, node))]
        thing = self.thing(context)
        if thing is None:
            raise InputError(f"What '{node.label}' made is not in this file any more. Restore it as new.")
        if reason := why_locked(thing):
            raise InputError(reason)
        return super().make_jobs(context)

    def make_job(self, context: Any) -> Job:
        """The node's own Request, in place."""
        return in_place_job(context, self.thing(context), request_of_node(self.chosen(context)))


def _new(context: Any, request: Request, thing: Any) -> Job:
    """With the files that the thing keeps, where there is one, and a building where that stands."""
    if thing is not None:
        request = placed(thing, request)
    origin = site_origin(thing) if thing is not None and request.generator == "architecture" else (0.0, 0.0, 0.0)
    return new_job(context, request, origin)


class MAQUETTE_OT_history_branch(OnNode, Operator):  # noqa: N801 Blender's naming
    """Put the chosen result's method, seed, values and files into the panel: what is generated next stands below it in
    the history"""

    bl_idname = "maquette.history_branch"
    bl_label = "Branch"
    bl_options = {"REGISTER", "UNDO"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Files are taken from where the thing that was made keeps them."""
        try:
            node = self.chosen(context)
            request, thing = request_of_node(node), thing_of_node(context, node)
            to_panel(context.scene, placed(thing, request) if thing is not None else request)
        except MaquetteError as error:
            return self.refuse(error)
        history_of(context.scene).branch = node.name
        return {"FINISHED"}


class MAQUETTE_OT_history_rate(OnNode, Operator):  # noqa: N801 Blender's naming
    """Give the chosen result so many stars. What has stars is never dropped from the history first"""

    bl_idname = "maquette.history_rate"
    bl_label = "Rate"
    bl_options = {"REGISTER", "UNDO"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]
    rating: IntProperty(name="Stars", description="1 to 5, 0 takes them back", min=0, max=MAX_RATING)  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Of one node."""
        try:
            self.chosen(context).rating = self.rating
        except MaquetteError as error:
            return self.refuse(error)
        return {"FINISHED"}


class MAQUETTE_OT_history_delete(OnNode, Operator):  # noqa: N801 Blender's naming
    """Delete the chosen result and all that came from it from the history. What was made stays in the scene"""

    bl_idname = "maquette.history_delete"
    bl_label = "Delete from History"
    bl_options = {"REGISTER", "UNDO"}

    node: StringProperty(**NODE_PROPERTY, options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask."""
        result: set[str] = context.window_manager.invoke_confirm(self, event)
        return result

    def execute(self, context: Any) -> set[str]:
        """The branch."""
        try:
            gone = branch_of(context.scene, self.chosen(context).name)
        except MaquetteError as error:
            return self.refuse(error)
        remove_nodes(context.scene, gone)
        self.report({"INFO"}, f"{len(gone)} results were deleted from the history.")
        return {"FINISHED"}


class MAQUETTE_OT_history_choose(Operator):  # noqa: N801 Blender's naming
    """Choose a result in the list"""

    bl_idname = "maquette.history_choose"
    bl_label = "Choose in History"
    bl_options = {"INTERNAL", "UNDO"}

    node: StringProperty(**NODE_PROPERTY)  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """By its id, or the one that the active thing is at."""
        made = active_made(context)
        choose(context.scene, self.node or node_name_of(made))
        return {"FINISHED"}


class MAQUETTE_OT_history_merge(Operator):  # noqa: N801 Blender's naming
    """Bring the history of what was appended or linked from other files into this scene"""

    bl_idname = "maquette.history_merge"
    bl_label = "Bring History"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Of every generated thing in the scene."""
        count = merge_all(context.scene)
        self.report({"INFO"}, f"{count} results came into the history.")
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_history_show,
    MAQUETTE_OT_history_branch,
    MAQUETTE_OT_history_rate,
    MAQUETTE_OT_history_delete,
    MAQUETTE_OT_history_choose,
    MAQUETTE_OT_history_merge,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
