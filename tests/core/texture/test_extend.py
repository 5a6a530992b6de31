# SPDX-License-Identifier: GPL-3.0-or-later
"""More of the same around a picture: the picture inside to the bit, closed where that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture.extend import closing_length
from maquette.core.texture.lattice import Period
from maquette.training.metrics.texture import nearest_patches, seam_z

from .synthetic import bricks, noise


def chw(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)


def saved(folder: Path, image: np.ndarray) -> tuple[Path, np.ndarray]:
    """The picture on disk, and as it is read."""
    path = folder / "albedo.png"
    stored = np.round(image * 255).astype(np.uint8)
    Image.fromarray(stored).save(path)
    return path, stored.astype(np.float32) / 255


def made(path: Path, **params: object) -> np.ndarray:
    plain = {"generator": "texture", "method": "extend", "references": [str(path)]}
    request = Request.from_plain({**plain, "params": {"maps": ["albedo"], **params}})
    return engine.generate(request).materials[0].maps["albedo"]


@pytest.mark.parametrize("tile", [False, True])
def test_the_picture_stays_inside_to_the_bit(tmp_path: Path, tile: bool) -> None:
    path, picture = saved(tmp_path, noise(96, 110))
    output = made(path, left=0.5, right=0.25, up=0.125, down=0.5, tile=tile)
    top, left = 12, 55
    np.testing.assert_allclose(output[top : top + 96, left : left + 110], picture, atol=1e-6)
    if not tile:
        assert output.shape[:2] == (96 + 12 + 48, 110 + 55 + 28)


def test_what_is_added_looks_like_the_picture(tmp_path: Path) -> None:
    path, picture = saved(tmp_path, noise(128, 128))
    output = made(path, left=0.5, right=0.5, up=0.5, down=0.5, tile=True)
    assert nearest_patches(chw(output), chw(picture), stride=2).patch_error < 0.3
    np.testing.assert_allclose(output.mean((0, 1)), picture.mean((0, 1)), atol=0.05)


def test_a_tile_closes(tmp_path: Path) -> None:
    path, _ = saved(tmp_path, noise(128, 128)[:120])
    output = made(path, left=0.2, right=0.2, up=0.2, down=0.2, tile=True)
    assert seam_z(chw(output)) <= 3


def test_a_tile_holds_whole_courses(tmp_path: Path) -> None:
    path, _ = saved(tmp_path, bricks(140, 140, course=14.5, length=30.0))
    output = made(path, left=0.2, right=0.2, up=0.2, down=0.2, tile=True)
    height, width = output.shape[:2]
    assert abs(height / 29 - round(height / 29)) < 0.1
    assert abs(width / 30 - round(width / 30)) < 0.1


def test_the_closing_length_weighs_repeats_and_size() -> None:
    assert closing_length(200, 100, None, 8) == 200
    assert closing_length(203, 100, None, 8) == 200
    assert closing_length(200, 200, Period(30.0, 1.0), 4) == 240
    assert closing_length(212, 200, Period(30.0, 1.0), 1) == 240
    assert closing_length(100, 100, None, 16) == 112


def test_nothing_to_add_or_too_much_is_told(tmp_path: Path) -> None:
    path, _ = saved(tmp_path, noise(64, 3000))
    with pytest.raises(InputError, match="Nothing is to be added"):
        made(path, left=0.0, right=0.0, up=0.0, down=0.0)
    with pytest.raises(InputError, match="would be 12000 x 64 px; 8192"):
        made(path, left=3.0, right=0.0, up=0.0, down=0.0, tile=False)
