# SPDX-License-Identifier: GPL-3.0-or-later
"""The Characters panel and its operators, with an engine that answers at once."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from maquette.core.generators import find_method, methods
from maquette.core.params import specs

from .panels import draw

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")
NAMES = [name for generator, name in methods() if generator == "character"]
# a method that needs nothing but its sliders, else the first
PLAIN = next((name for name in NAMES if not find_method("character", name).required), next(iter(NAMES), ""))
needs_methods = pytest.mark.skipif(not NAMES, reason="no method makes characters yet")


@pytest.fixture
def glb(tmp_path: Path) -> Path:
    """Some file: the fake engine reads none."""
    path = tmp_path / "Knight.glb"
    path.write_bytes(b"glTF")
    return path


@pytest.fixture
def settings(maquette: Any, glb: Path) -> Any:
    """The panel's values, with a file for everything that the plain method needs."""
    settings = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    fill(settings, PLAIN, glb)
    return settings


def fill(settings: Any, name: str, glb: Path) -> None:
    """Choose a method and give it all that it needs."""
    settings.method = name
    for role in find_method("character", name).required:
        getattr(settings.sources, role).path = str(glb)


def group_of(settings: Any, name: str) -> Any:
    return getattr(settings, f"character_{name}")


def slider(name: str) -> str:
    """A slider of the method, for the fake engine its height."""
    names = [spec.name for spec in specs(find_method("character", name).params) if spec.kind is float]
    return "height" if "height" in names else names[0]


def height_of(armature: Any) -> float:
    body = next(item for item in armature.children if "maquette_part" in item.keys())  # noqa: SIM118
    return float(max(vertex.co.z for vertex in body.data.vertices))


def make(maquette: Any) -> Any:
    """Generate; the armature."""
    jobs = maquette.submit("generate_character")
    for job in jobs:
        maquette.finish(job)
        assert job.state.name == "DONE", job.notice
    return bpy.context.view_layer.objects.active  # type: ignore[union-attr]


def slide(maquette: Any, limit_s: float = 20.0) -> None:
    """Pump the slider's timer until it rests."""
    live = maquette.module("addon.live")
    end = time.monotonic() + limit_s
    while live.tick() is not None:
        maquette.studio.poll()
        assert time.monotonic() < end
        time.sleep(0.002)


@needs_methods
@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_drawn_once(maquette: Any, settings: Any, name: str) -> None:
    settings.method = name
    drawn = draw("MAQUETTE_PT_characters")
    for spec in specs(find_method("character", name).params):
        found = {item for item in drawn if item == ("prop", spec.name)}
        assert len(found) == 1, spec.name
    assert ("operator", "maquette.generate_character") in drawn
    assert ("template_list", "active") in drawn
    assert ("operator", "maquette.scatter_crowd") in draw("MAQUETTE_PT_crowd")


@needs_methods
@pytest.mark.parametrize("name", NAMES)
def test_every_method_makes_a_character_and_its_settings_come_back(
    maquette: Any, settings: Any, glb: Path, name: str
) -> None:
    fill(settings, name, glb)
    settings.seed = 5
    group = group_of(settings, name)
    setattr(group, slider(name), 0.25)
    armature = make(maquette)
    request = json.loads(armature["maquette_request"])
    assert request["method"] == name and request["seed"] == 5 and request["params"][slider(name)] == 0.25
    assert armature.users_collection[0].name == (glb.stem if request["references"] else "") or not request["references"]
    assert {"maquette_clip_0"} <= set(armature.keys())
    settings.live = False
    settings.method, settings.seed = NAMES[0], 0
    setattr(group, slider(name), 0.0)
    bpy.ops.maquette.character_to_panel()
    assert settings.method == name and settings.seed == 5 and getattr(group, slider(name)) == 0.25
    drawn = draw("MAQUETTE_PT_character")
    assert ("label", armature.name) in drawn and ("operator", "maquette.play_clip") in drawn


@needs_methods
@pytest.mark.parametrize("name", [n for n in NAMES if find_method("character", n).required])
def test_a_missing_source_is_one_sentence(maquette: Any, name: str) -> None:
    settings = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    settings.method = name
    with pytest.raises(RuntimeError, match="no character is chosen"):
        bpy.ops.maquette.generate_character()
    role = find_method("character", name).required[0]
    getattr(settings.sources, role).path = "/nowhere/knight.glb"
    with pytest.raises(RuntimeError, match="does not exist"):
        bpy.ops.maquette.generate_character()
    getattr(settings.sources, role).use("Gone")
    with pytest.raises(RuntimeError, match="not in the library"):
        bpy.ops.maquette.generate_character()
    assert not bpy.data.objects and not bpy.data.armatures


@needs_methods
def test_regenerate_and_new_seed_change_in_place(maquette: Any, settings: Any) -> None:
    armature = make(maquette)
    uid, seed = armature.session_uid, json.loads(armature["maquette_request"])["seed"]
    assert maquette.finish(maquette.start("new_seed_character")).state.name == "DONE"
    assert json.loads(armature["maquette_request"])["seed"] == seed + 1
    settings.live = False
    setattr(group_of(settings, PLAIN), slider(PLAIN), 1.0)
    assert maquette.finish(maquette.start("regenerate_character")).state.name == "DONE", maquette.studio.notice
    assert height_of(armature) == pytest.approx(3.0) and armature.session_uid == uid
    assert len(bpy.data.armatures) == len(bpy.data.actions) == 1 and len(bpy.data.objects) == 2


@needs_methods
def test_a_slider_moves_the_active_character(maquette: Any, settings: Any) -> None:
    armature = make(maquette)
    group = group_of(settings, PLAIN)
    clip = armature["maquette_clip_0"]
    for value in (0.2, 0.4, 0.8, 1.0):
        setattr(group, slider(PLAIN), value)
    slide(maquette)
    assert height_of(armature) == pytest.approx(3.0)
    request = json.loads(armature["maquette_request"])
    assert request["params"][slider(PLAIN)] == 1.0 and request["params"].get("clips", True) is True
    assert armature["maquette_clip_0"] == clip and maquette.studio.notice is None
    assert not list((Path(maquette.preferences.cache_folder) / "live").iterdir())
    settings.live = False
    setattr(group, slider(PLAIN), 0.0)
    slide(maquette)
    assert height_of(armature) == pytest.approx(3.0), "only while live update is on"


@needs_methods
def test_another_active_character_shows_its_values(maquette: Any, settings: Any) -> None:
    first = make(maquette)
    settings.live = False
    setattr(group_of(settings, PLAIN), slider(PLAIN), 0.5)
    second = make(maquette)
    settings.live = True
    live = maquette.module("addon.live")
    for armature, value in ((first, 0.0), (second, 0.5)):
        bpy.context.view_layer.objects.active = armature.children[0]  # type: ignore[union-attr]
        live.follow()
        assert getattr(group_of(settings, PLAIN), slider(PLAIN)) == value
    assert live.tick() is None, "showing is no change"


@needs_methods
def test_several_stand_side_by_side(maquette: Any, settings: Any) -> None:
    settings.count = 3
    make(maquette)
    armatures = [item for item in bpy.data.objects if item.type == "ARMATURE"]
    assert sorted(json.loads(item["maquette_request"])["seed"] for item in armatures) == [0, 1, 2]
    assert sorted(round(item.location.x, 3) for item in armatures) == [0.0, 0.5, 1.05], "as wide as both neighbours are"


@needs_methods
def test_a_character_that_is_gone_is_said(maquette: Any, settings: Any) -> None:
    armature = make(maquette)
    job = maquette.start("new_seed_character")
    bpy.data.objects.remove(armature)
    before = len(bpy.data.actions)
    maquette.finish(job)
    assert job.state.name == "FAILED" and "is gone" in job.notice.text and len(bpy.data.actions) == before


@needs_methods
def test_cancel_leaves_nothing(maquette: Any, settings: Any) -> None:
    maquette.use_fake_engine("slow")
    (job,) = maquette.submit("generate_character")
    end = time.monotonic() + 10
    while job.fraction <= 0.001:
        maquette.studio.poll()
        assert time.monotonic() < end
        time.sleep(0.01)
    maquette.studio.cancel()
    maquette.finish(job)
    assert job.state.name == "CANCELLED" and not bpy.data.armatures and not bpy.data.actions


@needs_methods
def test_a_texture_request_is_refused(maquette: Any, settings: Any) -> None:
    text = json.dumps({"generator": "texture", "method": "family"})
    with pytest.raises(RuntimeError, match="This makes characters"):
        bpy.ops.maquette.generate_character(request=text)


@needs_methods
def test_clips_play(maquette: Any, settings: Any) -> None:
    armature = make(maquette)
    bpy.ops.maquette.play_clip(clip=0)
    assert armature.animation_data.action == armature["maquette_clip_0"]
    bpy.context.scene.frame_set(12)  # type: ignore[union-attr]
    assert armature.pose.bones["upper"].matrix.to_quaternion().angle > 1.0
    with pytest.raises(RuntimeError, match="1 clips"):
        bpy.ops.maquette.play_clip(clip=7)
    bpy.ops.maquette.play_clip()
    assert armature.animation_data.action is None


def crowd_of(settings: Any, **given: Any) -> Any:
    """Scatter, and the new collection."""
    for name, value in given.items():
        setattr(settings.crowd, name, value)
    before = set(bpy.data.collections)
    bpy.ops.maquette.scatter_crowd()
    (crowd,) = set(bpy.data.collections) - before
    return crowd


@needs_methods
def test_a_crowd_stands_on_a_surface(maquette: Any, settings: Any) -> None:
    make(maquette)
    bpy.ops.mesh.primitive_plane_add(size=20, location=(0, 0, 1))
    plane = bpy.context.object
    crowd = crowd_of(settings, ground=plane, count=40, distance=1.0, seed=3)
    members = list(crowd.objects)
    assert len(members) == 40 and all(member.instance_collection is not None for member in members)
    places = np.array([member.matrix_world.translation for member in members])
    assert np.allclose(places[:, 2], 1.0) and np.abs(places[:, :2]).max() <= 10
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + 10 * np.eye(40)
    assert gaps.min() >= 1.0
    again = crowd_of(settings, seed=3)
    assert np.allclose([member.matrix_world for member in again.objects], [member.matrix_world for member in members])
    few = crowd_of(settings, count=5000, distance=5.0)
    assert 0 < len(few.objects) < 40


@needs_methods
def test_an_animated_crowd_shares_data_and_varies_its_phase(maquette: Any, settings: Any) -> None:
    armature = make(maquette)
    bpy.ops.curve.primitive_bezier_curve_add()
    curve = bpy.context.object
    curve.scale = (10, 10, 10)
    bpy.context.view_layer.update()  # type: ignore[union-attr]
    crowd = crowd_of(settings, ground=curve, count=6, distance=1.0, animate=True)
    members = [item for item in crowd.objects if item.type == "ARMATURE"]
    assert len(members) == 6 and {member.data for member in members} == {armature.data}
    assert len({member.animation_data.nla_tracks[0].strips[0].frame_start for member in members}) == 6
    meshes = [item for item in crowd.objects if item.type == "MESH"]
    assert {item.modifiers[0].object for item in meshes} == set(members)
    bpy.context.scene.frame_set(30)  # type: ignore[union-attr]
    angles = [round(member.pose.bones["upper"].matrix.to_quaternion().angle, 3) for member in members]
    assert len(set(angles)) > 3, "each at another moment"
    assert maquette.module("addon.live").active_character(Active(meshes[0])) == armature


class Active:
    """A context with one active object."""

    def __init__(self, item: Any) -> None:
        self.active_object = item


@needs_methods
def test_a_crowd_needs_ground_and_characters(maquette: Any, settings: Any) -> None:
    bpy.ops.mesh.primitive_plane_add(size=20)
    plane = bpy.context.object
    with pytest.raises(RuntimeError, match="no character that Maquette made"):
        bpy.ops.maquette.scatter_crowd()
    armature = make(maquette)
    with pytest.raises(RuntimeError, match="nothing to stand on"):
        bpy.ops.maquette.scatter_crowd()
    settings.crowd.ground = armature.children[0]
    with pytest.raises(RuntimeError, match="belongs to a character"):
        bpy.ops.maquette.scatter_crowd()
    plane.rotation_euler.y = 1.5708
    bpy.context.view_layer.update()  # type: ignore[union-attr]
    settings.crowd.ground = plane
    with pytest.raises(RuntimeError, match="none looks up"):
        bpy.ops.maquette.scatter_crowd()


@needs_methods
def test_export_and_asset(maquette: Any, settings: Any, tmp_path: Path) -> None:
    armature = make(maquette)
    armature.location = (3, 0, 0)
    bpy.ops.maquette.export_character(directory=str(tmp_path), clips="APART")
    name = bpy.path.clean_name(armature.name)
    files = {file.name: document(file) for file in tmp_path.glob("*.glb") if file.stem != "Knight" or name == "Knight"}
    whole, clips = files[f"{name}.glb"], files[f"{name}_clips.glb"]
    assert "animations" not in whole and len(whole["skins"][0]["joints"]) == 2
    assert [animation["name"] for animation in clips["animations"]] == ["Wave"] and "meshes" not in clips
    assert all("translation" not in node for node in whole["nodes"] if node["name"] == armature.name)
    assert not armature.animation_data or not armature.animation_data.nla_tracks
    with pytest.raises(RuntimeError, match="is no humanoid"):
        bpy.ops.maquette.export_character(directory=str(tmp_path), naming="unreal")
    bpy.ops.maquette.mark_character()
    collection = armature.users_collection[0]
    assert collection.asset_data is not None and "character" in [tag.name for tag in collection.asset_data.tags]
    pixels = np.empty(256 * 256 * 4, np.float32)
    collection.preview.image_pixels_float.foreach_get(pixels)
    assert 0.05 < pixels.reshape(-1, 4)[:, 3].mean() < 0.95


def document(path: Path) -> Any:
    """The JSON of a GLB."""
    data = path.read_bytes()
    return json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])


def test_the_scenes_own_character_is_checked_first(maquette: Any, tmp_path: Path) -> None:
    source = maquette.module("addon.scene.character_source")
    errors = maquette.module("core.errors")
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    with pytest.raises(errors.InputError, match="No armature is selected"):
        source.chosen_character([cube])
    bpy.ops.object.armature_add()
    first = bpy.context.object
    with pytest.raises(errors.InputError, match="No mesh hangs"):
        source.chosen_character([first])
    cube.modifiers.new("Armature", "ARMATURE").object = first
    with pytest.raises(errors.InputError, match="has no weights"):
        source.chosen_character([first])
    cube.vertex_groups.new(name="Bone").add(range(8), 1.0, "REPLACE")
    assert source.chosen_character([cube]) == (first, [cube], [])
    cube.scale = (2, 2, 2)
    with pytest.raises(errors.InputError, match="has a scale of 2 x 2 x 2"):
        source.chosen_character([cube])
    bpy.ops.object.armature_add()
    with pytest.raises(errors.InputError, match="2 armatures are selected"):
        source.chosen_character([cube, bpy.context.object])


@pytest.fixture
def stocked(maquette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A library of three characters, two of one family; the add-on's module that reads it."""
    monkeypatch.setenv("MAQUETTE_LIBRARY", str(tmp_path / "library"))
    shelf = maquette.module("core.character.library")
    for name, family in (("Cat", "q1"), ("Fox", "q1"), ("Man", "h1")):
        file = shelf.file_for(name, "Pack")
        about = {"pack": "Pack", "file": file, "sha256": hashlib.sha256(name.encode()).hexdigest(), "family": family}
        numbers = {"joints": 2, "faces": 10, "vertices": 12, "height_m": 2.0}
        more = {"source_sha256": "", "kind": "generic", "parts": (), "bones": ("lower", "upper"), "clips": ("Wave",)}
        told = {"licence": "CC0", "permissions": ("commercial use: not allowed",)} if name == "Man" else {}
        shelf.store(shelf.Entry(name=name, **about, **numbers, **more, **told), name.encode())
    library = maquette.module("addon.library")
    library.look_again()
    yield library
    monkeypatch.undo()
    library.look_again()


def test_the_library_is_listed_with_licences(maquette: Any, stocked: Any) -> None:
    shown = bpy.context.window_manager.maquette_library  # type: ignore[union-attr]
    assert [item.name for item in shown.entries] == ["Cat", "Fox", "Man"]
    shown.active = 2
    if not NAMES:
        pytest.skip("no method makes characters yet, so there is no panel")
    words = " ".join(text for kind, text in draw("MAQUETTE_PT_characters") if kind == "label")
    for text in ("2.00 m, 10 faces, 2 bones, 1 clips", "Licence: CC0", "commercial use: not allowed"):
        assert text in words


def test_the_list_outlives_the_opening_of_a_file(maquette: Any, stocked: Any) -> None:
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    shown = bpy.context.window_manager.maquette_library  # type: ignore[union-attr]
    assert [item.name for item in shown.entries] == ["Cat", "Fox", "Man"]


def test_ticks_stand_in_the_scene(maquette: Any, stocked: Any) -> None:
    shown = bpy.context.window_manager.maquette_library  # type: ignore[union-attr]
    sources = bpy.context.scene.maquette_characters.sources  # type: ignore[union-attr]
    shown.active = 0
    bpy.ops.maquette.tick_kin()
    assert [slot.name for slot in sources.more] == ["Cat", "Fox"] and not shown.entries[2].ticked
    shown.entries[0].ticked = False
    assert [slot.name for slot in sources.more] == ["Fox"]
    bpy.ops.maquette.untick_all()
    assert not len(sources.more)
    bpy.ops.maquette.remove_from_library()
    assert [item.name for item in shown.entries] == ["Fox", "Man"]


@needs_methods
@pytest.mark.parametrize("name", [n for n in NAMES if find_method("character", n).required])
def test_characters_of_the_library_are_references(maquette: Any, stocked: Any, name: str) -> None:
    settings = bpy.context.scene.maquette_characters  # type: ignore[union-attr]
    settings.method = name
    method = find_method("character", name)
    bpy.context.window_manager.maquette_library.active = 1  # type: ignore[union-attr]
    for role in method.required:
        if role in method.repeatable:
            bpy.ops.maquette.tick_kin()
        else:
            bpy.ops.maquette.use_character(role=role)
    armature = make(maquette)
    references = json.loads(armature["maquette_request"])["references"]
    assert {reference["sha256"] for reference in references} >= {hashlib.sha256(b"Fox").hexdigest()}
    # of several, the engine says after whom it takes
    assert armature.users_collection[0].name in (("fake",) if method.repeatable else ("Cat", "Fox"))
    before = [slot.name for slot in settings.sources.more]
    settings.sources.more.clear()
    bpy.ops.maquette.character_to_panel()
    assert [slot.name for slot in settings.sources.more] == before
    # the file that it was made from went elsewhere: the library still has it
    request = json.loads(armature["maquette_request"])
    for reference in request["references"]:
        reference["path"] = "/nowhere/x.glb"
    armature["maquette_request"] = json.dumps(request)
    assert maquette.finish(maquette.start("new_seed_character")).state.name == "DONE"
    for item in list(stocked.entries()):
        stocked.remove(item.name)
    armature["maquette_request"] = json.dumps(request)
    with pytest.raises(RuntimeError, match="nor in the library"):
        bpy.ops.maquette.new_seed_character()


def test_the_real_library_takes_a_character_of_the_scene(
    maquette: Any, stocked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not os.environ.get("MAQUETTE_PYTHON"):
        pytest.skip("MAQUETTE_PYTHON names no interpreter with torch")
    bpy.ops.mesh.primitive_cube_add()
    cube = bpy.context.object
    cube.name = "Box"
    bpy.ops.object.armature_add()
    armature = bpy.context.object
    armature.name = "Walker"
    cube.modifiers.new("Armature", "ARMATURE").object = armature
    cube.parent = armature
    cube.vertex_groups.new(name="Bone").add(range(8), 1.0, "REPLACE")
    assert bpy.ops.maquette.add_scene_character() == {"FINISHED"}
    shown = bpy.context.window_manager.maquette_library  # type: ignore[union-attr]
    assert "Walker" in [item.name for item in shown.entries]
    with pytest.raises(RuntimeError, match="no folder"):
        bpy.ops.maquette.add_to_library(directory="/nowhere")


@needs_methods
def test_what_is_exported_is_what_was_made(maquette: Any, settings: Any, tmp_path: Path) -> None:
    try:
        from maquette.core.files.gltf_read import read_character
    except ImportError as error:
        pytest.skip(f"the reader needs the engine's environment: {error}")
    armature = make(maquette)
    bpy.ops.maquette.export_character(directory=str(tmp_path / "out"))
    (file,) = (tmp_path / "out").glob("*.glb")
    found, made = read_character(file), fake_character()
    order = [found.rig.joints.index(name) for name in made.rig.joints]
    assert np.allclose(found.rig.rest_pose[order], made.rig.rest_pose, atol=1e-5)
    assert np.allclose(found.meshes[0].positions.min(axis=0), made.meshes[0].positions.min(axis=0), atol=1e-5)
    assert np.allclose(found.meshes[0].positions.max(axis=0), made.meshes[0].positions.max(axis=0), atol=1e-5)
    assert set(found.meshes[0].shape_keys) == {"Smile"} and file.stem == bpy.path.clean_name(armature.name)
    (clip,) = found.clips
    assert clip.name == "Wave" and clip.times_s[-1] - clip.times_s[0] == pytest.approx(1.0, abs=0.05)
    turned = np.abs((clip.rotations[:, order[1]] * made.clips[0].rotations[1, 1]).sum(axis=1))
    assert turned.max() == pytest.approx(1.0, abs=1e-4), "the bone turns as far as it did"


def fake_character() -> Any:
    """What the fake engine makes with no slider moved."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    try:
        from fake_engine import character  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    return character({"params": {}, "seed": 0})
