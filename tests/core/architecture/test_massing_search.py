# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for massings: what it carves and fills, what it keeps, and that it finds more than it began with."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.architecture.massing_designs import exact_design, searched
from maquette.core.architecture.massing_lattice import Lattice
from maquette.core.architecture.massing_moves import changed, on_lattice
from maquette.core.architecture.massing_params import MassingParams
from maquette.core.architecture.massing_pieces import pieces_of
from maquette.core.architecture.massing_plates import plates_of
from maquette.core.architecture.massing_repair import balanced, drawn
from maquette.core.architecture.massing_search import Runner
from maquette.core.architecture.massing_starts import Candidate, starts
from maquette.core.architecture.massing_task import Task, task_of
from maquette.core.architecture.massing_trial import Aims, Sight, Trial, dark_shares
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.site import Neighbour, Site
from maquette.core.context import Context

PLOT = clean_outline(np.array([[0.0, 0.0], [52.0, 0.0], [52.0, 44.0], [0.0, 44.0]]))
SOUTH = Neighbour(np.array([[6.0, -20.0], [46.0, -20.0], [46.0, -10.0], [6.0, -10.0]]), 9.0)
ASKED = MassingParams(floor_area_ratio=3.0, evaluations=300)
QUIET = Context(torch.device("cpu"), None, lambda fraction, text: None, lambda text: None)


@pytest.fixture(scope="module")
def task() -> Task:
    return task_of(Site(plot=PLOT, neighbours=(SOUTH,)), ASKED)


def begun(task: Task) -> list[Candidate]:
    return list(starts(task.ground, 0.0, np.pi / 2, 14.0, 7.0, task.target_m2, task.brief.most_storeys, 1))


@pytest.fixture(scope="module")
def found(task: Task) -> tuple[list[Runner], Trial]:
    return searched(task, ASKED, 0, (0.0, 0.0), QUIET)


def test_floors_come_off_where_they_are_dark() -> None:
    areas, storeys, dark = np.full(6, 50.0), np.full(6, 10), np.array([0.0, 0, 0, 1, 1, 0])
    random = np.random.default_rng(3)
    after = balanced(storeys, areas, 2500.0, 10, random, np.zeros(6, bool), dark)
    assert (after * areas).sum() == 2500
    assert after[[0, 1, 2, 5]].tolist() == [10] * 4
    kept = np.array([False, False, False, True, False, False])
    assert balanced(storeys, areas, 2500.0, 10, random, kept, dark)[3] == 10


def test_an_index_is_drawn_by_its_chance_and_never_without_one() -> None:
    random = np.random.default_rng(0)
    counts = np.bincount([drawn(np.array([0.0, 3.0, 0.0, 1.0, 0.0]), random) for _ in range(2000)], minlength=5)
    assert counts[[0, 2, 4]].tolist() == [0, 0, 0]
    assert counts[1] / 2000 == pytest.approx(0.75, abs=0.04)


def test_the_middle_of_a_deep_block_is_dark(task: Task) -> None:
    lattice = Lattice(0.0, -20.0, -16.0, np.full(4, 10.0), np.full(4, 8.0))
    block = on_lattice(lattice, np.full((4, 4), 8), "block", task.ground)
    assert block is not None
    sight = Sight(task.coarse, task.ground, Aims(0, 0, 0, 0, 0))
    worths, lit = Trial(sight, sight).worths([block])
    dark = dark_shares(block, lit[0]).reshape(4, 4)
    assert worths[0] == pytest.approx(1 - dark.mean(), abs=0.01)
    # rows go from south to north: the sun comes from three sides
    assert dark[0].max() < 0.35 and dark[1:, 1:-1].min() > 0.6 and dark[1:, [0, 3]].max() < 0.5


def test_changes_keep_the_floor_area_and_the_height(task: Task) -> None:
    random, one = np.random.default_rng(5), begun(task)[0]
    most, made = task.brief.most_storeys, 0
    for _ in range(60):
        after = changed(one, task.ground, task.target_m2, most, 7.0, random, np.full(len(one.storeys), 0.5))
        if after is None:
            continue
        made += 1
        area = float((after.storeys * after.pieces.areas).sum())
        assert area == pytest.approx(task.target_m2, abs=max(0.004 * task.target_m2, 0.6 * after.pieces.areas.min()))
        assert after.storeys.min() >= 0 and after.storeys.max() <= most
        assert min(after.lattice.widths.min(), after.lattice.lengths.min()) >= 7 - 1e-9
        assert np.allclose(pieces_of(after.lattice, task.ground)[0].areas, after.pieces.areas)
    assert made > 30


def test_the_search_finds_more_daylit_floors_than_it_began_with(task: Task, found: tuple[list[Runner], Trial]) -> None:
    runners, trial = found
    assert trial.closely and trial.count >= ASKED.evaluations
    coarse = Trial(trial.coarse, trial.fine)
    begin = max(coarse.scores(one)["daylit"] for one in begun(task))
    assert trial.scores(runners[0].design)["daylit"] > begin


def test_what_is_offered_has_the_floor_area_exactly(task: Task, found: tuple[list[Runner], Trial]) -> None:
    design = exact_design(task, ASKED, found[0][0], np.random.default_rng(0))
    assert design is not None
    area = plates_of(design, task.ground, task.brief, ASKED.core_width_m).gross_floor_area_m2
    assert area == pytest.approx(task.target_m2, rel=0.005)


def test_the_same_seed_finds_the_same(task: Task, found: tuple[list[Runner], Trial]) -> None:
    one, two = found[0][0], searched(task, ASKED, 0, (0.0, 0.0), QUIET)[0][0]
    assert one.worth == two.worth
    assert np.array_equal(one.design.of_lattice(), two.design.of_lattice())
