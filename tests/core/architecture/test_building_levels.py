# SPDX-License-Identifier: GPL-3.0-or-later
"""Levels of detail: each coarser than the one before, closed, and of the same outside."""

from __future__ import annotations

import numpy as np
import pytest
from closed_mesh import is_closed, volume
from synthetic_outlines import BLOCK, L_SHAPE

from maquette.core.architecture.building_kernel import BuildingParts, build
from maquette.core.architecture.building_levels import NUM_LEVELS, with_levels
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline
from maquette.core.asset import Mesh


@pytest.fixture(scope="module", params=[(L_SHAPE,), BLOCK])
def parts(request: pytest.FixtureRequest) -> BuildingParts:
    outline = Outline(request.param[0], tuple(request.param[1:]))
    style = BuildingStyle("shopfront", roof="hip", balconies=0.5)
    return with_levels(build(Massing(((outline,),) * 4, (4.0, 3.0, 3.0, 3.0)), style))


def shown(parts: BuildingParts, level: int) -> list[Mesh]:
    """The meshes of a level that have faces."""
    meshes = parts.meshes if level == 0 else [mesh.levels[level - 1] for mesh in parts.meshes]
    return [mesh for mesh in meshes if len(mesh.corners)]


def num_faces(parts: BuildingParts, level: int) -> int:
    """Faces of all that is seen, copies counted."""
    copies = {one.mesh: len(one.transforms) for one in parts.instances}
    return sum((len(mesh.face_starts) - 1) * copies.get(mesh.name, 1) for mesh in shown(parts, level))


def test_every_level_is_closed(parts: BuildingParts) -> None:
    for level in range(NUM_LEVELS + 1):
        for mesh in shown(parts, level):
            assert is_closed(mesh), (level, mesh.name)
            assert volume(mesh) > 0, (level, mesh.name)
            assert len(mesh.uvs["UVMap"]) == len(mesh.corners)


def test_each_level_has_fewer_faces(parts: BuildingParts) -> None:
    faces = [num_faces(parts, level) for level in range(NUM_LEVELS + 1)]
    assert faces[1] < 0.6 * faces[0]
    assert faces[2] < 0.5 * faces[1]
    assert faces[3] < 0.3 * faces[2]


def test_the_coarsest_level_is_the_massing_under_its_roof(parts: BuildingParts) -> None:
    blocks = [mesh for mesh in shown(parts, 3) if mesh.name.endswith("walls")]
    assert sum(volume(mesh) for mesh in blocks) == pytest.approx(parts.report["volume_m3"], rel=1e-4)
    top = max(float(mesh.positions[:, 2].max()) for mesh in shown(parts, 3))
    assert top == pytest.approx(parts.report["height_m"])


def test_every_level_has_the_same_outside(parts: BuildingParts) -> None:
    plan = np.concatenate([mesh.positions[:, :2] for mesh in parts.meshes if mesh.name.endswith("walls")])
    for level in (1, 2, 3):
        walls = np.concatenate([mesh.positions[:, :2] for mesh in shown(parts, level) if mesh.name.endswith("walls")])
        assert np.allclose(walls.min(0), plan.min(0))
        assert np.allclose(walls.max(0), plan.max(0))
