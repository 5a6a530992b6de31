# SPDX-License-Identifier: GPL-3.0-or-later
"""What was changed by hand on a building is found and never lost."""

from __future__ import annotations

from typing import Any

import bpy
import pytest
import small_building

from .test_building_scene import Site

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture
def site(maquette: Any) -> Site:
    return Site(maquette)


def edits(site: Site, root: Any) -> list[tuple[str, str]]:
    return [(edit.part, edit.what) for edit in site.maquette.module("addon.hand_edits").edits_of(root)]


def move_a_vertex(data: Any) -> None:
    data.vertices[-1].co.z += 1.0


def test_an_untouched_building_has_no_edits(site: Site, tmp_path: Any) -> None:
    root = site.add(level=True)
    assert edits(site, root) == []
    site.change(root, storeys=3, deep_m=9.0, level=True)
    assert edits(site, root) == []
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    assert edits(site, bpy.data.objects["Building"]) == []


def test_looking_into_edit_mode_is_no_edit(site: Site) -> None:
    root = site.add()
    layer: Any = bpy.context.view_layer
    for item in [item for item in root.children_recursive if item.type == "MESH"]:
        layer.objects.active = item
        bpy.ops.object.mode_set(mode="EDIT")
        bpy.ops.mesh.select_all(action="SELECT")
        bpy.ops.object.mode_set(mode="OBJECT")
    assert edits(site, root) == []


def test_every_kind_of_edit_is_found(site: Site) -> None:
    root = site.add()
    bpy.data.objects["storey 0 wall 0 opening 1"].location.x += 0.5
    move_a_vertex(bpy.data.objects["storey 0 walls"].data)
    bpy.data.objects["storey 0 floor"].data.polygons[0].material_index = 3
    brick = bpy.data.materials["Brick"]
    brick.node_tree.nodes["Principled"].inputs["Roughness"].default_value = 0.111
    assert dict(edits(site, root)) == {
        "mesh storey 0 floor": "UVs or colours changed",
        "mesh storey 0 walls": "vertices changed",
        "place storey 0 wall 0 opening 1": "moved",
        "material Brick": "nodes or images changed",
    }


def test_edits_are_given_up_where_that_is_asked(site: Site) -> None:
    root = site.add()
    window, walls = bpy.data.objects["storey 0 wall 0 opening 1"], bpy.data.objects["storey 0 walls"]
    window.location.x += 0.5
    before = [tuple(vertex.co) for vertex in walls.data.vertices]
    move_a_vertex(walls.data)
    site.change(root, replaced={"mesh storey 0 walls"})
    assert [tuple(vertex.co) for vertex in walls.data.vertices] == before, "as it was made"
    assert [part for part, _ in edits(site, root)] == ["place storey 0 wall 0 opening 1"], "that one is kept"
    site.change(root, replaced={"place storey 0 wall 0 opening 1"}, deep_m=9.0)
    assert edits(site, root) == [] and window.name in bpy.data.objects


def test_locks_hold_to_the_vertex(site: Site) -> None:
    root = site.add()
    decide = site.maquette.module("addon.scene.decisions").decide
    window, walls = bpy.data.objects["storey 0 wall 0 opening 1"], bpy.data.objects["storey 0 walls"]
    decide(root, "mesh storey 0 walls", "LOCK")
    decide(root, "place storey 0 wall 0 opening 1", "LOCK")
    places, there = [tuple(vertex.co) for vertex in walls.data.vertices], tuple(window.location)
    everything = {part for part, _ in edits(site, root)} | {"mesh storey 0 walls", "place storey 0 wall 0 opening 1"}
    for given in ({"deep_m": 12.0}, {"deep_m": 9.0, "windows": 5}, {"storeys": 3}):
        site.change(root, replaced=everything, **given)
        assert [tuple(vertex.co) for vertex in walls.data.vertices] == places
        assert tuple(window.location) == there
    decide(root, "mesh storey 0 walls", "ASK")
    site.change(root, deep_m=12.0)
    assert [tuple(vertex.co) for vertex in walls.data.vertices] != places


def test_an_edited_part_outlives_its_storey(site: Site) -> None:
    root = site.add()
    floor = bpy.data.objects["storey 1 floor"]
    move_a_vertex(floor.data)
    height = floor.data.vertices[-1].co.z
    said = site.change(root, storeys=1)
    assert "'storey 1 floor' was changed by hand" in " ".join(said)
    assert floor in root.children[:] and floor.data.vertices[-1].co.z == height


def test_an_edited_window_outlives_all_windows(site: Site) -> None:
    root = site.add()
    window = bpy.data.objects["storey 0 wall 0 opening 0"]
    move_a_vertex(window.data)
    data, height = window.data, window.data.vertices[-1].co.z
    site.change(root, windows=0)
    assert window.data == data and data.vertices[-1].co.z == height, "one of those that shared it keeps it"
    assert "storey 0 wall 0 opening 1" not in bpy.data.objects


@pytest.mark.parametrize("kind", ["renamed", "modifier", "constraint", "key"])
def test_a_part_that_was_worked_on_outlives_its_storey(site: Site, kind: str) -> None:
    root = site.add()
    floor = bpy.data.objects["storey 1 floor"]
    if kind == "renamed":
        floor.name = "My Floor"
    elif kind == "modifier":
        floor.modifiers.new("Mine", "SOLIDIFY")
    elif kind == "constraint":
        floor.constraints.new("LIMIT_LOCATION")
    else:
        floor.keyframe_insert("location", frame=1)
    name = floor.name
    site.change(root, deep_m=9.0)
    assert bpy.data.objects[name] == floor
    said = site.change(root, storeys=1)
    assert f"'{name}' was changed by hand" in " ".join(said) and bpy.data.objects[name].parent == root


def test_an_edited_level_that_is_not_shown_is_kept(site: Site) -> None:
    levels = site.maquette.module("addon.scene.building_levels")
    root = site.add(level=True)
    walls = bpy.data.objects["storey 0 walls"]
    levels.show_level(root, 1)
    bpy.context.view_layer.objects.active = walls  # type: ignore[union-attr]
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    data, faces = walls.data, len(walls.data.polygons)
    levels.show_level(root, 0)
    said = site.change(root, level=True, deep_m=9.0)
    assert "was changed by hand" in " ".join(said)
    levels.show_level(root, 1)
    assert walls.data == data and len(walls.data.polygons) == faces
    levels.show_level(root, 0)
    said = site.change(root, level=False, storeys=1, deep_m=9.0)
    assert data.users and len(data.polygons) == faces, "it stays in the file though no level shows it"


def test_objects_that_were_added_are_left_alone(site: Site) -> None:
    root = site.add()
    home = root.users_collection[0]
    tree = bpy.data.objects.new("Tree", bpy.data.meshes.new("Tree"))
    home.children[0].objects.link(tree)
    garden = bpy.data.collections.new("Garden")
    home.children.link(garden)
    for given in ({"storeys": 1}, {"storeys": 3}):
        site.change(root, **given)
    assert tree.name in bpy.data.objects and tree.users_collection and garden in home.children[:]


def test_an_edited_option_outlives_the_others(site: Site) -> None:
    asset = small_building.options()
    made = site.made(asset)
    row = site.row.add_row(made, site.scene(), site.meshes(made))
    roots = site.parts.option_roots(row)
    move_a_vertex(next(item for item in roots[1].children if item.type == "MESH" and "maquette_id" in item.keys()).data)  # noqa: SIM118
    kept = roots[1].name
    fewer = site.made(small_building.options(names=("option 1", "slabs")))
    said = site.row.change_row(row, fewer, site.meshes(fewer, site.parts.option_roots(row)))
    assert any("stays beside the new options" in sentence for sentence in said) and kept in bpy.data.objects
