# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue by hand: cancel one, move one, try again, what waited in a saved file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import pytest

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def queue(maquette: Any, settings: Any, count: int) -> list[Any]:
    """So many different wishes, none begun."""
    jobs = []
    for seed in range(count):
        settings.seed = seed
        jobs.append(maquette.start())
    return jobs


def drain(maquette: Any) -> None:
    """Work until nothing is queued."""
    maquette.studio.finish()


def test_one_of_several_is_cancelled_and_the_others_are_made(maquette: Any, settings: Any, cube: Any) -> None:
    jobs = queue(maquette, settings, 3)
    assert bpy.ops.maquette.cancel_job(job=jobs[1].id) == {"FINISHED"}
    drain(maquette)
    assert [job.state.name for job in jobs] == ["DONE", "CANCELLED", "DONE"]
    assert json.loads(cube.active_material["maquette_request"])["seed"] == 2


def test_a_job_that_was_moved_is_made_earlier(maquette: Any, settings: Any, cube: Any) -> None:
    jobs = queue(maquette, settings, 3)
    bpy.ops.maquette.move_job(job=jobs[2].id, up=True)
    bpy.ops.maquette.move_job(job=jobs[0].id, up=True)
    assert [job.id for job in maquette.studio.waiting] == [jobs[0].id, jobs[2].id, jobs[1].id]
    drain(maquette)
    assert json.loads(cube.active_material["maquette_request"])["seed"] == 1


def test_a_failed_job_says_why_and_is_tried_again(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("die")
    job = maquette.finish(maquette.start())
    assert job.state.name == "FAILED"
    drawn = draw("MAQUETTE_PT_jobs")
    assert ("operator", "maquette.retry_job") in drawn and ("operator", "maquette.check_engine") in drawn
    maquette.use_fake_engine()
    assert bpy.ops.maquette.retry_job(job=job.id) == {"FINISHED"}
    assert job.state.name == "DONE" and "maquette_request" in cube.active_material


def test_a_candidate_of_all_that_failed_are_tried_at_once(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("die")
    jobs = queue(maquette, settings, 2)
    drain(maquette)
    assert [job.state.name for job in jobs] == ["FAILED", "FAILED"]
    maquette.use_fake_engine()
    bpy.ops.maquette.retry_job()
    assert [job.state.name for job in jobs] == ["DONE", "DONE"]
    bpy.ops.maquette.clear_jobs()
    assert maquette.studio.jobs == [] and draw("MAQUETTE_PT_jobs") == []


def test_what_has_ended_is_remembered_only_so_long(maquette: Any, settings: Any, cube: Any) -> None:
    most = maquette.module("addon.jobs").MOST_ENDED
    job = maquette.finish(maquette.start())
    for _ in range(most + 5):
        maquette.studio._remember(job)
    assert len(maquette.studio.jobs) <= most + 1


def test_what_waited_in_a_saved_file_is_offered_and_never_begins_by_itself(
    maquette: Any, settings: Any, cube: Any, tmp_path: Path
) -> None:
    queue(maquette, settings, 2)
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    wishes = maquette.module("addon.waiting_wishes")
    assert wishes.wishes(bpy.context.scene) == [], "the open file has them in its queue"
    maquette.studio.close()
    maquette.studio.jobs.clear()
    bpy.ops.wm.open_mainfile(filepath=path)
    assert not maquette.studio.busy
    assert [json.loads(text)["seed"] for text in wishes.wishes(bpy.context.scene)] == [0, 1]
    assert ("operator", "maquette.take_up_wish") in draw("MAQUETTE_PT_jobs")
    bpy.data.objects["Cube"].select_set(True)
    assert bpy.ops.maquette.take_up_wish(number=1) == {"FINISHED"}
    assert json.loads(bpy.data.objects["Cube"].active_material["maquette_request"])["seed"] == 1
    assert bpy.ops.maquette.take_up_wish(number=0, forget=True) == {"FINISHED"}
    assert wishes.wishes(bpy.context.scene) == []


@pytest.mark.parametrize("text", ["[1, 2]", "{}", "no JSON", '["{}"]'])
def test_a_list_that_is_none_harms_nothing(maquette: Any, text: str) -> None:
    wishes = maquette.module("addon.waiting_wishes")
    bpy.context.scene[wishes.PROPERTY] = text  # type: ignore[index]
    draw("MAQUETTE_PT_jobs")
    assert wishes.take(bpy.context.scene, 0) is None
