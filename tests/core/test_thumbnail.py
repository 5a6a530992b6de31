# SPDX-License-Identifier: GPL-3.0-or-later
"""Thumbnails: what shows where, by plain rays; every kind of Asset has a picture."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from small_building import options
from synthetic_building import synthetic_building
from synthetic_character import synthetic_character

from maquette.core.asset import Asset, Material, Mesh
from maquette.core.thumbnail import picture, thumbnail
from maquette.core.thumbnail_raster import visible
from maquette.core.thumbnail_scene import shown_meshes, triangles_of


def material(**maps: tuple[float, ...]) -> Material:
    return Material("m", {n: np.full((32, 32, len(v)), v, np.float32) for n, v in maps.items()}, (1.0, 1.0), 0.02)


def cross(a: np.ndarray, b: np.ndarray) -> float:
    return float(a[0] * b[1] - a[1] * b[0])


def by_rays(corners: np.ndarray, size: int) -> np.ndarray:
    """The nearest triangle at each pixel's middle, one triangle and pixel after the other."""
    found, nearest = np.full((size, size), -1), np.full((size, size), np.inf)
    for number, (a, b, c) in enumerate(corners):
        area = cross(b - a, c - a)
        for row in range(size):
            for column in range(size):
                place = np.array([column + 0.5, row + 0.5])
                v, w = cross(place - a[:2], c - a) / area, cross(b - a, place - a[:2]) / area
                if min(v, w, 1 - v - w) >= 0:
                    depth = 1 / ((1 - v - w) / a[2] + v / b[2] + w / c[2])
                    if depth < nearest[row, column]:
                        found[row, column], nearest[row, column] = number, depth
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_triangle_shows_as_plain_rays_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform((-6, -6, 1), (22, 22, 3), (10, 3, 3))
    seen = visible(corners, (16, 16))
    assert np.array_equal(seen.triangle, by_rays(corners, 16))
    shown = seen.triangle >= 0
    # the shares put the corners together to the place that is seen
    flat = (seen.shares[shown] / 1.0)[:, :, None] * corners[seen.triangle[shown]]
    assert np.allclose(flat.sum(1)[:, 2], seen.depth[shown], rtol=1e-4)
    assert np.isinf(seen.depth[~shown]).all()


def test_a_material_is_a_lit_tile_in_its_own_colour() -> None:
    red = picture(Asset("red", (material(albedo=(0.7, 0.2, 0.2), normal=(0.5, 0.5, 1.0), roughness=(0.8,)),)))
    assert red.shape == (256, 256, 3) and red[..., 0].mean() > 1.5 * red[..., 1].mean()
    # relief shows: slopes towards the lamp are brighter than those away from it
    sloped = [material(albedo=(0.5,) * 3, normal=(0.5 + side, 0.5 - side, 0.85)) for side in (-0.2, 0.2)]
    towards, away = (picture(Asset("s", (one,)))[64:192, 64:192].mean() for one in sloped)
    assert towards > away + 20


def test_a_tile_is_the_mean_of_what_it_covers() -> None:
    rough = np.random.default_rng(0).random((1024, 512, 3)).astype(np.float32)
    flat = Material("m", {"albedo": np.full((256, 256, 3), 0.5, np.float32)}, (1.0, 1.0), 0.0)
    noisy = Material("m", {"albedo": rough}, (1.0, 2.0), 0.0)
    apart = picture(Asset("a", (flat,))).mean() - picture(Asset("b", (noisy,))).mean()
    assert abs(apart) < 4 and picture(Asset("b", (noisy,))).std() < 40


def test_every_kind_of_asset_has_a_square_png_and_always_the_same() -> None:
    assets = [synthetic_character(), synthetic_building(), Asset("nothing"), Asset("m", (material(albedo=(0.2,) * 3),))]
    for asset in assets:
        data = thumbnail(asset)
        image = Image.open(io.BytesIO(data))
        assert image.size == (256, 256) and image.mode == "RGB" and data == thumbnail(asset)


def test_a_model_stands_in_the_middle_with_its_shadow_on_the_ground() -> None:
    image = picture(synthetic_character()).astype(float)
    # the background is even, the character is not: it is in the middle
    assert image[:30, :40].std() < 6 < image[60:200, 90:170].std()
    # below the ground is as bright as above the back is, but for the shadow behind
    ground = image[190:250].mean(axis=2)
    assert np.quantile(ground, 0.02) < np.median(ground) - 20


def test_a_texture_shows_on_its_mesh() -> None:
    square = np.array([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], np.float32)
    uvs = {"UVMap": np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)}
    mesh = Mesh(
        "sheet", square, np.arange(4, dtype=np.int32), np.array([0, 4], np.int32), np.zeros(1, np.int32), ("m",), uvs
    )
    albedo = np.zeros((64, 64, 3), np.float32)
    # red above, blue below: v goes upwards, rows go down
    albedo[:32], albedo[32:] = (0.9, 0.1, 0.1), (0.1, 0.1, 0.9)
    image = picture(Asset("sheet", (Material("m", {"albedo": albedo}, (0.0, 0.0), 0.0),), (mesh,))).astype(float)
    upper, lower = image[90, 128], image[165, 128]
    assert upper[0] > 2 * upper[2] and lower[2] > 2 * lower[0]


def test_of_several_designs_the_first_is_shown() -> None:
    asset = options()
    shown = shown_meshes(asset)
    assert set(asset.options[0].meshes) <= shown
    assert not shown & {name for option in asset.options[1:] for name in option.meshes}
    assert triangles_of(asset) is not None and triangles_of(Asset("nothing")) is None
