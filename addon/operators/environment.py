# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's environment: make, cancel, remove, check.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import time
from typing import Any

import bpy
from bpy.types import Operator

from ...core.errors import MaquetteError
from .. import engine
from ..environment import KINDS
from ..package import ROOT, preferences
from ..texts import wrapped

DIALOG_WIDTH = 460


class MAQUETTE_OT_make_environment(Operator):  # noqa: N801 Blender's naming
    """Download what the engine needs into a folder of Maquette's own. Asks first; can be cancelled and removed"""

    bl_idname = "maquette.make_environment"
    bl_label = "Make Environment"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs online access, and no making under way."""
        if refusal := engine.why_offline():
            cls.poll_message_set(refusal.rstrip("."))
            return False
        maker = engine.maker()
        if maker is not None and not maker.done:
            cls.poll_message_set("The environment is being made")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask, with the size and the place."""
        result: set[str] = context.window_manager.invoke_props_dialog(
            self, width=DIALOG_WIDTH, title="Make Maquette's Environment", confirm_text="Download and Make"
        )
        return result

    def draw(self, context: Any) -> None:
        """What will be downloaded, and where to."""
        kind = KINDS[preferences().kind]
        column = self.layout.column()
        column.scale_y = 0.85
        text = (
            f"Python packages for {kind.label} are downloaded from the Python Package Index and pytorch.org: "
            f"{kind.download}, {kind.on_disk} on the disk. They go into the folder below and nowhere else, and "
            "'Remove' takes them away again. Blender can be used meanwhile."
        )
        points = context.preferences.ui_styles[0].widget.points * context.preferences.system.ui_scale
        width = int((DIALOG_WIDTH - 40) * context.preferences.system.ui_scale)
        for paragraph in (text, str(engine.environment_folder())):
            for line in wrapped(paragraph, width, points):
                column.label(text=line, translate=False)
            column.separator()

    def execute(self, context: Any) -> set[str]:
        """Start; without a window, wait for the end."""
        try:
            engine.make_environment(preferences().kind)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        maker = engine.maker()
        if maker is None or not bpy.app.background:
            return {"FINISHED"}
        while not maker.done:
            maker.poll()
            time.sleep(0.1)
        if maker.error:
            self.report({"ERROR"}, maker.error)
        engine.look_again()
        return {"CANCELLED"} if maker.error else {"FINISHED"}


class MAQUETTE_OT_cancel_environment(Operator):  # noqa: N801 Blender's naming
    """Stop making the environment and take away what was downloaded"""

    bl_idname = "maquette.cancel_environment"
    bl_label = "Cancel"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Stop it."""
        engine.cancel_environment()
        return {"FINISHED"}


class MAQUETTE_OT_remove_environment(Operator):  # noqa: N801 Blender's naming
    """Delete the environment that Maquette made; materials stay as they are"""

    bl_idname = "maquette.remove_environment"
    bl_label = "Remove Environment"
    bl_options = {"INTERNAL"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        result: set[str] = context.window_manager.invoke_confirm(
            self,
            event,
            title="Remove Maquette's Environment?",
            message="The engine's packages are deleted. Making them again downloads them again.",
            confirm_text="Remove",
            icon="WARNING",
        )
        return result

    def execute(self, context: Any) -> set[str]:
        """Delete the folder."""
        try:
            engine.remove_own_environment()
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_check_engine(Operator):  # noqa: N801 Blender's naming
    """Say what works and what does not, and how to mend it"""

    bl_idname = "maquette.check_engine"
    bl_label = "Check Engine"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """One check at a time."""
        if engine.checking():
            cls.poll_message_set("The check is under way")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start the check, and show the preferences, where the answers appear."""
        engine.start_check()
        if context.area is None or context.area.type != "PREFERENCES":
            bpy.ops.maquette.open_preferences()
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        """Check here and now, and report every sentence."""
        engine.start_check()
        while engine.checking():
            engine.poll_check()
            time.sleep(0.05)
        for finding in engine.findings():
            self.report({"INFO"} if finding.fine else {"WARNING"}, finding.text)
        return {"FINISHED"}


class MAQUETTE_OT_open_preferences(Operator):  # noqa: N801 Blender's naming
    """Open Maquette's preferences, where the engine is found or made"""

    bl_idname = "maquette.open_preferences"
    bl_label = "Open Preferences"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Show the add-on's page."""
        bpy.ops.preferences.addon_show(module=ROOT)
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_make_environment,
    MAQUETTE_OT_cancel_environment,
    MAQUETTE_OT_remove_environment,
    MAQUETTE_OT_check_engine,
    MAQUETTE_OT_open_preferences,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
