# SPDX-License-Identifier: GPL-3.0-or-later
"""Small changes of a design that keep its floor area: storeys moved from piece to piece, and lines moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .massing_lattice import MOST_LINES, Lattice
from .massing_pieces import Buildable, pieces_of
from .massing_repair import balanced, drawn, without_corner_contacts
from .massing_starts import Candidate, by_piece

LINE_SHARE = 0.3
# how often a piece is changed because its floors are dark, and how seldom one whose floors are lit
GUIDED, LIT = 0.7, 0.03
# how far the floor area may be off until the lattice is scaled to it
OFF = 0.004


def changed(
    one: Candidate,
    ground: Buildable,
    target_m2: float,
    most: int,
    least_width_m: float,
    random: np.random.Generator,
    dark: np.ndarray | None = None,
) -> Candidate | None:
    """A design like this one; None where the change has no such floor area. `dark` (U,) are the pieces' floors without
    daylight, as a share: there it is carved more often."""
    weights = np.ones(len(one.storeys)) if dark is None else dark**1.5 + LIT
    if random.random() < LINE_SHARE:
        moved = _with_moved_lines(one, ground, least_width_m, random)
        if moved is None:
            return None
        free = np.zeros(len(moved.storeys), bool)
        return settled(moved, target_m2, most, random, free, _carried(weights, one, moved))
    storeys, kept = _with_moved_storeys(one, most, random, weights)
    return settled(replace(one, storeys=storeys), target_m2, most, random, kept, weights)


def settled(
    one: Candidate,
    target_m2: float,
    most: int,
    random: np.random.Generator,
    kept: np.ndarray,
    weights: np.ndarray | None = None,
) -> Candidate | None:
    """The design with its floor area put right and no contact in a corner alone, or None."""
    areas = one.pieces.areas
    storeys = balanced(one.storeys, areas, target_m2, most, random, kept, weights)
    joined = without_corner_contacts(np.append(storeys, 0)[one.pieces.of_lattice])
    storeys = by_piece(joined, one.pieces)
    off = abs(float((storeys * areas).sum()) - target_m2)
    return replace(one, storeys=storeys) if off <= max(OFF * target_m2, 0.6 * float(areas.min())) else None


def _with_moved_storeys(
    one: Candidate, most: int, random: np.random.Generator, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Storeys after one or two changes, and which pieces the balance leaves alone."""
    storeys, count = one.storeys.copy(), len(one.storeys)
    kept = np.zeros(count, bool)
    for _ in range(1 + int(random.random() < 0.35)):
        piece = drawn(weights, random) if random.random() < GUIDED else int(random.integers(count))
        way = random.random()
        if way < 0.3:
            storeys[piece] = 0
        elif way < 0.45:
            storeys[piece] = max(0, int(storeys[piece]) - int(random.integers(1, 5)))
        elif way < 0.65:
            storeys[piece] = most
        elif way < 0.75:
            storeys[piece] = min(most, int(storeys[piece]) + int(random.integers(1, 5)))
        elif way < 0.93:
            other = _beside(one, piece, random)
            storeys[piece], storeys[other] = storeys[other], storeys[piece]
            kept[other] = True
        else:
            run = _run(one, piece, random)
            storeys[run] = storeys[piece] if random.random() < 0.5 else 0
            kept[run] = True
        kept[piece] = True
    return storeys, kept


def _beside(one: Candidate, piece: int, random: np.random.Generator) -> int:
    """A piece next to this one, or itself."""
    row, column = np.argwhere(one.pieces.of_lattice == piece)[0] + random.integers(-1, 2, 2)
    rows, columns = one.lattice.shape
    other = int(one.pieces.of_lattice[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)])
    return other if other < len(one.storeys) else piece


def _run(one: Candidate, piece: int, random: np.random.Generator) -> np.ndarray:
    """Some pieces in a line along a column."""
    column = int(np.argwhere(one.pieces.of_lattice == piece)[0][1])
    line = np.unique(one.pieces.of_lattice[:, column])
    line = line[line < len(one.storeys)]
    first = int(random.integers(len(line)))
    return np.asarray(line[first : int(random.integers(first, len(line))) + 1])


def _carried(weights: np.ndarray, one: Candidate, moved: Candidate) -> np.ndarray | None:
    """The weights of the pieces where they are now; None where the lattice has more lines than before."""
    if one.lattice.shape != moved.lattice.shape:
        return None
    now = np.full(len(moved.storeys) + 1, LIT)
    np.maximum.at(now, moved.pieces.of_lattice, np.append(weights, 0)[one.pieces.of_lattice])
    return now[:-1]


def _with_moved_lines(
    one: Candidate, ground: Buildable, least_width_m: float, random: np.random.Generator
) -> Candidate | None:
    lattice, full = one.lattice, one.of_lattice()
    way = random.random()
    if way < 0.25:
        u, v = lattice.u_m + random.normal(0, 1), lattice.v_m + random.normal(0, 1.5)
        turn = random.normal(0, 0.05) if random.random() < 0.3 else 0.0
        lattice = replace(lattice, u_m=u, v_m=v, angle=lattice.angle + turn)
    elif way < 0.6:
        lattice = replace(lattice, widths=_shifted(lattice.widths, least_width_m, random))
    elif way < 0.9:
        lattice = replace(lattice, lengths=_shifted(lattice.lengths, least_width_m, random))
    else:
        lattice, full = _split(lattice, full, least_width_m, random)
    return on_lattice(lattice, full, one.kind, ground)


def on_lattice(lattice: Lattice, of_lattice: np.ndarray, kind: str, ground: Buildable) -> Candidate | None:
    """The design of `of_lattice` (Y, X) storeys on the lattice, None where nothing can stand."""
    pieces, _ = pieces_of(lattice, ground)
    if not len(pieces.areas):
        return None
    most = np.zeros(len(pieces.areas) + 1, np.int64)
    np.maximum.at(most, pieces.of_lattice, of_lattice)
    return Candidate(lattice, pieces, most[:-1], kind)


def _shifted(sizes: np.ndarray, least_m: float, random: np.random.Generator) -> np.ndarray:
    """One line moved, with or without those behind it."""
    sizes = sizes.copy()
    at, step = int(random.integers(len(sizes))), random.normal(0, 1.2)
    sizes[at] = max(least_m, sizes[at] + step)
    if at + 1 < len(sizes) and random.random() < 0.6:
        sizes[at + 1] = max(least_m, sizes[at + 1] - step)
    return sizes


def _split(
    lattice: Lattice, full: np.ndarray, least_m: float, random: np.random.Generator
) -> tuple[Lattice, np.ndarray]:
    """A wide column or row in two, where both are wide enough."""
    across = bool(random.random() < 0.5)
    sizes = lattice.widths if across else lattice.lengths
    wide = np.flatnonzero(sizes >= 2 * least_m)
    if not len(wide) or len(sizes) >= MOST_LINES:
        return lattice, full
    at = int(random.choice(wide))
    first = random.uniform(least_m, sizes[at] - least_m)
    parts = np.concatenate([sizes[:at], [first, sizes[at] - first], sizes[at + 1 :]])
    full = np.insert(full, at, full[:, at], 1) if across else np.insert(full, at, full[at], 0)
    return (replace(lattice, widths=parts) if across else replace(lattice, lengths=parts)), full
