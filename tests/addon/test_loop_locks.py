# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks in the panel: what is locked reaches the engine with the Requests that it is kept from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import bpy
import pytest

from .panels import draw
from .test_loop_candidates import group, sent, use  # noqa: F401 a fixture

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture
def lockable(maquette: Any) -> Iterator[None]:
    """Methods that can keep parts, whatever the real ones can."""
    parts = {"texture": ("albedo", "region *"), "character": ("head", "mesh *"), "architecture": ("roof", "storey *")}
    found = maquette.module("core.generators").methods().values()
    before = [method.lockable for method in found]
    for method in found:
        object.__setattr__(method, "lockable", parts[method.generator])
    yield
    for method, patterns in zip(found, before, strict=True):
        object.__setattr__(method, "lockable", patterns)


def test_a_locked_parameter_reaches_every_move(maquette: Any, sent: Any) -> None:  # noqa: F811 the fixture
    use("texture")
    bpy.ops.maquette.lock_param(param="size")
    bpy.ops.maquette.lock_param(param="size_m")
    bpy.ops.maquette.explore(seed=0)
    assert sent()["locked"] == ["size", "size_m"]
    bpy.ops.maquette.lock_param(param="size")
    bpy.ops.maquette.vary(seed=0)
    assert sent()["locked"] == ["size_m"]
    use("character")
    bpy.ops.maquette.explore(seed=0)
    assert sent()["locked"] == []
    with pytest.raises(RuntimeError, match="no parameter"):
        bpy.ops.maquette.lock_param(param="nothing")


def test_a_part_is_kept_from_the_picked_candidate(maquette: Any, sent: Any, lockable: None) -> None:  # noqa: F811
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.pick_candidate(number=3)
    key, request = group().items[2].key, json.loads(group().items[2].request)
    bpy.ops.maquette.lock_part(part="albedo")
    bpy.ops.maquette.explore(seed=1)
    message = sent()
    assert message["locks"] == {"albedo": key}
    assert message["kept"][key]["seed"] == request["seed"] and message["kept"][key]["params"] == request["params"]
    assert all(
        json.loads(item.request)["locks"] == {"albedo": key} for item in group().items if item.run == group().run
    )
    bpy.ops.maquette.lock_part(part="albedo")
    bpy.ops.maquette.explore(seed=1)
    assert sent()["locks"] == {} and sent()["kept"] == {}


def test_a_part_of_the_active_thing_is_kept_by_generate(
    maquette: Any, settings: Any, cube: Any, lockable: None
) -> None:
    maquette.finish(maquette.start())
    key = cube.active_material["maquette_key"]
    bpy.ops.maquette.lock_part(part="albedo")
    settings.seed = 7
    job = maquette.start("regenerate")
    assert dict(job.request.locks) == {"albedo": key} and set(job.kept) == {key}
    maquette.finish(job)
    assert json.loads(cube.active_material["maquette_request"])["locks"] == {"albedo": key}
    # what the lock holds on to goes along with the material
    chain = json.loads(cube.active_material["maquette_history"])
    assert key in {item["key"] for item in chain.values()}


def test_a_region_is_written_in_shares_from_the_top_left(
    maquette: Any, settings: Any, cube: Any, lockable: None
) -> None:
    maquette.finish(maquette.start())
    bpy.ops.maquette.lock_region(left=0.25, top=0.5, width=0.5, height=0.9)
    assert [part.name for part in bpy.context.scene.maquette_loop.parts] == ["region 0.25 0.5 0.5 0.5"]
    with pytest.raises(RuntimeError, match="empty"):
        bpy.ops.maquette.lock_region(left=1.0)


def test_what_cannot_be_locked_is_one_sentence(maquette: Any, settings: Any, cube: Any, lockable: None) -> None:
    with pytest.raises(RuntimeError, match="kept from a result"):
        bpy.ops.maquette.lock_part(part="albedo")
    maquette.finish(maquette.start())
    with pytest.raises(RuntimeError, match="can lock albedo"):
        bpy.ops.maquette.lock_part(part="head")


@pytest.mark.parametrize(
    ("generator", "parts"), [("character", {"head", "mesh Body"}), ("architecture", {"roof", "storey 0", "storey 1"})]
)
def test_the_panel_lists_the_parts_of_the_active_thing(
    maquette: Any, lockable: None, generator: str, parts: set[str]
) -> None:
    use(generator)
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.apply_candidate(number=1)
    made = maquette.module("addon.active").active_made(bpy.context, generator)
    locks, bases = maquette.module("addon.loop.locks"), maquette.module("addon.loop.bases")
    assert parts <= set(locks.parts_to_lock(bases.explored_method(bpy.context), made))
    assert ("operator", "maquette.lock_part") in draw("MAQUETTE_PT_locks")


def test_locks_are_saved_and_old_ones_of_another_method_rest(maquette: Any, lockable: None, tmp_path: Any) -> None:
    use("texture")
    bpy.ops.maquette.explore(seed=0)
    bpy.ops.maquette.pick_candidate(number=1)
    bpy.ops.maquette.lock_part(part="albedo")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    part = bpy.context.scene.maquette_loop.parts[0]
    assert part.name == "albedo" and part.source == "candidate 1" and part.key == group().items[0].key
    use("character")
    method = maquette.module("addon.loop.bases").explored_method(bpy.context)
    assert maquette.module("addon.loop.locks").locked_parts(bpy.context.scene, method) == {}


def test_the_panel_offers_what_moves_change(maquette: Any) -> None:
    methods, locks = maquette.module("core.generators").methods(), maquette.module("addon.loop.locks")
    offered = {name: {spec.name for spec in locks.params_to_lock(method)} for name, method in methods.items()}
    assert {"height", "variety", "skin_tone"} <= offered["character", "base"]
    assert not {"model", "clips", "size", "maps"} & set().union(*offered.values())
