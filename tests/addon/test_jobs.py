# SPDX-License-Identifier: GPL-3.0-or-later
"""The queue: progress, cancel, an engine that fails or dies, the cache."""

from __future__ import annotations

import time
from typing import Any

import bpy
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def pump(maquette: Any, condition: Any, limit_s: float = 10.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        maquette.studio.poll()
        time.sleep(0.01)


def test_progress_then_cancel_in_less_than_a_second(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("slow")
    job = maquette.start()
    pump(maquette, lambda: job.fraction > 0.001)
    assert job.text == "Matching"
    started = time.monotonic()
    bpy.ops.maquette.cancel()
    maquette.finish(job)
    assert time.monotonic() - started < 1.0
    assert job.state.name == "CANCELLED" and cube.active_material is None


def test_engine_that_does_not_hear_is_killed(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("deaf")
    job = maquette.start()
    pump(maquette, lambda: job.fraction > 0.0005)
    started = time.monotonic()
    maquette.studio.cancel()
    maquette.finish(job)
    assert time.monotonic() - started < 1.0
    maquette.use_fake_engine()
    assert maquette.finish(maquette.start()).state.name == "DONE"


def test_engine_that_dies_is_one_report_and_a_fresh_engine(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("die")
    job = maquette.finish(maquette.start())
    assert job.state.name == "FAILED" and "ended unexpectedly" in job.notice.text
    assert cube.active_material is None and not bpy.data.images
    first = maquette.studio.engine.pid
    job = maquette.finish(maquette.start())
    assert maquette.studio.engine.pid != first


def test_killed_engine(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("slow")
    job = maquette.start()
    pump(maquette, lambda: job.fraction > 0.0)
    maquette.studio.engine._process.kill()
    maquette.finish(job)
    assert "was killed" in job.notice.text and "maquette.generate" in job.notice.mend


def test_failure_is_the_engines_sentence(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("fail")
    with pytest.raises(RuntimeError, match="is not a picture"):
        bpy.ops.maquette.generate()


def test_out_of_memory_offers_half_the_size(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("memory")
    assert maquette.finish(maquette.start()).notice.mend == ("maquette.halve_size",)


def test_warning_reaches_the_designer(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("warn")
    notice = maquette.finish(maquette.start()).notice
    assert notice.level == "WARNING" and "going on on the CPU" in notice.text


def test_same_wish_is_answered_from_the_cache(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    maquette.studio.close()
    maquette.use_fake_engine("die")
    job = maquette.finish(maquette.start())
    assert job.state.name == "DONE" and maquette.studio.engine is None


def test_damaged_cache_is_made_again(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.finish(maquette.start())
    (job.folder / "asset.json").write_text("{")
    assert maquette.finish(maquette.start()).state.name == "DONE"
    (job.folder / "albedo.png").unlink()
    assert maquette.finish(maquette.start()).state.name == "DONE"


def test_jobs_wait_for_each_other(maquette: Any, settings: Any, cube: Any) -> None:
    first = maquette.start()
    settings.seed = 1
    second = maquette.start()
    assert [job.id for job in maquette.studio.waiting] == [first.id, second.id]
    maquette.finish(second)
    assert first.state.name == second.state.name == "DONE"


def test_cancel_forgets_what_waits(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("slow")
    first, second = maquette.start(), maquette.start()
    pump(maquette, lambda: first.fraction > 0)
    maquette.studio.cancel()
    maquette.finish(first)
    assert second.state.name == "CANCELLED" and not maquette.studio.busy


def test_missing_picture_is_one_sentence(maquette: Any, settings: Any, cube: Any) -> None:
    settings.references.albedo.path = '/nowhere/it\'s "gone" 🧱.jpg'
    with pytest.raises(RuntimeError, match="does not exist"):
        bpy.ops.maquette.generate()
    settings.references.albedo.path = ""
    with pytest.raises(RuntimeError, match="No reference picture"):
        bpy.ops.maquette.generate()


def test_unregister_ends_the_engine(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.use_fake_engine("slow")
    job = maquette.start()
    pump(maquette, lambda: job.fraction > 0)
    engine = maquette.studio.engine
    bpy.ops.preferences.addon_disable(module=maquette._package)
    assert not engine.alive
    assert not hasattr(bpy.types, "MAQUETTE_PT_texture") and not hasattr(bpy.types.Scene, "maquette")
    for _ in range(2):
        bpy.ops.preferences.addon_enable(module=maquette._package)
        assert hasattr(bpy.types, "MAQUETTE_PT_texture")
        bpy.ops.preferences.addon_disable(module=maquette._package)
    bpy.ops.preferences.addon_enable(module=maquette._package)
