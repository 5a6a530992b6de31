# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings on a turned lattice of columns and rows: the designs that the search goes through, exact in the plane.

A column is a bar of building or a gap between two, a row cuts it into pieces of one or two rooms; each piece has its
own number of storeys. Bars, combs, courtyards, stepped heights and towers are all numbers of storeys on a lattice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..codec import show
from ..errors import InputError

CODE_VERSION = 1.0
MOST_LINES = 60


@dataclass(frozen=True)
class Lattice:
    """`widths` (X,) of the columns and `lengths` (Y,) of the rows, float64 metres, from the corner `u_m`, `v_m` on, in
    axes that are turned by `angle` radians counter-clockwise about the centre of the plot's bounds."""

    angle: float
    u_m: float
    v_m: float
    widths: np.ndarray
    lengths: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.lengths), len(self.widths)

    @property
    def columns_m(self) -> np.ndarray:
        """(X + 1,) the lines between the columns."""
        return np.asarray(self.u_m + np.concatenate([[0.0], np.cumsum(self.widths)]))

    @property
    def rows_m(self) -> np.ndarray:
        """(Y + 1,) the lines between the rows."""
        return np.asarray(self.v_m + np.concatenate([[0.0], np.cumsum(self.lengths)]))

    def scaled(self, factor: float) -> Lattice:
        """The same lattice, larger or smaller about its middle."""
        u = self.u_m + (1 - factor) * float(self.widths.sum()) / 2
        v = self.v_m + (1 - factor) * float(self.lengths.sum()) / 2
        return replace(self, u_m=u, v_m=v, widths=self.widths * factor, lengths=self.lengths * factor)

    def turned(self, points: np.ndarray, centre: np.ndarray) -> np.ndarray:
        """`points` (..., 2) of the scene in the lattice's axes."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.asarray((points - centre) @ np.array([[cos, -sin], [sin, cos]]))

    def placed(self, points: np.ndarray, centre: np.ndarray) -> np.ndarray:
        """`points` (..., 2) of the lattice's axes in the scene."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]) + centre)


@dataclass(frozen=True)
class Design:
    """A massing: `storeys` (Y, X) int64 above each piece of the lattice."""

    lattice: Lattice
    storeys: np.ndarray

    def code(self) -> tuple[float, ...]:
        """The numbers that a Request carries to make this design again."""
        lattice = self.lattice
        plan = [CODE_VERSION, *lattice.shape, lattice.angle, lattice.u_m, lattice.v_m]
        numbers = [*plan, *lattice.widths, *lattice.lengths, *self.storeys.ravel()]
        return tuple(round(float(number), 9) for number in numbers)


def design_of(code: Sequence[float]) -> Design:
    """The design that `code` stands for; InputError for numbers that are none."""
    numbers = np.asarray(code, np.float64)
    rows, columns = (int(n) if 1 <= n <= MOST_LINES else 0 for n in numbers[1:3]) if len(numbers) > 6 else (0, 0)
    whole = rows * columns > 0 and len(numbers) == 6 + rows + columns + rows * columns and numbers[0] == CODE_VERSION
    if not whole or not np.isfinite(numbers).all() or abs(numbers).max() > 1e4:
        raise InputError(
            f"The code of {len(numbers)} numbers, {show(tuple(numbers[:3].tolist()))} first, is no massing. Take the "
            "code of an option that 'massing' made."
        )
    widths, lengths = numbers[6 : 6 + columns], numbers[6 + columns : 6 + columns + rows]
    storeys = numbers[6 + columns + rows :].reshape(rows, columns)
    if min(widths.min(), lengths.min()) <= 0 or storeys.min() < 0:
        raise InputError("The code holds a width or a number of storeys below zero. Take the code of an option.")
    lattice = Lattice(float(numbers[3]), float(numbers[4]), float(numbers[5]), widths, lengths)
    return Design(lattice, storeys.round().astype(np.int64))
