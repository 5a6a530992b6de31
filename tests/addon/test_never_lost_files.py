# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are opened, and scenes that come and go, while a job runs: its result is where it was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

from .never_lost import GENERATORS, STATES, Asker, orphans

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture(params=GENERATORS)
def asker(request: Any, maquette: Any, photo: Any) -> Asker:
    return Asker(maquette, request.param, photo)


@pytest.mark.parametrize("state", STATES)
def test_another_file_is_opened(asker: Asker, state: str, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "mine.blend"))
    job = asker.new()
    asker.until(job, state)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    asker.maquette.finish(job)
    assert job.state.name == "FAILED" and "Try again" in job.notice.text
    assert not asker.made() and not bpy.data.objects and orphans() == set()
    assert asker.maquette.finish(asker.maquette.studio.retry(job.id)).state.name == "DONE"
    assert len(asker.made()) == 1 and orphans() == set()


@pytest.mark.parametrize("state", STATES)
def test_the_same_file_is_opened_again(asker: Asker, state: str, tmp_path: Path) -> None:
    asker.maquette.finish(asker.new())
    path = str(tmp_path / "mine.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    job = asker.in_place()
    asker.until(job, state)
    bpy.ops.wm.open_mainfile(filepath=path)
    assert asker.maquette.finish(job).state.name == "DONE", job.notice
    assert [asker.seed_of(thing) for thing in asker.made()] == [2] and orphans() == set()


def test_the_result_goes_into_the_scene_that_asked(asker: Asker) -> None:
    first: Any = bpy.context.scene
    job = asker.new()
    asker.until(job, "RUNNING")
    second: Any = bpy.data.scenes.new("Second")
    bpy.context.window.scene = second  # type: ignore[union-attr]
    asker.set_up()
    other = asker.new()
    asker.maquette.finish(other)
    assert job.state.name == other.state.name == "DONE", (job.notice, other.notice)
    for scene, seed in ((first, 1), (second, 2)):
        there = [thing for thing in asker.made() if _is_in(scene, thing)]
        assert [asker.seed_of(thing) for thing in there] == [seed]


def test_a_scene_that_goes_meanwhile(asker: Asker) -> None:
    first: Any = bpy.context.scene
    job = asker.new()
    asker.until(job, "RUNNING")
    second: Any = bpy.data.scenes.new("Second")
    bpy.context.window.scene = second  # type: ignore[union-attr]
    bpy.data.scenes.remove(first)
    asker.maquette.finish(job)
    assert job.state.ended and orphans() - {"objects Cube", "meshes Cube"} == set()
    if job.state.name == "FAILED":
        assert asker.maquette.finish(asker.maquette.studio.retry(job.id)).state.name == "DONE"
    assert len(asker.made()) == 1


def _is_in(scene: Any, thing: Any) -> bool:
    if isinstance(thing, bpy.types.Material):
        return any(slot.material == thing for item in scene.objects for slot in item.material_slots)
    return thing.name in scene.objects
