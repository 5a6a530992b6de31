# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's bundle as datablocks: what is there, that it stands and moves as it was made, how it changes."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def fake(**params: Any) -> Any:
    """The fake engine's character."""
    sys.path.insert(0, str(HERE))
    try:
        from fake_engine import character  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(HERE))
    seed = params.pop("seed", 0)
    return character({"params": params, "seed": seed})


class Workshop:
    """Makes and changes characters through the installed add-on's scene builders."""

    def __init__(self, maquette: Any) -> None:
        self.maquette = maquette
        plain = {"generator": "texture", "method": "family"}
        self.request = maquette.module("core.request").Request.from_plain(plain)

    def made(self, whole: bool = True, **params: Any) -> Any:
        """A made character; the installed add-on's own types."""
        png = fake_png()
        character = self.maquette.module("addon.scene.character")
        return character.MadeCharacter("Post", self.request, fake(**params), {1: {"albedo": png}}, whole)

    def add(self, per_metre: float = 1.0, **params: Any) -> Any:
        """A new character with its clips."""
        made = self.made(**params)
        data = self.maquette.module("addon.scene.armature").new_armature("Post", made.asset.rig, per_metre)
        scene: Any = bpy.context.scene
        target = self.maquette.module("addon.scene.targets").Target(scene.name, scene.session_uid)
        armature = self.maquette.module("addon.scene.character").add_character(made, target, data, per_metre)
        self.bring_clips(armature, made, per_metre)
        return armature

    def bring_clips(self, armature: Any, made: Any, per_metre: float = 1.0) -> list[str]:
        """The made character's clips on the armature."""
        action = self.maquette.module("addon.scene.action")
        new = [
            action.new_action(clip.name, clip, made.asset.rig, ["lower", "upper"], per_metre, 24.0)
            for clip in made.asset.clips
        ]
        said: list[str] = self.maquette.module("addon.scene.clips").bring_clips(armature, new)
        return said

    def change(self, armature: Any, **params: Any) -> list[str]:
        """Bring it to another shape."""
        module = self.maquette.module("addon.scene.character")
        said: list[str] = module.change_character(armature, self.made(**params), 1.0)
        return said


def fake_png() -> bytes:
    """A small picture."""
    sys.path.insert(0, str(HERE))
    try:
        from fake_engine import png
    finally:
        sys.path.remove(str(HERE))
    data: bytes = png(16, (90, 40, 160))
    return data


@pytest.fixture
def workshop(maquette: Any) -> Workshop:
    return Workshop(maquette)


def body_of(armature: Any) -> Any:
    return next(item for item in armature.children if not item.hide_render)


def places(item: Any) -> np.ndarray:
    """(V, 3) vertices as they are shown, moved by the armature."""
    shown = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return np.array([shown.matrix_world @ vertex.co for vertex in shown.data.vertices], np.float32)


def rest_error(armature: Any, rig: Any, per_metre: float = 1.0) -> float:
    wanted = np.array(rig.rest_pose, np.float64)
    wanted[:, :3, 3] *= per_metre
    found = np.array([armature.data.bones[name].matrix_local for name in rig.joints])
    return float(np.abs(found - wanted).max())


def test_a_character_is_whole(workshop: Workshop) -> None:
    armature = workshop.add()
    made = fake()
    body = body_of(armature)
    assert {item.name for item in armature.users_collection} == {"Post"}
    assert set(armature.users_collection[0].objects) == {armature, body}
    assert rest_error(armature, made.rig) < 1e-5
    assert armature.data.bones["upper"].parent.name == "lower"
    assert armature.data.bones["lower"].length == pytest.approx(1.0)
    assert np.allclose(places(body), made.meshes[0].positions, atol=1e-6)
    assert [len(face.vertices) for face in body.data.polygons] == [4] * 10
    assert [face.material_index for face in body.data.polygons] == [0] * 5 + [1] * 5
    assert body.modifiers[0].type == "ARMATURE" and body.modifiers[0].object == armature
    assert {group.name for group in body.vertex_groups} == {"lower", "upper"}
    weights = [(body.vertex_groups[g.group].name, round(g.weight, 3)) for g in body.data.vertices[4].groups]
    assert sorted(weights) == [("lower", 0.5), ("upper", 0.5)]
    assert [key.name for key in body.data.shape_keys.key_blocks] == ["Basis", "Smile"]
    assert tuple(body.data.uv_layers["UVMap"].uv[1].vector) == pytest.approx((2 / 12, 2 / 12))
    assert tuple(body.data.color_attributes["Colour"].data[0].color) == pytest.approx((0.5,) * 4)
    assert all(tuple(normal.vector) == pytest.approx((0, 0, 1), abs=1e-3) for normal in body.data.corner_normals)


def test_materials_are_plain_or_textured_and_shared(workshop: Workshop) -> None:
    first, second = body_of(workshop.add()), body_of(workshop.add(seed=3))
    assert list(first.data.materials) == list(second.data.materials)
    skin, cloth = first.data.materials
    shader = skin.node_tree.nodes["Principled"]
    assert shader.inputs["Base Color"].default_value[0] == pytest.approx(0.2140, abs=1e-3), "sRGB 0.5 in linear"
    shader = cloth.node_tree.nodes["Principled"]
    assert shader.inputs["Roughness"].default_value == pytest.approx(0.8)
    image = shader.inputs["Base Color"].links[0].from_node.image
    assert image.packed_file and tuple(image.size) == (16, 16)
    assert len(bpy.data.images) == 1


def test_a_clip_moves_the_mesh_as_it_was_made(workshop: Workshop) -> None:
    armature = workshop.add()
    action = armature["maquette_clip_0"]
    assert action.name == "Wave" and action.use_fake_user
    workshop.maquette.module("addon.scene.action").use_action(armature, action)
    scene: Any = bpy.context.scene
    scene.frame_set(12)
    scene.view_layers[0].update()
    made, clip = fake(), fake().clips[0]
    world = []
    for joint, parent in enumerate(made.rig.parents):
        local = np.eye(4)
        local[:3, :3] = rotation(clip.rotations[1, joint])
        local[:3, 3] = clip.translations[1, joint]
        world.append(local if parent < 0 else world[parent] @ local)
    for name, wanted in zip(made.rig.joints, world, strict=True):
        assert np.allclose(np.array(armature.pose.bones[name].matrix), wanted, atol=1e-5)
    moves = [moved @ np.linalg.inv(rest) for moved, rest in zip(world, made.rig.rest_pose, strict=True)]
    skin, corners = made.rig.skins[0], np.c_[made.meshes[0].positions, np.ones(12)]
    wanted = sum(skin.weights[:, j, None] * (corners @ moves[j].T)[:, :3] for j in range(2))
    assert np.allclose(places(body_of(armature)), wanted, atol=1e-5)


def rotation(q: Any) -> np.ndarray:
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_a_change_keeps_what_was_done_by_hand(workshop: Workshop) -> None:
    armature = workshop.add(levels=1)
    body = body_of(armature)
    uids = [item.session_uid for item in (armature, armature.data, body, body.data)]
    bone = armature.pose.bones["upper"]
    bone.rotation_mode = "XYZ"
    bone.rotation_euler = (0.3, 0, 0)
    bone.keyframe_insert("rotation_euler", frame=1)
    limit = bone.constraints.new("LIMIT_ROTATION")
    own = bpy.data.materials.new("Mine")
    body.data.materials[0] = own
    body.data.shape_keys.key_blocks["Smile"].value = 0.5
    frown = body.shape_key_add(name="Frown", from_mix=False)
    body.data.shape_keys.key_blocks["Basis"].data[0].co.x -= 0.25
    hand = armature.animation_data.action
    assert workshop.change(armature, height=1.0, seed=1) == []
    made = fake(height=1.0, seed=1)
    assert uids == [item.session_uid for item in (armature, armature.data, body, body.data)]
    assert rest_error(armature, made.rig) < 1e-5
    assert tuple(bone.rotation_euler) == pytest.approx((0.3, 0, 0)) and bone.constraints[:] == [limit]
    assert armature.animation_data.action == hand
    assert body.material_slots[0].material == own
    basis, smile, frown = body.data.shape_keys.key_blocks
    wanted = made.meshes[0].positions.copy()
    wanted[0, 0] -= 0.25
    assert np.allclose([point.co for point in basis.data], wanted, atol=1e-6), "the vertex moved by hand stays aside"
    assert np.allclose([point.co for point in smile.data], made.meshes[0].shape_keys["Smile"], atol=1e-6)
    assert np.allclose([point.co for point in frown.data][1:], wanted[1:], atol=1e-6), "a shape made by hand follows"
    assert smile.value == 0.5


def test_levels_follow_the_finest(workshop: Workshop) -> None:
    armature = workshop.add(levels=1)
    (level,) = [item for item in armature.children if item.hide_render]
    assert level.name == "Body_LOD1" and level.hide_viewport
    assert {group.name for group in level.vertex_groups} == {"lower", "upper"}
    assert level.users_collection[0].name == "Post LODs"
    workshop.change(armature, whole=False, height=1.0)
    wanted = fake(height=1.0).meshes[0].positions[[0, 1, 2, 3, 8, 9, 10, 11]]
    assert np.allclose([vertex.co for vertex in level.data.vertices], wanted, atol=1e-6)


def test_clips_are_exchanged_and_hand_made_keys_stay(workshop: Workshop) -> None:
    armature = workshop.add()
    action = workshop.maquette.module("addon.scene.action")
    wave = armature["maquette_clip_0"]
    action.use_action(armature, wave)
    assert workshop.bring_clips(armature, workshop.made(height=1.0)) == []
    changed = armature["maquette_clip_0"]
    assert changed.name == "Wave" and armature.animation_data.action == changed and len(bpy.data.actions) == 1
    bpy.context.scene.frame_set(12)  # type: ignore[union-attr]
    assert abs(armature.pose.bones["upper"].matrix.to_quaternion().angle) > 1.0, "the new clip plays"
    action.curves_of(changed)[0].keyframe_points[0].co.y = 0.4
    said = workshop.bring_clips(armature, workshop.made())
    assert "edited by hand" in said[0] and armature["maquette_clip_0"] == changed and len(bpy.data.actions) == 1


def test_other_units_and_long_names(workshop: Workshop) -> None:
    armature = workshop.add(per_metre=100.0)
    assert rest_error(armature, fake().rig, 100.0) < 1e-3
    assert places(body_of(armature))[:, 2].max() == pytest.approx(200.0)
    module, asset = workshop.maquette.module("addon.scene.armature"), fake()
    rig = asset.rig.__class__(("bone" * 30, "bone" * 30), asset.rig.parents, asset.rig.rest_pose)
    data = module.new_armature("Long", rig, 1.0)
    assert len(set(module.bone_names(data, rig))) == 2 and module.fits(data, rig)
    assert module.move_bones(data, rig, 1.0) == []


def test_bad_faces_are_left_out(workshop: Workshop) -> None:
    mesh, made = workshop.maquette.module("addon.scene.mesh"), fake().meshes[0]
    corners = np.array([0, 1, 2, 2, 1, 0, 3, 3, 4, 5, 6, 7], np.int32)
    starts = np.array([0, 3, 6, 9, 12], np.int32)
    odd = type(made)("Odd", made.positions, corners, starts, np.zeros(4, np.int32))
    data = mesh.new_mesh("Odd", odd, 1.0)
    assert [list(face.vertices) for face in data.polygons] == [[0, 1, 2], [5, 6, 7]]
    assert not data.validate() and not any(face.use_smooth for face in data.polygons)
    errors = workshop.maquette.module("core.errors")
    broken = type(made)("Broken", made.positions, corners + 90, starts, np.zeros(4, np.int32))
    with pytest.raises(errors.BundleError, match="names vertices"):
        mesh.new_mesh("Broken", broken, 1.0)


def test_other_bones_and_open_meshes_are_refused(workshop: Workshop) -> None:
    armature = workshop.add()
    errors, made = workshop.maquette.module("core.errors"), workshop.made(height=1.0)
    rig = made.asset.rig.__class__(("a", "b"), made.asset.rig.parents, made.asset.rig.rest_pose)
    other = made.__class__("Post", made.request, made.asset.__class__("x", meshes=made.asset.meshes, rig=rig))
    change = workshop.maquette.module("addon.scene.character").change_character
    with pytest.raises(errors.InputError, match="other bones"):
        change(armature, other, 1.0)
    body = body_of(armature)
    bpy.context.view_layer.objects.active = body  # type: ignore[union-attr]
    bpy.ops.object.mode_set(mode="EDIT")
    with pytest.raises(errors.InputError, match="Edit Mode"):
        change(armature, made, 1.0)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert np.allclose(places(body), fake().meshes[0].positions, atol=1e-6)


def test_the_designers_mode_and_selection_stay(workshop: Workshop) -> None:
    armature = workshop.add()
    layer: Any = bpy.context.view_layer
    layer.objects.active = armature
    bpy.ops.object.mode_set(mode="POSE")
    workshop.change(armature, height=1.0)
    assert armature.mode == "POSE" and layer.objects.active == armature
    assert len(bpy.data.objects) == 2
    armature.hide_set(True)
    workshop.change(armature, height=0.0)
    assert rest_error(armature, fake().rig) < 1e-5


def test_parts_and_levels_are_exchanged_where_they_are_others(workshop: Workshop) -> None:
    armature = workshop.add(levels=1)
    made = workshop.made(levels=1)
    mesh = made.asset.meshes[0]
    hat = dataclasses.replace(mesh, name="Hat", levels=())
    skins = (*made.asset.rig.skins, dataclasses.replace(made.asset.rig.skins[0], mesh="Hat"))
    rig = dataclasses.replace(made.asset.rig, skins=skins)
    more = dataclasses.replace(made, asset=dataclasses.replace(made.asset, meshes=(mesh, hat), rig=rig))
    change = workshop.maquette.module("addon.scene.character").change_character
    body = body_of(armature)
    assert change(armature, more, 1.0) == []
    meshes = {item.name: item for item in armature.children}
    assert set(meshes) == {"Body", "Hat", "Body_LOD1"} and meshes["Body"] == body
    assert {group.name for group in meshes["Hat"].vertex_groups} == {"lower", "upper"}
    # a hat with a face less is another mesh; one that is gone goes, unless it was cut by hand
    less = dataclasses.replace(hat, corners=hat.corners[:-4], face_starts=hat.face_starts[:-1])
    less = dataclasses.replace(less, material_of_face=hat.material_of_face[:-1], normals=hat.normals[:-4])
    less = dataclasses.replace(less, uvs={}, colors={})
    assert change(armature, _with_meshes(more, mesh, less), 1.0) == []
    assert len(next(item for item in armature.children if item.name.startswith("Hat")).data.polygons) == 9
    assert change(armature, _with_meshes(more, dataclasses.replace(mesh, levels=())), 1.0) == []
    assert [item.name for item in armature.children] == ["Body"]
    change(armature, more, 1.0)
    hat_now = next(item for item in armature.children if item.name.startswith("Hat"))
    bpy.context.view_layer.objects.active = hat_now  # type: ignore[union-attr]
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.subdivide()
    bpy.ops.object.mode_set(mode="OBJECT")
    (said,) = change(armature, _with_meshes(more, mesh), 1.0)
    assert "changed by hand" in said and hat_now in armature.children[:]


def _with_meshes(made: Any, *meshes: Any) -> Any:
    return dataclasses.replace(made, asset=dataclasses.replace(made.asset, meshes=meshes))


def test_made_materials_change_and_the_designers_own_stay(workshop: Workshop) -> None:
    armature = workshop.add()
    body = body_of(armature)
    skin, cloth = body.data.materials
    own = bpy.data.materials.new("Mine")
    body.data.materials[1] = own
    made = workshop.made()
    pale = dataclasses.replace(made.asset.materials[0], maps={"albedo": np.full((1, 1, 3), 0.9, np.float32)})
    worn = dataclasses.replace(made.asset.materials[1], maps={"roughness": np.full((1, 1, 1), 0.1, np.float32)})
    changed = dataclasses.replace(made, asset=dataclasses.replace(made.asset, materials=(pale, worn)))
    (said,) = workshop.maquette.module("addon.scene.character").change_character(armature, changed, 1.0)
    assert said == f"The former material '{skin.name}' stays in the file." and skin.use_fake_user
    assert list(body.data.materials)[1] == own and body.data.materials[0] != skin
    assert cloth.users == 0
