# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny_glb import ARMATURE_SCALE, Tiny, box

from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.files.gltf_read import read_character, read_motion


@pytest.fixture
def tiny() -> Tiny:
    return Tiny()


def read(tiny: Tiny, folder: Path, name: str = "tiny.glb") -> tuple[Asset, list[str]]:
    said: list[str] = []
    return read_character(tiny.save(folder / name), warn=said.append), said


def z_up(points: np.ndarray) -> np.ndarray:
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], axis=-1)


def posed(asset: Asset, moment: int) -> np.ndarray:
    """(V, 3) vertices of the first mesh in the first clip, by linear blend skinning, one vertex after another."""
    assert asset.rig is not None
    clip, rig, skin = asset.clips[0], asset.rig, asset.rig.skins[0]
    world: list[np.ndarray] = []
    for joint, parent in enumerate(rig.parents):
        w, x, y, z = clip.rotations[moment, joint].astype(float)
        local = np.eye(4)
        local[:3, :3] = np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        ) @ np.diag(clip.scales[moment, joint])
        local[:3, 3] = clip.translations[moment, joint]
        world.append(local if parent < 0 else world[parent] @ local)
    result = []
    for point, joints, weights in zip(asset.meshes[0].positions, skin.joint_indices, skin.weights, strict=True):
        moves = [world[j] @ np.linalg.inv(rig.rest_pose[j]) @ [*point, 1] for j in joints]
        result.append(sum(weight * move for weight, move in zip(weights, moves, strict=True))[:3])
    return np.array(result)


@pytest.mark.parametrize("name", ["tiny.glb", "tiny.gltf"])
def test_a_character_stands_in_metres_z_up_and_rigid(name: str, tiny: Tiny, tmp_path: Path) -> None:
    asset, said = read(tiny, tmp_path, name)
    assert said == [] and asset.name == "tiny" and asset.rig is not None
    positions, triangles = box()
    mesh = asset.meshes[0]
    np.testing.assert_allclose(mesh.positions, z_up(positions), atol=1e-5)
    np.testing.assert_array_equal(mesh.corners.reshape(-1, 3), triangles)
    np.testing.assert_allclose(mesh.uvs["UVMap"][:, 1], 1 - positions[mesh.corners, 1] / 2, atol=1e-6)
    assert mesh.name == "Body" and mesh.materials == ("skin",) and len(mesh.normals) == 0
    assert asset.rig.joints == ("hip", "head") and asset.rig.parents.tolist() == [-1, 0]
    np.testing.assert_allclose(asset.rig.rest_pose[:, :3, 3], [[0, 0, 0], [0, 0, 1]], atol=1e-5)
    rotations = asset.rig.rest_pose[:, :3, :3]
    np.testing.assert_allclose(rotations @ rotations.transpose(0, 2, 1), np.tile(np.eye(3), (2, 1, 1)), atol=1e-5)
    skin = asset.rig.skins[0]
    assert skin.mesh == "Body" and skin.weights.dtype == np.float32 and skin.joint_indices.dtype == np.int32
    np.testing.assert_array_equal((skin.weights * (skin.joint_indices == 1)).sum(1), positions[:, 1] > 1)


def test_factors_become_maps_of_one_pixel(tiny: Tiny, tmp_path: Path) -> None:
    (material,) = read(tiny, tmp_path)[0].materials
    assert material.name == "skin" and {m.shape[:2] for m in material.maps.values()} == {(1, 1)}
    np.testing.assert_allclose(material.maps["albedo"][0, 0], [1, 0.7354, 0.5371], atol=1e-3)


@pytest.mark.parametrize("kind", ["LINEAR", "STEP", "CUBICSPLINE"])
def test_a_clip_moves_the_vertices_as_the_file_says(kind: str, tiny: Tiny, tmp_path: Path) -> None:
    turn = [[0, 0, 0, 1], [0, 0, np.sqrt(0.5), np.sqrt(0.5)]]  # the head, a quarter about the file's own z, which is up
    lift = np.array([[0, 0, 0], [0, 0, 1]]) / ARMATURE_SCALE
    if kind == "CUBICSPLINE":
        tiny.animate(2, "rotation", [0, 1], [[0] * 4, turn[0], [0] * 4, [0] * 4, turn[1], [0] * 4], kind)
        tiny.animate(1, "translation", [0, 2], [[0] * 3, lift[0], [0] * 3, [0] * 3, lift[1], [0] * 3], kind)
    else:
        tiny.animate(2, "rotation", [0, 1], turn, kind)
        tiny.animate(1, "translation", [0, 2], lift, kind)
    asset, _ = read(tiny, tmp_path)
    (clip,) = asset.clips
    assert clip.name == "move" and clip.times_s.tolist() == [0, 1, 2] and clip.rotations.shape == (3, 2, 4)
    start = z_up(box()[0])
    np.testing.assert_allclose(posed(asset, 0), start, atol=1e-5)
    halfway = {"LINEAR": 0.5, "STEP": 0.0, "CUBICSPLINE": 0.5}[kind]
    for moment, height in ((1, halfway), (2, 1.0)):
        turned = np.stack([-start[:, 1], start[:, 0], start[:, 2]], axis=1)
        expected = np.where(start[:, 2:] > 1, turned, start)
        expected[:, 2] += height
        np.testing.assert_allclose(posed(asset, moment), expected, atol=1e-5)


def test_nodes_that_stand_in_a_pose_do_not_bend_the_mesh(tiny: Tiny, tmp_path: Path) -> None:
    straight, _ = read(tiny, tmp_path)
    tiny.json["nodes"][1]["rotation"] = [0.3, 0.1, 0, 0.9486833]
    tiny.json["nodes"][2]["rotation"] = [0.5, 0.5, 0.5, 0.5]
    bent, _ = read(tiny, tmp_path)
    assert straight.rig is not None and bent.rig is not None
    np.testing.assert_allclose(bent.meshes[0].positions, straight.meshes[0].positions, atol=1e-5)
    np.testing.assert_allclose(bent.rig.rest_pose, straight.rig.rest_pose, atol=1e-5)


def test_a_rigid_part_on_a_bone_becomes_a_skin_of_weight_one(tiny: Tiny, tmp_path: Path) -> None:
    tiny.json["nodes"][2]["children"] = [4]
    tiny.json["nodes"].append({"name": "Hat", "mesh": 0, "translation": [0, 0, 0.5 / ARMATURE_SCALE]})
    asset, said = read(tiny, tmp_path)
    assert asset.rig is not None and said == []
    assert [mesh.name for mesh in asset.meshes] == ["Body", "Hat"]
    np.testing.assert_allclose(asset.meshes[1].positions, z_up(box()[0]) + np.array([0, 0, 1.5]), atol=1e-5)
    assert asset.rig.skins[1].joint_indices.tolist() == [[1]] * 8 and asset.rig.skins[1].weights.tolist() == [[1]] * 8


def test_a_mesh_beside_the_armature_is_left_out_and_one_below_it_kept(tiny: Tiny, tmp_path: Path) -> None:
    tiny.json["nodes"] += [{"name": "Floor", "mesh": 0}, {"name": "Badge", "mesh": 0}]
    tiny.json["scenes"][0]["nodes"].append(4)
    tiny.json["nodes"][0]["children"].append(5)
    asset, said = read(tiny, tmp_path)
    assert [mesh.name for mesh in asset.meshes] == ["Body", "Badge"] and asset.rig is not None
    assert asset.rig.skins[1].joint_indices.tolist() == [[0]] * 8
    assert said == [
        "The mesh 'Floor' hangs on no bone and was left out. Parent it to a bone to keep it.",
        "The mesh 'Badge' hangs on no bone; it goes with the root 'hip'.",
    ]


def test_several_skins_of_one_skeleton_are_laid_over_each_other(tiny: Tiny, tmp_path: Path) -> None:
    other = tiny.json["accessors"][tiny.json["skins"][0]["inverseBindMatrices"]]
    bind = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    bind[:, 0, 3] = -5.0  # the second mesh was moved when it was bound
    bind[0, 2, 3] = -1.0 / ARMATURE_SCALE
    order = bind.transpose(0, 2, 1).reshape(2, 16)
    tiny.json["skins"].append({"joints": [2, 1], "inverseBindMatrices": tiny.add(order, "MAT4")})
    assert other["count"] == 2
    tiny.json["nodes"][0]["children"].append(4)
    tiny.json["nodes"].append({"name": "Coat", "mesh": 0, "skin": 1})
    asset, _ = read(tiny, tmp_path)
    assert asset.rig is not None and asset.rig.joints == ("hip", "head")
    body, coat = asset.meshes
    np.testing.assert_allclose(coat.positions, body.positions - [5 * ARMATURE_SCALE, 0, 0], atol=1e-3)
    weights = asset.rig.skins[1].weights * (asset.rig.skins[1].joint_indices == 0)
    np.testing.assert_array_equal(weights.sum(1), box()[0][:, 1] > 1)


def test_morph_targets_become_shape_keys(tiny: Tiny, tmp_path: Path) -> None:
    offsets = np.zeros((8, 3), np.float32)
    offsets[4:, 2] = 1 / ARMATURE_SCALE
    tiny.primitive["targets"] = [{"POSITION": tiny.add(offsets, "VEC3")}]
    tiny.json["meshes"][0]["extras"] = {"targetNames": ["tall"]}
    mesh = read(tiny, tmp_path)[0].meshes[0]
    np.testing.assert_allclose(
        mesh.shape_keys["tall"] - mesh.positions, z_up(box()[0].round()) * [0, 0, 0.5], atol=1e-5
    )


def test_sparse_and_normalised_values_are_read(tiny: Tiny, tmp_path: Path) -> None:
    tiny.primitive["attributes"]["WEIGHTS_0"] = tiny.add(
        np.tile(np.array([[51, 204, 0, 0]], np.uint8), (8, 1)), "VEC4", normalized=True
    )
    tiny.add(np.array([[3]], np.uint8), "SCALAR")
    tiny.add(np.array([[9, 9, 9]], np.float32) / ARMATURE_SCALE, "VEC3")
    views = len(tiny.json["bufferViews"])
    tiny.json["accessors"][tiny.primitive["attributes"]["POSITION"]]["sparse"] = {
        "count": 1,
        "indices": {"bufferView": views - 2, "componentType": 5121},
        "values": {"bufferView": views - 1},
    }
    asset, _ = read(tiny, tmp_path)
    assert asset.rig is not None
    np.testing.assert_allclose(asset.rig.skins[0].weights[:, :2], [[0.2, 0.8]] * 8, atol=1e-6)
    np.testing.assert_allclose(asset.meshes[0].positions[3], [9, 9, 9], atol=1e-4)


def test_vertices_without_weight_go_with_the_nearest_bone(tiny: Tiny, tmp_path: Path) -> None:
    weights = np.zeros((8, 4), np.float32)
    weights[0] = np.nan
    tiny.change(tiny.primitive["attributes"]["WEIGHTS_0"], weights)
    asset, said = read(tiny, tmp_path)
    assert asset.rig is not None
    skin = asset.rig.skins[0]
    np.testing.assert_array_equal((skin.weights * (skin.joint_indices == 1)).sum(1), box()[0][:, 1] > 1)
    assert said == ["8 of 8 vertices of 'Body' had no weight and go with the nearest bone."]


def test_normals_that_are_no_numbers_are_made_anew(tiny: Tiny, tmp_path: Path) -> None:
    tiny.primitive["attributes"]["NORMAL"] = tiny.add(np.full((8, 3), np.nan, np.float32), "VEC3")
    asset, said = read(tiny, tmp_path)
    assert said == ["8 of 8 normals of 'Body' could not be used and were made anew."]
    np.testing.assert_allclose(np.linalg.norm(asset.meshes[0].normals, axis=1), 1, atol=1e-5)
    # the faces look outwards
    centres = asset.meshes[0].positions[asset.meshes[0].corners].reshape(-1, 3, 3).mean(1) - [0, 0, 1]
    assert ((centres * asset.meshes[0].normals[::3]).sum(1) > 0).all()


def test_a_mirrored_armature_keeps_faces_and_normals_outside(tiny: Tiny, tmp_path: Path) -> None:
    tiny.json["nodes"][0]["scale"] = [-ARMATURE_SCALE, ARMATURE_SCALE, ARMATURE_SCALE]
    asset, _ = read(tiny, tmp_path)
    points = asset.meshes[0].positions[asset.meshes[0].corners].reshape(-1, 3, 3)
    facing = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    assert ((points.mean(1) - [0, 0, 1]) * facing).sum(1).min() > 0
    assert asset.rig is not None and (np.linalg.det(asset.rig.rest_pose[:, :3, :3]) > 0.99).all()


def picture(size: int = 4) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (size, size), (255, 128, 0)).save(stream, "PNG")
    return stream.getvalue()


def test_pictures_beside_the_file_are_read_and_only_there(tiny: Tiny, tmp_path: Path) -> None:
    tiny.json["images"] = [{"uri": "skin%20map.png"}]
    tiny.json["textures"] = [{"source": 0}]
    tiny.json["materials"][0]["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 0}}
    (tmp_path / "skin map.png").write_bytes(picture())
    asset, said = read(tiny, tmp_path)
    np.testing.assert_allclose(asset.materials[0].maps["albedo"][2, 2], [1, 128 / 255, 0])
    assert asset.materials[0].maps["roughness"].shape == (4, 4, 1) and said == []
    (tmp_path / "deeper").mkdir()
    for uri in ("../skin map.png", str(tmp_path / "skin map.png"), "file:///etc/hostname", "https://example.org/a.png"):
        tiny.json["images"] = [{"uri": uri}]
        asset, said = read(tiny, tmp_path / "deeper")
        assert asset.materials[0].maps["albedo"].shape == (1, 1, 3)
        assert len(said) == 1 and "does not lie in its folder" in said[0]


def test_bytes_beside_the_file_are_read_and_only_there(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny.save(tmp_path / "tiny.gltf")
    tiny.json["buffers"][0]["uri"] = "tiny.bin"
    path.write_text(json.dumps(tiny.json))
    with pytest.raises(InputError, match=r"The file 'tiny.bin' of 'tiny.gltf' does not exist. Check its path."):
        read_character(path)
    (tmp_path / "tiny.bin").write_bytes(tiny.binary)
    assert len(read_character(path).meshes) == 1
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "tiny.bin").write_bytes(tiny.binary)
    (tmp_path / "characters").mkdir()
    (tmp_path / "characters" / "tiny.bin").symlink_to(tmp_path / "elsewhere" / "tiny.bin")
    with pytest.raises(InputError, match="does not lie in its folder"):
        read_character(path.rename(tmp_path / "characters" / "tiny.gltf"))


@pytest.mark.parametrize("data", [b"", b"no picture", picture()[:40]])
def test_a_damaged_picture_is_told_and_left_out(data: bytes, tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "skin.png").write_bytes(data)
    tiny.json["images"] = [{"uri": "skin.png"}, {"uri": "missing.png"}]
    tiny.json["textures"] = [{"source": 0}, {"source": 1}]
    tiny.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
    tiny.json["materials"][0]["normalTexture"] = {"index": 1}
    asset, said = read(tiny, tmp_path)
    assert asset.materials[0].maps["albedo"].shape == (1, 1, 3) and len(said) == 2
    assert "skin.png" in said[0] and "missing.png" in said[1] and "does not exist" in said[1]


def edit(path: str, value: Any) -> Callable[[Tiny], None]:
    """An edit that puts `value` at a place such as 'accessors/0/count' of the JSON; None takes it away."""

    def change(tiny: Tiny) -> None:
        at: Any = tiny.json
        *parts, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        for part in parts:
            at = at[part]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit("nodes/3/skin", None), "'tiny.glb' has no armature. Give a rigged character."),
        (edit("accessors/0/count", 2_000_000), r"has 2,000,000 vertices; 1,000,000 are the most"),
        (edit("accessors/0/count", 10**15), r"are the most"),
        (edit("accessors/0/count", 9), "reaches past the end of its bytes"),
        (edit("accessors/0/count", -1), "is damaged"),
        (edit("accessors/0/count", "many"), "is damaged"),
        (edit("accessors/0/byteOffset", 4), "reaches past the end"),
        (edit("accessors/0/bufferView", 99), "it names number 99 of"),
        (edit("accessors/0/componentType", 7), "unknown type"),
        (edit("bufferViews/0/byteLength", 10**9), "a buffer view reaches past the end of its buffer"),
        (edit("bufferViews/0/byteStride", 4), "is damaged"),
        (edit("nodes/2/children", [1]), "has two parents"),
        (edit("nodes/0/children", [0]), "circle"),
        (edit("nodes/0", []), "'nodes' is no list of objects"),
        (edit("nodes/1/translation", [1, 2]), "is damaged"),
        (edit("nodes/1/translation", [1, 2, "x"]), "is damaged"),
        (edit("skins/0/joints", [1, 77]), "it names number 77 of 4 nodes"),
        (edit("skins/0/joints", [1, 1]), "names a joint twice"),
        (edit("skins/0/joints", [1]), "a vertex names a joint that its skin does not have"),
        (edit("skins/0/inverseBindMatrices", 0), "is damaged"),
        (edit("meshes/0/primitives", {}), "no mesh"),
        (edit("meshes/0/primitives/0/attributes/JOINTS_0", 0), "is damaged"),
        (edit("meshes/0/primitives/0/material", 5), "it names number 5 of 1 materials"),
        (edit("extensionsRequired", ["KHR_draco_mesh_compression"]), "is compressed with Draco. Export it again"),
        (edit("asset", {"version": "1.0"}), "version 2 is read"),
        (edit("scenes/0/nodes", []), "has no armature"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    change: Callable[[Tiny], None], said: str, tiny: Tiny, tmp_path: Path
) -> None:
    change(tiny)
    with pytest.raises(InputError, match=said) as caught:
        read(tiny, tmp_path)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_an_index_past_the_vertices_is_said(tiny: Tiny, tmp_path: Path) -> None:
    tiny.change(tiny.primitive["indices"], np.full((36, 1), 99, np.uint16))
    with pytest.raises(InputError, match="a face names a vertex that is not there"):
        read(tiny, tmp_path)


def test_two_armatures_are_said(tiny: Tiny, tmp_path: Path) -> None:
    nodes = tiny.json["nodes"]
    nodes += [{"name": "Other", "children": [5, 6]}, {"name": "hip2"}, {"name": "Twin", "mesh": 0, "skin": 1}]
    tiny.json["scenes"][0]["nodes"].append(4)
    tiny.json["skins"].append({"joints": [5]})
    with pytest.raises(InputError, match=r"has 2 armatures \('hip', 'hip2'\). Save each character in a file"):
        read(tiny, tmp_path)


def test_five_hundred_bones_are_read_and_two_thousand_are_not(tiny: Tiny, tmp_path: Path) -> None:
    def grow(number: int) -> None:
        first = len(tiny.json["nodes"])
        tiny.json["nodes"] += [{"name": "bone"} for _ in range(number)]
        joints = tiny.json["skins"][0]["joints"]
        joints += range(first, first + number)
        tiny.json["nodes"][2]["children"] = joints[2:]
        matrices = np.tile(np.eye(4, dtype=np.float32).reshape(1, 16), (len(joints), 1))
        tiny.json["skins"][0]["inverseBindMatrices"] = tiny.add(matrices, "MAT4")

    grow(500)
    asset, _ = read(tiny, tmp_path)
    assert asset.rig is not None and len(set(asset.rig.joints)) == 502
    grow(1500)
    with pytest.raises(InputError, match="has 2002 bones; 1024 are the most"):
        read(tiny, tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty. Export it again."),
        (b"glTF", "it ends within its header"),
        (b"glTF\2\0\0\0\x40\0\0\0" + b"\0" * 20, "it should have 64 bytes and has 32"),
        (b"glTF\1\0\0\0\x20\0\0\0" + b"\0" * 20, "is glTF 1; version 2 is read"),
        (b"no json at all", "is not valid JSON"),
        (b"[]", "is no glTF file"),
        (b'{"asset": {"version": "2.0"}}', "has no armature"),
    ],
)
def test_files_that_are_no_gltf_are_said(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(data)
    with pytest.raises(InputError, match=said):
        read_character(tmp_path / "a.glb")


def test_places_that_are_no_files_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_character(tmp_path / "none.glb")
    (tmp_path / "folder.glb").mkdir()
    with pytest.raises(InputError, match="is no file"):
        read_character(tmp_path / "folder.glb")
    with pytest.raises(InputError, match=r"is no glTF file. Give a .glb or .gltf"):
        read_character(tmp_path / "a.obj")


def test_any_damage_to_the_bytes_is_read_or_refused_in_one_sentence(tiny: Tiny, tmp_path: Path) -> None:
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 1]])
    whole = tiny.save(tmp_path / "tiny.glb").read_bytes()
    generator = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for place in generator.integers(0, len(data), 4):
            data[place] = generator.integers(0, 256)
        (tmp_path / "a.glb").write_bytes(bytes(data[: generator.integers(len(data) // 2, len(data) + 1)]))
        try:
            read_character(tmp_path / "a.glb")
        except InputError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 100


def test_numbers_beyond_sense_are_refused_or_left_out(tiny: Tiny, tmp_path: Path) -> None:
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 3e38]])
    asset, said = read(tiny, tmp_path)
    assert asset.clips == () and said == ["The clip 'move' was left out: it moves a bone out of sight."]
    tiny.json["nodes"][0]["scale"] = [1e30] * 3
    with pytest.raises(InputError, match=r"its bones reach farther than 1e\+06 m"):
        read(tiny, tmp_path)


def test_a_skeleton_with_clips_needs_no_mesh(tiny: Tiny, tmp_path: Path) -> None:
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 1]])
    del tiny.json["nodes"][3]["mesh"]
    motion = read_motion(tiny.save(tmp_path / "clips.glb"))
    assert motion.rig is not None and motion.rig.joints == ("hip", "head") and len(motion.clips) == 1
    with pytest.raises(InputError):
        read_character(tmp_path / "clips.glb")


def data_pack() -> Path:
    folder = Path(os.environ.get("MAQUETTE_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
    if not (folder / "characters").is_dir():
        pytest.skip(f"the data pack is not at {folder}")
    return folder / "characters"


def test_characters_of_the_data_pack_read_whole() -> None:
    folder = data_pack()
    index = json.loads((folder / "index.json").read_text())
    entries = [entry for entry in index if entry["file"].endswith(".glb")]
    # one of each pack, and the two whose weights are odd
    first = {entry["pack"]: entry["file"] for entry in reversed(entries)}
    odd = [e["file"] for e in entries if e["file"].endswith(("women/Adventurer.glb", "Wasp.glb"))]
    for file in sorted({*first.values(), *odd}):
        entry = next(entry for entry in entries if entry["file"] == file)
        asset = read_character(folder / file)
        assert asset.rig is not None
        assert len(asset.rig.joints) == entry["joints"], file
        assert sum(len(mesh.corners) for mesh in asset.meshes) == entry["tris"] * 3, file
        for skin in asset.rig.skins:
            np.testing.assert_allclose(skin.weights.sum(1), 1, atol=1e-5)
        for mesh in asset.meshes:
            assert np.isfinite(mesh.positions).all() and np.isfinite(mesh.normals).all()
        for clip in asset.clips:
            assert all(np.isfinite(v).all() for v in (clip.rotations, clip.translations, clip.scales)), file
