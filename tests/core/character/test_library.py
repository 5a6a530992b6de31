# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_glb import Tiny

from maquette.core.character import library
from maquette.core.character.adding import Report, add
from maquette.core.character.licences import licence_in
from maquette.core.errors import Cancelled, InputError
from maquette.core.files import blender_import
from maquette.core.files.gltf_read import read_character


@pytest.fixture(autouse=True)
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "library"
    monkeypatch.setenv(library.FOLDER_VARIABLE, str(folder))
    return folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Two characters in folders of their own, alike but for the second's tail."""
    tiny = Tiny()
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 0.01]])
    for folder in ("knights", "wolves"):
        (tmp_path / "pack" / folder).mkdir(parents=True)
    tiny.save(tmp_path / "pack" / "knights" / "Grey.glb")
    tiny.json["nodes"] += [{"name": "Tail1"}]
    tiny.json["nodes"][1]["children"].append(4)
    tiny.json["skins"][0]["joints"].append(4)
    bind = np.tile(np.eye(4, dtype=np.float32), (3, 1, 1))
    bind[1, 2, 3] = -0.01
    matrices = tiny.add(bind.transpose(0, 2, 1).reshape(3, 16), "MAT4")
    tiny.json["skins"][0]["inverseBindMatrices"] = matrices
    tiny.save(tmp_path / "pack" / "wolves" / "Grey.glb")
    return tmp_path / "pack"


def test_a_folder_becomes_a_library(pack: Path, own_library: Path) -> None:
    heard: list[tuple[int, int, str]] = []
    report = add(pack, lambda *told: heard.append(told))
    assert {told[:2] for told in heard} == {(0, 2), (1, 2)}
    assert report.lines()[-1] == "2 characters added: 2 generic, of 1 skeleton family."
    first, second = library.entries()
    assert (first.name, first.pack, first.file) == ("Grey", "knights", "knights/Grey.glb")
    assert (second.name, second.pack) == ("Grey (wolves)", "wolves")
    assert first.family == second.family and first.bones == ("hip", "head")
    assert (first.joints, first.faces, first.vertices, first.height_m, first.clips) == (2, 12, 8, 2.0, ("move",))
    asset = read_character(library.path_of(first))
    original = read_character(pack / "knights" / "Grey.glb")
    np.testing.assert_allclose(asset.meshes[0].positions, original.meshes[0].positions, atol=1e-6)
    assert sorted(path.name for path in own_library.iterdir()) == ["index.json", "knights", "wolves"]


def test_what_is_there_is_not_added_again(pack: Path, own_library: Path) -> None:
    add(pack)
    before = {path: path.read_bytes() for path in own_library.rglob("*") if path.is_file()}
    report = add(pack)
    assert report.added == () and report.lines()[-1].startswith("0 characters added, 2 were there already")
    assert {path: path.read_bytes() for path in own_library.rglob("*") if path.is_file()} == before


def test_the_library_itself_adds_nothing_to_it(pack: Path, own_library: Path) -> None:
    add(pack)
    assert add(own_library).added == () and len(library.entries()) == 2


def test_a_character_is_removed_with_its_file(pack: Path, own_library: Path) -> None:
    add(pack)
    library.remove("Grey (wolves)")
    assert [entry.name for entry in library.entries()] == ["Grey"] and not (own_library / "wolves").exists()
    with pytest.raises(InputError, match=r"The library has no character 'Gray'. Did you mean 'Grey'\?"):
        library.remove("Gray")


def test_what_cannot_be_used_is_left_out_with_its_reason(pack: Path) -> None:
    (pack / "broken.glb").write_bytes(b"glTF")
    (pack / "statue.obj").write_text("v 0 0 0\n")
    (pack / "knights" / "gltf").mkdir()
    (pack / "knights" / "Grey.glb").rename(pack / "knights" / "gltf" / "Grey.glb")
    (pack / "knights" / "FBX").mkdir()
    (pack / "knights" / "FBX" / "Grey.fbx").write_bytes(b"Kaydara")
    report = add(pack)
    assert {entry.pack for entry in report.added} == {"knights", "wolves"}
    reasons = dict(report.left_out)
    assert "ends within its header" in reasons["broken.glb"]
    assert "has no armature: OBJ keeps shapes alone" in reasons["statue.obj"]
    assert reasons["knights/FBX/Grey.fbx"] == "it is there as knights/gltf/Grey.glb too"
    assert any(line.startswith("Left out broken.glb: 'broken.glb' is damaged") for line in report.lines())


def test_a_place_without_characters_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no character. Name a folder with .glb"):
        add(tmp_path / "empty")
    with pytest.raises(InputError, match=r"does not exist. Name a folder of characters"):
        add(tmp_path / "none")
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(InputError, match=r"'a.txt' is no character"):
        add(tmp_path / "a.txt")


def test_a_stop_keeps_what_was_added(pack: Path) -> None:
    def stop(done: int, total: int, text: str) -> None:
        if done == 1:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        add(pack, stop)
    assert [entry.name for entry in library.entries()] == ["Grey"]


def test_a_damaged_index_is_said(pack: Path, own_library: Path) -> None:
    add(pack)
    for text, said in (
        ("{", "is not valid JSON"),
        ("[]", "no index of a library"),
        ('{"version": 9}', "newer Maquette"),
    ):
        (own_library / "index.json").write_text(text)
        with pytest.raises(InputError, match=said):
            library.entries()


def test_entries_of_files_outside_the_library_are_not_taken(pack: Path, own_library: Path) -> None:
    add(pack)
    plain = json.loads((own_library / "index.json").read_text())
    plain["characters"][0]["file"] = "../pack/knights/Grey.glb"
    plain["characters"][1]["file"] = "wolves/none.glb"
    (own_library / "index.json").write_text(json.dumps(plain))
    assert library.entries() == ()


def test_centimetres_and_a_wrong_front_are_put_right(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.json["nodes"][0]["scale"] = [10_000.0] * 3
    tiny.json["nodes"][0]["rotation"] = [-0.5, 0.5, 0.5, 0.5]  # lies on its side and looks along x
    tiny.json["nodes"][1]["name"], tiny.json["nodes"][2]["name"] = "arm.R", "arm.L"
    tiny.json["nodes"][2]["translation"] = [0.01, 0, 0]
    bind = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    bind[1, 0, 3] = -0.01
    tiny.json["skins"][0]["inverseBindMatrices"] = tiny.add(bind.transpose(0, 2, 1).reshape(2, 16), "MAT4")
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0.01, 0, 0]])
    (tmp_path / "pack").mkdir()
    report = add(Path(tiny.save(tmp_path / "pack" / "Giant.glb")))
    assert [sentence for _, sentence in report.notes] == [
        "It was 200 m high: its unit was taken as centimetres.",
        "It did not face the front and was turned by 270 degrees.",
    ]
    asset = read_character(library.path_of(report.added[0]))
    assert asset.rig is not None
    np.testing.assert_allclose(asset.rig.rest_pose[1, :3, 3], [1, 0, 0], atol=1e-5)
    np.testing.assert_allclose(asset.clips[0].translations[1, 0], [1, 0, 0], atol=1e-5)
    low, high = asset.meshes[0].positions.min(0), asset.meshes[0].positions.max(0)
    np.testing.assert_allclose(high - low, [1, 0.5, 2], atol=1e-5)


def test_sides_that_are_mixed_up_do_not_turn_what_is_no_humanoid(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.json["nodes"][1]["name"], tiny.json["nodes"][2]["name"] = "arm.L", "arm.R"
    tiny.json["nodes"][2]["translation"] = [0.01, 0, 0]
    del tiny.json["skins"][0]["inverseBindMatrices"]
    report = add(tiny.save(tmp_path / "Odd.glb"))
    assert report.notes == ()


VRM_0 = {"author": "Ann", "licenseName": "CC_BY", "commercialUssageName": "Disallow", "violentUssageName": "Allow"}
VRM_1 = {
    "authors": ["Ann", "Bob"],
    "licenseUrl": "https://vrm.dev/licenses/1.0/",
    "commercialUsage": "personalNonProfit",
    "allowRedistribution": False,
}


@pytest.mark.parametrize(
    ("json", "name", "author", "permissions"),
    [
        (
            {"extensions": {"VRM": {"meta": VRM_0}}},
            "CC_BY",
            "Ann",
            {"violent use: allowed", "commercial use: not allowed"},
        ),
        (
            {"extensions": {"VRMC_vrm": {"meta": VRM_1}}},
            "https://vrm.dev/licenses/1.0/",
            "Ann, Bob",
            {"commercial use: personal non profit", "redistribution: not allowed"},
        ),
        ({"asset": {"copyright": "CC0 Ann"}}, "CC0 Ann", "", set()),
        ({"asset": 3, "extensions": {"VRM": {"meta": [1]}, "VRMC_vrm": 4}}, "", "", set()),
    ],
)
def test_what_a_file_says_of_its_licence_is_read(
    json: dict[str, Any], name: str, author: str, permissions: set[str]
) -> None:
    found = licence_in(json)
    assert (found.name, found.author, set(found.permissions)) == (name, author, permissions)


def test_a_vrm_file_shows_what_it_permits(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.json["extensions"] = {"VRM": {"meta": VRM_0}}
    made = tiny.save(tmp_path / "Ann.glb").rename(tmp_path / "Ann.vrm")
    report = add(made)
    assert report.added[0].permissions == ("violent use: allowed", "commercial use: not allowed")
    assert "Ann: Its licence says: commercial use: not allowed." in report.lines()


def test_an_index_or_a_text_beside_tells_the_licence(pack: Path) -> None:
    (pack / "index.json").write_text(
        json.dumps([{"file": "knights/Grey.glb", "license": "CC-BY-4.0", "author": "Ann"}])
    )
    (pack / "wolves" / "License.txt").write_text("Creative Commons Zero, CC0 1.0")
    first, second = sorted(add(pack).added, key=lambda entry: entry.pack)
    assert (first.licence, first.author) == ("CC-BY-4.0", "Ann") and second.licence == "CC0-1.0"
    assert b'"copyright":"CC-BY-4.0, Ann"' in library.path_of(first).read_bytes()


def test_a_character_alone_in_its_family_is_told_why(pack: Path) -> None:
    tiny = Tiny()
    tiny.json["nodes"][1]["name"] = "pelvis"
    tiny.save(pack / "Odd.glb")
    add(pack)
    found = library.families(library.entries())
    assert sorted(len(members) for members in found.values()) == [1, 2]
    assert library.alone(library.entries()) == {"Odd": "1 of its 2 bones have names that 'Grey' has"}


def test_the_command_adds_lists_and_removes(pack: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from maquette.__main__ import main

    (pack / "broken.glb").write_bytes(b"")
    assert main(["library", "list"]) == 0
    assert "is empty" in capfd.readouterr().out
    assert main(["library", "add", str(pack)]) == 0
    said = capfd.readouterr().out.splitlines()
    assert said[0] == "1 of 3  broken.glb" and said[-1].startswith("2 characters added, 1 left out: 2 generic")
    assert main(["library", "list"]) == 0
    said = capfd.readouterr().out.splitlines()
    assert said[0].endswith("generic, 2 characters") and "licence not told" in said[1]
    assert main(["library", "remove", "Grey"]) == 0
    assert main(["library", "remove", "Grey"]) == 2
    assert main(["library", "add", str(pack / "broken.glb")]) == 1


def test_without_a_blender_other_formats_are_left_out(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("MAQUETTE_BLENDER", raising=False)
    (pack / "Old.fbx").write_bytes(b"Kaydara FBX Binary")
    reasons = dict(add(pack).left_out)
    assert reasons["Old.fbx"].startswith("A .fbx needs Blender, and neither the package 'bpy' nor the program")


needs_bpy = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="the package 'bpy' is not installed")
EXPORT = """
import sys, bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[1])
bpy.ops.export_scene.fbx(filepath=sys.argv[2], add_leaf_bones=False)
bpy.ops.wm.save_as_mainfile(filepath=sys.argv[3])
"""


@needs_bpy
def test_fbx_and_blend_come_through_blender(tmp_path: Path) -> None:
    source = tmp_path / "pack"
    source.mkdir()
    tiny = Tiny()
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 0.01]])
    glb = tiny.save(tmp_path / "tiny.glb")
    made = [str(source / "Boxed.fbx"), str(source / "Blocky.blend")]
    subprocess.run([sys.executable, "-c", EXPORT, str(glb), *made], check=True, capture_output=True, timeout=120)
    (source / "Bad.fbx").write_bytes(b"no FBX")
    report: Report = add(source)
    assert [file for file, _ in report.left_out] == ["Bad.fbx"]
    assert "Blender could not read 'Bad.fbx'. It said:" in report.left_out[0][1]
    assert {entry.name for entry in report.added} == {"Boxed", "Blocky"}
    for entry in report.added:
        asset = read_character(library.path_of(entry))
        assert asset.rig is not None and set(asset.rig.joints) == {"hip", "head"} and len(asset.clips) == 1
        points = asset.meshes[0].positions
        np.testing.assert_allclose(points.max(0) - points.min(0), [1, 0.5, 2], atol=1e-3)
        head = asset.rig.rest_pose[asset.rig.joints.index("head"), :3, 3]
        np.testing.assert_allclose(head, [0, 0, 1], atol=1e-3)


def test_a_stop_reaches_blender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [sys.executable, "-c", "import time; time.sleep(60)"]
    monkeypatch.setattr(blender_import, "blender_command", lambda script, what: slow)

    def stop() -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        blender_import.convert(tmp_path / "a.fbx", tmp_path, stop)
