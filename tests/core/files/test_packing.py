# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines' textures: the right map in the right channel, read back from the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813 its own documentation's name for it
import pytest

from maquette.core.asset import Asset, Material
from maquette.core.files import depth, export, packing, plain_image
from maquette.core.files.packing import PRESETS
from maquette.core.texture.maps import MAP_KINDS

HEIGHT, WIDTH = 72, 40
VALUES = {"roughness": 0.25, "metallic": 0.75, "ambient_occlusion": 0.5, "height": 0.125}


@pytest.fixture(scope="module")
def maps() -> dict[str, np.ndarray]:
    """Every map of another constant, albedo and normal random."""
    random = np.random.default_rng(5)
    drawn = {name: random.random((HEIGHT, WIDTH, 3), np.float32) for name in ("albedo", "normal")}
    return drawn | {name: np.full((HEIGHT, WIDTH, 1), value, np.float32) for name, value in VALUES.items()}


def write(maps: dict[str, np.ndarray], folder: Path, *formats: str, title: str = "red brick.2") -> tuple[str, ...]:
    asset = Asset("asset", (Material("asset", maps, (1.0, 1.0), 0.02),))
    return export.export(asset, folder, formats, progress=lambda fraction, text: None, title=title)


def read(path: Path) -> tuple[np.ndarray, str]:
    """(values as stored, in [0, 1]; the type of a sample)."""
    as_stored = oiio.ImageSpec()
    as_stored.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(path), as_stored)
    spec = source.spec()
    pixels = source.read_image(0, 0, 0, spec.nchannels, oiio.FLOAT).reshape(spec.height, spec.width, spec.nchannels)
    source.close()
    return pixels, str(spec.format)


def test_unreal(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    names = write(maps, tmp_path, "unreal")
    assert names == ("T_RedBrick2_BC.png", "T_RedBrick2_N.png", "T_RedBrick2_ORM.png", "T_RedBrick2_H.png")
    colour, kind = read(tmp_path / "T_RedBrick2_BC.png")
    assert kind == "uint8" and np.abs(colour - maps["albedo"]).max() < 0.51 / 255
    normal, kind = read(tmp_path / "T_RedBrick2_N.png")
    assert kind == "uint16"
    np.testing.assert_allclose(normal[..., 1], 1 - maps["normal"][..., 1], atol=1e-5)
    np.testing.assert_allclose(normal[..., [0, 2]], maps["normal"][..., [0, 2]], atol=1e-5)
    packed, kind = read(tmp_path / "T_RedBrick2_ORM.png")
    assert kind == "uint8"
    np.testing.assert_allclose(packed[0, 0], (0.5, 0.25, 0.75), atol=0.51 / 255)
    height, kind = read(tmp_path / "T_RedBrick2_H.png")
    assert kind == "uint16" and height.shape == (HEIGHT, WIDTH, 1)


def test_unity_has_smoothness_and_opengl_normals(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    names = write(maps, tmp_path, "unity", "unity_urp")
    assert len(names) == len(set(names)) == 6
    np.testing.assert_allclose(read(tmp_path / "RedBrick2_MaskMap.png")[0][0, 0], (0.75, 0.5, 1.0, 0.75), atol=0.003)
    packed = read(tmp_path / "RedBrick2_MetallicSmoothness.png")[0]
    np.testing.assert_allclose(packed[0, 0], (0.75, 0.75, 0.75, 0.75), atol=0.003)
    np.testing.assert_allclose(read(tmp_path / "RedBrick2_Normal.png")[0], maps["normal"], atol=1e-5)


def test_godot_is_snake_case(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    names = write(maps, tmp_path, "godot")
    assert names == tuple(f"red_brick_2_{part}.png" for part in ("albedo", "normal", "orm", "height"))
    np.testing.assert_allclose(read(tmp_path / "red_brick_2_orm.png")[0][0, 0], (0.5, 0.25, 0.75), atol=0.003)


def test_colour_alone_is_marked_as_srgb(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    for name in write(maps, tmp_path, *PRESETS):
        marked = b"sRGB" in (tmp_path / name).read_bytes()[:100]
        assert marked == name.endswith(("_BC.png", "BaseMap.png", "albedo.png", "baseColor.png")), name


def test_exr_is_linear_half_floats(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    write(maps, tmp_path, "unreal:exr")
    colour, kind = read(tmp_path / "T_RedBrick2_BC.exr")
    stored = maps["albedo"]
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    assert kind == "half"
    np.testing.assert_allclose(colour, linear, atol=1e-3)
    np.testing.assert_allclose(read(tmp_path / "T_RedBrick2_ORM.exr")[0][0, 0], (0.5, 0.25, 0.75), atol=1e-3)


def test_bits_may_be_chosen(maps: dict[str, np.ndarray], tmp_path: Path) -> None:
    for wish, kind in (("unreal:png8", "uint8"), ("unreal:png16", "uint16")):
        (tmp_path / kind).mkdir()
        assert {read(tmp_path / kind / name)[1] for name in write(maps, tmp_path / kind, wish)} == {kind}


def test_maps_that_are_missing_do_nothing(maps: dict[str, np.ndarray]) -> None:
    some = {"albedo": maps["albedo"], "roughness": maps["roughness"]}
    packed = {item.stem: item for item in packing.pack(some, PRESETS["unreal"], "x")}
    assert list(packed) == ["T_X_BC", "T_X_ORM"], "a texture without any of its maps is not written"
    np.testing.assert_allclose(packed["T_X_ORM"].pixels[0, 0], (1.0, 0.25, 0.0))


@pytest.mark.parametrize(
    ("title", "words", "snake"),
    [("red brick.2", "RedBrick2", "red_brick_2"), ("", "Material", "material"), ("wall/../☃", "Wall", "wall")],
)
def test_names_are_safe_everywhere(title: str, words: str, snake: str) -> None:
    assert packing.material_name(title, False) == words
    assert packing.material_name(title, True) == snake


def test_no_preset_lacks_a_map() -> None:
    for preset in PRESETS.values():
        used = {channel.map for texture in preset.textures for channel in texture.channels}
        assert {kind.name for kind in MAP_KINDS} - used <= {"height"}, preset.name


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("bits", [8, 16])
def test_plain_png_reads_back(channels: int, bits: int, tmp_path: Path) -> None:
    image = np.random.default_rng(channels).random((HEIGHT, WIDTH, channels), np.float32)
    (tmp_path / "it.png").write_bytes(plain_image.png(depth.integers(image, bits), srgb=True))
    pixels, kind = read(tmp_path / "it.png")
    assert kind == f"uint{bits}"
    np.testing.assert_allclose(pixels, image, atol=0.51 / (2**bits - 1))


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("constant", [False, True])
def test_plain_exr_reads_back_exactly(channels: int, constant: bool, tmp_path: Path) -> None:
    image = np.random.default_rng(channels).random((HEIGHT, WIDTH, channels), np.float32)
    stored = depth.half_floats(image * (not constant), srgb=False)
    (tmp_path / "it.exr").write_bytes(plain_image.exr(stored))
    pixels, kind = read(tmp_path / "it.exr")
    assert kind == "half"
    np.testing.assert_array_equal(pixels.astype(np.float16), stored)
