# SPDX-License-Identifier: GPL-3.0-or-later
"""What was changed by hand on a material or character is found, asked about once, and never lost."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import numpy as np
import pytest

from .test_character_scene import Workshop, body_of, rest_error

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


@pytest.fixture
def material(maquette: Any, settings: Any, cube: Any) -> Any:
    maquette.finish(maquette.start())
    return cube.active_material


@pytest.fixture
def workshop(maquette: Any) -> Workshop:
    return Workshop(maquette)


def edits(maquette: Any, thing: Any) -> list[tuple[str, str]]:
    return [(edit.part, edit.what) for edit in maquette.module("addon.hand_edits").edits_of(thing)]


def albedo(material: Any) -> Any:
    return material.node_tree.nodes["Maquette Albedo"].image


def roughness(material: Any) -> Any:
    return material.node_tree.nodes["Maquette Roughness"].image


def paint(image: Any) -> None:
    image.pixels[0] = 1.0
    image.update()


def test_an_untouched_material_has_no_edits(maquette: Any, material: Any, tmp_path: Path) -> None:
    assert edits(maquette, material) == []
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    material = bpy.data.materials["red brick"]
    assert edits(maquette, material) == []
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]  # type: ignore[union-attr]
    bpy.ops.maquette.remake_new_seed()
    assert edits(maquette, material) == []


def test_paint_is_kept_also_once_it_is_packed(maquette: Any, material: Any, tmp_path: Path) -> None:
    paint(albedo(material))
    assert edits(maquette, material) == [("map albedo", "painted on")]
    albedo(material).pack()
    assert edits(maquette, material) == [("map albedo", "painted on")]
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "painted.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "painted.blend"))
    material = bpy.data.materials["red brick"]
    mine, rough = albedo(material), roughness(material).session_uid
    bpy.context.view_layer.objects.active = bpy.data.objects["Cube"]  # type: ignore[union-attr]
    assert bpy.ops.maquette.new_seed() == {"FINISHED"}
    assert albedo(material) == mine and mine.pixels[0] == 1.0, "the painted map stays"
    assert roughness(material).session_uid != rough, "the others are new"
    assert edits(maquette, material) == [("map albedo", "painted on")]


def test_paint_beside_the_blend_is_kept(maquette: Any, settings: Any, cube: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "beside.blend"))
    maquette.preferences.storage = "BESIDE"
    cube = bpy.data.objects["Cube"]
    maquette.finish(maquette.start())
    material = cube.active_material  # type: ignore[union-attr]
    assert edits(maquette, material) == []
    paint(albedo(material))
    albedo(material).save()
    assert not albedo(material).is_dirty and edits(maquette, material) == [("map albedo", "painted on")]
    path = Path(bpy.path.abspath(albedo(material).filepath))
    saved = path.read_bytes()
    bpy.ops.maquette.new_seed()
    assert path.read_bytes() == saved and Path(bpy.path.abspath(albedo(material).filepath)) == path


def test_a_script_can_give_an_edit_up(maquette: Any, material: Any) -> None:
    mine = albedo(material)
    paint(mine)
    assert bpy.ops.maquette.new_seed(hand_edits="REPLACE") == {"FINISHED"}
    assert albedo(material) != mine and mine.use_fake_user and mine.pixels[0] == 1.0
    assert edits(maquette, material) == []


def test_an_image_of_the_designers_own_is_kept(maquette: Any, material: Any) -> None:
    own = bpy.data.images.new("Own", 8, 8)
    material.node_tree.nodes["Maquette Roughness"].image = own
    assert edits(maquette, material) == [("map roughness", "another image")]
    bpy.ops.maquette.remake_new_seed()
    assert roughness(material) == own
    bpy.ops.maquette.remake_new_seed(hand_edits="REPLACE")
    assert roughness(material) != own and own.use_fake_user


def test_values_of_nodes_are_kept(maquette: Any, material: Any) -> None:
    strength = material.node_tree.nodes["Maquette Normal Map"].inputs["Strength"]
    shader = material.node_tree.nodes["Maquette Principled"]
    strength.default_value, shader.inputs["IOR"].default_value = 0.4, 1.7
    added = material.node_tree.nodes.new("ShaderNodeHueSaturation")
    material.node_tree.links.new(added.outputs["Color"], shader.inputs["Base Color"])
    assert edits(maquette, material) == [("nodes", "values changed")]
    material.maquette_wish.texture_exemplar.relief = 0.1
    for _ in range(2):
        bpy.ops.maquette.remake_new_seed()
        assert strength.default_value == pytest.approx(0.4) and shader.inputs["IOR"].default_value == pytest.approx(1.7)
        assert shader.inputs["Base Color"].links[0].from_node == added
    depth = material.node_tree.nodes["Maquette Relief Depth"].outputs["Value"].default_value
    assert depth == pytest.approx(0.1 * material.maquette_wish.texture_exemplar.size_m), "the rest follows"
    bpy.ops.maquette.remake_new_seed(hand_edits="REPLACE")
    assert strength.default_value == 1.0 and edits(maquette, material) == []
    # locked, also on a material of an older Maquette, which noted nothing
    del material["maquette_set_values"]
    strength.default_value = 0.4
    bpy.ops.maquette.decide_part(part="nodes", decision="LOCK")
    bpy.ops.maquette.remake_new_seed(hand_edits="REPLACE")
    assert strength.default_value == pytest.approx(0.4)


def test_a_locked_map_stays_though_nobody_painted_it(maquette: Any, material: Any) -> None:
    mine, rough = albedo(material), roughness(material).session_uid
    bpy.ops.maquette.decide_part(part="map albedo", decision="LOCK")
    bpy.ops.maquette.remake_new_seed(hand_edits="REPLACE")
    assert albedo(material) == mine and roughness(material).session_uid != rough
    bpy.ops.maquette.decide_part(part="map albedo", decision="ASK")
    bpy.ops.maquette.remake_new_seed()
    assert json.loads(material["maquette_request"])["seed"] == 2
    assert albedo(material).pixels[0] == pytest.approx(2 / 255, abs=1e-3)


class Pressed(SimpleNamespace):
    """Stands for an operator after its dialog: Blender makes real ones only while they run."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind=kind, asked=True, hand_edits="KEEP", generator="any")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.kind, name).__get__(self)


def dialog(maquette: Any, operator: str, decisions: dict[str, str]) -> Any:
    """What the dialog of an operator does: show what is undecided, take the choices, start; the job."""
    asking = maquette.module("addon.operators.asking")
    kind: Any = getattr(bpy.types, f"MAQUETTE_OT_{operator}")
    context: Any = bpy.context
    choices = context.window_manager.maquette_hand_edits
    it = Pressed(kind)
    thing = it.thing(context)
    asking.fill_choices(choices, maquette.module("addon.hand_edits").undecided(thing))
    assert {choice.parts for choice in choices} == set(decisions)
    for choice in choices:
        choice.decision = decisions[choice.parts]
    asking.remember_choices(thing, choices)
    (job,) = it.make_jobs(context)
    maquette.studio.submit(job)
    return maquette.finish(job)


def test_the_designer_is_asked_once_a_part(maquette: Any, material: Any) -> None:
    mine, rough = albedo(material), roughness(material)
    paint(mine)
    paint(rough)
    dialog(maquette, "remake_new_seed", {"map albedo": "KEEP", "map roughness": "REPLACE"})
    assert albedo(material) == mine and roughness(material) != rough and rough.use_fake_user
    undecided = maquette.module("addon.hand_edits").undecided
    assert undecided(material) == [], "what is kept is not asked about again"
    height = material.node_tree.nodes["Maquette Height"].image
    paint(roughness(material))
    paint(height)
    assert [edit.part for edit in undecided(material)] == ["map roughness", "map height"]
    dialog(maquette, "new_seed", {"map roughness": "LOCK", "map height": "REPLACE"})
    assert json.loads(material["maquette_decisions"]) == {"map albedo": "KEEP", "map roughness": "LOCK"}
    assert bpy.ops.maquette.find_hand_edits("EXEC_DEFAULT") == {"FINISHED"}


def test_giving_up_is_forgotten_where_the_job_is_cancelled(maquette: Any, material: Any) -> None:
    mine = albedo(material)
    paint(mine)
    maquette.use_fake_engine("fail")
    with pytest.raises(RuntimeError):
        bpy.ops.maquette.new_seed(hand_edits="REPLACE")
    maquette.use_fake_engine()
    bpy.ops.maquette.new_seed()
    assert albedo(material) == mine, "the next one asked for nothing of the kind"


def test_vertices_faces_keys_uvs_and_weights_are_found(workshop: Workshop) -> None:
    maquette, armature = workshop.maquette, workshop.add(levels=1)
    body = body_of(armature)
    assert edits(maquette, armature) == []
    body.data.shape_keys.key_blocks["Basis"].data[0].co.x -= 0.25
    assert edits(maquette, armature) == [("mesh Body", "vertices changed")]
    body.data.shape_keys.key_blocks["Smile"].data[3].co.z += 0.5
    body.data.uv_layers[0].uv[2].vector = (0.9, 0.9)
    body.vertex_groups["upper"].add([0], 0.7, "REPLACE")
    what = "vertices and UVs or colours and shape keys Smile and weights changed"
    assert edits(maquette, armature) == [("mesh Body", what)]
    workshop.change(armature, height=0.5)
    basis, now = (np.array([point.co for point in key.data]) for key in body.data.shape_keys.key_blocks)
    assert now[3, 2] - basis[3, 2] == pytest.approx(0.5, abs=1e-5), "the edited key moved along"
    assert tuple(body.data.uv_layers[0].uv[2].vector) == pytest.approx((0.9, 0.9))
    assert body.vertex_groups["upper"].weight(0) == pytest.approx(0.7)
    assert edits(maquette, armature) == [("mesh Body", what)], "still known as changed"


def test_looking_into_edit_and_pose_mode_is_no_edit(workshop: Workshop) -> None:
    armature = workshop.add(levels=1)
    layer: Any = bpy.context.view_layer
    body = body_of(armature)
    for item, mode in ((body, "EDIT"), (armature, "EDIT"), (armature, "POSE"), (body, "SCULPT")):
        layer.objects.active = item
        bpy.ops.object.mode_set(mode=mode)
        bpy.ops.object.mode_set(mode="OBJECT")
    layer.objects.active = body
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.mesh.select_all(action="DESELECT")
    bpy.ops.object.mode_set(mode="OBJECT")
    assert edits(workshop.maquette, armature) == []


def other_faces(made: Any) -> Any:
    """The same character with a body of a face less."""
    mesh = made.asset.meshes[0]
    less = dataclasses.replace(
        mesh,
        corners=mesh.corners[:-4],
        face_starts=mesh.face_starts[:-1],
        material_of_face=mesh.material_of_face[:-1],
        normals=mesh.normals[:-4],
        uvs={},
        colors={},
    )
    return dataclasses.replace(made, asset=dataclasses.replace(made.asset, meshes=(less,)))


@pytest.mark.parametrize("kind", ["vertices", "uvs", "weights", "keys", "crease", "levels"])
def test_an_edited_mesh_outlives_another_one(workshop: Workshop, kind: str) -> None:
    armature = workshop.add()
    change = workshop.maquette.module("addon.scene.character").change_character
    body = body_of(armature)
    if kind == "vertices":
        body.data.shape_keys.key_blocks["Basis"].data[0].co.x -= 0.25
    elif kind == "uvs":
        body.data.uv_layers[0].uv[2].vector = (0.9, 0.9)
    elif kind == "weights":
        body.vertex_groups["upper"].add([0], 0.7, "REPLACE")
    elif kind == "crease":
        body.data.attributes.new("crease_edge", "FLOAT", "EDGE").data[0].value = 1.0
    elif kind == "levels":
        body.modifiers.new("Sculpted", "MULTIRES")
    else:
        body.data.shape_keys.key_blocks["Smile"].data[3].co.z += 0.5
    data = body.data
    said = change(armature, other_faces(workshop.made()), 1.0)
    assert body.data == data and said == ["'Body' was changed by hand, so it stays as it is."]
    assert change(armature, other_faces(workshop.made()), 1.0, {"mesh Body"}) == []
    left = [("mesh Body", "sculpted levels changed")] if kind == "levels" else []
    assert len(body.data.polygons) == 9 and edits(workshop.maquette, armature) == left


def test_another_mesh_comes_onto_the_same_object(workshop: Workshop) -> None:
    armature = workshop.add()
    change = workshop.maquette.module("addon.scene.character").change_character
    body, own = body_of(armature), bpy.data.materials.new("Mine")
    body.data.materials[0] = own
    modifier = body.modifiers.new("Solid", "SOLIDIFY")
    lamp = bpy.data.objects.new("Lamp", None)
    body.users_collection[0].objects.link(lamp)
    lamp.parent = body
    assert change(armature, other_faces(workshop.made()), 1.0) == []
    assert body_of(armature) == body and body.modifiers[:][1] == modifier and lamp.parent == body
    assert body.data.materials[0] == own and len(body.data.polygons) == 9
    assert {group.name for group in body.vertex_groups} == {"lower", "upper"}
    assert "Smile" in body.data.shape_keys.key_blocks and len(bpy.data.meshes) == 1


def test_replacing_and_locking_a_mesh_of_the_same_faces(workshop: Workshop) -> None:
    armature = workshop.add()
    change = workshop.maquette.module("addon.scene.character").change_character
    decide = workshop.maquette.module("addon.scene.decisions").decide
    body = body_of(armature)
    body.data.shape_keys.key_blocks["Basis"].data[0].co.x -= 0.25
    change(armature, workshop.made(), 1.0, {"mesh Body"})
    assert edits(workshop.maquette, armature) == []
    decide(armature, "mesh Body", "LOCK")
    before = [tuple(vertex.co) for vertex in body.data.vertices]
    change(armature, workshop.made(height=1.0), 1.0, {"mesh Body"})
    change(armature, workshop.made(whole=False, height=-1.0), 1.0)
    assert [tuple(vertex.co) for vertex in body.data.vertices] == before, "a locked mesh stays to the vertex"


def test_a_part_that_is_no_more_stays_where_it_was_worked_on(workshop: Workshop) -> None:
    armature, made = workshop.add(), workshop.made()
    hat = dataclasses.replace(made.asset.meshes[0], name="Hat", levels=())
    both = dataclasses.replace(made, asset=dataclasses.replace(made.asset, meshes=(made.asset.meshes[0], hat)))
    change = workshop.maquette.module("addon.scene.character").change_character
    for kind in ("RENAMED", "SOLIDIFY", "CONSTRAINT"):
        change(armature, both, 1.0)
        item = next(item for item in armature.children if item.get("maquette_part") == "Hat")
        if kind == "RENAMED":
            item.name = "My Hat"
        elif kind == "SOLIDIFY":
            item.modifiers.new("Mine", "SOLIDIFY")
        else:
            item.constraints.new("COPY_SCALE")
        (said,) = change(armature, made, 1.0)
        assert "stays beside the new parts" in said and item in armature.children[:]
        bpy.data.objects.remove(item)


def test_bones_moved_by_hand_keep_their_place(workshop: Workshop) -> None:
    armature = workshop.add()
    layer: Any = bpy.context.view_layer
    layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones["upper"]
    bone.head.x += 0.3
    bone.tail.x += 0.3
    armature.data.edit_bones.new("extra").tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    assert edits(workshop.maquette, armature) == [("bones", "moved in Edit Mode")]
    for height in (1.0, 0.0, 0.5):
        workshop.change(armature, height=height)
        head = armature.data.bones["upper"].head_local
        assert tuple(head) == pytest.approx((0.3, 0.0, 1.0 + 0.5 * height), abs=1e-5)
    assert "extra" in armature.data.bones and edits(workshop.maquette, armature) == [("bones", "moved in Edit Mode")]
    change = workshop.maquette.module("addon.scene.character").change_character
    change(armature, workshop.made(), 1.0, {"bones"})
    assert rest_error(armature, workshop.made().asset.rig) < 1e-5 and edits(workshop.maquette, armature) == []


def test_edited_clips_are_kept(workshop: Workshop) -> None:
    maquette, armature = workshop.maquette, workshop.add()
    action = maquette.module("addon.scene.action")
    wave = armature["maquette_clip_0"]
    assert edits(maquette, armature) == []
    # the handle of a curve, no key of it
    action.curves_of(wave)[0].keyframe_points[0].interpolation = "BEZIER"
    assert edits(maquette, armature) == [("clip Wave", "keys changed")]
    workshop.bring_clips(armature, workshop.made(height=1.0))
    assert armature["maquette_clip_0"] == wave
    clips, hands = maquette.module("addon.scene.clips"), maquette.module("addon.scene.decisions")
    made = workshop.made(height=1.0)
    new = action.new_action("Wave", made.asset.clips[0], made.asset.rig, ["lower", "upper"], 1.0, 24.0)
    clips.bring_clips(armature, [new], hands.Hands(replaced=frozenset({"clip Wave"})))
    assert armature["maquette_clip_0"] == new and edits(maquette, armature) == []


def test_materials_and_levels_of_a_character_are_kept(workshop: Workshop) -> None:
    maquette, armature = workshop.maquette, workshop.add(levels=1)
    body = body_of(armature)
    (level,) = [item for item in armature.children if item.hide_render]
    skin = body.data.materials[0]
    skin.node_tree.nodes["Principled"].inputs["Roughness"].default_value = 0.111
    level.data.vertices[0].co.z -= 0.4
    found = [("material Skin", "nodes or images changed"), ("level 1 Body", "mesh changed")]
    assert edits(maquette, armature) == found
    made = workshop.made(levels=1)
    pale = dataclasses.replace(made.asset.materials[0], maps={"albedo": np.full((1, 1, 3), 0.9, np.float32)})
    other = dataclasses.replace(made, asset=dataclasses.replace(made.asset, materials=(pale, made.asset.materials[1])))
    change = maquette.module("addon.scene.character").change_character
    said = change(armature, other, 1.0)
    assert body.data.materials[0] == skin and level.data.vertices[0].co.z == pytest.approx(-0.4) and len(said) == 2
    change(armature, other, 1.0, {"material Skin", "level 1 Body"})
    assert body.data.materials[0] != skin and skin.use_fake_user
    assert skin.node_tree.nodes["Principled"].inputs["Roughness"].default_value == pytest.approx(0.111)
    assert edits(maquette, armature) == []
