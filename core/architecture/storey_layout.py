# SPDX-License-Identifier: GPL-3.0-or-later
"""How a storey is divided: a stair behind the front door, and one dwelling around it with a door from its arrival.

Every storey takes the same division, so that more storeys leave the plans below as they were. Plates larger than one
dwelling are not divided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from .outline import Outline, clean_outline
from .plan_shapes import polygon_of, rings_of
from .stairs import StairRun, Well

# plates up to this are one dwelling
ONE_DWELLING_M2 = 170.0
ARRIVAL_M, STAIR_M = 1.4, 2.3
INNER_WALL_M = 0.1
# between the well and the walls beside it: a railing stands there
_BESIDE_M = 0.06
_GOING_M, _RISE_M = 0.27, 0.19


@dataclass(frozen=True)
class Entrance:
    """Where the building's door is: `at` (2,) metres on the inner face of the outer wall, `along` (2,) the unit
    direction of that wall, the building to its left."""

    at: np.ndarray
    along: np.ndarray

    @property
    def into(self) -> np.ndarray:
        """(2,) the unit direction into the building."""
        return np.array([-self.along[1], self.along[0]])


@dataclass(frozen=True)
class Layout:
    """A divided storey: `dwellings` with the point (2,) of each one's front door, and `stairs`, a ring (N, 2) or
    None. Together they cover the plate."""

    dwellings: tuple[tuple[Outline, np.ndarray], ...]
    stairs: np.ndarray | None = None


def stair_behind(entrance: Entrance, plates: Sequence[Sequence[np.ndarray]], tallest_m: float) -> np.ndarray | None:
    """(4, 2) the ring of a room for stairs behind the door, within the inner rings of all `plates`; None without room.

    Its first corner lies on the facade; it runs along the wall first. The door opens to the arrival in front of the
    stair, and so do the dwellings' doors.
    """
    risers = int(np.ceil(tallest_m / _RISE_M - 1e-9))
    treads = (risers + 1) // 2 - 1
    deep = ARRIVAL_M + (STAIR_M - INNER_WALL_M) / 2 + treads * _GOING_M + INNER_WALL_M
    shared = shapely.intersection_all([polygon_of(rings) for rings in plates]).buffer(1e-3)
    # the door in the middle, or as near to it as the walls beside it allow
    for aside in np.linspace(0, STAIR_M / 2 - 0.65, 6):
        for sign in (1, -1):
            low = entrance.at + (sign * aside - STAIR_M / 2) * entrance.along
            high = low + STAIR_M * entrance.along
            ring = np.array([low, high, high + deep * entrance.into, low + deep * entrance.into])
            if shared.contains(Polygon(ring)):
                return ring
    return None


def stair_run(ring: np.ndarray, last: int) -> StairRun:
    """The stair in a room of `stair_behind`, from the ground up to storey `last`."""
    along = (ring[1] - ring[0]) / np.hypot(*(ring[1] - ring[0]))
    into = np.array([-along[1], along[0]])
    clear = INNER_WALL_M / 2 + _BESIDE_M
    deep = float(np.hypot(*(ring[3] - ring[0])))
    corner = ring[1] - clear * along + ARRIVAL_M * into
    return StairRun(Well(corner, into, deep - ARRIVAL_M - clear, STAIR_M - 2 * clear), 0, last)


def layout_of(inner: Sequence[np.ndarray], entrance: Entrance, stair: np.ndarray | None) -> Layout | None:
    """The division of the plate within the rings `inner`; None where no dwelling can be had that is reached."""
    plate = polygon_of(inner)
    if stair is None:
        return Layout(((outline_of(plate), entrance.at),)) if plate.area <= ONE_DWELLING_M2 else None
    # not quite to the facade's line: what the walls' corners leave there would be a sliver
    shaft = Polygon(_towards_facade(stair, entrance)).intersection(plate)
    rest = plate.difference(shaft)
    return _single(rest, stair, entrance) if plate.area <= ONE_DWELLING_M2 else None


def outline_of(shape: Polygon) -> Outline:
    """The outline of a polygon of a plan."""
    rings = rings_of(shape)[0]
    return clean_outline(rings[0], list(rings[1:]))


def _towards_facade(stair: np.ndarray, entrance: Entrance) -> np.ndarray:
    grown = stair.copy()
    grown[:2] -= 0.02 * entrance.into
    return grown


def _single(rest: Polygon, stair: np.ndarray, entrance: Entrance) -> Layout | None:
    """One dwelling around the stair, its door beside the arrival, on the side with more floor."""
    pieces = [part for part in shapely.get_parts(rest) if part.area > 1.0]
    if len(pieces) != 1:
        return None
    sides = [(stair[0], entrance.into), (stair[1], entrance.into)]
    areas = [_floor_beside(rest, entrance, stair, sign) for sign in (-1, 1)]
    foot, way = sides[int(np.argmax(areas))]
    door = foot + ARRIVAL_M / 2 * way
    if rest.boundary.distance(shapely.Point(door)) > 0.02:
        return None
    return Layout(((outline_of(pieces[0]), door),), stair)


def _floor_beside(rest: Polygon, entrance: Entrance, stair: np.ndarray, sign: int) -> float:
    far = 1e3
    foot = stair[0] if sign < 0 else stair[1]
    corners = [foot - far * entrance.into, foot + far * entrance.into]
    corners += [one + sign * far * entrance.along for one in corners[::-1]]
    return float(rest.intersection(Polygon(corners)).area)
