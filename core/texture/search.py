# SPDX-License-Identifier: GPL-3.0-or-later
"""Which exemplar patch resembles each patch of the output: exact, and PatchMatch.

C. Barnes et al., PatchMatch, 2009, on principal components as in L. Efros' and others' later variants: coordinates
are kept per query, good ones spread to neighbours, random ones are tried where the match is still poor.

Shape letters: Q queries in rows and columns (height, width) of a torus; N patches; K descriptor length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from .patches import PatchIndex

CHUNK = 65536
DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))


@dataclass
class Matches:
    """A patch for every query: `rows` and `columns` (height, width) of its first texel, int64, and its `cost`."""

    rows: torch.Tensor
    columns: torch.Tensor
    cost: torch.Tensor


def matching_cost(
    index: PatchIndex, queries_qk: torch.Tensor, patches_q: torch.Tensor, price_n: torch.Tensor | None
) -> torch.Tensor:
    """Squared descriptor distance plus the price of the patch, for each pair of query and patch: (Q,) float32."""
    cost = torch.empty(len(patches_q), device=patches_q.device)
    for start in range(0, len(patches_q), CHUNK):
        part = slice(start, start + CHUNK)
        difference = torch.index_select(index.descriptors_nk, 0, patches_q[part]).sub_(queries_qk[part])
        torch.sum(difference.square_(), 1, out=cost[part])
    return cost if price_n is None else cost.add_(torch.index_select(price_n, 0, patches_q))


def nearest_exact(index: PatchIndex, queries_qk: torch.Tensor, price_n: torch.Tensor) -> torch.Tensor:
    """The patch of least distance plus price for every query, all compared: (Q,) int64."""
    offset_n = index.descriptors_nk.square().sum(1) + price_n
    found = []
    at_once = max(1, 2**24 // index.num_patches)
    for start in range(0, len(queries_qk), at_once):
        part = queries_qk[start : start + at_once]
        scores = torch.addmm(offset_n[None], part, index.descriptors_nk.T, alpha=-2)
        found.append(scores.argmin(1))
    return torch.cat(found)


def improve_matches(
    index: PatchIndex,
    queries: torch.Tensor,
    matches: Matches,
    price_n: torch.Tensor,
    stride: int,
    jumps: tuple[int, ...],
    generator: torch.Generator,
    heartbeat: Callable[[], None],
) -> None:
    """One sweep of PatchMatch, in place: neighbours' offsets at each jump, then random places ever closer.

    queries: (height, width, K), spaced `stride` texels. `heartbeat` is called before every trial and may raise.
    """
    for jump in jumps:
        for down, right in DIRECTIONS:
            shift = (down * jump, right * jump)
            rows = torch.roll(matches.rows, shift, (0, 1)) + down * jump * stride
            columns = torch.roll(matches.columns, shift, (0, 1)) + right * jump * stride
            heartbeat()
            _try(index, queries, matches, rows, columns, price_n, None)
    poor = matches.cost > matches.cost.mean(1).mean() * 0.5
    radius = float(max(index.num_rows, index.num_columns))
    while radius >= 2:
        offsets = (torch.rand((2, *matches.rows.shape), generator=generator) * 2 - 1).to(queries.device) * radius
        rows = matches.rows + offsets[0].round().long()
        columns = matches.columns + offsets[1].round().long()
        heartbeat()
        _try(index, queries, matches, rows, columns, price_n, poor)
        radius /= 2.5


def _try(
    index: PatchIndex,
    queries: torch.Tensor,
    matches: Matches,
    rows: torch.Tensor,
    columns: torch.Tensor,
    price_n: torch.Tensor,
    where: torch.Tensor | None,
) -> None:
    """Takes the proposed patches that cost less; only those that differ from the present ones are compared."""
    rows, columns = index.legal(rows, columns)
    differs = (rows != matches.rows) | (columns != matches.columns)
    if where is not None:
        differs &= where
    chosen = differs.reshape(-1).nonzero()[:, 0]
    if not len(chosen):
        return
    patches = (rows * index.num_columns + columns).reshape(-1)[chosen]
    cost = matching_cost(index, queries.reshape(-1, queries.shape[2])[chosen], patches, price_n)
    better = cost < matches.cost.view(-1)[chosen]
    winners, patches = chosen[better], patches[better]
    matches.rows.view(-1)[winners] = patches // index.num_columns
    matches.columns.view(-1)[winners] = patches % index.num_columns
    matches.cost.view(-1)[winners] = cost[better]
