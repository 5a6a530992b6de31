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
