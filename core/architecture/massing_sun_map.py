# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of sun at points of a massing, and the false colours that show them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from .massing_grid import MassingGrid
from .sun_path import SunPath

MOST_HOURS = 6.0
# the map 'plasma' of matplotlib (van der Walt and Smith 2015, CC0): even steps look even, also without colour
_MAP = ("0d0887", "5b02a3", "9a179b", "cb4678", "eb7852", "fbb32f", "f0f921")
# a wall is looked at this many cells before it, so that it does not shade itself
BEFORE_CELLS = 1.3


class SunMap:
    """Hours of sun among the heights of one design; `shadows` (S, ny, nx) metres, in the grid's axes like `path`."""

    def __init__(self, grid: MassingGrid, path: SunPath, shadows: torch.Tensor) -> None:
        self._grid, self._path, self._shadows = grid, path, shadows.numpy()

    def facades(self, points: np.ndarray, normals: np.ndarray) -> np.ndarray:
        """(N,) hours at `points` (N, 3) of walls with outward `normals` (N, 2), both in the scene."""
        out = self._turned(normals)
        row, column = self._cells(points[:, :2] + BEFORE_CELLS * self._grid.cell_m * normals)
        faces = self._path.directions[:, :2] @ out.T > 1e-3
        lit = points[None, :, 2] > self._shadows[:, row, column]
        return np.asarray((faces & lit).sum(0) * self._path.step_h)

    def flats(self, points: np.ndarray) -> np.ndarray:
        """(N,) hours at `points` (N, 3) of roofs and of the ground."""
        row, column = self._cells(points[:, :2])
        return np.asarray((points[None, :, 2] + 0.1 >= self._shadows[:, row, column]).sum(0) * self._path.step_h)

    def _cells(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        grid = self._grid
        place = self._turned(points - grid.centre)
        column = np.rint((place[:, 0] - grid.x_m[0, 0]) / grid.cell_m).astype(int).clip(0, grid.shape[1] - 1)
        row = np.rint((place[:, 1] - grid.y_m[0, 0]) / grid.cell_m).astype(int).clip(0, grid.shape[0] - 1)
        return row, column

    def _turned(self, vectors: np.ndarray) -> np.ndarray:
        cos, sin = math.cos(self._grid.angle), math.sin(self._grid.angle)
        return np.asarray(vectors @ np.array([[cos, -sin], [sin, cos]]))


def false_colours(hours: Sequence[float] | np.ndarray) -> np.ndarray:
    """(N, 4) float32 linear colours of hours of sun, from none (dark blue) to MOST_HOURS and more (yellow)."""
    anchors = np.array([[int(one[i : i + 2], 16) for i in (0, 2, 4)] for one in _MAP]) / 255
    linear = np.where(anchors <= 0.04045, anchors / 12.92, ((anchors + 0.055) / 1.055) ** 2.4)
    place = np.asarray(hours, np.float64).clip(0, MOST_HOURS) / MOST_HOURS * (len(_MAP) - 1)
    colours = [np.interp(place, np.arange(len(_MAP)), linear[:, channel]) for channel in range(3)]
    return np.asarray(np.stack([*colours, np.ones_like(place)], -1), np.float32)
