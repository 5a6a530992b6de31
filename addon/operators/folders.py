# SPDX-License-Identifier: GPL-3.0-or-later
"""The cache and the log: open, clear."""

from __future__ import annotations

import shutil
from typing import Any

import bpy
from bpy.types import Operator

from ...core.errors import MaquetteError
from .. import engine
from ..package import cache_folder

# what Maquette itself puts into a cache folder: a folder that the designer chose may hold other things
OWN_FOLDERS = ("results", "references", "characters", "buildings", "exports", "explore", "live", "sheets")


class MAQUETTE_OT_open_folder(Operator):  # noqa: N801 Blender's naming
    """Show the cache folder, with every result as files"""

    bl_idname = "maquette.open_folder"
    bl_label = "Open Cache"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """In the system's file browser."""
        try:
            bpy.ops.wm.path_open(filepath=str(cache_folder()))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_clear_cache(Operator):  # noqa: N801 Blender's naming
    """Delete the kept results. Materials in scenes stay; images that are saved beside a .blend too"""

    bl_idname = "maquette.clear_cache"
    bl_label = "Clear Cache"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Not while a result is under way."""
        if engine.studio.busy:
            cls.poll_message_set("Maquette is making something")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask, with the size."""
        engine.measure_cache()
        message = f"{engine.cache_size_text()} of kept results are deleted. The same wishes then take their time again."
        result: set[str] = context.window_manager.invoke_confirm(
            self, event, title="Clear Maquette's Cache?", message=message, confirm_text="Clear"
        )
        return result

    def execute(self, context: Any) -> set[str]:
        """Delete what is ours."""
        try:
            for name in OWN_FOLDERS:
                if (folder := cache_folder() / name).is_dir():
                    shutil.rmtree(folder)
            engine.measure_cache()
        except (MaquetteError, OSError) as error:
            self.report({"ERROR"}, f"The cache could not be cleared: {error}")
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_open_log(Operator):  # noqa: N801 Blender's naming
    """Show the log of making the environment"""

    bl_idname = "maquette.open_log"
    bl_label = "Open Log"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a log."""
        return engine.maker() is not None

    def execute(self, context: Any) -> set[str]:
        """In the system's text viewer."""
        maker = engine.maker()
        if maker is not None:
            bpy.ops.wm.path_open(filepath=str(maker.log))
        return {"FINISHED"}


_CLASSES = (MAQUETTE_OT_open_folder, MAQUETTE_OT_clear_cache, MAQUETTE_OT_open_log)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
