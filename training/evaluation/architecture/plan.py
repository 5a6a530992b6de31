# SPDX-License-Identifier: GPL-3.0-or-later
"""`plan`: how many of 200 random programmes get a plan that keeps every rule of `core/architecture/plan_rules.py`.

The programmes are those of `training/data/plan_programmes.py`, by fixed seed. Least widths in metres: living 3.0,
bedroom 2.5, dining 2.4, study 2.1, kitchen 1.8, bath 1.5, hall 1.1, toilet and storage 0.9. A room may be 25 % off its
asked area, a hall 100 %. A plan that misses one rule counts as a failure; the area error is
the mean over the rooms of all plans, good or not; seconds are the processor's.
"""

from __future__ import annotations

import time

from ....core.architecture.plan_rules import RULES
from ....core.architecture.plan_solver import solved
from ...data.plan_programmes import plan_task
from ..study import mean
from .plan_sheet import draw_plans
from .study import Study

EXPECTED = ("plan.valid_share", "plan.area_error", "plan.seconds")
PLANS, SHOWN = 200, 24
# kept for judging: the search is tuned on tasks of other seeds
SEED = 2026


def evaluate_plans(study: Study) -> None:
    """Takes up the figures `plan.*` and draws the first plans as `plans.png`."""
    part = study.part("plan", plans=PLANS, seed=SEED)
    rows = [
        part.measured(str(number), lambda number=number: _judged(number))  # type: ignore[misc]
        for number in study.in_time(range(PLANS), 0.85, "plan: programmes")
    ]
    study.give(
        "plan",
        {
            "valid_share": mean(rows, "valid"),
            "area_error": mean(rows, "area_error"),
            "seconds": mean(rows, "seconds"),
            **{f"missed_{rule}_share": mean(rows, rule) for rule in RULES},
        },
    )
    study.note(
        f"plan: {len(rows)} random programmes, rectangles, L, U, T and skewed outlines in turn; a plan that misses a "
        "rule counts as a failure; seconds on the processor."
    )
    draw_plans(range(SHOWN), SEED, study.out / "plans.png")


def _judged(number: int) -> dict[str, float]:
    task = plan_task(number, SEED)
    started = time.process_time()
    found = solved(task.outline, task.front_door, task.programme, number)
    seconds = time.process_time() - started
    missed = {rule for rule, _ in found.verdict.unmet}
    return {
        "valid": float(found.verdict.valid),
        "area_error": found.verdict.area_error,
        "seconds": seconds,
        **{rule: float(rule in missed) for rule in RULES},
    }
