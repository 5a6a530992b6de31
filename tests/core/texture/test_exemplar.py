# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `exemplar` as a whole: pictures on disk to an Asset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture.derivation import normal_from_height

from .synthetic import noise

SIDE = 96


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    """An albedo, and the normals of a relief of 0.04 tile widths, as 8-bit files."""
    angle = 2 * np.pi * np.arange(SIDE) / SIDE
    height = 0.5 + 0.5 * np.sin(3 * angle)[:, None] * np.cos(3 * angle)[None]
    normal = normal_from_height(torch.from_numpy(height.astype(np.float32)), 0.04).numpy()
    noise = np.random.default_rng(0).uniform(0.3, 0.7, (SIDE, SIDE, 3))
    paths = {"albedo": tmp_path / "albedo.png", "normal": tmp_path / "normal.png"}
    for path, image in zip(paths.values(), (noise, normal), strict=True):
        Image.fromarray(np.round(image * 255).astype(np.uint8)).save(path)
    return paths


def request(pictures: dict[str, Path], **params: object) -> Request:
    references = [{"role": role, "path": str(path)} for role, path in pictures.items()]
    plain = {"generator": "texture", "method": "exemplar", "params": params, "seed": 3, "references": references}
    return Request.from_plain(plain)


def test_given_normals_decide_the_relief(pictures: dict[str, Path]) -> None:
    material = engine.generate(request(pictures, size=SIDE, size_m=2.0, relief=0.3)).materials[0]
    assert material.height_m == pytest.approx(0.04 * 2.0, rel=0.35)
    assert material.maps["height"].min() == 0
    assert material.maps["height"].max() == 1


def test_without_normals_the_parameter_decides_it(pictures: dict[str, Path]) -> None:
    del pictures["normal"]
    material = engine.generate(request(pictures, size=64, size_m=2.0, relief=0.1)).materials[0]
    assert material.height_m == pytest.approx(0.2)


def test_only_the_wanted_maps_are_made_and_the_albedo_always(pictures: dict[str, Path]) -> None:
    material = engine.generate(request(pictures, size=64, maps=["roughness"])).materials[0]
    assert set(material.maps) == {"albedo", "roughness"}


def test_pictures_of_two_sizes_are_refused(pictures: dict[str, Path]) -> None:
    Image.new("RGB", (SIDE, SIDE * 2), (128, 128, 255)).save(pictures["normal"])
    with pytest.raises(InputError, match=r"differ in size \(albedo 96 x 96, normal 96 x 192\)"):
        engine.generate(request(pictures, size=64))


def of_several(*references: tuple[str, Path, float], **params: object) -> Request:
    listed = [{"role": role, "path": str(path), "weight": weight} for role, path, weight in references]
    plain = {"generator": "texture", "method": "exemplar", "params": params, "seed": 3, "references": listed}
    return Request.from_plain(plain)


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A dark albedo of another size."""
    path = tmp_path / "second.png"
    noise = np.random.default_rng(1).uniform(0.05, 0.15, (80, 110, 3))
    Image.fromarray(np.round(noise * 255).astype(np.uint8)).save(path)
    return path


def test_two_pictures_make_what_lies_between(pictures: dict[str, Path], second: Path) -> None:
    first = pictures["albedo"]
    wanted = of_several(("albedo", first, 1.0), ("albedo", second, 3.0), size=64, maps=["albedo"])
    albedo = engine.generate(wanted).materials[0].maps["albedo"]
    assert albedo.mean() == pytest.approx(0.25 * 0.5 + 0.75 * 0.1, abs=0.03)


def test_a_mask_shows_the_second_picture_where_it_is_white(
    pictures: dict[str, Path], second: Path, tmp_path: Path
) -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 32:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    listed = (("albedo", pictures["albedo"], 1.0), ("albedo", second, 1.0), ("mask", tmp_path / "mask.png", 1.0))
    albedo = engine.generate(of_several(*listed, size=128, maps=["albedo"])).materials[0].maps["albedo"]
    assert albedo[:, 12:52].mean() == pytest.approx(0.5, abs=0.05)
    assert albedo[:, 76:116].mean() == pytest.approx(0.1, abs=0.05)


def test_references_that_do_not_belong_together_are_refused(pictures: dict[str, Path], second: Path) -> None:
    first, normal = (("albedo", pictures["albedo"], 1.0), ("normal", pictures["normal"], 1.0))
    for listed, params, said in (
        ((first, normal, ("albedo", second, 1.0)), {}, "2 albedo pictures and 1 of normal were given"),
        ((first, ("mask", second, 1.0)), {}, "the second of two pictures is to be, and 1 albedo were given"),
        ((first, ("albedo", second, 1.0)), {"corners": [0, 0, 1, 0, 1, 1, 0, 1]}, "Corners straighten one picture"),
    ):
        with pytest.raises(InputError, match=said):
            engine.generate(of_several(*listed, size=64, **params))


def test_the_order_of_the_references_changes_nothing(pictures: dict[str, Path]) -> None:
    there = engine.generate(request(pictures, size=64)).materials[0].maps
    back = engine.generate(request(dict(reversed(pictures.items())), size=64)).materials[0].maps
    for name, image in there.items():
        assert image.tobytes() == back[name].tobytes()


def test_the_largest_copy_is_told(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.fromarray(np.round(noise(96, 96) * 255).astype(np.uint8)).save(path)
    plain = {"generator": "texture", "method": "exemplar", "params": {"size": 128}, "references": [str(path)]}
    assert 0 < engine.generate(Request.from_plain(plain), device="cpu").report["copy_share"] < 1
