# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with candidates: pick, rate, apply, see them large, forget them.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ..active import ARCHITECTURE, active_made
from ..character_delivery import Row
from ..jobs import Job
from ..loop import sheet
from ..loop.bases import new_job
from ..loop.candidates import candidate_at, clear, items_of, keep_in_history, picked, request_of, shown
from ..loop.history import MAX_RATING, node_by_key
from ..remake import in_place_job
from ..scene.ownership import why_locked
from .asking import AsksFirst
from .generate import JobOperator, has_engine

NUMBER = {"name": "Number", "description": "The candidate, counted from 1; 0 for those that are picked", "min": 0}


class OnCandidates:
    """What the operators share that act on one candidate, or on all that are picked."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs candidates."""
        if not shown(context.scene):
            cls.poll_message_set("There are no candidates yet: press Explore")  # type: ignore[attr-defined]
            return False
        return True

    def chosen(self, context: Any) -> list[Any]:
        """The candidates that are meant; InputError where there are none."""
        number = getattr(self, "number", 0)
        found = [candidate_at(context.scene, number)] if number else picked(context.scene)
        if not found:
            raise InputError("No candidate is picked. Pick one in the gallery.")
        return found

    def refuse(self, error: MaquetteError) -> set[str]:
        """Say what was wrong."""
        self.report({"ERROR"}, str(error))  # type: ignore[attr-defined]
        return {"CANCELLED"}


class MAQUETTE_OT_pick_candidate(OnCandidates, Operator):  # noqa: N801 Blender's naming
    """Pick a candidate, alone or beside the others"""

    bl_idname = "maquette.pick_candidate"
    bl_label = "Pick Candidate"
    bl_options = {"REGISTER", "UNDO"}

    number: IntProperty(**NUMBER)  # type: ignore[valid-type]
    extend: BoolProperty(name="Extend", description="The others stay picked", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    state: BoolProperty(name="Picked", description="Whether it is picked", default=True, options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Number 0 stands for none."""
        try:
            found = candidate_at(context.scene, self.number) if self.number else None
        except MaquetteError as error:
            return self.refuse(error)
        if not self.extend:
            for item in shown(context.scene):
                item.picked = False
        if found is not None:
            found.picked = self.state
        sheet.update_sheet(context.scene)
        return {"FINISHED"}


class MAQUETTE_OT_rate_candidate(OnCandidates, Operator):  # noqa: N801 Blender's naming
    """Give the picked candidates so many stars. 'More Like These' goes by them; they are saved with the file"""

    bl_idname = "maquette.rate_candidate"
    bl_label = "Rate"
    bl_options = {"REGISTER", "UNDO"}

    number: IntProperty(**NUMBER, options={"SKIP_SAVE"})  # type: ignore[valid-type]
    rating: IntProperty(name="Stars", description="1 to 5, 0 takes them back", min=0, max=MAX_RATING)  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Also in the history, where the candidate stands there."""
        try:
            found = self.chosen(context)
        except MaquetteError as error:
            return self.refuse(error)
        for item in found:
            item.rating = self.rating
            node = node_by_key(context.scene, item.key)
            if node is not None:
                node.rating = self.rating
        return {"FINISHED"}


class MAQUETTE_OT_apply_candidate(OnCandidates, AsksFirst, JobOperator, Operator):  # noqa: N801 Blender's naming
    """Make the picked candidates in full quality: on the selection as Generate does, or in place of the active thing"""

    bl_idname = "maquette.apply_candidate"
    bl_label = "Apply"
    bl_options = {"REGISTER"}

    number: IntProperty(**NUMBER, options={"SKIP_SAVE"})  # type: ignore[valid-type]
    in_place: BoolProperty(  # type: ignore[valid-type]
        name="In Place",
        description="The active thing that Maquette made becomes the candidate; its users keep it",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs candidates and an engine."""
        return super().poll(context) and has_engine(cls)

    def thing(self, context: Any) -> Any:
        """What changes in place; None where something new is made, or nothing can."""
        return active_made(context, context.scene.maquette_candidates.generator) if self.in_place else None

    def make_jobs(self, context: Any) -> list[Job]:
        """One job a candidate; in place it knows what is given up of what was changed by hand."""
        found = self.chosen(context)
        if self.in_place:
            _check_in_place(self.thing(context), found)
        elif len(found) > 1 and found[0].generator == ARCHITECTURE:
            raise InputError(f"{len(found)} candidates are picked, and they stand on one site. Pick one.")
        for item in found:
            keep_in_history(context.scene, item)
        if self.in_place:
            return super().make_jobs(context)
        origin, requests = tuple(context.scene.maquette_candidates.origin), [request_of(item) for item in found]
        row = Row()
        return [new_job(context, request.hashed(), origin, row) for request in requests]

    def make_job(self, context: Any) -> Job:
        """The one candidate, in place."""
        return in_place_job(context, self.thing(context), request_of(self.chosen(context)[0]).hashed())


def _check_in_place(made: Any, found: list[Any]) -> None:
    if len(found) > 1:
        raise InputError(f"{len(found)} candidates are picked, and one thing can become only one of them. Pick one.")
    if made is None:
        raise InputError("Nothing active was made by Maquette that could become this. Make a new one instead.")
    reason = why_locked(made)
    if reason:
        raise InputError(reason)


class MAQUETTE_OT_candidates_sheet(OnCandidates, Operator):  # noqa: N801 Blender's naming
    """Show all candidates large, with their numbers, in an Image Editor"""

    bl_idname = "maquette.candidates_sheet"
    bl_label = "Contact Sheet"
    bl_options = {"REGISTER"}

    def execute(self, context: Any) -> set[str]:
        """Without a window only the image is made."""
        try:
            sheet.show_sheet(context.scene)
        except MaquetteError as error:
            return self.refuse(error)
        return {"FINISHED"}


class MAQUETTE_OT_clear_candidates(Operator):  # noqa: N801 Blender's naming
    """Forget all candidates and their stars. What was made stays"""

    bl_idname = "maquette.clear_candidates"
    bl_label = "Forget Candidates"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs some."""
        if not len(items_of(context.scene)):
            cls.poll_message_set("There are no candidates")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask."""
        result: set[str] = context.window_manager.invoke_confirm(self, event)
        return result

    def execute(self, context: Any) -> set[str]:
        """All of the scene."""
        clear(context.scene)
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_pick_candidate,
    MAQUETTE_OT_rate_candidate,
    MAQUETTE_OT_apply_candidate,
    MAQUETTE_OT_candidates_sheet,
    MAQUETTE_OT_clear_candidates,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
