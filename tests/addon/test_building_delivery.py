# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings through the queue of jobs: whole or not at all, one undo step, nothing left behind."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
import small_building

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


class Queue:
    """Submits results that lie in folders already, as an engine would have left them."""

    def __init__(self, maquette: Any, folder: Path) -> None:
        self.maquette, self._folder = maquette, folder
        self.delivery = maquette.module("addon.building_delivery")
        self.parts = maquette.module("addon.scene.building_parts")

    def job(self, asset: Any, root: Any = None) -> Any:
        """A job that waits, the result new or in place of `root`'s."""
        folder = self._folder / str(len(list(self._folder.iterdir())))
        self.maquette.module("core.bundle").save(asset, folder)
        target = self.maquette.module("addon.scene.targets").Target
        scene: Any = bpy.context.scene
        place = self.delivery.BuildingPlace(
            target(scene.name, scene.session_uid), root and target(root.name, root.session_uid), origin=(10.0, 0.0, 0.0)
        )
        request = self.maquette.module("core.request").Request.from_plain({"generator": "texture", "method": "family"})
        jobs = self.maquette.module("addon.jobs")
        job = jobs.Job("Building", request, self.delivery.BuildingDelivery(place), folder)
        self.maquette.studio.submit(job)
        return job

    def make(self, asset: Any, root: Any = None) -> Any:
        """A job, done."""
        return self.maquette.finish(self.job(asset, root))

    def until(self, job: Any, there: Callable[[], bool]) -> None:
        """Pump until something is so, the job not yet done."""
        for _ in range(10_000):
            if there():
                return
            self.maquette.studio.poll()
            if job.state.name == "READING":
                time.sleep(0.002)
        raise AssertionError(f"the job still is {job.state}")


@pytest.fixture
def queue(maquette: Any, tmp_path: Path) -> Queue:
    folder = tmp_path / "results"
    folder.mkdir()
    return Queue(maquette, folder)


def everything() -> set[tuple[str, str]]:
    """Every datablock of the file but the window's."""
    kinds = ("objects", "meshes", "materials", "images", "collections", "curves", "node_groups")
    return {(kind, item.name) for kind in kinds for item in getattr(bpy.data, kind)}


def test_a_building_arrives(queue: Queue) -> None:
    job = queue.make(small_building.building())
    assert job.state.name == "DONE" and job.notice.text == "'Building' is ready."
    root = bpy.data.objects["Building"]
    assert tuple(root.location) == (10.0, 0.0, 0.0) and len(queue.parts.objects_of(root)) == 12
    assert json.loads(root["maquette_request"])["method"] == "family"
    assert not [mesh.name for mesh in bpy.data.meshes if not mesh.users]


def test_a_cancelled_building_leaves_nothing(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue.maquette.module("addon.scene.building_staging"), "TICK_S", 0.0)
    before = everything()
    job = queue.job(small_building.building())
    queue.until(job, lambda: len(bpy.data.meshes) >= 3)
    assert job.state.name == "STAGING" and len(bpy.data.objects) == 0
    queue.maquette.studio.cancel()
    assert job.state.name == "CANCELLED" and everything() == before


def test_a_change_that_is_cancelled_changes_nothing(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    queue.make(small_building.building())
    root = bpy.data.objects["Building"]
    monkeypatch.setattr(queue.maquette.module("addon.scene.building_staging"), "TICK_S", 0.0)
    before, meshes = everything(), {item.name: item.data.name for item in queue.parts.objects_of(root).values()}
    job = queue.job(small_building.building(storeys=4, deep_m=9.0), root)
    queue.until(job, lambda: len(bpy.data.meshes) >= len(meshes))
    queue.maquette.studio.cancel()
    assert everything() == before
    assert {item.name: item.data.name for item in queue.parts.objects_of(root).values()} == meshes


def test_an_undo_in_between_is_no_harm(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    bpy.ops.ed.undo_push(message="start")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="cube")
    monkeypatch.setattr(queue.maquette.module("addon.scene.building_staging"), "TICK_S", 0.0)
    job = queue.job(small_building.building())
    queue.until(job, lambda: len(bpy.data.meshes) >= 4)
    bpy.ops.ed.undo()
    assert queue.maquette.finish(job).state.name == "DONE"
    assert len(queue.parts.objects_of(bpy.data.objects["Building"])) == 12 and "Cube" not in bpy.data.objects
    assert not [mesh.name for mesh in bpy.data.meshes if not mesh.users]


def test_each_result_is_one_undo_step(queue: Queue) -> None:
    bpy.ops.ed.undo_push(message="start")
    queue.make(small_building.building())
    queue.make(small_building.building(storeys=3, deep_m=9.0), bpy.data.objects["Building"])
    assert "storey 2 walls" in bpy.data.objects
    bpy.ops.ed.undo()
    assert "storey 2 walls" not in bpy.data.objects
    assert bpy.data.objects["storey 0 walls"].data.vertices[-1].co.y == 8.0
    assert len(queue.parts.objects_of(bpy.data.objects["Building"])) == 12
    bpy.ops.ed.undo()
    assert not len(bpy.data.objects)


def test_a_building_that_is_gone_is_said(queue: Queue) -> None:
    queue.make(small_building.building())
    root = bpy.data.objects["Building"]
    job = queue.job(small_building.building(storeys=3), root)
    bpy.data.objects.remove(root)
    before = everything()
    assert queue.maquette.finish(job).state.name == "FAILED"
    assert job.notice.text == "The building that was to be changed is gone. Nothing was changed."
    assert everything() == before


def test_options_arrive_as_a_row_and_change_in_place(queue: Queue) -> None:
    job = queue.make(small_building.options())
    (row,) = queue.parts.rows(bpy.context.scene)
    assert job.state.name == "DONE" and len(queue.parts.option_roots(row)) == 3
    second = queue.parts.option_roots(row)[1]
    assert queue.make(small_building.options(("option 1", "option 2")), second).state.name == "DONE"
    assert second in queue.parts.option_roots(row) and len(queue.parts.option_roots(row)) == 2
    job = queue.make(small_building.building(), second)
    assert job.state.name == "FAILED" and "another kind of result" in job.notice.text
    assert not [mesh.name for mesh in bpy.data.meshes if not mesh.users]


def test_a_saved_building_is_changed_after_loading(queue: Queue, tmp_path: Path) -> None:
    levels = queue.maquette.module("addon.scene.building_levels")
    queue.make(small_building.building(level=True))
    path = tmp_path / "town.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    bpy.ops.wm.open_mainfile(filepath=str(path))
    root = bpy.data.objects["Building"]
    assert levels.num_levels(root) == 2, "levels that are not shown are saved too"
    assert queue.make(small_building.building(storeys=1, level=True), root).notice.level == "INFO"
    assert set(queue.parts.objects_of(root)) >= {"storey 0 walls", "roof"} and "storey 1 walls" not in bpy.data.objects


def test_a_site_outlives_its_file(queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = queue.maquette.module("addon.scene.building_request")
    # any method with a reference will do
    monkeypatch.setattr(module, "SITE_ROLE", "albedo")
    file = tmp_path / "corner.json"
    file.write_text('{"maquette_site": 1}', encoding="utf-8")
    plain = {"generator": "texture", "method": "exemplar", "references": [str(file)]}
    request = queue.maquette.module("core.request").Request.from_plain(plain)
    job = queue.job(small_building.building())
    job.request = request.hashed()
    assert queue.maquette.finish(job).state.name == "DONE"
    root = bpy.data.objects["Building"]
    assert queue.parts.site_of(root) == '{"maquette_site": 1}'
    assert module.request_of(root, tmp_path).references[0].path == str(file)
    file.unlink()
    (again,) = module.request_of(root, tmp_path / "cache").references
    assert Path(again.path).read_text(encoding="utf-8") == '{"maquette_site": 1}'
    assert again.sha256 and Path(again.path).stem == again.sha256
