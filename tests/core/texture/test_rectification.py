# SPDX-License-Identifier: GPL-3.0-or-later
"""A rectangle seen aslant is seen from the front again; corners that are none are told."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.errors import InputError
from maquette.core.texture.derivation import normal_from_height
from maquette.core.texture.normals import slopes
from maquette.core.texture.rectification import aspect, corner_points, homography, rectangle_size, rectified

CPU = torch.device("cpu")
WHOLE = (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0)


def seen(width: float, height: float, turned: tuple[float, float], focal: float, size: tuple[int, int]) -> np.ndarray:
    """Where a camera of `focal` pixels sees the corners (4, 2) of a rectangle turned about x and y, in pixels."""
    about_x, about_y = turned
    across = np.array([[np.cos(about_y), 0, np.sin(about_y)], [0, 1, 0], [-np.sin(about_y), 0, np.cos(about_y)]])
    along = np.array([[1, 0, 0], [0, np.cos(about_x), -np.sin(about_x)], [0, np.sin(about_x), np.cos(about_x)]])
    flat = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * (width / 2, height / 2, 1)
    placed = flat @ (along @ across).T + (0.1, -0.2, 4.0)
    return placed[:, :2] / placed[:, 2:] * focal + (size[1] / 2, size[0] / 2)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.7])
@pytest.mark.parametrize("turned", [(0.5, 0.3), (-0.7, 0.2), (0.4, -0.6)])
def test_the_aspect_follows_from_the_perspective(ratio: float, turned: tuple[float, float]) -> None:
    points = seen(ratio, 1.0, turned, 900.0, (600, 800))
    assert aspect(points, (600, 800)) == pytest.approx(ratio, rel=1e-6)


def test_seen_from_the_front_the_sides_tell_the_aspect() -> None:
    points = np.array([[100, 100], [400, 100], [400, 300], [100, 300]], dtype=float)
    assert aspect(points, (600, 800)) == pytest.approx(1.5)
    assert rectangle_size(points, (600, 800), None) == (200, 300)
    assert rectangle_size(points, (600, 800), 100) == (100, 150)


def test_a_homography_maps_its_points() -> None:
    source = np.array([[0, 0], [10, 0], [10, 5], [0, 5]], dtype=float)
    target = np.array([[3, 4], [20, 1], [25, 30], [-2, 22]], dtype=float)
    mapped = np.column_stack([source, np.ones(4)]) @ homography(source, target).T
    np.testing.assert_allclose(mapped[:, :2] / mapped[:, 2:], target, atol=1e-9)


def smooth(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 + 0.4 * np.sin(9 * u) * np.cos(7 * v), dtype=np.float32)


def test_a_pattern_seen_aslant_comes_back() -> None:
    size = (240, 320)
    points = seen(1.6, 1.2, (0.5, 0.4), 420.0, size)
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=float)
    y, x = np.mgrid[0 : size[0], 0 : size[1]] + 0.5
    u, v, w = np.tensordot(homography(points, unit), np.stack([x, y, np.ones_like(x)]), 1)
    picture = smooth(u / w, v / w)[..., None]
    corners = (points / (size[1], size[0])).ravel()
    straight = rectified({"albedo": picture.repeat(3, 2), "roughness": picture}, corners, device=CPU)
    height, width = straight["albedo"].shape[:2]
    assert width / height == pytest.approx(1.6 / 1.2, rel=0.02)
    row, column = np.mgrid[0:height, 0:width] + 0.5
    np.testing.assert_allclose(straight["roughness"][..., 0], smooth(column / width, row / height), atol=0.02)
    np.testing.assert_array_equal(straight["albedo"][..., 1:2], straight["roughness"])


def test_fine_grain_that_shrinks_becomes_its_mean() -> None:
    stripes = np.zeros((256, 256, 1), np.float32)
    stripes[:, ::2] = 1
    straight = rectified({"albedo": stripes}, WHOLE, shortest=64, device=CPU)["albedo"]
    assert straight.shape == (64, 64, 1)
    np.testing.assert_allclose(straight, 0.5, atol=0.02)


def test_normals_turn_with_a_picture_that_is_only_turned() -> None:
    y, x = np.mgrid[0:128, 0:128] / 128
    height = np.exp(-((x - 0.5) ** 2 + (y - 0.4) ** 2) / 0.02).astype(np.float32)
    normal = normal_from_height(torch.from_numpy(height), 0.1).numpy()
    # what was the right side comes to the top: a quarter turn
    quarter = (1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0)
    straight = rectified({"albedo": height[..., None], "normal": normal}, quarter, device=CPU)
    np.testing.assert_allclose(straight["albedo"][..., 0], np.rot90(height), atol=1e-3)
    for found, wanted in zip(slopes(straight["normal"]), np.gradient(np.rot90(height))[::-1], strict=True):
        assert np.corrcoef(found[8:-8, 8:-8].ravel(), wanted[8:-8, 8:-8].ravel())[0, 1] > 0.99


def test_normals_seen_aslant_are_refused() -> None:
    flat = np.full((128, 128, 3), 0.5, np.float32)
    with pytest.raises(InputError, match="Normals cannot be straightened"):
        rectified({"albedo": flat, "normal": flat}, (0.1, 0.1, 0.9, 0.2, 0.8, 0.9, 0.2, 0.8), device=CPU)


@pytest.mark.parametrize(
    ("corners", "sentence"),
    [
        ((0.1, 0.1, 0.9, 0.9, 0.9, 0.1, 0.1, 0.9), "cross or bend"),
        ((0.1, 0.1, 0.5, 0.5, 0.9, 0.1, 0.5, 0.9), "cross or bend"),
        ((0.1, 0.1, 0.5, 0.1, 0.9, 0.1, 0.5, 0.9), "on a line"),
        ((0.1, 0.1, 0.1, 0.1, 0.9, 0.9, 0.1, 0.9), "on a line"),
        ((0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0), "wrong way round"),
        ((-0.1, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0), "outside of the picture"),
    ],
)
def test_corners_that_make_no_rectangle_are_told(corners: tuple[float, ...], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        corner_points(corners, (100, 100))


def test_a_piece_that_is_too_small_is_told() -> None:
    picture = np.zeros((128, 128, 3), np.float32)
    with pytest.raises(InputError, match="piece of 26 x 26 px; 64 px a side are the least"):
        rectified({"albedo": picture}, (0.4, 0.4, 0.6, 0.4, 0.6, 0.6, 0.4, 0.6), device=CPU)
