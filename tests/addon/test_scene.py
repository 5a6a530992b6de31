# SPDX-License-Identifier: GPL-3.0-or-later
"""Units, mapping, storage, hand edits, versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def test_scene_units_are_respected(maquette: Any, settings: Any, cube: Any) -> None:
    bpy.context.scene.unit_settings.scale_length = 0.01
    settings.texture_exemplar.size_m = 2.0
    assert settings.texture_exemplar.size_m_shown == pytest.approx(200.0)
    maquette.finish(maquette.start())
    mapping = cube.active_material.node_tree.nodes["Maquette Mapping"]
    assert mapping.inputs["Tile Width"].default_value == pytest.approx(200.0)
    assert json.loads(cube.active_material["maquette_request"])["params"]["size_m"] == 2.0
    depth = cube.active_material.node_tree.nodes["Maquette Relief Depth"].outputs["Value"].default_value
    assert depth == pytest.approx(0.02 * 200.0)


def test_length_shown_in_imperial_units(maquette: Any, settings: Any) -> None:
    bpy.context.scene.unit_settings.system = "IMPERIAL"
    settings.texture_exemplar.size_m_shown = 0.3048
    assert settings.texture_exemplar.size_m == pytest.approx(0.3048)
    bpy.context.scene.unit_settings.system = "NONE"
    bpy.context.scene.unit_settings.scale_length = 0.01
    assert settings.texture_exemplar.size_m_shown == pytest.approx(0.3048)


@pytest.mark.parametrize("scale", [(1.0, 1.0, 1.0), (3.0, 3.0, 3.0)])
def test_uv_size_is_measured_on_each_object(maquette: Any, settings: Any, cube: Any, scale: Any) -> None:
    cube.scale = scale
    bpy.context.view_layer.update()
    maquette.finish(maquette.start())
    # each face of Blender's cube, 2 units wide, covers a quarter of UV space
    assert list(cube["maquette_uv_size"]) == pytest.approx([8.0 * scale[0], 8.0 * scale[0], scale[0]], rel=1e-4)
    assert cube.active_material.node_tree.nodes["Maquette Albedo"].projection == "FLAT"


def test_object_without_uvs_is_mapped_by_box(maquette: Any, settings: Any, cube: Any) -> None:
    cube.data.uv_layers.remove(cube.data.uv_layers[0])
    maquette.finish(maquette.start())
    nodes = cube.active_material.node_tree.nodes
    assert nodes["Maquette Albedo"].projection == "BOX" and nodes["Maquette Albedo"].projection_blend > 0
    assert nodes["Maquette Principled"].inputs["Normal"].links[0].from_node.name == "Maquette Bump"
    assert nodes["Maquette Mapping"].node_tree.name.startswith("Maquette Box")


def test_mapping_changes_in_place(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    settings.mapping, settings.relief_as = "BOX", "GEOMETRY"
    maquette.finish(maquette.start("regenerate"))
    material = cube.active_material
    nodes = material.node_tree.nodes
    assert nodes["Maquette Mapping"].node_tree.name.startswith("Maquette Box")
    assert material.displacement_method == "BOTH"
    assert nodes["Maquette Displacement Amount"].outputs["Value"].default_value == 1.0
    assert nodes["Maquette Bump"].inputs["Strength"].default_value == 0.0


def render_column(material: Any, item: Any, size: int = 64) -> np.ndarray:
    """The emission of `item` from above, 2 units across: one row of red values."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 2.0, (0, 0, 5)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.filter_size = 0.01
    scene.view_settings.view_transform = "Standard"
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = bpy.app.tempdir + "row.png"
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.empty(size * size * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    row: np.ndarray = pixels.reshape(size, size, 4)[size // 2, :, 0]
    return row


@pytest.mark.parametrize("mapping", ["UV", "BOX"])
@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_a_tile_has_its_real_size_when_rendered(maquette: Any, settings: Any, mapping: str, scale: float) -> None:
    bpy.ops.mesh.primitive_plane_add(size=4.0 / scale)
    plane = bpy.context.object
    plane.scale = (scale, scale, scale)
    bpy.context.view_layer.update()
    settings.mapping = mapping
    settings.texture_exemplar.size_m = 0.5
    maquette.finish(maquette.start())
    material = plane.active_material
    nodes, links = material.node_tree.nodes, material.node_tree.links
    emission = nodes.new("ShaderNodeEmission")
    texture = nodes["Maquette Albedo"]
    # half black, half white along u: what is rendered are the tile's edges
    stripes = bpy.data.images.new("stripes", 16, 16)
    pixels = np.ones((16, 16, 4), np.float32)
    pixels[:, :8, :3] = 0
    if mapping == "BOX":
        pixels = np.ascontiguousarray(pixels.transpose(1, 0, 2))
    stripes.pixels.foreach_set(pixels.ravel())
    texture.image, texture.interpolation = stripes, "Closest"
    links.new(texture.outputs["Color"], emission.inputs["Color"])
    links.new(emission.outputs["Emission"], nodes["Maquette Output"].inputs["Surface"])
    row = render_column(material, plane) > 0.5
    # 2 units across hold four tiles of half a unit: four rises, give or take one at the border
    rises = int(np.sum(~row[:-1] & row[1:]))
    assert rises in (3, 4), row.astype(int)


def test_images_beside_the_blend(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    maquette.preferences.storage = "BESIDE"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    maquette.finish(maquette.start())
    nodes = cube.active_material.node_tree.nodes
    image = nodes["Maquette Albedo"].image
    assert image.packed_file is None and image.filepath.startswith("//maquette/")
    assert Path(bpy.path.abspath(image.filepath)).is_file() and image.size[0] == 128
    reference = cube.active_material["maquette_reference_albedo"]
    assert reference.filepath.startswith("//maquette/references/") and reference.packed_file is None


def test_unsaved_blend_packs_and_says_so(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.preferences.storage = "BESIDE"
    job = maquette.finish(maquette.start())
    assert cube.active_material.node_tree.nodes["Maquette Albedo"].image.packed_file
    assert "has not been saved" in job.notice.text


def test_packed_material_survives_saving_and_an_empty_cache(
    maquette: Any, settings: Any, cube: Any, tmp_path: Path, photo: Path
) -> None:
    job = maquette.finish(maquette.start())
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    for file in job.folder.iterdir():
        file.unlink()
    photo.unlink()
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "scene.blend"))
    cube = bpy.data.objects["Cube"]
    image = cube.active_material.node_tree.nodes["Maquette Albedo"].image
    assert tuple(image.size) == (128, 128)
    assert maquette.finish(maquette.start("new_seed")).state.name == "DONE"


def test_hand_edits_survive_regenerate(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    tree = cube.active_material.node_tree
    tree.nodes.remove(tree.nodes["Maquette Metallic"])
    hue = tree.nodes.new("ShaderNodeHueSaturation")
    hue.name = "mine"
    shader = tree.nodes["Maquette Principled"]
    tree.links.new(tree.nodes["Maquette Albedo"].outputs["Color"], hue.inputs["Color"])
    tree.links.new(hue.outputs["Color"], shader.inputs["Base Color"])
    shader.inputs["IOR"].default_value = 1.8
    settings.seed = 9
    maquette.finish(maquette.start("regenerate"))
    assert shader.inputs["Base Color"].links[0].from_node.name == "mine"
    assert shader.inputs["IOR"].default_value == pytest.approx(1.8)
    assert "Maquette Metallic" not in tree.nodes
    # the image of the node that was deleted is Blender's to drop; the new one was not wanted
    assert [image.name for image in bpy.data.images if not image.users] == ["red brick Metallic"]


def test_painted_map_is_kept(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    painted = cube.active_material.node_tree.nodes["Maquette Albedo"].image
    painted.pixels[0] = 1.0
    painted.update()
    assert painted.is_dirty
    settings.seed = 9
    job = maquette.finish(maquette.start("regenerate"))
    assert "stays as you left it" in job.notice.text
    nodes = cube.active_material.node_tree.nodes
    assert nodes["Maquette Albedo"].image == painted and painted.pixels[0] == 1.0
    assert len([image for image in bpy.data.images if "Albedo" in image.name]) == 1


def test_copy_of_a_material_keeps_its_images(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    original = cube.active_material
    copy = original.copy()
    cube.active_material = copy
    settings.seed = 9
    before = original.node_tree.nodes["Maquette Albedo"].image
    maquette.finish(maquette.start("regenerate"))
    assert original.node_tree.nodes["Maquette Albedo"].image == before
    assert copy.node_tree.nodes["Maquette Albedo"].image != before


def test_result_of_another_version_stays_and_says_so(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    material = cube.active_material
    material["maquette_version"] = "0.0.9"
    record = maquette.module("addon.scene.record")
    assert record.made_by(material) == "0.0.9"
    maquette.finish(maquette.start("new_seed"))
    assert record.made_by(material) == maquette.module("core.version").VERSION


def test_settings_go_back_to_the_panel(maquette: Any, settings: Any, cube: Any) -> None:
    settings.seed, settings.texture_exemplar.relief = 42, 0.05
    maquette.finish(maquette.start())
    settings.seed, settings.texture_exemplar.relief, settings.references.albedo.path = 0, 0.2, ""
    bpy.ops.maquette.load_settings()
    assert settings.seed == 42 and settings.texture_exemplar.relief == pytest.approx(0.05)
    assert Path(settings.references.albedo.path).is_file()


def test_image_of_the_blend_as_reference(maquette: Any, settings: Any, cube: Any) -> None:
    image = bpy.data.images.new("painted", 96, 64)
    pixels = np.ones((64, 96, 4), np.float32)
    pixels[:32] = (0.2, 0.4, 0.6, 1.0)
    image.pixels.foreach_set(pixels.ravel())
    settings.references.albedo.source, settings.references.albedo.image = "IMAGE", image
    job = maquette.finish(maquette.start())
    assert job.state.name == "DONE", job.notice
    kept = cube.active_material["maquette_reference_albedo"]
    assert tuple(kept.size) == (96, 64)
    # the lower half is what was painted there, to the 8-bit step
    assert tuple(kept.pixels[:3]) == pytest.approx((0.2, 0.4, 0.6), abs=0.5 / 255)


def test_only_chosen_maps_are_made(maquette: Any, settings: Any, cube: Any) -> None:
    settings.texture_exemplar.maps = {"roughness"}
    maquette.finish(maquette.start())
    nodes = cube.active_material.node_tree.nodes
    assert sorted(node.label for node in nodes if node.type == "TEX_IMAGE") == ["Albedo", "Roughness"]
    settings.texture_exemplar.maps = {"roughness", "height"}
    maquette.finish(maquette.start("regenerate"))
    assert "Maquette Height" in nodes and nodes["Maquette Output"].inputs["Displacement"].is_linked
