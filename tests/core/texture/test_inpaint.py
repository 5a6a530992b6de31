# SPDX-License-Identifier: GPL-3.0-or-later
"""A marked part made anew: the rest to the bit, no seam, all maps in step, nothing taken from what was marked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from maquette.core import engine
from maquette.core.errors import InputError
from maquette.core.request import Request
from maquette.core.texture.filling import Canvas, fill, seamless_axes
from maquette.core.texture.patches import index_patches
from maquette.core.texture.region import find_region
from maquette.core.texture.voting import closest_texels, vote
from maquette.training.metrics.texture import nearest_patches, seam_z

from .synthetic import bricks, noise

CPU = torch.device("cpu")


def marked(rows: int, columns: int) -> np.ndarray:
    """A disc in the middle, and a strip at the right side."""
    y, x = np.mgrid[0:rows, 0:columns]
    disc = (y - rows / 2) ** 2 + (x - columns / 2) ** 2 < (min(rows, columns) / 5) ** 2
    strip = (x > columns * 0.9) & (np.abs(y - rows / 4) < rows / 10)
    return np.asarray(disc | strip)


def made(
    maps: dict[str, np.ndarray], mask: np.ndarray, wraps: tuple[bool, bool] = (False, False), seed: int = 0
) -> dict[str, np.ndarray]:
    canvas = Canvas((mask.shape[0], mask.shape[1]), (0, 0), mask, wraps)
    return fill(maps, ~mask, canvas, seed=seed, device=CPU, progress=lambda _fraction, _text: None)


def chw(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)


def test_what_is_not_marked_stays_to_the_bit() -> None:
    albedo, mask = noise(131, 150), marked(131, 150)
    maps = {"albedo": albedo, "height": albedo[..., :1], "normal": noise(131, 150, 3)}
    for name, image in made(maps, mask).items():
        np.testing.assert_array_equal(image[~mask], maps[name][~mask])


def test_every_map_shows_the_same_place() -> None:
    albedo, mask = noise(128, 128), marked(128, 128)
    output = made({"albedo": albedo, "metallic": albedo[..., :1], "ambient_occlusion": 1 - albedo[..., :1]}, mask)
    np.testing.assert_allclose(output["metallic"], 1 - output["ambient_occlusion"], atol=1e-6)


def test_nothing_of_what_is_marked_comes_back() -> None:
    albedo, mask = noise(128, 144) * 0.5, marked(128, 144)
    albedo[mask] = (1.0, 0.0, 1.0)
    output = made({"albedo": albedo}, mask)["albedo"]
    assert output[mask].max() < 0.65
    # the light of the whole is kept
    np.testing.assert_allclose(output[mask].mean(0), albedo[~mask].mean(0), atol=0.05)


def test_the_courses_of_bricks_go_on() -> None:
    albedo = bricks(144, 160, course=14.5, length=30.0)
    mask = marked(144, 160)
    output = made({"albedo": albedo}, mask)["albedo"]
    joint = albedo.mean(2).mean(1) < 0.25
    inside = mask[:, 60:100]
    dark = np.where(inside, output[:, 60:100].mean(2), np.nan)
    courses = np.nanmean(dark[inside.any(1)], axis=1)
    assert courses[joint[inside.any(1)]].max() < 0.3
    assert np.median(courses[~joint[inside.any(1)]]) > 0.3


def test_patches_over_the_seam_are_those_of_the_picture() -> None:
    albedo, mask = noise(160, 160), marked(160, 160)
    output = made({"albedo": albedo}, mask)["albedo"]
    spoilt = np.where(mask[..., None], albedo[::-1, ::-1], albedo)
    found, worse = (nearest_patches(chw(image), chw(albedo)) for image in (output, spoilt))
    # beyond the last rows and columns patches would reach around
    assert found.error[:-9, :-9].mean() < 0.75 * worse.error[:-9, :-9].mean()


def test_light_that_falls_off_goes_on_in_the_part() -> None:
    light = np.linspace(0, 0.4, 160, dtype=np.float32)[None, :, None]
    albedo, mask = 0.2 + 0.2 * noise(160, 160) + light, np.zeros((160, 160), bool)
    mask[50:110, 50:110] = True
    output = made({"albedo": albedo}, mask)["albedo"]
    columns = output[50:110, 50:110].mean((0, 2)).reshape(6, 10).mean(1)
    wanted = albedo[:, 50:110].mean((0, 2)).reshape(6, 10).mean(1)
    np.testing.assert_allclose(columns, wanted, atol=0.05)


def test_a_tile_stays_one() -> None:
    albedo = noise(128, 128, mode="wrap")
    mask = np.zeros((128, 128), bool)
    mask[:12] = mask[-12:] = True
    mask[50:80, :20] = mask[50:80, -20:] = True
    assert seamless_axes({"albedo": albedo}, ~mask, CPU) == (True, True)
    assert seamless_axes({"albedo": noise(140, 140)[:128, :128]}, ~mask, CPU)[1] is False
    output = made({"albedo": albedo}, mask, (True, True))["albedo"]
    assert seam_z(chw(output)) <= 3


def test_a_large_canvas_is_made_at_full_resolution() -> None:
    albedo = np.tile(noise(128, 128, mode="wrap"), (1, 9, 1))
    mask = np.zeros(albedo.shape[:2], bool)
    mask[40:90, 500:575] = True
    output = made({"albedo": albedo}, mask)["albedo"]
    np.testing.assert_array_equal(output[~mask], albedo[~mask])
    assert output[mask].std() > 0.8 * albedo[mask].std()


def test_the_same_seed_gives_the_same_bytes() -> None:
    albedo, mask = noise(100, 100), marked(100, 100)
    first, second = (made({"albedo": albedo}, mask, seed=3)["albedo"] for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_region_votes_and_chooses_as_the_whole_torus_does() -> None:
    image = torch.from_numpy(noise(40, 48)).permute(2, 0, 1).contiguous()
    index = index_patches(image, (False, False), torch.Generator().manual_seed(0))
    random = torch.Generator().manual_seed(1)
    rows = torch.randint(0, index.num_rows, (16, 20), generator=random)
    columns = torch.randint(0, index.num_columns, (16, 20), generator=random)
    region = find_region(torch.ones(32, 40, dtype=torch.bool), (32, 40))
    first = (rows * index.texel_columns + columns).reshape(-1)
    whole = vote(index, rows, columns, 2)
    voted = region.vote(index, first)
    torch.testing.assert_close(voted.T.reshape(3, 32, 40), whole)
    source_rows, source_columns = closest_texels(index, rows, columns, 2, whole)
    chosen = region.choose(index, first, voted).reshape(32, 40)
    assert (chosen == source_rows * index.texel_columns + source_columns).float().mean() > 0.99
    torch.testing.assert_close(region.describe(index, whole), index.describe(whole, 2).reshape(-1, 20))


def test_what_is_beyond_the_bounds_is_not_touched() -> None:
    unknown = torch.zeros(40, 40, dtype=torch.bool)
    unknown[20:, 25:] = True
    region = find_region(unknown & (torch.arange(40) < 33)[None] & (torch.arange(40) < 31)[:, None], (31, 33))
    assert int(region.rows_q.max()) == 31 - 7
    assert int(region.columns_q.max()) == 33 - 7
    covered = torch.zeros(len(region.texels_u), dtype=torch.bool)
    for _, _, places, _ in region.covers:
        covered[places] = True
    assert covered.all()


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, str]:
    mask = marked(96, 128)
    images = {"albedo": noise(96, 128) * 255, "mask": mask.repeat(2, 0).repeat(2, 1) * 255}
    paths = {role: str(tmp_path / f"{role}.png") for role in images}
    for role, image in images.items():
        Image.fromarray(np.round(image).astype(np.uint8)).save(paths[role])
    return paths


def request(pictures: dict[str, str], **params: object) -> Request:
    references = [{"role": role, "path": path} for role, path in pictures.items()]
    plain = {"generator": "texture", "method": "inpaint", "params": params, "references": references}
    return Request.from_plain(plain)


def test_a_mask_of_another_resolution_and_a_rectangle_add_up(pictures: dict[str, str]) -> None:
    albedo = np.asarray(Image.open(pictures["albedo"]), np.float32) / 255
    box = {"x": 0.0, "y": 0.5, "width": 0.2, "height": 0.25}
    material = engine.generate(request(pictures, maps=["roughness"], **box)).materials[0]
    mask = marked(96, 128)
    mask[48:72, :26] = True
    np.testing.assert_allclose(material.maps["albedo"][~mask], albedo[~mask], atol=1e-6)
    assert (np.abs(material.maps["albedo"] - albedo).max(2)[mask] > 1e-3).mean() > 0.9


def test_nothing_or_all_marked_is_told(pictures: dict[str, str]) -> None:
    albedo = {"albedo": pictures["albedo"]}
    with pytest.raises(InputError, match="Nothing of the picture is marked"):
        engine.generate(request(albedo))
    with pytest.raises(InputError, match="All of the picture is marked"):
        engine.generate(request(albedo, width=1.0, height=1.0))
    with pytest.raises(InputError, match="Too little of the picture is left"):
        engine.generate(request(albedo, width=1.0, height=0.97))
    Image.new("L", (128, 96), 0).save(pictures["mask"])
    with pytest.raises(InputError, match="Nothing of the picture is marked"):
        engine.generate(request(pictures))


def test_a_mask_of_another_shape_is_told(pictures: dict[str, str]) -> None:
    Image.new("L", (100, 100), 255).save(pictures["mask"])
    with pytest.raises(InputError, match="The mask is 100 x 100 px and the picture 128 x 96"):
        engine.generate(request(pictures))
