# SPDX-License-Identifier: GPL-3.0-or-later
"""A plot cut into even blocks, two of them as deep as daylight reaches, and designs as storeys above each block.

Shape letters: N blocks (Y rows by X columns), B designs, W cells of the scorer's window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .massing_grid import MassingGrid, massing_grid
from .massing_lattice import MOST_LINES, Lattice
from .massing_pieces import Pieces, buildable_of, pieces_of
from .massing_score import MassingScorer
from .massing_starts import Candidate
from .massing_task import Task

# a little less than half of what daylight reaches, so that no floor of two blocks is dark for a rounding
SHARE_OF_DEPTH = 0.49


@dataclass(frozen=True)
class Blocks:
    """`lattice` of N blocks with its `pieces`; `scorer` on a grid with whole cells a block; `areas` (N,) float64 square
    metres of each block, 0 where it holds nothing of its own; `owner` (N,) int64 the block that each goes with, N for
    none; `of_cell` (W,) the block of each cell of the scorer's window, N for none."""

    lattice: Lattice
    pieces: Pieces
    scorer: MassingScorer
    areas: np.ndarray
    owner: np.ndarray
    of_cell: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of blocks."""
        return self.lattice.shape

    def whole(self, storeys: np.ndarray) -> np.ndarray:
        """(B, Y, X) storeys of blocks with those that go with others; `storeys` (B, N)."""
        return _with_none(storeys)[:, self.owner].reshape(len(storeys), *self.shape)

    def cells(self, storeys: np.ndarray) -> np.ndarray:
        """(W, B) int16 storeys above the window's cells; `storeys` (B, N)."""
        return np.ascontiguousarray(_with_none(storeys).T[self.of_cell])

    def candidate(self, storeys: np.ndarray, kind: str) -> Candidate:
        """The design of `storeys` (N,) as the search's others are kept."""
        of_piece = np.zeros(len(self.pieces.areas) + 1, np.int64)
        of_piece[self.pieces.of_lattice.ravel()] = self.whole(storeys[None])[0].ravel()
        return Candidate(self.lattice, self.pieces, of_piece[:-1], kind)

    def like(self, one: Candidate) -> np.ndarray:
        """(N,) int16: the storeys of another design above the middles of the blocks."""
        x = self.lattice.columns_m[:-1] + self.lattice.widths / 2
        y = self.lattice.rows_m[:-1] + self.lattice.lengths / 2
        middles = self.lattice.placed(np.stack(np.meshgrid(x, y), -1).reshape(-1, 2), np.zeros(2))
        place = one.lattice.turned(middles, np.zeros(2))
        column = np.searchsorted(one.lattice.columns_m, place[:, 0]) - 1
        row = np.searchsorted(one.lattice.rows_m, place[:, 1]) - 1
        rows, columns = one.lattice.shape
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows) & (self.areas > 0)
        found = one.of_lattice()[row.clip(0, rows - 1), column.clip(0, columns - 1)]
        return np.asarray(np.where(inside, found, 0), np.int16)


def blocks_of(task: Task, core_width_m: float, cells_a_block: int, like: Blocks | None = None) -> Blocks | None:
    """The blocks of a task's plot along its longest edge, or the same as others in other cells; None where none can be
    built on."""
    plot = task.site.plot
    assert plot is not None
    size = _block_m(task, core_width_m)
    grid = massing_grid(plot.rings, task.site.neighbours, task.brief.setback_m, size / cells_a_block)
    scorer = MassingScorer(grid, task.brief, task.coarse.path.turned(-task.coarse.grid.angle))
    ground = buildable_of(plot, task.brief.setback_m, grid)
    lattice = _lattice(grid, scorer, cells_a_block) if like is None else like.lattice
    pieces, _ = pieces_of(lattice, ground)
    count, last = len(pieces.areas), lattice.shape[0] * lattice.shape[1]
    if not count:
        return None
    flat = pieces.of_lattice.ravel()
    first = np.full(count + 1, last)
    np.minimum.at(first, flat, np.arange(last))
    first[count] = last
    areas = np.zeros(last)
    areas[first[:count]] = pieces.areas
    of_cell = np.full(grid.shape, last)
    of_cell.ravel()[ground.cells] = first[pieces.of_cell]
    return Blocks(lattice, pieces, scorer, areas, first[flat], of_cell[scorer.window].ravel())


def _block_m(task: Task, core_width_m: float) -> float:
    """Two blocks are as deep as daylight reaches and no wing is narrower than a core; larger on a large plot."""
    assert task.site.plot is not None
    extent = float(np.hypot(*np.ptp(task.site.plot.outer, axis=0)))
    return max(SHARE_OF_DEPTH * max(task.brief.daylit_depth_m, core_width_m), extent / (MOST_LINES - 3))


def _lattice(grid: MassingGrid, scorer: MassingScorer, cells: int) -> Lattice:
    """Blocks of so many cells over the scorer's window, counted from the grid's corner."""
    rows, columns = scorer.window
    size, margin = grid.cell_m * cells, grid.cell_m / 2
    left, low = columns.start // cells, rows.start // cells
    across, along = -(-columns.stop // cells) - left, -(-rows.stop // cells) - low
    u, v = float(grid.x_m[0, 0]) - margin + left * size, float(grid.y_m[0, 0]) - margin + low * size
    return Lattice(grid.angle, u, v, np.full(across, size), np.full(along, size))


def _with_none(storeys: np.ndarray) -> np.ndarray:
    return np.concatenate([storeys, np.zeros((len(storeys), 1), storeys.dtype)], 1)
