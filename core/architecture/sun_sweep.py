# SPDX-License-Identifier: GPL-3.0-or-later
"""The shadows of a height field for many suns and many designs at once: one scan along each line of sight."""

from __future__ import annotations

import math

import numpy as np
import torch

from .sun_path import SunPath


class ShadowSweep:
    """How high the shadow stands over each cell of a grid, for each sample of a sun path.

    The grid is cut into parallel lines of sight for each sun. One step of a line is one row (or column, whichever the
    sun crosses faster), in which it reads the cell that it hits. Walking away from the sun, the shadow is the running
    maximum of what was passed, less the fall of the ray: the plane sweep of height-field shadows, O(cells) a sun.
    A cell reads the line nearest to its centre; `lines_per_cell` lines stand side by side in one cell: 1 is quick and
    misses a centre by up to half a cell, 4 by an eighth. Differentiable in the heights.

    `reads` (T, S, L) int64 cell that each line reads at each step, ny * nx outside; `lines` and `steps` (S, ny * nx)
    which line each cell reads and when; `falls` (S,) metres that a ray falls in a step.
    """

    def __init__(
        self,
        path: SunPath,
        shape: tuple[int, int],
        cell_m: float,
        lines_per_cell: int = 1,
        device: torch.device | str = "cpu",
    ) -> None:
        self.shape = shape
        lines = [_Lines(direction, shape, cell_m, lines_per_cell) for direction in path.directions]
        num_steps, num_lines = max(shape), max(one.num_lines for one in lines)
        reads = np.stack([one.reads(num_steps, num_lines) for one in lines], axis=1)
        self.reads = torch.from_numpy(reads).to(device)
        self.falls = torch.tensor([one.fall_m for one in lines], dtype=torch.float32, device=device)
        self.lines = torch.from_numpy(np.stack([one.line.ravel() for one in lines])).to(device)
        self.steps = torch.from_numpy(np.stack([one.step.ravel() for one in lines])).to(device)
        suns = torch.arange(len(lines), device=device)[:, None]
        self._back = (self.steps * len(lines) + suns) * num_lines + self.lines

    def shadow_heights(self, heights: torch.Tensor) -> torch.Tensor:
        """(B, S, ny, nx): metres above the ground below which a point over the centre of a cell is in the shadow of
        other cells; `heights` (B, ny, nx) metres, the ground outside the grid is 0."""
        batch = heights.shape[0]
        columns = heights.reshape(batch, -1).T
        columns = torch.cat([columns, columns.new_zeros(1, batch)])
        num_steps, num_suns, num_lines = self.reads.shape
        passed = columns.index_select(0, self.reads.reshape(-1)).reshape(num_steps, num_suns, num_lines, batch)
        fall = self.falls[None, :] * torch.arange(num_steps, device=heights.device)[:, None]
        before = running_maximum(passed + fall[:, :, None, None])
        shadow = before.reshape(-1, batch).index_select(0, self._back.reshape(-1))
        # a ray meets a cell at its near edge, half a step before its centre
        shadow = shadow - (self.falls[:, None] * (self.steps - 0.5)).reshape(-1, 1)
        return shadow.clamp_min(0).reshape(num_suns, *self.shape, batch).permute(3, 0, 1, 2)


def running_maximum(values: torch.Tensor, whole: bool = False) -> torch.Tensor:
    """The maximum of all earlier entries along the first axis; nothing was passed before the first.

    With `whole` one entry more: the maximum of all.
    """
    running = torch.full_like(values[0], -torch.inf)
    out = []
    for one in values:
        out.append(running)
        running = torch.maximum(running, one)
    return torch.stack([*out, running] if whole else out)


class _Lines:
    """The lines of sight of one sun: which cell each reads at each step, and which line and step each cell reads."""

    def __init__(self, direction: np.ndarray, shape: tuple[int, int], cell_m: float, lines_per_cell: int) -> None:
        x, y, up = (float(value) for value in direction)
        # straight above nothing is shaded, and no direction in the plan is left: any will do
        flat = math.hypot(x, y)
        x, y, slope = (x / flat, y / flat, up / flat) if flat > 1e-6 else (1.0, 0.0, 1e6)
        self._along_x = abs(x) >= abs(y)
        self._shape = shape
        along, across = (x, y) if self._along_x else (y, x)
        self._num_along, self._num_across = (shape[1], shape[0]) if self._along_x else shape
        self._towards_end = along > 0
        self._drift = across / abs(along)
        self._lines_per_cell = lines_per_cell
        self.fall_m = cell_m * slope / abs(along)
        self._first = min(0.0, (self._num_along - 1) * self._drift)
        self.num_lines = int(((self._num_across - 1) + (self._num_along - 1) * abs(self._drift)) * lines_per_cell) + 2
        rows, columns = np.indices(shape)
        position, lateral = (columns, rows) if self._along_x else (rows, columns)
        self.step = self._num_along - 1 - position if self._towards_end else position
        self.line = np.rint((lateral + self.step * self._drift - self._first) * lines_per_cell).astype(np.int64)

    def reads(self, num_steps: int, num_lines: int) -> np.ndarray:
        """(num_steps, num_lines) int64 index of the cell, ny * nx outside the grid."""
        step = np.arange(num_steps)[:, None]
        position = self._num_along - 1 - step if self._towards_end else step
        lateral = self._first + np.arange(num_lines)[None, :] / self._lines_per_cell - step * self._drift
        lateral = np.rint(lateral).astype(np.int64)
        row, column = (lateral, position) if self._along_x else (position, lateral)
        inside = (row >= 0) & (row < self._shape[0]) & (column >= 0) & (column < self._shape[1])
        return np.where(inside, row * self._shape[1] + column, self._shape[0] * self._shape[1])
