# SPDX-License-Identifier: GPL-3.0-or-later
"""What a massing is worth: daylit floor area, the neighbours' sun, ground, surface to volume. Indicative only."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import torch

from .massing_brief import MassingBrief
from .massing_grid import MassingGrid
from .sun_hours import SIDES, beside, facing, ground_hours, lit_above
from .sun_path import SunPath
from .sun_sweep import ShadowSweep
from .sun_window import WindowSweep

OCTAGON = 2**0.5 - 1
# what rises no higher than this above the eye leaves the view free
HORIZON_DEG = 25.0


@dataclass(frozen=True)
class MassingScores:
    """Scores of B designs, each (B,) float32.

    `daylit` share of the floor area within the daylit depth behind a facade with the hours of sun that are needed,
    measured through the floor; `neighbour_sun` sun on the neighbours' facades (square metres x hours) as a share of
    that with an empty site; `ground_h` mean hours on the site's open ground; `surface_to_volume` 1/m, over facades,
    roofs and the ground floor; `gfa_m2`, `far`, `coverage`, `height_m`.
    """

    daylit: torch.Tensor
    neighbour_sun: torch.Tensor
    ground_h: torch.Tensor
    surface_to_volume: torch.Tensor
    gfa_m2: torch.Tensor
    far: torch.Tensor
    coverage: torch.Tensor
    height_m: torch.Tensor

    def worth(self) -> torch.Tensor:
        """One number to search by: daylit floors first, then the neighbours' sun, then the ground's."""
        return 10 * self.daylit + 8 * (self.neighbour_sun - 1).clamp_max(0) + 0.3 * self.ground_h


class MassingScorer:
    """Scores designs on one site, many at once.

    The sun is given in the scene's axes; `path` and `sweep` have it in those of the grid. `window` are the rows and
    columns of the site with one cell around it.
    """

    def __init__(
        self,
        grid: MassingGrid,
        brief: MassingBrief,
        path: SunPath,
        lines_per_cell: int = 1,
        device: torch.device | str = "cpu",
    ) -> None:
        brief.check()
        self.grid, self.brief, self.device = grid, brief, device
        self.path = path.turned(grid.angle)
        self.sweep = ShadowSweep(self.path, grid.shape, grid.cell_m, lines_per_cell, device)
        self._neighbours = torch.from_numpy(grid.neighbour_m).to(device)
        self._site = torch.from_numpy(grid.site).to(device)
        self.window = _window_of(grid.site)
        self.faces = [torch.from_numpy(one).to(device) for one in _neighbour_faces(grid.neighbour_m, self.path)]
        self.in_window = WindowSweep(
            self.sweep, *self.window, self._neighbours, _neighbour_faces(grid.neighbour_m, self.path)[1]
        )
        empty = torch.zeros(1, *grid.shape, dtype=torch.int64, device=device)
        self._sun_before = self._neighbour_sun(empty, self.shadows(empty)[1])

    @functools.cached_property
    def view_sweep(self) -> WindowSweep:
        """What hides the view to each side: the shadows of four suns as high as a view has to rise to be free."""
        up, flat = math.sin(math.radians(HORIZON_DEG)), math.cos(math.radians(HORIZON_DEG))
        directions = np.array([[x * flat, y * flat, up] for x, y in SIDES])
        sides = SunPath(directions, np.zeros(4), 1.0, np.array([0.0, 1.0]))
        sweep = ShadowSweep(sides, self.grid.shape, self.grid.cell_m, device=self.device)
        return WindowSweep(sweep, *self.window, self._neighbours, np.zeros(0, np.int64))

    def shadows(self, storeys: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Metres below which the window's cells are in the shadow, (B, S, rows, columns), and those outside the
        neighbours' facades, (B, S, K)."""
        rows, columns = self.window
        return self.in_window.shadow_heights(storeys[:, rows, columns] * self.brief.storey_height_m)

    def scores(self, storeys: torch.Tensor) -> MassingScores:
        """Scores of `storeys` (B, ny, nx) int64, storeys above each cell of the site."""
        return self.scores_and_lit(storeys)[0]

    @torch.no_grad()
    def scores_and_lit(self, storeys: torch.Tensor) -> tuple[MassingScores, torch.Tensor]:
        """The scores, and (B, rows, columns) the daylit storeys of each cell in the site's window."""
        brief, cell_m2 = self.brief, self.grid.cell_m**2
        rows, columns = self.window
        own = storeys[:, rows, columns] * brief.storey_height_m
        shadows, edge = self.shadows(storeys)
        gfa = storeys.sum((1, 2)) * cell_m2
        footprint = (storeys > 0).sum((1, 2)) * cell_m2
        lit_cells = self.lit_floors(storeys, shadows)
        lit = lit_cells.sum((1, 2))
        neighbour_sun = torch.ones_like(lit)
        if self._sun_before > 0:
            neighbour_sun = self._neighbour_sun(storeys, edge) / self._sun_before
        surface = self._facade_area(own) + 2 * footprint
        scores = MassingScores(
            daylit=lit * cell_m2 / gfa.clamp_min(1),
            neighbour_sun=neighbour_sun,
            ground_h=self._ground_sun(storeys, shadows),
            surface_to_volume=surface / (gfa * brief.storey_height_m).clamp_min(1),
            gfa_m2=gfa,
            far=gfa / self.grid.site_area_m2,
            coverage=footprint / self.grid.site_area_m2,
            height_m=own.amax((1, 2)),
        )
        return scores, lit_cells

    def lit_floors(self, storeys: torch.Tensor, shadows: torch.Tensor) -> torch.Tensor:
        """(B, rows, columns) float32: daylit storeys of each cell in the site's window, the last step inwards in part;
        `shadows` (B, S, rows, columns) over the window.

        The storeys of a cell are bits of one integer, one a storey. From the cells behind a facade with sun the bits
        spread inwards through the floors that the cells share, never across a gap, as far as the daylit depth.
        """
        rows, columns = self.window
        near = self._near(storeys[:, rows, columns] * self.brief.storey_height_m)
        plates = _bits_below(storeys[:, rows, columns])
        front = torch.zeros_like(plates)
        for side, suns in zip(SIDES, facing(self.path), strict=True):
            above = lit_above(shadows, suns, self.path, self.brief.needed_h)
            above = torch.maximum(beside(above, side), beside(near, side))
            # a storey's windows are at half its height
            dark = (above / self.brief.storey_height_m - 0.5 + 1e-4).floor().add(1).clamp(0, 62)
            front |= plates & ~_bits_below(dark.to(torch.int64))
        steps = self.brief.daylit_depth_m / self.grid.cell_m
        whole = _spread(front, plates, 1, int(steps)) if steps >= 1 else torch.zeros_like(front)
        further = _spread(whole, plates, int(steps), int(steps) + 1) if steps >= 1 else front
        return _num_bits(whole) + (steps - int(steps)) * _num_bits(further & ~whole)

    def _near(self, own: torch.Tensor) -> torch.Tensor:
        """(B, rows, columns) heights of all that stands in the window."""
        return torch.maximum(own, self._neighbours[self.window])

    def _facade_area(self, own: torch.Tensor) -> torch.Tensor:
        near = self._near(own)
        open_m = torch.stack([(own - beside(near, side)).clamp_min(0) for side in SIDES])
        return open_m.sum((0, 2, 3)) * self.grid.cell_m

    def _ground_sun(self, storeys: torch.Tensor, shadows: torch.Tensor) -> torch.Tensor:
        rows, columns = self.window
        open_ground = (storeys[:, rows, columns] == 0) & self._site[rows, columns]
        hours = ground_hours(shadows, self.path) * open_ground
        return hours.sum((1, 2)) / open_ground.sum((1, 2)).clamp_min(1)

    def _neighbour_sun(self, storeys: torch.Tensor, edge: torch.Tensor) -> torch.Tensor:
        """(B,) square metres of the neighbours' facades times their hours of sun; `edge` (B, S, K) shadows."""
        cells, outside, suns = self.faces
        standing = self._neighbours.flatten()
        before = storeys.flatten(1)[:, outside] * self.brief.storey_height_m
        edge = torch.maximum(torch.maximum(before, standing[outside])[:, None], edge)
        lit = (standing[cells] - edge).clamp_min(0) * suns
        return lit.sum((1, 2)) * self.grid.cell_m * self.path.step_h


def _window_of(site: np.ndarray) -> tuple[slice, slice]:
    """The site and one cell around it: nothing of the designs stands elsewhere."""
    rows, columns = np.flatnonzero(site.any(1)), np.flatnonzero(site.any(0))
    return slice(max(int(rows[0]) - 1, 0), int(rows[-1]) + 2), slice(max(int(columns[0]) - 1, 0), int(columns[-1]) + 2)


def _neighbour_faces(heights: np.ndarray, path: SunPath) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The neighbours' facades on the empty site: cell (K,), cell outside (K,), whether each sample faces it (S, K)."""
    rows, columns = heights.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    cells, outside, suns = [], [], []
    for (x, y), faced in zip(SIDES, facing(path), strict=True):
        here = index[max(-y, 0) : rows - max(y, 0), max(-x, 0) : columns - max(x, 0)].ravel()
        there = here + y * columns + x
        open_here = heights.ravel()[here] > heights.ravel()[there]
        cells.append(here[open_here])
        outside.append(there[open_here])
        suns.append(np.repeat(faced[:, None], open_here.sum(), axis=1))
    return np.concatenate(cells), np.concatenate(outside), np.concatenate(suns, axis=1)


def _spread(bits: torch.Tensor, plates: torch.Tensor, first: int, last: int) -> torch.Tensor:
    """The bits after steps `first` to `last` - 1 of one cell each, within the plates.

    A step to the four or to the eight neighbours, 41 % of them to eight, so that what is reached is a regular octagon,
    between 0 and 8 % beyond the circle.
    """
    for step in range(first, last):
        sideways = bits | beside(bits, (1, 0)) | beside(bits, (-1, 0))
        eight = round(OCTAGON * step) > round(OCTAGON * (step - 1))
        upright = sideways if eight else bits
        bits = (sideways | beside(upright, (0, 1)) | beside(upright, (0, -1))) & plates
    return bits


def _bits_below(count: torch.Tensor) -> torch.Tensor:
    """An integer whose lowest `count` bits are set, one a storey."""
    return torch.bitwise_left_shift(torch.ones_like(count), count) - 1


def _num_bits(bits: torch.Tensor) -> torch.Tensor:
    """How many bits are set, as float32: the parallel sum of Warren, Hacker's Delight, section 5-1."""
    bits = bits - ((bits >> 1) & 0x5555555555555555)
    bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F
    bits = bits + (bits >> 8)
    bits = bits + (bits >> 16)
    bits = bits + (bits >> 32)
    return (bits & 0x7F).float()
