# SPDX-License-Identifier: GPL-3.0-or-later
"""What is unknown on a canvas, found from coarse to fine so that every patch over it is one of the exemplar.

The same matching as in `correspondence` (V. Kwatra et al., 2005; Y. Wexler, E. Shechtman and M. Irani, Space-Time
Completion of Video, 2007), restricted to the patches that touch the unknown texels; known ones never change.

Shape letters: h, w exemplar; H, W canvas; C channels; Q patches; U unknown texels; N exemplar patches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812

from .features import halved
from .growth import grow
from .patches import PATCH, PatchIndex, index_patches
from .region import STRIDE, Region, find_region
from .search import matching_cost, nearest_exact

Progress = Callable[[float, str], None]
BLOCK_SHARE = 0.3
# most pairs of patches that are all compared; beyond, PatchMatch
EXACT_PAIRS = 2**24
COARSE_TURNS, FINE_TURNS = 3, 2
DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))
JUMPS = (4, 1)


@dataclass(frozen=True)
class Level:
    """Exemplar and canvas at one resolution.

    exemplar: (C, h, w); usable: (h, w) bool, what may be copied. canvas: (C, H, W), a torus; unknown: (H, W) bool;
    bounds: rows and columns that count (see `find_region`).
    """

    exemplar: torch.Tensor
    usable: torch.Tensor
    canvas: torch.Tensor
    unknown: torch.Tensor
    bounds: tuple[int, int]

    def coarser(self) -> Level:
        """Half of it; a texel is usable, or known, only where all four finer ones are."""
        return Level(
            halved(self.exemplar),
            ~_any_of_four(~self.usable),
            halved(self.canvas),
            _any_of_four(self.unknown),
            tuple(  # type: ignore[arg-type]
                length // 2 if bound == length else bound // 2
                for bound, length in zip(self.bounds, self.unknown.shape, strict=True)
            ),
        )


@dataclass
class Matches:
    """The exemplar patch that each of a region's patches shows: rows, columns (Q,) int64 and its cost (Q,)."""

    rows: torch.Tensor
    columns: torch.Tensor
    cost: torch.Tensor


def pyramid(finest: Level, num_levels: int) -> list[Level]:
    """The level and its halves, the finest first."""
    levels = [finest]
    while len(levels) < num_levels:
        levels.append(levels[-1].coarser())
    return levels


def complete(
    levels: Sequence[Level], start: bool, generator: torch.Generator, progress: Progress, last: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Exemplar rows and columns for every unknown texel, in row-major order: two (U,) int64.

    levels: those of `pyramid`; the canvas's sides are multiples of 2 ** len(levels). `start`: whether what the canvas
    shows where it is unknown is a start already; else blocks are laid first. `last`: the level that is asked for; what
    comes before it is decided as for the finest.
    """
    num_levels = len(levels)
    image: torch.Tensor | None = None
    matches: Matches | None = None
    region: Region | None = None
    for depth in range(num_levels - 1, last - 1, -1):
        level = levels[depth]
        begun, share = _shares(num_levels - 1 - depth, num_levels - last)
        heartbeat = _heartbeat(progress, begun, share)
        finer = find_region(_within(level), level.bounds)
        index = index_patches(level.exemplar, (False, False), generator)
        forbidden = ~_whole_patches(level.usable)
        price = torch.where(forbidden.reshape(-1), torch.inf, 0.0).to(level.canvas.device)
        if region is None or matches is None:
            image = level.canvas if start else _grown(level, generator, heartbeat)
            found = _anywhere(finer, forbidden, generator)
        else:
            found = _refined(region, matches, finer, index, forbidden, generator)
            image = _pasted(level.canvas, finer, finer.vote(index, _first(index, found)))
        turns = COARSE_TURNS if depth == num_levels - 1 else FINE_TURNS
        image = _optimise(index, finer, found, image, price, turns, generator, heartbeat)
        region, matches = finer, found
    assert region is not None and matches is not None and image is not None
    mean = image.reshape(image.shape[0], -1)[:, region.texels_u].T.contiguous()
    texels = region.choose(index, _first(index, matches), mean)
    return texels // index.texel_columns, texels % index.texel_columns


def has_whole_patches(usable_hw: torch.Tensor) -> bool:
    """Whether anything can be copied at all."""
    return min(usable_hw.shape) >= PATCH and bool(_whole_patches(usable_hw).any())


def _optimise(
    index: PatchIndex,
    region: Region,
    matches: Matches,
    image: torch.Tensor,
    price_n: torch.Tensor,
    turns: int,
    generator: torch.Generator,
    heartbeat: Callable[[], None],
) -> torch.Tensor:
    """Matches and averages in turns, `matches` in place; returns the last image (C, H, W)."""
    for turn in range(turns):
        heartbeat()
        queries = region.describe(index, image)
        if turn == 0 and len(queries) * index.num_patches <= EXACT_PAIRS:
            found = nearest_exact(index, queries, price_n)
            matches.rows, matches.columns = found // index.num_columns, found % index.num_columns
        else:
            _search(index, region, queries, matches, price_n, generator, heartbeat)
        image = _pasted(image, region, region.vote(index, _first(index, matches)))
    return image


def _search(
    index: PatchIndex,
    region: Region,
    queries_qk: torch.Tensor,
    matches: Matches,
    price_n: torch.Tensor,
    generator: torch.Generator,
    heartbeat: Callable[[], None],
) -> None:
    """One sweep of PatchMatch, in place; see `search.improve_matches`."""
    matches.cost = matching_cost(index, queries_qk, matches.rows * index.num_columns + matches.columns, price_n)
    for jump in JUMPS:
        for down, right in DIRECTIONS:
            step = (down * jump * STRIDE, right * jump * STRIDE)
            near = _neighbours(region, step)
            known = near >= 0
            rows = torch.where(known, matches.rows[near] + step[0], matches.rows)
            columns = torch.where(known, matches.columns[near] + step[1], matches.columns)
            heartbeat()
            _try(index, queries_qk, matches, rows, columns, price_n)
    radius = float(max(index.num_rows, index.num_columns))
    while radius >= 2:
        offsets = (torch.rand((2, len(queries_qk)), generator=generator) * 2 - 1).to(queries_qk.device) * radius
        heartbeat()
        rows, columns = matches.rows + offsets[0].round().long(), matches.columns + offsets[1].round().long()
        _try(index, queries_qk, matches, rows, columns, price_n)
        radius /= 2.5


def _neighbours(region: Region, step: tuple[int, int]) -> torch.Tensor:
    """Number of the patch that starts `step` before each one, or -1: (Q,)."""
    rows, columns = (region.rows_q - step[0]) % region.size[0], (region.columns_q - step[1]) % region.size[1]
    return region.number_hw[rows, columns]


def _try(
    index: PatchIndex,
    queries_qk: torch.Tensor,
    matches: Matches,
    rows: torch.Tensor,
    columns: torch.Tensor,
    price_n: torch.Tensor,
) -> None:
    """Takes the proposed patches that cost less."""
    rows, columns = index.legal_rows(rows), index.legal_columns(columns)
    chosen = ((rows != matches.rows) | (columns != matches.columns)).nonzero()[:, 0]
    patches = (rows * index.num_columns + columns)[chosen]
    cost = matching_cost(index, queries_qk[chosen], patches, price_n)
    better = cost < matches.cost[chosen]
    winners = chosen[better]
    matches.rows[winners], matches.columns[winners] = rows[winners], columns[winners]
    matches.cost[winners] = cost[better]


def _refined(
    coarse: Region,
    matches: Matches,
    fine: Region,
    index: PatchIndex,
    forbidden_hw: torch.Tensor,
    generator: torch.Generator,
) -> Matches:
    """Matches of the next finer level: each patch continues the coarser one that starts nearest to it."""
    found = _anywhere(fine, forbidden_hw, generator)
    waiting = torch.ones(len(fine.rows_q), dtype=torch.bool, device=fine.rows_q.device)
    reach = range(-PATCH, PATCH + 1)
    for down, right in sorted(((y, x) for y in reach for x in reach), key=lambda step: step[0] ** 2 + step[1] ** 2):
        if not bool(waiting.any()):
            break
        row, column = fine.rows_q // 2 + down, fine.columns_q // 2 + right
        parent = coarse.number_hw[row % coarse.size[0], column % coarse.size[1]]
        take = waiting & (parent >= 0)
        found.rows[take] = (matches.rows[parent] * 2 + fine.rows_q - 2 * row)[take]
        found.columns[take] = (matches.columns[parent] * 2 + fine.columns_q - 2 * column)[take]
        waiting &= parent < 0
    found.rows, found.columns = index.legal_rows(found.rows), index.legal_columns(found.columns)
    spoilt = forbidden_hw[found.rows, found.columns]
    other = _anywhere(fine, forbidden_hw, generator)
    found.rows = torch.where(spoilt, other.rows, found.rows)
    found.columns = torch.where(spoilt, other.columns, found.columns)
    return found


def _anywhere(region: Region, forbidden_hw: torch.Tensor, generator: torch.Generator) -> Matches:
    """A random patch that may be used for each of the region's."""
    allowed = (~forbidden_hw).reshape(-1).nonzero()[:, 0]
    drawn = torch.randint(0, len(allowed), (len(region.rows_q),), generator=generator).to(allowed.device)
    patches = allowed[drawn]
    rows, columns = patches // forbidden_hw.shape[1], patches % forbidden_hw.shape[1]
    return Matches(rows, columns, torch.full(rows.shape, torch.inf, device=rows.device))


def _grown(level: Level, generator: torch.Generator, heartbeat: Callable[[], None]) -> torch.Tensor:
    block = max(PATCH, round(BLOCK_SHARE * min(*level.exemplar.shape[1:], *level.bounds)))
    block = min(block, *level.exemplar.shape[1:], *level.unknown.shape)
    ignored = torch.ones_like(level.unknown)
    ignored[: level.bounds[0], : level.bounds[1]] = False
    return grow(
        level.exemplar,
        level.usable,
        level.canvas,
        _within(level),
        ignored,
        block,
        generator,
        lambda _fraction: heartbeat(),
    )


def _within(level: Level) -> torch.Tensor:
    """What is unknown of what counts."""
    unknown = level.unknown.clone()
    unknown[level.bounds[0] :] = False
    unknown[:, level.bounds[1] :] = False
    return unknown


def _whole_patches(usable_hw: torch.Tensor) -> torch.Tensor:
    """Whether each patch of the exemplar is usable throughout: (h - P + 1, w - P + 1) bool."""
    return F.max_pool2d((~usable_hw)[None, None].float(), PATCH, 1)[0, 0] == 0


def _any_of_four(mask_hw: torch.Tensor) -> torch.Tensor:
    return F.max_pool2d(mask_hw[None, None].float(), 2)[0, 0] > 0


def _first(index: PatchIndex, matches: Matches) -> torch.Tensor:
    return matches.rows * index.texel_columns + matches.columns


def _pasted(image_chw: torch.Tensor, region: Region, values_uc: torch.Tensor) -> torch.Tensor:
    """The image with its unknown texels replaced."""
    pasted = image_chw.reshape(image_chw.shape[0], -1).clone()
    pasted[:, region.texels_u] = values_uc.T
    return pasted.reshape(image_chw.shape)


def _shares(number: int, count: int) -> tuple[float, float]:
    """Where one of `count` stages of growing cost begins, and its part of the whole."""
    costs = [2.0**stage for stage in range(count)]
    return sum(costs[:number]) / sum(costs), costs[number] / sum(costs)


def _heartbeat(progress: Progress, begun: float, share: float) -> Callable[[], None]:
    """A sign of life that creeps through its part of the whole."""
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        progress(begun + share * (1 - 0.97**beats), "Matching patches")

    return beat
