# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes of massings: those that a search finds, and the massing between several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..context import Context
from ..explore import Code
from ..request import Request
from .massing_lattice import Design, design_of
from .massing_options import generate
from .massing_params import MassingParams

MOST_OPTIONS = 12


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """The codes of the options that the Request's search finds, by worth."""
    params = request.params
    assert isinstance(params, MassingParams)
    wanted = replace(params, options=min(max(count, 1), MOST_OPTIONS))
    made = generate(replace(request, params=wanted, code=None), context)
    return [option.code for option in made.options if option.code][:count]


def mixed_code(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """The heaviest's lattice, on each of its pieces the mean storeys of all there, weighted; rounded so that as much is
    built as the mean of all has pieces."""
    designs = [design_of(code) for code in codes]
    shares = np.asarray(weights, np.float64) / np.sum(weights)
    base = designs[int(shares.argmax())]
    places = _middles(base)
    storeys = sum(share * _storeys_at(one, places) for share, one in zip(shares, designs, strict=True))
    return Design(base.lattice, np.rint(storeys).astype(np.int64).reshape(base.lattice.shape)).code()


def _middles(design: Design) -> np.ndarray:
    """(Y * X, 2) metres about the plot's middle: the middles of the lattice's pieces."""
    lattice = design.lattice
    x, y = lattice.columns_m[:-1] + lattice.widths / 2, lattice.rows_m[:-1] + lattice.lengths / 2
    flat = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    return lattice.placed(flat, np.zeros(2))


def _storeys_at(design: Design, places: np.ndarray) -> np.ndarray:
    """(n,) the design's storeys at places about the plot's middle, 0 beyond its lattice."""
    lattice = design.lattice
    own = lattice.turned(places, np.zeros(2))
    column = np.searchsorted(lattice.columns_m, own[:, 0], side="right") - 1
    row = np.searchsorted(lattice.rows_m, own[:, 1], side="right") - 1
    inside = (column >= 0) & (column < lattice.shape[1]) & (row >= 0) & (row < lattice.shape[0])
    rows, columns = np.clip(row, 0, lattice.shape[0] - 1), np.clip(column, 0, lattice.shape[1] - 1)
    found: np.ndarray = np.where(inside, design.storeys[rows, columns], 0)
    return found
