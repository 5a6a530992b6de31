# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a massing's search begins: bars, combs, blocks and broken blocks along the site and the meridian."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .massing_lattice import Lattice
from .massing_pieces import Buildable, Pieces, pieces_of
from .massing_repair import fitted, without_corner_contacts

MOST_BARS = 9
GAPS_M = (7.0, 32.0)
ROW_M = 7.5
# squares of which towers, courts and notches are carved: one side's daylight deep, and a little more
SQUARES_M = (7.0, 8.5)
LAYOUTS = ("bars", "stepped bars", "comb north", "comb south", "block", "broken block", "broken block 2")


@dataclass(frozen=True)
class Candidate:
    """A design with its pieces: `storeys` (U,) int64 of each; `kind` says from which beginning it came."""

    lattice: Lattice
    pieces: Pieces
    storeys: np.ndarray
    kind: str

    def of_lattice(self) -> np.ndarray:
        """(Y, X) int64 storeys of the lattice's rectangles."""
        return np.asarray(np.append(self.storeys, 0)[self.pieces.of_lattice])


def starts(
    ground: Buildable,
    axis: float,
    north: float,
    depth_m: float,
    least_m: float,
    target_m2: float,
    most: int,
    seed: int,
) -> Iterator[Candidate]:
    """Every beginning that has the floor area; `axis` and `north` in radians: the site's and the meridian's."""
    random = np.random.default_rng(seed)
    for number, lattice in enumerate(_lattices(ground, axis, north, depth_m, least_m)):
        pieces, _ = pieces_of(lattice, ground)
        if not len(pieces.areas):
            continue
        for layout in LAYOUTS:
            wishes, order = _wishes(layout, lattice, pieces, north, most, random)
            storeys = fitted(_enough(wishes, order, pieces.areas, target_m2, most), pieces.areas, target_m2, most)
            if storeys is not None:
                joined = without_corner_contacts(np.append(storeys, 0)[pieces.of_lattice])
                yield Candidate(lattice, pieces, by_piece(joined, pieces), f"{layout} {number}")


def by_piece(of_lattice: np.ndarray, pieces: Pieces) -> np.ndarray:
    """(U,) the least storeys of each piece's rectangles; `of_lattice` (Y, X) int64."""
    least = np.full(len(pieces.areas) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, pieces.of_lattice, of_lattice)
    return np.asarray(least[:-1])


def _lattices(ground: Buildable, axis: float, north: float, depth_m: float, least_m: float) -> Iterator[Lattice]:
    """Bars along both directions of the site and of the meridian, the outer two along the bounds; and squares."""
    bases = [axis]
    if abs(math.remainder(north - axis, math.pi / 2)) > math.radians(4):
        bases.append(north)
    for base in bases:
        for quarter in (0.0, math.pi / 2):
            plain = Lattice(base + quarter, 0.0, 0.0, np.ones(1), np.ones(1))
            low, high = _bounds(plain, ground)
            width, length = high - low
            rows = max(1, round(length / ROW_M))
            for depth in (depth_m, 0.85 * depth_m):
                for widths in _bars(float(width), depth):
                    yield Lattice(plain.angle, float(low[0]), float(low[1]), widths, np.full(rows, length / rows))
        for size in SQUARES_M:
            columns, rows = (max(1, int(extent / max(size, least_m))) for extent in (width, length))
            even = (np.full(columns, width / columns), np.full(rows, length / rows))
            yield Lattice(plain.angle, float(low[0]), float(low[1]), *even)


def _bounds(lattice: Lattice, ground: Buildable) -> tuple[np.ndarray, np.ndarray]:
    corners = lattice.turned(np.asarray(ground.polygon.convex_hull.exterior.coords), ground.centre)
    return corners.min(0), corners.max(0)


def _bars(width: float, depth: float) -> Iterator[np.ndarray]:
    if width <= 1.5 * depth:
        yield np.array([width])
    for count in range(2, MOST_BARS + 1):
        gap = (width - count * depth) / (count - 1)
        if GAPS_M[0] <= gap <= GAPS_M[1]:
            widths = np.full(2 * count - 1, depth)
            widths[1::2] = gap
            yield widths


def _wishes(
    layout: str, lattice: Lattice, pieces: Pieces, north: float, most: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """(U,) wished storeys, 0 where open, and (U,) the order in which open pieces are filled where there is need."""
    count = len(pieces.areas)
    bar = np.indices(lattice.shape)[1] % 2 == 0
    northing = _northing(lattice, north)
    inner = _inner(pieces.of_lattice < count)
    stands = {
        "comb north": bar | (_share(northing) > 0.82),
        "comb south": bar | (_share(northing) < 0.18),
        "block": ~inner,
        "broken block": ~inner & (random.random(lattice.shape) > 0.15),
        "broken block 2": (~inner | bar) & (random.random(lattice.shape) > 0.2),
    }.get(layout, bar)
    height = np.full(lattice.shape, float(most))
    if layout == "stepped bars":
        height = most * (0.5 + 0.5 * _share(northing))
    wishes, order = np.zeros(count + 1), np.zeros(count + 1)
    np.maximum.at(wishes, pieces.of_lattice, np.where(stands, height, 0))
    np.maximum.at(order, pieces.of_lattice, _share(northing) + 0.3 * random.random(lattice.shape))
    return wishes[:-1], order[:-1]


def _enough(wishes: np.ndarray, order: np.ndarray, areas: np.ndarray, target_m2: float, most: int) -> np.ndarray:
    """The wishes, with open pieces filled, the first in order, until the floor area fits below the limit."""
    wishes = wishes.copy()
    for piece in np.argsort(-order, kind="stable"):
        if most * areas[wishes > 0].sum() >= 1.01 * target_m2:
            break
        if wishes[piece] == 0:
            wishes[piece] = most
    return wishes


def _northing(lattice: Lattice, north: float) -> np.ndarray:
    columns, rows = lattice.columns_m, lattice.rows_m
    u, v = np.meshgrid((columns[1:] + columns[:-1]) / 2, (rows[1:] + rows[:-1]) / 2)
    turn = north - lattice.angle
    return np.asarray(u * math.cos(turn) + v * math.sin(turn))


def _share(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.min()) / max(float(np.ptp(values)), 1e-9))


def _inner(there: np.ndarray) -> np.ndarray:
    """Whether a rectangle can be built on all around."""
    padded = np.pad(there, 1)
    return np.asarray(padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:] & there)
