# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference pictures by hand: masks, corners, several pictures, the maps of a material."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def test_mask_is_what_was_painted_over_the_picture(maquette: Any, tmp_path: Path) -> None:
    masks, references = maquette.module("addon.mask_image"), maquette.module("addon.references")
    backdrop = np.random.default_rng(1).random((48, 80, 3), np.float32)
    image = masks.new_mask("mask", backdrop)
    pixels = np.empty(48 * 80 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    shaped = pixels.reshape(48, 80, 4)
    assert shaped[..., :3].max() <= masks.BACKDROP + 0.01 and shaped[..., :3].max() > 0.2, "the picture shows through"
    shaped[:10, :, :3] = 1.0  # Blender's first rows are the bottom
    shaped[10:20, :, :3] = 0.0
    image.pixels.foreach_set(shaped.ravel())
    image.update()
    assert image.is_dirty
    slot = bpy.context.scene.maquette.references.albedo  # type: ignore[union-attr]
    slot.use_image(image)
    picture = references.read_slot("mask", slot)
    assert not image.is_dirty, "what was used is kept in the file"
    (tmp_path / "mask.png").write_bytes(picture.data)
    read = bpy.data.images.load(str(tmp_path / "mask.png"))
    values = np.empty(48 * 80 * 4, np.float32)
    read.pixels.foreach_get(values)
    mask = values.reshape(48, 80, 4)[..., 0]
    assert (mask[:10] == 1).all() and (mask[10:] == 0).all()


def test_several_pictures_are_recorded_with_their_weights(maquette: Any, photo: Path, cube: Any) -> None:
    record = maquette.module("addon.scene.record")
    other = photo.with_name("other.png")
    other.write_bytes(photo.read_bytes() + b" ")
    pictures = [
        record.Picture.of("albedo", str(path), path.read_bytes(), weight)
        for path, weight in ((photo, 1.0), (other, 0.4))
    ]
    material = bpy.data.materials.new("it")
    names = record._property_names(pictures)
    assert names == ["maquette_reference_albedo", "maquette_reference_albedo_2"]
    for name, picture in zip(names, pictures, strict=True):
        material[name] = record._reference_image(picture, "")
    photo.unlink()
    other.unlink()
    kept = [record._kept(material, picture.reference) for picture in pictures]
    assert kept == pictures and kept[1].reference.weight == 0.4


def test_slots_take_several_pictures_back(maquette: Any, settings: Any, photo: Path) -> None:
    references = maquette.module("addon.references")
    method = maquette.module("core.generators").find_method("texture", "exemplar")
    given = [("albedo", str(photo), 0.5), ("albedo", "/second.png", 0.25), ("normal", "/normal.png", 1.0)]
    references.write_slots(settings.references, method, given)
    slots = settings.references
    assert slots.albedo.path == str(photo) and slots.albedo.weight == 0.5 and slots.normal.path == "/normal.png"
    assert [(slot.path, slot.weight) for slot in slots.more] == [("/second.png", 0.25)]
    references.write_slots(settings.references, method, [])
    assert not slots.albedo.filled and not slots.normal.filled and not len(slots.more)


def test_a_mask_is_given_only_where_it_says_something(maquette: Any, settings: Any, photo: Path) -> None:
    references, methods = maquette.module("addon.references"), maquette.module("core.generators").methods()
    slots = settings.references
    for slot in (slots.albedo, slots.mask):
        slot.use_file(str(photo))
    given = {"inpaint": [1, 1, 1], "exemplar": [0, 1, 0]}
    for further in range(3):
        for name, expected in given.items():
            pictures = references.read_slots(slots, methods["texture", name])
            masks = [picture for picture in pictures if picture.reference.role == "mask"]
            assert len(masks) == expected[further], (name, further)
        slots.more.add().use_file(str(photo))


def test_pictures_are_added_and_removed(maquette: Any, settings: Any) -> None:
    for _ in range(2):
        bpy.ops.maquette.add_picture()
    assert settings.references.more_active == 1
    bpy.ops.maquette.remove_picture()
    assert len(settings.references.more) == 1 and settings.references.more_active == 0


def foreign_material(**images: Any) -> Any:
    """A material as another program's importer leaves it."""
    material = bpy.data.materials.new("foreign")
    material.use_nodes = True
    tree = material.node_tree
    shader = tree.nodes["Principled BSDF"]
    for socket, image in images.items():
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image = image
        target = shader.inputs[socket.replace("_", " ")]
        if socket == "Normal":
            between = tree.nodes.new("ShaderNodeNormalMap")
            tree.links.new(between.outputs["Normal"], target)
            target = between.inputs["Color"]
        if socket == "Base_Color":
            between = tree.nodes.new("ShaderNodeHueSaturation")
            tree.links.new(between.outputs["Color"], target)
            target = between.inputs["Color"]
        tree.links.new(node.outputs["Color"], target)
    return material


def test_maps_of_a_foreign_material_are_taken(maquette: Any, settings: Any, cube: Any) -> None:
    images = {name: bpy.data.images.new(name, 64, 64) for name in ("Base_Color", "Normal", "Roughness")}
    cube.active_material = foreign_material(**images)
    settings.references.metallic.path = "/old.png"
    bpy.ops.maquette.maps_of_material()
    slots = settings.references
    assert slots.albedo.image == images["Base_Color"] and slots.normal.image == images["Normal"]
    assert slots.roughness.source == "IMAGE" and slots.roughness.image == images["Roughness"]
    assert not slots.metallic.filled and not slots.height.filled


def test_maps_of_our_own_material_are_taken(maquette: Any, settings: Any, cube: Any) -> None:
    maquette.finish(maquette.start())
    bpy.ops.maquette.maps_of_material()
    assert settings.references.ambient_occlusion.image.name == "red brick Ambient occlusion"
    assert maquette.finish(maquette.start()).state.name == "DONE"


def test_a_material_without_images_is_said(maquette: Any, settings: Any, cube: Any) -> None:
    cube.active_material = foreign_material()
    with pytest.raises(RuntimeError, match="no image for its base colour"):
        bpy.ops.maquette.maps_of_material()
    assert settings.references.albedo.filled, "nothing was changed"


def test_corners_come_in_one_order(maquette: Any) -> None:
    corners = maquette.module("addon.corners")
    ordered = [(0.1, 0.2), (0.9, 0.1), (0.8, 0.95), (0.2, 0.9)]
    for shuffled in ([2, 0, 3, 1], [3, 2, 1, 0], [1, 3, 0, 2]):
        assert corners.in_order([ordered[index] for index in shuffled]) == ordered
    values = corners.values_of([ordered[index] for index in (3, 1, 0, 2)])
    assert corners.points_of(values) == ordered
    assert corners.points_of((0.0,) * 8) == [] == corners.points_of((0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0))


def test_corners_that_make_no_rectangle_are_said(maquette: Any) -> None:
    corners = maquette.module("addon.corners")
    assert "2 of four" in corners.fault_of([(0, 0), (1, 1)])
    assert "no figure" in corners.fault_of([(0, 0), (1, 0), (1, 1), (0.9, 0.2)])
    assert "no figure" in corners.fault_of([(0, 0), (0.5, 0), (1, 0), (1, 1)])
    assert corners.fault_of([(0, 0), (1, 0.1), (1, 1), (0, 1)]) == ""


def test_nearest_corner_within_reach(maquette: Any) -> None:
    nearest = maquette.module("addon.corners").nearest
    assert nearest([(0.0, 0.0), (10.0, 0.0)], (9.0, 1.0), 5.0) == 1
    assert nearest([(0.0, 0.0)], (9.0, 1.0), 5.0) == -1 == nearest([], (0.0, 0.0), 5.0)
