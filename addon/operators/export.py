# SPDX-License-Identifier: GPL-3.0-or-later
"""Export for Engine: the active material's textures into a folder.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty
from bpy.types import Operator

from ...core.errors import Cancelled, InputError, MaquetteError
from ...core.files.packing import PRESETS
from .. import engine, export_run
from ..export_run import ExportRun
from ..jobs import Notice
from ..properties import FILE_ITEMS, PRESET_ITEMS
from ..redraw import redraw_panels
from ..scene.material import DEPTH
from ..scene.units import metres_per_unit
from .generate import active_material

POLL_S = 0.05


class MAQUETTE_OT_export_for_engine(Operator):  # noqa: N801 Blender's naming
    """Write the active material's textures as a game engine wants them: channels packed, names and normals by its
    convention. What was painted or changed by hand is exported as it is shown"""

    bl_idname = "maquette.export_for_engine"
    bl_label = "Export for Engine"
    bl_options = {"REGISTER"}

    directory: StringProperty(name="Folder", description="Where the textures are written", subtype="DIR_PATH")  # type: ignore[valid-type]
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]
    preset: EnumProperty(  # type: ignore[valid-type]
        name="Engine", description="Which textures are written, and what they are called", items=PRESET_ITEMS
    )
    file: EnumProperty(name="Files", description="File format and bit depth", items=FILE_ITEMS)  # type: ignore[valid-type]
    wait: BoolProperty(  # type: ignore[valid-type]
        description="See it to its end before returning", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a material that Maquette made, and no other export under way."""
        if active_material(context) is None:
            cls.poll_message_set("The active object has no material that Maquette made")
            return False
        if export_run.current() is not None:
            cls.poll_message_set("An export is under way")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the folder; engine and files begin as the panel says."""
        settings = context.scene.maquette
        self.preset, self.file, self.wait = settings.export_preset, settings.export_file, False
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, context: Any) -> None:
        """Beside the file browser."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "preset")
        layout.prop(self, "file")

    def execute(self, context: Any) -> set[str]:
        """Write the textures; in a window they are written while one goes on working."""
        material = active_material(context)
        try:
            if not self.directory:
                raise InputError("No folder was named. Give 'directory'.")
            folder = Path(bpy.path.abspath(self.directory))
            run = export_run.export_of(material, PRESETS[self.preset], self.file, folder)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        height_m = _height_m(material, context.scene)
        if not self.wait:
            export_run.begin(run)
            bpy.app.timers.register(lambda: _poll(run, height_m), first_interval=0.0, persistent=True)
            return {"FINISHED"}
        run.wait()
        notice = outcome(run, height_m)
        self.report({notice.level}, notice.text)  # type: ignore[arg-type]
        return {"CANCELLED"} if run.error else {"FINISHED"}


class MAQUETTE_OT_cancel_export(Operator):  # noqa: N801 Blender's naming
    """Stop the export; textures that are already written stay"""

    bl_idname = "maquette.cancel_export"
    bl_label = "Cancel Export"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Before the next texture."""
        run = export_run.current()
        if run is not None:
            run.cancel()
        return {"FINISHED"}


def outcome(run: ExportRun, height_m: float) -> Notice:
    """What is said of an export that has ended."""
    if isinstance(run.error, Cancelled):
        written = f"{len(run.files)} textures were written before." if run.files else "Nothing was written."
        return Notice("INFO", f"The export was cancelled. {written}")
    if run.error is not None:
        return Notice("ERROR", str(run.error))
    said = f"{len(run.files)} textures for {run.preset.label} are in '{run.folder}'."
    if "height" in run.sources and height_m > 0:
        said += f" The height's range, 0 to 1, is {height_m * 100:.3g} cm."
    return Notice("INFO", said)


def _height_m(material: Any, scene: Any) -> float:
    """The relief's depth in metres, 0 where the material has none any more."""
    node = material.node_tree.nodes.get(DEPTH)
    return 0.0 if node is None else float(node.outputs["Value"].default_value) * metres_per_unit(scene)


def _poll(run: ExportRun, height_m: float) -> float | None:
    """Blender's timer: one step, then wait for the writing."""
    going_on = run.step()
    if not run.done:
        redraw_panels()
        return 0.0 if going_on else POLL_S
    export_run.begin(None)
    engine.studio.notice = outcome(run, height_m)
    redraw_panels(always=True)
    return None


_CLASSES = (MAQUETTE_OT_export_for_engine, MAQUETTE_OT_cancel_export)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
