# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans made by the solver, as a file to learn from."""

from pathlib import Path

import numpy as np
import pytest

from maquette.core.architecture.plan_boxes import boxes_of
from maquette.core.architecture.plan_patterns import packed, patterned
from maquette.core.architecture.plan_problem import Problem, problem_of
from maquette.core.architecture.plan_search import Effort
from maquette.core.errors import InputError
from maquette.training.data.plan_programmes import plan_task
from maquette.training.data.solved_plans import (
    MadePlan,
    cuts_of,
    made_plan,
    parts_of,
    read_plans,
    training_task,
    write_plans,
)
from maquette.training.evaluation.architecture.plan import SEED


def _problem(number: int) -> Problem:
    task = training_task(number)
    return problem_of(task.outline, task.front_door, task.programme)


def _made(number: int) -> MadePlan:
    return MadePlan(number, 0.03, (0, 0, (1, 1, 2)) if number % 2 else None)


def test_nested_cuts_of_a_tree_give_the_same_boxes() -> None:
    for number in range(5):
        problem = _problem(number)
        trees = patterned(problem, 4, np.random.default_rng(number))
        trees.shifts[:] = 0
        trees.snaps[:] = False
        again = packed([cuts_of(trees.take(np.array([k]))) for k in range(4)], problem.count)
        one, two = boxes_of(trees, problem), boxes_of(again, problem)
        assert (one.low == two.low).all() and (one.high == two.high).all()


def test_tasks_are_none_that_plans_are_judged_on() -> None:
    for number in range(8):
        judged = [plan_task(other, seed).outline.outer for other in range(8) for seed in (SEED, 77)]
        mine = training_task(number).outline.outer
        assert not any(mine.shape == other.shape and np.allclose(mine, other) for other in judged)


def test_a_stopped_making_goes_on_after_the_last_whole_line(tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole.jsonl", tmp_path / "stopped.jsonl"
    assert write_plans(whole, 6, _made) == 3
    lines = whole.read_text().splitlines(keepends=True)
    stopped.write_text("".join(lines[:3]) + lines[3][:9])
    made: list[int] = []

    def make(number: int) -> MadePlan:
        made.append(number)
        return _made(number)

    assert write_plans(stopped, 6, make) == 3
    assert made == [3, 4, 5] and stopped.read_text() == whole.read_text()
    assert [plan.task for plan in read_plans(stopped)] == [1, 3, 5]


def test_the_solver_makes_a_plan_of_every_part_or_none() -> None:
    little = Effort(drawn=40, chains=32, rounds=2, attempts=1)
    plan = made_plan(0, little)
    assert plan == made_plan(0, little)
    assert plan.cuts is None or sorted(parts_of(plan.cuts)) == list(range(_problem(0).count))


@pytest.mark.parametrize(
    "line", ["{}", "[]", '{"task":0,"area_error":0,"cuts":[2,0,1]}', '{"task":0,"area_error":0,"cuts":[0,1,1]}', "nan"]
)
def test_what_is_no_plan_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "plans.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(InputError, match="Line 1"):
        read_plans(path)


def test_a_missing_file_and_one_without_plans_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        read_plans(tmp_path / "none.jsonl")
    write_plans(tmp_path / "few.jsonl", 1, _made)
    with pytest.raises(InputError, match="no plan"):
        read_plans(tmp_path / "few.jsonl")
