# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain methods beside `family` do what they are said to do."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.training.evaluation.texture.family import fitted_spaces
from maquette.training.evaluation.texture.family_baselines import Nearest, fit_pixel_pca, recoloured
from maquette.training.metrics.material_features import features_of


def material(seed: int, side: int = 128, grain: int = 1) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    coarse = random.random((side // grain, side // grain, 5), dtype=np.float32)
    noise = coarse.repeat(grain, 0).repeat(grain, 1)
    normal = np.broadcast_to(np.float32([0.5, 0.5, 1.0]), (side, side, 3))
    metallic = np.zeros((side, side, 1), np.float32)
    return {
        "albedo": 0.3 + 0.4 * noise[..., :3],
        "normal": np.ascontiguousarray(normal),
        "roughness": 0.3 + 0.4 * noise[..., 3:4],
        "metallic": metallic,
    }


def test_recoloured_has_the_other_ones_mean_and_covariance() -> None:
    source, target = material(0), material(1)["albedo"] * np.float32([0.5, 1.0, 0.7]) + np.float32(0.1)
    made = recoloured(source, target)["albedo"].reshape(-1, 3)
    wanted = target.reshape(-1, 3)
    assert made.mean(0) == pytest.approx(wanted.mean(0), abs=2e-3)
    assert np.cov(made.T) == pytest.approx(np.cov(wanted.T), abs=5e-4)


def test_nearest_is_the_material_of_the_same_structure_in_the_asked_colours() -> None:
    training = [material(seed, grain=grain) for seed, grain in ((0, 1), (1, 4), (2, 16))]
    features = [features_of(maps) for maps in training]
    space, colourless = fitted_spaces(features)
    nearest = Nearest(space, colourless, features, lambda index: training[index])
    asked = material(7, grain=4)
    asked["albedo"] = asked["albedo"] * np.float32([1.0, 0.4, 0.2])
    answer = nearest.answer(asked, [0, 1, 2])
    assert np.array_equal(answer["roughness"], training[1]["roughness"])
    assert answer["albedo"].mean((0, 1)) == pytest.approx(asked["albedo"].mean((0, 1)), abs=0.01)


def test_pixel_pca_gives_back_what_it_was_fitted_to() -> None:
    training = [material(seed) for seed in range(3)]
    pca = fit_pixel_pca([lambda maps=maps: maps for maps in training])  # type: ignore[misc]
    answer = pca.answer(training[1])
    for name, image in training[1].items():
        assert answer[name] == pytest.approx(image, abs=0.02), name


def test_pixel_pca_answers_materials_of_any_size() -> None:
    pca = fit_pixel_pca([lambda: material(0, side=64)])
    answer = pca.answer(material(1, side=200))
    assert answer["albedo"].shape == (200, 200, 3)
    assert all(np.isfinite(image).all() and image.min() >= 0 and image.max() <= 1 for image in answer.values())
