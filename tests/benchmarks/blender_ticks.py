# SPDX-License-Identifier: GPL-3.0-or-later
"""How long one call of the add-on's poll takes while characters and buildings come into the scene: `blender_ticks.py`.

Run by an interpreter with bpy and numpy; with MAQUETTE_PYTHON set the character is the real engine's. The building is
one of 880 objects, 800 of them windows that share a mesh, made new and changed in place. Printed per result: the worst
tick while the engine works, while files are read, while pieces are staged, and the ticks that apply; Blender's own undo
push counts on its own. Milliseconds of the main thread's own work: what else the machine does is left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from blender_apply import HERE, load_conftest

sys.path.insert(0, str(HERE.parent / "support"))


class Watch:
    """Counts what each call of `poll` takes, by what the job was at before it, and undo pushes apart from it."""

    def __init__(self, maquette: Any) -> None:
        self.studio = maquette.studio
        self.ticks: dict[str, list[float]] = {}
        self.pushes: list[float] = []
        jobs = maquette.module("addon.jobs")
        push = jobs.push_undo

        def timed(message: str) -> None:
            started = time.thread_time()
            push(message)
            self.pushes.append(time.thread_time() - started)

        jobs.push_undo = timed

    def finish(self, job: Any, what: str) -> None:
        """Pump a job to its end, and print its ticks."""
        self.ticks, self.pushes = {}, []
        while not job.state.ended:
            state, pushed = job.state.name, len(self.pushes)
            started = time.thread_time()
            self.studio.poll()
            took = time.thread_time() - started - sum(self.pushes[pushed:])
            self.ticks.setdefault("APPLYING" if job.state.ended else state, []).append(1000 * took)
            time.sleep(0.002)
        assert job.state.name == "DONE", job.notice
        worst = " | ".join(f"{state.lower()} {max(took):.1f} (of {len(took)})" for state, took in self.ticks.items())
        print(f"{what:24} {worst} | undo push {1000 * sum(self.pushes):.1f} ms", flush=True)


def building_job(maquette: Any, asset: Any, folder: Path, root: Any = None) -> Any:
    """A job whose result lies in a folder already."""
    import bpy

    maquette.module("core.bundle").save(asset, folder)
    target = maquette.module("addon.scene.targets").Target
    delivery = maquette.module("addon.building_delivery")
    scene: Any = bpy.context.scene
    place = delivery.BuildingPlace(target(scene.name, scene.session_uid), root and target(root.name, root.session_uid))
    request = maquette.module("core.request").Request.from_plain({"generator": "architecture", "method": "building"})
    job = maquette.module("addon.jobs").Job("Building", request, delivery.BuildingDelivery(place), folder)
    maquette.studio.submit(job)
    return job


def buildings(maquette: Any, watch: Watch, folder: Path) -> None:
    """New, changed in part, changed in every mesh."""
    import bpy
    import small_building  # type: ignore[import-not-found]

    tower = small_building.building(storeys=40, windows=20)
    watch.finish(building_job(maquette, tower, folder / "a"), "building, new")
    print(f"{'':24} {len(bpy.data.objects)} objects")
    root = bpy.data.objects["Building"]
    watch.finish(building_job(maquette, small_building.building(40, 20, bricks=0.3), folder / "b", root), "same meshes")
    deeper = small_building.building(storeys=40, windows=20, deep_m=11.0)
    watch.finish(building_job(maquette, deeper, folder / "c", root), "every mesh changed")
    lower = small_building.building(storeys=20, windows=20)
    watch.finish(building_job(maquette, lower, folder / "d", root), "half its storeys go")
    watch.finish(building_job(maquette, tower, folder / "e", root), "they come back")


def characters(maquette: Any, watch: Watch) -> None:
    """One new, one changed in place."""
    import bpy

    settings: Any = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    settings.method, settings.live = "base", False
    watch.finish(maquette.start("generate_character"), "character, new")
    print(f"{'':24} {sum(len(mesh.vertices) for mesh in bpy.data.meshes)} vertices, {len(bpy.data.actions)} clips")
    settings.seed = 1
    watch.finish(maquette.start("remake_new_seed"), "character, in place")


def main() -> None:
    """Both, each in a fresh file."""
    conftest = load_conftest()
    import bpy

    folder = Path(tempfile.mkdtemp(prefix="maquette-benchmark-"))
    archive = conftest.build_zip(folder)
    bpy.ops.extensions.package_install_files(filepath=str(archive), repo="user_default", enable_on_install=True)
    maquette = conftest.Maquette(conftest.PACKAGE)
    maquette.preferences.cache_folder = str(folder / "cache")
    if not os.environ.get("MAQUETTE_PYTHON"):
        maquette.use_fake_engine()
    watch = Watch(maquette)
    print(bpy.app.version_string)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    buildings(maquette, watch, folder)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    characters(maquette, watch)
    sys.stdout.flush()
    # bpy 4.2 and 4.5 do not survive Python's own ending with an add-on enabled
    os._exit(0)


if __name__ == "__main__":
    main()
