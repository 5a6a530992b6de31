# SPDX-License-Identifier: GPL-3.0-or-later
"""Run in a Blender of its own: how long a building takes from its folder into the scene.

blender -b --factory-startup -P training/evaluation/architecture/scene_script.py -- FOLDER OUT.json
python training/evaluation/architecture/scene_script.py -- FOLDER OUT.json     (where the package bpy is installed)
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy

# a lone script finds the scene's scripts by their folder
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "addon" / "scene"))
from script import package_module  # type: ignore[import-not-found]

sys.path.pop(0)
TIMES = 7


def main() -> None:
    """Both paths come after `--`."""
    folder, out = (Path(argument) for argument in sys.argv[sys.argv.index("--") + 1 :])
    runs = [put_in_scene(folder) for _ in range(TIMES)]
    out.write_text(json.dumps({key: [run[key] for run in runs] for key in runs[0]}) + "\n", encoding="utf-8")
    sys.stdout.flush()
    # the package bpy of Blender 4.2 crashes when it is taken down, and all is written
    os._exit(0)


def put_in_scene(folder: Path) -> dict[str, float]:
    """Processor seconds to read the folder, to make the meshes, to make all that shows them; the number of objects."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    building, staging, targets = (
        package_module(f"addon.scene.{name}") for name in ("building", "building_staging", "targets")
    )
    request = package_module("core.request").Request
    scene: Any = bpy.context.scene
    started = time.process_time()
    bundled = package_module("addon.scene.bundle_building").read_building(folder)
    read = time.process_time()
    wish = request.from_plain(bundled.asset.provenance.request, "The Request")
    made = building.MadeBuilding("Building", wish, bundled)
    meshes = staging.BuildingStaging(made)
    while meshes.step(()):
        pass
    staged = time.process_time()
    building.add_building(made, targets.Target(scene.name, scene.session_uid), meshes.meshes())
    ended = time.process_time()
    return {
        "read": read - started,
        "stage": staged - read,
        "apply": ended - staged,
        "objects": float(len(bpy.data.objects)),
    }


if __name__ == "__main__":
    main()
