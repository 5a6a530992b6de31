# SPDX-License-Identifier: GPL-3.0-or-later
"""Skeletons of convex outlines: the same roofs as the wavefront gives."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic_outlines import L_SHAPE, RECTANGLE

from maquette.core.architecture import straight_skeleton
from maquette.core.architecture.convex_skeleton import convex_faces
from maquette.core.architecture.straight_skeleton import Skeleton, solve_or_none


def convex(seed: int) -> np.ndarray:
    """Corners on an ellipse, turned."""
    rng = np.random.default_rng(seed)
    count = 3 + seed % 8
    angles = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count
    ring = np.stack([14 * np.cos(angles), 8 * np.sin(angles)], 1)
    c, s = np.cos(seed), np.sin(seed)
    return ring @ np.array([[c, s], [-s, c]]) + (3.0, -5.0)


SQUARE = np.array([(0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)])


def areas(skeleton: Skeleton) -> dict[int, float]:
    """Plan area of each edge's faces."""
    found: dict[int, float] = {}
    for face in skeleton.faces:
        x, y = skeleton.nodes[list(face.nodes), :2].T
        found[face.edge] = found.get(face.edge, 0.0) + float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    return found


@pytest.mark.parametrize("ring", [RECTANGLE, SQUARE, *(convex(seed) for seed in range(24))])
def test_faces_are_those_of_the_wavefront(ring: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    made = convex_faces(ring)
    assert made is not None
    assert all(len(set(face)) == len(face) > 2 for face in made[1])
    fast = solve_or_none((ring,))
    monkeypatch.setattr(straight_skeleton, "convex_faces", lambda _: None)
    plain = solve_or_none((ring,))
    assert fast is not None
    assert plain is not None
    assert areas(fast) == pytest.approx(areas(plain), abs=1e-6)
    assert fast.nodes[:, 2].max() == pytest.approx(plain.nodes[:, 2].max())
    assert len(fast.nodes) == len(plain.nodes)


def test_other_outlines_are_left_to_the_wavefront() -> None:
    straight = np.array([(0.0, 0.0), (3.0, 0.0), (6.0, 0.0), (6.0, 4.0), (0.0, 4.0)])
    assert convex_faces(L_SHAPE) is None
    assert convex_faces(straight) is None
    assert convex_faces(convex(23)[:3].repeat(8, 0)[:20]) is None
