# SPDX-License-Identifier: GPL-3.0-or-later
"""The designs of a search, with exact outlines and floor area, as they are offered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch

from ..context import Context
from .massing import Massing
from .massing_lattice import Design, design_of
from .massing_moves import settled
from .massing_params import MassingParams
from .massing_plates import exact, plates_of, plates_of_cells, storeys_on
from .massing_rules import RuleResult
from .massing_score import MassingScores
from .massing_search import Limits, Runner, search
from .massing_starts import starts
from .massing_task import Task
from .massing_trial import SUN_FINE, SUN_FINE_LAST, Aims, Sight, Trial
from .massing_view import view_share

# so often the floors of what is too small for a plate are put elsewhere
EXACT_TRIES = 10


def rule_massing(task: Task, rule: RuleResult) -> Massing:
    """The floor plates of a plain rule's design."""
    return plates_of_cells(rule.storeys.numpy(), task.coarse.grid, task.brief)


def suns_to_keep(task: Task, rules: Mapping[str, RuleResult], plain: Mapping[str, Massing]) -> tuple[float, float]:
    """What sun the neighbours keep beside the plain rule with the most daylit floors in fine cells: in coarse cells,
    and in fine ones."""
    scored = {name: fine_scores(task, massing) for name, massing in plain.items()}
    if not scored:
        return 0.0, 0.0
    best = max(scored, key=lambda name: float(scored[name].daylit[0]))
    return rules[best].scores["neighbour_sun"], float(scored[best].neighbour_sun[0])


def fine_scores(task: Task, massing: Massing) -> MassingScores:
    """The scores of outlines in fine cells."""
    return task.fine.scores(torch.from_numpy(storeys_on(massing, task.fine.grid))[None])


def searched(
    task: Task, params: MassingParams, seed: int, least_suns: tuple[float, float], context: Context
) -> tuple[list[Runner], Trial]:
    """The search's designs by worth, and its trial; `least_suns` in coarse and in fine cells."""
    grid = task.coarse.grid
    limits = Limits(task.target_m2, task.brief.most_storeys, params.core_width_m)
    coarse, fine = (
        Aims(
            0.5 * params.neighbour_sun_weight,
            params.ground_sun_weight,
            params.view_weight,
            params.compactness_weight,
            least,
            fine,
        )
        for least, fine in zip(least_suns, (SUN_FINE, SUN_FINE_LAST), strict=True)
    )
    trial = Trial(Sight(task.coarse, task.ground, coarse), Sight(task.fine, task.fine_ground, fine))
    north = math.radians(90 - params.north_deg)
    sizes = (params.bar_depth_m, limits.least_width_m, limits.target_m2, limits.most)
    begin = list(starts(task.ground, grid.angle, north, *sizes, seed))

    def progress(share: float) -> None:
        context.progress(0.05 + 0.8 * share, f"{trial.count} designs tried")

    return search(trial, begin, limits, params.evaluations, seed, progress), trial


def exact_designs(task: Task, params: MassingParams, runners: Sequence[Runner], aims: Aims) -> list[Design]:
    """The designs that keep every limit with exact outlines and floor area, by their worth in fine cells."""
    random = np.random.default_rng(0)
    made = [exact_design(task, params, runner, random) for runner in runners]
    worths: list[tuple[float, Design]] = []
    for one in made:
        if one is None:
            continue
        massing = plates_of(one, task.ground, task.brief, params.core_width_m)
        view = view_share(task.fine, torch.from_numpy(storeys_on(massing, task.fine.grid))[None])
        worths.append((float(aims.worth(fine_scores(task, massing), view)[0]), one))
    return [one for _, one in sorted(worths, key=lambda pair: -pair[0])]


def exact_design(task: Task, params: MassingParams, runner: Runner, random: np.random.Generator) -> Design | None:
    """The design with exact outlines and floor area, or None.

    What is too small for a plate is left out; the floors that it had are put on elsewhere.
    """
    one, brief = runner.design, task.brief
    dark = np.ones(len(one.storeys)) if runner.dark is None or runner.now is not one else runner.dark + 0.01
    asked_m2, free = task.target_m2, np.zeros(len(one.storeys), bool)
    for _ in range(EXACT_TRIES):
        as_found = Design(one.lattice, one.of_lattice())
        scaled = exact(as_found, task.ground, brief, params.core_width_m, task.target_m2)
        if scaled is not None:
            # what the code's rounding makes of it is what is offered
            return design_of(scaled.code())
        massing = plates_of(as_found, task.ground, brief, params.core_width_m)
        asked_m2 += task.target_m2 - massing.gross_floor_area_m2
        right = settled(one, asked_m2, brief.most_storeys, random, free, dark)
        one = one if right is None else right
    return None
