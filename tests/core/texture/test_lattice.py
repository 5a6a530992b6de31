# SPDX-License-Identifier: GPL-3.0-or-later
"""Periods and seamless axes are found, and the exemplar is scaled to close on the output."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.texture import lattice
from maquette.core.texture.features import guide_features
from maquette.core.texture.lattice import closing_stretch, fit_exemplar, is_seamless, period

from .synthetic import bricks, checker, noise, planks

CPU = torch.device("cpu")


def guides(albedo: np.ndarray) -> torch.Tensor:
    return guide_features({"albedo": albedo}, CPU)


@pytest.mark.parametrize("course", [12.0, 13.7, 17.25])
def test_the_course_of_bricks_is_the_period(course: float) -> None:
    found = period(guides(bricks(170, 150, course=course, length=30.0)), 0)
    assert found is not None
    # every second course is shifted, so that either one or two courses repeat
    assert min(abs(found.texels - course), abs(found.texels - 2 * course)) < 0.6


def test_noise_has_no_period() -> None:
    assert period(guides(noise(150, 150)), 0) is None
    assert period(guides(noise(150, 150)), 1) is None


def test_a_seamless_exemplar_is_recognised() -> None:
    boards, blobs = guides(planks(128, 128)), guides(noise(120, 120, mode="wrap"))
    assert is_seamless(boards, 0, period(boards, 0))
    assert is_seamless(blobs, 0, period(blobs, 0))
    assert is_seamless(blobs, 1, period(blobs, 1))


def test_a_crop_is_not_seamless() -> None:
    crop = guides(noise(120, 120))
    assert not is_seamless(crop, 0, period(crop, 0))
    squares = guides(checker(130, 141, side=15))
    assert not is_seamless(squares, 0, period(squares, 0))
    assert not is_seamless(squares, 1, period(squares, 1))


def test_stretch_makes_repeats_whole() -> None:
    count, stretch = closing_stretch(140, 192, 30.0, False)
    assert count == 6
    assert count * 30.0 * stretch == pytest.approx(192)


def test_no_stretch_beyond_what_shows() -> None:
    assert closing_stretch(300, 192, 120.0, False) == (2, 0.8)
    assert closing_stretch(300, 170, 120.0, False) == (0, 1.0)
    assert closing_stretch(300, 192, None, False) == (0, 1.0)


def test_the_fit_asks_for_a_divisible_size_near_the_wanted_one() -> None:
    fit = fit_exemplar(guides(noise(200, 300)), (1001, 777), 2)
    assert all(n % 4 == 0 for n in fit.size)
    assert all(abs(n - wanted) / wanted < 0.02 for n, wanted in zip(fit.size, (1001, 777), strict=True))


def test_a_mismatch_below_a_percent_scales_nothing() -> None:
    fit = fit_exemplar(guides(bricks(150, 140, course=15.9, length=28.0)), (192, 192), 1)
    assert fit.exemplar_size[0] == 150
    down = fit.repeats[0]
    assert down is not None
    assert down.given == pytest.approx(15.9 * round(down.given / 15.9), abs=0.05)
    assert 192 / down.wanted == pytest.approx(round(192 / down.wanted))


def test_contrasts_of_all_candidates_are_those_of_each() -> None:
    random = np.random.default_rng(0)
    correlation, candidates = random.uniform(-1, 1, 300), np.append(np.arange(6, 150, 0.7), 299.0)
    plain = []
    for candidate in candidates:
        multiples = candidate * np.arange(1, int(299 / candidate) + 1)
        at, between = (
            np.interp(places, np.arange(300), correlation) for places in (multiples, multiples - candidate / 2)
        )
        plain.append((at - between).mean())
    np.testing.assert_array_equal(lattice._contrasts(correlation, candidates), plain)
