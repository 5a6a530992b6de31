# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances of clouds of features have their known values."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.training.metrics.distributions import fit_space, frechet_distance, precision_recall


def cloud(seed: int, count: int = 400, spread: float = 1.0, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, spread, (count, 4))


def test_frechet_distance_of_normal_clouds() -> None:
    # 4 dimensions, each (1 - 2)^2 for the spreads and 3^2 for the means
    far = frechet_distance(cloud(0, 20000), cloud(1, 20000, spread=2.0, shift=3.0))
    assert far == pytest.approx(4 * (1 + 9), rel=0.03)
    assert frechet_distance(cloud(0), cloud(0)) == pytest.approx(0, abs=1e-9)


def test_precision_and_recall_tell_what_is_missing_from_what_is_wrong() -> None:
    real = np.concatenate([cloud(0), cloud(1, shift=20.0)])
    half = cloud(2)
    precision, recall = precision_recall(half, real)
    assert precision > 0.7
    assert 0.3 < recall < 0.52
    assert precision_recall(cloud(3, shift=50.0), real) == (0.0, 0.0)


def test_space_weighs_groups_alike_and_leaves_constant_features_out() -> None:
    random = np.random.default_rng(0)
    features = random.normal(0, 1, (500, 6)) * [1, 100, 1e-3, 1, 1, 0]
    space = fit_space(features, [1, 5])
    projected = space.project(features)
    assert projected.shape[1] == 5
    # one feature of the first group carries as much as all of the second's four that change, a fifth each
    assert projected.var(0).sum() == pytest.approx(1 + 4 / 5, rel=0.01)
    moved = features + np.array([0, 0, 0, 0, 0, 1e3])
    assert np.allclose(space.project(moved), projected)
