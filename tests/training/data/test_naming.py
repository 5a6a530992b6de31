# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of files and assets, as the libraries write them."""

from __future__ import annotations

import pytest

from maquette.training.data.naming import category_of, family_of, parse_file_name

WHOLE = None


@pytest.mark.parametrize(
    ("stem", "asset", "channels", "directx"),
    [
        ("Bricks075A_1K-JPG_Color", "Bricks075A", {"albedo": WHOLE}, None),
        ("Bricks075A_1K-JPG_NormalGL", "Bricks075A", {"normal": WHOLE}, False),
        ("Bricks075A_1K-JPG_NormalDX", "Bricks075A", {"normal": WHOLE}, True),
        ("Metal032_2K_Metalness", "Metal032", {"metallic": WHOLE}, None),
        ("Asphalt001_1K-PNG_AmbientOcclusion", "Asphalt001", {"ambient_occlusion": WHOLE}, None),
        ("Asphalt001_1K-PNG_Displacement", "Asphalt001", {"height": WHOLE}, None),
        ("rock_ground_02_diff_1k", "rock_ground_02", {"albedo": WHOLE}, None),
        ("rock_ground_02_nor_gl_1k", "rock_ground_02", {"normal": WHOLE}, False),
        ("rock_ground_02_nor_dx_4k", "rock_ground_02", {"normal": WHOLE}, True),
        ("rock_ground_02_rough_1k", "rock_ground_02", {"roughness": WHOLE}, None),
        ("metal_plate_metal_1k", "metal_plate", {"metallic": WHOLE}, None),
        ("rock_ground_arm_1k", "rock_ground", {"ambient_occlusion": 0, "roughness": 1, "metallic": 2}, None),
        ("T_Old_Oak_BaseColor", "Old_Oak", {"albedo": WHOLE}, None),
        ("T_Old_Oak_Base_Color", "Old_Oak", {"albedo": WHOLE}, None),
        ("T_Old_Oak_Normal", "Old_Oak", {"normal": WHOLE}, None),
        ("T_Old_Oak_Normal_OpenGL", "Old_Oak", {"normal": WHOLE}, False),
        ("T_Old_Oak_ORM", "Old_Oak", {"ambient_occlusion": 0, "roughness": 1, "metallic": 2}, None),
        ("T_Metal_Roughness", "Metal", {"roughness": WHOLE}, None),
        ("baseColor", "", {"albedo": WHOLE}, None),
        ("metallicRoughness", "", {"roughness": 1, "metallic": 2}, None),
        ("occlusion", "", {"ambient_occlusion": WHOLE}, None),
        ("ao", "", {"ambient_occlusion": WHOLE}, None),
        ("Bricks075A_PREVIEW", "Bricks075A", {}, None),
    ],
)
def test_file_names_tell_the_map(stem: str, asset: str, channels: dict[str, int | None], directx: bool | None) -> None:
    parsed = parse_file_name(stem)
    assert parsed is not None
    assert (parsed.asset, parsed.channels, parsed.directx) == (asset, channels, directx)


def test_glossiness_is_roughness_upside_down() -> None:
    parsed = parse_file_name("T_Floor_Glossiness")
    assert parsed is not None and parsed.inverted and parsed.channels == {"roughness": None}


@pytest.mark.parametrize("stem", ["holiday", "IMG_2031", "Bricks075A", "", "___", "1K-JPG"])
def test_other_names_tell_nothing(stem: str) -> None:
    assert parse_file_name(stem) is None


@pytest.mark.parametrize(
    ("asset", "family"),
    [("Bricks075A", "Bricks075"), ("Bricks075", "Bricks075"), ("rock_ground_02", "rock_ground_02"), ("caban", "caban")],
)
def test_a_family_has_no_variant_letter(asset: str, family: str) -> None:
    assert family_of(asset) == family


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("marble__Whatever01", "marble"),
        ("Bricks075A", "brick"),
        ("PaintedWood003", "wood"),
        ("WoodFloor012", "wood_floor"),
        ("clay_roof_tiles", "roof"),
        ("PavingStones131", "paving"),
        ("CorrugatedSteel001", "metal"),
        ("T7", "other"),
    ],
)
def test_a_name_tells_its_category(name: str, category: str) -> None:
    assert category_of(name) == category
