# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule's design has the floor area to a cell and keeps the limits; the same seed gives the same one."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from synthetic_site import synthetic_site

from maquette.core.architecture.massing_boxes import box_profiles
from maquette.core.architecture.massing_brief import MassingBrief
from maquette.core.architecture.massing_fit import fitted_storeys, keeps_limits, resampled_storeys, target_cells
from maquette.core.architecture.massing_grid import massing_grid
from maquette.core.architecture.massing_rules import (
    RuleResult,
    all_rules,
    extrusion_profile,
    perimeter_profiles,
    slab_profiles,
)
from maquette.core.architecture.massing_score import MassingScorer
from maquette.core.architecture.sun_path import sun_path


def scorer(seed: int, brief: MassingBrief) -> MassingScorer:
    ring, neighbours = synthetic_site(seed)
    return MassingScorer(massing_grid([ring], neighbours, brief.setback_m), brief, sun_path(52.0))


def full(result: RuleResult, brief: MassingBrief) -> bool:
    """Whether no cell that is built on could go higher."""
    return bool((result.storeys[result.storeys > 0] == brief.most_storeys).all())


@pytest.mark.parametrize(
    "brief", [MassingBrief(3.8), MassingBrief(1.5, coverage=0.3), MassingBrief(0.8, 9.9)], ids=repr
)
def test_each_rule_has_the_floor_area_and_keeps_the_limits(brief: MassingBrief) -> None:
    one = scorer(2, brief)
    results = all_rules(one, seed=0, num_random=72)
    assert {"slabs", "random boxes"} <= set(results)
    for result in results.values():
        target = target_cells(brief, one.grid)
        assert abs(int(result.storeys.sum()) - target) <= (0.005 * target if full(result, brief) else 0)
        assert result.scores["far"] == pytest.approx(brief.floor_area_ratio, rel=0.005)
        assert result.scores["height_m"] <= brief.height_limit_m + 1e-4
        assert result.scores["coverage"] <= brief.coverage + 1e-6
        assert not (result.storeys.numpy()[~one.grid.buildable]).any()
        assert 0 < result.scores["daylit"] <= 1
        assert result.scores["neighbour_sun"] <= 1 + 1e-6


def test_searched_slabs_beat_the_extrusion_and_the_same_seed_gives_the_same_boxes() -> None:
    one = scorer(1, MassingBrief(2.5))
    first, second = all_rules(one, 3, 48), all_rules(one, 3, 48)
    assert first["slabs"].scores["daylit"] > first["extrusion"].scores["daylit"] + 0.1
    assert torch.equal(first["random boxes"].storeys, second["random boxes"].storeys)
    assert first["random boxes"].scores == second["random boxes"].scores


def test_a_rule_that_cannot_keep_the_limits_is_left_out() -> None:
    assert all_rules(scorer(0, MassingBrief(30.0)), 0, 24) == {}


def test_what_does_not_come_out_even_stands_at_the_north_end() -> None:
    one = scorer(4, MassingBrief(2.0))
    storeys, fits = fitted_storeys(extrusion_profile(one), one.brief, one.grid, (0.0, 1.0))
    assert fits.all()
    inside = storeys[0].numpy()[one.grid.buildable]
    low, high = int(inside.min()), int(inside.max())
    assert high == low + 1
    northing = one.grid.y_m[one.grid.buildable]
    assert northing[inside == high].min() >= northing[inside == low].max() - 1e-4


def test_storeys_follow_the_profile() -> None:
    one = scorer(4, MassingBrief(2.0))
    profile = torch.from_numpy(np.where(one.grid.x_m < 0, 2.0, 6.0)).float()[None]
    storeys, fits = fitted_storeys(profile, one.brief, one.grid, (0.0, 1.0))
    assert fits.all()
    west = storeys[0].double().numpy()[one.grid.buildable & (one.grid.x_m < 0)].mean()
    east = storeys[0].double().numpy()[one.grid.buildable & (one.grid.x_m > 0)].mean()
    assert east / west == pytest.approx(3, rel=0.4)


def test_limits_that_are_broken_are_seen() -> None:
    one = scorer(4, MassingBrief(2.0, coverage=0.5))
    good, _ = fitted_storeys(extrusion_profile(one), one.brief, one.grid, (0.0, 1.0))
    assert keeps_limits(good, one.brief, one.grid).all()
    cells = np.argwhere(one.grid.buildable & (good[0].numpy() > 1))
    row, column = cells[0]
    street, higher, wider, more = (good.clone() for _ in range(4))
    street[0, 0, 0], street[0, row, column] = 1, int(good[0, row, column]) - 1
    higher[0, row, column] = one.brief.most_storeys + 1
    wider[0][torch.from_numpy(one.grid.buildable)] = 3
    more[good > 0] += 1
    for broken in (street, higher, wider, more):
        assert not keeps_limits(broken, one.brief, one.grid).any()


def test_slabs_and_blocks_stand_apart_and_along_the_setback() -> None:
    one = scorer(4, MassingBrief(2.0))
    slabs = slab_profiles(one)
    assert slabs.shape[1:] == one.grid.shape
    share = slabs.mean((1, 2))
    assert share.min() > 0.3 and share.max() < 0.75
    rings = perimeter_profiles(one.grid)
    areas = rings.sum((1, 2))
    assert (areas.diff() > 0).all()
    assert not rings.bool()[:, ~torch.from_numpy(one.grid.buildable)].any()


def test_boxes_stay_within_what_may_be_built() -> None:
    one = scorer(4, MassingBrief(2.0))
    corners = torch.tensor([0.0, 0.5, 1.0])[:, None, None].expand(3, 2, 6)
    profiles = box_profiles(corners, one.brief, one.grid)
    assert (profiles[1] > 0).any()
    assert profiles.max() <= one.brief.most_storeys
    assert not profiles.bool()[:, ~torch.from_numpy(one.grid.buildable)].any()


def test_buildings_are_the_same_in_smaller_cells() -> None:
    one = scorer(3, MassingBrief(2.5))
    ring, neighbours = synthetic_site(3)
    fine = massing_grid([ring], neighbours, 6.0, cell_m=1.0)
    storeys, _ = fitted_storeys(extrusion_profile(one), one.brief, one.grid, (0.0, 1.0))
    same = resampled_storeys(storeys, one.grid, fine)
    assert int(same.sum()) == 4 * int(storeys.sum())
    assert keeps_limits(same, one.brief, fine).all()
    coarse, again = one.scores(storeys), MassingScorer(fine, one.brief, sun_path(52.0)).scores(same)
    assert again.gfa_m2[0] == coarse.gfa_m2[0]
    assert again.daylit[0] == pytest.approx(float(coarse.daylit[0]), abs=0.05)
    assert again.surface_to_volume[0] == pytest.approx(float(coarse.surface_to_volume[0]), rel=1e-4)
