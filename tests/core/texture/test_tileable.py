# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture made to tile: no seam, all else as it was, every map in step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.errors import Cancelled, InputError
from maquette.core.request import Request
from maquette.core.texture.closing import close, cut_costs
from maquette.core.texture.features import guide_features
from maquette.core.texture.joints import beside, joints
from maquette.core.texture.levelling import levelling
from maquette.core.texture.tiling import Tile, make_tile
from maquette.training.metrics.texture import seam_z

from .synthetic import bricks, checker, noise, planks

CPU = torch.device("cpu")
MAKERS: dict[str, Callable[[], np.ndarray]] = {
    "noise": lambda: noise(150, 130),
    "bricks": lambda: bricks(150, 150, course=14.5, length=30.0),
    "planks": lambda: planks(140, 130)[:, :121],
    "checker": lambda: checker(130, 141, side=15),
}


def made(maps: dict[str, np.ndarray], seed: int = 0, **options: float) -> Tile:
    given = {"trim": 0.4, "band": 0.15, **options}
    return make_tile(maps, seed=seed, device=CPU, progress=lambda _fraction, _text: None, **given)


def chw(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)


@pytest.mark.parametrize("name", MAKERS)
def test_the_tile_has_no_seam_and_is_a_large_part_of_the_picture(name: str) -> None:
    picture = MAKERS[name]()
    tile = made({"albedo": picture}).maps["albedo"]
    assert seam_z(chw(tile)) <= 3
    assert all(0.6 * there <= kept <= there for kept, there in zip(tile.shape[:2], picture.shape[:2], strict=True))


@pytest.mark.parametrize("name", MAKERS)
def test_texels_away_from_the_seams_are_those_of_the_picture(name: str) -> None:
    picture = MAKERS[name]()
    tile = made({"albedo": picture, "roughness": picture.mean(2, keepdims=True)})
    same = ~tile.changed
    assert same.mean() > 0.2
    rows, columns = tile.rows[same], tile.columns[same]
    np.testing.assert_array_equal(tile.maps["albedo"][same], picture[rows, columns])
    np.testing.assert_array_equal(tile.maps["roughness"][same], picture.mean(2, keepdims=True)[rows, columns])


def test_the_seam_itself_changes_little() -> None:
    picture = noise(160, 160)
    tile = made({"albedo": picture})
    difference = np.abs(tile.maps["albedo"] - picture[tile.rows, tile.columns])
    assert difference.mean() < 0.01


def test_a_whole_number_of_courses_is_kept() -> None:
    tile = made({"albedo": bricks(150, 150, course=14.5, length=30.0)})
    height, width = tile.maps["albedo"].shape[:2]
    # every second course is shifted: two courses repeat
    assert abs(height / 29 - round(height / 29)) < 0.08
    assert abs(width / 30 - round(width / 30)) < 0.08


def test_a_picture_that_tiles_is_left_as_it_is() -> None:
    maps = {"albedo": noise(120, 120, mode="wrap"), "metallic": noise(120, 120, 1, mode="wrap")[..., :1]}
    tile = made(maps)
    assert not tile.changed.any()
    for name, image in maps.items():
        np.testing.assert_array_equal(tile.maps[name], image)


def test_one_seamless_side_is_kept_whole() -> None:
    # left and right of the whole go on in each other, above and below not
    tile = made({"albedo": noise(144, 144, mode="wrap")[:125]})
    assert tile.maps["albedo"].shape[1] == 144
    assert tile.maps["albedo"].shape[0] < 125


def test_light_that_falls_off_makes_no_step() -> None:
    slope = np.linspace(0.0, 0.25, 160, dtype=np.float32)[None, :, None]
    tile = made({"albedo": 0.3 + 0.4 * noise(160, 160) + slope}, band=0.4).maps["albedo"]
    # means of strips 12 texels wide around every line: none differs from the next by much of the light's fall
    means = tile.mean((0, 2))
    around = np.stack([np.roll(means, shift) for shift in range(-6, 6)])
    steps = np.abs(np.roll(around.mean(0), -6) - np.roll(around.mean(0), 6))
    assert steps.max() < 0.13


def test_the_same_seed_gives_the_same_bytes() -> None:
    picture = noise(100, 100)
    first, second = made({"albedo": picture}, 5), made({"albedo": picture}, 5)
    np.testing.assert_array_equal(first.maps["albedo"], second.maps["albedo"])


def test_strips_of_rows_change_nothing() -> None:
    picture = noise(110, 110)
    whole = make_tile({"albedo": picture}, trim=0.4, band=0.1, seed=0, device=CPU, progress=lambda _f, _t: None)
    parts = make_tile({"albedo": picture}, trim=0.4, band=0.1, seed=0, device=CPU, progress=lambda _f, _t: None, tile=9)
    np.testing.assert_array_equal(whole.maps["albedo"], parts.maps["albedo"])


def test_a_large_picture_keeps_its_texels_too() -> None:
    picture = noise(420, 500)
    tile = made({"albedo": picture})
    same = ~tile.changed
    np.testing.assert_array_equal(tile.maps["albedo"][same], picture[tile.rows[same], tile.columns[same]])
    assert seam_z(chw(tile.maps["albedo"])) <= 3


@pytest.mark.parametrize("picture", [np.full((90, 80, 3), 0.4, np.float32), noise(64, 900), noise(64, 64)])
def test_any_picture_gives_a_tile(picture: np.ndarray) -> None:
    tile = made({"albedo": picture}).maps["albedo"]
    assert np.isfinite(tile).all()
    assert min(tile.shape[:2]) >= 0.5 * 64


def test_a_stop_is_heard() -> None:
    def stop(fraction: float, _text: str) -> None:
        if fraction > 0.3:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        make_tile({"albedo": noise()}, trim=0.4, band=0.1, seed=0, device=CPU, progress=stop)


def test_cut_costs_are_those_of_the_cheapest_paths() -> None:
    error = np.random.default_rng(0).random((3, 5, 4))
    paths = [p for p in itertools.product(range(4), repeat=5) if all(abs(a - b) <= 1 for a, b in itertools.pairwise(p))]
    cheapest = [min(sum(image[row, column] for row, column in enumerate(path)) for path in paths) for image in error]
    np.testing.assert_allclose(cut_costs(error)[:, -1].min(1), cheapest)


def test_the_cut_joins_what_the_picture_shows_side_by_side() -> None:
    features = guide_features({"albedo": noise(90, 100)}, CPU)
    closure = close(features, (False, False), (None, None), 0.4, 2)
    height, width = closure.rows.shape
    assert height % 2 == width % 2 == 0
    seam = beside(joints(closure.rows, closure.columns, (90, 100), (False, False)))
    # a cut across and one along, each about two texels wide
    assert seam.sum() < 8 * (height + width)


def test_levelling_takes_a_step_away_and_leaves_the_rest() -> None:
    values = torch.zeros(1, 64, 64)
    values[:, :, 20:50] = 1
    right = torch.zeros(64, 64, dtype=torch.bool)
    right[:, 19] = right[:, 49] = True
    level = values + levelling(values, (right, torch.zeros_like(right)), None, radius=4, wavelength=60.0)
    steps = (torch.roll(level, -1, 2) - level).abs()
    assert steps.max() < 0.15
    free = torch.zeros(64, 64, dtype=torch.bool)
    free[:, 20:50] = True
    inside = levelling(values, (right, torch.zeros_like(right)), free, radius=4, wavelength=1e6)
    assert not inside[:, ~free].any()
    np.testing.assert_allclose((values + inside).numpy(), 0, atol=0.02)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "albedo.png"
    Image.fromarray(np.round(noise(120, 140) * 255).astype(np.uint8)).save(path)
    return path


def request(picture: Path, **params: object) -> Request:
    plain = {"generator": "texture", "method": "tileable", "params": params, "references": [str(picture)]}
    return Request.from_plain(plain)


def test_the_material_is_as_wide_as_what_is_kept(picture: Path) -> None:
    material = engine.generate(request(picture, size_m=1.4)).materials[0]
    height, width = material.maps["albedo"].shape[:2]
    assert material.size_m == pytest.approx((width / 100, height / 100))
    assert set(material.maps) == {"albedo", "normal", "roughness", "metallic", "height", "ambient_occlusion"}


@pytest.mark.parametrize("resample", ["picture", "power_of_two"])
def test_the_size_in_pixels_can_be_chosen(picture: Path, resample: str) -> None:
    plain = engine.generate(request(picture, maps=["roughness"])).materials[0]
    kept = plain.maps["albedo"].shape[:2]
    size = (120, 140) if resample == "picture" else tuple(2 ** round(np.log2(n)) for n in kept)
    material = engine.generate(request(picture, maps=["roughness"], resample=resample)).materials[0]
    assert material.maps["albedo"].shape[:2] == material.maps["roughness"].shape[:2] == size
    assert material.size_m == plain.size_m
    assert seam_z(chw(material.maps["albedo"])) <= 3


def test_corners_cut_the_picture_first(picture: Path) -> None:
    corners = [0.0, 0.0, 0.9, 0.0, 0.9, 0.9, 0.0, 0.9]
    material = engine.generate(request(picture, corners=corners, maps=["albedo"])).materials[0]
    assert material.maps["albedo"].shape[1] <= 126
    with pytest.raises(InputError, match="wrong way round"):
        engine.generate(request(picture, corners=[0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0]))
