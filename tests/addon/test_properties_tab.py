# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette in the Properties editor: a datablock's own values, edited where it is shown, made anew in place."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture
def material(maquette: Any, settings: Any, cube: Any) -> Any:
    maquette.finish(maquette.start())
    return cube.active_material


@pytest.fixture
def armature(maquette: Any, tmp_path: Path) -> Any:
    (tmp_path / "Knight.glb").write_bytes(b"glTF")
    settings = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    settings.method = "variation"
    settings.sources.character.path = str(tmp_path / "Knight.glb")
    maquette.finish(maquette.start("generate_character"))
    return bpy.context.view_layer.objects.active  # type: ignore[union-attr]


@pytest.fixture
def root(maquette: Any) -> Any:
    bpy.context.scene.maquette_buildings.method = "building"  # type: ignore[union-attr]
    maquette.finish(maquette.start("generate_architecture"))
    return next(item for item in bpy.data.objects if "maquette_request" in item.keys())  # noqa: SIM118


def tab(item: Any, material: Any = None) -> Any:
    """The context of a tab of the Properties editor."""
    context: Any = bpy.context
    return SimpleNamespace(
        object=item,
        active_object=item,
        material=material,
        scene=context.scene,
        region=None,
        preferences=context.preferences,
        window_manager=context.window_manager,
    )


def request_of(thing: Any) -> dict[str, Any]:
    request: dict[str, Any] = json.loads(thing["maquette_request"])
    return request


def test_the_active_thing(maquette: Any, material: Any, armature: Any, root: Any) -> None:
    active = maquette.module("addon.active")
    cube = next(item for item in bpy.data.objects if item.name == "Cube")
    assert active.active_made(tab(cube)) == material == active.active_made(tab(cube, material))
    body = armature.children[0]
    body.data.materials[0] = material
    assert active.active_made(tab(body)) == armature, "of a character's part the character comes first"
    assert active.active_made(tab(body), "texture") == material
    assert active.active_made(tab(body, material)) == material, "in its own tab a material does"
    wall = next(item for item in root.children if item.type == "MESH")
    assert active.active_made(tab(wall)) == root and active.active_made(tab(wall), "character") is None
    made = [active.generator_of(thing) for thing in (material, armature, root, cube, None)]
    assert made == ["texture", "character", "architecture", "", ""]


def test_every_tab_shows_its_own_values(maquette: Any, material: Any, armature: Any, root: Any) -> None:
    cube = next(item for item in bpy.data.objects if item.name == "Cube")
    shown = draw("MAQUETTE_PT_material_tab", tab(cube, material))
    assert ("label", "red brick") in shown and ("prop", "relief") in shown
    assert ("operator", "maquette.remake") in shown and ("operator", "maquette.find_hand_edits") in shown
    assert draw("MAQUETTE_PT_material_tab", tab(cube)) == [], "no material in this tab"
    assert draw("MAQUETTE_PT_object_tab", tab(cube)) == []
    for item in (armature, armature.children[0]):
        for name in ("MAQUETTE_PT_object_tab", "MAQUETTE_PT_data_tab"):
            assert ("prop", "height") in draw(name, tab(item))
    shown = draw("MAQUETTE_PT_object_tab", tab(root.children[0]))
    assert ("label", root.name) in shown and ("prop", "seed") in shown
    # the sidebar's values are another matter
    bpy.context.scene.maquette.texture_exemplar.size = 512  # type: ignore[union-attr]
    assert material.maquette_wish.texture_exemplar.size == 128


def test_a_material_is_edited_in_its_tab(maquette: Any, material: Any, settings: Any) -> None:
    wish = material.maquette_wish.texture_exemplar
    assert (wish.size, material.maquette_wish.seed) == (128, 0)
    wish.size, material.maquette_wish.seed = 256, 7
    assert (wish.size, material.maquette_wish.seed) == (256, 7) and request_of(material)["params"]["size"] == 128
    assert settings.seed == 0, "the sidebar's values are its own"
    assert ("operator", "maquette.forget_wishes") in draw("MAQUETTE_PT_material_tab", tab(None, material))
    with bpy.context.temp_override(material=material):  # type: ignore[union-attr]
        assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert request_of(material)["params"]["size"] == 256 and request_of(material)["seed"] == 7
    assert "maquette_draft" not in material, "what was wished for is there"
    assert tuple(material.node_tree.nodes["Maquette Albedo"].image.size) == (256, 256)
    assert len(bpy.data.materials) == 1 and material["maquette_made_on"].startswith(time.strftime("%Y-"))


def test_a_wish_is_taken_back(maquette: Any, material: Any) -> None:
    wish = material.maquette_wish.texture_exemplar
    wish.size = 512
    bpy.ops.maquette.forget_wishes()
    assert wish.size == 128 and "maquette_draft" not in material
    wish.size = 512
    wish.size = 128
    assert "maquette_draft" not in material, "what is there already is no wish"
    assert not bpy.ops.maquette.forget_wishes.poll()


def test_every_kind_of_value_is_kept(maquette: Any, material: Any) -> None:
    wish, plain = material.maquette_wish.texture_exemplar, request_of(material)["params"]
    assert set(wish.maps) == set(plain["maps"])
    wish.maps = {"albedo", "height"}
    wish.size_m_shown = 3.0
    assert set(wish.maps) == {"albedo", "height"} and wish.size_m == pytest.approx(3.0)
    assert wish.density_shown == pytest.approx(128 / 3)
    assert material.maquette_wish.mapping == "AUTO"
    material.maquette_wish.mapping, material.maquette_wish.relief_as = "BOX", "GEOMETRY"
    bpy.ops.maquette.remake()
    assert material.maquette_wish.mapping == "BOX" and "maquette_draft" not in material
    assert material.node_tree.nodes["Maquette Albedo"].projection == "BOX" and material.displacement_method == "BOTH"
    assert sorted(request_of(material)["params"]["maps"]) == ["albedo", "height"]
    assert request_of(material)["params"]["size_m"] == 3.0


def test_undo_takes_a_wish_back(maquette: Any, material: Any) -> None:
    bpy.ops.ed.undo_push(message="before")
    material.maquette_wish.texture_exemplar.size = 512
    bpy.ops.ed.undo_push(message="wish")
    bpy.ops.ed.undo()
    (material,) = bpy.data.materials
    assert material.maquette_wish.texture_exemplar.size == 128


def test_a_character_is_edited_in_its_tab(maquette: Any, armature: Any) -> None:
    bpy.context.scene.maquette_characters.live = False  # type: ignore[union-attr]
    armature.maquette_wish.character_variation.height = 0.5
    body = armature.children[0]
    bpy.context.view_layer.objects.active = body  # type: ignore[union-attr]
    assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert request_of(armature)["params"]["height"] == 0.5
    assert max(vertex.co.z for vertex in body.data.vertices) == pytest.approx(2.5)
    assert bpy.ops.maquette.remake_new_seed() == {"FINISHED"} and request_of(armature)["seed"] == 1


def test_a_slider_of_the_tab_moves_the_active_character(maquette: Any, armature: Any) -> None:
    live = maquette.module("addon.live")
    bpy.context.view_layer.objects.active = armature  # type: ignore[union-attr]
    armature.maquette_wish.character_variation.height = 1.0
    end = time.monotonic() + 20
    while live.tick() is not None and time.monotonic() < end:
        maquette.studio.poll()
        time.sleep(0.002)
    assert request_of(armature)["params"]["height"] == 1.0 and "maquette_draft" not in armature
    assert max(vertex.co.z for vertex in armature.children[0].data.vertices) == pytest.approx(3.0)


def test_no_slider_moves_a_locked_character(maquette: Any, armature: Any) -> None:
    live = maquette.module("addon.live")
    bpy.context.view_layer.objects.active = armature  # type: ignore[union-attr]
    bpy.ops.maquette.decide_part(decision="LOCK")
    armature.maquette_wish.character_variation.height = 1.0
    assert live.at_rest() and request_of(armature)["params"]["height"] == 0.0


def test_a_building_is_edited_in_its_tab(maquette: Any, root: Any) -> None:
    bpy.context.scene.maquette_buildings.live = False  # type: ignore[union-attr]
    wish = root.maquette_wish.architecture_building
    before = wish.storeys
    wish.storeys = before + 1
    bpy.context.view_layer.objects.active = root.children[0]  # type: ignore[union-attr]
    assert bpy.ops.maquette.remake(generator="architecture") == {"FINISHED"}
    assert request_of(root)["params"]["storeys"] == before + 1
    assert len({item.get("maquette_storey") for item in root.children} - {None}) == before + 1


def test_a_locked_thing_stays(maquette: Any, material: Any) -> None:
    bpy.ops.maquette.decide_part(part="whole", decision="LOCK")
    with pytest.raises(RuntimeError, match="is locked"):
        bpy.ops.maquette.remake_new_seed()
    with pytest.raises(RuntimeError, match="is locked"):
        bpy.ops.maquette.new_seed()
    assert request_of(material)["seed"] == 0
    bpy.ops.maquette.decide_part(part="whole", decision="ASK")
    assert bpy.ops.maquette.remake_new_seed() == {"FINISHED"} and request_of(material)["seed"] == 1


def linked_file(path: Path, kind: str, thing: Any) -> Any:
    """A new file that links a datablock from one that holds it alone."""
    name = thing.name
    bpy.data.libraries.write(str(path), {thing}, fake_user=True)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=True) as (_, wanted):
        setattr(wanted, kind, [name])
    return getattr(wanted, kind)[0]


def test_a_linked_material_says_how_to_change_it(maquette: Any, material: Any, tmp_path: Path) -> None:
    material = linked_file(tmp_path / "library.blend", "materials", material)
    bpy.ops.mesh.primitive_cube_add(size=2)
    cube: Any = bpy.context.object
    cube.data.materials.append(material)
    shown = draw("MAQUETTE_PT_material_tab", tab(cube, material))
    assert ("operator", "maquette.make_local") in shown
    assert any("linked from 'library.blend'" in text for kind, text in shown if kind == "label")
    assert not bpy.ops.maquette.remake.poll() and not bpy.ops.maquette.new_seed.poll()
    assert bpy.ops.maquette.make_local() == {"FINISHED"}
    local = cube.active_material
    assert local.library is None and local.maquette_wish.texture_exemplar.size == 128
    assert bpy.ops.maquette.remake_new_seed() == {"FINISHED"}
    assert cube.active_material == local and request_of(local)["seed"] == 1


def test_an_instance_of_a_linked_building_is_made_local(maquette: Any, root: Any, tmp_path: Path) -> None:
    collection = linked_file(tmp_path / "library.blend", "collections", root.users_collection[0])
    scene: Any = bpy.context.scene
    instance = bpy.data.objects.new("House", None)
    instance.instance_type, instance.instance_collection = "COLLECTION", collection
    scene.collection.objects.link(instance)
    bpy.context.view_layer.objects.active = instance  # type: ignore[union-attr]
    assert any("linked from" in text for kind, text in draw("MAQUETTE_PT_object_tab", tab(instance)) if kind == "label")
    assert bpy.ops.maquette.make_local() == {"FINISHED"}
    active = maquette.module("addon.active")
    local = active.active_made(tab(instance))
    assert local.library is None and instance.instance_collection.library is None
    local.maquette_wish.architecture_building.storeys = 3
    assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert len({item.get("maquette_storey") for item in local.children} - {None}) == 3
