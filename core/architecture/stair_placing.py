# SPDX-License-Identifier: GPL-3.0-or-later
"""Where stairs go when no plan says so: as near to the middle of what all storeys share as they fit.

Each plate that nothing stands on gets a stair up to it, in large buildings within a core with a lift: from the ground,
or a short one from the plate below where a stair is near.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from .building_floors import is_topmost
from .building_shells import PlateShell
from .plan_shapes import polygon_of
from .stair_core import CORE_M
from .stair_flights import GAP_M, MAX_RISE_M
from .stairs import StairRun, Well
from .storeys import Storey
from .wall_offset import edges

# a plate of so many square metres and storeys asks for a lift
CORE_M2, CORE_STOREYS = 250.0, 4
# how far one walks to a stair, and how many storeys a stair from an upper plate climbs
REACH_M, SHORT_STOREYS = 35.0, 2
# between two wells
BESIDE_M = 1.2
_ARRIVAL_M, _LIFT_M, _GOING_M = 1.2, 1.7, 0.27
_CLEAR_M = 0.05
_STEPS = 15


def default_stairs(storeys: Sequence[Storey], shells: Sequence[PlateShell]) -> tuple[list[StairRun], int]:
    """A stair for each plate that nothing stands on, and the number of those that found no room for one.

    The highest come first. One that rises no more than `SHORT_STOREYS` above a plate which such a stair serves within
    `REACH_M` gets its own from that plate on: few wells go through the lower storeys.
    """
    runs: list[StairRun] = []
    missing = 0
    tops = [shell for shell in shells if shell.storeys[-1].index > 0 and _is_top(shell, shells)]
    for shell in sorted(tops, key=lambda one: -one.storeys[-1].index):
        last, first = shell.storeys[-1].index, _first_storey(shell, shells, runs)
        shared = polygon_of(shell.inner)
        for index in range(first, last):
            here = shapely.unary_union([polygon_of(s.inner) for s in shells if _is_on(s, index)])
            shared = shared.intersection(here)
        for run in runs:
            shared = shared.difference(shapely.Polygon((run.core or run.well).ring(BESIDE_M)))
        placed = _placed(shared.buffer(-_CLEAR_M), shell, storeys[first : last + 1])
        missing += placed is None
        runs += [placed] if placed is not None else []
    return runs, missing


def _is_top(shell: PlateShell, shells: Sequence[PlateShell]) -> bool:
    return is_topmost(shell, [s for s in shells if _is_on(s, shell.storeys[-1].index + 1)])


def _first_storey(shell: PlateShell, shells: Sequence[PlateShell], runs: Sequence[StairRun]) -> int:
    """The storey from which a plate's stair goes up: the ground, or the plate below where a stair is near."""
    below, area = shell.storeys[0].index - 1, polygon_of(shell.inner)
    if below < 0 or shell.storeys[-1].index - below > SHORT_STOREYS:
        return 0
    under = [polygon_of(s.inner) for s in shells if _is_on(s, below) and polygon_of(s.inner).intersects(area)]
    for run in runs:
        middle = shapely.Point(run.well.ring().mean(0))
        near = middle.distance(area) <= REACH_M and any(plate.contains(middle) for plate in under)
        if near and run.first <= below <= run.last:
            return below
    return 0


def _is_on(shell: PlateShell, index: int) -> bool:
    return shell.storeys[0].index <= index <= shell.storeys[-1].index


def _placed(region: shapely.Polygon, shell: PlateShell, storeys: Sequence[Storey]) -> StairRun | None:
    """The best place for the largest stair that fits: with a core where that is asked for, else without."""
    if region.is_empty:
        return None
    first, last = storeys[0].index, storeys[-1].index
    tallest = max(storey.height_m for storey in storeys[:-1])
    risers = math.ceil(tallest / MAX_RISE_M - 1e-9)
    treads = (risers + 1) // 2 - 1
    lengths, widths = edges(shell.outline.outer)[1], (2.5, 2.1, 1.8)
    along = edges(shell.outline.outer)[0][int(lengths.argmax())]
    if shell.outline.area >= CORE_M2 and len(storeys) >= CORE_STOREYS:
        well_m = (widths[0] - GAP_M) / 2 + treads * _GOING_M
        core_size = (_ARRIVAL_M + well_m + 2 * CORE_M, widths[0] + _LIFT_M + 4 * CORE_M)
        place = _best(region, along, *core_size)
        if place is not None:
            return _with_core(*place, well_m, widths[0], first, last)
    for width in widths[1:]:
        well_m = (width - GAP_M) / 2 + treads * _GOING_M
        place = _best(region, along, well_m + 0.9, width)
        if place is not None:
            origin, way = place
            return StairRun(Well(origin + 0.9 * way, way, well_m, width), first, last)
    return None


def _with_core(origin: np.ndarray, way: np.ndarray, well_m: float, width: float, first: int, last: int) -> StairRun:
    across = np.array([-way[1], way[0]])
    corner = origin + CORE_M * (way + across)
    core = Well(corner, way, _ARRIVAL_M + well_m, width)
    well = Well(corner + _ARRIVAL_M * way, way, well_m, width)
    lift = Well(corner + (width + 2 * CORE_M) * across, way, _LIFT_M, _LIFT_M)
    return StairRun(well, first, last, lift=lift, core=core)


def _best(
    region: shapely.Polygon, along: np.ndarray, length_m: float, width_m: float
) -> tuple[np.ndarray, np.ndarray] | None:
    """Corner and direction of the rectangle within `region` whose middle is nearest to the region's."""
    middle = np.array(region.centroid.coords[0])
    x0, y0, x1, y1 = region.bounds
    reach = math.hypot(x1 - x0, y1 - y0) / 2
    offsets = np.linspace(-reach, reach, 2 * _STEPS + 1)
    grid = np.stack(np.meshgrid(offsets, offsets), -1).reshape(-1, 2)
    grid = grid[np.argsort((grid**2).sum(1), kind="stable")]
    shapely.prepare(region)
    best, least = None, math.inf
    for way in (along, np.array([-along[1], along[0]]), -along, np.array([along[1], -along[0]])):
        across = np.array([-way[1], way[0]])
        turn = np.stack([along, np.array([-along[1], along[0]])])
        middles = middle + grid @ turn
        half = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (length_m / 2, width_m / 2)
        corners = middles[:, None] + half[:, :1] * way + half[:, 1:] * across
        first = _first_inside(region, corners)
        if first is not None and (distance := float(np.hypot(*(middles[first] - middle)))) < least - 1e-6:
            best, least = (corners[first, 0], way), distance
    return best


def _first_inside(region: shapely.Polygon, corners: np.ndarray) -> int | None:
    """The first rectangle (N, 4, 2) that lies within the region; corners alone are looked at first."""
    inside = shapely.contains_xy(region, corners[..., 0], corners[..., 1]).all(1)
    near = np.nonzero(inside)[0]
    for at in near:
        if region.contains(shapely.Polygon(corners[at])):
            return int(at)
    return None
