# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_building import placed, synthetic_building, synthetic_options

from maquette.core.asset import Asset, Instances, Material
from maquette.core.files import export, gltf
from maquette.core.files.gltf_accessors import floats
from maquette.core.files.gltf_building_writing import transform_of
from maquette.core.files.gltf_container import Document, open_document
from maquette.core.files.gltf_nodes import Z_UP, NodeTree, local_transform, matrix


def silent(fraction: float, text: str) -> None:
    """Nobody watches."""


def document(asset: Asset, folder: Path, **options: bool) -> Document:
    gltf.write(asset, folder, silent, **options)
    return open_document(folder / "asset.glb")


def plain(data: bytes) -> dict[str, Any]:
    length = struct.unpack_from("<I", data, 12)[0]
    found: dict[str, Any] = json.loads(data[20 : 20 + length])
    return found


def limits(found: Document, node: int) -> np.ndarray:
    """(2, 3) lowest and highest places of a node's mesh in the world, Z up."""
    mesh = found.item("meshes", found.items("nodes")[node]["mesh"])
    points = np.concatenate([floats(found, one["attributes"]["POSITION"], 3) for one in mesh["primitives"]])
    world = NodeTree(found).world[node]
    placed_points = points @ world[:3, :3].T + world[:3, 3]
    return np.stack([placed_points.min(0), placed_points.max(0)])


def test_copies_share_their_mesh_and_stand_in_their_storeys(tmp_path: Path) -> None:
    asset = synthetic_building()
    found = document(asset, tmp_path)
    nodes, tree = found.items("nodes"), NodeTree(found)
    uses = Counter(node["mesh"] for node in nodes if "mesh" in node)
    names = {found.items("meshes")[mesh]["name"]: number for mesh, number in uses.items()}
    for copies in asset.instances:
        assert names.pop(copies.mesh) == len(copies.transforms)
    assert set(names.values()) == {1} and {"storey 0 walls", "storey 1 walls", "roof"} <= {*names}
    above = {node["name"]: [tree.name(n) for n in tree.ancestors(index)[1:]] for index, node in enumerate(nodes)}
    assert above["storey 1 wall 0 opening 2"] == ["storey 1", "Haus Grün"]
    assert above["storey 0 chair 2"] == ["storey 0", "Haus Grün"] and above["roof"] == ["Haus Grün"]
    assert len(found.json["scenes"][0]["nodes"]) == 1


def test_everything_stands_where_the_asset_says(tmp_path: Path) -> None:
    asset = synthetic_building()
    found = document(asset, tmp_path)
    by_name = {node["name"]: index for index, node in enumerate(found.items("nodes"))}
    for mesh in asset.meshes:
        if mesh.name in by_name:
            wanted = np.stack([mesh.positions.min(0), mesh.positions.max(0)])
            np.testing.assert_allclose(limits(found, by_name[mesh.name]), wanted, atol=1e-5)
    np.testing.assert_allclose(
        limits(found, by_name["storey 0 chair 2"]), [[13.7, 3.8, 0], [14.3, 4.3, 0.8]], atol=1e-5
    )
    low, high = limits(found, by_name["storey 1 wall 0 opening 1"])
    assert low[2] == pytest.approx(3.2 + 0.9, abs=1e-5) and high[2] == pytest.approx(3.2 + 2.5, abs=1e-5)


@pytest.mark.parametrize("size", [(1, 1, 1), (2, 1, 0.5), (-1, 1, 1), (1, 1, -3)])
def test_a_transform_comes_back(size: tuple[float, float, float]) -> None:
    wanted = placed(3.0, -2.0, 5.5, 2.5) @ np.diag([*size, 1.0])
    node = transform_of(wanted)
    assert "matrix" not in node
    found = Z_UP @ matrix(*local_transform(node)) @ Z_UP.T
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_sheared_transform_is_a_matrix() -> None:
    wanted = placed(1.0, 2.0, 3.0)
    wanted[0, 1] = 0.4
    node = transform_of(wanted, 3.0)
    assert list(node) == ["matrix"]
    found = Z_UP @ matrix(*local_transform(node)) @ Z_UP.T
    np.testing.assert_allclose(found, placed(0, 0, -3.0) @ wanted, atol=1e-12)


def test_uvs_in_metres_become_tiles_of_the_texture(tmp_path: Path) -> None:
    asset = synthetic_building(1)
    found = document(asset, tmp_path)
    (walls,) = (mesh for mesh in found.items("meshes") if mesh["name"] == "storey 0 walls")
    uvs = np.concatenate([floats(found, one["attributes"]["TEXCOORD_0"], 2) for one in walls["primitives"]])
    made = next(mesh for mesh in asset.meshes if mesh.name == "storey 0 walls").uvs["UVMap"] / np.float32([2.0, 1.0])
    tiles = np.unique(np.stack([uvs[:, 0], 1 - uvs[:, 1]], 1).round(4), axis=0)
    np.testing.assert_allclose(tiles, np.unique(made.round(4), axis=0), atol=1e-4)
    # plain materials keep metres
    (roof,) = (mesh for mesh in found.items("meshes") if mesh["name"] == "roof")
    span = np.ptp(np.concatenate([floats(found, one["attributes"]["TEXCOORD_0"], 2) for one in roof["primitives"]]), 0)
    assert span[0] > 14


def test_materials_keep_textures_colours_and_glass(tmp_path: Path) -> None:
    found = document(synthetic_building(), tmp_path)
    materials = {material["name"]: material for material in found.items("materials")}
    assert {"brick", "concrete", "slate", "wood", "frame", "glass", "steel", "sill", "door"} == {*materials}
    assert "baseColorTexture" in materials["brick"]["pbrMetallicRoughness"]
    assert materials["glass"]["alphaMode"] == "BLEND" and "alphaMode" not in materials["frame"]
    assert materials["glass"]["pbrMetallicRoughness"]["baseColorFactor"][3] == pytest.approx(0.3)
    assert all("texture" not in json.dumps(material).lower() for name, material in materials.items() if name != "brick")
    assert all(material["pbrMetallicRoughness"]["metallicFactor"] == 0 for material in materials.values())


def test_elements_bring_their_figures(tmp_path: Path) -> None:
    asset = synthetic_building()
    found = document(asset, tmp_path)
    (node,) = (node for node in found.items("nodes") if node["name"] == "storey 0 wall 0 opening 2")
    assert node["extras"]["ifc_class"] == "IfcWindow" and node["extras"]["width_m"] == pytest.approx(1.4)
    assert found.items("nodes")[0]["extras"] == asset.report


def test_options_stand_in_a_row_with_their_sun_maps(tmp_path: Path) -> None:
    asset = synthetic_options()
    found = document(asset, tmp_path)
    nodes, tree = found.items("nodes"), NodeTree(found)
    roots = [nodes[index] for index in found.json["scenes"][0]["nodes"]]
    assert [root["name"] for root in roots] == ["option 1", "option 2", "slabs"]
    assert "translation" not in roots[0] and roots[0]["extras"] == {"far": 1.5}
    spans = []
    for root in found.json["scenes"][0]["nodes"]:
        inside = [n for n in range(len(nodes)) if "mesh" in nodes[n] and root in tree.ancestors(n)]
        assert {nodes[n]["name"].split()[-1] for n in inside} == {"mass", "neighbours", "ground"}
        corners = np.concatenate([limits(found, n) for n in inside])
        spans.append((corners[:, 0].min(), corners[:, 0].max()))
    assert spans[0][1] < spans[1][0] and spans[1][1] < spans[2][0]
    mass = next(mesh for mesh in found.items("meshes") if mesh["name"] == "option 1 mass")
    for one in mass["primitives"]:
        colours = floats(found, one["attributes"]["COLOR_0"], 4)
        np.testing.assert_allclose(colours, np.tile([0.9, 0.4, 0.1, 1.0], (len(colours), 1)), atol=1e-6)
        material = found.items("materials")[one["material"]]
        assert material["pbrMetallicRoughness"]["baseColorFactor"] == [1, 1, 1, 1]
    assert len(found.items("meshes")) == 5


def test_coarser_levels_are_copied_too(tmp_path: Path) -> None:
    asset = synthetic_building(1)
    coarse = {mesh.name: replace(mesh, levels=(replace(mesh, name="x"),)) for mesh in asset.meshes}
    found = document(replace(asset, meshes=tuple(coarse.values())), tmp_path, levels=True)
    names = Counter(node["name"] for node in found.items("nodes"))
    assert names["storey 0 walls_LOD1"] == names["storey 0 wall 0 opening 2_LOD1"] == 1
    assert Counter(mesh["name"] for mesh in found.items("meshes"))["window_LOD1"] == 1


def test_a_tower_takes_hardly_more_bytes_than_a_house() -> None:
    small, tall = (gltf.to_bytes(synthetic_building(storeys), silent) for storeys in (2, 40))
    (chunk_small, chunk_tall) = (plain(data)["buffers"][0]["byteLength"] for data in (small, tall))
    assert chunk_tall < 1.1 * chunk_small
    assert len(tall) < 0.5e6


def test_many_copies_are_a_few_bytes_each() -> None:
    asset = synthetic_building(1)
    places = np.tile(np.eye(4, dtype=np.float32), (5000, 1, 1))
    places[:, 0, 3] = np.arange(5000)
    many = replace(asset, instances=(*asset.instances[:-1], Instances("tree", places)))
    data = gltf.to_bytes(many, silent)
    assert len(data) < 5000 * 120 + 60_000 and len(plain(data)["meshes"]) == 10


def test_the_same_building_gives_the_same_bytes(tmp_path: Path) -> None:
    assert gltf.to_bytes(synthetic_building(), silent) == gltf.to_bytes(synthetic_building(), silent)
    names = export.export(synthetic_building(), tmp_path, ("glb", "csv", "ifc"), progress=silent)
    assert names == ("asset.glb", "asset.ifc", "areas.csv", "report.csv")


@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="the package 'bpy' is not installed")
def test_blender_keeps_instances_materials_and_measures(tmp_path: Path) -> None:
    asset = synthetic_building()
    glass = Material("glass", {"opacity": np.full((1, 1, 1), 0.3, np.float32)}, (1.0, 1.0), 0.0)
    asset = replace(asset, materials=(*(one for one in asset.materials if one.name != "glass"), glass))
    gltf.write(asset, tmp_path, silent)
    command = [sys.executable, "-c", IMPORT, str(tmp_path / "asset.glb")]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout.strip().splitlines()[-1])
    for copies in asset.instances:
        assert found["users"][copies.mesh] == len(copies.transforms), copies.mesh
    assert sum(found["users"].values()) == len(asset.meshes) - 4 + sum(len(one.transforms) for one in asset.instances)
    assert found["images"]["brick"] == ["Base Color", "Metallic", "Roughness"] and not found["images"]["wood"]
    assert found["alpha"]["glass"] == pytest.approx(0.3) and found["alpha"]["frame"] == 1
    # the trees stand out to the west and the south, the sills to the north
    np.testing.assert_allclose([found["low"], found["high"]], [[-5.2, -0.2, -0.25], [20, 14.05, 7.4]], atol=1e-3)
    assert found["parent"] == "storey 1" and found["class"] == "IfcWindow"


IMPORT = """
import json, sys, bpy
from mathutils import Vector
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[1])
items = [item for item in bpy.context.scene.objects if item.type == "MESH"]
bpy.context.view_layer.update()
corners = [item.matrix_world @ Vector(corner) for item in items for corner in item.bound_box]
images, alpha = {}, {}
for material in bpy.data.materials:
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    images[material.name] = sorted(link.to_socket.name for link in material.node_tree.links if link.to_node == shader)
    alpha[material.name] = round(shader.inputs["Alpha"].default_value, 4)
window = bpy.data.objects["storey 1 wall 0 opening 2"]
print()
print(json.dumps({"users": {mesh.name: mesh.users for mesh in bpy.data.meshes}, "images": images, "alpha": alpha,
    "low": [min(corner[n] for corner in corners) for n in range(3)],
    "high": [max(corner[n] for corner in corners) for n in range(3)],
    "parent": window.parent.name, "class": window["ifc_class"]}))
"""
