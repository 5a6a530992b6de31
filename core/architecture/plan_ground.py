# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor that a plan divides: an outline in its own axes, and tables that tell the areas of many boxes at once.

Most walls of a building run two ways. The plan's cuts follow these, so the outline is turned to them; what is oblique
stays outline. `table[0][i, j]` is the floor's area left of line i and below line j (a summed-area table, F. Crow 1984),
`table[1]` the same with the axes exchanged: the area of any box, and the place that cuts a share of it off, are a few
look-ups. Between lines the table is linear, which is exact where the outline follows the axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .outline import Outline

# cells of a floor with oblique sides, across its longer side
OBLIQUE_CELLS = 12
# sides are looked at from this far inside, so that a box that only touches them does not have them
INWARD_M = 0.01
# coordinates of cuts are whole steps
STEP_M = 0.01
# steps to a corner that is not there
NOWHERE = 1 << 24
# a floor of more corners than these has no table of its rectangles
MOST_LINES, MOST_RECTANGLES = 9, 6


@dataclass(frozen=True)
class Ground:
    """A floor in its axes: `floor` is a shapely polygon, `turn` (2, 2) takes scene to axes and `origin` (2,) then goes
    to zero; `lines` (2, K) ascending, `table` (2, K, K); `corner_lines` the coordinates of corners a cut keeps to, by
    axis; `sides` (E, 2, 2) the facade's sides, moved inwards.

    The rest is for looking up coordinates in steps of STEP_M, S of them each way: `rows` (2, S, K) the area on the low
    side of each line of an axis and of a coordinate on the other one; `cells` (2, S) the cell that a coordinate is in,
    `within` (2, S) how far across it; `heights` (2, K - 1, S) float32 how deep the floor is on its low side, in the
    mean of each cell of the other axis; `corners` (2, 2, S) int32 the nearest of the corners' lines inside the floor,
    first the one not above a coordinate, then the one not below. `rectangles` (R, 2, 2) the largest rectangles in the
    floor, by axis their two ends; none where sides are oblique or corners many.
    """

    floor: object
    turn: np.ndarray
    origin: np.ndarray
    lines: np.ndarray
    table: np.ndarray
    corner_lines: tuple[np.ndarray, np.ndarray]
    sides: np.ndarray
    rows: np.ndarray
    cells: np.ndarray
    within: np.ndarray
    heights: np.ndarray
    corners: np.ndarray
    rectangles: np.ndarray

    @property
    def area(self) -> float:
        """Square metres."""
        return float(self.table[0, -1, -1])

    @property
    def is_box(self) -> bool:
        """Whether the floor is one rectangle: then every box lies in it whole."""
        return bool(self.lines.shape[1] == 2 and abs(self.area - np.prod(np.ptp(self.lines, axis=1))) < 1e-6)

    def to_axes(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the scene in the floor's axes."""
        return np.asarray(points @ self.turn.T - self.origin)

    def to_scene(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 2) of the floor's axes in the scene."""
        return np.asarray((points + self.origin) @ self.turn)


def ground_of(outline: Outline, taken: Sequence[np.ndarray] = ()) -> Ground:
    """The floor of `outline` less the rings (N, 2) in `taken`, which other rooms have."""
    import shapely

    turn = _turn(outline)
    turned = [ring @ turn.T for ring in outline.rings]
    origin = turned[0].min(0)
    rings = [ring - origin for ring in turned]
    floor = shapely.Polygon(rings[0], rings[1:])
    for ring in taken:
        floor = floor.difference(shapely.Polygon(ring @ turn.T - origin))
    pieces = [piece for piece in shapely.get_parts(floor) if piece.area > 0.01]
    floor = shapely.MultiPolygon(pieces) if len(pieces) > 1 else pieces[0] if pieces else shapely.Polygon()
    corners = shapely.get_coordinates(floor) if pieces else rings[0]
    lines, along = _lines(corners, pieces)
    table = _table(floor, lines)
    return Ground(
        floor,
        turn,
        origin,
        lines,
        table,
        along,
        sides_inside(rings),
        *_steps(lines, table),
        np.stack([_nearest(values[1:-1], lines) for values in along]),
        _rectangles(table[0], lines),
    )


def _steps(lines: np.ndarray, table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`rows`, `cells`, `within` and `heights` of a Ground."""
    value = np.arange(_count(lines)) * STEP_M
    cells = np.stack([np.searchsorted(line, value, side="right") - 1 for line in lines])
    # the last lines may be doubled
    cells = np.clip(cells, 0, np.array([[np.searchsorted(line, line[-1]) - 1] for line in lines]))
    low, high = np.take_along_axis(lines, cells, 1), np.take_along_axis(lines, cells + 1, 1)
    within = np.clip((value - low) / (high - low), 0, 1)
    rows = [
        table[1 - axis][cells[1 - axis]] * (1 - within[1 - axis])[:, None]
        + table[1 - axis][cells[1 - axis] + 1] * within[1 - axis][:, None]
        for axis in (0, 1)
    ]
    widths = np.diff(lines)[..., None]
    heights = np.diff(rows, axis=2).swapaxes(1, 2) / np.where(widths > 0, widths, 1)
    return np.stack(rows), cells, within, np.ascontiguousarray(heights, np.float32)


def _nearest(values: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """(2, S) int32 for each coordinate the nearest of the ascending `values` not above it, and not below it, in steps;
    far away where there is none."""
    places = np.concatenate([[-NOWHERE], np.rint(values / STEP_M), [NOWHERE]]).astype(np.int32)
    value = np.arange(_count(lines))
    below = np.searchsorted(places, value, side="right") - 1
    return np.stack([places[below], places[np.searchsorted(places, value)]])


def _count(lines: np.ndarray) -> int:
    """How many coordinates, S, have a place in tables."""
    return int(np.ceil(lines.max() / STEP_M)) + 2


def sides_inside(rings: Sequence[np.ndarray]) -> np.ndarray:
    """The sides (E, 2, 2) of rings (inside on the left), moved inwards and shortened by INWARD_M."""
    sides = []
    for ring in rings:
        start, end = ring, np.roll(ring, -1, 0)
        way = end - start
        length = np.hypot(*way.T)[:, None]
        unit = way / np.maximum(length, 1e-12)
        inward = np.stack([-unit[:, 1], unit[:, 0]], 1)
        short = np.minimum(INWARD_M, length / 4)
        sides.append(np.stack([start + unit * short + inward * INWARD_M, end - unit * short + inward * INWARD_M], 1))
    return np.concatenate(sides)


def _turn(outline: Outline) -> np.ndarray:
    """The rotation after which most of the sides' length runs along the axes."""
    ways = np.concatenate([np.roll(ring, -1, 0) - ring for ring in outline.rings])
    lengths, angles = np.hypot(*ways.T), np.arctan2(ways[:, 1], ways[:, 0])
    apart = (angles[:, None] - angles[None]) % (np.pi / 2)
    apart = np.minimum(apart, np.pi / 2 - apart)
    together = (np.exp(-((apart / np.radians(2)) ** 2)) * lengths[None]).sum(1)
    best = int(np.argmax(together.round(6) + 1e-4 * lengths.round(4)))
    angle = (angles[best] + np.pi / 4) % (np.pi / 2) - np.pi / 4
    if abs(angle) < 1e-6:
        return np.eye(2)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def _lines(corners: np.ndarray, pieces: Sequence[object]) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """(2, K) lines through the corners, closer ones where sides are oblique; and those through corners, by axis."""
    import shapely

    oblique = False
    for piece in pieces:
        for ring in [piece.exterior, *piece.interiors]:  # type: ignore[attr-defined]
            ways = np.abs(np.diff(shapely.get_coordinates(ring), axis=0))
            oblique |= bool((ways.min(1) > 1e-3).any())
    along = tuple(_apart(np.sort(corners[:, axis])) for axis in (0, 1))
    step = float(np.ptp(corners, axis=0).max()) / OBLIQUE_CELLS if oblique else np.inf
    filled = [_filled(values, step) for values in along]
    count = max(len(values) for values in filled)
    lines = np.stack([np.concatenate([v, np.full(count - len(v), v[-1])]) for v in filled])
    return lines, (along[0], along[1])


def _apart(values: np.ndarray) -> np.ndarray:
    """Ascending values without those that stand within a millimetre of the one before."""
    return np.asarray(values[np.concatenate([[True], np.diff(values) > 1e-3])])


def _filled(values: np.ndarray, step: float) -> np.ndarray:
    """The values with others between them, no more than `step` apart."""
    parts = [np.linspace(a, b, max(1, int(np.ceil((b - a) / step))) + 1)[:-1] for a, b in pairwise(values)]
    return np.concatenate([*parts, values[-1:]])


def _rectangles(table: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """The `rectangles` of a Ground."""
    x, y = (np.array(sorted(set(values))) for values in lines)
    cells = np.diff(np.diff(table, axis=0), axis=1)[: len(x) - 1, : len(y) - 1]
    whole = np.diff(x)[:, None] * np.diff(y)
    if max(len(x), len(y)) > MOST_LINES or (np.minimum(cells, whole - cells) > 1e-4).any():
        return np.zeros((0, 2, 2))
    full = np.zeros((len(x), len(y)))
    full[1:, 1:] = (cells > whole / 2).cumsum(0).cumsum(1)
    found: list[tuple[int, int, int, int]] = []
    spans = [(a, b) for a in range(len(x)) for b in range(len(x) - 1, a, -1)]
    for i, j in spans:
        for k, m in ((a, b) for a in range(len(y)) for b in range(len(y) - 1, a, -1)):
            if full[j, m] - full[i, m] - full[j, k] + full[i, k] == (j - i) * (m - k):
                found.append((i, j, k, m))
    best = [
        one
        for one in found
        if not any(o != one and o[0] <= one[0] and o[1] >= one[1] and o[2] <= one[2] and o[3] >= one[3] for o in found)
    ]
    if len(best) > MOST_RECTANGLES:
        return np.zeros((0, 2, 2))
    return np.array([[[x[i], x[j]], [y[k], y[m]]] for i, j, k, m in best]).reshape(-1, 2, 2)


def _table(floor: object, lines: np.ndarray) -> np.ndarray:
    """(2, K, K) the summed areas of the cells between lines."""
    import shapely

    x, y = lines
    boxes = shapely.box(x[:-1, None], y[None, :-1], x[1:, None], y[None, 1:])
    cells = shapely.area(shapely.intersection(floor, boxes))
    table: np.ndarray = np.zeros((lines.shape[1], lines.shape[1]))
    table[1:, 1:] = cells.cumsum(0).cumsum(1)
    both: np.ndarray = np.stack([table, table.T])
    return both
