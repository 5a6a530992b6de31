# SPDX-License-Identifier: GPL-3.0-or-later
"""Where every texel of the output comes from, found from coarse to fine.

Quilting lays the structure at a coarse level; then, at that and every finer level, patches are matched and averaged in
turns (V. Kwatra et al., Texture Optimization for Example-based Synthesis, 2005). Each exemplar patch has a price that
rises while it is used more than its share: the dual ascent of semi-discrete optimal transport (B. Galerne,
A. Leclaire and J. Rabin, A Texture Synthesis Model Based on Semi-Discrete Optimal Transport in Patch Space, 2018),
without which the averaging would settle on the blandest patches.

Shape letters: h, w exemplar; H, W output; C channels; N patches.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812

from .features import halved
from .patches import PATCH, PatchIndex, index_patches
from .quilting import Repeats, block_share, copied_share, quilt
from .regions import Regions
from .search import Matches, improve_matches, matching_cost, nearest_exact
from .transfer import Correspondence
from .voting import closest_texels, occupancy, vote

Progress = Callable[[float, str], None]
STRIDE = 2
# least exemplar side to quilt at: the finer one where an output of few times the exemplar's area needs few blocks
FINE_QUILT, COARSE_QUILT = 128, 64
FEW_EXEMPLARS = 8
# the arrangement is decided where the output has no more than this many texels a side
DESIGN_SIDE = 256
EXACT_PATCHES = 2304
COARSE_TURNS = 5
FINE_TURNS = 2
PRICE_RATE = 0.5
CROWDING_WEIGHT = 0.3
# how far apart two exemplars' labels are, in units of the features; the variance of all features is about 3
LABEL = 2.0


def find_correspondence(
    features_chw: torch.Tensor,
    size: tuple[int, int],
    wraps: tuple[bool, bool],
    repeats: Repeats,
    scale: int,
    generator: torch.Generator,
    progress: Progress,
    variety: float = 0.5,
    regions: Regions | None = None,
    quick: bool = False,
    notice: Callable[[torch.Tensor], None] = lambda image: None,
) -> Correspondence:
    """Source texel of every texel of an output torus of `size`, both at the matching resolution.

    features_chw: float32 guide channels. size: even numbers, multiples of 2 for each coarser level (`num_levels`).
    wraps: the axes along which the exemplar continues on its other side. repeats: the period along each axis, if it
    has one. `scale` is passed on to the result. variety: 0 copies large pieces, 1 small ones.
    regions: the exemplars, where `features_chw` is a sheet of several. quick: whether to end where the arrangement is
    decided (`design_depth`); all before that is the same either way. notice: is shown what the output looks like
    there, (C, H, W).
    """
    smallest = _smallest(features_chw, regions)
    levels = [_labelled(features_chw, regions)]
    while len(levels) < num_levels(smallest, size):
        levels.append(halved(levels[-1]))
    device = features_chw.device
    matches: Matches | None = None
    price = torch.zeros(1, 1, 1, 1, device=device)
    image = features_chw
    decided = design_depth(smallest, size)
    for depth in range(len(levels) - 1, -1, -1):
        stage = _stage(progress, len(levels) - 1 - depth, len(levels))
        here = regions and regions.reduced(1 << depth)
        index = index_patches(levels[depth], wraps, generator, here)
        level_size = (size[0] >> depth, size[1] >> depth)
        if matches is None:
            down, right = (repeat and repeat.scaled(0.5**depth) for repeat in repeats)
            matches = _quilted(levels[depth], level_size, index, (down, right), variety, generator, stage)
        else:
            matches = _refined(matches, index)
        price = F.interpolate(price, size=(index.num_rows, index.num_columns), mode="nearest") * 0.5
        turns = COARSE_TURNS if depth == len(levels) - 1 else FINE_TURNS
        image = _optimise(index, matches, price.view(-1), turns, generator, stage)
        if depth == decided:
            notice(image)
            if quick:
                scale <<= depth
                break
    assert matches is not None
    progress(0.97, "Matching texels")
    rows, columns = closest_texels(index, matches.rows, matches.columns, STRIDE, image)
    return Correspondence(rows, columns, scale)


def num_levels(exemplar_size: tuple[int, ...], size: tuple[int, int]) -> int:
    """Levels from the matching resolution down to where exemplar and output are just large enough to quilt with."""
    few_blocks = math.prod(size) <= FEW_EXEMPLARS * math.prod(exemplar_size)
    coarsest = FINE_QUILT if few_blocks else COARSE_QUILT
    count = 1
    while min(exemplar_size) >> count >= coarsest and min(size) >> count >= coarsest // 2:
        count += 1
    return count


def design_depth(exemplar_size: tuple[int, ...], size: tuple[int, int]) -> int:
    """How often the matching resolution is halved where the arrangement is decided: a quick look ends there, and all
    finer levels only refine it."""
    depth = 0
    while max(size) >> depth > DESIGN_SIDE and depth + 1 < num_levels(exemplar_size, size):
        depth += 1
    return depth


def _smallest(features_chw: torch.Tensor, regions: Regions | None) -> tuple[int, ...]:
    """Rows and columns that every exemplar has."""
    if regions is None:
        return tuple(features_chw.shape[1:])
    return min(f.height for f in regions.frames), min(f.width for f in regions.frames)


def _labelled(features_chw: torch.Tensor, regions: Regions | None) -> torch.Tensor:
    """The features, with a channel that tells two exemplars apart where it is given which is wanted."""
    if regions is None or regions.guide_hw is None:
        return features_chw
    number = regions.number_of(torch.arange(features_chw.shape[2], device=features_chw.device))
    return torch.cat([features_chw, (LABEL * number.float()).expand(1, *features_chw.shape[1:])])


def _stage(progress: Progress, number: int, count: int) -> Progress:
    """Progress within one of `count` stages of growing cost."""
    shares = [4.0**stage for stage in range(count)]
    before, own = sum(shares[:number]) / sum(shares), shares[number] / sum(shares)
    return lambda fraction, text: progress(0.95 * (before + own * fraction), text)


def _quilted(
    features_chw: torch.Tensor,
    size: tuple[int, int],
    index: PatchIndex,
    repeats: Repeats,
    variety: float,
    generator: torch.Generator,
    progress: Progress,
) -> Matches:
    """First matches: patches centred as the quilt's texels are."""
    shortest = min(_smallest(features_chw, index.regions))
    block = max(4, min(round(block_share(variety) * shortest), min(size) // 2, shortest))
    rows, columns = quilt(
        features_chw,
        size,
        index.wraps,
        repeats,
        block,
        copied_share(variety),
        generator,
        lambda f, text: progress(0.3 * f, text),
        index.regions,
    )
    half = PATCH // 2
    rows, columns = (torch.roll(t, (-half, -half), (0, 1))[::STRIDE, ::STRIDE] - half for t in (rows, columns))
    rows, columns = rows.to(features_chw.device), columns.to(features_chw.device)
    return _legal(index, rows, columns)


def _refined(matches: Matches, index: PatchIndex) -> Matches:
    """Matches of the next finer level: each query continues the coarser patch whose centre is nearest to its own."""
    parents = []
    rests = []
    for count in matches.rows.shape:
        places = torch.arange(2 * count, device=matches.rows.device)
        near = torch.div(places - 1, 2, rounding_mode="floor")
        parents.append(near % count)
        rests.append((places - 2 * near) * STRIDE)
    rows = matches.rows[parents[0]][:, parents[1]] * 2 + rests[0][:, None]
    columns = matches.columns[parents[0]][:, parents[1]] * 2 + rests[1][None]
    return _legal(index, rows, columns)


def _legal(index: PatchIndex, rows: torch.Tensor, columns: torch.Tensor) -> Matches:
    rows, columns = index.legal(rows, columns)
    rows, columns = rows.contiguous(), columns.contiguous()
    return Matches(rows, columns, torch.zeros(rows.shape, device=rows.device))


def _optimise(
    index: PatchIndex,
    matches: Matches,
    price_n: torch.Tensor,
    turns: int,
    generator: torch.Generator,
    progress: Progress,
) -> torch.Tensor:
    """Averages and matches in turns, `matches` and `price_n` in place; returns the last average (C, H, W)."""
    image = _voted(index, matches)
    typical = None
    for turn in range(turns):
        heartbeat = functools.partial(progress, 0.3 + 0.7 * turn / turns, "Matching patches")
        heartbeat()
        queries = index.describe(image, STRIDE)
        flat = queries.reshape(-1, queries.shape[2])
        misfit = matching_cost(index, flat, (matches.rows * index.num_columns + matches.columns).reshape(-1), None)
        latest = float(misfit.reshape(matches.rows.shape).mean(1).mean())
        typical = latest if typical is None else 0.5 * (typical + latest)
        crowding = _crowding(index, matches)
        price_n += PRICE_RATE * typical * crowding
        price_n.clamp_(-3 * typical, 6 * typical)
        asked = price_n + CROWDING_WEIGHT * typical * crowding
        _search(index, queries, misfit, matches, asked, generator, heartbeat)
        heartbeat()
        image = _voted(index, matches)
    return image


def _voted(index: PatchIndex, matches: Matches) -> torch.Tensor:
    """The average of the matches (C, H, W), which says which exemplar is wanted where that is given."""
    image = vote(index, matches.rows, matches.columns, STRIDE)
    if index.regions is not None and index.regions.guide_hw is not None:
        image[-1] = LABEL * index.regions.guide_hw
    return image


def _crowding(index: PatchIndex, matches: Matches) -> torch.Tensor:
    """How much more each patch and its surroundings are used than is their share: (N,), 0 on average."""
    used = occupancy(index, matches.rows, matches.columns)
    if index.regions is None:
        return used - 1
    columns = torch.arange(index.num_columns, device=used.device) + PATCH // 2
    areas = [frame.width * frame.height for frame in index.regions.frames]
    fair = [max(s, 0.05) * index.num_patches / a for s, a in zip(index.regions.shares, areas, strict=True)]
    wanted = torch.tensor(fair, device=used.device)[index.regions.number_of(columns)]
    return (used.reshape(index.num_rows, -1) / wanted).reshape(-1) - 1


def _search(
    index: PatchIndex,
    queries: torch.Tensor,
    misfit: torch.Tensor,
    matches: Matches,
    price_n: torch.Tensor,
    generator: torch.Generator,
    heartbeat: Callable[[], None],
) -> None:
    if index.num_patches <= EXACT_PATCHES:
        allowed = index.allowed()
        if allowed is not None:
            price_n = price_n.masked_fill(~allowed, torch.inf)
        found = nearest_exact(index, queries.reshape(-1, queries.shape[2]), price_n).reshape(matches.rows.shape)
        matches.rows, matches.columns = found // index.num_columns, found % index.num_columns
        return
    present = (matches.rows * index.num_columns + matches.columns).reshape(-1)
    matches.cost = (misfit + price_n[present]).reshape(matches.rows.shape)
    improve_matches(index, queries, matches, price_n, STRIDE, (4, 1), generator, heartbeat)
