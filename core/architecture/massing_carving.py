# SPDX-License-Identifier: GPL-3.0-or-later
"""Designs carved out of blocks: annealing of several side by side, of which fewer and fewer go on.

Shape letters: N blocks, B designs that are scored at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .massing_block_moves import BlockMoves, corner_contacts, narrow_floors
from .massing_block_score import BlockScorer
from .massing_blocks import Blocks
from .massing_trial import Aims

BATCH = 16
# so many narrow floors are bays on a front
BAYS = 4
# what scaling the lattice puts right, and what more costs
OFF, OFF_COSTS = 0.003, 2.0
OVER_COSTS = 10.0
# changes that are taken together at most
TOGETHER = 4


@dataclass(frozen=True)
class Stage:
    """So many of the best `chains` go on for a `share` of the effort, while what a step may lose falls from `warm` to
    `cold`; a floor that is too narrow, or meets another in a corner alone, costs `fault`. `closely`: in small cells.
    `rest`: those that were left behind, instead of the best."""

    chains: int
    share: float
    warm: float
    cold: float
    fault: float
    closely: bool = False
    rest: bool = False


STAGES = (
    Stage(4, 0.3, 0.003, 0.001, 0.0015),
    Stage(2, 0.3, 0.001, 0.0003, 0.003),
    Stage(1, 0.25, 0.0003, 0.00003, 0.008, closely=True),
    Stage(3, 0.15, 0.0003, 0.00003, 0.008, closely=True, rest=True),
)


@dataclass
class Chain:
    """Where one search is: `now` (N,) storeys worth `worth`, -inf while it is not known, and the `best` of its way.

    Where `now` is several changes together that were not scored yet, `sure` is the first of them alone."""

    now: np.ndarray
    worth: float = -math.inf
    best: np.ndarray | None = None
    best_worth: float = -math.inf
    sure: np.ndarray | None = None
    sure_worth: float = -math.inf


class Look:
    """Worths of designs on blocks, in one size of cells."""

    def __init__(self, blocks: Blocks, aims: Aims, target_m2: float) -> None:
        self.blocks, self.aims, self.target_m2 = blocks, aims, target_m2
        self.scorer = BlockScorer(blocks.scorer, BATCH)

    def worths(self, storeys: np.ndarray, fault: float) -> tuple[np.ndarray, np.ndarray]:
        """(B,) float64 worths, and bool whether a design has hardly a fault; `storeys` (BATCH, N)."""
        scores, view = self.scorer.scores(self.blocks.cells(storeys))
        worth = self.aims.worth(scores, view).double().numpy()
        whole = self.blocks.whole(storeys)
        narrow, contacts = narrow_floors(whole), corner_contacts(whole)
        off = np.abs(storeys @ self.blocks.areas / self.target_m2 - 1)
        over = (scores.coverage.numpy() - self.blocks.scorer.brief.coverage).clip(0)
        worth = worth - fault * (narrow + 2 * contacts) - OFF_COSTS * (off - OFF).clip(0) - OVER_COSTS * over
        return worth, (narrow <= BAYS) & (contacts == 0) & (off <= 2 * OFF) & (over == 0)


def carved(
    far: Look,
    close: Look,
    moves: BlockMoves,
    beginnings: Sequence[np.ndarray],
    effort: int,
    random: np.random.Generator,
    progress: Callable[[float], None],
) -> list[Chain]:
    """The chains by worth after `effort` trials from `beginnings` (N,) each; `progress` gets the share done."""
    chains = [Chain(one) for one in beginnings]
    done, last = 0.0, [stage.chains for stage in STAGES if not stage.rest][-1]
    for stage in STAGES:
        chains.sort(key=lambda one: (-one.best_worth, -one.worth))
        some = (chains[last:] if stage.rest else chains)[: stage.chains]
        look = close if stage.closely else far
        if some:
            annealing = Annealing(look, moves, stage, random)
            for share in annealing.turns(some, round(stage.share * effort)):
                progress(done + stage.share * share)
        done += stage.share
    return sorted(chains, key=lambda one: (-one.best_worth, -one.worth))


@dataclass(frozen=True)
class Annealing:
    """Annealing (Kirkpatrick et al. 1983) in one stage: each chain tries a share of a batch at once."""

    look: Look
    moves: BlockMoves
    stage: Stage
    random: np.random.Generator

    def turns(self, chains: list[Chain], effort: int) -> Iterator[float]:
        """The share done, turn by turn."""
        stage, each, turns = self.stage, BATCH // len(chains), effort // BATCH
        for one in chains:
            # worths are not to be compared with those of another stage
            one.now, one.worth, one.best_worth = one.now if one.best is None else one.best, -math.inf, -math.inf
            one.sure = None
        for turn in range(turns):
            yield turn / turns
            warmth = stage.warm * (stage.cold / stage.warm) ** (turn / turns)
            tried = self.moves.changed(np.repeat([one.now for one in chains], each, 0))
            tried = np.concatenate([tried, np.repeat(tried[:1], BATCH - len(tried), 0)])
            for number, one in enumerate(chains):
                if one.worth == -math.inf or one.sure is not None:
                    tried[number * each] = one.now
            worths, right = self.look.worths(tried, stage.fault)
            for number, one in enumerate(chains):
                own = slice(number * each, (number + 1) * each)
                self._step(one, tried[own], worths[own], right[own], warmth)

    def _step(self, one: Chain, tried: np.ndarray, worths: np.ndarray, right: np.ndarray, warmth: float) -> None:
        """Take what loses little of what was tried; several changes that do not meet are taken together."""
        first = 0
        if one.worth == -math.inf or one.sure is not None:
            first = 1
            self._settle(one, float(worths[0]), bool(right[0]), warmth)
        gains = worths[first:] - one.worth
        taken = self.random.random(len(gains)) < np.exp(np.minimum(gains / warmth, 0))
        taken &= (tried[first:] != one.now).any(1)
        numbers = np.flatnonzero(taken) + first
        if not len(numbers):
            return
        before, start = one.now, tried[numbers[0]]
        one.now, one.worth = start, float(worths[numbers[0]])
        _keep(one, start, one.worth, bool(right[numbers[0]]))
        together, changed, joined = start.copy(), start != before, 1
        for number in numbers[1:]:
            apart = tried[number] != before
            if joined < TOGETHER and not (apart & changed).any():
                together[apart] = tried[number][apart]
                changed |= apart
                joined += 1
        if joined > 1:
            one.sure, one.sure_worth, one.now = start, one.worth, together

    def _settle(self, one: Chain, worth: float, right: bool, warmth: float) -> None:
        """The worth of where a chain is, now that it is known."""
        if one.sure is not None and self.random.random() >= math.exp(min((worth - one.sure_worth) / warmth, 0)):
            one.now, one.worth = one.sure, one.sure_worth
        else:
            one.worth = worth
            _keep(one, one.now, worth, right)
        one.sure = None


def _keep(one: Chain, storeys: np.ndarray, worth: float, right: bool) -> None:
    """The best of a way is one without faults, as soon as there is one."""
    worth = worth if right else worth - 1
    if worth > one.best_worth:
        one.best, one.best_worth = storeys.copy(), worth
