# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of massings where they are known, and against a count storey by storey with marched rays."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from marched_sun import marched
from synthetic_site import synthetic_site

from maquette.core.architecture.massing_brief import MassingBrief
from maquette.core.architecture.massing_grid import MassingGrid, massing_grid
from maquette.core.architecture.massing_rules import random_profiles
from maquette.core.architecture.massing_score import MassingScorer
from maquette.core.architecture.site import Neighbour
from maquette.core.architecture.sun_hours import facade_hours
from maquette.core.architecture.sun_path import sun_path

SITE = np.array([[0.0, 0.0], [96.0, 0.0], [96.0, 64.0], [0.0, 64.0]])


def scorer(
    brief: MassingBrief | None = None, neighbours: list[Neighbour] | None = None, cell_m: float = 2.0
) -> MassingScorer:
    brief = brief or MassingBrief(1.0)
    return MassingScorer(massing_grid([SITE], neighbours or [], brief.setback_m, cell_m), brief, sun_path(48.0))


def block(grid: MassingGrid, x_m: tuple[float, float], y_m: tuple[float, float], storeys: int) -> torch.Tensor:
    """(1, ny, nx) int64: one box in metres from the site's centre."""
    inside = (grid.x_m > x_m[0]) & (grid.x_m < x_m[1]) & (grid.y_m > y_m[0]) & (grid.y_m < y_m[1])
    return torch.from_numpy(inside)[None].long() * storeys


@pytest.mark.parametrize("cell_m", [1.0, 2.0])
def test_a_free_slab_is_daylit_from_the_sides_that_have_sun(cell_m: float) -> None:
    one = scorer(cell_m=cell_m)
    meridian = one.scores(block(one.grid, (-7, 7), (-24, 24), 5))
    assert meridian.daylit[0] == pytest.approx(1.0, abs=1e-6)
    # to the south 7 of 16 m, and what the short ends light beyond that
    parallel = one.scores(block(one.grid, (-24, 24), (-8, 8), 5))
    assert parallel.daylit[0] == pytest.approx((7 * 48 + 2 * 7 * 9) / (16 * 48), abs=0.02)
    deep = one.scores(block(one.grid, (-24, 24), (-24, 24), 5))
    assert deep.daylit[0] == pytest.approx((7 * 48 + 2 * 7 * 41) / 48**2, abs=0.02)


def test_areas_and_shape_are_those_of_the_box() -> None:
    one = scorer()
    scores = one.scores(torch.cat([block(one.grid, (-24, 24), (-8, 8), 5), block(one.grid, (-8, 8), (-8, 8), 1)]))
    assert scores.gfa_m2.tolist() == [48 * 16 * 5, 16 * 16]
    assert scores.far[0] == pytest.approx(48 * 16 * 5 / (96 * 64))
    assert scores.coverage[0] == pytest.approx(48 * 16 / (96 * 64))
    assert scores.height_m.tolist() == pytest.approx([16.5, 3.3])
    surface = 2 * (48 + 16) * 16.5 + 2 * 48 * 16
    assert scores.surface_to_volume[0] == pytest.approx(surface / (48 * 16 * 16.5))


def test_light_does_not_cross_a_gap_nor_a_lower_roof() -> None:
    one = scorer()
    # a slab in the south, and behind a gap of 2 m one that it shades on its lower storeys
    storeys = block(one.grid, (-24, 24), (-8, -2), 3) + block(one.grid, (-24, 24), (0, 6), 3)
    lit = one.lit_floors(storeys, one.shadows(storeys)[0])
    y, x = one.grid.y_m[one.window], one.grid.x_m[one.window]
    middle = abs(x) < 8
    front, back = (y > -8) & (y < -2) & middle, (y > 0) & (y < 6) & middle
    assert lit[0][torch.from_numpy(front)].min() == 3
    assert lit[0][torch.from_numpy(back)].max() <= 1


def test_neighbours_lose_sun_only_to_what_stands_before_them() -> None:
    north = Neighbour(np.array([[20.0, 74.0], [76.0, 74.0], [76.0, 86.0], [20.0, 86.0]]), 16.5)
    south = Neighbour(north.ring * [1, 1] - [0, 96], 16.5)
    for neighbours, least, most in (([north], 0.2, 0.9), ([south], 1.0, 1.0), ([], 1.0, 1.0)):
        one = scorer(neighbours=neighbours)
        tall = one.scores(block(one.grid, (-40, 40), (16, 26), 10)).neighbour_sun[0]
        assert least <= tall <= most
        assert one.scores(torch.zeros(1, *one.grid.shape, dtype=torch.int64)).neighbour_sun[0] == 1


def test_ground_behind_a_tower_has_less_sun_than_an_empty_site() -> None:
    one = scorer()
    empty, tower = one.scores(
        torch.cat([torch.zeros(1, *one.grid.shape, dtype=torch.int64), block(one.grid, (-8, 8), (-8, 8), 10)])
    ).ground_h.tolist()
    assert empty == len(one.path.hours)
    assert 0.5 * empty < tower < empty


def counted_daylit(one: MassingScorer, storeys: torch.Tensor, shadows: torch.Tensor) -> float:
    """The plain reference: hours of each facade, then each storey's floor grown step by step."""
    brief, grid = one.brief, one.grid
    heights = torch.maximum(storeys * brief.storey_height_m, torch.from_numpy(grid.neighbour_m))
    hours, there = facade_hours(heights, shadows, one.path, brief.storey_height_m, brief.most_storeys)
    sunny = ((hours >= brief.needed_h - 1e-6) & there).any(1)[0].numpy()
    lit = 0.0
    for storey in range(brief.most_storeys):
        plate = (storeys[0] > storey).numpy()
        front = sunny[storey] & plate
        # 2 m cells: 2 m by the facade, to 4 and 6 m, and half of what lies 6 to 8 m deep
        for eight in (False, True):
            front = grown(front, eight) & plate
        lit += front.sum() + 0.5 * ((grown(front, False) & plate) & ~front).sum()
    return lit / float(storeys.sum())


def grown(mask: np.ndarray, eight: bool) -> np.ndarray:
    out = mask.copy()
    for y in (-1, 0, 1):
        for x in (-1, 0, 1):
            if eight or x == 0 or y == 0:
                out |= np.roll(mask, (y, x), (0, 1))
    return out


def test_daylit_floors_are_those_counted_storey_by_storey() -> None:
    ring, neighbours = synthetic_site(3)
    brief = MassingBrief(2.5)
    one = MassingScorer(massing_grid([ring], neighbours, brief.setback_m), brief, sun_path(52.0))
    storeys = random_profiles(one, 7, 4).long()
    heights = torch.maximum(storeys * brief.storey_height_m, torch.from_numpy(one.grid.neighbour_m))
    shadows = one.sweep.shadow_heights(heights)
    scores = one.scores(storeys)
    for index in range(len(storeys)):
        counted = counted_daylit(one, storeys[index : index + 1], shadows[index : index + 1])
        assert scores.daylit[index] == pytest.approx(counted, abs=1e-5)
    rays = torch.from_numpy(marched(heights[0].numpy(), one.path, one.grid.cell_m))[None].float()
    assert scores.daylit[0] == pytest.approx(counted_daylit(one, storeys[:1], rays), abs=0.03)


def test_a_design_scores_the_same_alone_and_among_others() -> None:
    ring, neighbours = synthetic_site(5)
    brief = MassingBrief(2.5)
    one = MassingScorer(massing_grid([ring], neighbours, brief.setback_m), brief, sun_path(52.0))
    storeys = random_profiles(one, 7, 3).long()
    together, alone = one.scores(storeys), one.scores(storeys[1:2])
    for name in ("daylit", "neighbour_sun", "ground_h", "surface_to_volume", "gfa_m2"):
        assert getattr(together, name)[1] == pytest.approx(float(getattr(alone, name)[0]), abs=1e-5)
    assert together.worth()[1] == pytest.approx(float(alone.worth()[0]), abs=1e-4)


def test_the_site_turned_with_its_north_scores_the_same() -> None:
    ring, neighbours = synthetic_site(1)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    brief = MassingBrief(2.5)
    plain = MassingScorer(massing_grid([ring], neighbours, brief.setback_m), brief, sun_path(52.0))
    moved = [Neighbour(one.ring @ turn, one.height_m) for one in neighbours]
    turned = MassingScorer(massing_grid([ring @ turn], moved, brief.setback_m), brief, sun_path(52.0, north_deg=-90))
    assert turned.grid.shape in (plain.grid.shape, plain.grid.shape[::-1])
    full = [torch.from_numpy(one.grid.buildable)[None].long() * 5 for one in (plain, turned)]
    first, second = plain.scores(full[0]), turned.scores(full[1])
    assert first.gfa_m2[0] == pytest.approx(float(second.gfa_m2[0]), rel=0.03)
    assert first.daylit[0] == pytest.approx(float(second.daylit[0]), abs=0.02)
    assert first.neighbour_sun[0] == pytest.approx(float(second.neighbour_sun[0]), abs=0.02)
