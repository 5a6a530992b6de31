# SPDX-License-Identifier: GPL-3.0-or-later
"""Point sets and the figures on them, against plain references."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.training.metrics import point_sets
from maquette.training.metrics.triangles import pieces, triangles_of, whole

from .bodies import box, mesh_of, rigged, tube


def test_polygons_become_fans() -> None:
    mesh = mesh_of("m", np.zeros((6, 3), np.float32), [[0, 1, 2], [0, 1, 2, 3], [5, 4, 3, 2, 1]])
    expected = [[0, 1, 2], [0, 1, 2], [0, 2, 3], [5, 4, 3], [5, 3, 2], [5, 2, 1]]
    assert triangles_of(mesh).tolist() == expected


def test_pieces_are_connected_and_welded() -> None:
    body = Asset("a", meshes=(tube(), box("b", (2, 0, 0.5), (1, 1, 1))))
    positions, triangles, owner = whole(body)
    piece = pieces(positions, triangles)
    assert len(set(piece)) == 2 and set(owner) == {0, 1}
    # a soup of triangles that touch is one piece all the same
    soup = positions[triangles].reshape(-1, 3)
    assert len(set(pieces(soup, np.arange(len(soup)).reshape(-1, 3)))) == 2


def test_points_lie_on_the_surface_at_unit_height() -> None:
    body = Asset("a", meshes=(box("b", (5, -3, 2), (1.0, 0.5, 2.0)),))
    points = point_sets.surface_points(body, 4000, seed=3)
    assert points.dtype == np.float32 and points.shape == (4000, 3)
    assert points[:, 2].min() == pytest.approx(0, abs=1e-6) and points[:, 2].max() == pytest.approx(1, abs=1e-6)
    half = np.array([0.25, 0.125, 0.5])
    off = np.abs(points - [0, 0, 0.5]) - half
    assert np.abs(off.max(1)).max() < 1e-5
    # evenly by area: ends are 1 x 0.5 of 7 in all, one at each end
    assert np.mean(points[:, 2] > 1 - 1e-5) == pytest.approx(0.5 / 7, abs=0.02)
    assert np.array_equal(points, point_sets.surface_points(body, 4000, seed=3))


def test_a_character_without_a_surface_is_refused() -> None:
    flat = mesh_of("m", np.zeros((3, 3), np.float32), [[0, 1, 2]])
    with pytest.raises(InputError, match="no surface"):
        point_sets.surface_points(Asset("a", meshes=(flat,)))


def plain_chamfer(a: np.ndarray, b: np.ndarray) -> float:
    """All distances at once."""
    squared = torch.cdist(torch.from_numpy(a).double(), torch.from_numpy(b).double()).square()
    return float(squared.amin(1).mean() + squared.amin(0).mean())


def test_chamfer_is_that_of_all_distances() -> None:
    random = np.random.default_rng(0)
    a, b = (random.random((count, 3)).astype(np.float32) for count in (300, 200))
    found = point_sets.chamfer_distances([a, b], [b])
    assert found.shape == (2, 1) and found[1, 0] == 0
    assert found[0, 0] == pytest.approx(plain_chamfer(a, b), rel=1e-6)
    assert np.allclose(point_sets.within_distances([a, b]), [[0, found[0, 0]], [found[0, 0], 0]])


def test_figures_are_those_of_plain_loops() -> None:
    random = np.random.default_rng(1)
    made, real = random.random((7, 2)), random.random((9, 2))
    both = np.concatenate([made, real])
    distance = ((both[:, None] - both[None]) ** 2).sum(2)
    across = distance[:7, 7:]
    same = 0
    for i in range(16):
        others = [j for j in range(16) if j != i]
        nearest = min(others, key=lambda j: distance[i, j])
        same += (i < 7) == (nearest < 7)
    accuracy = point_sets.nearest_neighbour_accuracy(distance[:7, :7], distance[7:, 7:], across)
    assert accuracy == pytest.approx(same / 16)
    chosen = {min(range(9), key=lambda j: across[i, j]) for i in range(7)}
    assert point_sets.coverage(across) == pytest.approx(len(chosen) / 9)
    expected = np.mean([min(across[i, j] for i in range(7)) for j in range(9)])
    assert point_sets.minimum_matching_distance(across) == pytest.approx(expected)


def test_accuracy_tells_apart_what_differs_and_counts_ties_by_halves() -> None:
    points = np.r_[np.zeros(5), np.ones(5)] + np.arange(10) * 1e-3
    distance = np.abs(points[:, None] - points[None])
    assert point_sets.nearest_neighbour_accuracy(distance[:5, :5], distance[5:, 5:], distance[:5, 5:]) == 1
    equal = np.zeros((3, 3))
    assert point_sets.nearest_neighbour_accuracy(equal, equal, equal) == pytest.approx(2 / 5)


def test_a_character_is_left_out_with_its_variants() -> None:
    # two families a set, two variants each that are all but equal; the sets are alike
    places = np.array([0.0, 0.001, 1.0, 1.001, 0.1, 0.101, 1.1, 1.101])
    distance = np.abs(places[:, None] - places[None])
    parts = distance[:4, :4], distance[4:, 4:], distance[:4, 4:]
    assert point_sets.nearest_neighbour_accuracy(*parts) == 1
    assert point_sets.nearest_neighbour_accuracy(*parts, families=list("aabbccdd")) == 0


def test_the_interval_holds_the_mean() -> None:
    low, high = point_sets.bootstrap_interval([0.4, 0.5, 0.6, 0.7])
    assert 0.4 <= low < 0.55 < high <= 0.7
    assert point_sets.bootstrap_interval([0.5]) == (0.5, 0.5)


def test_a_taller_body_has_the_same_points_at_unit_height() -> None:
    body = rigged((tube(),))
    taller = replace(body, meshes=(replace(body.meshes[0], positions=body.meshes[0].positions * np.float32(2)),))
    first, second = (point_sets.surface_points(one) for one in (body, taller))
    assert np.allclose(first, second, atol=1e-6)
