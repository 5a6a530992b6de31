# SPDX-License-Identifier: GPL-3.0-or-later
"""A floor plan for an outline, a front door and a programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .floor_plan import FloorPlan, Room
from .outline import Outline
from .plan_doors import doors_of
from .plan_facade import with_facade
from .plan_layout import boxes_between
from .plan_problem import Problem, problem_of
from .plan_rooms import rooms_of
from .plan_rules import Verdict, judged
from .plan_search import Effort, Found, stages
from .plan_trees import Trees
from .programme import Programme
from .site import PinnedRoom, PinnedWall

# of plans that seem to keep every rule so many are drawn and judged each time, in the end so many of those that miss
# least; a plan that keeps every rule with areas no further off than this in the mean is good enough to stop
WHOLE, DRAWN, GOOD_ERROR = 3, 8, 0.05
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
    facade: np.ndarray | None = None,
) -> SolvedPlan:
    """The best plan found and the verdict on it; a programme larger than the outline is an InputError. `facade`
    (W, 2, 2) are the stretches of the outline that may have windows, all of it where they are not given."""
    problem = problem_of(outline, front_door, programme, pinned_rooms, pinned_walls)
    if facade is not None:
        problem = replace(problem, ground=with_facade(problem.ground, facade))

    def drawn(boxes: np.ndarray, tree: Trees) -> SolvedPlan:
        return _drawn(problem, boxes, tree, outline, front_door, programme, pinned_walls, facade)

    if problem.count == 0:
        rooms = _kept(problem)
        plan = FloorPlan(outline, rooms, doors_of(outline, rooms, programme.adjacency, front_door))
        return SolvedPlan(plan, judged(plan, programme, front_door, pinned_rooms, pinned_walls), None)
    random = np.random.default_rng([seed, 0x504C414E])

    best: SolvedPlan | None = None
    for _ in range(effort.attempts):
        for found in stages(problem, random, effort, start, progress):
            best = _better(best, found, WHOLE, problem, drawn)
            if best is not None and best.verdict.valid and best.verdict.area_error <= GOOD_ERROR:
                return best
        if best is None or not best.verdict.valid:
            best = _better(best, found, DRAWN, problem, drawn)
        if best is not None and best.verdict.valid:
            break
    assert best is not None
    return best


def _better(
    best: SolvedPlan | None,
    found: Found,
    most: int,
    problem: Problem,
    drawn: Callable[[np.ndarray, Trees], SolvedPlan],
) -> SolvedPlan | None:
    """The best plan of these layouts, if it is better than the `best` so far; `most` of those that miss least are
    drawn, up to WHOLE of them only if they seem to miss nothing."""
    boxes = boxes_between(found.layout.bounds, found.layout.walls, problem.ground)
    score = found.score
    for number in np.lexsort((score.off, score.missed))[:most]:
        if most <= WHOLE and score.missed[number] > 0:
            break
        if best is not None and not _may_be_better(best.verdict, score.missed[number], score.off[number]):
            break
        one = drawn(boxes.metres(int(number), problem.ground), found.trees.take(np.array([number])))
        if best is None or _worth(one.verdict) < _worth(best.verdict):
            best = one
    return best


def _may_be_better(verdict: Verdict, missed: float, off: float) -> bool:
    """Whether a plan that the quick measure says so of may be better than one judged."""
    return missed < len(verdict.unmet) if not verdict.valid else missed == 0 and off < verdict.area_error


def _worth(verdict: Verdict) -> tuple[float, float]:
    return float(len(verdict.unmet)), verdict.area_error


def _drawn(
    problem: Problem,
    boxes: np.ndarray,
    tree: Trees,
    outline: Outline,
    front_door: np.ndarray | None,
    programme: Programme,
    walls: Sequence[PinnedWall],
    facade: np.ndarray | None,
) -> SolvedPlan:
    """The plan of boxes (M, 2, 2) in metres."""
    rooms = (*rooms_of(boxes, problem), *_kept(problem))
    plan = FloorPlan(outline, rooms, doors_of(outline, rooms, programme.adjacency, front_door))
    return SolvedPlan(plan, judged(plan, programme, front_door, problem.pinned, walls, facade), tree)


def _kept(problem: Problem) -> tuple[Room, ...]:
    return tuple(Room(room.name, room.use, room.ring) for room in problem.pinned)
