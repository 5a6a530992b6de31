# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for massings: from many beginnings, each improved by small changes and by CMA-ES on its lines."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .massing_lattice import Lattice
from .massing_moves import changed, on_lattice, settled
from .massing_starts import Candidate
from .massing_trial import Trial, dark_shares

BATCH, LINES_BATCH = 6, 12
# designs that are improved side by side, and the shares of the effort after which fewer go on
POOL = ((0.0, 8), (0.1, 4), (0.25, 2), (0.7, 1))
LINES_SHARE = 0.1
LINE_TRIALS = 96
SIGMA_M = 1.0
# after this share of the effort the cells are small
CLOSELY_FROM = 0.4
# what a step may lose at first: it falls to nothing, and rises again a little where the cells become small
WARM, WARM_AGAIN = 0.004, 0.001


@dataclass(frozen=True)
class Limits:
    """What every design keeps: floor area, storeys, least width of a piece."""

    target_m2: float
    most: int
    least_width_m: float


@dataclass
class Runner:
    """The best design of one beginning and its worth; where the search is now, and (U,) how dark its pieces are."""

    worth: float
    design: Candidate
    dark: np.ndarray | None = None
    now: Candidate | None = None
    worth_now: float = -np.inf

    def take(self, worth: float, design: Candidate, lit: np.ndarray) -> None:
        """Go on from this design."""
        self.now, self.worth_now, self.dark = design, worth, dark_shares(design, lit)
        if worth >= self.worth:
            self.worth, self.design = worth, design


def search(
    trial: Trial, beginnings: list[Candidate], limits: Limits, effort: int, seed: int, progress: Callable[[float], None]
) -> list[Runner]:
    """Designs by worth, the best of each beginning, after `effort` trials; `progress` gets the share done."""
    random = np.random.default_rng(seed)
    runners = _begun(trial, beginnings)
    first, last = trial.count, effort
    pool = runners[: POOL[0][1]]
    trial.closely = False
    # a turn may try less than a batch, and at worst nothing
    for turn in range(effort // 2 + 100):
        if not pool or trial.count >= last:
            break
        done = (trial.count - first) / max(last - first, 1)
        progress(done)
        if done >= CLOSELY_FROM and not trial.closely:
            pool = runners = _closely(trial, runners)
            continue
        size = next(size for share, size in reversed(POOL) if done >= share)
        pool = sorted(pool, key=lambda one: -one.worth)[:size]
        runner = pool[turn % len(pool)]
        if random.random() < LINES_SHARE * BATCH / LINE_TRIALS:
            _improve_lines(trial, runner, limits, random)
        else:
            _improve(trial, runner, limits, random, _warmth(done))
    return sorted(runners, key=lambda one: -one.worth)


def _warmth(done: float) -> float:
    """What a step may lose, by the share of the effort that is done."""
    if done < CLOSELY_FROM:
        return WARM * (1 - done / CLOSELY_FROM) ** 2 + 2e-5
    return WARM_AGAIN * ((1 - done) / (1 - CLOSELY_FROM)) ** 2 + 1e-6


def _closely(trial: Trial, runners: list[Runner]) -> list[Runner]:
    """The designs looked at in fine cells from here on, by worth."""
    trial.closely = True
    trial.kept.clear()
    made: list[Runner] = []
    for runner in runners:
        old = runner.design
        one = on_lattice(old.lattice, old.of_lattice(), old.kind, trial.ground)
        made += _runners(trial, [one]) if one is not None else []
    return sorted(made, key=lambda one: -one.worth)


def _runners(trial: Trial, designs: list[Candidate]) -> list[Runner]:
    worths, lit = trial.worths(designs)
    made = []
    for worth, design, cells in zip(worths, designs, lit, strict=True):
        runner = Runner(float(worth), design)
        runner.take(float(worth), design, cells)
        made.append(runner)
    return made


def _begun(trial: Trial, beginnings: list[Candidate]) -> list[Runner]:
    """The beginnings by worth, those with another lattice or layout."""
    begun: list[Runner] = []
    for first in range(0, len(beginnings), 2 * LINES_BATCH):
        begun += _runners(trial, beginnings[first : first + 2 * LINES_BATCH])
    seen: set[tuple[object, ...]] = set()
    runners = []
    for runner in sorted(begun, key=lambda one: -one.worth):
        lattice = runner.design.lattice
        key = (round(lattice.angle, 3), *lattice.shape, runner.design.kind.rsplit(" ", 1)[0])
        if np.isfinite(runner.worth) and key not in seen:
            seen.add(key)
            runners.append(runner)
    return runners


def _improve(trial: Trial, runner: Runner, limits: Limits, random: np.random.Generator, warmth: float) -> None:
    """One step of annealing (Kirkpatrick et al. 1983): the best of some changes, taken if it loses little."""
    now = runner.now or runner.design
    rest = (trial.ground, limits.target_m2, limits.most, limits.least_width_m, random, runner.dark)
    designs = [one for one in (changed(now, *rest) for _ in range(BATCH)) if one is not None]
    if not designs:
        return
    worths, lit = trial.worths(designs)
    best = int(worths.argmax())
    gain = float(worths[best]) - runner.worth_now
    if gain >= 0 or random.random() < math.exp(gain / warmth):
        runner.take(float(worths[best]), designs[best], lit[best])


def _improve_lines(trial: Trial, runner: Runner, limits: Limits, random: np.random.Generator) -> None:
    """CMA-ES (Hansen 2016, `cma`) over the angle and every line of the lattice, the storeys staying where they are."""
    with warnings.catch_warnings():
        # it says that it cannot plot, which nobody asks for
        warnings.simplefilter("ignore")
        import cma  # type: ignore[import-untyped]

    lattice, full = runner.design.lattice, runner.design.of_lattice()
    options = {
        "seed": int(random.integers(1, 2**31)),
        "popsize": LINES_BATCH,
        "verbose": -9,
        "CMA_diagonal": sum(lattice.shape) > 40,
    }
    strategy = cma.CMAEvolutionStrategy(np.zeros(3 + sum(lattice.shape)), SIGMA_M, options)
    for _ in range(LINE_TRIALS // LINES_BATCH):
        steps = strategy.ask()
        designs = [
            on_lattice(_moved(lattice, step, limits.least_width_m), full, runner.design.kind, trial.ground)
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
        worths, lit = trial.worths(there)
        best = int(worths.argmax())
        if worths[best] >= runner.worth:
            runner.take(float(worths[best]), there[best], lit[best])
        each = iter(worths)
        strategy.tell(steps, [1.0 if one is None else max(-float(next(each)), -9.0) for one in right])


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
