# SPDX-License-Identifier: GPL-3.0-or-later
"""Stairs that no plan asks for: a short one to an upper plate where one that goes up from the ground is near."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from maquette.core.architecture.building_shells import shells_of
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.stair_placing import default_stairs
from maquette.core.architecture.stairs import StairRun


def box(x0: float, x1: float) -> Outline:
    return clean_outline(np.array([[x0, 0.0], [x1, 0.0], [x1, 12.0], [x0, 12.0]]))


def stairs(length_m: float, more: int) -> list[StairRun]:
    """Those of a bar of three storeys with a plate at each end, `more` storeys high."""
    ends = (box(0, 11), box(length_m - 11, length_m))
    plates = ((box(0, length_m),),) * 3 + (ends,) * more
    runs, missing = default_stairs(
        *shells_of(Massing(plates, (3.2,) * len(plates)), BuildingStyle(), None, (), None, ())
    )
    assert missing == 0
    return runs


@pytest.mark.parametrize(("length_m", "more", "first"), [(40.0, 1, 2), (40.0, 2, 2), (40.0, 3, 0), (90.0, 1, 0)])
def test_a_low_plate_near_a_stair_gets_its_own_from_the_plate_below(length_m: float, more: int, first: int) -> None:
    runs = stairs(length_m, more)
    assert [(run.first, run.last) for run in runs] == [(0, 2 + more), (first, 2 + more)]


def test_wells_stand_apart() -> None:
    one, two = (shapely.Polygon((run.core or run.well).ring()) for run in stairs(40.0, 1))
    assert one.distance(two) > 1
