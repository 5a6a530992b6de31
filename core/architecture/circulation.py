# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways through a floor of several dwellings: stair rooms behind the facade, and corridors.

A stair room is one bay of the facade wide, from pier to pier. Its arrival, where front doors may open, is at the facade
(*walk-up*: it has the building's door on the ground) or at the other end, on a corridor. A corridor is what of the
plate is farther from every wall than a dwelling is deep: the middle line of a bar, a ring in a block around a
courtyard; where a plate is deeper still, it goes around a windowless middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from .facade_piers import Frontage
from .plan_shapes import largest_polygon
from .stairs import StairRun, Well

CORRIDOR_M, NARROWEST_M = 1.6, 1.45
ARRIVAL_M, LOBBY_M = 1.5, 1.8
# a bay takes a stair if it is so wide; wider ones give it no more than the most
LEAST_STAIR_M, MOST_STAIR_M = 2.05, 2.8
# between a well and the walls beside it: half a wall, and a railing
CLEAR_M = 0.16
_GOING_M, _RISE_M = 0.27, 0.19
# how far a room reaches into the outer wall, so that no sliver is left at its corners
OVER_M = 0.02


@dataclass(frozen=True)
class StairRoom:
    """A room for a stair in a bay: `ring` (4, 2) counter-clockwise, its first side on the facade; `arrival` (4, 2) the
    part that doors open to; `at` (2,) the middle of the bay on the facade; `is_walk_up` says where the arrival is."""

    ring: np.ndarray
    arrival: np.ndarray
    at: np.ndarray
    is_walk_up: bool

    @property
    def shape(self) -> Polygon:
        """The room, a little into the facade."""
        return Polygon(_reaching_out(self.ring))

    def run(self, last: int, first: int = 0) -> StairRun:
        """The stair in it."""
        along = (self.ring[1] - self.ring[0]) / np.hypot(*(self.ring[1] - self.ring[0]))
        into = np.array([-along[1], along[0]])
        wide = float(np.hypot(*(self.ring[1] - self.ring[0]))) - 2 * CLEAR_M
        deep = float(np.hypot(*(self.ring[3] - self.ring[0])))
        long = deep - float(np.hypot(*(self.arrival[3] - self.arrival[0])))
        if self.is_walk_up:
            corner = self.arrival[2] - CLEAR_M * along
            return StairRun(Well(corner, into, long - CLEAR_M, wide), first, last)
        corner = self.arrival[0] + CLEAR_M * along
        return StairRun(Well(corner, -into, long - CLEAR_M, wide), first, last)


@dataclass(frozen=True)
class Ways:
    """How one gets about a floor: `stairs`, `corridor` a polygon or None, `middle` the windowless part within a
    corridor, `lobby` the way from the building's door to the corridor on the ground."""

    stairs: tuple[StairRoom, ...]
    corridor: Polygon | None = None
    middle: Polygon | None = None
    lobby: Polygon | None = None

    def taken(self) -> shapely.Geometry:
        """All that is no dwelling."""
        parts = [part for part in (self.corridor, self.middle, self.lobby) if part is not None]
        return shapely.union_all([*parts, *(room.shape for room in self.stairs)])

    def access(self) -> shapely.Geometry:
        """What front doors may open to."""
        parts = [part for part in (self.corridor, self.lobby) if part is not None]
        # a stair on the corridor keeps its walls for the steps
        return shapely.union_all([*parts, *(Polygon(r.arrival) for r in self.stairs if r.is_walk_up)])


def flight_m(tallest_m: float, wide_m: float) -> float:
    """How long a well `wide_m` wide has to be for storeys up to `tallest_m` high; 0 where nothing is climbed."""
    if tallest_m <= 0:
        return 0.0
    risers = int(np.ceil(tallest_m / _RISE_M - 1e-9))
    return ((risers + risers % 2) // 2 - 1) * _GOING_M + (wide_m - 2 * CLEAR_M - 0.1) / 2


def stair_in_bay(frontage: Frontage, bay: int, tallest_m: float, deep_m: float | None = None) -> StairRoom | None:
    """The stair room in a bay: `deep_m` to a corridor, or as deep as it has to be; None where the bay is too narrow, or
    too shallow for it."""
    into = frontage.into[bay]
    along = np.array([into[1], -into[0]])
    window = frontage.windows[bay]
    low, high = frontage.bays[bay]
    middle = float(window.mean(0) @ along)
    half = min(MOST_STAIR_M / 2, middle - low, high - middle)
    if half < LEAST_STAIR_M / 2:
        return None
    at = window.mean(0)
    flight = flight_m(tallest_m, 2 * half)
    deep = flight + ARRIVAL_M + CLEAR_M if deep_m is None else deep_m
    if deep < flight + ARRIVAL_M + CLEAR_M - 1e-6:
        return None
    ends = np.array([at - half * along, at + half * along])
    ring = np.array([ends[0], ends[1], ends[1] + deep * into, ends[0] + deep * into])
    if deep_m is None:
        arrival = np.array([ends[0], ends[1], ends[1] + ARRIVAL_M * into, ends[0] + ARRIVAL_M * into])
        # the front door's wall is half its own
        return StairRoom(ring, arrival, at, True)
    far = deep - (flight + CLEAR_M)
    # seen from the corridor the first flight begins on the right, on the facade's first side
    arrival = np.array([ring[3] - far * into, ring[2] - far * into, ring[2], ring[3]])
    return StairRoom(ring, arrival, at, False)


def _reaching_out(ring: np.ndarray) -> np.ndarray:
    into = (ring[3] - ring[0]) / np.hypot(*(ring[3] - ring[0]))
    grown = ring.copy()
    grown[:2] -= OVER_M * into
    return grown


def corridors_of(plate: Polygon) -> list[tuple[Polygon, Polygon | None]]:
    """Corridors that a plate may have, each with the windowless middle that it goes around."""
    inmost = _inradius(plate)
    deepest = inmost - CORRIDOR_M / 2
    depths = sorted({round(min(deepest, most), 3) for most in (8.0, 7.0, 6.2, 5.4, 4.6)}, reverse=True)
    made = []
    for deep in depths:
        if deep < 4.2:
            continue
        whole = plate.buffer(-deep, join_style="mitre", mitre_limit=3)
        opened = whole.buffer(-NARROWEST_M / 2, join_style="mitre").buffer(NARROWEST_M / 2, join_style="mitre")
        ring = largest_polygon(opened.intersection(whole))
        if ring is None or ring.area < 4.0:
            continue
        middle = largest_polygon(ring.buffer(-CORRIDOR_M, join_style="mitre"))
        if middle is not None and middle.area > 6.0:
            made.append((ring.difference(middle), middle))
        else:
            made.append((ring, None))
    return made


def _inradius(plate: Polygon) -> float:
    low, high = 0.0, float(min(plate.bounds[2] - plate.bounds[0], plate.bounds[3] - plate.bounds[1])) / 2
    for _ in range(30):
        half = (low + high) / 2
        low, high = (half, high) if not plate.buffer(-half, join_style="mitre").is_empty else (low, half)
    return low


def lobby_to(frontage: Frontage, at: np.ndarray, into: np.ndarray, to: shapely.Geometry, wide: float) -> Polygon | None:
    """A straight way of `wide` metres from the facade at `at` to what it is to lead to; None where it meets another
    wall first."""
    along = np.array([into[1], -into[0]])
    far = 30.0
    lines = [shapely.LineString([at + x * along, at + x * along + far * into]) for x in (-wide / 2, 0.0, wide / 2)]
    met = [shapely.intersection(line, to) for line in lines]
    if any(one.is_empty for one in met):
        return None
    deep = max(shapely.Point(line.coords[0]).distance(one) for line, one in zip(lines, met, strict=True))
    if deep > 25.0:
        return None
    ends = np.array([at - wide / 2 * along, at + wide / 2 * along])
    ring = np.array([ends[0], ends[1], ends[1] + (deep + 0.05) * into, ends[0] + (deep + 0.05) * into])
    way = Polygon(_reaching_out(ring)).intersection(frontage.plate)
    clear = Polygon(ring).buffer(-0.05)
    return way if frontage.plate.contains(clear) and way.geom_type == "Polygon" else None


def spread(points: np.ndarray, places: np.ndarray, count: int, kept: Sequence[int] = ()) -> list[int]:
    """The numbers of `count` of the `places` (B, 2) that lie evenly among `points` (N, 2), those `kept` among them
    (S. Lloyd, Least squares quantization in PCM, 1982)."""
    chosen = list(kept[:count])
    while len(chosen) < count:
        if chosen:
            away = np.hypot(*(points[:, None] - places[chosen][None]).transpose(2, 0, 1)).min(1)
            far = points[int(away.argmax())]
        else:
            far = points[int(np.lexsort(points.T)[0])]
        chosen.append(int(np.hypot(*(places - far).T).argmin()))
    fixed = len(kept[:count])
    for _ in range(12):
        nearest = np.hypot(*(points[:, None] - places[chosen][None]).transpose(2, 0, 1)).argmin(1)
        moved = list(chosen)
        for n in range(fixed, count):
            own = points[nearest == n]
            if len(own):
                moved[n] = int(np.hypot(*(places - own.mean(0)).T).argmin())
        if moved == chosen:
            break
        chosen = moved
    return sorted(set(chosen), key=chosen.index)
