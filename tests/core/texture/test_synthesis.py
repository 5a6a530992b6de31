# SPDX-License-Identifier: GPL-3.0-or-later
"""The synthesis from outside: seamless, aligned, reproducible, for any exemplar and size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core.errors import Cancelled
from maquette.core.texture.synthesis import synthesise
from maquette.training.metrics.texture import band_error, nearest_patches, seam_z, wrap_band_ratio

from .synthetic import bricks, checker, noise, planks

CPU = torch.device("cpu")
MAKERS: dict[str, Callable[[], np.ndarray]] = {"noise": noise, "bricks": bricks, "planks": planks, "checker": checker}


def silent(_fraction: float, _text: str) -> None:
    """Progress that nobody watches."""


def made(maps: dict[str, np.ndarray], size: tuple[int, int] = (128, 128), seed: int = 0) -> dict[str, np.ndarray]:
    return synthesise(maps, size, seed=seed, device=CPU, progress=silent)


def chw(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).permute(2, 0, 1)


@pytest.mark.parametrize("name", MAKERS)
def test_the_border_is_as_quiet_as_any_line_inside(name: str) -> None:
    exemplar = MAKERS[name]()[:110, :110]
    output = made({"albedo": exemplar}, (192, 192))["albedo"]
    # 3 is where a seam starts to show; regular patterns have a few loud lines (joints), which the border may be too
    largest = max(seam_z(torch.roll(chw(output), (k, k), (1, 2))) for k in range(0, 192, 3))
    assert seam_z(chw(output)) <= max(3.0, 1.05 * largest)


@pytest.mark.parametrize("name", ["noise", "bricks", "planks"])
def test_patches_around_the_border_are_as_true_as_those_inside(name: str) -> None:
    exemplar = MAKERS[name]()
    output = made({"albedo": exemplar}, (256, 256))["albedo"]
    nearest = nearest_patches(chw(output), chw(exemplar), stride=2)
    assert nearest.patch_error < 0.3
    # where nearly all is an undisturbed copy any join is many times worse than the rest: then it must be good by itself
    assert wrap_band_ratio(nearest) < 2.0 or band_error(nearest, 0, 0) < 0.15 * nearest.variance


def test_every_map_shows_the_same_place_of_the_exemplar() -> None:
    albedo = noise()
    linear = (0.2 + 0.5 * albedo.mean(2, keepdims=True)).astype(np.float32)
    output = made({"albedo": albedo, "roughness": linear, "metallic": 1 - linear}, (192, 128))
    expected = 0.2 + 0.5 * output["albedo"].mean(2, keepdims=True)
    # slow changes of colour are laid out by themselves; all else comes from the same texel
    difference = output["roughness"] - expected
    assert np.abs(difference).max() < 0.06
    assert np.abs(difference - np.roll(difference, 1, 0)).mean() < 0.002
    np.testing.assert_allclose(output["metallic"], 1 - output["roughness"], atol=2e-6)


def test_height_follows_the_albedo_it_belongs_to() -> None:
    albedo = noise()
    output = made({"albedo": albedo, "height": np.ascontiguousarray(albedo[..., :1])}, (192, 192))
    difference = np.abs(output["height"][..., 0] - output["albedo"][..., 0])
    assert np.median(difference) < 0.05
    assert np.corrcoef(output["height"].ravel(), output["albedo"][..., 0].ravel())[0, 1] > 0.95


def test_normals_have_unit_length_and_point_outwards() -> None:
    tilts = noise(seed=3) * 0.6 + 0.2
    vectors = np.dstack([tilts[..., 0] * 2 - 1, tilts[..., 1] * 2 - 1, np.ones(tilts.shape[:2])])
    normals = vectors / np.linalg.norm(vectors, axis=2, keepdims=True) * 0.5 + 0.5
    output = made({"albedo": noise(), "normal": normals.astype(np.float32)}, (96, 768))["normal"] * 2 - 1
    np.testing.assert_allclose(np.linalg.norm(output, axis=2), 1, atol=1e-5)
    assert output[..., 2].min() > 0


def test_the_same_seed_gives_the_same_bytes_on_one_and_two_threads() -> None:
    maps = {"albedo": bricks(110, 120), "height": np.ascontiguousarray(bricks(110, 120)[..., :1])}
    before, results = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            results.append(made(maps, (160, 128), seed=7))
    finally:
        torch.set_num_threads(before)
    for name in maps:
        assert results[0][name].tobytes() == results[1][name].tobytes()


def test_another_seed_gives_another_texture() -> None:
    maps = {"albedo": noise()}
    assert np.abs(made(maps, seed=1)["albedo"] - made(maps, seed=2)["albedo"]).mean() > 0.02


def test_small_tiles_of_rows_change_nothing() -> None:
    maps = {"albedo": noise()}
    whole = synthesise(maps, (160, 130), seed=0, device=CPU, progress=silent)
    in_strips = synthesise(maps, (160, 130), seed=0, device=CPU, progress=silent, tile=17)
    assert whole["albedo"].tobytes() == in_strips["albedo"].tobytes()


@settings(max_examples=6, deadline=None, derandomize=True)
@given(rows=st.integers(64, 150), columns=st.integers(64, 150), height=st.integers(32, 200), width=st.integers(32, 200))
def test_any_exemplar_fills_any_size(rows: int, columns: int, height: int, width: int) -> None:
    output = made({"albedo": noise(rows, columns), "height": noise(rows, columns, 1)[..., :1]}, (height, width))
    assert output["albedo"].shape == (height, width, 3)
    assert output["height"].shape == (height, width, 1)
    for image in output.values():
        assert image.dtype == np.float32
        assert np.isfinite(image).all()
        assert image.min() >= 0
        assert image.max() <= 1


@pytest.mark.parametrize(("rows", "columns"), [(64, 400), (300, 100)])
def test_long_photographs_work(rows: int, columns: int) -> None:
    output = made({"albedo": noise(rows, columns)}, (96, 96))["albedo"]
    assert abs(float(output.mean()) - float(noise(rows, columns).mean())) < 0.05


def test_an_exemplar_larger_than_the_output_keeps_its_scale() -> None:
    output = made({"albedo": checker(400, 400, side=16)}, (64, 64))["albedo"][..., 0] > 0.5
    changes = np.count_nonzero(output != np.roll(output, -1, 1), axis=1)
    assert np.median(changes) == 4


def test_one_colour_stays_that_colour() -> None:
    output = made({"albedo": np.full((80, 70, 3), 0.25, np.float32), "roughness": np.ones((80, 70, 1), np.float32)})
    np.testing.assert_allclose(output["albedo"], 0.25, atol=1e-6)
    np.testing.assert_allclose(output["roughness"], 1, atol=1e-6)


def test_grey_stays_grey() -> None:
    grey = np.repeat(noise()[..., :1], 3, axis=2)
    output = made({"albedo": grey})["albedo"]
    assert np.ptp(output, axis=2).max() < 1e-5


@pytest.mark.parametrize("name", MAKERS)
def test_values_are_spread_as_in_the_exemplar(name: str) -> None:
    exemplar = MAKERS[name]()
    output = made({"albedo": exemplar}, (256, 256))["albedo"]
    quantiles = np.linspace(0.02, 0.98, 25)
    assert np.abs(np.quantile(output, quantiles) - np.quantile(exemplar, quantiles)).mean() < 0.04


def test_courses_of_bricks_run_straight_around_the_tile() -> None:
    # 13.7 texels a course: neither exemplar nor output is a multiple of it
    exemplar = bricks(150, 140, course=13.7, length=28.0)
    output = made({"albedo": exemplar}, (192, 192))["albedo"].mean(2)
    in_joint = output < 0.3
    full_rows = in_joint.mean(1) > 0.8
    assert 12 <= np.count_nonzero(full_rows & ~np.roll(full_rows, 1)) <= 16
    assert (
        np.count_nonzero((in_joint.mean(1) > 0.45) & ~full_rows & ~np.roll(full_rows, 1) & ~np.roll(full_rows, -1)) == 0
    )


def test_a_checkerboard_stays_one() -> None:
    output = made({"albedo": checker(130, 141, side=15)}, (192, 192))["albedo"][..., 0] > 0.5
    side = 192 / round(192 / 30) / 2
    for axis in (0, 1):
        assert np.mean(output == np.roll(output, round(2 * side), axis)) > 0.97
        assert np.mean(output != np.roll(output, round(side), axis)) > 0.9
    assert 0.45 < output.mean() < 0.55


@pytest.mark.parametrize("after", [0, 3, 8])
def test_cancelling_stops_the_work(after: int) -> None:
    calls = []

    def cancel(fraction: float, text: str) -> None:
        calls.append((fraction, text))
        if len(calls) > after:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        synthesise({"albedo": noise()}, (128, 128), seed=0, device=CPU, progress=cancel)
    assert len(calls) == after + 1


def test_progress_grows_from_nothing_to_nearly_all() -> None:
    fractions: list[float] = []
    maps = {"albedo": noise(), "height": noise()[..., :1]}
    synthesise(maps, (128, 128), seed=0, device=CPU, progress=lambda fraction, _text: fractions.append(fraction))
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert 0.9 < fractions[-1] <= 1
