# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Jobs: what waits, what is under way, what became of the rest."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel

from . import engine, waiting_wishes
from .jobs import Job, State
from .panels import Sidebar, draw_mending
from .texts import draw_text

# of what has ended the latest are shown: a list is looked at, not read
MOST_SHOWN = 12
_ICONS: dict[State, Any] = {
    State.WAITING: "SORTTIME",
    State.DONE: "CHECKMARK",
    State.FAILED: "ERROR",
    State.CANCELLED: "CANCEL",
}


class MAQUETTE_PT_jobs(Sidebar, Panel):  # noqa: N801 Blender's naming
    """What is made, in which order, and what became of it"""

    bl_label = "Jobs"
    bl_idname = "MAQUETTE_PT_jobs"
    bl_options = {"DEFAULT_CLOSED"}
    bl_order = 90

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Where there is something to show."""
        return bool(engine.studio.jobs or waiting_wishes.wishes(context.scene))

    def draw_header_preset(self, context: Any) -> None:
        """How many are not done yet, while the panel is closed too."""
        left = sum(1 for job in engine.studio.jobs if not job.state.ended)
        if left:
            self.layout.label(text=str(left), icon="SORTTIME", translate=False)

    def draw(self, context: Any) -> None:
        """Those to come in their order, the others the latest first."""
        layout = self.layout
        studio = engine.studio
        going = [*([studio.current] if studio.current else []), *studio.waiting]
        for job in going:
            _draw_going(layout, job, job in studio.waiting)
        if len(going) > 1:
            layout.operator("maquette.cancel", text="Cancel All", icon="X")
        _draw_wishes(layout, context.scene)
        ended = [job for job in reversed(studio.jobs) if job.state.ended]
        for job in ended[:MOST_SHOWN]:
            _draw_ended(layout, job, context)
        if ended:
            row = layout.row(align=True)
            if sum(1 for job in ended if job.state is State.FAILED) > 1:
                row.operator("maquette.retry_job", text="Try All Again", icon="FILE_REFRESH").job = ""
            row.operator("maquette.clear_jobs", icon="TRASH")


def _draw_going(layout: Any, job: Job, waits: bool) -> None:
    row = layout.row(align=True)
    if waits:
        row.label(text=job.title, icon=_ICONS[State.WAITING], translate=False)
        for icon, up in (("TRIA_UP", True), ("TRIA_DOWN", False)):
            move = row.operator("maquette.move_job", text="", icon=icon)
            move.job, move.up = job.id, up
    else:
        row.progress(factor=job.fraction, type="BAR", text=f"{job.title}: {job.text or job.state.value}")
    row.operator("maquette.cancel_job", text="", icon="X").job = job.id


def _draw_ended(layout: Any, job: Job, context: Any) -> None:
    row = layout.row(align=True)
    row.label(text=job.title, icon=_ICONS[job.state], translate=False)
    if job.state is not State.DONE:
        row.operator("maquette.retry_job", text="", icon="FILE_REFRESH").job = job.id
    if job.state is State.FAILED and job.notice is not None:
        box = layout.box()
        draw_text(box, job.notice.text, context)
        draw_mending(box, job.notice)


def _draw_wishes(layout: Any, scene: Any) -> None:
    kept = waiting_wishes.wishes(scene)
    if not kept:
        return
    box = layout.box()
    box.label(text="Waited when this file was saved")
    for number, text in enumerate(kept[:MOST_SHOWN]):
        row = box.row(align=True)
        row.label(text=waiting_wishes.title_of(text), icon="SORTTIME", translate=False)
        row.operator("maquette.take_up_wish", icon="PLAY").number = number
        forget = row.operator("maquette.take_up_wish", text="", icon="X")
        forget.number, forget.forget = number, True


_CLASSES = (MAQUETTE_PT_jobs,)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
