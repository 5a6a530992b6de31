# SPDX-License-Identifier: GPL-3.0-or-later
"""Four corners on a picture: how they are stored, in which order, and which is under the pointer. No Blender needed.

A point is (x, y) in shares of the picture's width and height, from its top left. Stored are eight numbers: top left,
top right, bottom right, bottom left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]
NUM_CORNERS = 4
WHOLE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
# a figure smaller than this share of the picture is a slip of the hand
LEAST_AREA = 1e-4


def points_of(values: Sequence[float]) -> list[Point]:
    """The four points of the eight numbers; none where they are all zero or the whole picture."""
    points = [(float(values[i]), float(values[i + 1])) for i in range(0, len(values), 2)]
    return [] if not any(values) or tuple(points) == WHOLE else points


def values_of(points: Sequence[Point]) -> tuple[float, ...]:
    """Eight numbers for four points that were set in any order."""
    return tuple(value for point in in_order(points) for value in point)


def in_order(points: Sequence[Point]) -> list[Point]:
    """The points clockwise as seen on the picture, from the one nearest to its top left."""
    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    # y grows downwards: growing angles go clockwise
    turned = sorted(points, key=lambda point: math.atan2(point[1] - middle[1], point[0] - middle[0]))
    first = min(range(len(turned)), key=lambda index: turned[index][0] + turned[index][1])
    return turned[first:] + turned[:first]


def fault_of(points: Sequence[Point]) -> str:
    """The sentence that says why no picture can be straightened by these points, or ""."""
    if len(points) < NUM_CORNERS:
        return f"{len(points)} of four corners are set. Click the others too, or press Esc."
    ordered = in_order(points)
    turns = [_turn(*(ordered[(index + step) % NUM_CORNERS] for step in range(3))) for index in range(NUM_CORNERS)]
    if min(turns) <= LEAST_AREA:
        return "The corners make no figure with four sides bulging outwards. Move one that lies inside or on a line."
    return ""


def nearest(points: Sequence[Point], to: Point, reach: float) -> int:
    """The index of the point within `reach` of `to`, -1 where there is none; all in one unit, such as pixels."""
    distances = [math.dist(point, to) for point in points]
    best = min(range(len(points)), key=lambda index: distances[index], default=-1)
    return best if best >= 0 and distances[best] <= reach else -1


def _turn(first: Point, second: Point, third: Point) -> float:
    """Twice the area of the triangle, positive where the path turns clockwise on the picture."""
    return (second[0] - first[0]) * (third[1] - second[1]) - (second[1] - first[1]) * (third[0] - second[0])
