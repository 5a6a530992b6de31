# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy how a result was made.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import EnumProperty
from bpy.types import Operator

from ...core.errors import MaquetteError
from .. import request_text
from ..active import active_made
from ..scene.record import read_request

_FORMS = {
    "JSON": request_text.as_json,
    "BLENDER": request_text.as_blender_python,
    "ENGINE": request_text.as_engine_python,
}
_ITEMS = [
    ("JSON", "JSON", "The Request itself, for jobs files and the command line"),
    ("BLENDER", "Python for Blender", "The operator that makes it again, for scripts and the console"),
    ("ENGINE", "Python without Blender", "A script that makes it with the engine alone, and writes its files"),
]


class MAQUETTE_OT_copy_request(Operator):  # noqa: N801 Blender's naming
    """Copy to the clipboard how the active result was made: everything that is needed to make it again"""

    bl_idname = "maquette.copy_request"
    bl_label = "Copy Request"
    bl_options = {"REGISTER"}

    form: EnumProperty(name="As", description="What is copied", items=_ITEMS)  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs something that Maquette made."""
        if active_made(context) is None:
            cls.poll_message_set("What is active was not made by Maquette")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Put the text on the clipboard."""
        made = active_made(context)
        try:
            text = _FORMS[self.form](read_request(made))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        context.window_manager.clipboard = text
        self.report({"INFO"}, f"How '{made.name}' was made is on the clipboard.")
        return {"FINISHED"}


register, unregister = bpy.utils.register_classes_factory((MAQUETTE_OT_copy_request,))
