# SPDX-License-Identifier: GPL-3.0-or-later
"""Where inner walls may meet a facade: its piers, the masonry between openings, and corners that turn inwards.

All in plan, on the inner face of the outer walls. Openings stand above each other, so the piers of all storeys of a
plate are those that the widest openings leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from shapely import Polygon

from .building_shells import PlateShell
from .plan_shapes import polygon_of
from .wall_offset import edges

# masonry narrower than this takes no wall; blank walls take one at every step
NARROWEST_M, STEP_M = 0.25, 1.2
# from a corner of the plate, so far in: a wall there would leave no room beside it
_CORNER_M = 1.0
# of a pier or a blank wall beside an opening, so much at most belongs to its bay
_BESIDE_M = 0.6


@dataclass(frozen=True)
class Frontage:
    """A plate's inner face: `plate` its polygon; `windows` (W, 2, 2) the openings' ends, `into` (W, 2) the unit
    direction inwards at each, `bays` (W, 2) the piers' middles on either side of it; `piers` (P, 2) places where a wall
    may begin and `ways` (P, 2) the unit direction that it then takes."""

    plate: Polygon
    windows: np.ndarray
    into: np.ndarray
    bays: np.ndarray
    piers: np.ndarray
    ways: np.ndarray

    @cached_property
    def middles(self) -> np.ndarray:
        """(W, 2) a point just inside each window."""
        return np.asarray(self.windows.mean(1) + 0.05 * self.into)


def frontage_of(shells: Sequence[PlateShell]) -> Frontage:
    """The frontage of one plate, whose storeys may be in several shells."""
    shell = shells[0]
    windows, into, bays, piers, ways = [], [], [], [], []
    for number, (outer, inner) in enumerate(zip(shell.outline.rings, shell.inner, strict=True)):
        along, _ = edges(outer)
        length = edges(inner)[1]
        openings = _openings(shells, number)
        for edge, (foot, way) in enumerate(zip(inner, along, strict=True)):
            aside = np.array([-way[1], way[0]])
            # openings are told along the outer face
            shift = float((foot - outer[edge]) @ way)
            spans = _merged([(c - w / 2 - shift, c + w / 2 - shift) for e, c, w in openings if e == edge])
            gaps = _gaps(spans, float(length[edge]))
            for (low, high), before, after in zip(spans, gaps[:-1], gaps[1:], strict=True):
                windows.append([foot + low * way, foot + high * way])
                into.append(aside)
                sides = max(sum(before) / 2, low - _BESIDE_M), min(sum(after) / 2, high + _BESIDE_M)
                bays.append([float((foot + side * way) @ way) for side in sides])
            for at in _places(gaps, float(length[edge])):
                piers.append(foot + at * way)
                ways.append(aside)
        for corner, way in _turns(inner):
            piers.append(corner)
            ways.append(way)
    return Frontage(
        polygon_of(shell.inner),
        np.array(windows).reshape(-1, 2, 2),
        np.array(into).reshape(-1, 2),
        np.array(bays).reshape(-1, 2),
        np.array(piers).reshape(-1, 2),
        np.array(ways).reshape(-1, 2),
    )


def _openings(shells: Sequence[PlateShell], ring: int) -> list[tuple[int, float, float]]:
    """(edge, centre, width) of every opening of a ring on any storey."""
    found = set()
    for shell in shells:
        for walls in {id(one): one for one in shell.walls}.values():
            for placed in walls[ring].placed:
                pairs = zip(placed.edge.tolist(), placed.centre.tolist(), strict=True)
                found |= {(edge, centre, placed.kind.opening.width_m) for edge, centre in pairs}
    return sorted(found)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans in order, those that overlap as one."""
    made: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if made and low <= made[-1][1]:
            made[-1] = (made[-1][0], max(high, made[-1][1]))
        else:
            made.append((low, high))
    return made


def _gaps(spans: Sequence[tuple[float, float]], length: float) -> list[tuple[float, float]]:
    """What is between the spans, from 0 to `length`: one more than there are spans."""
    ends = [0.0, *(end for span in spans for end in span), length]
    return [(ends[n], ends[n + 1]) for n in range(0, len(ends), 2)]


def _places(gaps: Sequence[tuple[float, float]], length: float) -> list[float]:
    """The middle of each pier; along blank walls a place at every step."""
    made = []
    for low, high in gaps:
        if high - low < NARROWEST_M:
            continue
        count = max(1, int((high - low) / STEP_M))
        made += (low + (np.arange(count) + 0.5) * (high - low) / count).tolist()
    return [at for at in made if _CORNER_M < at < length - _CORNER_M]


def _turns(ring: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Corners that turn into the building, with the directions in which the walls beside them would go on."""
    along, _ = edges(ring)
    made = []
    for n, at in enumerate(ring):
        before, after = along[n - 1], along[n]
        if before[0] * after[1] - before[1] * after[0] < -0.3:
            made += [(at, before), (at, -after)]
    return made
