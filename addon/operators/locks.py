# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock and unlock: parameters, parts of a result, a rectangle of a picture.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import FloatProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ...core.params import specs
from ...core.request import Request
from ..active import active_made
from ..loop.bases import explored_method, placed
from ..loop.candidates import keep_in_history, picked, request_of
from ..loop.locks import lock_part, toggle_param, unlock_part
from ..loop.settings import loop_generator
from ..scene.record import read_request

DIALOG_WIDTH = 320


class MAQUETTE_OT_lock_param(Operator):  # noqa: N801 Blender's naming
    """Lock this parameter: no move changes it. Press again to let it go"""

    bl_idname = "maquette.lock_param"
    bl_label = "Lock Parameter"
    bl_options = {"REGISTER", "UNDO"}

    param: StringProperty(name="Parameter", description="Its name in a Request")  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Of the method that the next candidates are made by."""
        method = explored_method(context)
        if self.param not in {spec.name for spec in specs(method.params)}:
            self.report({"ERROR"}, f"'{method.label}' has no parameter '{self.param}'.")
            return {"CANCELLED"}
        toggle_param(context.scene, method, self.param)
        return {"FINISHED"}


def lock_source(context: Any) -> tuple[Request, str]:
    """What a part is kept from, and what people call it: the picked candidate, else the active thing. InputError where
    there is neither."""
    chosen = [item for item in picked(context.scene) if item.generator == loop_generator(context)]
    if len(chosen) > 1:
        raise InputError(f"{len(chosen)} candidates are picked. Pick the one whose part shall stay.")
    if chosen:
        keep_in_history(context.scene, chosen[0])
        return request_of(chosen[0]).hashed(), f"candidate {chosen[0].number + 1}"
    made = active_made(context, loop_generator(context))
    if made is None:
        raise InputError("A part is kept from a result. Pick a candidate, or select something that Maquette made.")
    return placed(made, read_request(made)).hashed(), made.name


class MAQUETTE_OT_lock_part(Operator):  # noqa: N801 Blender's naming
    """Keep this part as the picked candidate, or the active thing, has it, in every candidate and in what Generate
    makes. Press again to let it go"""

    bl_idname = "maquette.lock_part"
    bl_label = "Lock Part"
    bl_options = {"REGISTER", "UNDO"}

    part: StringProperty(name="Part", description="As a Request names it: albedo, head, storey 2")  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Lock, or let go what is locked."""
        generator = loop_generator(context)
        parts = context.scene.maquette_loop.parts
        if any(item.name == self.part and item.generator == generator for item in parts):
            unlock_part(context.scene, generator, self.part)
            return {"FINISHED"}
        return _lock(self, context, self.part)


class MAQUETTE_OT_lock_region(Operator):  # noqa: N801 Blender's naming
    """Keep a rectangle of the picked candidate, or of the active material, in every candidate and in what Generate
    makes"""

    bl_idname = "maquette.lock_region"
    bl_label = "Lock Region"
    bl_options = {"REGISTER", "UNDO"}

    left: FloatProperty(name="Left", description="Share of the width", min=0, max=1, subtype="FACTOR")  # type: ignore[valid-type]
    top: FloatProperty(name="Top", description="Share of the height", min=0, max=1, subtype="FACTOR")  # type: ignore[valid-type]
    width: FloatProperty(name="Width", description="Share of the width", default=0.5, min=0, max=1, subtype="FACTOR")  # type: ignore[valid-type]
    height: FloatProperty(name="Height", description="Share of the height", default=0.5, min=0, max=1, subtype="FACTOR")  # type: ignore[valid-type]

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask where it lies."""
        result: set[str] = context.window_manager.invoke_props_dialog(self, width=DIALOG_WIDTH)
        return result

    def execute(self, context: Any) -> set[str]:
        """As a Request names a region."""
        width, height = min(self.width, 1.0 - self.left), min(self.height, 1.0 - self.top)
        if min(width, height) <= 0:
            self.report({"ERROR"}, "The region is empty. Give it a width and a height.")
            return {"CANCELLED"}
        values = " ".join(f"{value:.4g}" for value in (self.left, self.top, width, height))
        return _lock(self, context, f"region {values}")


def _lock(operator: Operator, context: Any, part: str) -> set[str]:
    try:
        request, source = lock_source(context)
        lock_part(context.scene, part, request, source)
    except MaquetteError as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    return {"FINISHED"}


_CLASSES = (MAQUETTE_OT_lock_param, MAQUETTE_OT_lock_part, MAQUETTE_OT_lock_region)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
