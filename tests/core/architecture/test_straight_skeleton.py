# SPDX-License-Identifier: GPL-3.0-or-later
"""The faces of a straight skeleton are a roof, over every kind of outline."""

from __future__ import annotations

import numpy as np
import pytest
from plan_outlines import SHAPES, Rings, real_footprints, rectilinear, star

from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.straight_skeleton import Face, Skeleton, area, is_sound, solve_or_none


def _edges(rings: Rings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start = np.concatenate(rings)
    way = np.concatenate([np.roll(ring, -1, 0) - ring for ring in rings])
    along = way / np.hypot(*way.T)[:, None]
    return start, along, np.stack([-along[:, 1], along[:, 0]], 1)


def _assert_roof(rings: Rings, skeleton: Skeleton | None) -> Skeleton:
    """One face an edge, areas that sum to the outline's, each face in its edge's plane and monotone to its edge."""
    assert skeleton is not None
    start, along, inward = _edges(rings)
    assert [face.edge for face in skeleton.faces] == list(range(len(start)))
    plan, distance = skeleton.nodes[:, :2], skeleton.nodes[:, 2]
    areas = [area(plan[list(face.nodes)]) for face in skeleton.faces]
    assert min(areas) > 0
    assert sum(areas) == pytest.approx(sum(area(ring) for ring in rings), rel=1e-6)
    for face in skeleton.faces:
        loop = list(face.nodes)
        np.testing.assert_allclose((plan[loop] - start[face.edge]) @ inward[face.edge], distance[loop], atol=5e-3)
        steps = np.diff(plan[[*loop, loop[0]]] @ along[face.edge])
        forward = steps[np.abs(steps) > 5e-3] > 0
        assert (forward != np.roll(forward, 1)).sum() == 2
    return skeleton


@pytest.mark.parametrize("name", SHAPES)
def test_named_outlines(name: str) -> None:
    _assert_roof(SHAPES[name], solve_or_none(SHAPES[name]))


def test_a_rectangle_has_the_ridge_that_one_draws() -> None:
    skeleton = solve_or_none(SHAPES["rectangle"])
    assert skeleton is not None
    ridge = skeleton.nodes[4:]
    np.testing.assert_allclose(ridge[ridge[:, 0].argsort()], [(2, 2, 2), (8, 2, 2)], atol=1e-9)
    assert sorted(len(face.nodes) for face in skeleton.faces) == [3, 3, 4, 4]


def test_random_outlines() -> None:
    generator = np.random.default_rng(3)
    for turn in range(40):
        angle = generator.uniform(0, 6)
        rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        for rings in (
            star(generator),
            rectilinear(generator),
            rectilinear(generator, 0.001 if turn % 2 else 0.1),
            tuple(ring @ rotation for ring in rectilinear(generator)),
        ):
            _assert_roof(rings, solve_or_none(rings))


def test_in_a_convex_outline_the_nearest_edge_has_the_face() -> None:
    """The plain reference: at any point the roof is the lowest of the planes."""
    generator = np.random.default_rng(8)
    for _ in range(20):
        angles = np.sort(generator.uniform(0, 2 * np.pi, 12))
        ring = np.stack([9 * np.cos(angles), 6 * np.sin(angles)], 1)
        skeleton = solve_or_none((ring,))
        assert skeleton is not None
        start, _, inward = _edges((ring,))
        for face in skeleton.faces:
            centre = skeleton.nodes[list(face.nodes), :2].mean(0)
            distances = ((centre - start) * inward).sum(1)
            assert distances[face.edge] == pytest.approx(distances.min(), abs=1e-6)


def test_levels_cut_the_faces_and_stopping_leaves_the_rest_open() -> None:
    rings = SHAPES["U"]
    whole = solve_or_none(rings, (0.5,))
    assert whole is not None
    assert {face.band for face in whole.faces} == {0, 1}
    stopped = solve_or_none(rings, (0.5,), stop=True)
    assert stopped is not None
    assert {face.band for face in stopped.faces} == {0}
    (ring,) = stopped.rings
    # an outline of right angles loses its length times the distance, less a square at each corner beyond the fourth
    assert area(stopped.nodes[list(ring), :2]) == pytest.approx(96 - 0.5 * 56 + 4 * 0.25, rel=1e-9)
    assert (stopped.nodes[list(ring), 2] == 0.5).all()


def test_the_same_outline_gives_the_same_numbers() -> None:
    rings = rectilinear(np.random.default_rng(1), 0.05)
    one, two = solve_or_none(rings), solve_or_none(rings)
    assert one is not None and two is not None
    assert one.nodes.tobytes() == two.nodes.tobytes()
    assert one.faces == two.faces


def test_a_wrong_roof_is_found_out() -> None:
    rings = SHAPES["square"]
    skeleton = solve_or_none(rings)
    assert skeleton is not None and is_sound(skeleton, rings)
    moved = skeleton.nodes.copy()
    moved[4, 0] += 0.1
    assert not is_sound(Skeleton(moved, skeleton.faces), rings)
    assert not is_sound(Skeleton(skeleton.nodes, skeleton.faces[1:]), rings)
    whole = Face(0, 0, (0, 1, 2, 3))
    assert not is_sound(Skeleton(skeleton.nodes, (*skeleton.faces[1:], whole)), rings)


def test_real_footprints() -> None:
    for footprint in real_footprints(500):
        rings = clean_outline(footprint).rings
        _assert_roof(rings, solve_or_none(rings))
