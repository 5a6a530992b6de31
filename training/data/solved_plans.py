# SPDX-License-Identifier: GPL-3.0-or-later
"""Floor plans that Maquette's own solver made: what a prior of plans learns from.

    python -m maquette.training.data.solved_plans --out plans.jsonl --count 2000

Tasks are those of `plan_programmes` under a seed of their own, so none is one that plans are judged on. A line of the
file is one task: `{"task", "area_error", "cuts"}`, the cuts nested as `[axis, before, after]` with parts of
the Problem as leaves, null where no plan kept every rule. The same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.architecture.plan_patterns import Node
from ...core.architecture.plan_search import Effort
from ...core.architecture.plan_solver import EFFORT, solved
from ...core.architecture.plan_trees import Trees
from ...core.codec import show
from ...core.errors import InputError
from .plan_programmes import PlanTask, plan_task

# of the tasks learned from; evaluations take theirs under seeds of four digits
TRAINING_SEED = 7_000_001
# a file larger than this, or a plan of more parts, was not written here
MOST_BYTES, MOST_PARTS = 256 * 2**20, 64


@dataclass(frozen=True)
class MadePlan:
    """The `cuts` that the plan of a task was made by, None where it missed a rule; `task` its number."""

    task: int
    area_error: float
    cuts: Node | None


def training_task(number: int) -> PlanTask:
    """The task of that number among those that are learned from."""
    return plan_task(number, TRAINING_SEED)


def made_plan(number: int, effort: Effort = EFFORT) -> MadePlan:
    """The plan that the solver makes of a training task."""
    task = training_task(number)
    found = solved(task.outline, task.front_door, task.programme, number, effort=effort)
    kept = found.verdict.valid and found.tree is not None
    return MadePlan(number, found.verdict.area_error, cuts_of(found.tree) if kept and found.tree is not None else None)


def cuts_of(tree: Trees) -> Node:
    """The nested cuts of the first of `tree`."""
    row = np.argsort(tree.keys[0], kind="stable")
    turns, axes = tree.turns[0, row], tree.axes[0, row]

    def between(first: int, last: int) -> Node:
        if last - first == 1:
            return int(row[first])
        cut = first + 1 + int(np.argmin(turns[first + 1 : last]))
        return int(axes[cut]), between(first, cut), between(cut, last)

    return between(0, len(row))


def parts_of(cuts: Node) -> list[int]:
    """The parts in the order that they stand in."""
    return [cuts] if isinstance(cuts, int) else [*parts_of(cuts[1]), *parts_of(cuts[2])]


def write_plans(
    path: Path, count: int, make: Callable[[int], MadePlan] = made_plan, say: Callable[[str], None] = lambda text: None
) -> int:
    """Bring the file to tasks 0 to `count`; what is there stays. Returns how many of all were solved."""
    there = list(_lines(path)) if path.exists() else []
    # a stop in the middle of a line leaves a piece of it
    text = "".join(_line(plan) for plan in there)
    if path.exists() and path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    first, solved_tasks = len(there), sum(plan.cuts is not None for plan in there)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for number in range(first, count):
            plan = make(number)
            file.write(_line(plan))
            file.flush()
            solved_tasks += plan.cuts is not None
            say(f"{number + 1} of {count} tasks, {solved_tasks} solved")
    return solved_tasks


def read_plans(path: Path) -> tuple[MadePlan, ...]:
    """The plans of a file that keep every rule; a file without any is an InputError."""
    if not path.is_file():
        raise InputError(f"There is no file {show(str(path))}. Make one with 'maquette.training.data.solved_plans'.")
    plans = tuple(plan for plan in _lines(path) if plan.cuts is not None)
    if not plans:
        raise InputError(f"{show(str(path))} holds no plan that keeps every rule. Make more of them.")
    return plans


def _line(plan: MadePlan) -> str:
    row = {"task": plan.task, "area_error": round(plan.area_error, 6), "cuts": plan.cuts}
    return json.dumps(row, separators=(",", ":")) + "\n"


def _lines(path: Path) -> Iterator[MadePlan]:
    """The whole lines of a file; a line that cannot be read is an InputError."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"{show(str(path))} is larger than {MOST_BYTES // 2**20} MiB. Give a file of solved plans.")
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)):
        if not line.endswith("\n"):
            return
        try:
            row = json.loads(line)
            plan = MadePlan(int(row["task"]), float(row["area_error"]), _node(row["cuts"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InputError(
                f"Line {number + 1} of {show(str(path))} is no solved plan ({error}). Make the file anew."
            ) from error
        yield plan


def _node(value: Any) -> Node | None:
    """Nested lists as cuts: every part from 0 on once."""
    if value is None:
        return None

    def read(one: Any) -> Node:
        if isinstance(one, int) and not isinstance(one, bool):
            return one
        axis, before, after = one
        if axis not in (0, 1):
            raise ValueError(f"a cut along axis {axis!r}")
        return int(axis), read(before), read(after)

    cuts = read(value)
    parts = parts_of(cuts)
    if len(parts) > MOST_PARTS or sorted(parts) != list(range(len(parts))):
        raise ValueError("parts are missing or doubled")
    return cuts


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the file of plans, gone on with")
    parser.add_argument("--count", type=int, default=2000, help="tasks in all (default: 2000)")
    options = parser.parse_args(arguments)
    number = write_plans(options.out, options.count, say=lambda text: print(text, flush=True))
    print(f"{options.out} is there: {number} plans of {options.count} tasks.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
