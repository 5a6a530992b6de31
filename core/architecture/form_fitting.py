# SPDX-License-Identifier: GPL-3.0-or-later
"""A footprint put within a parcel: moved, then made a little smaller, before anything is cut off: it stays plain."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import affinity

from .plan_shapes import largest_polygon

# parcels drawn finer than this say nothing about a building
_PLAIN_M = 0.5
# of a footprint, so much may be cut off at the end
_CUT_SHARE = 0.015
_MOVES = 6
# overlays on a grid never fail for rounding
_GRID_M = 1e-5
_SMALLEST = 0.7
# narrower tongues are no part of a building
_TONGUE_M = 1.0
LEAST_M2 = 12.0


def fitted(shape: shapely.Polygon, within: shapely.Polygon) -> shapely.Polygon | None:
    """The footprint `shape` as it fits `within`, None where there is no room for one of LEAST_M2."""
    room = _plain(within)
    if room is None:
        return None
    shape = largest_polygon(shapely.make_valid(shape)) or shapely.Polygon()
    for scale in np.linspace(1.0, _SMALLEST, 13):
        scaled = affinity.scale(shape, scale, scale, origin="centroid")
        moved = _moved(scaled, room)
        if moved.difference(room, grid_size=_GRID_M).area <= _CUT_SHARE * moved.area:
            return _cleaned(moved, room, within)
    return _cleaned(_moved(shape, room), room, within)


def _plain(within: shapely.Polygon) -> shapely.Polygon | None:
    """The parcel without what is finer than _PLAIN_M, nowhere outside itself."""
    inner = within.simplify(_PLAIN_M / 2).buffer(-_PLAIN_M / 4, join_style="mitre")
    return largest_polygon(inner.intersection(within, grid_size=_GRID_M))


def _moved(shape: shapely.Polygon, room: shapely.Polygon) -> shapely.Polygon:
    """The shape away from where it stands out of the room, as long as that helps."""
    outside = shape.difference(room, grid_size=_GRID_M)
    for _ in range(_MOVES):
        if outside.area <= _CUT_SHARE * shape.area:
            break
        inner, outer = shape.intersection(room, grid_size=_GRID_M), outside
        if inner.is_empty:
            break
        way = np.array(inner.centroid.coords[0]) - np.array(outer.centroid.coords[0])
        length = float(np.hypot(*way))
        if length < 1e-9:
            break
        # as far as what stands out is deep, about
        step = way / length * 2 * outer.area / max(outer.length, 1e-9) * 1.5
        moved = affinity.translate(shape, *step)
        left = moved.difference(room, grid_size=_GRID_M)
        if left.area >= outside.area:
            break
        shape, outside = moved, left
    return shape


def _cleaned(shape: shapely.Polygon, room: shapely.Polygon, within: shapely.Polygon) -> shapely.Polygon | None:
    cut = shape.intersection(room, grid_size=_GRID_M)
    half = _TONGUE_M / 2
    opened = cut.buffer(-half, join_style="mitre").buffer(half, join_style="mitre")
    opened = opened.intersection(cut, grid_size=_GRID_M)
    made = largest_polygon(opened.simplify(0.35))
    if made is None or made.area < LEAST_M2:
        return None
    # a simpler line may stand out by a hand's breadth
    for _ in range(40):
        if within.covers(made):
            return shapely.Polygon(made.exterior)
        made = affinity.scale(made, 0.99, 0.99, origin="centroid")
    return None
