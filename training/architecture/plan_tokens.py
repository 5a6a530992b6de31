# SPDX-License-Identifier: GPL-3.0-or-later
"""The cuts of a floor plan as a row of tokens, and the floor with its programme as numbers.

A plan's nested cuts are told from the outermost inwards: a cut along x or y, then what lies before it, then what lies
after it; a part is told by its use, for parts of one use stand for each other. Shape letters: N rows of tokens, K kinds
of parts, V tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from ...core.architecture.floor_plan import USES
from ...core.architecture.plan_patterns import Node
from ...core.architecture.plan_problem import Problem

# the arm of a hall is a kind of its own
KINDS = (*USES, "arm")
NUM_KINDS = len(KINDS)
# cuts along x and y, then the kinds
NUM_CUTS = 2
NUM_TOKENS = NUM_CUTS + NUM_KINDS
# cells of the floor's picture each way
CELLS = 12
NUM_CONDITIONS = CELLS * CELLS + 2 + 2 + 2 * NUM_KINDS
NUM_STATE = NUM_KINDS + 1
# metres, parts of a kind and places that count as one
_UNIT_M, _UNIT_PARTS, _UNIT_PLACES, _UNIT_SHARE = 10.0, 2.0, 4.0, 0.5

# mirrored across x, across y, then the axes exchanged
Turn = tuple[bool, bool, bool]
TURNS: tuple[Turn, ...] = tuple((x, y, axes) for axes in (False, True) for y in (False, True) for x in (False, True))


@dataclass
class Rows:
    """Rows of tokens that are being told: `left` (N, K) parts of each kind that are still to come, `places` (N,) how
    many parts or cuts the row still waits for."""

    left: np.ndarray
    places: np.ndarray

    def allowed(self) -> np.ndarray:
        """(N, V) bool: the tokens that lead to a whole plan. A part may come where a place stays for each of the rest,
        a cut where there are more parts than places."""
        parts = self.left.sum(1)
        may_cut = np.repeat((parts > self.places)[:, None], NUM_CUTS, 1)
        may_end = (self.left > 0) & ((self.places > 1) | (parts == 1))[:, None]
        return np.asarray(np.concatenate([may_cut, may_end], 1))

    def state(self) -> np.ndarray:
        """(N, NUM_STATE) float32: what is still to come."""
        numbers = [self.left / _UNIT_PARTS, self.places[:, None] / _UNIT_PLACES]
        return np.asarray(np.concatenate(numbers, 1), np.float32)

    def tell(self, tokens: np.ndarray) -> None:
        """Each row goes on by a token (N,) that is allowed."""
        cut = tokens < NUM_CUTS
        self.places += np.where(cut, 1, -1)
        rows = np.flatnonzero(~cut)
        self.left[rows, tokens[rows] - NUM_CUTS] -= 1


def new_rows(kinds: np.ndarray, count: int) -> Rows:
    """`count` empty rows of a plan whose parts are of these kinds (M,)."""
    return Rows(np.repeat(np.bincount(kinds, minlength=NUM_KINDS)[None], count, 0), np.ones(count, np.int64))


def kinds_of(problem: Problem) -> np.ndarray:
    """(M,) int64 the kind of each part."""
    rooms = [KINDS.index(room.use) for room in problem.rooms]
    return np.array(rooms + [KINDS.index("arm")] * len(problem.arms), np.int64)


def tokens_of(cuts: Node, kinds: np.ndarray) -> list[int]:
    """The cuts as tokens, twice as many as parts less one."""
    if isinstance(cuts, int):
        return [NUM_CUTS + int(kinds[cuts])]
    return [cuts[0], *tokens_of(cuts[1], kinds), *tokens_of(cuts[2], kinds)]


def cuts_from(tokens: np.ndarray, kinds: np.ndarray, random: np.random.Generator) -> Node:
    """The cuts that a whole row of tokens tells; which part of a kind stands where is chance."""
    waiting = [list(random.permutation(np.flatnonzero(kinds == kind))) for kind in range(NUM_KINDS)]
    told = iter(tokens.tolist())

    def read(rest: Iterator[int]) -> Node:
        token = next(rest)
        if token >= NUM_CUTS:
            return int(waiting[token - NUM_CUTS].pop())
        before = read(rest)
        return token, before, read(rest)

    return read(told)


def turned(cuts: Node, turn: Turn) -> Node:
    """The cuts of the plan mirrored and with its axes exchanged, as `turn` says."""
    if isinstance(cuts, int):
        return cuts
    axis, before, after = cuts[0], turned(cuts[1], turn), turned(cuts[2], turn)
    if turn[axis]:
        before, after = after, before
    return 1 - axis if turn[2] else axis, before, after


@dataclass(frozen=True)
class Conditions:
    """What a plan is made for: `floor` (CELLS, CELLS) by x and y, 1 where a cell's middle is on the floor; `size_m`
    (2,); `door` (2,) from -1 to 1 across the floor, the middle where it may be anywhere; `programme` (2 K,)."""

    floor: np.ndarray
    size_m: np.ndarray
    door: np.ndarray
    programme: np.ndarray

    def turned(self, turn: Turn) -> Conditions:
        """Those of the plan mirrored and with its axes exchanged."""
        floor = self.floor[:: -1 if turn[0] else 1, :: -1 if turn[1] else 1]
        door = self.door * np.where(turn[:2], -1, 1)
        if turn[2]:
            return Conditions(floor.T, self.size_m[::-1], door[::-1], self.programme)
        return Conditions(floor, self.size_m, door, self.programme)

    @cached_property
    def numbers(self) -> np.ndarray:
        """(NUM_CONDITIONS,) float32."""
        parts = [self.floor.ravel(), self.size_m / _UNIT_M, self.door, self.programme]
        return np.asarray(np.concatenate(parts), np.float32)


def conditions_of(problem: Problem) -> Conditions:
    """The conditions of a problem, in the floor's axes."""
    size = problem.ground.lines[:, -1]
    across = (np.arange(CELLS) + 0.5) / CELLS
    x, y = np.meshgrid(across * size[0], across * size[1], indexing="ij")
    floor = shapely.contains_xy(problem.ground.floor, x, y).astype(np.float64)
    door = np.zeros(2) if problem.door is None else problem.door[:2].mean(0) / size * 2 - 1
    kinds = kinds_of(problem)
    number = np.bincount(kinds, minlength=NUM_KINDS) / _UNIT_PARTS
    share = np.bincount(kinds, problem.shares_m2, minlength=NUM_KINDS) / max(problem.ground.area, 1e-9) / _UNIT_SHARE
    return Conditions(floor, size, door, np.concatenate([number, share]))
