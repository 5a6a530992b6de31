# SPDX-License-Identifier: GPL-3.0-or-later
"""Targets that are deleted, renamed, taken for others or linked while a job runs: never the wrong one is changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest

from .never_lost import GENERATORS, KINDS, STATES, Asker, contents, orphans

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture(params=GENERATORS)
def asker(request: Any, maquette: Any, photo: Any) -> Asker:
    return Asker(maquette, request.param, photo)


def delete_all(asker: Asker) -> None:
    bpy.ops.object.select_all(action="SELECT")
    bpy.ops.object.delete()
    for thing in asker.made():
        if isinstance(thing, bpy.types.Material):
            bpy.data.materials.remove(thing)


def purge(asker: Asker) -> None:
    delete_all(asker)
    bpy.data.orphans_purge(do_recursive=True)


def rename_all(asker: Asker) -> None:
    for kind in KINDS:
        for number, item in enumerate(list(getattr(bpy.data, kind))):
            if item.library is None and item.name not in ("Render Result", "Viewer Node"):
                item.name = f"Renamed {number}"


def swap_names(asker: Asker) -> None:
    """Another thing of the same kind takes the name."""
    for thing in asker.made():
        name = thing.name
        thing.name = "Was Renamed"
        (bpy.data.materials if isinstance(thing, bpy.types.Material) else bpy.data.objects).new(
            name, *([] if isinstance(thing, bpy.types.Material) else [None])
        )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("what", [delete_all, purge, rename_all, swap_names])
def test_targets_that_change_under_a_job(asker: Asker, what: Callable[[Asker], None], state: str) -> None:
    asker.maquette.finish(asker.new())
    first = asker.made()[0]
    uid = first.session_uid
    job = asker.in_place()
    asker.until(job, state)
    what(asker)
    kept = contents()
    asker.maquette.finish(job)
    made = asker.made()
    if what in (rename_all, swap_names):
        assert job.state.name == "DONE", job.notice
        assert [(asker.seed_of(thing), thing.session_uid) for thing in made] == [(2, uid)]
    elif job.state.name == "FAILED":
        assert "is gone" in job.notice.text and not made
        assert contents()["objects"] == kept["objects"]
        again = asker.maquette.studio.retry(job.id)
        assert asker.maquette.finish(again).state.name == "DONE" and len(asker.made()) == 1
    else:
        assert len(made) == 1 and asker.seed_of(made[0]) == 2 and made[0].session_uid != uid
    if what in (purge, rename_all):
        assert orphans() == set()


def test_what_becomes_linked_meanwhile_is_not_changed(asker: Asker, tmp_path: Path) -> None:
    asker.maquette.finish(asker.new())
    path = str(tmp_path / "library.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path, copy=True)
    name, kind = asker.made()[0].name, "materials" if asker.generator == "texture" else "objects"
    job = asker.in_place()
    asker.until(job, "RUNNING")
    delete_all(asker)
    with bpy.data.libraries.load(path, link=True) as (_, wanted):
        setattr(wanted, kind, [name])
    linked = next(x for x in getattr(bpy.data, kind) if x.name == name and x.library is not None)
    asker.maquette.finish(job)
    assert asker.seed_of(linked) == 1, "a thing of another file stays as it is"
    assert job.state.name == "DONE" or "is gone" in job.notice.text
