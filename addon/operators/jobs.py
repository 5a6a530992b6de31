# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue by hand: stop one, try one or all again, move one, clear the list, take up what waited in a saved file.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty
from bpy.types import Operator

from .. import engine, waiting_wishes
from ..jobs import State
from ..method_settings import GENERATE


class _OfJob:
    """What the operators share that act on one job."""

    job: StringProperty(name="Job", description="The job's number in the list", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]


class MAQUETTE_OT_cancel_job(_OfJob, Operator):  # noqa: N801 Blender's naming
    """Stop this job, or take it out of the queue; the others go on and the scene stays as it is"""

    bl_idname = "maquette.cancel_job"
    bl_label = "Cancel Job"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Ask the engine to stop it."""
        engine.studio.cancel_one(self.job)
        return {"FINISHED"}


class MAQUETTE_OT_retry_job(_OfJob, Operator):  # noqa: N801 Blender's naming
    """Try this job again, for the same place; without a job all that failed"""

    bl_idname = "maquette.retry_job"
    bl_label = "Try Again"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Queue them; where there is no window, see them to their end."""
        chosen = [
            job for job in engine.studio.jobs if job.id == self.job or (not self.job and job.state is State.FAILED)
        ]
        for job in chosen:
            engine.studio.retry(job.id)
        if bpy.app.background:
            engine.studio.finish()
        else:
            engine.look_after_jobs()
        return {"FINISHED"} if chosen else {"CANCELLED"}


class MAQUETTE_OT_move_job(_OfJob, Operator):  # noqa: N801 Blender's naming
    """Make this job earlier or later"""

    bl_idname = "maquette.move_job"
    bl_label = "Move Job"
    bl_options = {"INTERNAL"}

    up: BoolProperty(name="Earlier", description="Before the one above it", options={"SKIP_SAVE"})  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Change places with its neighbour in the queue."""
        engine.studio.move(self.job, self.up)
        return {"FINISHED"}


class MAQUETTE_OT_clear_jobs(Operator):  # noqa: N801 Blender's naming
    """Take all that has ended off the list"""

    bl_idname = "maquette.clear_jobs"
    bl_label = "Clear"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Results stay where they are."""
        engine.studio.forget_ended()
        return {"FINISHED"}


class MAQUETTE_OT_take_up_wish(Operator):  # noqa: N801 Blender's naming
    """Make now what waited when this file was saved"""

    bl_idname = "maquette.take_up_wish"
    bl_label = "Make"
    bl_options = {"REGISTER"}

    number: IntProperty(name="Number", description="Which of those that waited", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    forget: BoolProperty(  # type: ignore[valid-type]
        name="Forget", description="Take it off the list without making it", options={"SKIP_SAVE"}
    )

    def execute(self, context: Any) -> set[str]:
        """Queue it as new, or forget it."""
        if not self.forget and engine.found() is None:
            self.report({"ERROR"}, engine.NO_ENGINE)
            return {"CANCELLED"}
        wish = waiting_wishes.take(context.scene, self.number)
        if wish is None:
            return {"CANCELLED"}
        if self.forget:
            return {"FINISHED"}
        how = "EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT"
        operator = getattr(bpy.ops.maquette, GENERATE[wish.generator].removeprefix("maquette."))
        result: set[str] = operator(how, request=wish.to_json())
        return result


_CLASSES = (
    MAQUETTE_OT_cancel_job,
    MAQUETTE_OT_retry_job,
    MAQUETTE_OT_move_job,
    MAQUETTE_OT_clear_jobs,
    MAQUETTE_OT_take_up_wish,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
