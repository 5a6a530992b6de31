# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor plan for an outline, a front door and a programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .floor_plan import FloorPlan, Room
from .outline import Outline
from .plan_boxes import boxes_of
from .plan_doors import doors_of
from .plan_problem import Problem, problem_of
from .plan_rooms import rooms_of
from .plan_rules import Verdict, judged
from .plan_search import Effort, search
from .plan_trees import Trees
from .programme import Programme
from .site import PinnedRoom, PinnedWall

# of what the search found, so many are drawn and judged
DRAWN = 12
EFFORT = Effort()


@dataclass(frozen=True)
class SolvedPlan:
    """A plan, the judgement on it, and the tree that it was cut by."""

    plan: FloorPlan
    verdict: Verdict
    tree: Trees | None


def plan_for(
    outline: Outline,
    front_door: np.ndarray | None,
    programme: Programme,
    seed: int,
    pinned_rooms: Sequence[PinnedRoom] = (),
    pinned_walls: Sequence[PinnedWall] = (),
) -> FloorPlan:
    """The best plan found; see `solved` for the rules that it does not meet."""
    return solved(outline, front_door, programme, seed, pinned_rooms, pinned_walls).plan


def solved(
    outline: Outline,
    front_door: np.ndarray | None,
    programme: Programme,
    seed: int,
    pinned_rooms: Sequence[PinnedRoom] = (),
    pinned_walls: Sequence[PinnedWall] = (),
    effort: Effort = EFFORT,
    start: Trees | None = None,
    progress: Callable[[float, str], None] = lambda fraction, text: None,
) -> SolvedPlan:
    """The best plan found and the verdict on it; a programme larger than the outline is an InputError."""
    problem = problem_of(outline, front_door, programme, pinned_rooms, pinned_walls)

    def drawn(trees: Trees) -> SolvedPlan:
        return _drawn(problem, trees, outline, front_door, programme, pinned_walls)

    if problem.count == 0:
        rooms = _kept(problem)
        plan = FloorPlan(outline, rooms, doors_of(outline, rooms, programme.adjacency, front_door))
        return SolvedPlan(plan, judged(plan, programme, front_door, pinned_rooms, pinned_walls), None)
    random = np.random.default_rng([seed, 0x504C414E])

    trees, _ = search(problem, random, effort, start, progress)
    best = drawn(trees.take(np.array([0])))
    for number in range(1, min(DRAWN, len(trees))):
        if best.verdict.valid:
            break
        one = drawn(trees.take(np.array([number])))
        if len(one.verdict.unmet) < len(best.verdict.unmet):
            best = one
    return best


def _drawn(
    problem: Problem,
    trees: Trees,
    outline: Outline,
    front_door: np.ndarray | None,
    programme: Programme,
    walls: Sequence[PinnedWall],
) -> SolvedPlan:
    """The plan of the one tree in `trees`."""
    rooms = (*rooms_of(boxes_of(trees, problem).metres(0, problem.ground), problem), *_kept(problem))
    plan = FloorPlan(outline, rooms, doors_of(outline, rooms, programme.adjacency, front_door))
    return SolvedPlan(plan, judged(plan, programme, front_door, problem.pinned, walls), trees)


def _kept(problem: Problem) -> tuple[Room, ...]:
    return tuple(Room(room.name, room.use, room.ring) for room in problem.pinned)
