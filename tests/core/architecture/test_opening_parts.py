# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in openings."""

from __future__ import annotations

import numpy as np
import pytest
from closed_mesh import is_closed, volume, worst_uv_stretch
from hypothesis import given
from hypothesis import strategies as st

from maquette.core.architecture.facade import Opening
from maquette.core.architecture.opening_parts import opening_mesh

OPENINGS = st.builds(
    Opening,
    width_m=st.floats(0.1, 12),
    height_m=st.floats(0.4, 12),
    sill_m=st.just(0.9),
    panes=st.integers(0, 20),
)


@given(OPENINGS, st.floats(0, 1), st.floats(0.02, 0.3), st.floats(0.01, 1))
def test_boxes_are_solid_apart_and_within_the_wall(
    opening: Opening, recess_m: float, frame_m: float, wall_m: float
) -> None:
    mesh = opening_mesh("window", opening, recess_m, frame_m, wall_m)
    boxes = mesh.positions.astype(np.float64).reshape(-1, 8, 3)
    low, high = boxes[:, 0], boxes[:, 7]
    assert (high - low > 0).all()
    shared = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    np.fill_diagonal(shared[..., 0], 0)
    assert not (shared > 1e-5).all(2).any()
    assert is_closed(mesh)
    assert volume(mesh) == pytest.approx(float((high - low).prod(1).sum()), rel=1e-4)
    assert worst_uv_stretch(mesh) < 1e-5
    assert high[:, 1].max() <= wall_m
    assert np.abs(boxes[..., 0]).max() == pytest.approx(opening.width_m / 2)
    assert (low[:, 2].min(), high[:, 2].max()) == (0, pytest.approx(opening.height_m))


def test_windows_have_glass_and_doors_a_leaf() -> None:
    for panes, slot in ((2, "glass"), (0, "door")):
        mesh = opening_mesh("one", Opening(1.2, 2.1, 0.0, panes), 0.1, 0.06, 0.3)
        assert mesh.materials.index(slot) in mesh.material_of_face
    wide = opening_mesh("wide", Opening(1.8, 2.1, 0.0, 0), 0.1, 0.06, 0.3)
    assert (wide.material_of_face == wide.materials.index("door")).sum() == 12


def test_shared_arrays_cannot_be_written() -> None:
    mesh = opening_mesh("one", Opening(1.2, 1.4, 0.9), 0.1, 0.06, 0.3)
    with pytest.raises(ValueError, match="read-only"):
        mesh.positions[0] = 0
