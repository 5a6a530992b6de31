# SPDX-License-Identifier: GPL-3.0-or-later
"""Train on a folder: start, pause, go on, stop, begin anew, and use what came of it."""

from __future__ import annotations

import time
from typing import Any

import bpy
from bpy.types import Operator

from ...core.errors import MaquetteError
from ...core.models import find_model
from .. import engine, training
from ..properties import GENERATOR
from ..train_settings import read_wish
from ..trainer import POLL_S, State
from ..training import trainer


class MAQUETTE_OT_train(Operator):  # noqa: N801 Blender's naming
    """Train a model on the folder, in a process of its own; Blender can be used meanwhile. What was trained under the
    same name before goes on"""

    bl_idname = "maquette.train"
    bl_label = "Train on Folder"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine and a folder, and no training under way."""
        if engine.found() is None:
            cls.poll_message_set("Maquette has no engine yet: make one in its preferences")
        elif trainer.busy:
            cls.poll_message_set("A training is under way")
        elif not context.scene.maquette_train.folder:
            cls.poll_message_set("Choose the folder of your materials")
        else:
            return True
        return False

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start and return; the panel shows how it goes."""
        return {"FINISHED"} if self._start(context) else {"CANCELLED"}

    def execute(self, context: Any) -> set[str]:
        """Train here and now."""
        if not self._start(context):
            return {"CANCELLED"}
        run = trainer.run
        assert run is not None
        while trainer.poll() is not None:
            if trainer.process is not None:
                trainer.process.wait(POLL_S)
        if run.notice is not None:
            self.report({run.notice.level}, run.notice.text)  # type: ignore[arg-type]
        return {"FINISHED"} if run.state is State.DONE else {"CANCELLED"}

    def _start(self, context: Any) -> bool:
        try:
            training.submit(read_wish(context.scene.maquette_train))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return False
        return True


class MAQUETTE_OT_pause_training(Operator):  # noqa: N801 Blender's naming
    """Let the training wait; its memory stays taken"""

    bl_idname = "maquette.pause_training"
    bl_label = "Pause"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a training that runs."""
        return trainer.run is not None and trainer.run.state is State.TRAINING

    def execute(self, context: Any) -> set[str]:
        """Pause it."""
        trainer.pause()
        return {"FINISHED"}


class MAQUETTE_OT_resume_training(Operator):  # noqa: N801 Blender's naming
    """Let the paused training go on"""

    bl_idname = "maquette.resume_training"
    bl_label = "Go On"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a training that waits."""
        return trainer.run is not None and trainer.run.state is State.PAUSED

    def execute(self, context: Any) -> set[str]:
        """Go on."""
        trainer.resume()
        return {"FINISHED"}


class MAQUETTE_OT_stop_training(Operator):  # noqa: N801 Blender's naming
    """Write a checkpoint and end the training, to go on another time. Press again to end it without"""

    bl_idname = "maquette.stop_training"
    bl_label = "Stop"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a training."""
        return trainer.busy

    def execute(self, context: Any) -> set[str]:
        """Stop it; without a window, wait until it has stopped."""
        trainer.stop()
        while bpy.app.background and trainer.poll() is not None:
            time.sleep(POLL_S)
        return {"FINISHED"}


class MAQUETTE_OT_discard_training(Operator):  # noqa: N801 Blender's naming
    """Delete the checkpoints of this name, so that the next training begins anew; a finished model stays listed"""

    bl_idname = "maquette.discard_training"
    bl_label = "Begin Anew"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Not while a training is under way."""
        return not trainer.busy

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first: hours may be in them."""
        settings = context.scene.maquette_train
        result: set[str] = context.window_manager.invoke_confirm(
            self,
            event,
            title="Delete the Checkpoints?",
            message=f"What '{settings.model_name}' has learned so far is forgotten.",
            confirm_text="Delete",
            icon="WARNING",
        )
        return result

    def execute(self, context: Any) -> set[str]:
        """Delete them."""
        settings = context.scene.maquette_train
        try:
            training.discard(settings.model, settings.model_name)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_use_model(Operator):  # noqa: N801 Blender's naming
    """Choose the model that was just trained in the Texture panel"""

    bl_idname = "maquette.use_model"
    bl_label = "Use This Model"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a training that came to its end."""
        return trainer.run is not None and trainer.run.state is State.DONE

    def execute(self, context: Any) -> set[str]:
        """Show the method with this model."""
        assert trainer.run is not None
        wish = trainer.run.wish
        generator, _, method = wish.model.partition("/")
        settings = context.scene.maquette
        group = getattr(settings, f"{generator}_{method}", None)
        if generator != GENERATOR or not hasattr(group, "model"):
            self.report({"ERROR"}, f"This Maquette has no method '{method}' that could use the model.")
            return {"CANCELLED"}
        try:
            group.model = find_model(generator, method, wish.name).name
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        settings.texture_method = method
        return {"FINISHED"}


class MAQUETTE_OT_open_training(Operator):  # noqa: N801 Blender's naming
    """Show the training's folder: what was read of the library and what not, samples, figures, the card"""

    bl_idname = "maquette.open_training"
    bl_label = "Open Folder"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a training."""
        return trainer.run is not None

    def execute(self, context: Any) -> set[str]:
        """In the system's file browser."""
        assert trainer.run is not None
        bpy.ops.wm.path_open(filepath=trainer.run.wish.out)
        return {"FINISHED"}


class MAQUETTE_OT_dismiss_training(Operator):  # noqa: N801 Blender's naming
    """Put the message away"""

    bl_idname = "maquette.dismiss_training"
    bl_label = "Dismiss"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Forget the training that has ended; its files stay."""
        if not trainer.busy:
            trainer.run = None
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_train,
    MAQUETTE_OT_pause_training,
    MAQUETTE_OT_resume_training,
    MAQUETTE_OT_stop_training,
    MAQUETTE_OT_discard_training,
    MAQUETTE_OT_use_model,
    MAQUETTE_OT_open_training,
    MAQUETTE_OT_dismiss_training,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
