# SPDX-License-Identifier: GPL-3.0-or-later
"""The designs of a search, with exact outlines and floor area, as they are offered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch

from ..context import Context
from .massing import Massing
from .massing_block_moves import BlockMoves
from .massing_blocks import Blocks, blocks_of
from .massing_carving import STAGES, Look, carved
from .massing_lattice import Design, design_of
from .massing_moves import on_lattice, settled
from .massing_params import MassingParams
from .massing_plates import exact, plates_of, plates_of_cells, storeys_on
from .massing_rules import RuleResult
from .massing_score import MassingScores
from .massing_search import Limits, Runner, search
from .massing_starts import starts
from .massing_task import Task
from .massing_trial import SUN_FINE, SUN_FINE_LAST, Aims, Sight, Trial
from .massing_view import view_share

# the share of the evaluations, and the least, in which bars and courts are tried before blocks are carved
ON_LATTICES, LEAST_ON_LATTICES, LEAST_CARVED = 0.015, 300, 200
# cells a block while much is changed, and at last
COARSE_CELLS, FINE_CELLS = 2, 3
# so often the floors of what is too small for a plate are put elsewhere
EXACT_TRIES = 10


def rule_massing(task: Task, rule: RuleResult) -> Massing:
    """The floor plates of a plain rule's design."""
    return plates_of_cells(rule.storeys.numpy(), task.coarse.grid, task.brief)


def best_rule(task: Task, plain: Mapping[str, Massing]) -> str | None:
    """The plain rule with the most daylit floors in fine cells, None where no rule fits."""
    return max(plain, key=lambda name: float(fine_scores(task, plain[name]).daylit[0]), default=None)


def suns_to_keep(task: Task, rule: RuleResult | None, massing: Massing | None) -> tuple[float, float]:
    """What sun the neighbours keep beside a plain rule: in coarse cells, and in fine ones."""
    if rule is None or massing is None:
        return 0.0, 0.0
    return rule.scores["neighbour_sun"], float(fine_scores(task, massing).neighbour_sun[0])


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
        context.progress(0.05 + 0.1 * share, f"{trial.count} designs tried")

    effort = min(params.evaluations, max(LEAST_ON_LATTICES, round(ON_LATTICES * params.evaluations)))
    return search(trial, begin, limits, effort, seed, progress), trial


def carved_designs(
    task: Task,
    params: MassingParams,
    seed: int,
    rule: Massing | None,
    found: tuple[list[Runner], Trial],
    context: Context,
) -> list[Runner]:
    """What is carved out of blocks with the evaluations that are left, from even blocks and from the best designs of
    different kinds that were found; worths in the trial's fine cells. Neighbours keep the sun that `rule` leaves."""
    runners, trial = found
    effort = params.evaluations - trial.count
    blocks = blocks_of(task, params.core_width_m, COARSE_CELLS) if effort >= LEAST_CARVED else None
    close = None if blocks is None else blocks_of(task, params.core_width_m, FINE_CELLS, blocks)
    if blocks is None or close is None:
        return []
    random = np.random.default_rng(seed)
    far, near = (Look(one, _aims_on(one, trial.fine.aims, rule), task.target_m2) for one in (blocks, close))
    moves = BlockMoves(blocks, task.target_m2, task.brief.most_storeys, random)
    even = np.rint(np.where(blocks.areas > 0, task.target_m2 / blocks.areas.sum(), 0)).astype(np.int16)
    kinds = {runner.design.kind.rsplit(" ", 1)[0]: blocks.like(runner.design) for runner in reversed(runners)}
    beginnings = [even, *reversed(kinds.values())][: STAGES[0].chains]

    def progress(share: float) -> None:
        context.progress(0.15 + 0.65 * share, f"{trial.count + round(share * effort)} designs tried")

    made = []
    for chain in carved(far, near, moves, beginnings, effort, random, progress):
        if chain.best is not None:
            one = blocks.candidate(chain.best, "carved")
            design = on_lattice(one.lattice, one.of_lattice(), one.kind, trial.ground)
            made += [] if design is None else [Runner(float(trial.worths([design])[0][0]), design)]
    return made


def _aims_on(blocks: Blocks, aims: Aims, rule: Massing | None) -> Aims:
    """The aims with what sun the neighbours keep beside the rule as the blocks' cells see it."""
    if rule is None:
        return aims
    storeys = torch.from_numpy(storeys_on(rule, blocks.scorer.grid))[None]
    return replace(aims, least_sun=float(blocks.scorer.scores(storeys).neighbour_sun[0]))


def exact_designs(task: Task, params: MassingParams, runners: Sequence[Runner], aims: Aims, count: int) -> list[Design]:
    """The first `count` designs that keep every limit with exact outlines and floor area, by their worth in fine
    cells."""
    random = np.random.default_rng(0)
    worths: list[tuple[float, Design]] = []
    for runner in runners:
        one = exact_design(task, params, runner, random) if len(worths) < count else None
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
