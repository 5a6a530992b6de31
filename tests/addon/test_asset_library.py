# SPDX-License-Identifier: GPL-3.0-or-later
"""What is saved to the library comes out of it whole, in a new file, and can be made anew there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture
def library(maquette: Any, tmp_path: Path) -> Any:
    folder = tmp_path / "assets"
    maquette.preferences.asset_folder = str(folder)
    yield folder
    maquette.preferences.asset_folder = maquette.preferences.added_library = ""
    libraries: Any = bpy.context.preferences.filepaths.asset_libraries  # type: ignore[union-attr]
    for entry in [entry for entry in libraries if entry.name.startswith("Maquette")]:
        libraries.remove(entry)


@pytest.fixture
def material(maquette: Any, settings: Any, cube: Any) -> Any:
    maquette.finish(maquette.start())
    return cube.active_material


def entries() -> list[Any]:
    libraries: Any = bpy.context.preferences.filepaths.asset_libraries  # type: ignore[union-attr]
    return [entry for entry in libraries if entry.name.startswith("Maquette")]


def append(path: Path, kind: str) -> Any:
    """The asset, appended to a new file."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with bpy.data.libraries.load(str(path), link=False, assets_only=True) as (there, wanted):
        assert len(getattr(there, kind)) == 1
        setattr(wanted, kind, getattr(there, kind))
    return getattr(wanted, kind)[0]


def link(path: Path, kind: str) -> Any:
    with bpy.data.libraries.load(str(path), link=True, assets_only=True) as (there, wanted):
        setattr(wanted, kind, getattr(there, kind))
    return getattr(wanted, kind)[0]


def test_a_material_goes_in_and_out(maquette: Any, material: Any, library: Path, photo: Path) -> None:
    before = {item.name for item in bpy.data.images}
    assert bpy.ops.maquette.save_to_library(author="Ann", tags="wall, brick") == {"FINISHED"}
    assert material.asset_data is None and not material.use_fake_user, "the open file is as it was"
    assert {item.name for item in bpy.data.images} == before
    path = library / "Textures" / "red brick.blend"
    assert path.is_file() and [item.name for item in path.parent.iterdir()] == [path.name]
    assert [Path(entry.path) for entry in entries()] == [library]
    assert entries()[0].import_method in ("APPEND", "APPEND_REUSE"), "what is dropped can be made anew"
    photo.unlink()
    data = link(path, "materials").asset_data
    assert data.catalog_id == "5d3a1c52-6a0e-4f7e-9a55-3c1b8f1d2e70" and data.author == "Ann"
    assert data.license == "As the reference picture" and data.description.endswith(" m, 128 x 128 px")
    assert {tag.name for tag in data.tags} == {"wall", "brick"}
    material = append(path, "materials")
    bpy.ops.mesh.primitive_cube_add(size=2)
    cube: Any = bpy.context.object
    cube.data.materials.append(material)
    assert material.maquette_wish.texture_exemplar.size == 128
    assert bpy.ops.maquette.remake_new_seed() == {"FINISHED"}, "the picture came along"
    assert json.loads(material["maquette_request"])["seed"] == 1
    assert material.node_tree.nodes["Maquette Albedo"].image.pixels[0] == pytest.approx(1 / 255, abs=1e-3)


def test_the_picture_of_the_asset_is_in_its_file(maquette: Any, material: Any, library: Path) -> None:
    bpy.ops.maquette.save_to_library()
    preview = link(library / "Textures" / "red brick.blend", "materials").preview
    assert tuple(preview.image_size) == (256, 256)
    pixels = np.array(preview.image_pixels_float[:]).reshape(256, 256, 4)
    assert pixels[128, 128, 3] == 1.0 and pixels[128, 128, :3].max() > 0.05
    assert not pixels[0, 0].any(), "nothing beside the ball"


def test_what_was_painted_travels(maquette: Any, material: Any, library: Path) -> None:
    image = material.node_tree.nodes["Maquette Albedo"].image
    image.pixels[0] = 1.0
    image.update()
    bpy.ops.maquette.save_to_library()
    assert image.pixels[0] == 1.0
    material = append(library / "Textures" / "red brick.blend", "materials")
    assert material.node_tree.nodes["Maquette Albedo"].image.pixels[0] == 1.0
    edits = maquette.module("addon.hand_edits").edits_of(material)
    assert [edit.part for edit in edits] == ["map albedo"], "and is known as such"


def test_images_beside_the_blend_are_packed_into_the_asset_alone(
    maquette: Any, settings: Any, cube: Any, library: Path, tmp_path: Path
) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    maquette.preferences.storage = "BESIDE"
    maquette.finish(maquette.start())
    image = bpy.data.objects["Cube"].active_material.node_tree.nodes["Maquette Albedo"].image  # type: ignore[union-attr]
    where = image.filepath
    bpy.ops.maquette.save_to_library()
    assert image.packed_file is None and image.filepath == where
    material = append(library / "Textures" / "red brick.blend", "materials")
    assert all(node.image.packed_file for node in material.node_tree.nodes if node.type == "TEX_IMAGE")
    assert material["maquette_reference_albedo"].packed_file


def test_into_a_file_with_materials_of_its_own(maquette: Any, material: Any, library: Path) -> None:
    bpy.ops.maquette.save_to_library()
    with bpy.data.libraries.load(str(library / "Textures" / "red brick.blend"), link=False) as (_, wanted):
        wanted.materials = ["red brick"]
    (other,) = wanted.materials
    assert other != material
    edits = maquette.module("addon.hand_edits").edits_of
    assert edits(other) == [] and edits(material) == []
    with bpy.context.temp_override(material=other):  # type: ignore[union-attr]
        assert bpy.ops.maquette.remake_new_seed() == {"FINISHED"}
    assert json.loads(other["maquette_request"])["seed"] == 1 and json.loads(material["maquette_request"])["seed"] == 0
    assert edits(other) == [] and edits(material) == []


def test_a_building_into_a_file_with_one_of_its_own(maquette: Any, library: Path) -> None:
    bpy.context.scene.maquette_buildings.method = "building"  # type: ignore[union-attr]
    maquette.finish(maquette.start("generate_architecture"))
    bpy.ops.maquette.save_to_library(name="House")
    with bpy.data.libraries.load(str(library / "Buildings" / "House.blend"), link=False) as (_, wanted):
        wanted.collections = ["House"]
    root = next(item for item in wanted.collections[0].all_objects if "maquette_request" in item.keys())  # noqa: SIM118
    bpy.context.scene.collection.children.link(wanted.collections[0])  # type: ignore[union-attr]
    edits = maquette.module("addon.hand_edits").edits_of
    assert root.name == "Building.001" and edits(root) == []
    bpy.context.view_layer.objects.active = root  # type: ignore[union-attr]
    root.maquette_wish.architecture_building.storeys = 1
    assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert len({item.get("maquette_storey") for item in root.children} - {None}) == 1, "names with numbers are no edits"
    assert edits(root) == [] and edits(bpy.data.objects["Building"]) == []


def test_one_of_the_same_name_gets_a_number_or_is_replaced(maquette: Any, material: Any, library: Path) -> None:
    for _ in range(2):
        bpy.ops.maquette.save_to_library(name="Wall: red")
    bpy.ops.maquette.save_to_library(name="Wall: red", description="the last", on_duplicate="REPLACE")
    names = sorted(path.name for path in (library / "Textures").iterdir())
    assert names == ["Wall  red 2.blend", "Wall  red.blend"]
    first = next(path for path in (library / "Textures").iterdir() if "2" not in path.name)
    assert link(first, "materials").asset_data.description == "the last"
    assert len(entries()) == 1 and material.name == "red brick"


def test_catalogs_are_added_to_those_that_are_there(maquette: Any, material: Any, library: Path) -> None:
    library.mkdir()
    path = library / "blender_assets.cats.txt"
    mine = "# mine\nVERSION 1\n\n11111111-2222-3333-4444-555555555555:Own/Stones:Own-Stones\n"
    renamed = "5d3a1c52-6a0e-4f7e-9a55-3c1b8f1d2e70:Surfaces:Surfaces\n"
    path.write_text(mine + renamed)
    bpy.ops.maquette.save_to_library()
    bpy.ops.maquette.save_to_library()
    text = path.read_text()
    assert text.startswith(mine + renamed) and text.count("Maquette/Characters") == 1
    assert "Maquette/Textures" not in text, "a catalog that was renamed stays so"
    path.write_text("VERSION 7\n")
    with pytest.raises(RuntimeError, match="newer Blender"):
        bpy.ops.maquette.save_to_library(name="other")
    assert path.read_text() == "VERSION 7\n" and not (library / "Textures" / "other.blend").exists()


def test_nothing_is_half_written(maquette: Any, material: Any, library: Path) -> None:
    library.write_text("a file where the folder should be")
    with pytest.raises(RuntimeError, match="cannot be made"):
        bpy.ops.maquette.save_to_library()
    assert material.asset_data is None and entries() == []


def test_an_empty_library_goes_with_the_add_on(maquette: Any, material: Any, library: Path) -> None:
    folder = maquette.module("addon.asset_folder")
    bpy.ops.maquette.save_to_library()
    folder.forget_library()
    assert len(entries()) == 1, "one with assets stays"
    (library / "Textures" / "red brick.blend").unlink()
    folder.forget_library()
    assert entries() == []


def test_a_character_goes_in_and_out(maquette: Any, library: Path, tmp_path: Path) -> None:
    (tmp_path / "Knight.glb").write_bytes(b"glTF")
    settings = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    settings.method = "variation"
    settings.sources.character.path = str(tmp_path / "Knight.glb")
    bpy.context.scene.cursor.location = (3, 4, 0)  # type: ignore[union-attr]
    maquette.finish(maquette.start("generate_character"))
    assert bpy.ops.maquette.save_to_library(generator="character") == {"FINISHED"}
    collection = append(library / "Characters" / "Knight.blend", "collections")
    assert tuple(collection.instance_offset) == (3, 4, 0)
    scene: Any = bpy.context.scene
    # as the Asset Browser drops it: an instance
    instance = bpy.data.objects.new("Knight", None)
    instance.instance_type, instance.instance_collection = "COLLECTION", collection
    scene.collection.objects.link(instance)
    bpy.context.view_layer.objects.active = instance  # type: ignore[union-attr]
    armature = maquette.module("addon.active").active_made(bpy.context)
    assert armature["maquette_clip_0"].name == "Knight Wave"
    armature.maquette_wish.character_variation.height = 1.0
    assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert max(vertex.co.z for vertex in armature.children[0].data.vertices) == pytest.approx(3.0)
    assert maquette.module("addon.hand_edits").edits_of(armature) == []


def test_a_building_goes_in_and_out(maquette: Any, library: Path) -> None:
    bpy.context.scene.maquette_buildings.method = "building"  # type: ignore[union-attr]
    maquette.finish(maquette.start("generate_architecture"))
    assert bpy.ops.maquette.save_to_library(name="House") == {"FINISHED"}
    path = library / "Buildings" / "House.blend"
    collection = append(path, "collections")
    assert collection.name == "House"
    scene: Any = bpy.context.scene
    scene.collection.children.link(collection)
    root = next(item for item in collection.all_objects if "maquette_request" in item.keys())  # noqa: SIM118
    bpy.context.view_layer.objects.active = root  # type: ignore[union-attr]
    root.maquette_wish.architecture_building.storeys = 3
    assert bpy.ops.maquette.remake() == {"FINISHED"}
    assert len({item.get("maquette_storey") for item in root.children} - {None}) == 3
    assert maquette.module("addon.hand_edits").edits_of(root) == []
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    preview = link(path, "collections").preview
    assert np.array(preview.image_pixels_float[:]).reshape(-1, 4)[:, 3].max() == 1.0


def test_the_picture_comes_while_the_window_goes_on(maquette: Any, library: Path, monkeypatch: Any) -> None:
    """The asset is there at once, whole; its picture is a job, and one that was cancelled leaves nothing."""
    picture = maquette.module("addon.scene.asset_picture")
    bpy.context.scene.maquette_buildings.method = "building"  # type: ignore[union-attr]
    maquette.finish(maquette.start("generate_architecture"))
    root = bpy.context.view_layer.objects.active  # type: ignore[union-attr]
    asset_write = maquette.module("addon.scene.asset_write")
    card = maquette.module("addon.asset_card").card_of(root)
    monkeypatch.setattr(picture, "is_needed", lambda whole: True)
    written = asset_write.write_asset(root, card, library)
    before, told = written.path.read_bytes(), []
    delivery = maquette.module("addon.picture_delivery").PictureDelivery(
        written.path, written.name, written.picture, lambda: told.append(True)
    )
    studio, job_class = maquette.module("addon.engine").studio, maquette.module("addon.jobs").Job
    request = maquette.module("addon.scene.draft").made_of(root)
    job = job_class("Picture", request, delivery, written.path.parent, doing="Adding the picture")
    studio.submit(job)
    studio.poll()
    assert (job.state.name, job.text) == ("READING", "Adding the picture")
    child = delivery._child
    studio.cancel_one(job.id)
    assert job.state.name == "CANCELLED" and child.poll() is not None, "the other Blender is ended"
    assert written.path.read_bytes() == before and [*written.path.parent.iterdir()] == [written.path] and not told
    monkeypatch.setattr(picture, "__file__", str(library / "none.py"))
    failed = studio.retry(job.id)
    studio.finish()
    assert failed.state.name == "FAILED" and "without its picture" in failed.notice.text
    assert written.path.read_bytes() == before and [*written.path.parent.iterdir()] == [written.path]
    monkeypatch.undo()
    done = studio.retry(job.id)
    studio.finish()
    assert done.state.name == "DONE" and told == [True] and [*written.path.parent.iterdir()] == [written.path]
    preview = link(written.path, "collections").preview
    assert np.array(preview.image_pixels_float[:]).reshape(-1, 4)[:, 3].max() == 1.0
