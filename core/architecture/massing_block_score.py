# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of many designs at once in whole numbers of 16 bits: what `MassingScorer` finds, in a third of the time.

Shape letters: B designs, W cells of the window, S samples of the sun, L lines of sight, F pairs of a neighbour's facade
and a sun that faces it.
"""

from __future__ import annotations

import math

import numpy as np
import torch

from .massing_score import OCTAGON, MassingScorer, MassingScores
from .sun_hours import GROUND_M, SIDES, facing
from .sun_window import WindowSweep

# the highest storey in units of a height, of which a storey has a power of two; and the highest that is told apart
MOST_UNITS, HIGHEST = 12000, 32000
# storeys as bits: of so few an integer of 16 is enough
FEW_STOREYS = 14
FOLD = 64


class BlockScorer:
    """Scores `batch` designs at once on the window of `scorer`."""

    def __init__(self, scorer: MassingScorer, batch: int) -> None:
        brief, grid = scorer.brief, scorer.grid
        self.scorer, self.batch = scorer, batch
        self._shift = int(math.log2(MOST_UNITS // brief.most_storeys))
        units = (1 << self._shift) / brief.storey_height_m
        rows, columns = scorer.window
        self._shape = (rows.stop - rows.start, columns.stop - columns.start)
        cells, outside, suns = (one.numpy() for one in scorer.faces)
        pairs = np.argwhere(suns > 0)
        self._sun = _Sweep(scorer.in_window, self.num_cells, pairs, units, batch)
        self._view = _Sweep(scorer.view_sweep, self.num_cells, np.zeros((0, 2), np.int64), units, batch)
        self._near = _wide(grid.neighbour_m[scorer.window].ravel() * units, batch)
        standing = grid.neighbour_m.ravel() * units
        self._top = _wide(standing[cells][pairs[:, 1]], batch)
        self._low = _wide(standing[outside][pairs[:, 1]], batch)
        self._before_face = _numbers(grid.shape, scorer.window).ravel()[outside][pairs[:, 1]]
        self._touched = np.flatnonzero(self._before_face < self.num_cells)
        self._facing = [np.flatnonzero(one) for one in facing(scorer.path)]
        self._needed = math.ceil(brief.needed_h / scorer.path.step_h - 1e-9)
        self._site = np.repeat(grid.site[scorer.window].ravel()[:, None], batch, 1)
        self._bits = np.int16 if brief.most_storeys <= FEW_STOREYS else np.int64
        nothing = np.zeros((self.num_cells, batch), np.int16)
        self._sun_before = float(self._neighbour_sun(nothing, self._sun.shadows(nothing)[1])[0])

    @property
    def num_cells(self) -> int:
        """W."""
        return int(self._shape[0] * self._shape[1])

    def scores(self, storeys: np.ndarray) -> tuple[MassingScores, torch.Tensor]:
        """The scores and (B,) the view's share, as `view_share` gives it; `storeys` (W, B) int16."""
        brief, cell_m = self.scorer.brief, self.scorer.grid.cell_m
        heights = storeys << self._shift
        shadows, edge = self._sun.shadows(heights)
        near = np.maximum(heights, self._near)
        facade, free = self._facades(heights, near)
        gfa, footprint = _sum(storeys) * cell_m**2, _sum(storeys > 0) * cell_m**2
        kept = self._neighbour_sun(heights, edge) / self._sun_before if self._sun_before > 0 else np.ones(self.batch)
        surface = facade * cell_m * brief.storey_height_m / (1 << self._shift) + 2 * footprint
        site = self.scorer.grid.site_area_m2
        found = {
            "daylit": self._lit(storeys, shadows, near) * cell_m**2 / np.maximum(gfa, 1),
            "neighbour_sun": kept,
            "ground_h": self._ground(storeys, shadows),
            "surface_to_volume": surface / np.maximum(gfa * brief.storey_height_m, 1),
            "gfa_m2": gfa,
            "far": gfa / site,
            "coverage": footprint / site,
            "height_m": storeys.max(0) * brief.storey_height_m,
        }
        scores = MassingScores(**{name: torch.from_numpy(np.asarray(one, np.float32)) for name, one in found.items()})
        return scores, torch.from_numpy((free / np.maximum(facade, 1)).astype(np.float32))

    def _facades(self, heights: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(B,) units of facade, one a cell's width, and how many of them have a free view."""
        hidden = self._view.shadows(heights)[0]
        facade, free = np.zeros(self.batch), np.zeros(self.batch)
        for number, side in enumerate(SIDES):
            lower = self._beside(near, side)
            above = np.maximum(self._beside(hidden[number], side), lower)
            facade += _sum(np.maximum(heights - lower, 0))
            free += _sum(np.maximum(heights - above, 0))
        return facade, free

    def _lit(self, storeys: np.ndarray, shadows: np.ndarray, near: np.ndarray) -> np.ndarray:
        """(B,) daylit floors in cells, found as `MassingScorer.lit_floors` does."""
        one, most = self._bits(1), FEW_STOREYS if self._bits is np.int16 else 61
        plates = np.left_shift(one, storeys.astype(self._bits)) - one
        front = np.zeros_like(plates)
        for side, suns in zip(SIDES, self._facing, strict=True):
            if len(suns) < self._needed:
                continue
            above = np.maximum(_kth_lowest(shadows, suns, self._needed), near)
            dark = (self._beside(above, side) + (1 << (self._shift - 1))) >> self._shift
            front |= plates & ~(np.left_shift(one, np.minimum(dark, most).astype(self._bits)) - one)
        steps = self.scorer.brief.daylit_depth_m / self.scorer.grid.cell_m
        for step in range(1, int(steps)):
            front = self._spread(front, plates, step)
        lit, part = _sum(_num_bits(front)), steps - int(steps)
        if part > 1e-3:
            lit += part * (_sum(_num_bits(self._spread(front, plates, int(steps)))) - lit)
        return np.asarray(lit)

    def _spread(self, bits: np.ndarray, plates: np.ndarray, step: int) -> np.ndarray:
        """The bits one cell further within the plates, see `massing_score`."""
        old = bits.reshape(*self._shape, -1)
        grown = old.copy()
        grown[:, 1:] |= old[:, :-1]
        grown[:, :-1] |= old[:, 1:]
        eight = round(OCTAGON * step) > round(OCTAGON * (step - 1))
        upright = grown.copy() if eight else old
        grown[1:] |= upright[:-1]
        grown[:-1] |= upright[1:]
        return np.asarray(grown.reshape(bits.shape) & plates)

    def _beside(self, values: np.ndarray, side: tuple[int, int]) -> np.ndarray:
        """What stands in the cell beside. The window has a cell around the site: what wraps around is never asked."""
        return np.roll(values, -(side[1] * self._shape[1] + side[0]), 0)

    def _ground(self, storeys: np.ndarray, shadows: np.ndarray) -> np.ndarray:
        """(B,) mean hours of sun on the open ground."""
        open_ground = (storeys == 0) & self._site
        low = int(GROUND_M / self.scorer.brief.storey_height_m * (1 << self._shift))
        hours = np.zeros(open_ground.shape, np.int16)
        for one in shadows:
            hours += one <= low
        total = _sum(hours * open_ground) * self.scorer.path.step_h
        return np.asarray(total / np.maximum(_sum(open_ground), 1))

    def _neighbour_sun(self, heights: np.ndarray, edge: np.ndarray) -> np.ndarray:
        """(B,) sunlit units of the neighbours' facades over all samples; `edge` (F, B) shadows."""
        low, touched = np.maximum(edge, self._low), self._touched
        low[touched] = np.maximum(low[touched], heights[self._before_face[touched]])
        return _sum(np.maximum(self._top - low, 0))


class _Sweep:
    """A `WindowSweep` in whole numbers: a line's shadow falls by what the sun falls in a step, and rises to what is
    passed."""

    def __init__(self, sweep: WindowSweep, num_cells: int, pairs: np.ndarray, units: float, batch: int) -> None:
        self._own = sweep.own.numpy()
        count, suns, lines = self._own.shape
        rise, back = sweep.rise.numpy().astype(np.float64), sweep.back.numpy()
        step_m = rise[1] - rise[0] if count > 1 else np.zeros(suns)
        self._fall = _wide(np.repeat(step_m * units, lines), batch).reshape(suns, lines, batch)
        # how far the ray falls from the last step that is walked to the cell's near edge
        passed = back // (suns * lines)
        rest = sweep.fall.numpy() - rise[0][:, None] - (passed - 1) * step_m[:, None]
        rest = np.where(passed > 0, rest * units, HIGHEST)
        around, (sun, face) = sweep.around.numpy() * units, pairs.T
        faces = num_cells + face

        def wanted(values: np.ndarray) -> np.ndarray:
            return np.concatenate([values[:, :num_cells].ravel(), values[sun, faces]])

        self._back, self._rest, self._around = wanted(back), _wide(wanted(rest), batch), _wide(wanted(around), batch)
        self._shape = (suns, num_cells, batch)
        self._shadow = np.zeros((count + 1, suns, lines, batch), np.int16)

    def shadows(self, heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The shadows (S, W, B) over the window and (F, B) before the faces, int16; `heights` (W, B) int16."""
        suns, cells, batch = self._shape
        flat = np.concatenate([heights, np.zeros((1, batch), np.int16)])
        for step, own in enumerate(self._own):
            here = flat.take(own.ravel(), 0).reshape(self._fall.shape)
            then = self._shadow[step + 1]
            np.subtract(self._shadow[step], self._fall, out=then)
            np.maximum(then, here, out=then)
        shadow = self._shadow.reshape(-1, batch).take(self._back, 0)
        shadow -= self._rest
        np.maximum(shadow, self._around, out=shadow)
        return shadow[: suns * cells].reshape(suns, cells, batch), shadow[suns * cells :]


def _kth_lowest(shadows: np.ndarray, suns: np.ndarray, count: int) -> np.ndarray:
    """The `count`-th lowest of the shadows of some suns, by insertion."""
    lowest: list[np.ndarray] = []
    for sun in suns:
        rising, spare = shadows[sun].copy(), np.empty_like(shadows[sun])
        for kept in lowest:
            np.maximum(kept, rising, out=spare)
            np.minimum(kept, rising, out=kept)
            rising, spare = spare, rising
        if len(lowest) < count:
            lowest.append(rising)
    return lowest[-1]


def _num_bits(bits: np.ndarray) -> np.ndarray:
    """How many bits are set (Warren, Hacker's Delight, section 5-1)."""
    size = bits.dtype.itemsize
    twos, fours, eights = (np.array([part] * size, np.uint8).view(bits.dtype)[0] for part in (0x55, 0x33, 0x0F))
    bits = bits - ((bits >> 1) & twos)
    bits = (bits & fours) + ((bits >> 2) & fours)
    bits = (bits + (bits >> 4)) & eights
    step = 8
    while step < 8 * size:
        bits = bits + (bits >> step)
        step *= 2
    return np.asarray(bits & 0x7F)


def _sum(values: np.ndarray) -> np.ndarray:
    """(B,) float64 sums of the columns of `values` (n, B), in long rows first, which is quicker than in short ones."""
    count, batch = values.shape
    whole = count // FOLD * FOLD
    folded = values[:whole].reshape(-1, FOLD * batch).astype(np.float32).sum(0).reshape(FOLD, batch)
    return np.asarray(folded.sum(0, dtype=np.float64) + values[whole:].sum(0, dtype=np.float64))


def _wide(values: np.ndarray, batch: int) -> np.ndarray:
    """(n, B) int16, from nothing to the HIGHEST."""
    return np.repeat(np.rint(values.clip(0, HIGHEST)).astype(np.int16)[:, None], batch, 1)


def _numbers(shape: tuple[int, int], window: tuple[slice, slice]) -> np.ndarray:
    """The number of each cell in the window, and how many those are for the others."""
    rows, columns = window
    tall, wide = rows.stop - rows.start, columns.stop - columns.start
    numbers = np.full(shape, tall * wide)
    numbers[window] = np.arange(tall * wide).reshape(tall, wide)
    return numbers
