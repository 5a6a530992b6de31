# SPDX-License-Identifier: GPL-3.0-or-later
"""Inner walls moved aside where they would end in a window: to the nearest pier, all of the wall's line with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely

from .floor_plan import Room

# of masonry between an opening and the middle of a wall beside it; how far a wall is moved at most
BESIDE_M, FARTHEST_M = 0.09, 1.3
_ON_M = 6e-3
Rooms = tuple[Room, ...]


def clear_of_windows(
    rooms: Rooms, windows: np.ndarray, fixed: np.ndarray, is_better: Callable[[Rooms, Rooms], bool]
) -> Rooms:
    """The rooms with walls that end in one of `windows` (W, 2, 2) moved to a pier, where `is_better(new, old)` agrees.

    `fixed` (N, 2) corners stay where they are: those of the outline that turn.
    """
    for window in windows:
        for end in _ends_in(rooms, window):
            for shift in _shifts(end, window):
                moved = _moved(rooms, end, shift, window, fixed)
                if moved is not None and _is_sound(moved, rooms) and is_better(moved, rooms):
                    rooms = moved
                    break
    return rooms


def num_in_windows(rooms: Rooms, windows: np.ndarray) -> int:
    """How many walls end in windows."""
    return sum(len(_ends_in(rooms, window)) for window in windows)


def _ends_in(rooms: Rooms, window: np.ndarray) -> list[np.ndarray]:
    """The corners of rooms that lie on a window, each once."""
    way, length = _way(window)
    points = np.concatenate([room.ring for room in rooms]) - window[0]
    ahead, aside = points @ way, points @ np.array([-way[1], way[0]])
    # what is just beside it is moved by a hair as well
    near = (np.abs(aside) < _ON_M) & (ahead > -BESIDE_M + 1e-3) & (ahead < length + BESIDE_M - 1e-3)
    found: list[np.ndarray] = []
    for point in points[near] + window[0]:
        if all(np.hypot(*(point - other)) > _ON_M for other in found):
            found.append(point)
    return found


def _way(window: np.ndarray) -> tuple[np.ndarray, float]:
    length = float(np.hypot(*(window[1] - window[0])))
    return (window[1] - window[0]) / length, length


def _shifts(end: np.ndarray, window: np.ndarray) -> list[float]:
    """How far along the window a wall has to go, the shorter way first."""
    way, length = _way(window)
    ahead = float((end - window[0]) @ way)
    both = [-BESIDE_M - ahead, length + BESIDE_M - ahead]
    return sorted((shift for shift in both if abs(shift) <= FARTHEST_M), key=abs)


def _moved(rooms: Rooms, end: np.ndarray, shift: float, window: np.ndarray, fixed: np.ndarray) -> Rooms | None:
    """The rooms with the wall that ends in `end` moved; None where it does not run square to the facade."""
    way, _ = _way(window)
    square = np.array([-way[1], way[0]])
    low, high = _extent(rooms, end, way, square)
    if high - low < 0.2:
        return None

    def is_moved(points: np.ndarray) -> np.ndarray:
        along, deep = (points - end) @ way, (points - end) @ square
        return np.asarray((np.abs(along) < _ON_M) & (deep > low - _ON_M) & (deep < high + _ON_M))

    if len(fixed) and is_moved(fixed).any():
        return None
    made = []
    for room in rooms:
        ring = room.ring.copy()
        ring[is_moved(ring)] += shift * way
        made.append(replace(room, ring=ring))
    return tuple(made)


def _extent(rooms: Rooms, end: np.ndarray, way: np.ndarray, square: np.ndarray) -> tuple[float, float]:
    """From where to where the straight wall runs that `end` is on, measured along `square` from there."""
    spans = []
    for room in rooms:
        for a, b in pairwise([*room.ring, room.ring[0]]):
            if abs((a - end) @ way) < _ON_M and abs((b - end) @ way) < _ON_M:
                ends = sorted((float((a - end) @ square), float((b - end) @ square)))
                spans.append((ends[0], ends[1]))
    low = high = 0.0
    for _ in spans:
        for start, stop in spans:
            if start < high + _ON_M and stop > low - _ON_M:
                low, high = min(low, start), max(high, stop)
    return low, high


def _is_sound(rooms: Rooms, before: Sequence[Room]) -> bool:
    """Whether the rooms still tile what they did."""
    shapes = [shapely.Polygon(room.ring) for room in rooms]
    if not all(shape.is_valid for shape in shapes):
        return False
    whole = shapely.union_all([shapely.Polygon(room.ring) for room in before])
    size = sum(shape.area for shape in shapes)
    return bool(abs(size - whole.area) < 2e-3 and whole.symmetric_difference(shapely.union_all(shapes)).area < 2e-3)
