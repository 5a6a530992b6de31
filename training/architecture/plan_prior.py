# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains a prior of floor plans: which cut and which room come next, for a floor, a front door and a programme.

    python -m maquette.training.architecture.plan_prior --plans plans.jsonl --out FOLDER

The plans are a file of `training.data.solved_plans`. Each is learned from in the eight ways that it can be mirrored and
turned. No method uses such a prior: README.md says what it brought. Minutes on a processor.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn
from torch.optim import Optimizer

from ...core.architecture.plan_boxes import boxes_of
from ...core.architecture.plan_patterns import patterned
from ...core.architecture.plan_problem import Problem, problem_of
from ...core.architecture.plan_score import scores_of
from ...core.architecture.plan_trees import Trees
from ...core.errors import InputError
from ..card import Provenance
from ..control import Control, Progress
from ..data.solved_plans import MadePlan, read_plans, training_task
from ..loop import train
from ..presets import Settings
from ..task import Split
from .plan_prior_network import HIDDEN, NOTHING, PlanPriorNetwork, proposals
from .plan_prior_sheet import plan_sheet
from .plan_tokens import NUM_TOKENS, TURNS, conditions_of, kinds_of, new_rows, tokens_of, turned

SETTINGS = Settings(images=256_000, batch=128, crop=32, rate=2e-3, ema_images=10_000, look_every=12_800, patience=6)
# plans are told apart by so many folds, and starts are judged on so many tasks, so many starts each
FOLDS, JUDGED, STARTS = 20, 24, 64


@dataclass(frozen=True)
class LearntPlan:
    """An item of a training: a solved plan, and the fold that is its family."""

    plan: MadePlan

    @property
    def name(self) -> str:
        """The task's number."""
        return f"task {self.plan.task}"

    @property
    def family(self) -> str:
        """The fold, each with every shape of outline."""
        return f"fold {self.fold}"

    @property
    def fold(self) -> int:
        """A number below FOLDS."""
        return self.plan.task // 5 % FOLDS

    @property
    def sha256(self) -> str:
        """Of the plan."""
        return hashlib.sha256(repr(self.plan).encode()).hexdigest()

    def problem(self) -> Problem:
        """What the plan was made for."""
        task = training_task(self.plan.task)
        return problem_of(task.outline, task.front_door, task.programme)


def split_of(plans: Sequence[MadePlan], settings: Settings) -> Split[LearntPlan]:
    """Some folds are held out; too few plans are an InputError."""
    held = {(settings.seed + k) % FOLDS for k in range(max(1, round(settings.held_out * FOLDS)))}
    items = [LearntPlan(plan) for plan in plans]
    split = Split(tuple(i for i in items if i.fold not in held), tuple(i for i in items if i.fold in held))
    if not split.train or not split.held_out:
        raise InputError(f"{len(plans)} plans are too few to learn from some and judge on others. Make more of them.")
    return split


class PlanPriorTask:
    """See `task.Task`."""

    model = "architecture/plan_prior"
    shipped = "network"

    def __init__(
        self, settings: Settings, split: Split[LearntPlan], device: torch.device, hidden: int = HIDDEN
    ) -> None:
        torch.manual_seed(settings.seed)
        self._settings, self._device, self.config = settings, device, {"hidden": hidden}
        self._learned = tuple(part.to(device) for part in tensors_of(split.train))
        self._held_out = tuple(part.to(device) for part in tensors_of(split.held_out))
        self._items = split.held_out[:JUDGED]
        self._problems = [item.problem() for item in self._items]
        network = PlanPriorNetwork(hidden)
        self.networks: dict[str, nn.Module] = {"network": network.to(device)}
        optimiser = torch.optim.AdamW(network.parameters(), settings.rate, weight_decay=0.05)
        self.optimisers: dict[str, Optimizer] = {"network": optimiser}

    def step(
        self, fabric: Fabric, networks: Mapping[str, Any], number: int, generator: torch.Generator
    ) -> dict[str, float]:
        """One batch of plans."""
        network = self.networks["network"].train()
        assert isinstance(network, PlanPriorNetwork)
        rows = torch.randint(len(self._learned[0]), (self._settings.batch,), generator=generator).to(self._device)
        # what is dropped out is chance too
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
        loss = network.loss(*(part[rows] for part in self._learned))
        self.optimisers["network"].zero_grad(set_to_none=True)
        fabric.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        self.optimisers["network"].step()
        return {"loss": float(loss.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Surprise at held-out plans, and how many wishes the best of STARTS proposals misses."""
        assert isinstance(network, PlanPriorNetwork)
        with torch.no_grad():
            surprise = float(network.loss(*self._held_out))
        chance = np.random.default_rng(self._settings.seed)
        missed = [_missed(proposals(network, problem, STARTS, chance), problem) for problem in self._problems]
        return {"surprise": surprise, "missed": float(np.mean(missed)), "score": surprise}

    def baselines(self) -> dict[str, float]:
        """Any token that may come, and the search's own starts."""
        _, tokens, _, allowed = self._held_out
        chance = np.random.default_rng(self._settings.seed)
        missed = [_missed(patterned(problem, STARTS, chance), problem) for problem in self._problems]
        surprise = allowed.sum(-1)[tokens != NOTHING].double().log().mean()
        return {"surprise": float(surprise), "missed": float(np.mean(missed)), "score": float(surprise)}

    def sheet(self, network: nn.Module) -> np.ndarray:
        """Held-out floors, each with the best of the proposals."""
        assert isinstance(network, PlanPriorNetwork)
        chance = np.random.default_rng(self._settings.seed)
        shown = []
        for problem in self._problems[:12]:
            trees = proposals(network, problem, STARTS, chance)
            boxes = boxes_of(trees, problem)
            best = int(np.argmin(scores_of(boxes, problem).rank))
            shown.append((problem, boxes.metres(best, problem.ground)))
        return plan_sheet(shown)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Nothing besides networks and optimisers."""
        return {}

    def restore(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """See `tensors`."""

    def worries(self, figures: Mapping[str, float]) -> str:
        """Early stopping is enough."""
        return ""


def _missed(trees: Trees, problem: Problem) -> float:
    return float(scores_of(boxes_of(trees, problem), problem).missed.min())


def tensors_of(items: Sequence[LearntPlan]) -> tuple[torch.Tensor, ...]:
    """Conditions, tokens, states and allowed tokens of `PlanPriorNetwork.loss`: eight rows a plan."""
    told = []
    for item in items:
        problem, cuts = item.problem(), item.plan.cuts
        assert cuts is not None
        kinds, conditions = kinds_of(problem), conditions_of(problem)
        told += [(conditions.turned(turn).numbers, tokens_of(turned(cuts, turn), kinds), kinds) for turn in TURNS]
    longest = max(len(tokens) for _, tokens, _ in told)
    rows = [_row(tokens, kinds, longest) for _, tokens, kinds in told]
    parts = [np.stack([conditions for conditions, _, _ in told]), *(np.stack(part) for part in zip(*rows, strict=True))]
    return tuple(torch.from_numpy(part) for part in parts)


def _row(tokens: Sequence[int], kinds: np.ndarray, longest: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Tokens (T,), states (T, NUM_STATE) and allowed tokens (T, NUM_TOKENS) of one plan."""
    rows = new_rows(kinds, 1)
    told, allowed = np.full(longest, NOTHING), np.ones((longest, NUM_TOKENS), bool)
    state = np.zeros((longest, rows.state().shape[1]), np.float32)
    for step, token in enumerate(tokens):
        told[step], state[step], allowed[step] = token, rows.state()[0], rows.allowed()[0]
        rows.tell(np.array([token]))
    return told, state, allowed


def run(plans: Path, out: Path, settings: Settings, control: Control, hidden: int = HIDDEN) -> Path:
    """Train, or go on with it; returns the file of the best weights."""
    made = read_plans(plans)
    split = split_of(made, settings)
    fabric = Fabric(accelerator="cpu", devices=1, precision="32-true")
    task = PlanPriorTask(settings, split, fabric.device, hidden)
    command = "python -m maquette.training.architecture.plan_prior --plans FILE --out FOLDER"
    sources = f"{len(made)} floor plans made by Maquette's plan solver for random programmes"
    about = Provenance(
        f"{command} --images {settings.images} --seed {settings.seed}", "GPL-3.0-or-later", sources, split, "plans"
    )
    return train(task, settings, out, fabric, control, about)


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", required=True, type=Path, metavar="FILE", help="a file of solved plans")
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER", help="checkpoints, samples and the model")
    parser.add_argument("--images", type=int, default=SETTINGS.images, help="plans to show in all")
    parser.add_argument("--seed", type=int, default=SETTINGS.seed, help="another one holds out other plans")
    options = parser.parse_args(arguments)
    settings = SETTINGS.changed(images=options.images, seed=options.seed)

    def hear(progress: Progress) -> None:
        print(f"{progress.text}: {progress.images}/{progress.total_images}", end="\r", file=sys.stderr, flush=True)

    print(f"{run(options.plans, options.out, settings, Control(hear))} is there, with its card.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
