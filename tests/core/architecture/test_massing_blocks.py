# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings carved out of blocks: quick scores are the plain ones, changes keep the floor area, carving finds better."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from maquette.core.architecture.massing_block_moves import BlockMoves, corner_contacts, narrow_floors
from maquette.core.architecture.massing_block_score import BlockScorer
from maquette.core.architecture.massing_blocks import Blocks, blocks_of
from maquette.core.architecture.massing_carving import BATCH, Look, carved
from maquette.core.architecture.massing_params import MassingParams
from maquette.core.architecture.massing_task import Task, task_of
from maquette.core.architecture.massing_trial import Aims
from maquette.core.architecture.massing_view import view_share
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.site import Neighbour, Site

PLOT = clean_outline(np.array([[0.0, 0.0], [46.0, 4.0], [42.0, 40.0], [-3.0, 38.0]]))
SOUTH = Neighbour(np.array([[6.0, -20.0], [46.0, -20.0], [46.0, -10.0], [6.0, -10.0]]), 19.0)
ASKED = MassingParams(floor_area_ratio=3.0)
AIMS = Aims(0.5, 0.3, 0.3, 0.1, 0.0)


@pytest.fixture(scope="module", params=[33.0, 70.0])
def task(request: pytest.FixtureRequest) -> Task:
    return task_of(
        Site(plot=PLOT, neighbours=(SOUTH,)), MassingParams(floor_area_ratio=3.0, height_limit_m=request.param)
    )


@pytest.fixture(scope="module")
def blocks(task: Task) -> Blocks:
    made = blocks_of(task, ASKED.core_width_m, 2)
    assert made is not None
    return made


def some_designs(blocks: Blocks, most: int, seed: int = 1) -> np.ndarray:
    """(BATCH, N) towers and courts by chance."""
    random = np.random.default_rng(seed)
    rough = random.integers(0, most + 1, (BATCH, *blocks.shape)) * (random.random((BATCH, *blocks.shape)) < 0.5)
    designs: np.ndarray = (rough.reshape(BATCH, -1) * (blocks.areas > 0)).astype(np.int16)
    return designs


def even(blocks: Blocks, task: Task) -> np.ndarray:
    storeys = np.where(blocks.areas > 0, task.target_m2 / blocks.areas.sum(), 0)
    return np.rint(storeys).astype(np.int16)


def test_quick_scores_are_the_plain_ones(task: Task, blocks: Blocks) -> None:
    designs = blocks.cells(some_designs(blocks, task.brief.most_storeys))
    quick, view = BlockScorer(blocks.scorer, BATCH).scores(designs)
    rows, columns = blocks.scorer.window
    whole = np.zeros((BATCH, *blocks.scorer.grid.shape), np.int64)
    whole[:, rows, columns] = designs.T.reshape(BATCH, rows.stop - rows.start, columns.stop - columns.start)
    plain = blocks.scorer.scores(torch.from_numpy(whole))
    for name in ("neighbour_sun", "surface_to_volume", "gfa_m2", "far", "coverage", "height_m"):
        assert torch.allclose(getattr(quick, name), getattr(plain, name), rtol=1e-3, atol=1e-4), name
    # a shadow's edge that comes to lie in the middle of a storey may fall to either side
    assert float((quick.daylit - plain.daylit).abs().max()) < 0.015
    assert float((quick.ground_h - plain.ground_h).abs().max()) < 0.02
    assert float((view - view_share(blocks.scorer, torch.from_numpy(whole))).abs().max()) < 0.002


def test_blocks_are_the_same_in_smaller_cells_and_hold_all_that_may_be_built_on(task: Task, blocks: Blocks) -> None:
    close = blocks_of(task, ASKED.core_width_m, 3, blocks)
    assert close is not None
    assert close.scorer.grid.cell_m == pytest.approx(blocks.scorer.grid.cell_m * 2 / 3)
    assert np.array_equal(close.areas, blocks.areas)
    one = some_designs(blocks, 9)
    floors = (one @ blocks.areas)[:3]
    for made in (blocks, close):
        assert made.cells(one).sum(0)[:3] * made.scorer.grid.cell_m**2 == pytest.approx(floors, rel=0.06)
    assert blocks.areas.sum() == pytest.approx(task.ground.polygon.area, rel=0.1)


def test_a_design_on_blocks_is_a_candidate_with_the_same_floors(task: Task, blocks: Blocks) -> None:
    storeys = even(blocks, task)
    one = blocks.candidate(storeys, "carved")
    assert float(one.storeys @ one.pieces.areas) == pytest.approx(float(storeys @ blocks.areas))
    assert np.array_equal(blocks.like(one), storeys)


def test_changes_keep_nearly_the_floor_area_and_the_height(task: Task, blocks: Blocks) -> None:
    most = task.brief.most_storeys
    moves = BlockMoves(blocks, task.target_m2, most, np.random.default_rng(2))
    designs = np.repeat(even(blocks, task)[None], BATCH, 0)
    for _ in range(20):
        after = moves.changed(designs)
        assert after.min() >= 0 and after.max() <= most
        assert not after[:, blocks.areas == 0].any()
        designs = after
    off = np.abs(designs @ blocks.areas / task.target_m2 - 1)
    assert np.median(off) <= 0.003
    assert len(np.unique(designs, axis=0)) == BATCH


def test_narrow_floors_and_corner_contacts_are_counted() -> None:
    storeys = np.zeros((3, 4, 5), np.int16)
    storeys[0, 1:3, 1:3] = 4
    storeys[1, 0, :] = 2
    storeys[1, 2:, 3:] = 3
    storeys[2, :2, :2] = 5
    storeys[2, 2:, 2:4] = 3
    assert narrow_floors(storeys).tolist() == [0, 10, 0]
    assert corner_contacts(storeys).tolist() == [0, 0, 3]


def test_carving_daylights_more_floors_and_finds_the_same_again(task: Task, blocks: Blocks) -> None:
    close = blocks_of(task, ASKED.core_width_m, 3, blocks)
    assert close is not None
    looks = [Look(one, AIMS, task.target_m2) for one in (blocks, close)]
    begin = even(blocks, task)

    def found() -> list[np.ndarray]:
        random = np.random.default_rng(4)
        moves = BlockMoves(blocks, task.target_m2, task.brief.most_storeys, random)
        chains = carved(looks[0], looks[1], moves, [begin] * 3, 1600, random, lambda share: None)
        return [one.best for one in chains if one.best is not None]

    first, again = found(), found()
    assert len(first) == 3 and all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    worths, _ = looks[1].worths(np.stack([first[0], *[begin] * (BATCH - 1)]), 0.0)
    assert worths[0] > worths[1] + 0.05
    assert all(abs(float(one @ blocks.areas) / task.target_m2 - 1) < 0.01 for one in first)
