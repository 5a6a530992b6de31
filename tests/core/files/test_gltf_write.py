# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_glb import Tiny

from maquette.core import bundle
from maquette.core.asset import Asset, Clip, Material, Mesh, Rig, Skin
from maquette.core.errors import InputError
from maquette.core.files import export, gltf
from maquette.core.files.gltf_mesh_writing import triangulated
from maquette.core.files.gltf_read import read_character, read_motion


def silent(fraction: float, text: str) -> None:
    """Nobody watches."""


def turned(axis: int, angle: float) -> np.ndarray:
    a, b = [n for n in range(3) if n != axis]
    matrix = np.eye(4)
    matrix[[a, a, b, b], [a, b, a, b]] = [np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)]
    return matrix


@pytest.fixture
def knight() -> Asset:
    """Two quads and a pentagon in two materials on three joints, with everything that a mesh may have."""
    positions = np.array(
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1], [1, 0.1, 2], [0, 0, 2], [0.5, 0, 2.5], [-0.5, 0, 2.25]], np.float32
    )
    corners = np.array([0, 1, 2, 3, 3, 2, 4, 5, 3, 5, 6, 7, 0], np.int32)
    starts = np.array([0, 4, 8, 13], np.int32)
    generator = np.random.default_rng(0)
    normals = generator.normal(size=(13, 3)).astype(np.float32)
    mesh = Mesh(
        "Knight_Body",
        positions,
        corners,
        starts,
        np.array([0, 1, 0], np.int32),
        ("steel", "cloth"),
        {"UVMap": generator.random((13, 2), np.float32), "UVMap.001": generator.random((13, 2), np.float32)},
        {"smile": positions + np.float32(0.25), "frown": positions * np.float32(0.5)},
        normals=normals / np.linalg.norm(normals, axis=1, keepdims=True),
        colors={"Color": generator.random((13, 4), np.float32)},
    )
    level = replace(mesh, name="coarse", shape_keys={}, levels=())
    rest = np.stack([turned(0, 0.3), turned(1, 1.2), turned(2, -2.0)])
    rest[:, :3, 3] = [[0, 0, 0], [0, 0.1, 1], [0.2, 0, 2]]
    joints = generator.integers(0, 3, (8, 5)).astype(np.int32)
    weights = generator.random((8, 5)).astype(np.float32)
    rig = Rig(
        ("root", "spine", "head"),
        np.array([-1, 0, 1], np.int32),
        rest.astype(np.float32),
        (Skin("Knight_Body", joints, weights / weights.sum(1, keepdims=True)),),
    )
    rotations = generator.normal(size=(4, 3, 4)).astype(np.float32)
    clip = Clip(
        "walk",
        np.array([0, 0.25, 0.5, 2], np.float32),
        rotations / np.linalg.norm(rotations, axis=2, keepdims=True),
        generator.normal(size=(4, 3, 3)).astype(np.float32),
        generator.uniform(0.5, 2, (4, 3, 3)).astype(np.float32),
    )
    steel = {"albedo": np.full((1, 1, 3), 0.5, np.float32), "roughness": np.full((1, 1, 1), 0.25, np.float32)}
    steel |= {"metallic": np.ones((1, 1, 1), np.float32), "emission": np.full((1, 1, 3), 0.75, np.float32)}
    shapes = {"albedo": 3, "normal": 3, "roughness": 1, "metallic": 1, "ambient_occlusion": 1, "opacity": 1}
    cloth = {name: np.round(generator.random((8, 4, n)) * 255).astype(np.float32) / 255 for name, n in shapes.items()}
    materials = (Material("steel", steel, (0.0, 0.0), 0.0), Material("cloth", cloth, (0.0, 0.0), 0.0))
    return Asset("knight", materials, (replace(mesh, levels=(level,)),), rig, (clip,))


def plain(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<I", data, 12)
    found: dict[str, Any] = json.loads(data[20 : 20 + length])
    return found


def by_corner(mesh: Mesh) -> np.ndarray:
    """What each corner of each triangle is, by material: the same whatever the vertices' order."""
    triangles, faces = triangulated(mesh)
    order = np.argsort(mesh.material_of_face[faces], kind="stable")
    corners = triangles[order].reshape(-1)
    keys = [key[mesh.corners[corners]] for key in mesh.shape_keys.values()]
    layers = [uv[corners] for uv in mesh.uvs.values()] + [colour[corners] for colour in mesh.colors.values()]
    return np.concatenate([mesh.positions[mesh.corners[corners]], mesh.normals[corners], *layers, *keys], axis=1)


def weights_by_corner(asset: Asset, number: int = 0) -> np.ndarray:
    """(C, J) weight of each joint on each corner of each triangle of a mesh, by material."""
    assert asset.rig is not None
    mesh, skin = asset.meshes[number], asset.rig.skins[number]
    dense = np.zeros((len(mesh.positions), len(asset.rig.joints)))
    np.add.at(dense, (np.arange(len(dense))[:, None], skin.joint_indices), skin.weights)
    triangles, faces = triangulated(mesh)
    order = np.argsort(mesh.material_of_face[faces], kind="stable")
    return dense[mesh.corners[triangles[order].reshape(-1)]]


def test_what_is_written_is_read_again(knight: Asset, tmp_path: Path) -> None:
    gltf.write(knight, tmp_path, silent)
    said: list[str] = []
    again = read_character(tmp_path / "asset.glb", warn=said.append)
    assert said == [] and knight.rig is not None and again.rig is not None
    mesh, found = knight.meshes[0], again.meshes[0]
    assert (found.name, found.materials) == (mesh.name, mesh.materials)
    assert list(found.uvs) == list(mesh.uvs) and list(found.shape_keys) == list(mesh.shape_keys)
    np.testing.assert_allclose(by_corner(found), by_corner(mesh), atol=1e-6)
    assert again.rig.joints == knight.rig.joints
    np.testing.assert_array_equal(again.rig.parents, knight.rig.parents)
    np.testing.assert_allclose(again.rig.rest_pose, knight.rig.rest_pose, atol=1e-6)
    for name in ("times_s", "translations", "scales"):
        np.testing.assert_allclose(getattr(again.clips[0], name), getattr(knight.clips[0], name), atol=1e-5)
    same = (again.clips[0].rotations * knight.clips[0].rotations).sum(2)
    np.testing.assert_allclose(np.abs(same), 1, atol=1e-6)
    for material, other in zip(knight.materials, again.materials, strict=True):
        assert material.name == other.name
        for map_name, image in material.maps.items():
            np.testing.assert_allclose(other.maps[map_name], image, atol=1e-5)


def test_the_four_strongest_weights_are_kept(knight: Asset, tmp_path: Path) -> None:
    assert knight.rig is not None
    gltf.write(knight, tmp_path, silent)
    skin = knight.rig.skins[0]
    weakest = skin.weights.argmin(1)
    weights = skin.weights.copy()
    weights[np.arange(8), weakest] = 0
    strong = Skin(skin.mesh, skin.joint_indices, weights / weights.sum(1, keepdims=True))
    expected = weights_by_corner(replace(knight, rig=replace(knight.rig, skins=(strong,))))
    np.testing.assert_allclose(weights_by_corner(read_character(tmp_path / "asset.glb")), expected, atol=1e-6)


def test_a_flat_mesh_has_no_normals_and_keeps_its_vertices(knight: Asset, tmp_path: Path) -> None:
    mesh = replace(knight.meshes[0], normals=np.zeros((0, 3), np.float32), uvs={}, colors={}, shape_keys={})
    gltf.write(replace(knight, meshes=(mesh,)), tmp_path, silent)
    found = read_character(tmp_path / "asset.glb").meshes[0]
    # a vertex is written once for each material that it is part of
    assert len(found.normals) == 0 and len(found.positions) == 11


def test_the_same_character_gives_the_same_bytes(knight: Asset) -> None:
    assert gltf.to_bytes(knight, silent) == gltf.to_bytes(knight, silent)


def test_what_does_not_move_has_one_key(knight: Asset, tmp_path: Path) -> None:
    clip = knight.clips[0]
    still = np.broadcast_to(np.array([1, 0, 0, 0], np.float32), clip.rotations.shape)
    quiet = Clip("idle", clip.times_s, still, np.zeros_like(clip.translations), np.ones_like(clip.scales))
    gltf.write(replace(knight, clips=(quiet,)), tmp_path, silent)
    found = read_character(tmp_path / "asset.glb").clips[0]
    np.testing.assert_array_equal(found.times_s, clip.times_s)
    np.testing.assert_allclose(np.abs(found.rotations[..., 0]), 1)
    animation = plain(tmp_path / "asset.glb")["animations"][0]
    assert {channel["target"]["path"] for channel in animation["channels"]} == {"translation", "rotation"}


@pytest.mark.parametrize(
    ("name", "file", "meshes", "clips"),
    [
        ("glb", "asset.glb", ["Knight_Body"], 1),
        ("glb_still", "asset.glb", ["Knight_Body"], 0),
        ("glb_levels", "asset.glb", ["Knight_Body", "Knight_Body_LOD1"], 1),
        ("clips", "clips.glb", [], 1),
    ],
)
def test_an_export_takes_what_it_is_named_for(
    name: str, file: str, meshes: list[str], clips: int, knight: Asset, tmp_path: Path
) -> None:
    assert export.export(knight, tmp_path, (name,), progress=silent) == (file,)
    found = plain(tmp_path / file)
    assert [mesh["name"] for mesh in found.get("meshes", [])] == meshes
    assert len(found.get("animations", [])) == clips
    assert bundle.read_manifest(tmp_path)["files"] == (file,)


def test_clips_alone_are_read_as_motion(knight: Asset, tmp_path: Path) -> None:
    export.export(knight, tmp_path, ("clips", "glb_still"), progress=silent)
    motion = read_motion(tmp_path / "clips.glb")
    still = read_character(tmp_path / "asset.glb")
    assert motion.rig is not None and still.rig is not None and motion.rig.joints == still.rig.joints
    np.testing.assert_allclose(motion.rig.rest_pose, still.rig.rest_pose, atol=1e-6)
    np.testing.assert_allclose(motion.clips[0].translations, knight.clips[0].translations, atol=1e-5)


def test_exports_of_one_file_are_told_apart(knight: Asset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"glb and glb_still would both write asset.glb. Name one of them."):
        export.export(knight, tmp_path, ("glb", "glb_still"), progress=silent)
    with pytest.raises(InputError, match=r"'knight' has no clips to write"):
        export.export(replace(knight, clips=()), tmp_path, ("clips",), progress=silent)


def test_a_coarser_version_takes_the_weights_of_the_nearest_vertices(knight: Asset, tmp_path: Path) -> None:
    gltf.write(knight, tmp_path, silent, levels=True)
    found = read_character(tmp_path / "asset.glb")
    np.testing.assert_allclose(weights_by_corner(found, 1), weights_by_corner(found, 0), atol=1e-6)


def test_meshes_without_a_rig_are_written_too(knight: Asset, tmp_path: Path) -> None:
    gltf.write(replace(knight, rig=None, clips=()), tmp_path, silent)
    found = plain(tmp_path / "asset.glb")
    assert "skins" not in found and len(found["nodes"]) == 2 and "skin" not in found["nodes"][1]


def test_many_vertices_and_joints_need_larger_numbers(tmp_path: Path) -> None:
    count = 70_000
    positions = np.random.default_rng(0).random((count, 3), np.float32)
    corners = np.arange(count // 3 * 3, dtype=np.int32)
    starts = np.arange(0, len(corners) + 1, 3, dtype=np.int32)
    mesh = Mesh("Cloud", positions, corners, starts, np.zeros(len(starts) - 1, np.int32))
    rest = np.tile(np.eye(4, dtype=np.float32), (300, 1, 1))
    joints = (np.arange(count) % 300).astype(np.int32)[:, None]
    rig = Rig(
        tuple(f"bone_{n}" for n in range(300)),
        np.arange(-1, 299, dtype=np.int32),
        rest,
        (Skin("Cloud", joints, np.ones((count, 1), np.float32)),),
    )
    gltf.write(Asset("cloud", meshes=(mesh,), rig=rig), tmp_path, silent)
    found = read_character(tmp_path / "asset.glb")
    assert found.rig is not None and found.materials[0].name == "Material"
    np.testing.assert_array_equal(found.meshes[0].positions[found.meshes[0].corners], positions[corners])
    np.testing.assert_array_equal(found.rig.skins[0].joint_indices[found.meshes[0].corners, 0], joints[corners, 0])


def test_quads_are_cut_along_the_shorter_diagonal() -> None:
    positions = np.array([[0, 0, 0], [3, 0, 0], [4, 1, 0], [1, 1, 0]], np.float32)
    mesh = Mesh("Quad", positions, np.arange(4, dtype=np.int32), np.array([0, 4], np.int32), np.zeros(1, np.int32))
    assert triangulated(mesh)[0].tolist() == [[1, 2, 3], [1, 3, 0]]


def test_a_scaled_armature_is_written_in_metres(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 0.01]])
    first = read_character(tiny.save(tmp_path / "tiny.glb"))
    gltf.write(first, tmp_path, silent)
    again = read_character(tmp_path / "asset.glb")
    np.testing.assert_allclose(again.meshes[0].positions, first.meshes[0].positions, atol=1e-6)
    np.testing.assert_allclose(again.clips[0].translations[1, 0], [0, 0, 1], atol=1e-6)
    assert all("scale" not in node for node in plain(tmp_path / "asset.glb")["nodes"])


def test_pictures_of_a_character_are_written_as_png_and_exr(knight: Asset, tmp_path: Path) -> None:
    names = export.export(knight, tmp_path, ("png", "exr"), progress=silent)
    assert {"steel_emission.png", "cloth_opacity.png", "steel_emission.exr", "cloth_opacity.exr"} <= set(names)


@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="the package 'bpy' is not installed")
def test_blender_reads_the_character_and_moves_it(tmp_path: Path) -> None:
    tiny = Tiny()
    tiny.animate(2, "rotation", [0, 1], [[0, 0, 0, 1], [0, 0, np.sqrt(0.5), np.sqrt(0.5)]])
    tiny.animate(1, "translation", [0, 1], [[0, 0, 0], [0, 0, 0.01]])
    asset = read_character(tiny.save(tmp_path / "tiny.glb"))
    gltf.write(asset, tmp_path, silent)
    said = subprocess.run(
        [sys.executable, "-c", IMPORT, str(tmp_path / "asset.glb")],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout.strip().splitlines()[-1])
    assert found["bones"] == ["hip", "head"] and found["scale"] == [1, 1, 1] and found["actions"] == 1
    start = asset.meshes[0].positions
    np.testing.assert_allclose(sorted(found["first"]), sorted(np.round(start, 3).tolist()), atol=2e-3)
    up = start[:, 2:] > 1
    moved = np.where(up, np.stack([-start[:, 1], start[:, 0], start[:, 2]], axis=1), start) + np.array([0, 0, 1])
    np.testing.assert_allclose(sorted(found["last"]), sorted(np.round(moved, 3).tolist()), atol=2e-3)


IMPORT = """
import json, sys, bpy
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[1])
armature = next(thing for thing in bpy.data.objects if thing.type == "ARMATURE")
body = bpy.data.objects["Body"]
def places(frame):
    bpy.context.scene.frame_set(frame)
    shown = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    return [[round(x, 3) + 0.0 for x in shown.matrix_world @ vertex.co] for vertex in shown.data.vertices]
scene = bpy.context.scene
last = round(scene.render.fps / scene.render.fps_base)
print()
print(json.dumps({"bones": [bone.name for bone in armature.data.bones],
    "scale": [round(x, 4) for x in armature.scale], "actions": len(bpy.data.actions),
    "first": places(0), "last": places(last)}))
"""
