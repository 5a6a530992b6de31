# SPDX-License-Identifier: GPL-3.0-or-later
"""Which massings are offered: as many different ones as are asked for, first those that none beats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from maquette.core.architecture.massing_choice import chosen, difference, in_squares, is_dominated
from maquette.core.architecture.massing_designs import searched
from maquette.core.architecture.massing_params import MassingParams
from maquette.core.architecture.massing_search import Runner
from maquette.core.architecture.massing_task import task_of
from maquette.core.architecture.massing_trial import Trial
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.site import Site
from maquette.core.context import Context

PLOT = clean_outline(np.array([[0.0, 0.0], [52.0, 0.0], [52.0, 44.0], [0.0, 44.0]]))
ASKED = MassingParams(floor_area_ratio=3.0, evaluations=300)


@pytest.fixture(scope="module")
def found() -> tuple[list[Runner], Trial]:
    context = Context(torch.device("cpu"), None, lambda fraction, text: None, lambda text: None)
    return searched(task_of(Site(plot=PLOT), ASKED), ASKED, 0, (0.0, 0.0), context)


def test_as_many_different_designs_as_asked_for(found: tuple[list[Runner], Trial]) -> None:
    runners, trial = found
    made = chosen(runners, trial, 6)
    assert len(made) == 6
    assert made[0].worth >= max(one.worth for one in made if one is not made[0])
    floors = [in_squares(trial.raster(one.design), 12) for one in made]
    assert min(difference(one, two) for n, one in enumerate(floors) for two in floors[:n]) >= 0.12


def test_near_duplicates_are_offered_once(found: tuple[list[Runner], Trial]) -> None:
    runners, trial = found
    trial = replace(trial, kept=[])
    assert len(chosen([runners[0]] * 5, trial, 4)) == 1
    assert chosen([], trial, 4) == []


def test_a_design_that_another_beats_in_all_is_dominated() -> None:
    values = np.array([[0.9, 0.8], [0.8, 0.9], [0.8, 0.8], [0.9, 0.8]])
    assert [is_dominated(n, values) for n in range(4)] == [False, False, True, False]


def test_floors_are_summed_in_squares() -> None:
    storeys = np.zeros((16, 8), np.int64)
    storeys[3:5, 2:6] = 3
    aside = np.roll(storeys, 1, 1)
    one, two = in_squares(storeys, 4), in_squares(aside, 4)
    # each cell is in two by two squares
    assert one.sum() == 4 * storeys.sum()
    assert difference(one, one) == 0
    # one cell aside in squares of four is a quarter of what elsewhere altogether is
    assert difference(one, two) == pytest.approx(0.25)
    assert difference(one, np.roll(one, 4, 0)) == 1
