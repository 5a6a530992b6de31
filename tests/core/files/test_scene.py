# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host's scene is built from: arrays, with textures as files; or the shape alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from maquette.core import bundle
from maquette.core.asset import Asset, Clip, Material, Mesh
from maquette.core.files import export, scene


def character() -> Asset:
    rng = np.random.default_rng(3)
    image = rng.random((8, 4, 3), np.float32)
    cloth = Material(
        "Cloth", {"albedo": image, "emission": image, "roughness": np.ones((1, 1, 1), np.float32)}, (0, 0), 0
    )
    one = np.zeros((1, 1, 3), np.float32)
    skin = Material("a/skin", {"albedo": one}, (0.0, 0.0), 0.0)
    mesh = Mesh(
        "Body", rng.random((3, 3), np.float32), np.int32([0, 1, 2]), np.int32([0, 3]), np.int32([0]), ("Cloth",)
    )
    clip = Clip("Idle", np.float32([0]), np.zeros((1, 0, 4)), np.zeros((1, 0, 3)), np.zeros((1, 0, 3)))
    return Asset("one", (skin, cloth), (mesh,), clips=(clip,))


def test_textures_are_files_and_plain_values_arrays(tmp_path: Path) -> None:
    made = character()
    files = export.export(made, tmp_path, ("scene",), progress=lambda fraction, text: None)
    assert sorted(files) == ["texture_1_albedo.png", "texture_1_emission.png"]
    assert [scene.material_and_map(file) for file in sorted(files)] == [(1, "albedo"), (1, "emission")]
    assert scene.material_and_map("albedo.png") is None
    picture = np.asarray(Image.open(tmp_path / "texture_1_albedo.png"), np.float32) / 255
    assert np.abs(picture - made.materials[1].maps["albedo"]).max() <= 0.5 / 255 + 1e-6
    found = bundle.load(tmp_path)
    assert [set(material.maps) for material in found.materials] == [{"albedo"}, {"roughness"}]
    assert np.array_equal(found.meshes[0].positions, made.meshes[0].positions) and len(found.clips) == 1


def test_names_of_materials_never_leave_the_folder(tmp_path: Path) -> None:
    made = character()
    skins = tuple(dataclasses.replace(made.materials[1], name=name) for name in ("../out", "a/b", "a:b", ""))
    for formats in (("png8",), ("unity",)):
        folder = tmp_path / formats[0] / "in"
        folder.mkdir(parents=True)
        files = export.export(
            dataclasses.replace(made, materials=skins), folder, formats, progress=lambda fraction, text: None
        )
        assert len(set(files)) == len(files) >= 4 and all((folder / file).parent == folder for file in files)
        assert [path.name for path in folder.parent.iterdir()] == ["in"]


def test_the_shape_alone_is_small(tmp_path: Path) -> None:
    made = character()
    assert export.export(made, tmp_path, ("shape",), progress=lambda fraction, text: None) == ()
    found = bundle.load(tmp_path)
    assert found.materials == () and found.clips == ()
    assert np.array_equal(found.meshes[0].positions, made.meshes[0].positions)
