# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters out of the scene: as GLB for engines, as assets; and which of their levels is shown.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty
from bpy.types import Operator

from ...core.character.engine_names import renaming
from ...core.character.skeleton import is_humanoid, map_joints
from ...core.errors import HostError, InputError, MaquetteError
from ..character_sources import licence_of
from ..live import active_character
from ..scene.character_asset import mark_as_asset
from ..scene.character_parts import LEVEL, actions_of, levels_of, meshes_of
from ..scene.glb import rename_nodes, write_glb
from ..scene.record import read_request
from ..scene.units import metres_per_unit
from .character import has_character

NAMINGS = [
    ("own", "As They Are", "Bones keep their names"),
    ("unreal", "Unreal Engine", "As Unreal's mannequin: pelvis, spine_01, upperarm_l"),
    ("unity", "Unity", "As Unity's humanoid avatar: Hips, Spine, LeftUpperArm"),
    ("godot", "Godot", "As Godot's humanoid profile: Hips, Spine, LeftUpperArm, LeftIndexProximal"),
    ("vrm", "VRM", "As VRM's humanoid bones: hips, spine, leftUpperArm"),
]
CLIP_FILES = [
    ("WITH", "With the Character", "Clips are in the character's file"),
    ("APART", "In a File of Their Own", "Once for a whole family: bones and clips without meshes, NAME_clips.glb"),
    ("NONE", "None", "No clips"),
]


class MAQUETTE_OT_export_character(Operator):  # noqa: N801 Blender's naming
    """Write the active character as a binary glTF, which Godot, Unity and Unreal import with the right scale, axes and
    bone roll. What was changed by hand is exported as it is"""

    bl_idname = "maquette.export_character"
    bl_label = "Export Character"
    bl_options = {"REGISTER"}

    directory: StringProperty(name="Folder", description="Where the files are written", subtype="DIR_PATH")  # type: ignore[valid-type]
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})  # type: ignore[valid-type]
    naming: EnumProperty(name="Bone Names", description="What humanoid bones are called in the file", items=NAMINGS)  # type: ignore[valid-type]
    clips: EnumProperty(name="Clips", description="Where the clips go", items=CLIP_FILES)  # type: ignore[valid-type]
    levels: BoolProperty(  # type: ignore[valid-type]
        name="LODs", description="Take the coarser versions along, named Name_LOD1 as engines expect", default=True
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a character that Maquette made."""
        return has_character(cls, context)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for the folder."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        """Write one file or two."""
        armature = active_character(context)
        try:
            if not self.directory:
                raise InputError("No folder was named. Give 'directory'.")
            folder = Path(bpy.path.abspath(self.directory))
            files = self._write(armature, folder, metres_per_unit(context.scene))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{' and '.join(files)} {'are' if len(files) > 1 else 'is'} in '{folder}'.")
        return {"FINISHED"}

    def _write(self, armature: Any, folder: Path, unit_m: float) -> list[str]:
        names = _renaming(armature, self.naming) if self.naming != "own" else {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HostError(f"'{folder}' cannot be made: {error.strerror}. Choose another folder.") from error
        meshes = [*meshes_of(armature).values(), *(levels_of(armature) if self.levels else ())]
        actions, stem = actions_of(armature), bpy.path.clean_name(armature.name)
        files = [(f"{stem}.glb", meshes, actions if self.clips == "WITH" else [])]
        if self.clips == "APART":
            files.append((f"{stem}_clips.glb", [], actions))
        for name, items, clips in files:
            write_glb(folder / name, armature, items, clips, unit_m)
            if names:
                rename_nodes(folder / name, names)
        return [name for name, _, _ in files]


def _renaming(armature: Any, naming: str) -> dict[str, str]:
    """Own bone name to the engine's; InputError where the skeleton is no humanoid."""
    bones = list(armature.data.bones)
    joints = [bone.name for bone in bones]
    parents = np.array([joints.index(bone.parent.name) if bone.parent else -1 for bone in bones])
    rest = np.array([bone.matrix_local for bone in bones], np.float32)
    mapped = map_joints(joints, parents, rest)
    if not is_humanoid(mapped):
        raise InputError(f"'{armature.name}' is no humanoid: engines have no names for its bones. Keep their own.")
    return renaming(naming, mapped, joints, parents.tolist())


class MAQUETTE_OT_mark_character(Operator):  # noqa: N801 Blender's naming
    """Show the active character in the Asset Browser, with a picture: its collection, so that armature, meshes and
    clips come along"""

    bl_idname = "maquette.mark_character"
    bl_label = "Mark as Asset"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a character that Maquette made."""
        return has_character(cls, context)

    def execute(self, context: Any) -> set[str]:
        """The character's collection becomes an asset."""
        try:
            armature = active_character(context)
            mark_as_asset(armature, licence_of(read_request(armature)))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_show_level(Operator):  # noqa: N801 Blender's naming
    """Show one level of detail of the active character, hide the others"""

    bl_idname = "maquette.show_level"
    bl_label = "Show Level of Detail"
    bl_options = {"REGISTER", "UNDO"}

    level: IntProperty(name="Level", description="0 is the finest", default=0, min=0, max=8)  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a character with levels."""
        if not has_character(cls, context):
            return False
        if not levels_of(active_character(context)):
            cls.poll_message_set("The character has no levels of detail: ask for some, then Regenerate")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """In viewport and render; a level that is not there shows the coarsest."""
        armature = active_character(context)
        coarse = levels_of(armature)
        wanted = min(self.level, max(item[LEVEL] for item in coarse))
        for item in [*meshes_of(armature).values(), *coarse]:
            item.hide_viewport = item.hide_render = item.get(LEVEL, 0) != wanted
        return {"FINISHED"}


_CLASSES = (MAQUETTE_OT_export_character, MAQUETTE_OT_mark_character, MAQUETTE_OT_show_level)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
