# SPDX-License-Identifier: GPL-3.0-or-later
"""A queue of 20 of all three generators, with cancels, retries, moves and a killed engine in random order."""

from __future__ import annotations

import random
import time
from typing import Any

import bpy
import pytest

from .never_lost import GENERATORS, LIMIT_S, Asker, orphans

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
COUNT = 20


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_of_twenty_in_a_storm(maquette: Any, photo: Any, seed: int) -> None:
    chance, studio = random.Random(seed), maquette.studio
    askers = [Asker(maquette, generator, photo) for generator in GENERATORS]
    jobs = [askers[number % 3].new() for number in range(COUNT)]
    maquette.studio.jobs[:] = jobs
    end, actions = time.monotonic() + LIMIT_S, 0
    while studio.busy:
        assert time.monotonic() < end
        studio.poll()
        if actions < 60:
            actions += 1
            meddle(studio, chance)
        time.sleep(0.001)
        assert_each_job_is_in_one_place(studio, jobs)
    for job in jobs:
        if job.state.name != "DONE":
            assert studio.retry(job.id) is job
    studio.finish()
    assert [job.state.name for job in jobs] == ["DONE"] * COUNT
    made = [[asker.seed_of(thing) for thing in asker.made()] for asker in askers]
    assert [sorted(seeds) for seeds in made] == [[1, 2, 3, 4, 5, 6, 7]] * 2 + [[1, 2, 3, 4, 5, 6]]
    assert orphans() == set()


def meddle(studio: Any, chance: random.Random) -> None:
    """One of the things that a designer does with a queue."""
    what, job = chance.randrange(6), chance.choice(studio.jobs)
    if what == 0:
        studio.cancel_one(job.id)
    elif what in (1, 2):
        studio.retry(job.id)
    elif what == 3:
        studio.move(job.id, chance.random() < 0.5)
    elif what == 4 and chance.random() < 0.2 and studio.engine is not None:
        studio.engine._process.kill()
    elif what == 5 and chance.random() < 0.1:
        studio.cancel()


def assert_each_job_is_in_one_place(studio: Any, jobs: list[Any]) -> None:
    assert {id(job) for job in studio.jobs} == {id(job) for job in jobs} and len(studio.jobs) == COUNT
    waiting = [job for job in jobs if job.state.name == "WAITING"]
    assert {id(job) for job in waiting} == {id(job) for job in studio.waiting} and len(waiting) == len(studio.waiting)
    going = [job for job in jobs if not job.state.ended and job.state.name != "WAITING"]
    assert going == ([studio.current] if studio.current is not None else [])


def test_the_addon_that_is_disabled_leaves_nothing_half_made(maquette: Any, photo: Any) -> None:
    asker = Asker(maquette, "texture", photo)
    job = asker.new()
    asker.pump(job, lambda: job.state.name == "STAGING" and bool(bpy.data.images))
    assert bpy.data.images
    bpy.ops.preferences.addon_disable(module=maquette._package)
    try:
        assert not bpy.data.images and job.state.name == "CANCELLED"
    finally:
        bpy.ops.preferences.addon_enable(module=maquette._package)
