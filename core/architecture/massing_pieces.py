# SPDX-License-Identifier: GPL-3.0-or-later
"""The pieces of a lattice that stand on what may be built on, with their exact areas and their cells of the grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .massing_grid import MassingGrid
from .outline import Outline

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from .massing_lattice import Lattice

# tips of the plot that are narrower than this are left open
LEAST_WIDTH_M = 6.0
# a piece that keeps less of its rectangle belongs to the next of its column
LEAST_SHARE = 0.45
# what cleaning an outline may move a wall outwards
SPARE_M = 0.01


@dataclass(frozen=True)
class Buildable:
    """What the setback leaves of the plot: `polygon` in the scene, `centre` (2,) of the plot's bounds, and the cells of
    a grid whose centres it holds: `cells` (C,) int64 flat, `points` (C, 2) float64 in the scene."""

    polygon: BaseGeometry
    centre: np.ndarray
    cells: np.ndarray
    points: np.ndarray


@dataclass(frozen=True)
class Pieces:
    """U pieces: `areas` (U,) float64 square metres; `of_cell` (C,) int64 piece of each buildable cell, U where none;
    `of_lattice` (Y, X) int64, U where nothing can stand."""

    areas: np.ndarray
    of_cell: np.ndarray
    of_lattice: np.ndarray


def buildable_of(plot: Outline, setback_m: float, grid: MassingGrid) -> Buildable:
    """The ground that may be built on. At hollow corners the setback is kept with a straight cut, never less."""
    import shapely

    polygon = shapely.Polygon(plot.outer, plot.holes).buffer(
        -(setback_m + SPARE_M), join_style="mitre", mitre_limit=3.0
    )
    cos, sin = np.cos(grid.angle), np.sin(grid.angle)
    x, y = grid.x_m.astype(np.float64), grid.y_m.astype(np.float64)
    points = np.stack([x * cos - y * sin, x * sin + y * cos], -1).reshape(-1, 2) + grid.centre
    shapely.prepare(polygon)
    cells = np.flatnonzero(shapely.contains_xy(polygon, points[:, 0], points[:, 1]))
    return Buildable(polygon, grid.centre, cells, points[cells])


def pieces_of(lattice: Lattice, ground: Buildable) -> tuple[Pieces, np.ndarray]:
    """The pieces of a lattice, exactly, and (Y, X) their shapes in the lattice's axes. None is a sliver: what is
    too small is joined to the next along its bar."""
    import shapely
    from shapely import affinity

    turn = float(np.degrees(-lattice.angle))
    moved = affinity.translate(ground.polygon, -ground.centre[0], -ground.centre[1])
    polygon = affinity.rotate(moved, turn, origin=(0, 0))
    columns, rows = lattice.columns_m, lattice.rows_m
    strips = shapely.intersection(shapely.box(columns[:-1], rows[0], columns[1:], rows[-1]), polygon)
    half = np.minimum(LEAST_WIDTH_M, lattice.widths) * 0.49
    narrow = shapely.buffer(strips, -half, join_style="mitre")
    strips = shapely.intersection(shapely.buffer(narrow, half, join_style="mitre", mitre_limit=3.0), strips)
    boxes = shapely.box(columns[None, :-1], rows[:-1, None], columns[None, 1:], rows[1:, None])
    shapes = shapely.intersection(boxes, strips[None])
    areas = shapely.area(shapes)
    return _joined(lattice, areas, ground), shapes


def _joined(lattice: Lattice, areas: np.ndarray, ground: Buildable) -> Pieces:
    owner = _owners(areas, areas / (lattice.lengths[:, None] * lattice.widths[None]))
    used, numbers = np.unique(owner[owner >= 0], return_inverse=True)
    of_lattice = np.full(owner.shape, len(used), np.int64)
    of_lattice[owner >= 0] = numbers
    sums = np.bincount(of_lattice.ravel(), areas.ravel(), len(used) + 1)[: len(used)]
    flat = np.append(of_lattice.ravel(), len(used))
    return Pieces(sums, flat[_rectangles(lattice, ground.points, ground.centre)], of_lattice)


def _owners(areas: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """(Y, X) int64 flat index of the piece that each belongs to, -1 for none."""
    rows, columns = areas.shape
    owner = np.where(shares >= LEAST_SHARE, np.arange(rows * columns).reshape(rows, columns), -1)
    for row, column in np.argwhere((shares > 1e-3) & (shares < LEAST_SHARE)):
        near = [r for r in (row - 1, row + 1) if 0 <= r < rows and shares[r, column] >= LEAST_SHARE]
        if near:
            owner[row, column] = max(near, key=lambda r: shares[r, column]) * columns + column
    return owner


def _rectangles(lattice: Lattice, points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    """(N,) flat index of the lattice's rectangle that holds each point of the scene, Y * X outside."""
    place = lattice.turned(points, centre)
    column = np.searchsorted(lattice.columns_m, place[:, 0]) - 1
    row = np.searchsorted(lattice.rows_m, place[:, 1]) - 1
    rows, columns = lattice.shape
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    return np.where(inside, row * columns + column, rows * columns)
