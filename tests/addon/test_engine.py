# SPDX-License-Identifier: GPL-3.0-or-later
"""The real engine, end to end, inside this Blender."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

PYTHON = os.environ.get("MAQUETTE_PYTHON", "")
pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="MAQUETTE_PYTHON names no interpreter with the engine's packages"),
    pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning"),
]


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A coloured picture with structure, written by Blender."""
    rows, columns = np.mgrid[0:128, 0:160]
    grain = np.random.default_rng(1).random((128, 160)) * 0.3
    pixels = np.ones((128, 160, 4), np.float32)
    pixels[..., 0] = 0.5 + 0.4 * ((rows // 16) % 2) * grain
    pixels[..., 1] = 0.3 + grain
    pixels[..., 2] = 0.2 + 0.2 * ((columns // 20) % 2)
    image = bpy.data.images.new("noise", 160, 128)
    image.pixels.foreach_set(pixels.ravel())
    image.filepath_raw, image.file_format = str(tmp_path / "noise.png"), "PNG"
    image.save()
    bpy.data.images.remove(image)
    return tmp_path / "noise.png"


def test_photograph_to_material(maquette: Any, cube: Any, noise: Path) -> None:
    engine = maquette.module("addon.engine")
    maquette.studio._start_engine = engine.start_engine
    settings = bpy.context.scene.maquette
    settings.references.albedo.path = str(noise)
    settings.texture_exemplar.size = 128
    assert bpy.ops.maquette.generate() == {"FINISHED"}
    material = cube.active_material
    nodes = material.node_tree.nodes
    images = {node.label: node.image for node in nodes if node.type == "TEX_IMAGE"}
    assert set(images) == {"Albedo", "Normal", "Roughness", "Metallic", "Height", "Ambient occlusion"}
    assert {tuple(image.size) for image in images.values()} == {(128, 128)}
    albedo = np.empty(128 * 128 * 4, np.float32)
    images["Albedo"].pixels.foreach_get(albedo)
    assert 0.01 < albedo.reshape(-1, 4)[:, :3].std() < 0.5
    first = bytes(images["Albedo"].packed_file.data)
    pid = maquette.studio.engine.pid
    # the job above stays loaded; a new seed changes the picture, the old seed brings the same bytes
    maquette.finish(maquette.start("new_seed"))
    assert maquette.studio.engine.pid == pid
    assert bytes(nodes["Maquette Albedo"].image.packed_file.data) != first
    bpy.ops.maquette.clear_cache()
    maquette.finish(maquette.start("regenerate"))
    assert json.loads(material["maquette_request"])["seed"] == 0
    assert bytes(nodes["Maquette Albedo"].image.packed_file.data) == first


def test_bad_picture_is_one_sentence(maquette: Any, cube: Any, tmp_path: Path) -> None:
    maquette.studio._start_engine = maquette.module("addon.engine").start_engine
    bad = tmp_path / "no picture 🧱.jpg"
    bad.write_text("hello")
    bpy.context.scene.maquette.references.albedo.path = str(bad)
    with pytest.raises(RuntimeError, match="no picture"):
        bpy.ops.maquette.generate()
    assert cube.active_material is None


def test_check_finds_the_engine_whole(maquette: Any) -> None:
    engine = maquette.module("addon.engine")
    engine.look_again()
    bpy.ops.maquette.check_engine()
    assert all(finding.fine for finding in engine.findings()), engine.findings()
    assert any("torch" in finding.text for finding in engine.findings())
