# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for massings: from many beginnings, each improved by small changes and by CMA-ES on its lines."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .massing_lattice import Lattice
from .massing_moves import changed, on_lattice, settled
from .massing_starts import Candidate
from .massing_trial import Trial

BATCH = 12
# designs that are improved side by side, and the shares of the effort after which fewer go on
POOL = ((0.0, 10), (0.35, 5), (0.7, 2))
LINES_SHARE = 0.15
SIGMA_M = 1.0
# after this share of the effort the pieces are exact, and where that needs luck, so often is it tried
EXACT_FROM, EXACT_TRIES = 0.4, 12


@dataclass(frozen=True)
class Limits:
    """What every design keeps: floor area, storeys, least width of a piece."""

    target_m2: float
    most: int
    least_width_m: float


@dataclass
class Runner:
    """A design that is being improved, and its worth."""

    worth: float
    design: Candidate


def search(
    trial: Trial, beginnings: list[Candidate], limits: Limits, effort: int, seed: int, progress: Callable[[float], None]
) -> list[Runner]:
    """Designs by worth, the best of each beginning, after `effort` trials; `progress` gets the share done."""
    random = np.random.default_rng(seed)
    runners = _begun(trial, beginnings)
    first, last = trial.count, effort
    pool = runners[: POOL[0][1]]
    turn = 0
    trial.exact = False
    while pool and trial.count < last:
        done = (trial.count - first) / max(last - first, 1)
        progress(done)
        size = next(size for share, size in reversed(POOL) if done >= share)
        pool = sorted(pool, key=lambda one: -one.worth)[:size]
        if done >= EXACT_FROM and not trial.exact:
            pool = runners = _exactly(trial, runners, limits, random)
            continue
        runner = pool[turn % len(pool)]
        turn += 1
        if turn > effort // 3 + 100:
            break
        if random.random() < LINES_SHARE * BATCH / LINE_TRIALS:
            _improve_lines(trial, runner, limits, random)
        else:
            _improve(trial, runner, limits, random)
    return sorted(runners, key=lambda one: -one.worth)


LINE_TRIALS = 96


def _exactly(trial: Trial, runners: list[Runner], limits: Limits, random: np.random.Generator) -> list[Runner]:
    """The designs with exact pieces from here on, by worth; those that cannot have the floor area are left out."""
    trial.exact = True
    trial.kept.clear()
    made = []
    for runner in runners:
        old = runner.design
        one = on_lattice(old.lattice, old.of_lattice(), old.kind, trial.ground, exact=True)
        for _ in range(EXACT_TRIES if one is not None else 0):
            assert one is not None
            free = np.zeros(len(one.storeys), bool)
            right = settled(one, limits.target_m2, limits.most, random, free)
            if right is not None:
                made.append(Runner(float(trial.worths([right])[0]), right))
                break
    return sorted(made, key=lambda one: -one.worth)


def _begun(trial: Trial, beginnings: list[Candidate]) -> list[Runner]:
    """The beginnings by worth, the better layout of each lattice alone."""
    worths = np.concatenate(
        [trial.worths(beginnings[i : i + 2 * BATCH]) for i in range(0, len(beginnings), 2 * BATCH)] or [np.zeros(0)]
    )
    order = [int(n) for n in np.argsort(-worths, kind="stable") if np.isfinite(worths[n])]
    seen: set[tuple[float, int]] = set()
    runners = []
    for number in order:
        lattice = beginnings[number].lattice
        key = (round(lattice.angle, 3), len(lattice.widths))
        if key not in seen:
            seen.add(key)
            runners.append(Runner(float(worths[number]), beginnings[number]))
    return runners


def _improve(trial: Trial, runner: Runner, limits: Limits, random: np.random.Generator) -> None:
    tries = (
        changed(runner.design, trial.ground, limits.target_m2, limits.most, limits.least_width_m, random, trial.exact)
        for _ in range(BATCH)
    )
    _take_best(trial, runner, [one for one in tries if one is not None])


def _improve_lines(trial: Trial, runner: Runner, limits: Limits, random: np.random.Generator) -> None:
    """CMA-ES (Hansen 2016, `cma`) over the angle and every line of the lattice, the storeys staying where they are."""
    with warnings.catch_warnings():
        # it says that it cannot plot, which nobody asks for
        warnings.simplefilter("ignore")
        import cma  # type: ignore[import-untyped]

    lattice, full = runner.design.lattice, runner.design.of_lattice()
    options = {
        "seed": int(random.integers(1, 2**31)),
        "popsize": BATCH,
        "verbose": -9,
        "CMA_diagonal": sum(lattice.shape) > 40,
    }
    strategy = cma.CMAEvolutionStrategy(np.zeros(3 + sum(lattice.shape)), SIGMA_M, options)
    for _ in range(LINE_TRIALS // BATCH):
        steps = strategy.ask()
        designs = [
            on_lattice(_moved(lattice, step, limits.least_width_m), full, runner.design.kind, trial.ground, trial.exact)
            for step in steps
        ]
        right = [
            None
            if one is None
            else settled(one, limits.target_m2, limits.most, random, np.zeros(len(one.storeys), bool))
            for one in designs
        ]
        there = [one for one in right if one is not None]
        if not there:
            return
        worths = iter(_take_best(trial, runner, there))
        strategy.tell(steps, [1.0 if one is None else -float(next(worths)) for one in right])


def _moved(lattice: Lattice, step: np.ndarray, least_m: float) -> Lattice:
    columns = len(lattice.widths)
    return replace(
        lattice,
        angle=lattice.angle + 0.02 * float(step[0]),
        u_m=lattice.u_m + float(step[1]),
        v_m=lattice.v_m + float(step[2]),
        widths=np.maximum(lattice.widths + step[3 : 3 + columns], least_m),
        lengths=np.maximum(lattice.lengths + step[3 + columns :], least_m),
    )


def _take_best(trial: Trial, runner: Runner, designs: list[Candidate]) -> np.ndarray:
    if not designs:
        return np.zeros(0)
    worths = trial.worths(designs)
    best = int(worths.argmax())
    if worths[best] >= runner.worth:
        runner.worth, runner.design = float(worths[best]), designs[best]
    return worths
