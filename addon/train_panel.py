# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar of the 3D viewport: Maquette > Train, a model from a folder of one's own."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel

from . import training
from .panels import Sidebar
from .texts import draw_text
from .train_settings import TAKES_LABELLED, has_shipped
from .trainer import Run, State

SHEET_SCALE = 12.0
_LEVEL_ICONS = {"INFO": "CHECKMARK", "WARNING": "INFO", "ERROR": "ERROR"}
# what the designer follows; the rest stands in the training's folder
MOST_FIGURES = 4


class MAQUETTE_PT_train(Sidebar, Panel):  # noqa: N801 Blender's naming
    """Trains models"""

    bl_label = "Train"
    bl_idname = "MAQUETTE_PT_train"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """The wish, or how it goes; then the samples and what came of it."""
        layout = self.layout
        run = training.trainer.run
        if run is not None and not run.state.ended:
            _draw_progress(layout, run, context)
        else:
            _draw_settings(layout, context)
        if run is not None:
            _draw_samples(layout, run)
            _draw_outcome(layout, run, context)


def _draw_settings(layout: Any, context: Any) -> None:
    settings = context.scene.maquette_train
    column = layout.column()
    column.use_property_split = True
    column.use_property_decorate = False
    column.prop(settings, "folder")
    column.prop(settings, "model")
    column.prop(settings, "preset")
    column.prop(settings, "title", placeholder=settings.model_name)
    if settings.model == TAKES_LABELLED:
        column.prop(settings, "labelled")
    if has_shipped(settings.model):
        column.prop(settings, "from_shipped")
    going_on = bool(settings.folder) and training.has_checkpoint(settings.model, settings.model_name)
    row = layout.row(align=True)
    row.scale_y = 1.5
    row.operator("maquette.train", text="Go On with Training" if going_on else "Train on Folder", icon="PLAY")
    if going_on:
        row.operator("maquette.discard_training", text="", icon="TRASH")


def _draw_progress(layout: Any, run: Run, context: Any) -> None:
    row = layout.row(align=True)
    row.scale_y = 1.5
    row.progress(factor=run.fraction, type="BAR", text=f"{run.fraction:.0%}")
    paused = run.state is State.PAUSED
    row.operator(f"maquette.{'resume' if paused else 'pause'}_training", text="", icon="PLAY" if paused else "PAUSE")
    row.operator("maquette.stop_training", text="", icon="X")
    draw_text(layout, f"{run.wish.name}: {run.text}", context)
    if run.numbers:
        draw_text(layout, run.numbers, context)


def _draw_samples(layout: Any, run: Run) -> None:
    icon = training.sheet_icon()
    if icon:
        layout.template_icon(icon_value=icon, scale=SHEET_SCALE)
    shown = list(run.said.figures.items())[:MOST_FIGURES]
    if shown:
        grid = layout.grid_flow(row_major=True, columns=2, even_columns=True, align=True)
        grid.active = False
        for name, value in shown:
            grid.label(text=f"{name.replace('_', ' ')} {value:.3f}", translate=False)


def _draw_outcome(layout: Any, run: Run, context: Any) -> None:
    layout.operator("maquette.open_training", icon="FILE_FOLDER")
    if run.notice is None:
        return
    column = layout.column()
    row = column.row()
    draw_text(row, run.notice.text, context, _LEVEL_ICONS[run.notice.level], buttons=1)
    close = row.row()
    close.alignment = "RIGHT"
    close.operator("maquette.dismiss_training", text="", icon="X", emboss=False)
    for operator in run.notice.mend:
        column.operator(operator, **({"text": "Try Again"} if operator == "maquette.train" else {}))


_CLASSES = (MAQUETTE_PT_train,)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
