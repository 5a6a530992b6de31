# SPDX-License-Identifier: GPL-3.0-or-later
"""Doors of a plan: where rooms are to be joined, and so that every room is reached from the front door."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .floor_plan import USES, PlanDoor, Room
from .outline import Outline

LEAF_M, SMALL_LEAF_M, FRONT_LEAF_M = 0.8, 0.7, 0.9
SMALL_USES = ("bath", "toilet", "storage")
# between a door and the corner of its wall, in front of the frame
CORNER_M = 0.1
ON_WALL_M = 1e-4


def doors_of(
    outline: Outline, rooms: Sequence[Room], adjacency: Sequence[tuple[str, str]], front_door: np.ndarray | None
) -> tuple[PlanDoor, ...]:
    """The front door first, then those that the adjacency asks for, then one to each room that is still cut off.

    A room that one cannot walk through has one door where that is enough. What no wall allows is left out.
    """
    walls = shared_walls(rooms)
    front, entrance = _front(outline, rooms, front_door)
    joined = _asked(rooms, walls, adjacency, entrance)
    joined += _cut_off(rooms, walls, joined, entrance)
    return (*front, *(_door(rooms, walls, pair) for pair in joined))


def shared_walls(rooms: Sequence[Room]) -> dict[tuple[int, int], np.ndarray]:
    """The longest straight stretch (2, 2) of wall between each two rooms that have one, by their numbers.

    A room that a search left nothing of, with fewer than three corners, has no walls.
    """
    drawn = [number for number, room in enumerate(rooms) if len(room.ring) > 2]
    sides = {n: np.stack([rooms[n].ring, np.roll(rooms[n].ring, -1, 0)], 1) for n in drawn}
    lows, highs = ({n: fold(rooms[n].ring, axis=0) for n in drawn} for fold in (np.min, np.max))
    walls = {}
    for rank, one in enumerate(drawn):
        for two in drawn[rank + 1 :]:
            if (lows[one] > highs[two] + ON_WALL_M).any() or (lows[two] > highs[one] + ON_WALL_M).any():
                continue
            stretch = _longest(sides[one], sides[two])
            if stretch is not None:
                walls[one, two] = stretch
    return walls


def _longest(one: np.ndarray, two: np.ndarray) -> np.ndarray | None:
    """The longest stretch that a side of `one` (N, 2, 2) has in common with one of `two`, which runs the other way."""
    way = one[:, 1] - one[:, 0]
    length = np.maximum(np.hypot(*way.T), 1e-12)
    unit = way / length[:, None]
    apart = two[None] - one[:, None, None, 0]
    aside = unit[:, None, None, 0] * apart[..., 1] - unit[:, None, None, 1] * apart[..., 0]
    ahead = (unit[:, None, None] * apart).sum(-1)
    low, high = np.maximum(ahead.min(-1), 0), np.minimum(ahead.max(-1), length[:, None])
    common = np.where(np.abs(aside).max(-1) < ON_WALL_M, high - low, 0)
    n, m = np.unravel_index(int(common.argmax()), common.shape)
    if common[n, m] < ON_WALL_M:
        return None
    return np.asarray(np.stack([one[n, 0] + unit[n] * low[n, m], one[n, 0] + unit[n] * high[n, m]]))


def _front(
    outline: Outline, rooms: Sequence[Room], front_door: np.ndarray | None
) -> tuple[tuple[PlanDoor, ...], int | None]:
    """The front door where it is asked for, else in the longest outer wall of the hall; and the room behind it."""
    order = sorted(range(len(rooms)), key=lambda n: _welcome(rooms[n].use))
    best: tuple[float, int, np.ndarray] | None = None
    for rank, number in enumerate(order):
        for stretch in outer_walls(outline, rooms[number]):
            length = float(np.hypot(*(stretch[1] - stretch[0])))
            if length < FRONT_LEAF_M:
                continue
            place = stretch.mean(0) if front_door is None else _kept(stretch, front_door)
            away = -length + 100 * rank if front_door is None else float(np.hypot(*(place - front_door))) + 0.02 * rank
            if best is None or away < best[0] - 1e-9:
                unit = (stretch[1] - stretch[0]) / length
                best = away, number, np.stack([place - unit * FRONT_LEAF_M / 2, place + unit * FRONT_LEAF_M / 2])
    if best is None:
        return (), None
    return (PlanDoor((rooms[best[1]].name, ""), best[2][0], best[2][1]),), best[1]


def _welcome(use: str) -> int:
    """How fit a use is to be entered into: 0 the best."""
    order = ("hall", "living", "dining", "stairs", "kitchen")
    return order.index(use) if use in order else len(order)


def outer_walls(outline: Outline, room: Room) -> list[np.ndarray]:
    """The stretches of the outline that are walls of this room."""
    if len(room.ring) < 3:
        return []
    mine = np.stack([room.ring, np.roll(room.ring, -1, 0)], 1)
    found = []
    for ring in outline.rings:
        for side in np.stack([ring, np.roll(ring, -1, 0)], 1):
            stretch = _longest(side[None], mine)
            if stretch is not None:
                found.append(stretch)
    return found


def _kept(stretch: np.ndarray, point: np.ndarray) -> np.ndarray:
    """The point of the stretch nearest to `point` at which the front door has room."""
    way = stretch[1] - stretch[0]
    length = float(np.hypot(*way))
    margin = min(FRONT_LEAF_M / 2 + 0.05, length / 2)
    ahead = np.clip(float((point - stretch[0]) @ way) / length, margin, length - margin)
    return np.asarray(stretch[0] + way / length * ahead)


def _wide(stretch: np.ndarray, leaf: float) -> bool:
    return bool(np.hypot(*(stretch[1] - stretch[0])) >= leaf + 2 * CORNER_M - 1e-9)


def _leaf(one: Room, two: Room) -> float:
    return SMALL_LEAF_M if one.use in SMALL_USES or two.use in SMALL_USES else LEAF_M


def _asked(
    rooms: Sequence[Room],
    walls: dict[tuple[int, int], np.ndarray],
    adjacency: Sequence[tuple[str, str]],
    entrance: int | None,
) -> list[tuple[int, int]]:
    """Pairs of rooms for the asked adjacency: of several rooms of the other use, the one with the longest wall."""
    joined: list[tuple[int, int]] = []
    for first, second in adjacency:
        for one, other in ((first, second), (second, first)):
            for number in (n for n, room in enumerate(rooms) if room.use == one):
                pairs = [
                    (min(number, n), max(number, n))
                    for n, room in enumerate(rooms)
                    if room.use == other and n != number
                ]
                fit = [pair for pair in pairs if pair in walls and _wide(walls[pair], _leaf(*(rooms[n] for n in pair)))]
                if fit and not any(pair in joined for pair in pairs):
                    joined.append(max(fit, key=lambda pair: float(np.hypot(*(walls[pair][1] - walls[pair][0])))))
    return joined


def _cut_off(
    rooms: Sequence[Room],
    walls: dict[tuple[int, int], np.ndarray],
    joined: Sequence[tuple[int, int]],
    entrance: int | None,
) -> list[tuple[int, int]]:
    """Further pairs, so that every room is reached on foot through passable rooms."""
    more: list[tuple[int, int]] = []
    if entrance is None:
        return more
    while True:
        reached = _reached(rooms, [*joined, *more], entrance)
        fit = [
            pair
            for pair, stretch in walls.items()
            if (pair[0] in reached) != (pair[1] in reached)
            and _wide(stretch, _leaf(*(rooms[n] for n in pair)))
            and USES[rooms[pair[0] if pair[0] in reached else pair[1]].use].passable
        ]
        if not fit:
            return more
        more.append(min(fit, key=lambda pair: (_welcome(rooms[pair[0] if pair[0] in reached else pair[1]].use), pair)))


def _reached(rooms: Sequence[Room], joined: Sequence[tuple[int, int]], entrance: int) -> set[int]:
    reached, edge = {entrance}, [entrance]
    while edge:
        here = edge.pop()
        if here != entrance and not USES[rooms[here].use].passable:
            continue
        for one, two in joined:
            there = two if one == here else one if two == here else here
            if there not in reached:
                reached.add(there)
                edge.append(there)
    return reached


def _door(rooms: Sequence[Room], walls: dict[tuple[int, int], np.ndarray], pair: tuple[int, int]) -> PlanDoor:
    """A door by one end of the shared wall, the end farther from the middle of the room behind it, which leaves that
    room's walls for furniture; between living rooms in the middle."""
    one, two = rooms[pair[0]], rooms[pair[1]]
    stretch, leaf = walls[pair], _leaf(one, two)
    way = stretch[1] - stretch[0]
    length = float(np.hypot(*way))
    unit = way / length
    behind = one if USES[two.use].passable and not USES[one.use].passable else two
    middle = behind.ring.mean(0)
    spare = (length - leaf) / 2
    shift = 0.0 if USES[one.use].passable and USES[two.use].passable else max(spare - CORNER_M - 0.05, 0.0)
    ahead = float((stretch.mean(0) - middle) @ unit)
    place = stretch.mean(0) + unit * (min(shift, spare) if ahead >= 0 else -min(shift, spare))
    return PlanDoor((one.name, two.name), place - unit * leaf / 2, place + unit * leaf / 2)
