# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference pictures as maps: of one size, OpenGL, of unit length, or one sentence; and odd pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Reference, Request
from maquette.core.texture.derivation import normal_from_height
from maquette.core.texture.material_request import read_maps
from maquette.core.texture.normals import flip_green, is_directx

from .synthetic import noise

SIDE = 96


def bumps() -> np.ndarray:
    """OpenGL normals of a smooth relief."""
    height = torch.from_numpy(noise(SIDE, SIDE, mode="wrap")[..., 0])
    return normal_from_height(height, 0.05).numpy()


def saved(folder: Path, **images: np.ndarray) -> tuple[Reference, ...]:
    """8-bit pictures by role."""
    for role, image in images.items():
        Image.fromarray(np.round(image.squeeze() * 255).astype(np.uint8)).save(folder / f"{role}.png")
    return tuple(Reference(role, str(folder / f"{role}.png")) for role in images)


def test_a_map_of_another_resolution_comes_to_the_albedo_size(tmp_path: Path) -> None:
    fine = noise(2 * SIDE, 2 * SIDE)[..., :1]
    maps = read_maps(saved(tmp_path, albedo=noise(SIDE, SIDE), roughness=fine), pytest.fail)
    assert maps["roughness"].shape == (SIDE, SIDE, 1)
    halves = fine.reshape(SIDE, 2, SIDE, 2, 1).mean((1, 3))
    assert np.abs(maps["roughness"] - halves).mean() < 0.02


def test_a_map_of_another_shape_is_told(tmp_path: Path) -> None:
    references = saved(tmp_path, albedo=noise(SIDE, SIDE), height=noise(SIDE, 2 * SIDE)[..., :1])
    with pytest.raises(InputError, match=r"differ in size \(albedo 96 x 96, height 192 x 96\)"):
        read_maps(references, pytest.fail)


def test_directx_normals_are_turned_and_said(tmp_path: Path) -> None:
    normals, said = bumps(), []
    maps = read_maps(saved(tmp_path, albedo=noise(SIDE, SIDE), normal=flip_green(normals)), said.append)
    assert len(said) == 1 and "DirectX" in said[0]
    assert is_directx(maps["normal"]) is False
    np.testing.assert_allclose(maps["normal"], normals, atol=1 / 255)


def test_opengl_normals_stay_as_stored(tmp_path: Path) -> None:
    normals = bumps()
    maps = read_maps(saved(tmp_path, albedo=noise(SIDE, SIDE), normal=normals), pytest.fail)
    np.testing.assert_allclose(maps["normal"], np.round(normals * 255) / 255, atol=1e-6)


def test_normals_that_are_too_short_get_unit_length(tmp_path: Path) -> None:
    short = (bumps() - 0.5) * 0.7 + 0.5
    maps = read_maps(saved(tmp_path, albedo=noise(SIDE, SIDE), normal=short), pytest.fail)
    np.testing.assert_allclose(np.linalg.norm(maps["normal"] * 2 - 1, axis=2), 1, atol=0.02)


def test_a_picture_that_holds_no_normals_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no tangent-space normals"):
        read_maps(saved(tmp_path, albedo=noise(SIDE, SIDE), normal=noise(SIDE, SIDE) * 0.5), pytest.fail)


def text_page() -> np.ndarray:
    page = Image.new("RGB", (140, 160), "white")
    for line in range(9):
        ImageDraw.Draw(page).text((6, 6 + 16 * line), "Lorem ipsum dolor sit am", "black")
    return np.asarray(page, np.float32) / 255


PICTURES = {"one colour": np.full((80, 90, 3), 0.4, np.float32), "a page of text": text_page()}
METHODS = {
    "tileable": {},
    "inpaint": {"x": 0.3, "y": 0.3, "width": 0.3, "height": 0.3},
    "extend": {"left": 0.2, "right": 0.2, "up": 0.0, "down": 0.3},
}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("method", METHODS)
def test_odd_pictures_give_sound_materials(tmp_path: Path, method: str, picture: str) -> None:
    image = PICTURES[picture]
    references = [{"role": r.role, "path": r.path} for r in saved(tmp_path, albedo=image)]
    params = {"maps": ["normal", "roughness"], **METHODS[method]}
    plain = {"generator": "texture", "method": method, "params": params, "references": references}
    maps = engine.generate(Request.from_plain(plain)).materials[0].maps
    assert all(np.isfinite(m).all() and m.min() >= 0 and m.max() <= 1 for m in maps.values())
    if picture == "one colour":
        np.testing.assert_allclose(maps["albedo"], 0.4, atol=0.003)
