# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine is killed at 50 random moments: one clear failure each, the scene as before, and the next job works."""

from __future__ import annotations

import random
import time
from typing import Any

import bpy
import pytest

from .never_lost import Asker, contents, orphans

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
KILLS = {"texture": 17, "character": 17, "architecture": 16}
# a job of the paced engine takes about so long, its start too
JOB_S, START_S = 0.14, 0.4


@pytest.mark.parametrize("generator", KILLS)
def test_an_engine_that_is_killed_takes_nothing_with_it(maquette: Any, photo: Any, generator: str) -> None:
    asker, chance = Asker(maquette, generator, photo), random.Random(generator)
    maquette.finish(asker.new())
    ends: list[str] = []
    for number in range(KILLS[generator]):
        job = asker.in_place() if number % 2 else asker.new()
        before = contents()
        kill_at_a_moment(asker, job, chance)
        maquette.finish(job)
        ends.append(job.state.name)
        if job.state.name == "FAILED":
            assert contents() == before
            said = [x for x in maquette.studio.jobs if x.notice is not None and x.notice.text == job.notice.text]
            assert said[-1] is job and "engine" in job.notice.text and job.notice.mend, job.notice
        assert orphans() == set()
        again = maquette.studio.retry(job.id) or asker.in_place()
        assert maquette.finish(again).state.name == "DONE", again.notice
    # how many are met in time is up to the machine
    assert set(ends) <= {"FAILED", "DONE"} and "FAILED" in ends, ends
    assert not list((maquette.module("addon.package").cache_folder()).rglob("*.writing*"))


def kill_at_a_moment(asker: Asker, job: Any, chance: random.Random) -> None:
    """In the engine's start, at its work or while the result comes in: whenever that is, the process is gone then."""
    studio = asker.maquette.studio
    if chance.random() < 0.3:
        studio.close_engine()
        moment = chance.uniform(0.0, START_S)
    else:
        asker.pump(job, lambda: job.fraction > 0.0)
        moment = chance.uniform(0.0, JOB_S)
    end = time.monotonic() + moment
    asker.pump(job, lambda: time.monotonic() > end)
    if studio.engine is not None:
        studio.engine._process.kill()
        # gone, not going: else the next job may be sent to it, which the test below is about
        studio.engine._process.wait()


def test_an_engine_that_is_killed_between_two_jobs(maquette: Any, photo: Any) -> None:
    asker = Asker(maquette, "texture", photo)
    maquette.finish(asker.new())
    maquette.studio.engine._process.kill()
    job = maquette.finish(asker.new())
    if job.state.name == "FAILED":
        # it was sent to a process that was on its way out
        assert maquette.finish(maquette.studio.retry(job.id)).state.name == "DONE"
    assert len(asker.made()) == 2 and bpy.context.object.active_material == asker.made()[-1]  # type: ignore[union-attr]
