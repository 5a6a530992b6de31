# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a Blender of its own: reads an .fbx or .blend and writes what it holds as a .glb.

blender -b --factory-startup -P addon/scene/convert_character.py -- SOURCE OUT.glb
python addon/scene/convert_character.py -- SOURCE OUT.glb                 (where the package bpy is installed)

Scripts in a .blend are never run.
"""

import os
import sys
from pathlib import Path
from typing import Any

import bpy


def main() -> None:
    """Both paths come after `--`."""
    source, out = (Path(argument) for argument in sys.argv[sys.argv.index("--") + 1 :])
    try:
        open_source(source)
        take_widgets_away()
        write(out)
    except RuntimeError as error:
        print(str(error).strip(), file=sys.stderr)
        sys.exit(1)
    sys.stdout.flush()
    # the package bpy of Blender 4.2 crashes when it is taken down, and all is written
    os._exit(0)


def open_source(source: Path) -> None:
    """The file's content as the scene, in the pose in which it was bound."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if source.suffix.lower() == ".blend":
        bpy.ops.wm.open_mainfile(filepath=str(source), load_ui=False, use_scripts=False)
    elif hasattr(bpy.ops.import_scene, "fbx"):
        bpy.ops.import_scene.fbx(filepath=str(source))
    else:
        bpy.ops.wm.fbx_import(filepath=str(source))


def take_widgets_away() -> None:
    """Shapes that only show where a bone can be gripped are no part of the character."""
    for shape in {bone.custom_shape for bone in pose_bones()}:
        if shape is not None:
            bpy.data.objects.remove(shape)


def pose_bones() -> list[Any]:
    """The bones of every armature."""
    return [bone for item in bpy.data.objects if item.pose is not None for bone in item.pose.bones]


def write(out: Path) -> None:
    """Blender's exporter with what this version of it knows of these options."""
    constrained = any(bone.constraints for bone in pose_bones())
    wanted: dict[str, Any] = {
        "export_format": "GLB",
        "use_active_scene": True,
        "export_animation_mode": "ACTIONS",
        # keys go out as they are, unless constraints change them
        "export_force_sampling": constrained,
        "export_def_bones": constrained,
        "export_rest_position_armature": True,
        "export_morph": True,
        "export_skins": True,
    }
    export: Any = bpy.ops.export_scene.gltf
    known = set(export.get_rna_type().properties.keys())
    export(filepath=str(out), **{name: value for name, value in wanted.items() if name in known})


if __name__ == "__main__":
    main()
