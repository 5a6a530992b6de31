# SPDX-License-Identifier: GPL-3.0-or-later
"""Plates divided into dwellings: on any outline nothing is lost or doubled; each cell has its door and its light."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import shapely

from maquette.core.architecture.building_shells import shells_of
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.dwelling_cells import DOOR_WALL_M, door_place
from maquette.core.architecture.facade_piers import Frontage, frontage_of
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.plate_division import Division, Wish, divided, on_ground

NUM_OUTLINES, TARGET_M2 = 40, 75.0
Ring = list[tuple[float, float]]


def outline_of(seed: int) -> Outline:
    """A bar, an L, a U, a T, a block around a courtyard or a skewed bar, turned anyhow."""
    random = np.random.default_rng(seed)
    deep = float(random.uniform(9.0, 15.0))
    long, high = float(random.uniform(20.0, 32.0)), float(random.uniform(20.0, 28.0))
    holes: list[Ring] = []
    kind = seed % 6
    if kind == 0:
        ring: Ring = [(0, 0), (long, 0), (long, deep), (0, deep)]
    elif kind == 1:
        ring = [(0, 0), (long, 0), (long, deep), (deep, deep), (deep, high), (0, high)]
    elif kind == 2:
        wide = 2 * deep + 7
        ring = [(0, 0), (wide, 0), (wide, high), (wide - deep, high), (wide - deep, deep), (deep, deep), (deep, high)]
        ring.append((0, high))
    elif kind == 3:
        ring = [(0, 0), (long, 0), (long, deep), (long * 0.7, deep), (long * 0.7, high), (long * 0.25, high)]
        ring += [(long * 0.25, deep), (0, deep)]
    elif kind == 4:
        wide, tall = 2 * deep + 8, 2 * deep + 6
        ring = [(0, 0), (wide, 0), (wide, tall), (0, tall)]
        holes = [[(deep, deep), (wide - deep, deep), (wide - deep, tall - deep), (deep, tall - deep)]]
    else:
        ring = [(0, 0), (long, float(random.uniform(-2, 3))), (long - 2, deep + 2), (1, deep)]
    angle = float(random.uniform(0, np.pi))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return clean_outline(np.array(ring) @ turn, [np.array(hole) @ turn for hole in holes])


@cache
def plate(seed: int) -> tuple[Frontage, Wish]:
    outline = outline_of(seed)
    style = BuildingStyle(facade=("house", "plain", "classical")[seed % 3])
    _, shells = shells_of(Massing(((outline,),) * 3, (3.0,) * 3), style)
    door = outline.outer[:2].mean(0)
    return frontage_of(shells), Wish(TARGET_M2, 3.0, 3, door)


@cache
def typical(seed: int) -> Division | None:
    return divided(*plate(seed))


def check(frontage: Frontage, division: Division) -> None:
    taken = division.ways.taken().intersection(frontage.plate)
    shapes = [cell.shape for cell in division.cells]
    assert sum(shape.area for shape in shapes) + taken.area == pytest.approx(frontage.plate.area, abs=0.05)
    assert shapely.union_all([taken, *shapes]).area == pytest.approx(frontage.plate.area, abs=0.05)
    access = division.ways.access()
    for cell in division.cells:
        place = door_place(cell.shape, access.buffer(3e-3))
        assert place is not None
        assert place[1] > DOOR_WALL_M - 0.02
        assert shapely.Point(cell.door).distance(access) < 0.01
        assert cell.shape.is_valid
    ways = [part for part in (division.ways.corridor, division.ways.lobby) if part is not None]
    assert not ways or shapely.union_all(ways, grid_size=1e-3).geom_type == "Polygon"


@pytest.mark.parametrize("seed", range(NUM_OUTLINES))
def test_every_outline_is_divided_without_gap_or_overlap_and_every_cell_has_a_door(seed: int) -> None:
    frontage, wish = plate(seed)
    division = typical(seed)
    assert division is not None
    check(frontage, division)
    assert division.ways.stairs
    ground = on_ground(frontage, division, wish)
    assert ground is not None
    check(frontage, ground[0])
    assert ground[1]
    # nobody lives without light
    assert all(cell.num_windows for cell in division.cells)


@pytest.mark.parametrize("seed", [1, 4])
def test_the_same_outline_is_divided_the_same(seed: int) -> None:
    frontage, wish = plate(seed)
    one, two = divided(frontage, wish), divided(frontage, wish)
    assert one is not None
    assert two is not None
    assert [cell.shape.wkb for cell in one.cells] == [cell.shape.wkb for cell in two.cells]


def test_most_dwellings_are_about_as_large_as_was_asked_and_no_wall_between_them_ends_in_a_window() -> None:
    sizes, in_windows, walls = [], 0, 0
    for seed in range(NUM_OUTLINES // 2):
        frontage, division = plate(seed)[0], typical(seed)
        assert division is not None
        sizes += [cell.shape.area / TARGET_M2 for cell in division.cells]
        open_parts = shapely.union_all([shapely.LineString(ends).buffer(0.02) for ends in frontage.windows])
        for cell in division.cells:
            corners = shapely.points(np.array(cell.shape.exterior.coords)[:-1])
            in_windows += int(shapely.intersects(open_parts, corners).sum())
            walls += len(corners)
    assert np.median(sizes) == pytest.approx(1.0, abs=0.2)
    assert np.mean((np.array(sizes) > 0.6) & (np.array(sizes) < 1.6)) > 0.85
    assert in_windows <= 0.03 * walls
