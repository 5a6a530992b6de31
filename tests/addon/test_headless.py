# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts for a Blender without a window, run as the guide's lines run them: in a process of their own."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small_building

REPO = Path(__file__).resolve().parents[2]
SCRIPTS = REPO / "addon" / "scene"
# what `blender -b SCENE -P SCRIPT -- ...` does, for Blender as a module
BLENDER = (
    "import bpy, runpy, sys; bpy.ops.wm.open_mainfile(filepath=sys.argv[1]); "
    "runpy.run_path(sys.argv[2], run_name='__main__')"
)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def result(tmp_path: Path, maquette: Any) -> Path:
    """A finished result's folder, with arrays in place of pictures."""
    asset, bundle, request = (maquette.module(f"core.{name}") for name in ("asset", "bundle", "request"))
    plain = {"generator": "texture", "method": "exemplar", "references": [{"role": "albedo", "sha256": "0" * 64}]}
    wish = request.Request.from_plain(plain)
    maps = {
        "albedo": np.full((32, 32, 3), 0.5, np.float32),
        "roughness": np.full((32, 32, 1), 0.7, np.float32),
    }
    made = asset.Asset(
        name="wall",
        materials=(asset.Material("wall", maps, (2.0, 2.0), 0.04),),
        provenance=asset.Provenance("0.1.0", wish.key, 1, "", "cpu", wish.to_plain(with_paths=False)),
    )
    folder = tmp_path / "results" / "Wall"
    folder.parent.mkdir()
    bundle.save(made, folder)
    return folder


@pytest.fixture
def scene(tmp_path: Path, maquette: Any) -> Path:
    """A saved scene with two cubes, Wall and Floor."""
    import bpy

    for name in ("Wall", "Floor"):
        bpy.ops.mesh.primitive_cube_add()
        bpy.context.object.name = name
    path = tmp_path / "scene.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path), check_existing=False)
    return path


def materials_in(path: Path) -> dict[str, list[str]]:
    """Object name to its materials' names in a saved scene."""
    import bpy

    bpy.ops.wm.open_mainfile(filepath=str(path))
    return {item.name: [m.name for m in item.data.materials if m] for item in bpy.data.objects if item.type == "MESH"}


def test_a_result_becomes_an_asset_in_a_blend(result: Path, tmp_path: Path) -> None:
    import bpy

    out = tmp_path / "wall.blend"
    done = run(str(SCRIPTS / "blend_file.py"), "--", str(result), str(out))
    assert done.returncode == 0, done.stderr
    with bpy.data.libraries.load(str(out), assets_only=True) as (there, wanted):
        assert len(there.materials) == 1
        wanted.materials = there.materials
    material = wanted.materials[0]
    assert material.asset_data is not None
    assert material.preview.image_size[0] > 0
    assert json.loads(material["maquette_request"])["method"] == "exemplar"


def test_results_go_on_the_objects_of_their_names(result: Path, scene: Path) -> None:
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), "--", str(result.parent))
    assert done.returncode == 0, done.stderr
    assert materials_in(scene) == {"Wall": ["Wall"], "Floor": []}


def test_a_result_goes_where_it_is_told_to(result: Path, scene: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.blend"
    order = ("--", str(result), "--to", "Wall", "--to", "Floor", "--out", str(out))
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), *order)
    assert done.returncode == 0, done.stderr
    assert materials_in(out) == {"Wall": ["Wall"], "Floor": ["Wall"]}
    assert materials_in(scene) == {"Wall": [], "Floor": []}


def test_a_missing_object_is_said(result: Path, scene: Path) -> None:
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), "--", str(result), "--to", "Roof")
    assert done.returncode == 1
    assert "no object that can be changed for: Roof" in done.stderr


def test_a_jobs_file_is_made_and_placed(scene: Path, tmp_path: Path, photo: Path) -> None:
    python = os.environ.get("MAQUETTE_PYTHON")
    if not python:
        pytest.skip("MAQUETTE_PYTHON names no interpreter with torch")
    jobs = tmp_path / "jobs.jsonl"
    job = {"name": "Floor", "generator": "texture", "method": "exemplar", "params": {"size": 64}}
    jobs.write_text(json.dumps({**job, "references": [str(photo)]}) + "\n", encoding="utf-8")
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), "--", str(jobs), "--python", python)
    assert done.returncode == 0, done.stderr
    assert materials_in(scene) == {"Wall": [], "Floor": ["Floor"]}


@pytest.fixture
def post(tmp_path: Path, maquette: Any) -> Path:
    """A finished character's folder."""
    sys.path.insert(0, str(REPO / "tests" / "addon"))
    try:
        from fake_engine import character  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(REPO / "tests" / "addon"))
    request = maquette.module("core.request").Request.from_plain({"generator": "texture", "method": "family"})
    asset, bundle = maquette.module("core.asset"), maquette.module("core.bundle")
    provenance = asset.Provenance("0.1.0", request.key, 1, "", "cpu", request.to_plain(with_paths=False))
    folder = tmp_path / "characters" / "Post"
    bundle.save(dataclasses.replace(character({"params": {}, "seed": 0}), provenance=provenance), folder)
    return folder


def test_a_character_stands_where_its_object_stands(post: Path, scene: Path) -> None:
    import bpy

    bpy.data.objects["Wall"].location = (4, 5, 6)
    bpy.ops.wm.save_as_mainfile(filepath=str(scene), check_existing=False)
    order = ("--", str(post), "--to", "Wall", "--out", str(scene))
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), *order)
    assert done.returncode == 0, done.stderr
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    armature = bpy.data.objects["Post"]
    assert tuple(armature.location) == (4, 5, 6) and len(armature.children) == 1
    assert bpy.data.actions["Post Wave"].use_fake_user


def test_a_character_becomes_an_asset_in_a_blend(post: Path, tmp_path: Path) -> None:
    import bpy

    out = tmp_path / "post.blend"
    done = run(str(SCRIPTS / "blend_file.py"), "--", str(post), str(out))
    assert done.returncode == 0, done.stderr
    with bpy.data.libraries.load(str(out), assets_only=True) as (there, wanted):
        wanted.collections = there.collections
    (collection,) = wanted.collections
    assert {item.type for item in collection.objects} == {"ARMATURE", "MESH"}
    assert collection.preview.image_size[0] > 0
    armature = next(item for item in collection.objects if item.type == "ARMATURE")
    assert armature["maquette_clip_0"].name == "fake Wave", "clips come along"


@pytest.fixture
def house(tmp_path: Path, maquette: Any) -> Path:
    """A finished building's folder."""
    return save_building(maquette, tmp_path / "buildings" / "House", "building")


def save_building(maquette: Any, folder: Path, kind: str) -> Path:
    """The small building, or the row of options, as a finished result."""
    request = maquette.module("core.request").Request.from_plain({"generator": "texture", "method": "family"})
    asset, bundle = maquette.module("core.asset"), maquette.module("core.bundle")
    provenance = asset.Provenance("0.1.0", request.key, 1, "", "cpu", request.to_plain(with_paths=False))
    bundle.save(dataclasses.replace(getattr(small_building, kind)(), provenance=provenance), folder)
    return folder


def test_a_building_stands_where_its_object_stands(house: Path, scene: Path) -> None:
    import bpy

    bpy.data.objects["Wall"].location = (4, 5, 6)
    bpy.ops.wm.save_as_mainfile(filepath=str(scene), check_existing=False)
    order = ("--", str(house), "--to", "Wall", "--out", str(scene))
    done = run("-c", BLENDER, str(scene), str(SCRIPTS / "fill_scene.py"), *order)
    assert done.returncode == 0, done.stderr
    bpy.ops.wm.open_mainfile(filepath=str(scene))
    root = bpy.data.objects["House"]
    assert tuple(root.location) == (4, 5, 6) and len(root.children) == 12
    assert bpy.data.objects["storey 1 walls"].users_collection[0].name == "Storey 1"


@pytest.mark.parametrize(("kind", "roots"), [("building", 1), ("options", 3)])
def test_a_building_becomes_an_asset_in_a_blend(maquette: Any, tmp_path: Path, kind: str, roots: int) -> None:
    import bpy

    out = tmp_path / "house.blend"
    done = run(str(SCRIPTS / "blend_file.py"), "--", str(save_building(maquette, tmp_path / "House", kind)), str(out))
    assert done.returncode == 0, done.stderr
    with bpy.data.libraries.load(str(out), assets_only=True) as (there, wanted):
        wanted.collections = there.collections
    (collection,) = wanted.collections
    assert len([item for item in collection.all_objects if "maquette_request" in item]) == roots
    pixels = collection.preview.image_pixels_float
    assert collection.preview.image_size[0] > 0 and max(pixels[:][3::4]) == 1.0, "something is drawn"
