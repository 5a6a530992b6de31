# SPDX-License-Identifier: GPL-3.0-or-later
"""The view from the facades, against a whole sweep, and where it is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from synthetic_site import synthetic_site

from maquette.core.architecture.massing_brief import MassingBrief
from maquette.core.architecture.massing_grid import massing_grid
from maquette.core.architecture.massing_rules import random_profiles
from maquette.core.architecture.massing_score import HORIZON_DEG, MassingScorer
from maquette.core.architecture.massing_view import view_share
from maquette.core.architecture.sun_hours import SIDES, beside
from maquette.core.architecture.sun_path import SunPath, sun_path
from maquette.core.architecture.sun_sweep import ShadowSweep


def whole_view(scorer: MassingScorer, storeys: torch.Tensor) -> torch.Tensor:
    """The share by sweeping the whole grid for each side."""
    up, flat = math.sin(math.radians(HORIZON_DEG)), math.cos(math.radians(HORIZON_DEG))
    sides = SunPath(np.array([[x * flat, y * flat, up] for x, y in SIDES]), np.zeros(4), 1.0, np.array([0.0, 1.0]))
    own = storeys * scorer.brief.storey_height_m
    heights = torch.maximum(own, torch.from_numpy(scorer.grid.neighbour_m))
    hidden = ShadowSweep(sides, scorer.grid.shape, scorer.grid.cell_m).shadow_heights(heights)
    free, whole = torch.zeros(len(storeys)), torch.zeros(len(storeys))
    for number, side in enumerate(SIDES):
        lower = beside(heights, side)
        whole += (own - lower).clamp_min(0).sum((1, 2))
        free += (own - torch.maximum(beside(hidden[:, number], side), lower)).clamp_min(0).sum((1, 2))
    return free / whole


def test_the_view_is_that_of_a_whole_sweep() -> None:
    ring, neighbours = synthetic_site(4)
    brief = MassingBrief(2.5)
    scorer = MassingScorer(massing_grid([ring], neighbours, brief.setback_m), brief, sun_path(52.0))
    storeys = random_profiles(scorer, 3, 3).long()
    assert torch.allclose(view_share(scorer, storeys), whole_view(scorer, storeys))


def test_a_lone_tower_sees_everything_and_twins_hide_each_other() -> None:
    ring = np.array([[0.0, 0.0], [80.0, 0.0], [80.0, 60.0], [0.0, 60.0]])
    brief = MassingBrief(1.0)
    scorer = MassingScorer(massing_grid([ring], [], brief.setback_m), brief, sun_path(52.0))
    x, y = torch.from_numpy(scorer.grid.x_m), torch.from_numpy(scorer.grid.y_m)
    one = ((x + 12).abs() < 6) & (y.abs() < 6)
    two = one | (((x - 12).abs() < 6) & (y.abs() < 6))
    alone, twins = view_share(scorer, torch.stack([one, two]).long() * 8).tolist()
    assert alone == pytest.approx(1.0)
    # of one of their four sides only what stands above the line to the other's roof is free
    height, gap = 8 * brief.storey_height_m, 12.0
    hidden = 1 - gap * math.tan(math.radians(HORIZON_DEG)) / height
    assert twins == pytest.approx(1 - hidden / 4, abs=0.02)
