# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a body, on bodies whose figures are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maquette.core.asset import Asset
from maquette.training.evaluation.character import base

from ...metrics.bodies import box, mesh_of, tube


def test_faces_edges_and_sides_are_counted() -> None:
    cube = Asset("a", meshes=(box("b", (0, 0, 0.5), (1, 1, 1)),))
    found = base.mesh_figures(cube)
    assert found["quad_share"] == 1 and found["faces"] == 6 and found["asymmetry_m"] == pytest.approx(0, abs=1e-6)
    assert found["nonmanifold_edges"] == found["boundary_edges"] == 0
    moved = cube.meshes[0].positions.copy()
    moved[0, 0] -= 0.25
    lame = Asset("a", meshes=(replace(cube.meshes[0], positions=moved),))
    assert base.mesh_figures(lame)["asymmetry_m"] == pytest.approx(0.25)
    assert base.mesh_figures(Asset("a", meshes=(tube(),)))["quad_share"] == pytest.approx(96 / 98)
    fins = mesh_of(
        "m", np.float32([[0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [-1, 0, 0]]), [[0, 1, k] for k in (2, 3, 4)]
    )
    found = base.mesh_figures(Asset("a", meshes=(fins,)))
    assert found["nonmanifold_edges"] == 1 and found["boundary_edges"] == 6


def test_points_come_to_lie_on_triangles() -> None:
    random = np.random.default_rng(0)
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    above = np.c_[random.uniform(0, 0.5, (50, 2)), random.uniform(-1, 1, 50)]
    inside = base._on_triangles(above[:, None], np.broadcast_to(corners, (50, 1, 3, 3)))[:, 0]
    assert np.allclose(inside, above * [1, 1, 0])
    outside = base._on_triangles(np.array([[[2.0, -1, 0]]]), corners[None, None])[0, 0]
    assert (outside >= -1e-9).all() and outside.sum() <= 1 + 1e-9
