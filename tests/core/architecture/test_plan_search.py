# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of plans cut, changed, and mended: each quick way against a plain one."""

import numpy as np
import pytest
import shapely

from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.plan_boxes import boxes_of
from maquette.core.architecture.plan_layout import boxes_between, layout_of, retold
from maquette.core.architecture.plan_moves import changed
from maquette.core.architecture.plan_patterns import patterned
from maquette.core.architecture.plan_polish import polished
from maquette.core.architecture.plan_problem import Problem, problem_of
from maquette.core.architecture.plan_score import scores_of, shapes_of
from maquette.core.architecture.plan_slices import slices_of
from maquette.core.architecture.plan_trees import Trees
from maquette.core.architecture.programme import parse_programme

L = np.array([[0, 0], [11, 0], [11, 5], [7, 5], [7, 9], [0, 9]], float)
FLAT = "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 8; living-kitchen, hall-living, hall-bedroom, hall-bath"


def _problem() -> Problem:
    return problem_of(clean_outline(L), np.array([3.0, 0.0]), parse_programme(FLAT))


def _trees(problem: Problem, count: int = 40, changes: int = 30) -> Trees:
    random = np.random.default_rng(7)
    trees, even = patterned(problem, count, random), np.ones((count, problem.count))
    for _ in range(changes):
        trees = changed(trees, random, 0.2, even, np.ones((problem.count, problem.count)))
    return trees


def _halves(turns: np.ndarray, first: int, last: int, found: dict[int, tuple[int, int, int]], depth: int) -> None:
    """Cuts places first..last - 1 at the earliest gap, and so on."""
    if last - first < 2:
        return
    gap = first + int(np.argmin(turns[first : last - 1]))
    found[gap] = first, last, depth
    _halves(turns, first, gap + 1, found, depth + 1)
    _halves(turns, gap + 1, last, found, depth + 1)


def test_cuts_lie_in_each_other_as_by_cutting_one_after_the_other() -> None:
    turns = np.random.default_rng(3).random((30, 7))
    slices = slices_of(turns.T)
    for number, row in enumerate(turns):
        found: dict[int, tuple[int, int, int]] = {}
        _halves(row, 0, 8, found, 0)
        told = [tuple(part[:, number].tolist()) for part in (slices.first, slices.last, slices.depth)]
        assert told == [tuple(found[gap][k] for gap in range(7)) for k in range(3)]


def test_a_changed_tree_still_tiles_the_floor() -> None:
    problem = _problem()
    boxes = boxes_of(_trees(problem), problem)
    floor = shapely.Polygon(L)
    for number in range(40):
        ends = boxes.metres(number, problem.ground)
        parts = shapely.intersection(floor, shapely.box(ends[:, 0, 0], ends[:, 1, 0], ends[:, 0, 1], ends[:, 1, 1]))
        assert shapely.area(parts) == pytest.approx(boxes.areas[number], abs=0.02)
        assert shapely.area(shapely.union_all(parts)) == pytest.approx(floor.area)
        assert shapely.area(parts).sum() == pytest.approx(floor.area)


def test_every_change_keeps_every_room_once() -> None:
    trees = _trees(_problem(), changes=200)
    rows = np.sort(np.argsort(trees.keys, axis=1), axis=1)
    assert (rows == np.arange(trees.keys.shape[1])).all()
    assert all(np.isfinite(part.astype(float)).all() for part in trees.parts)
    assert set(np.unique(trees.axes)) <= {0, 1}


def test_walls_tell_the_boxes_that_they_bound() -> None:
    problem = _problem()
    trees = _trees(problem)
    boxes = boxes_of(trees, problem)
    layout = layout_of(trees, boxes, problem.ground)
    told = boxes_between(layout.bounds, layout.walls, problem.ground)
    assert (told.low == boxes.low).all() and (told.high == boxes.high).all()
    assert told.areas == pytest.approx(boxes.areas, abs=0.02)


def test_a_narrow_part_is_told_as_opening_tells_it() -> None:
    problem = _problem()
    boxes = boxes_of(_trees(problem), problem)
    lost = shapes_of(boxes, problem)[2]
    for number in range(20):
        ends = boxes.metres(number, problem.ground)
        for part, width in enumerate(problem.widths_m):
            (left, right), (front, back) = ends[part]
            shape = shapely.intersection(shapely.Polygon(L), shapely.box(left, front, right, back))
            if shape.geom_type != "Polygon" or shape.area < 1:
                continue
            inset = width / 2 - 1e-3
            smaller = shapely.buffer(shape, -inset, join_style="mitre")
            opened = shapely.intersection(shapely.buffer(smaller, inset, join_style="mitre"), shape)
            # a wall a millimetre from the least width is told either way
            assert lost[part, number] == pytest.approx(shape.area - shapely.area(opened), abs=0.05)


def test_solving_for_walls_makes_no_plan_worse_and_many_better() -> None:
    problem = _problem()
    trees = _trees(problem)
    boxes = boxes_of(trees, problem)
    before = scores_of(boxes, problem)
    layout, after, score = polished(layout_of(trees, boxes, problem.ground), problem)
    assert (score.rank <= before.rank).all()
    assert (score.rank < before.rank - 0.1).mean() > 0.5
    assert (scores_of(after, problem).rank == score.rank).all()
    told = boxes_of(retold(trees, layout, after.areas, problem), problem)
    assert np.median(np.abs(told.low - after.low)) <= 1
