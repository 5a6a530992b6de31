# SPDX-License-Identifier: GPL-3.0-or-later
"""Training in this Blender: the trainer, its timer, its folders, and the picture of its latest samples."""

from __future__ import annotations

import atexit
import shutil
from pathlib import Path
from typing import Any

import bpy
import bpy.utils.previews

from ..core.client import TRAINING_CANCEL_GRACE_S, EngineProcess, training_command
from ..core.errors import HostError
from ..core.protocol import Train
from . import engine
from .package import user_folder
from .redraw import redraw_panels
from .trainer import Run, Trainer

_previews: Any = None
_shown_sheet: tuple[Path, int] | None = None


def start_process() -> EngineProcess:
    """A fresh process for a training, in the engine's environment; HostError where there is none."""
    engine.look_again()
    interpreter = engine.found()
    if interpreter is None:
        raise HostError(engine.NO_ENGINE)
    command = training_command(interpreter.python)
    return EngineProcess(interpreter.python, command, cancel_grace_s=TRAINING_CANCEL_GRACE_S)


trainer = Trainer(start_process)


def submit(wish: Train) -> Run:
    """Begin a training and let Blender's timer look after it."""
    run = trainer.start(wish)
    timers: Any = bpy.app.timers
    if not timers.is_registered(_poll):
        # persistent: loading a file must not forget a training
        timers.register(_poll, first_interval=0.0, persistent=True)
    redraw_panels(always=True)
    return run


def _poll() -> float | None:
    interval = trainer.poll()
    redraw_panels(always=interval is None)
    return interval


def checkpoint_folder(model: str, name: str) -> Path:
    """Where a training of this name keeps its checkpoints and samples; it survives upgrades of the extension."""
    return user_folder("training") / f"{model.replace('/', '-')} {name}"


def has_checkpoint(model: str, name: str) -> bool:
    """Whether a training of this name can go on."""
    return (checkpoint_folder(model, name) / "checkpoint.safetensors").is_file()


def discard(model: str, name: str) -> None:
    """Delete a training's checkpoints and samples, so that it begins anew; its model stays in the list."""
    try:
        if (folder := checkpoint_folder(model, name)).is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        raise HostError(f"The checkpoints could not be deleted: {error.strerror}. Close what uses them.") from error


def sheet_icon() -> int:
    """The icon of the latest samples, 0 where there are none: a preview, so that no image is left in the file."""
    global _shown_sheet
    sheet = trainer.run.sheet if trainer.run is not None else None
    try:
        changed = sheet.stat().st_mtime_ns if sheet is not None else 0
    except OSError:
        return 0
    if sheet is None or _previews is None:
        return 0
    if _shown_sheet != (sheet, changed):
        _previews.clear()
        _previews.load("sheet", str(sheet), "IMAGE")
        _shown_sheet = sheet, changed
    return int(_previews["sheet"].icon_id)


def shut_down() -> None:
    """End the training; its checkpoints stay."""
    if bpy.app.timers.is_registered(_poll):
        bpy.app.timers.unregister(_poll)
    trainer.close()
    trainer.run = None


def register() -> None:
    """Make room for the samples' picture, and listen to Blender's end."""
    global _previews
    _previews = bpy.utils.previews.new()
    atexit.register(shut_down)


def unregister() -> None:
    """End the training and give the picture back."""
    global _previews, _shown_sheet
    atexit.unregister(shut_down)
    shut_down()
    bpy.utils.previews.remove(_previews)
    _previews = _shown_sheet = None
