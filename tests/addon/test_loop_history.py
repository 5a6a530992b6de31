# SPDX-License-Identifier: GPL-3.0-or-later
"""The history: a tree in the scene that outlives saving, undo, appending and linking, and stays within its bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def nodes() -> list[Any]:
    return list(bpy.context.scene.maquette_history.nodes)


def parents() -> dict[int, int | None]:
    """Each node's parent by seeds, which tests give each result its own of."""
    seed = {node.name: json.loads(node.request)["seed"] for node in nodes()}
    return {seed[node.name]: seed.get(node.parent) for node in nodes()}


def generate(maquette: Any, settings: Any, seed: int, operator: str = "generate") -> Any:
    settings.seed = seed
    return maquette.finish(maquette.start(operator))


def test_every_result_is_a_node_below_what_it_replaced(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    generate(maquette, settings, 3, "regenerate")
    assert parents() == {1: None, 2: 1, 3: 2}
    node = nodes()[-1]
    assert node.made == cube.active_material.name and node.generator == "texture" and node.time
    assert node.key == cube.active_material["maquette_key"]
    assert len(node.thumbnail) > 100


def test_the_same_request_again_is_the_same_node(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    generate(maquette, settings, 1, "regenerate")
    assert parents() == {1: None, 2: 1}
    assert cube.active_material["maquette_node"] == nodes()[0].name
    assert bpy.context.scene.maquette_history.active == 0


def test_the_tree_is_saved_with_the_file(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    bpy.ops.maquette.history_rate(rating=4)
    before = [(n.name, n.key, n.request, n.parent, n.rating, n.time, n.thumbnail) for n in nodes()]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    assert not nodes()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    assert [(n.name, n.key, n.request, n.parent, n.rating, n.time, n.thumbnail) for n in nodes()] == before


@pytest.mark.parametrize("link", [False, True])
def test_appended_and_linked_materials_bring_their_history(
    maquette: Any, settings: Any, cube: Any, tmp_path: Path, link: bool
) -> None:
    for seed in (1, 2, 3):
        generate(maquette, settings, seed, "regenerate" if seed > 1 else "generate")
    name, wanted = cube.active_material.name, {node.name for node in nodes()}
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "source.blend"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    bpy.ops.mesh.primitive_cube_add()
    with bpy.data.libraries.load(str(tmp_path / "source.blend"), link=link) as (_, into):
        into.materials = [name]
    bpy.context.object.data.materials.append(into.materials[0])
    bpy.ops.maquette.history_merge()
    assert {node.name for node in nodes()} == wanted and parents() == {1: None, 2: 1, 3: 2}
    bpy.ops.maquette.history_merge()
    assert len(nodes()) == 3


def test_what_comes_in_is_noticed_without_a_button(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    generate(maquette, settings, 1)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "source.blend"))
    name = cube.name
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(tmp_path / "source.blend"), link=False) as (_, into):
        into.objects = [name]
    bpy.context.scene.collection.objects.link(into.objects[0])
    bpy.context.view_layer.update()
    look = maquette.module("addon.loop.watching").look
    assert bpy.app.timers.is_registered(look)
    look()
    assert len(nodes()) == 1


def test_a_material_made_before_there_was_a_history_is_taken_in(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    material = cube.active_material
    del material["maquette_node"], material["maquette_history"]
    bpy.context.scene.maquette_history.nodes.clear()
    bpy.ops.maquette.history_merge()
    assert parents() == {1: None} and material["maquette_node"] == nodes()[0].name


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"short": {}}',
        json.dumps({"a" * 32: {"request": "{}"}}),
        json.dumps({"a" * 32: 7}),
        json.dumps({"a" * 32: {"request": 5, "rating": 1e99}}),
    ],
)
def test_nonsense_on_a_datablock_is_left_out(maquette: Any, settings: Any, cube: Any, text: str) -> None:
    generate(maquette, settings, 1)
    bpy.context.scene.maquette_history.nodes.clear()
    cube.active_material["maquette_history"] = text
    bpy.ops.maquette.history_merge()
    assert parents() == {1: None}


def test_undo_takes_the_node_with_the_result_and_redo_brings_both(maquette: Any, settings: Any, cube: Any) -> None:
    name = cube.name
    bpy.ops.ed.undo_push(message="start")
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    bpy.ops.ed.undo()
    assert parents() == {1: None}
    bpy.ops.ed.undo()
    assert parents() == {} and bpy.data.objects[name].active_material is None
    bpy.ops.ed.redo()
    bpy.ops.ed.redo()
    assert parents() == {1: None, 2: 1}


def test_restore_changes_what_was_made_in_place(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    material = cube.active_material
    generate(maquette, settings, 2, "regenerate")
    assert bpy.ops.maquette.history_show(node=nodes()[0].name) == {"FINISHED"}
    assert cube.active_material == material and json.loads(material["maquette_request"])["seed"] == 1
    assert len(nodes()) == 2 and material["maquette_node"] == nodes()[0].name


def test_restore_as_new_leaves_what_is_there(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    cube.select_set(False)
    assert bpy.ops.maquette.history_show(node=nodes()[0].name, as_new=True) == {"FINISHED"}
    seeds = sorted(json.loads(m["maquette_request"])["seed"] for m in bpy.data.materials if "maquette_request" in m)
    assert seeds == [1, 2] and len(nodes()) == 2


def test_what_is_gone_can_only_be_restored_as_new(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    bpy.data.materials.remove(cube.active_material)
    with pytest.raises(RuntimeError, match="Restore it as new"):
        bpy.ops.maquette.history_show()
    assert bpy.ops.maquette.history_show(as_new=True) == {"FINISHED"}


def test_branch_puts_the_values_into_the_panel_and_the_next_result_below(
    maquette: Any, settings: Any, cube: Any
) -> None:
    settings.texture_exemplar.variety = 0.25
    generate(maquette, settings, 1)
    first = nodes()[0].name
    settings.texture_exemplar.variety = 0.75
    generate(maquette, settings, 2, "regenerate")
    assert bpy.ops.maquette.history_branch(node=first) == {"FINISHED"}
    assert settings.seed == 1 and settings.texture_exemplar.variety == pytest.approx(0.25)
    cube.select_set(False)
    generate(maquette, settings, 3)
    assert parents() == {1: None, 2: 1, 3: 1}


def test_compare_tells_in_words_what_differs(maquette: Any, settings: Any, cube: Any) -> None:
    settings.texture_exemplar.variety = 0.25
    generate(maquette, settings, 1)
    settings.texture_exemplar.variety = 0.75
    generate(maquette, settings, 2, "regenerate")
    module = maquette.module("addon.operators.history_compare")
    pair = [module.request_of_node(node) for node in nodes()]
    lines = " ".join(module.differences(*pair))
    assert "0.25" in lines and "0.75" in lines and "ariety" in lines
    assert bpy.ops.maquette.history_compare() == {"FINISHED"}
    bpy.ops.maquette.history_delete(node=nodes()[1].name)
    with pytest.raises(RuntimeError, match="nothing to compare"):
        bpy.ops.maquette.history_compare()


def test_deleting_takes_the_branch_and_leaves_the_scene(maquette: Any, settings: Any, cube: Any) -> None:
    for seed in (1, 2, 3):
        generate(maquette, settings, seed, "regenerate" if seed > 1 else "generate")
    material = cube.active_material
    bpy.ops.maquette.history_delete(node=nodes()[1].name)
    assert parents() == {1: None} and cube.active_material == material
    generate(maquette, settings, 4, "regenerate")
    assert parents()[4] is None or parents() == {1: None, 2: 1, 3: 2, 4: 3}


def test_a_copy_of_the_scene_has_a_tree_of_its_own(maquette: Any, settings: Any, cube: Any) -> None:
    generate(maquette, settings, 1)
    bpy.ops.scene.new(type="FULL_COPY")
    assert len(nodes()) == 1
    bpy.ops.maquette.history_delete()
    assert not nodes() and len(bpy.data.scenes["Scene"].maquette_history.nodes) == 1


def test_the_tree_stays_within_its_bounds(maquette: Any, settings: Any, cube: Any) -> None:
    history = maquette.module("addon.loop.history")
    Request = maquette.module("core.request").Request  # noqa: N806 a class
    scene = bpy.context.scene
    plain = {"generator": "texture", "method": "family"}
    rated = history.add_node(scene, Request.from_plain({**plain, "seed": 9000}), "", b"", "first").name
    history.find_node(scene, rated).rating = 5
    root = history.add_node(scene, Request.from_plain({**plain, "seed": 9001}), "", b"", "root").name
    for seed in range(history.MAX_NODES + 20):
        history.add_node(scene, Request.from_plain({**plain, "seed": seed}), root, b"", "leaf")
    assert len(nodes()) == history.MAX_NODES
    seeds = [json.loads(node.request)["seed"] for node in nodes()]
    assert seeds[:2] == [9000, 9001] and seeds[-1] == history.MAX_NODES + 19 and 0 not in seeds


def test_a_thumbnail_is_bounded_whatever_it_shows(maquette: Any) -> None:
    thumbnails = maquette.module("addon.loop.thumbnails")
    noise = np.random.default_rng(0).random((256, 200, 3), np.float32)
    data = thumbnails.shrunk(noise)
    assert len(data) <= thumbnails.MAX_BYTES and thumbnails.from_text(thumbnails.as_text(data)) == data
    flat = thumbnails.fitted(np.full((256, 128, 3), 0.25, np.float32), 96)
    assert flat.shape == (96, 48, 3) and np.allclose(flat, 0.25, atol=1e-6)
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None, :, None].repeat(256, 0).repeat(3, 2)
    assert np.allclose(thumbnails.fitted(ramp, 64), ramp.reshape(64, 4, 64, 4, 3).mean((1, 3)), atol=1e-6)
    assert thumbnails.from_text("no picture") == b"" and thumbnails.from_text("A" * 100000) == b""


def test_a_datablock_carries_sixteen_nodes(maquette: Any, settings: Any, cube: Any) -> None:
    for seed in range(18):
        generate(maquette, settings, seed, "regenerate" if seed else "generate")
    chain = json.loads(cube.active_material["maquette_history"])
    seeds = [json.loads(item["request"])["seed"] for item in chain.values()]
    assert seeds == list(range(17, 1, -1))


def test_the_panel_draws_a_long_tree_without_work(maquette: Any, settings: Any, cube: Any) -> None:
    assert ("label", "What is made appears here") in draw("MAQUETTE_PT_history")
    generate(maquette, settings, 1)
    generate(maquette, settings, 2, "regenerate")
    panel, thumbnails = maquette.module("addon.history_panel"), maquette.module("addon.loop.thumbnails")
    kind = bpy.types.MAQUETTE_UL_history
    list_ = type("List", (), {"filter_name": "", "bitflag_filter_item": 1})()
    history = bpy.context.scene.maquette_history
    assert kind.filter_items(list_, bpy.context, history, "nodes") == ([], [0, 1])
    draw("MAQUETTE_PT_history")
    before = panel.work, thumbnails.work
    drawn = draw("MAQUETTE_PT_history")
    kind.filter_items(list_, bpy.context, history, "nodes")
    assert (panel.work, thumbnails.work) == before
    assert {"maquette.history_show", "maquette.history_compare"} <= {name for what, name in drawn if what == "operator"}


def test_the_order_of_a_tree(maquette: Any) -> None:
    in_order = maquette.module("addon.loop.history").in_order
    given = [("a", ""), ("b", "a"), ("c", ""), ("d", "a"), ("e", "b"), ("f", "gone"), ("x", "y"), ("y", "x")]
    assert in_order(given) == [
        ("a", 0), ("b", 1), ("e", 2), ("d", 1), ("c", 0), ("f", 0), ("x", 0), ("y", 0)
    ]  # fmt: skip
