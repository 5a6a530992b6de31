# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of characters: what lies in front is seen, in its own colour."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.core.asset import Asset, Material, Mesh
from maquette.training.evaluation.character.drawing import BACKGROUND, draw


def square(name: str, depth: float, half: float, material: str) -> Mesh:
    """A square that faces the front, `depth` behind the origin."""
    corners = [(-half, depth, -half), (half, depth, -half), (half, depth, half), (-half, depth, half)]
    order = np.arange(4, dtype=np.int32)
    uvs = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]])
    starts = np.int32([0, 4])
    return Mesh(name, np.float32(corners), order, starts, np.zeros(1, np.int32), (material,), {"uv": uvs})


def plain(name: str, *colour: float) -> Material:
    return Material(name, {"albedo": np.float32(colour).reshape(1, 1, 3)}, (0.0, 0.0), 0.0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_lies_in_front_hides_what_is_behind(order: tuple[int, int]) -> None:
    meshes = square("far", 1.0, 1.0, "red"), square("near", -1.0, 0.5, "green")
    asset = Asset("a", (plain("red", 1, 0, 0), plain("green", 0, 1, 0)), tuple(meshes[i] for i in order))
    picture = draw(asset, 64, turn_deg=0, tilt_deg=0)
    assert picture.shape == (64, 64, 3) and picture.dtype == np.float32
    assert np.argmax(picture[32, 32]) == 1 and picture[32, 32, 0] == 0
    assert np.argmax(picture[8, 8]) == 0 and picture[8, 8, 1] == 0
    assert np.allclose(picture[0, 0], BACKGROUND, atol=1e-3)
    # the near square is half as wide as the far one
    widths = [np.count_nonzero(picture[32, :, channel] > 0.3) for channel in (0, 1)]
    sky = np.count_nonzero(np.abs(picture[32] - BACKGROUND).max(1) < 0.02)
    assert (widths[0] - sky + widths[1] - sky) == pytest.approx(64 * 0.88, abs=2)
    assert (widths[1] - sky) == pytest.approx(32 * 0.88, abs=2)


def test_textures_stand_upright_and_are_lit_from_the_front() -> None:
    image = np.zeros((2, 2, 3), np.float32)
    image[0, 0] = 1, 0, 0
    image[1, 1] = 0, 0, 1
    asset = Asset("a", (Material("m", {"albedo": image}, (0.0, 0.0), 0.0),), (square("s", 0.0, 1.0, "m"),))
    picture = draw(asset, 64, turn_deg=0, tilt_deg=0)
    assert picture[12, 12, 0] > 0.5 and picture[50, 50, 2] > 0.5
    assert picture[12, 50].max() == 0


def test_the_shape_alone_has_no_colours_and_turns() -> None:
    asset = Asset("a", (plain("red", 1, 0, 0),), (square("s", 0.0, 1.0, "red"),))
    front, side = draw(asset, 64, turn_deg=0, plain=True), draw(asset, 64, turn_deg=80, plain=True)
    assert np.ptp(front[32, 32]) < 0.1
    seen = [np.count_nonzero(np.abs(p[32] - BACKGROUND).max(1) > 0.1) for p in (front, side)]
    assert seen[1] < seen[0] / 3
