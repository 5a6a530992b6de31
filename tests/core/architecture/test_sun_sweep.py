# SPDX-License-Identifier: GPL-3.0-or-later
"""The sweep of shadows against a march along each ray, and against shadows that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from marched_sun import marched, random_boxes

from maquette.core.architecture.sun_path import SunPath, sun_path
from maquette.core.architecture.sun_sweep import ShadowSweep


@pytest.mark.parametrize(("lines_per_cell", "agreement", "error_m"), [(1, 0.98, 0.4), (4, 0.985, 0.3)])
def test_the_sweep_agrees_with_marching_along_each_ray(lines_per_cell: int, agreement: float, error_m: float) -> None:
    path = sun_path(48.0)
    fields = np.stack([random_boxes(seed) for seed in range(2)])
    swept = ShadowSweep(path, fields.shape[1:], 2.0, lines_per_cell).shadow_heights(torch.from_numpy(fields)).numpy()
    reference = np.stack([marched(field, path, 2.0) for field in fields])
    points = fields[:, None] + 0.5
    assert ((points >= swept) == (points >= reference)).mean() > agreement
    # as deep on the roofs and the ground, and no deeper on one side of the truth than on the other
    deeper = (swept - fields[:, None]).clip(0) - (reference - fields[:, None]).clip(0)
    assert np.abs(deeper).mean() < error_m
    assert abs(deeper.mean()) < 0.15


def sun_from(x: float, y: float, altitude_deg: float) -> SunPath:
    altitude = math.radians(altitude_deg)
    direction = np.array([[x * math.cos(altitude), y * math.cos(altitude), math.sin(altitude)]])
    return SunPath(direction, np.array([12.0]), 1.0, np.array([0.0, 1.0]))


@pytest.mark.parametrize(("x", "y"), [(1, 0), (-1, 0), (0, 1), (0, -1)])
def test_a_wall_throws_a_wedge_away_from_the_sun(x: int, y: int) -> None:
    heights = torch.zeros(1, 21, 21)
    heights[0, 10, 10] = 20.0
    shadow = ShadowSweep(sun_from(x, y, 45), (21, 21), 2.0).shadow_heights(heights)[0, 0]
    for distance in range(1, 11):
        assert shadow[10 - y * distance, 10 - x * distance] == pytest.approx(20 - 2 * (distance - 0.5), abs=1e-4)
    assert shadow[10, 10] == 0
    assert (shadow > 0).sum() == 10


def test_along_the_diagonal_the_wedge_falls_by_the_diagonal() -> None:
    heights = torch.zeros(1, 21, 21)
    heights[0, 15, 15] = 20.0
    root = math.sqrt(0.5)
    shadow = ShadowSweep(sun_from(root, root, 45), (21, 21), 2.0).shadow_heights(heights)[0, 0]
    for distance in range(1, 7):
        assert shadow[15 - distance, 15 - distance] == pytest.approx(20 - 2 * math.sqrt(2) * (distance - 0.5), abs=1e-4)


def test_the_highest_sun_shades_nothing() -> None:
    heights = torch.from_numpy(random_boxes(3))[None]
    shadows = ShadowSweep(sun_from(0, 0, 90), (40, 52), 2.0).shadow_heights(heights)
    assert shadows.max() == 0


def test_one_design_is_the_same_alone_and_among_others() -> None:
    fields = torch.from_numpy(np.stack([random_boxes(seed) for seed in range(3)]))
    sweep = ShadowSweep(sun_path(35.0, north_deg=20), (40, 52), 2.0)
    assert torch.equal(sweep.shadow_heights(fields)[1:2], sweep.shadow_heights(fields[1:2]))


def test_the_gradient_says_how_the_shadow_grows() -> None:
    heights = torch.zeros(1, 21, 21)
    heights[0, 10, 10] = 20.0
    heights.requires_grad_(True)
    sweep = ShadowSweep(sun_from(1, 0, 45), (21, 21), 2.0)
    sweep.shadow_heights(heights).sum().backward()
    assert heights.grad is not None
    # ten cells lie in its shadow, and each rises as it does
    assert heights.grad[0, 10, 10] == 10
