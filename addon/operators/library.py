# SPDX-License-Identifier: GPL-3.0-or-later
"""The library of characters: add a folder, add a character of the scene, remove, refresh, choose.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from .. import library
from ..scene.character_source import chosen_character
from ..scene.glb import write_glb
from ..scene.units import metres_per_unit
from .generate import has_engine


def active_item(context: Any) -> Any:
    """The chosen character of the list, None where there is none."""
    shown = context.window_manager.maquette_library
    return shown.entries[shown.active] if 0 <= shown.active < len(shown.entries) else None


class MAQUETTE_OT_add_to_library(Operator):  # noqa: N801 Blender's naming
    """Add the rigged characters of a folder to the library: GLB, glTF, FBX, OBJ and .blend"""

    bl_idname = "maquette.add_to_library"
    bl_label = "Add Folder to Library"
    bl_options = {"REGISTER"}

    directory: StringProperty(name="Folder", description="A folder of characters", subtype="DIR_PATH")  # type: ignore[valid-type]
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]
    wait: BoolProperty(  # type: ignore[valid-type]
        description="See it to its end before returning", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine, and no other folder that is being read."""
        return has_engine(cls) and _is_free(cls)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the folder."""
        self.wait = False
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Let a child process read it; in a window one goes on working meanwhile."""
        try:
            if not self.directory:
                raise InputError("No folder was named. Give 'directory'.")
            folder = Path(bpy.path.abspath(self.directory))
            if not folder.is_dir():
                raise InputError(f"There is no folder '{folder}'. Choose another.")
            return _add(self, folder, self.wait)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}


class MAQUETTE_OT_add_scene_character(Operator):  # noqa: N801 Blender's naming
    """Add the selected character, an armature with its meshes and clips, to the library"""

    bl_idname = "maquette.add_scene_character"
    bl_label = "Add Selected Character"
    bl_options = {"REGISTER"}

    wait: BoolProperty(  # type: ignore[valid-type]
        description="See it to its end before returning", default=True, options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine, and no folder that is being read."""
        return has_engine(cls) and _is_free(cls)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Without waiting for the reading."""
        self.wait = False
        return self.execute(context)

    def execute(self, context: Any) -> set[str]:
        """Export it into a folder of the cache, then read that."""
        try:
            armature, meshes, actions = chosen_character(context.selected_objects or [context.active_object])
            folder = library.fresh_folder()
            path = folder / f"{bpy.path.clean_name(armature.name)}.glb"
            write_glb(path, armature, meshes, actions, metres_per_unit(context.scene))
            return _add(self, folder, self.wait)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}


def _is_free(kind: Any) -> bool:
    run = library.run()
    if run is not None and not run.done:
        kind.poll_message_set("The library is being filled")
        return False
    return True


def _add(operator: Any, folder: Path, wait: bool) -> set[str]:
    run = library.begin(folder)
    if not wait:
        return {"FINISHED"}
    run.wait()
    notice = library.end()
    operator.report({notice.level}, notice.text)
    return {"CANCELLED"} if notice.level == "ERROR" else {"FINISHED"}


class MAQUETTE_OT_cancel_library(Operator):  # noqa: N801 Blender's naming
    """Stop reading the folder; characters that were added stay"""

    bl_idname = "maquette.cancel_library"
    bl_label = "Cancel"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """End the child process."""
        library.stop()
        return {"FINISHED"}


class MAQUETTE_OT_remove_from_library(Operator):  # noqa: N801 Blender's naming
    """Take the chosen character out of the library. What was made from it stays in scenes"""

    bl_idname = "maquette.remove_from_library"
    bl_label = "Remove from Library"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a chosen character."""
        if active_item(context) is None:
            cls.poll_message_set("No character of the library is chosen")
            return False
        return True

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask first."""
        message = f"'{active_item(context).name}' is deleted from the library."
        result: set[str] = context.window_manager.invoke_confirm(
            self, event, title="Remove from Library?", message=message, confirm_text="Remove"
        )
        return result

    def execute(self, context: Any) -> set[str]:
        """Delete its file and its line."""
        try:
            library.remove(active_item(context).name)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_refresh_library(Operator):  # noqa: N801 Blender's naming
    """List the library anew"""

    bl_idname = "maquette.refresh_library"
    bl_label = "Refresh"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Read its index again."""
        library.look_again()
        return {"FINISHED"}


class MAQUETTE_OT_use_character(Operator):  # noqa: N801 Blender's naming
    """Take the character that is chosen in the library"""

    bl_idname = "maquette.use_character"
    bl_label = "Use Character"
    bl_options = {"INTERNAL", "UNDO"}

    role: StringProperty(default="character", options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a chosen character."""
        if active_item(context) is None:
            cls.poll_message_set("No character of the library is chosen")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Into the panel's field."""
        getattr(context.scene.maquette_characters.sources, self.role).use(active_item(context).name)
        return {"FINISHED"}


class MAQUETTE_OT_tick_kin(Operator):  # noqa: N801 Blender's naming
    """Tick every character that has the chosen one's skeleton, in its pack"""

    bl_idname = "maquette.tick_kin"
    bl_label = "Tick the Chosen One's Family"
    bl_options = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a chosen character."""
        if active_item(context) is None:
            cls.poll_message_set("No character of the library is chosen")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Those of the same family and pack, no others."""
        chosen = active_item(context)
        family = (chosen.family, chosen.pack)
        for item in context.window_manager.maquette_library.entries:
            item.ticked = (item.family, item.pack) == family
        return {"FINISHED"}


class MAQUETTE_OT_untick_all(Operator):  # noqa: N801 Blender's naming
    """Take all ticks away"""

    bl_idname = "maquette.untick_all"
    bl_label = "Untick All"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Also of characters that are not in the library any more."""
        context.scene.maquette_characters.sources.more.clear()
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_add_to_library,
    MAQUETTE_OT_add_scene_character,
    MAQUETTE_OT_cancel_library,
    MAQUETTE_OT_remove_from_library,
    MAQUETTE_OT_refresh_library,
    MAQUETTE_OT_use_character,
    MAQUETTE_OT_tick_kin,
    MAQUETTE_OT_untick_all,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
