# SPDX-License-Identifier: GPL-3.0-or-later
"""The prior of floor plans: tokens, proposals, and a training that goes on where it was stopped."""

from pathlib import Path

import numpy as np
import pytest
import torch

from maquette.core.architecture.plan_boxes import boxes_of
from maquette.core.architecture.plan_patterns import patterned
from maquette.core.architecture.plan_problem import Problem, problem_of
from maquette.core.errors import Cancelled, InputError
from maquette.core.weights import load_weights
from maquette.training.architecture import plan_prior
from maquette.training.architecture.plan_prior import SETTINGS, run
from maquette.training.architecture.plan_prior_network import PlanPriorNetwork, proposals
from maquette.training.architecture.plan_tokens import (
    TURNS,
    conditions_of,
    cuts_from,
    kinds_of,
    new_rows,
    tokens_of,
    turned,
)
from maquette.training.control import Control
from maquette.training.data.solved_plans import MadePlan, cuts_of, parts_of, training_task, write_plans

QUICK = SETTINGS.changed(images=64, batch=16, look_every=64, ema_images=16, warm_up=16, held_out=0.05)


def _problem(number: int) -> Problem:
    task = training_task(number)
    return problem_of(task.outline, task.front_door, task.programme)


def _patterned(number: int) -> MadePlan:
    """A plan that no search has made better."""
    problem = _problem(number)
    return MadePlan(number, 0.0, cuts_of(patterned(problem, 1, np.random.default_rng(number))))


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "plans.jsonl"
    write_plans(path, 12, _patterned)
    return path


class _Stopping(Control):
    """Is cancelled after the second batch."""

    looks = 0

    def check(self) -> None:
        self.looks += 1
        if self.looks > 2:
            self.cancel()
        super().check()


@pytest.fixture(autouse=True)
def few_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Judging is not what is tested."""
    monkeypatch.setattr(plan_prior, "JUDGED", 2)
    monkeypatch.setattr(plan_prior, "STARTS", 4)


def _network(seed: int = 0) -> PlanPriorNetwork:
    torch.manual_seed(seed)
    return PlanPriorNetwork(16).eval()


def test_tokens_tell_the_cuts_but_for_which_of_equal_rooms_is_where() -> None:
    for number in range(6):
        kinds, cuts = kinds_of(_problem(number)), _patterned(number).cuts
        assert cuts is not None
        told = tokens_of(cuts, kinds)
        again = cuts_from(np.array(told), kinds, np.random.default_rng(0))
        assert tokens_of(again, kinds) == told and sorted(parts_of(again)) == list(range(len(kinds)))


def test_every_plan_is_told_by_tokens_that_are_allowed() -> None:
    for number in range(6):
        kinds, cuts = kinds_of(_problem(number)), _patterned(number).cuts
        assert cuts is not None
        rows = new_rows(kinds, 1)
        for token in tokens_of(cuts, kinds):
            assert rows.allowed()[0, token]
            rows.tell(np.array([token]))
        assert not rows.left.any() and rows.places[0] == 0 and not rows.allowed().any()


def test_turning_twice_is_no_turn_and_the_door_turns_with_the_floor() -> None:
    problem, cuts = _problem(1), _patterned(1).cuts
    assert cuts is not None
    conditions = conditions_of(problem)
    for turn in TURNS:
        back = (turn[1], turn[0], True) if turn[2] else turn
        assert turned(turned(cuts, turn), back) == cuts
        assert np.allclose(conditions.turned(turn).turned(back).numbers, conditions.numbers)
    assert conditions.turned((True, False, False)).door[0] == -conditions.door[0]
    assert (conditions.turned((False, False, True)).floor == conditions.floor.T).all()


def test_proposals_hold_every_part_and_fill_the_floor() -> None:
    for number in range(5):
        problem = _problem(number)
        trees = proposals(_network(), problem, 16, np.random.default_rng(number))
        assert len(trees) == 16
        for k in range(16):
            assert sorted(parts_of(cuts_of(trees.take(np.array([k]))))) == list(range(problem.count))
        assert np.allclose(boxes_of(trees, problem).areas.sum(1), problem.ground.area, atol=0.05)


def test_proposals_are_the_same_from_the_same_seed_on_any_number_of_threads() -> None:
    problem, before = _problem(3), torch.get_num_threads()
    made = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            made.append(proposals(_network(), problem, 8, np.random.default_rng(5)))
    finally:
        torch.set_num_threads(before)
    assert all((one == two).all() for one, two in zip(made[0].parts, made[1].parts, strict=True))
    other = proposals(_network(), problem, 8, np.random.default_rng(6))
    assert any((one != two).any() for one, two in zip(made[0].parts, other.parts, strict=True))


def test_a_training_stopped_and_gone_on_with_gives_the_weights_of_a_whole_one(plans: Path, tmp_path: Path) -> None:
    whole = run(plans, tmp_path / "whole", QUICK, Control(), hidden=16)

    with pytest.raises(Cancelled):
        run(plans, tmp_path / "stopped", QUICK, _Stopping(), hidden=16)
    stopped = run(plans, tmp_path / "stopped", QUICK, Control(), hidden=16)
    one, two = load_weights(whole), load_weights(stopped)
    assert all(torch.equal(one.tensors[name], two.tensors[name]) for name in one.tensors)
    assert one.config == {"hidden": 16} and one.card["baselines"]["surprise"] > 0
    assert "solver" in whole.with_suffix(".md").read_text(encoding="utf-8")


def test_learning_makes_plans_less_of_a_surprise(plans: Path, tmp_path: Path) -> None:
    longer = QUICK.changed(images=1_600, look_every=1_600, ema_images=100, rate=1e-2)
    card = load_weights(run(plans, tmp_path, longer, Control(), hidden=16)).card
    assert card["figures"]["surprise"] < card["baselines"]["surprise"]


def test_too_few_plans_are_told(tmp_path: Path) -> None:
    write_plans(tmp_path / "one.jsonl", 1, _patterned)
    with pytest.raises(InputError, match="too few"):
        run(tmp_path / "one.jsonl", tmp_path / "out", QUICK, Control(), hidden=16)
