# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo and redo between all ticks of a job: one thing is made, nothing is left behind."""

from __future__ import annotations

import random
from typing import Any

import bpy
import pytest

from .never_lost import GENERATORS, Asker, orphans

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture(params=GENERATORS)
def asker(request: Any, maquette: Any, photo: Any) -> Asker:
    return Asker(maquette, request.param, photo)


def push(message: str) -> None:
    bpy.ops.ed.undo_push(message=message)


def storm(asker: Asker, job: Any, chance: random.Random) -> None:
    """Undo and redo between the ticks of a job until it has ended."""

    def step() -> bool:
        if job.state.ended:
            return True
        for _ in range(chance.choice((0, 0, 1, 1, 3))):
            way = chance.choice((bpy.ops.ed.undo, bpy.ops.ed.redo))
            if way.poll():
                way()
        return False

    asker.pump(job, step)


def undo_steps(count: int = 4) -> None:
    """Something to undo: an empty that moves."""
    item: Any = bpy.data.objects.new("Marker", None)
    bpy.context.collection.objects.link(item)  # type: ignore[union-attr]
    for number in range(count):
        item.location.x = number
        push(f"move {number}")


@pytest.mark.parametrize("seed", range(3))
def test_undo_and_redo_storms_while_a_new_thing_is_made(asker: Asker, seed: int) -> None:
    push("start")
    undo_steps()
    job = asker.new()
    push("asked")
    storm(asker, job, random.Random(f"{asker.generator} {seed}"))
    assert job.state.name == "DONE", job.notice
    assert [asker.seed_of(thing) for thing in asker.made()] == [1]
    assert orphans() == set()
    while bpy.ops.ed.undo.poll():
        bpy.ops.ed.undo()
    assert asker.made() == []
    while bpy.ops.ed.redo.poll():
        bpy.ops.ed.redo()
    assert [asker.seed_of(thing) for thing in asker.made()] == [1] and orphans() == set()


@pytest.mark.parametrize("seed", range(2))
def test_undo_and_redo_storms_while_something_changes_in_place(asker: Asker, seed: int) -> None:
    push("start")
    asker.maquette.finish(asker.new())
    name = asker.made()[0].name
    undo_steps()
    job = asker.in_place()
    storm(asker, job, random.Random(f"in place {asker.generator} {seed}"))
    if job.state.name == "FAILED":
        assert "is gone" in job.notice.text, job.notice
        assert [asker.seed_of(thing) for thing in asker.made()] in ([], [1])
    else:
        assert job.state.name == "DONE" and 2 in [asker.seed_of(thing) for thing in asker.made()]
    assert orphans() == set()
    made = [thing for thing in asker.made() if thing.name == name]
    assert len(made) <= 1
