# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured on deformed surfaces, on bodies that are deformed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from maquette.core.asset import Asset, Mesh
from maquette.training.metrics import posing, surfaces
from maquette.training.metrics.intersections import intersecting_pairs
from maquette.training.metrics.triangles import welded, whole

from .bodies import box, rigged, tube


def moved(asset: Asset, number: int, positions: np.ndarray) -> Asset:
    meshes = list(asset.meshes)
    meshes[number] = replace(meshes[number], positions=positions.astype(np.float32))
    return replace(asset, meshes=tuple(meshes))


def dressed() -> Asset:
    """A tube in a wider one over its middle."""
    shirt = tube("shirt", 9, 8, 0.12, 0.5)
    lifted: Mesh = replace(shirt, positions=shirt.positions + np.float32([0, 0, 0.25]))
    return rigged((tube("skin", 13, 8, 0.1), lifted))


def test_intersecting_pairs_are_those_of_all_against_all() -> None:
    random = np.random.default_rng(2)
    corners = random.random((60, 1, 3)) + 0.25 * random.standard_normal((60, 3, 3))
    positions, triangles = corners.reshape(-1, 3), np.arange(180).reshape(-1, 3)
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if any(pierces(corners[i], corners[j], k) or pierces(corners[j], corners[i], k) for k in range(3))
    }
    assert expected
    assert {(int(i), int(j)) for i, j in intersecting_pairs(positions, triangles)} == expected


def pierces(triangle: np.ndarray, other: np.ndarray, edge: int) -> bool:
    """Whether an edge of the other runs through a triangle, by solving for the point."""
    start, end = other[edge], other[(edge + 1) % 3]
    columns = np.stack([triangle[1] - triangle[0], triangle[2] - triangle[0], start - end], axis=1)
    u, v, t = np.linalg.solve(columns, start - triangle[0])
    return bool(u > 1e-4 and v > 1e-4 and u + v < 1 - 1e-4 and 1e-4 < t < 1 - 1e-4)


def test_a_closed_surface_does_not_intersect_itself_and_two_that_cross_do() -> None:
    positions, triangles, _ = whole(Asset("a", meshes=(tube(),)))
    assert len(intersecting_pairs(positions, triangles)) == 0
    crossed = whole(Asset("a", meshes=(tube(), box("b", (0.1, 0.013, 0.5), (0.1, 0.3, 0.1)))))
    assert len(intersecting_pairs(crossed[0], crossed[1])) > 4
    assert len(np.unique(welded(np.zeros((4, 3))))) == 1


def test_inverted_faces_are_counted_and_turned_ones_are_not() -> None:
    body = rigged((tube(),))
    assert surfaces.inverted_share(body, body) == 0
    # the uppermost of twelve rings of quads is pulled down over the one below it
    folded = body.meshes[0].positions.copy()
    folded[-8:, 2] -= 0.1
    triangles = 12 * 8 * 2 + 12
    assert surfaces.inverted_share(body, moved(body, 0, folded)) == pytest.approx(16 / triangles)
    # the whole character with its joints upside down: nothing is turned over
    assert body.rig is not None
    turn = np.diag([1, -1, -1, 1]).astype(np.float32)
    turned = moved(replace(body, rig=replace(body.rig, rest_pose=turn @ body.rig.rest_pose)), 0,
                   body.meshes[0].positions * [1, -1, -1])  # fmt: skip
    assert surfaces.inverted_share(body, turned) == 0


def test_only_new_intersections_count() -> None:
    body = dressed()
    assert surfaces.extra_intersections(body, body) == 0
    positions = body.meshes[0].positions.copy()
    middle = (positions[:, 2] > 0.45) & (positions[:, 2] < 0.55)
    positions[middle, :2] *= 2
    assert surfaces.extra_intersections(body, moved(body, 0, positions)) > 0.05
    assert surfaces.extra_intersections(moved(body, 0, positions), moved(body, 0, positions)) == 0
    still = replace(body, clips=())
    assert surfaces.extra_intersections(still, moved(still, 0, positions)) > 0.05


def test_what_pokes_through_is_counted() -> None:
    body = dressed()
    assert surfaces.poke_through_share(body, body) == 0
    positions = body.meshes[0].positions.copy()
    positions[:, :2] *= 1.5
    assert surfaces.poke_through_share(body, moved(body, 0, positions)) > 0.9
    # both wider: nothing comes out
    wider = moved(moved(body, 0, positions), 1, body.meshes[1].positions * [1.5, 1.5, 1])
    assert surfaces.poke_through_share(body, wider) == 0


def test_missing_and_shrunk_parts_are_found() -> None:
    body = rigged((tube(), box("hat", (0, 0, 1.1), (0.2, 0.2, 0.2))))
    assert surfaces.missing_parts(body, body) == 0
    hat = body.meshes[1].positions
    assert surfaces.missing_parts(body, moved(body, 1, hat.mean(0) + 0.1 * (hat - hat.mean(0)))) == 1
    assert surfaces.missing_parts(body, replace(body, meshes=body.meshes[:1])) == 1


def test_gaps_open_where_parts_touched() -> None:
    body = rigged((tube(), replace(tube("upper"), positions=tube().positions + np.float32([0, 0, 1]))), height=2.0)
    assert surfaces.gaps(body, body) == 0
    lifted = moved(body, 1, body.meshes[1].positions + np.float32([0, 0, 0.2]))
    assert surfaces.gaps(body, lifted) == 1


def test_unweighted_vertices_are_counted() -> None:
    body = rigged((tube(),))
    assert surfaces.unweighted_share(body) == 0 and body.rig is not None
    weights = body.rig.skins[0].weights.copy()
    weights[: len(weights) // 4] = 0
    lame = replace(body, rig=replace(body.rig, skins=(replace(body.rig.skins[0], weights=weights),)))
    assert surfaces.unweighted_share(lame) == pytest.approx(0.25, abs=0.01)


def test_feet_off_the_ground_are_measured_in_shares_of_the_height() -> None:
    body = rigged((tube(),))
    assert surfaces.foot_errors(body, body).max() == 0
    clip = body.clips[0]
    raised = clip.translations.copy()
    raised[1:, 0, 2] += 0.1
    lifted = replace(body, clips=(replace(clip, translations=raised),))
    errors = surfaces.foot_errors(body, lifted)
    assert errors[0] == pytest.approx(0, abs=1e-6) and errors[1:] == pytest.approx(0.1, abs=1e-5)


def test_skinning_is_that_of_a_loop_over_vertices() -> None:
    body = rigged((tube(),))
    assert body.rig is not None
    world = posing.clip_world(body.rig, body.clips[0], 3)
    inverse = np.linalg.inv(body.rig.rest_pose.astype(np.float64))
    skin = body.rig.skins[0]
    expected = []
    for vertex, point in enumerate(body.meshes[0].positions):
        place = np.zeros(4)
        for joint, weight in zip(skin.joint_indices[vertex], skin.weights[vertex], strict=True):
            place += weight * (world[joint] @ inverse[joint] @ [*point, 1])
        expected.append(place[:3])
    assert np.allclose(posing.posed(body, world)[0], expected, atol=1e-6)
    assert np.allclose(posing.posed(body, posing.clip_world(body.rig, body.clips[0], 0))[0], body.meshes[0].positions)


def test_poses_come_from_clips_or_by_chance_and_are_the_same_again() -> None:
    body = rigged((tube(),))
    assert body.rig is not None
    assert posing.poses(body) == posing.poses(body) and len(posing.poses(body)) == 6
    assert posing.poses(replace(body, clips=())) == []
    first, again = posing.random_world(body.rig, 1), posing.random_world(body.rig, 1)
    assert np.array_equal(first, again) and not np.allclose(first, body.rig.rest_pose)
    assert np.allclose(first[:, :3, :3] @ first[:, :3, :3].transpose(0, 2, 1), np.eye(3))
