# SPDX-License-Identifier: GPL-3.0-or-later
"""A site and its neighbours on a grid of square cells, along the site's longest edge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .site import Neighbour

MOST_CELLS = 400
MOST_VERTICES = 2000


@dataclass(frozen=True)
class MassingGrid:
    """Masks of the site in axes turned by `angle` radians counter-clockwise about `centre` (2,), rows along y.

    `site` and `buildable` (ny, nx) bool; `depth_m` (ny, nx) float32 distance to the site's edge, positive inside;
    `neighbour_m` (ny, nx) float32 heights; `x_m` and `y_m` (ny, nx) float32 centres of the cells in the turned axes.
    """

    cell_m: float
    centre: np.ndarray
    angle: float
    site_area_m2: float
    site: np.ndarray
    buildable: np.ndarray
    depth_m: np.ndarray
    neighbour_m: np.ndarray
    x_m: np.ndarray
    y_m: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.site.shape[0], self.site.shape[1]

    @property
    def buildable_m2(self) -> float:
        """The cells that the setback leaves."""
        return float(self.buildable.sum()) * self.cell_m**2


def massing_grid(
    rings: Sequence[np.ndarray],
    neighbours: Sequence[Neighbour],
    setback_m: float,
    cell_m: float = 2.0,
    margin_m: float = 40.0,
) -> MassingGrid:
    """The grid of a site: `rings` (N, 2) float64 metres, the outer one first, then holes; neighbours within `margin_m`.

    A cell belongs to what holds its centre; it may be built on if its four corners keep the setback. Where a neighbour
    covers the site, it is taken to be pulled down. The rings are simple (see `outline`). InputError for a site without
    area, with too many vertices or too large for the cells.
    """
    area = _checked_area(rings)
    angle = longest_edge_angle(rings[0])
    centre = (rings[0].min(0) + rings[0].max(0)) / 2
    turned = [_turned(ring, centre, angle) for ring in rings]
    low, high = turned[0].min(0) - margin_m, turned[0].max(0) + margin_m
    num_x, num_y = (math.ceil(float(extent) / cell_m) for extent in high - low)
    if max(num_x, num_y) > MOST_CELLS:
        raise InputError(
            f"The site and its neighbours would take {num_x} x {num_y} cells of {cell_m:g} m; {MOST_CELLS} a side are "
            "the most. Use larger cells, or check that the site is in metres."
        )
    x, y = np.meshgrid(low[0] + (np.arange(num_x) + 0.5) * cell_m, low[1] + (np.arange(num_y) + 0.5) * cell_m)
    depth = _depth(turned, x, y)
    corners = np.meshgrid(low[0] + np.arange(num_x + 1) * cell_m, low[1] + np.arange(num_y + 1) * cell_m)
    keeps = _depth(turned, *corners) >= setback_m - 1e-9
    return MassingGrid(
        cell_m=cell_m,
        centre=centre,
        angle=angle,
        site_area_m2=area,
        site=depth > 0,
        buildable=keeps[1:, 1:] & keeps[1:, :-1] & keeps[:-1, 1:] & keeps[:-1, :-1],
        depth_m=depth.astype(np.float32),
        neighbour_m=_neighbour_heights(neighbours, centre, angle, x, y, depth),
        x_m=x.astype(np.float32),
        y_m=y.astype(np.float32),
    )


def longest_edge_angle(ring: np.ndarray) -> float:
    """Radians from +X to the ring's longest edge or across it, -45 to 45 degrees: that wall lies along the grid."""
    edges = np.roll(ring, -1, axis=0) - ring
    along = edges[np.argmax((edges**2).sum(1))]
    quarter = math.pi / 2
    angle = math.atan2(float(along[1]), float(along[0]))
    return angle - quarter * round(angle / quarter)


def inside(rings: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bool of the points' shape: inside the rings by the even-odd rule, so that inner rings are holes."""
    odd = np.zeros(x.shape, bool)
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            if ay != by:
                odd ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd


def edge_distance(rings: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Distance in metres of each point from the nearest edge of the rings."""
    nearest = np.full(x.shape, np.inf)
    for ring in rings:
        for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            along = end - start
            share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / max(float(along @ along), 1e-12)
            share = share.clip(0, 1)
            square = (x - start[0] - share * along[0]) ** 2 + (y - start[1] - share * along[1]) ** 2
            np.minimum(nearest, square, out=nearest)
    return np.asarray(np.sqrt(nearest))


def _depth(rings: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(inside(rings, x, y), 1, -1) * edge_distance(rings, x, y))


def _checked_area(rings: Sequence[np.ndarray]) -> float:
    if not rings or any(len(ring) < 3 for ring in rings):
        raise InputError("The site has an outline of fewer than 3 corners. Draw a closed outline.")
    corners = sum(len(ring) for ring in rings)
    if corners > MOST_VERTICES:
        raise InputError(f"The site's outline has {corners} corners; {MOST_VERTICES} are the most. Simplify it.")
    if not all(np.isfinite(ring).all() for ring in rings):
        raise InputError("The site's outline has a corner that is no number. Draw it again.")
    areas = [_ring_area(ring) for ring in rings]
    area = areas[0] - sum(areas[1:])
    if area < 1:
        raise InputError(f"The site has an area of {area:.3g} m2; 1 m2 is the least. Check its outline and its units.")
    return area


def _ring_area(ring: np.ndarray) -> float:
    ring = ring - ring[0]
    x, y = ring[:, 0], ring[:, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


def _turned(ring: np.ndarray, centre: np.ndarray, angle: float) -> np.ndarray:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray((ring - centre) @ np.array([[cos, -sin], [sin, cos]]))


def _neighbour_heights(
    neighbours: Sequence[Neighbour], centre: np.ndarray, angle: float, x: np.ndarray, y: np.ndarray, depth: np.ndarray
) -> np.ndarray:
    heights = np.zeros(x.shape, np.float32)
    for neighbour in neighbours:
        ring = _turned(neighbour.ring, centre, angle)
        low, high = ring.min(0), ring.max(0)
        columns = np.flatnonzero((x[0] >= low[0]) & (x[0] <= high[0]))
        rows = np.flatnonzero((y[:, 0] >= low[1]) & (y[:, 0] <= high[1]))
        if len(rows) and len(columns):
            near = np.ix_(rows, columns)
            covered = inside([ring], x[near], y[near])
            heights[near] = np.maximum(heights[near], np.where(covered, neighbour.height_m, 0))
    heights[depth > 0] = 0
    return heights
