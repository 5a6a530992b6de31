# SPDX-License-Identifier: GPL-3.0-or-later
"""Export for Engine: from what the material shows, hand edits too, or from the kept result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore:'Material.use_nodes':DeprecationWarning")


def read(path: Path) -> np.ndarray:
    """(H, W, 4) as stored, top row first."""
    image = bpy.data.images.load(str(path))
    image.colorspace_settings.name = "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    shaped: np.ndarray = pixels.reshape(image.size[1], image.size[0], 4)[::-1]
    bpy.data.images.remove(image)
    return shaped


@pytest.fixture
def material(maquette: Any, settings: Any, cube: Any) -> Any:
    """What the fake engine makes: every map of one value, see `fake_engine.COLOURS`."""
    maquette.finish(maquette.start())
    return cube.active_material


def test_unreal_from_the_images_of_the_blend(material: Any, tmp_path: Path) -> None:
    assert bpy.ops.maquette.export_for_engine(directory=str(tmp_path / "new"), preset="unreal") == {"FINISHED"}
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {f"T_RedBrick_{part}.png" for part in ("BC", "N", "ORM", "H")}
    packed = read(tmp_path / "new" / "T_RedBrick_ORM.png")
    assert packed.shape == (128, 128, 4)
    np.testing.assert_allclose(packed[0, 0, :3] * 255, (250, 200, 0), atol=0.01)
    normal = read(tmp_path / "new" / "T_RedBrick_N.png")
    np.testing.assert_allclose(normal[0, 0, :3] * 255, (128, 127, 255), atol=0.01)


def test_hand_edits_are_exported(material: Any, tmp_path: Path) -> None:
    image = material.node_tree.nodes["Maquette Albedo"].image
    pixels = np.empty(128 * 128 * 4, np.float32)
    image.pixels.foreach_get(pixels)
    shaped = pixels.reshape(128, 128, 4)
    shaped[-1, :, :3] = (0.0, 1.0, 0.0)  # Blender's last row is the file's first
    image.pixels.foreach_set(shaped.ravel())
    bpy.ops.maquette.export_for_engine(directory=str(tmp_path), preset="godot")
    colour = read(tmp_path / "red_brick_albedo.png")
    np.testing.assert_allclose(colour[0, 5, :3], (0, 1, 0), atol=1e-3)
    np.testing.assert_allclose(colour[1, 5, :3] * 255, (0, 90, 60), atol=0.01)


def test_smoothness_lies_in_alpha(material: Any, tmp_path: Path) -> None:
    bpy.ops.maquette.export_for_engine(directory=str(tmp_path), preset="unity", file="png16")
    np.testing.assert_allclose(read(tmp_path / "RedBrick_MaskMap.png")[3, 3] * 255, (0, 250, 255, 55), atol=0.01)


def test_exr_is_linear(material: Any, tmp_path: Path) -> None:
    bpy.ops.maquette.export_for_engine(directory=str(tmp_path), preset="unreal", file="exr")
    colour = read(tmp_path / "T_RedBrick_BC.exr")
    assert colour[0, 0, 1] == pytest.approx(((90 / 255 + 0.055) / 1.055) ** 2.4, abs=1e-3)


def test_a_map_whose_node_is_gone_comes_from_the_kept_result(material: Any, tmp_path: Path) -> None:
    material.node_tree.nodes.remove(material.node_tree.nodes["Maquette Roughness"])
    bpy.ops.maquette.export_for_engine(directory=str(tmp_path), preset="unreal")
    np.testing.assert_allclose(read(tmp_path / "T_RedBrick_ORM.png")[0, 0, :3] * 255, (250, 200, 0), atol=0.01)


def test_maps_of_two_sizes_are_said(material: Any, tmp_path: Path) -> None:
    material.node_tree.nodes["Maquette Roughness"].image.scale(64, 64)
    with pytest.raises(RuntimeError, match=r"maps of ORM differ in size .*Roughness 64 x 64"):
        bpy.ops.maquette.export_for_engine(directory=str(tmp_path), preset="unreal")
    assert not list(tmp_path.glob("T_*"))


def test_a_folder_that_cannot_be_written_is_said(material: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RuntimeError, match=r"cannot be written to.*Choose another folder"):
        bpy.ops.maquette.export_for_engine(directory=str(tmp_path / "file"), preset="unreal")
    with pytest.raises(RuntimeError, match=r"No folder was named"):
        bpy.ops.maquette.export_for_engine(preset="unreal")


def test_in_a_window_it_goes_on_by_steps_and_can_be_cancelled(maquette: Any, material: Any, tmp_path: Path) -> None:
    runs = maquette.module("addon.export_run")
    preset = maquette.module("core.files.packing").PRESETS["unreal"]
    run = runs.export_of(material, preset, "png", tmp_path)
    runs.begin(run)
    assert run.step() and runs.current() is run and 0 < run.fraction < 1
    run.cancel()
    assert not run.step() and run.done and runs.current() is None
    outcome = maquette.module("addon.operators.export").outcome(run, 0.02)
    assert outcome.level == "INFO" and "Nothing was written" in outcome.text
    runs.begin(None)
    run = runs.export_of(material, preset, "png", tmp_path)
    run.wait()
    said = maquette.module("addon.operators.export").outcome(run, 0.02).text
    assert "4 textures for Unreal Engine" in said and "2 cm" in said
