# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces that the base body is built with, on shapes whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from maquette.training.character.body_template.half_mesh import HalfMesh, fill_unplaced, neighbour_mean, turned_outwards
from maquette.training.character.body_template.skinning import (
    even,
    learned,
    on_simplex,
    own_name,
    posed,
    posed_joints,
    random_turns,
)
from maquette.training.character.body_template.target import Target, closest_shares, smoothing
from maquette.training.character.body_template.unwrap import unwrapped

CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
BOX = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def box() -> Target:
    return Target(CORNERS, turned_outwards(BOX, CORNERS), np.zeros(8, int))


def grid(rows: int, columns: int) -> np.ndarray:
    at = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    return np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], -1).reshape(-1, 4)


def test_a_ray_leaves_where_the_plain_sum_says() -> None:
    random = np.random.default_rng(0)
    origins, directions = random.uniform(-0.5, 0.5, (40, 3)), random.standard_normal((40, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    target = box()
    hits = target.cast(origins, directions, np.ones(12, bool))
    reach = ((np.sign(directions) - origins) / directions).min(1)
    assert np.allclose(hits.points, origins + reach[:, None] * directions)
    again = (hits.shares[..., None] * target.corners[hits.triangles]).sum(1)
    assert np.allclose(again, hits.points)


def test_the_nearest_place_is_no_further_than_any_sampled_one() -> None:
    random = np.random.default_rng(1)
    points, corners = random.standard_normal((200, 3)), random.standard_normal((200, 3, 3))
    shares = closest_shares(points, corners)
    assert (shares >= -1e-9).all() and np.allclose(shares.sum(1), 1)
    gap = np.linalg.norm((shares[..., None] * corners).sum(1) - points, axis=1)
    tried = random.dirichlet((1, 1, 1), (200, 300))
    others = np.linalg.norm(np.einsum("nsk,nkx->nsx", tried, corners) - points[:, None], axis=2)
    assert (gap <= others.min(1) + 1e-9).all()


def test_a_cap_closes_a_ring_with_quads() -> None:
    mesh = HalfMesh()
    angles = 2 * np.pi * np.arange(12) / 12
    ring = mesh.ring([np.array([np.cos(a), np.sin(a), 0.0]) for a in angles], "torso")
    mesh.cap(ring, 4, "torso", "cap")
    points, quads = mesh.arrays()
    assert len(quads) == 8 and len(points) == 12 + 3
    edges = np.sort(np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)]), 1)
    _, uses = np.unique(edges, axis=0, return_counts=True)
    assert (uses == 1).sum() == 12 and (uses <= 2).all()
    known = np.isfinite(points).all(1)
    filled = fill_unplaced(np.nan_to_num(points), known, neighbour_mean(len(points), quads))
    assert np.abs(filled[~known]).max() < 1


def test_the_whole_has_a_right_for_every_left_and_shares_the_midline() -> None:
    mesh = HalfMesh()
    at = [mesh.add(np.array([x, 0.0, z]), "torso", midline=x == 0) for z in (0.0, 1.0) for x in (0.0, 1.0)]
    mesh.add(np.array([9.0, 9.0, 9.0]), "torso")
    mesh.quad((at[0], at[1], at[3], at[2]), "~arm")
    mesh.drop_unused()
    whole = mesh.whole()
    assert len(whole.positions) == 6 and len(whole.quads) == 2 and list(whole.charts) == ["left_arm", "right_arm"]
    assert np.array_equal(whole.positions[whole.mirror], whole.positions * [-1, 1, 1])
    assert np.array_equal(whole.mirror[whole.mirror], np.arange(6))


def test_faces_are_turned_outwards_whatever_they_were() -> None:
    random = np.random.default_rng(2)
    mixed = np.array([quad[::-1] if random.random() < 0.5 else quad for quad in BOX])
    turned = turned_outwards(mixed, CORNERS)
    p = CORNERS[turned]
    outwards = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
    assert ((outwards * p.mean(1)).sum(1) > 0).all()


def test_charts_keep_their_shapes_and_their_distance() -> None:
    quads = grid(6, 4)
    angle = np.linspace(0, 2.5, 7)
    # a bent sheet and a flat one: both can be laid flat without stretching
    bent = np.array([[np.cos(a), np.sin(a), 0.3 * c] for a in angle for c in range(5)])
    flat = np.array([[0.4 * r, 0.3 * c, 5.0] for r in range(7) for c in range(5)])
    charts = np.repeat(["bent", "flat"], len(quads))
    uvs = unwrapped(np.concatenate([bent, flat]), np.concatenate([quads, quads + 35]), charts).astype(float)
    after = np.roll(uvs, -1, 1)
    area = (uvs[..., 0] * after[..., 1] - uvs[..., 1] * after[..., 0]).sum(1) / 2
    assert (area > 0).all()
    for part in (area[:24], area[24:]):
        assert part.max() / part.min() < 1.1
    boxes = [(uvs[k].reshape(-1, 2).min(0), uvs[k].reshape(-1, 2).max(0)) for k in (slice(24), slice(24, 48))]
    assert (boxes[0][1] < boxes[1][0]).any() or (boxes[1][1] < boxes[0][0]).any()


def test_smoothing_leaves_what_it_may_not_touch() -> None:
    step = smoothing(8, BOX, np.array([0.5] + [0.0] * 7))
    moved = step @ CORNERS
    assert np.array_equal(moved[1:], CORNERS[1:])
    assert np.allclose(moved[0], CORNERS[0] / 2 + CORNERS[[1, 2, 4]].mean(0) / 2)


def test_four_joints_that_can_do_it_are_found_again() -> None:
    random = np.random.default_rng(3)
    joints, parents = random.standard_normal((6, 3)), np.array([-1, 0, 1, 2, 1, 4])
    truth = np.zeros((30, 6))
    for row in truth:
        row[random.choice(6, 3, replace=False)] = random.dirichlet((1, 1, 1))
    indices, weights = learned(random.standard_normal((30, 3)), truth, joints, parents, random)
    full = np.zeros_like(truth)
    np.add.at(full, (np.arange(30)[:, None], indices), weights)
    assert np.abs(full - truth).max() < 1e-6


def test_a_posed_point_goes_round_its_joint() -> None:
    joints, parents = np.array([[0.0, 0, 0], [0, 0, 1]]), np.array([-1, 0])
    local = np.tile(np.eye(3), (1, 2, 1, 1))
    local[0, 1] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    moves = posed_joints(joints, parents, local)
    assert np.allclose(posed(np.array([[0.0, 1, 1]]), np.array([[0.0, 1]]), moves), [[[0, 0, 2]]])
    turned = random_turns(np.random.default_rng(0), 2, 3)
    assert np.allclose(turned @ np.swapaxes(turned, 2, 3), np.eye(3))


def test_weights_are_shares_and_even_on_the_midline() -> None:
    rows = on_simplex(np.random.default_rng(4).standard_normal((20, 4)))
    assert rows.min() >= 0 and np.allclose(rows.sum(1), 1)
    assert on_simplex(np.array([[0.3, 0.3, 0.4, 0.0]])) == pytest.approx(np.array([[0.3, 0.3, 0.4, 0.0]]))
    # joints: middle, left, right, other middle, left without its right among the four
    across = np.array([0, 2, 1, 3, 5, 4])
    indices, weights = even(np.array([[0, 1, 2, 4]]), np.array([[0.4, 0.3, 0.2, 0.1]]), across)
    full = np.zeros(6)
    full[indices[0]] += weights[0]
    assert np.allclose(full[across], full) and full.sum() == pytest.approx(1)


def test_joints_have_names_of_their_own() -> None:
    assert own_name("upperarm_l") == "left_upper_arm" and own_name("pinky_02_r") == "right_little_2"
    assert own_name("spine_03") == "upper_chest" and own_name("head") == "head" and own_name("Root") == "root"
