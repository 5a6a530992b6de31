# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a body's mesh, on meshes whose figures are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maquette.training.evaluation.character import base

from ...metrics.bodies import box, mesh_of, tube


def test_faces_edges_and_sides_are_counted() -> None:
    cube = box("b", (0, 0, 0.5), (1, 1, 1))
    found = base.mesh_figures(cube)
    assert found["quad_share"] == 1 and found["faces"] == 6 and found["asymmetry_m"] == pytest.approx(0, abs=1e-6)
    assert found["nonmanifold_edges"] == 0
    moved = cube.positions.copy()
    moved[0, 0] -= 0.25
    assert base.mesh_figures(replace(cube, positions=moved))["asymmetry_m"] == pytest.approx(0.25)
    assert base.mesh_figures(tube())["quad_share"] == pytest.approx(96 / 98)
    corners = np.float32([[0, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0], [-1, 0, 0]])
    fins = mesh_of("m", corners, [[0, 1, k] for k in (2, 3, 4)])
    assert base.mesh_figures(fins)["nonmanifold_edges"] >= 1
