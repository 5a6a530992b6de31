# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan has to meet, as arrays: rooms and their wishes, who must adjoin whom, where the front door is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .floor_plan import USES
from .outline import Outline
from .plan_ground import Ground, ground_of, sides_inside
from .programme import Programme, RoomWish
from .site import PinnedRoom, PinnedWall

# the shared wall that a door needs, the facade that a window needs, the facade on each side of the front door's middle,
# and how far one steps in there
DOOR_WALL_M, WINDOW_WALL_M, ENTRANCE_M, ENTRANCE_DEPTH_M = 1.0, 1.5, 0.55, 0.9
# the longest a room may be for its width
MOST_ASPECT = {"living": 2.0, "kitchen": 2.4, "dining": 2.0, "bedroom": 1.9, "study": 2.2, "bath": 2.4, "toilet": 2.6}
LONG_ASPECT = {"hall": 8.0, "storage": 4.0, "stairs": 4.0}
MOST_AREA_ERROR, HALL_AREA_ERROR = 0.25, 1.0
# areas that rooms without a wish share the rest by
USUAL_M2 = {
    "living": 26.0, "kitchen": 10.0, "dining": 12.0, "bedroom": 12.5, "study": 9.0,
    "bath": 5.0, "toilet": 1.8, "hall": 8.0, "storage": 3.0, "stairs": 9.0,
}  # fmt: skip
# how much more than the floor a programme may ask for: it is scaled to fit
OVERFULL = 1.15
# a hall that so many rooms hang on has an arm, and another one, which begin with this share of its area
ARMS_FROM, ARM_SHARE = (3, 7), 0.3


@dataclass(frozen=True)
class Needs:
    """Wishes to adjoin: need k is met if one of its pairs shares enough wall. `pairs` (R, 2) parts, the second one
    counted on from the free parts if it is a pinned room; `need` (R,) the need that a pair is of, ascending; `wall_m`
    (R,) what a pair has to share."""

    pairs: np.ndarray
    need: np.ndarray
    wall_m: np.ndarray

    @property
    def starts(self) -> np.ndarray:
        """The first row of each need."""
        return np.asarray(np.flatnonzero(np.diff(self.need, prepend=-1)))

    @property
    def first(self) -> np.ndarray:
        """(needs, 2) the first pair of each need."""
        return np.asarray(self.pairs[self.starts])


@dataclass(frozen=True)
class Problem:
    """A floor to be divided between N free rooms, of M parts: every room is one, and a hall of many rooms has a second
    and a third, its arms, so that it may turn corners. Parts are in the rooms' order, then the arms; `arms` (M - N,)
    tells whose they are.

    Arrays (N,) by room: `targets_m2`, `least_m2`, `area_off` (how far a room's area may be off, as a share of it),
    `habitable`; (M,) by part: `shares_m2` of the floor to begin with, `widths_m` (least), `aspects`
    (most), `halls`. `entrance` the parts that the front door may open to, `door` (4, 2) the points that such
    a part has to hold, None where the door may be anywhere. `pinned_sides` are sides (E, 2, 2) of each
    pinned room, seen from outside it. `walls` (W, 2, 2) pinned walls. All in the floor's axes."""

    ground: Ground
    rooms: tuple[RoomWish, ...]
    pinned: tuple[PinnedRoom, ...]
    arms: np.ndarray
    targets_m2: np.ndarray
    least_m2: np.ndarray
    area_off: np.ndarray
    habitable: np.ndarray
    shares_m2: np.ndarray
    widths_m: np.ndarray
    aspects: np.ndarray
    halls: np.ndarray
    needs: Needs
    entrance: np.ndarray
    door: np.ndarray | None
    pinned_sides: tuple[np.ndarray, ...]
    walls: np.ndarray

    @property
    def count(self) -> int:
        """The number of parts."""
        return len(self.rooms) + len(self.arms)


def problem_of(
    outline: Outline,
    front_door: np.ndarray | None,
    programme: Programme,
    pinned_rooms: Sequence[PinnedRoom] = (),
    pinned_walls: Sequence[PinnedWall] = (),
) -> Problem:
    """The problem; a programme larger than the floor is an InputError."""
    rooms = _without_pinned(programme.rooms, pinned_rooms)
    ground = ground_of(outline, [room.ring for room in pinned_rooms])
    targets = targets_of(rooms, ground.area)
    uses = [USES[room.use] for room in rooms]
    everyone = [*(room.use for room in rooms), *(room.use for room in pinned_rooms)]
    wanted = _wanted(everyone, len(rooms), programme.adjacency)
    arms = np.array(
        [n for least in ARMS_FROM for n, use in enumerate(uses) if use.name == "hall" and _joins(wanted, n) >= least],
        np.int64,
    )
    shares = np.concatenate([targets, targets[arms] * ARM_SHARE])
    np.subtract.at(shares, arms, targets[arms] * ARM_SHARE)
    parts = [*uses, *(uses[n] for n in arms)]
    return Problem(
        ground=ground,
        rooms=rooms,
        pinned=tuple(pinned_rooms),
        arms=arms,
        targets_m2=targets,
        least_m2=np.array([use.least_area_m2 for use in uses]),
        area_off=np.array([most_area_error(use.name) - 0.02 for use in uses]),
        habitable=np.array([use.habitable for use in uses], bool),
        shares_m2=shares,
        widths_m=np.array([use.least_width_m for use in parts]),
        aspects=np.array([most_aspect(use.name) for use in parts]),
        halls=np.array([use.name == "hall" for use in parts], bool),
        needs=_needs(wanted, len(rooms), arms, [use.least_width_m for use in uses]),
        entrance=_entrance(everyone, len(rooms), arms),
        door=None if front_door is None else entrance_points(outline, ground, front_door),
        pinned_sides=tuple(sides_inside([ground.to_axes(room.ring)[::-1]]) for room in pinned_rooms),
        walls=np.array([ground.to_axes(np.stack([wall.start, wall.end])) for wall in pinned_walls]).reshape(-1, 2, 2),
    )


def most_aspect(use: str) -> float:
    """How many times longer than wide a room of this use may be."""
    return MOST_ASPECT.get(use) or LONG_ASPECT[use]


def most_area_error(use: str) -> float:
    """By which share of it a room's area may be off; what doors need makes the halls."""
    return HALL_AREA_ERROR if use == "hall" else MOST_AREA_ERROR


def targets_of(rooms: Sequence[RoomWish], area: float) -> np.ndarray:
    """(N,) the areas that fill `area`: those asked for, the others' shares of the rest, all scaled to fit."""
    asked = np.array([room.area_m2 for room in rooms])
    usual = np.array([USUAL_M2[room.use] for room in rooms])
    least = np.array([USES[room.use].least_area_m2 for room in rooms])
    given = asked > 0
    needed = np.where(given, asked, least)
    if len(rooms) and needed.sum() > OVERFULL * area:
        raise InputError(
            f"The programme asks for {needed.sum():.1f} m2, and the floor has {area:.1f} m2 for it. "
            "Ask for smaller or fewer rooms, or draw a larger outline."
        )
    rest = max(area - asked[given].sum(), least[~given].sum())
    targets = asked.copy()
    if (~given).any():
        targets[~given] = np.maximum(least[~given], usual[~given] * rest / usual[~given].sum())
    return np.asarray(targets * (area / max(targets.sum(), 1e-9)))


def entrance_points(outline: Outline, ground: Ground, front_door: np.ndarray) -> np.ndarray:
    """(4, 2) points of the facade on either side of the front door, as far from it as the door needs, then those as far
    inside as one steps in; in the floor's axes."""
    sides = sides_inside([ground.to_axes(ring) for ring in outline.rings])
    door = ground.to_axes(np.asarray(front_door, np.float64))
    way = sides[:, 1] - sides[:, 0]
    length = np.maximum(np.hypot(*way.T), 1e-9)
    along = np.clip(((door - sides[:, 0]) * way).sum(1) / length, 0, length)
    away = np.hypot(*(sides[:, 0] + way * (along / length)[:, None] - door).T)
    side = int(np.argmin(away.round(4) - 1e-6 * length))
    reach = min(ENTRANCE_M, length[side] / 2)
    middle = float(np.clip(along[side], reach, length[side] - reach))
    unit = way[side] / length[side]
    ends = np.stack([sides[side, 0] + unit * (middle - reach), sides[side, 0] + unit * (middle + reach)])
    return np.concatenate([ends, ends + ENTRANCE_DEPTH_M * np.array([-unit[1], unit[0]])])


def _without_pinned(rooms: Sequence[RoomWish], pinned: Sequence[PinnedRoom]) -> tuple[RoomWish, ...]:
    """The rooms that are still to be placed: a pinned room stands for one of its name, else for one of its use."""
    left = list(rooms)
    for one in pinned:
        named = [room for room in left if room.name == one.name] or [room for room in left if room.use == one.use]
        if named:
            left.remove(named[0])
    return tuple(left)


def _wanted(uses: Sequence[str], free: int, adjacency: Sequence[tuple[str, str]]) -> list[tuple[int, tuple[int, ...]]]:
    """Rooms, and those that each has to adjoin one of: every room of either use of a pair some of the other; who is in
    no pair some hall, or passable room where there is none."""
    wanted: list[tuple[int, tuple[int, ...]]] = []
    numbers = range(len(uses))
    for first, second in adjacency:
        for one, other in ((first, second), (second, first)):
            wanted += [(n, tuple(m for m in numbers if uses[m] == other and m != n)) for n in numbers if uses[n] == one]
    paired = {use for pair in adjacency for use in pair}
    hubs = [n for n in numbers if uses[n] == "hall"] or [n for n in numbers if USES[uses[n]].passable]
    wanted += [(n, tuple(m for m in hubs if m != n)) for n in numbers if uses[n] not in paired]
    result: dict[tuple[int, tuple[int, ...]], None] = {}
    for room, others in wanted:
        if others and min(room, *others) < free:
            # one pair asked from both sides is one need
            result[(room, others) if len(others) > 1 else (min(room, others[0]), (max(room, others[0]),))] = None
    return list(result)


def _joins(wanted: Sequence[tuple[int, tuple[int, ...]]], room: int) -> int:
    """How many wishes a room is part of."""
    return sum(room == one or room in others for one, others in wanted)


def _needs(
    wanted: Sequence[tuple[int, tuple[int, ...]]], free: int, arms: np.ndarray, widths: Sequence[float]
) -> Needs:
    """The wishes by parts of rooms; and each arm has to be one with its hall."""

    def parts(room: int) -> list[int]:
        if room >= free:
            return [room + len(arms)]
        return [room, *(free + int(k) for k in np.flatnonzero(arms == room))]

    rows: list[tuple[int, int, int, float]] = []
    number = 0
    for room, others in wanted:
        some = [
            (number, min(p, q), max(p, q), DOOR_WALL_M)
            for other in others
            for p in parts(room)
            for q in parts(other)
            if min(p, q) < free + len(arms)
        ]
        rows += some
        number += bool(some)
    for k, room in enumerate(arms):
        # an arm may begin where another one ends
        rows += [
            (number + k, part, free + k, widths[int(room)])
            for part in (int(room), *(free + int(m) for m in np.flatnonzero(arms[:k] == room)))
        ]
    return Needs(
        np.array([row[1:3] for row in rows], np.int64).reshape(-1, 2),
        np.array([row[0] for row in rows], np.int64),
        np.array([row[3] for row in rows], np.float64),
    )


def _entrance(uses: Sequence[str], free: int, arms: np.ndarray) -> np.ndarray:
    """The free parts that the front door may open to: a hall's, else a living room, else a passable room."""
    halls = [n for n, use in enumerate(uses) if use == "hall"]
    living = [n for n, use in enumerate(uses) if use in ("living", "dining")]
    passable = [n for n, use in enumerate(uses) if USES[use].passable]
    chosen = halls or living or passable or list(range(len(uses)))
    own = [n for n in chosen if n < free]
    return np.array([*own, *(free + k for k, room in enumerate(arms) if room in own)], np.int64)
