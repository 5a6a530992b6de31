# SPDX-License-Identifier: GPL-3.0-or-later
"""The right objects, faces and slots, whatever happens while the engine works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def made() -> list[Any]:
    return [material for material in bpy.data.materials if "maquette_request" in material]


def add_cube(name: str) -> Any:
    bpy.ops.mesh.primitive_cube_add(size=2)
    bpy.context.object.name = name
    return bpy.context.object


def test_occupied_active_slot_keeps_the_former_material(maquette: Any, settings: Any, cube: Any) -> None:
    for name in ("first", "second"):
        cube.data.materials.append(bpy.data.materials.new(name))
    cube.active_material_index = 1
    job = maquette.finish(maquette.start())
    assert [slot.material.name for slot in cube.material_slots] == ["first", "red brick"]
    assert bpy.data.materials["second"].use_fake_user
    assert "stays in the file" in job.notice.text


def test_selected_faces_get_a_slot_of_their_own(maquette: Any, settings: Any, cube: Any) -> None:
    cube.data.materials.append(bpy.data.materials.new("first"))
    for index, face in enumerate(cube.data.polygons):
        face.select = index in (1, 4)
    for element in [*cube.data.vertices, *cube.data.edges]:
        element.select = False
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.context.tool_settings.mesh_select_mode = (False, False, True)
    job = maquette.finish(maquette.start())
    bpy.ops.object.mode_set(mode="OBJECT")
    assert job.state.name == "DONE", job.notice
    assert list(cube["maquette_uv_size"]) == pytest.approx([8.0, 8.0, 1.0])
    assert [slot.material.name for slot in cube.material_slots] == ["first", "red brick"]
    assert [face.material_index for face in cube.data.polygons] == [0, 1, 0, 0, 1, 0]


def test_faces_chosen_before_edit_mode_was_left(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    job = maquette.start()
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    maquette.finish(job)
    assert {face.material_index for face in cube.data.polygons} == {1}
    assert cube.material_slots[0].material is None


def test_mesh_edited_meanwhile_is_not_guessed_at(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    job = maquette.start()
    bpy.ops.mesh.subdivide()
    maquette.finish(job)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert {face.material_index for face in cube.data.polygons} == {0}
    assert "was edited meanwhile" in job.notice.text


def test_no_face_selected_is_said_before_any_work(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="DESELECT")
    with pytest.raises(RuntimeError, match="No face is selected"):
        bpy.ops.maquette.generate()
    bpy.ops.object.mode_set(mode="OBJECT")


def test_only_selected_users_of_a_shared_mesh_change(maquette: Any, settings: Any, cube: Any) -> None:
    twin = bpy.data.objects.new("twin", cube.data)
    bpy.context.scene.collection.objects.link(twin)
    maquette.finish(maquette.start())
    assert cube.active_material.name == "red brick"
    assert cube.material_slots[0].link == "OBJECT"
    assert twin.material_slots[0].material is None


def test_all_users_of_a_shared_mesh_share_its_slot(maquette: Any, settings: Any, cube: Any) -> None:
    twin = bpy.data.objects.new("twin", cube.data)
    bpy.context.scene.collection.objects.link(twin)
    twin.select_set(True)
    maquette.finish(maquette.start())
    assert cube.material_slots[0].link == "DATA"
    assert twin.material_slots[0].material == cube.active_material


def test_renamed_target_is_found(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.start()
    cube.name = "renamed"
    other = add_cube("Cube")
    maquette.finish(job)
    assert bpy.data.objects["renamed"].active_material.name == "red brick"
    assert other.active_material is None


def test_deleted_target_keeps_the_material(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.start()
    bpy.data.objects.remove(cube)
    add_cube("Cube")
    maquette.finish(job)
    assert bpy.data.objects["Cube"].active_material is None, "another object of the same name is no target"
    assert made()[0].use_fake_user and "is gone" in job.notice.text


def test_undo_while_it_runs(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.ops.ed.undo_push(message="start")
    cube.location.x = 3
    bpy.ops.ed.undo_push(message="move")
    job = maquette.start()
    bpy.ops.ed.undo()
    maquette.finish(job)
    assert bpy.data.objects["Cube"].active_material.name == "red brick"


def test_undo_that_removes_the_target(maquette: Any, settings: Any) -> None:
    bpy.ops.ed.undo_push(message="start")
    add_cube("late")
    bpy.ops.ed.undo_push(message="cube")
    job = maquette.start()
    bpy.ops.ed.undo()
    assert "late" not in bpy.data.objects
    maquette.finish(job)
    assert made()[0].use_fake_user


def test_result_is_one_undo_step(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.ops.ed.undo_push(message="start")
    images = set(bpy.data.images.keys())
    maquette.finish(maquette.start())
    bpy.ops.ed.undo()
    assert not made() and bpy.data.objects["Cube"].active_material is None
    bpy.ops.ed.redo()
    material = bpy.data.objects["Cube"].active_material
    assert material.name == "red brick"
    assert set(bpy.data.images.keys()) > images and all(i.packed_file for i in bpy.data.images if "red" in i.name)


def test_another_file_loaded_while_it_runs(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.start()
    maquette.studio.poll()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    cube = add_cube("Cube")
    maquette.finish(job)
    assert job.state.name == "FAILED" and "is made" in job.notice.text
    assert not made() and not bpy.data.images
    assert maquette.finish(maquette.studio.retry(job.id)).state.name == "DONE"
    assert cube.active_material is None
    assert bpy.context.object.active_material == made()[0], "on a new preview plane"  # type: ignore[union-attr]


def test_another_file_loaded_while_it_waits(maquette: Any, settings: Any, cube: Any) -> None:
    job = maquette.start()
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    cube = add_cube("Cube")
    assert job.state.name == "FAILED" and "Try again" in job.notice.text and not maquette.studio.busy
    assert maquette.studio.retry(job.id) is job
    maquette.finish(job)
    assert job.state.name == "DONE" and cube.active_material is None
    assert bpy.context.object.active_material == made()[0], "on a new preview plane"  # type: ignore[union-attr]


def test_a_file_that_got_its_name_while_the_job_waited(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    job = maquette.start()
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    maquette.finish(job)
    assert bpy.data.objects["Cube"].active_material.name == "red brick"


def test_same_file_loaded_again_while_it_runs(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    job = maquette.start()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    maquette.finish(job)
    assert bpy.data.objects["Cube"].active_material.name == "red brick"


def test_file_loaded_while_images_come_in(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    job = maquette.start()
    while job.state.name != "STAGING":
        maquette.studio.poll()
    maquette.studio.poll()
    assert [image for image in bpy.data.images if image.name.startswith("red")]
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    maquette.finish(job)
    assert len(made()[0].node_tree.nodes["Maquette Albedo"].image.packed_file.data) > 0


def test_linked_object_is_refused(maquette: Any, settings: Any, cube: Any, tmp_path: Path, photo: Path) -> None:
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.objects = ["Cube"]
    linked = bpy.data.objects["Cube"]
    bpy.context.scene.collection.objects.link(linked)
    linked.select_set(True)
    bpy.context.scene.maquette.references.albedo.path = str(photo)
    with pytest.raises(RuntimeError, match="linked from another file"):
        bpy.ops.maquette.generate()


def test_override_of_a_linked_object_gets_an_own_slot(
    maquette: Any, settings: Any, cube: Any, tmp_path: Path, photo: Path
) -> None:
    cube.data.materials.append(bpy.data.materials.new("first"))
    library = tmp_path / "library.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(library))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(library), link=True) as (_, wanted):
        wanted.objects = ["Cube"]
    linked = bpy.data.objects["Cube"]
    bpy.context.scene.collection.objects.link(linked)
    own = linked.override_create(remap_local_usages=True)
    own.select_set(True)
    bpy.context.scene.maquette.references.albedo.path = str(photo)
    bpy.context.scene.maquette.texture_exemplar.size = 128
    maquette.finish(maquette.start())
    assert own.material_slots[0].material.name == "red brick"
    assert linked.material_slots[0].material.name == "first"
