# SPDX-License-Identifier: GPL-3.0-or-later
"""A wall around a ring as one closed solid, its openings left out of a grid of cells: no booleans, no triangulation.

The wall is unrolled into cells, columns around the ring and rows up the storey. Solid cells give a quad on either face;
wherever a solid cell meets an open one, or the wall's top or bottom, a quad joins the two faces. Every edge then has
two faces, whatever the pattern of openings, as long as no two openings touch in a corner alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class FaceKind(NamedTuple):
    """A material index for each kind of a wall's faces."""

    outside: int
    inside: int
    reveal: int
    rim: int


@dataclass(frozen=True)
class Columns:
    """The columns of a wall, in order around its ring; column c lies between line c and line c + 1.

    `outer`, `inner` (C, 2) float64 where the lines stand on either face; `edge` (C,) int64 the ring's edge; `start`,
    `end` (C, 2) float64 metres along that edge of the column's two lines, on the outer and on the inner face; `run`
    (C,) float64 metres around the ring at the start of the column's edge; `opening` (C,) int64 number of the opening
    that may stand in the column, else -1; `thickness` metres.
    """

    outer: np.ndarray
    inner: np.ndarray
    edge: np.ndarray
    start: np.ndarray
    end: np.ndarray
    run: np.ndarray
    opening: np.ndarray
    thickness: float


@dataclass(frozen=True)
class WallSolid:
    """Quads of a wall of one storey whose floor is at 0.

    `positions` (V, 3) float64; `quads` (F, 4) int64; `uvs` (F, 4, 2) float64 metres, of which v is the height in the
    first `num_upright` quads, so that a storey's elevation is added to it; `material` (F,) int64.
    """

    positions: np.ndarray
    quads: np.ndarray
    uvs: np.ndarray
    num_upright: int
    material: np.ndarray


def wall_solid(columns: Columns, heights: np.ndarray, is_open: np.ndarray, kinds: FaceKind) -> WallSolid:
    """The solid of `columns` between the (R + 1,) rising `heights`, without the cells of `is_open` (R, C) bool."""
    num_lines, num_columns = len(heights), len(columns.edge)
    outer = np.arange(num_lines * num_columns).reshape(num_lines, num_columns)
    parts = [
        _faces(columns, heights, outer, ~is_open),
        _jambs(columns, heights, outer, is_open),
        _ledges(columns, outer, is_open),
    ]
    quads, uvs = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    solid, jambs = len(parts[0][0]) // 2, len(parts[1][0])
    num_rims = int((~is_open[[0, -1]]).sum())
    sizes = [solid, solid, len(quads) - 2 * solid - num_rims, num_rims]
    return WallSolid(
        positions=_positions(columns, heights),
        quads=quads,
        uvs=uvs,
        num_upright=2 * solid + jambs,
        material=np.repeat(np.asarray(kinds), sizes),
    )


def _positions(columns: Columns, heights: np.ndarray) -> np.ndarray:
    """(2, lines, columns, 3) flattened: the outer face's grid, then the inner one's."""
    positions = np.empty((2, len(heights), len(columns.edge), 3))
    positions[0, :, :, :2], positions[1, :, :, :2] = columns.outer, columns.inner
    positions[..., 2] = heights[:, None]
    return positions.reshape(-1, 3)


# uvs or corners of four, in the order of a quad
Part = tuple[np.ndarray, np.ndarray]


def _faces(columns: Columns, heights: np.ndarray, outer: np.ndarray, solid: np.ndarray) -> Part:
    """Both faces of the solid cells: all outer quads, then all inner ones."""
    row, column = np.nonzero(solid)
    count = len(row)
    quads, uvs = np.empty((2, count, 4), np.int64), np.empty((2, count, 4, 2))
    quads[0] = _cells(outer, row, column)
    quads[1] = quads[0, :, ::-1] + outer.size
    run = columns.run[column, None]
    uvs[:, :, ::3, 0] = (columns.start[column] + run).T[:, :, None]
    uvs[:, :, 1:3, 0] = (columns.end[column] + run).T[:, :, None]
    uvs[:, :, :2, 1], uvs[:, :, 2:, 1] = heights[row, None], heights[row + 1, None]
    uvs[1] = uvs[1, :, ::-1].copy()
    return quads.reshape(-1, 4), uvs.reshape(-1, 4, 2)


def _cells(outer: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(F, 4) corners of cells on the outer face, from the lower left on around."""
    quads = np.empty((len(row), 4), np.int64)
    after = np.where(column + 1 < outer.shape[1], column + 1, 0)
    quads[:, 0], quads[:, 1] = outer[row, column], outer[row, after]
    quads[:, 3], quads[:, 2] = outer[row + 1, column], outer[row + 1, after]
    return quads


def _jambs(columns: Columns, heights: np.ndarray, outer: np.ndarray, is_open: np.ndarray) -> Part:
    """Upright quads where a solid cell stands beside an open one."""
    behind = np.concatenate([is_open[:, -1:], is_open[:, :-1]], 1)
    row, column = np.nonzero(is_open != behind)
    quads, uvs = np.empty((len(row), 4), np.int64), np.empty((len(row), 4, 2))
    quads[:, 0], quads[:, 1] = outer[row, column], outer[row + 1, column]
    quads[:, 3], quads[:, 2] = quads[:, 0] + outer.size, quads[:, 1] + outer.size
    uvs[:, :2, 0], uvs[:, 2:, 0] = 0.0, columns.thickness
    uvs[:, ::3, 1], uvs[:, 1:3, 1] = heights[row, None], heights[row + 1, None]
    # the solid cell lies behind the line: the quad looks the other way
    return _turned(quads, uvs, is_open[row, column])


def _ledges(columns: Columns, outer: np.ndarray, is_open: np.ndarray) -> Part:
    """Level quads where a solid cell ends above or below: those of openings, then the wall's own rims."""
    within = np.nonzero(is_open[1:] != is_open[:-1])
    foot, head = np.nonzero(~is_open[0])[0], np.nonzero(~is_open[-1])[0]
    rows = len(is_open)
    line = np.concatenate([within[0] + 1, np.zeros(len(foot), np.int64), np.full(len(head), rows)])
    column = np.concatenate([within[1], foot, head])
    after = np.where(column + 1 < outer.shape[1], column + 1, 0)
    quads, uvs = np.empty((len(line), 4), np.int64), np.empty((len(line), 4, 2))
    quads[:, 0], quads[:, 1] = outer[line, column], outer[line, after]
    quads[:, 3], quads[:, 2] = quads[:, 0] + outer.size, quads[:, 1] + outer.size
    run = columns.run[column, None]
    uvs[:, ::3, 0], uvs[:, 1:3, 0] = columns.start[column] + run, columns.end[column] + run
    uvs[:, :2, 1], uvs[:, 2:, 1] = 0.0, columns.thickness
    # what is solid lies above the line: the quad looks down
    looks_down = (line == 0) | ((line < rows) & is_open[line - 1, column])
    return _turned(quads, uvs, looks_down)


def _turned(quads: np.ndarray, uvs: np.ndarray, which: np.ndarray) -> Part:
    quads[which], uvs[which] = quads[which, ::-1], uvs[which, ::-1]
    return quads, uvs
