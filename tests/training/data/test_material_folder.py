# SPDX-License-Identifier: GPL-3.0-or-later
"""Material libraries on disk: every layout, and everything that can be wrong with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from maquette.core.errors import Cancelled, InputError
from maquette.core.files.image_file import write_image
from maquette.core.texture.normals import flip_green
from maquette.training.data.material_folder import Scan, read_maps, scan

from .library import bumps, material_maps, normals_of, save, save_set

AMBIENTCG = {
    "albedo": "Bricks075A_1K-JPG_Color.jpg",
    "normal": "Bricks075A_1K-JPG_NormalGL.jpg",
    "roughness": "Bricks075A_1K-JPG_Roughness.jpg",
    "height": "Bricks075A_1K-JPG_Displacement.jpg",
    "ambient_occlusion": "Bricks075A_1K-JPG_AmbientOcclusion.jpg",
}
PLAIN = {"albedo": "albedo.jpg", "normal": "normal.jpg", "roughness": "roughness.jpg"}


def named(prefix: str, names: dict[str, str]) -> dict[str, str]:
    return {name: f"{prefix}{file}" for name, file in names.items()}


def reasons(found: Scan) -> dict[str, str]:
    return {one.name: one.reason for one in found.left_out}


def test_a_folder_a_set(tmp_path: Path) -> None:
    maps = save_set(tmp_path / "Bricks075A", AMBIENTCG, 1)
    save(tmp_path / "Bricks075A" / "Bricks075A_PREVIEW.jpg", maps["albedo"])
    (material,) = scan(tmp_path).sets
    assert (material.name, material.family, material.category) == ("Bricks075A", "Bricks075", "brick")
    read = read_maps(material)
    assert set(read) == {*AMBIENTCG, "metallic"} and not read["metallic"].any()
    for name, expected in maps.items():
        expected = expected if expected.ndim == 3 else expected[..., None]
        assert read[name].dtype == np.float32 and read[name].shape == expected.shape
        assert np.abs(read[name] - expected).mean() < 0.02, name


def test_many_sets_in_one_folder(tmp_path: Path) -> None:
    substance = {
        "albedo": "BaseColor.png",
        "normal": "Normal.png",
        "roughness": "Roughness.png",
        "height": "Height.png",
    }
    for number in range(3):
        save_set(tmp_path, named(f"T_Oak{number}_", substance), number)
    found = scan(tmp_path)
    assert [material.name for material in found.sets] == ["Oak0", "Oak1", "Oak2"]
    assert all(set(material.files) == set(substance) for material in found.sets)
    assert not found.left_out


def test_packed_maps_are_unpacked(tmp_path: Path) -> None:
    maps = save_set(tmp_path, {"albedo": "rock_diff_1k.png", "normal": "rock_nor_gl_1k.png"}, 1)
    metallic = bumps(9)
    packed = np.stack([maps["ambient_occlusion"], maps["roughness"], metallic], axis=2)
    save(tmp_path / "rock_arm_1k.png", packed)
    read = read_maps(scan(tmp_path).sets[0])
    for name, expected in (("roughness", maps["roughness"]), ("metallic", metallic)):
        assert np.abs(read[name][..., 0] - expected).max() < 0.01, name
    assert np.abs(read["ambient_occlusion"][..., 0] - maps["ambient_occlusion"]).max() < 0.01


def test_gltf_folder(tmp_path: Path) -> None:
    folder = tmp_path / "copper_pan"
    maps = save_set(
        folder, {"albedo": "baseColor.png", "normal": "normal.png", "ambient_occlusion": "occlusion.png"}, 1
    )
    save(folder / "metallicRoughness.png", np.stack([np.zeros((128, 128)), maps["roughness"], np.ones((128, 128))], 2))
    (material,) = scan(tmp_path).sets
    assert material.name == "copper_pan" and material.category == "metal"
    read = read_maps(material)
    assert np.abs(read["roughness"][..., 0] - maps["roughness"]).max() < 0.01
    assert read["metallic"].min() == 1


def test_glossiness_becomes_roughness(tmp_path: Path) -> None:
    maps = save_set(tmp_path, {"albedo": "T_X_BaseColor.png"}, 1)
    save(tmp_path / "T_X_Glossiness.png", 1 - maps["roughness"])
    read = read_maps(scan(tmp_path).sets[0])
    assert np.abs(read["roughness"][..., 0] - maps["roughness"]).max() < 0.01


def test_deep_pictures(tmp_path: Path) -> None:
    maps = save_set(tmp_path, {"albedo": "slab_albedo.webp"}, 1)
    write_image(tmp_path / "slab_height.png", np.rint(maps["height"] * 65535).astype(np.uint16)[..., None])
    write_image(tmp_path / "slab_roughness.exr", maps["roughness"].astype(np.float16)[..., None])
    read = read_maps(scan(tmp_path).sets[0])
    assert np.abs(read["height"][..., 0] - maps["height"]).max() < 1e-4
    assert np.abs(read["roughness"][..., 0] - maps["roughness"]).max() < 1e-3


@pytest.mark.parametrize("with_height", [True, False])
@pytest.mark.parametrize("said", [True, False])
def test_directx_normals_are_turned(tmp_path: Path, with_height: bool, said: bool) -> None:
    names = {"albedo": "X_Color.png"} | ({"height": "X_Height.png"} if with_height else {})
    maps = save_set(tmp_path, names, 1)
    save(tmp_path / ("X_NormalDX.png" if said else "X_Normal.png"), flip_green(maps["normal"]))
    found = scan(tmp_path)
    assert found.sets[0].normals_directx and "DirectX" in found.notes[0]
    assert np.abs(read_maps(found.sets[0])["normal"] - maps["normal"]).max() < 0.01


def test_opengl_is_preferred_where_both_are(tmp_path: Path) -> None:
    maps = save_set(tmp_path, {"albedo": "X_Color.png", "normal": "X_NormalGL.png"}, 1)
    save(tmp_path / "X_NormalDX.png", flip_green(maps["normal"]))
    (material,) = scan(tmp_path).sets
    assert material.files["normal"].path.name == "X_NormalGL.png" and not material.normals_directx


def test_normals_come_with_unit_length(tmp_path: Path) -> None:
    maps = save_set(tmp_path, {"albedo": "X_Color.png"}, 1)
    save(tmp_path / "X_Normal.png", (maps["normal"] - 0.5) * 0.8 + 0.5)
    read = read_maps(scan(tmp_path).sets[0])["normal"]
    assert np.allclose(np.linalg.norm(read * 2 - 1, axis=2), 1, atol=1e-5)
    assert np.abs(read - maps["normal"]).mean() < 0.02


def test_the_index_tells_class_and_metallic(tmp_path: Path) -> None:
    for number, name in enumerate(("metal__Metal006", "metal__Rust004", "stone__Brickish01")):
        save_set(tmp_path / name, PLAIN, number)
    index = [
        {"name": "metal__Metal006", "cls": "metal", "asset": "Metal006", "metallic": 1.0},
        {"name": "metal__Rust004", "cls": "metal", "asset": "Rust004", "metallic": "unknown"},
        {"name": 3},
        "nonsense",
    ]
    (tmp_path / "index.json").write_text(json.dumps(index), encoding="utf-8")
    metal, rust, stone = scan(tmp_path).sets
    assert metal.constants == {"metallic": 1.0} and rust.constants == {}
    assert (stone.category, stone.family, stone.constants) == ("stone", "Brickish01", {"metallic": 0.0})
    assert read_maps(metal)["metallic"].min() == 1 and "metallic" not in read_maps(rust)


@pytest.mark.parametrize("text", ["", "[", "{}", '"x"', "[" * 100000])
def test_a_broken_index_is_told_and_passed_over(tmp_path: Path, text: str) -> None:
    save_set(tmp_path / "brick__A1", PLAIN, 1)
    (tmp_path / "index.json").write_text(text, encoding="utf-8")
    found = scan(tmp_path)
    assert found.sets[0].category == "brick" and "index.json" in reasons(found)


def test_half_of_the_files_broken(tmp_path: Path) -> None:
    for number in range(6):
        folder = tmp_path / f"brick__Bricks{number:03}"
        save_set(folder, PLAIN, number)
        broken = folder / ("albedo.jpg" if number < 3 else "normal.jpg")
        whole = broken.read_bytes()
        broken.write_bytes((b"", whole[: len(whole) // 2], b"<html>not found</html>")[number % 3])
    found = scan(tmp_path)
    assert [material.name for material in found.sets] == ["brick__Bricks003", "brick__Bricks004", "brick__Bricks005"]
    assert all(set(material.files) == {"albedo", "roughness"} for material in found.sets)
    assert len(found.left_out) == 6
    text = found.report()
    assert "3 materials of 3 families" in text and "brick__Bricks000" in text and "brick__Bricks004, normal" in text


def test_what_cannot_be_used_is_left_out_with_its_reason(tmp_path: Path) -> None:
    save_set(tmp_path, named("Good_", PLAIN), 1)
    save_set(tmp_path, {"normal": "Bare_normal.png"}, 2)
    save(tmp_path / "Even_albedo.png", np.full((128, 128, 3), 0.5))
    save(tmp_path / "Tiny_albedo.png", material_maps(3, 64)["albedo"])
    shutil.copy(tmp_path / "Good_albedo.jpg", tmp_path / "Twin_albedo.jpg")
    save(tmp_path / "holiday.png", material_maps(4)["albedo"])
    found = scan(tmp_path)
    assert [material.name for material in found.sets] == ["Good"]
    told = reasons(found)
    assert "no albedo" in told["Bare"] and "even colour" in told["Even"] and "64 x 64 px" in told["Tiny"]
    assert "same file as that of Good" in told["Twin"] and "tells no map" in told["holiday.png"]


def test_maps_of_other_sizes(tmp_path: Path) -> None:
    save_set(tmp_path, {"albedo": "X_Color.png"}, 1)
    save(tmp_path / "X_Roughness.png", material_maps(1, 256)["roughness"])
    save(tmp_path / "X_Height.png", material_maps(1, 256)["height"][:128])
    save(tmp_path / "X_Normal.png", material_maps(1)["albedo"] * 0)
    found = scan(tmp_path)
    assert read_maps(found.sets[0])["roughness"].shape == (128, 128, 1)
    assert "resized" in found.notes[0]
    assert "another shape" in reasons(found)["X, height"] and "no tangent-space" in reasons(found)["X, normal"]
    assert read_maps(found.sets[0], 96)["roughness"].shape == (96, 96, 1)


def test_of_several_resolutions_the_largest_is_taken(tmp_path: Path) -> None:
    save_set(tmp_path, {"albedo": "oak_diff_1k.png", "roughness": "oak_rough_1k.png"}, 1)
    save_set(tmp_path, {"albedo": "oak_diff_2k.png"}, 1, side=256)
    found = scan(tmp_path)
    assert [material.size for material in found.sets] == [(256, 256)]
    assert "a larger one (2k)" in next(iter(reasons(found).values()))


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    library, outside = tmp_path / "library", tmp_path / "outside"
    save_set(library, named("In_", PLAIN), 1)
    save_set(outside, named("Out_", PLAIN), 2)
    (library / "Linked_albedo.jpg").symlink_to(outside / "Out_albedo.jpg")
    (library / "folder").symlink_to(outside)
    (library / "around").symlink_to(library)
    found = scan(library)
    assert [material.name for material in found.sets] == ["In"]
    assert "outside" in reasons(found)["Linked_albedo.jpg"] and "not followed" in reasons(found)["folder"]


def test_empty_missing_and_useless_folders_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        scan(tmp_path / "nowhere")
    with pytest.raises(InputError, match="There are no pictures"):
        scan(tmp_path)
    save(tmp_path / "A_normal.png", normals_of(bumps(1)))
    with pytest.raises(InputError, match=r"No material .* no albedo"):
        scan(tmp_path)


def test_a_file_that_vanishes_after_the_scan_is_a_sentence(tmp_path: Path) -> None:
    save_set(tmp_path, named("X_", PLAIN), 1)
    (material,) = scan(tmp_path).sets
    (tmp_path / "X_normal.jpg").unlink()
    with pytest.raises(InputError, match="does not exist"):
        read_maps(material)


def test_a_scan_can_be_stopped(tmp_path: Path) -> None:
    save_set(tmp_path, named("X_", PLAIN), 1)

    def stop(fraction: float, text: str) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        scan(tmp_path, stop)
