# SPDX-License-Identifier: GPL-3.0-or-later
"""One material from several exemplars: patches of each side by side, in statistics between theirs.

Nothing is cross-faded. Each exemplar is also rendered in the others' statistics (see `alignment`); on a sheet of all
of them, in the statistics that the whole shall have, patches of one are matched with those of another, so that the
structure of one grows into the other's where they meet. Every texel then shows one place of one exemplar; only its
statistics lie between, by how much of each exemplar is wanted there (R. J. McCann, A Convexity Principle for
Interacting Gases, 1997: the way from one distribution to another).

Shape letters: h, w sheet; H, W output; C channels of all maps together; K exemplars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ..context import Progress, span
from .alignment import transported
from .correspondence import STRIDE, num_levels
from .features import guide_features
from .lattice import Fit
from .regions import Frame, Regions, frames_of, sheet_of
from .synthesis import Source, Stack, lay_out, matching_scale, reduced, stacked
from .transfer import Weigh, as_gathered
from .undertone import Undertone, cell_side

# texels between exemplars on the sheet: as many as the transfer looks beyond a border, at least
GUTTER = 16
# matched texels over which the statistics change from one exemplar's to the other's
TRANSITION = 9

Maps = Mapping[str, np.ndarray]


def blend(
    exemplars: Sequence[Maps],
    weights: Sequence[float],
    mask: np.ndarray | None,
    size: tuple[int, int],
    *,
    seed: int,
    device: torch.device,
    progress: Progress,
    tile: int | None = None,
    variety: float = 0.5,
) -> dict[str, np.ndarray]:
    """Makes toroidal maps of `size` out of several exemplars; maps, result and the rest as in `synthesise`.

    exemplars: maps of the same names each. weights: how much of each shall be there. mask: (rows, columns) in [0, 1]
    of any size, laid over the output: 1 shows the second of two exemplars, 0 the first; weights then count nothing.
    """
    progress(0.0, "Looking at the pictures")
    sizes = [(maps["albedo"].shape[0], maps["albedo"].shape[1]) for maps in exemplars]
    scale, rounded, unit = _fitted(sizes, size)
    guide = None if mask is None else _guide(mask, rounded, scale, device)
    shares = _shares(weights, guide)
    # every exemplar in the statistics of each, and in those that the whole shall have
    versions = [[maps if maps is model else transported(maps, model) for model in exemplars] for maps in exemplars]
    even = [_between(of_one, shares) for of_one in versions]
    progress(0.04, "Looking at the pictures")
    frames = frames_of(sizes, unit)
    sheet = {name: sheet_of([torch.from_numpy(maps[name]) for maps in even], frames).numpy() for name in even[0]}
    shown = [even] if guide is None else list(zip(*versions, strict=True))
    stacks = [_stack(of_all, frames, cell_side(rounded, scale), device) for of_all in shown]
    source = Source(
        reduced(guide_features(sheet, device), scale),
        Stack(torch.cat([stack.exemplar_hwc for stack in stacks], 2), stacks[0].slices, stacks[0].undertone),
        Fit(
            rounded,
            (stacks[0].exemplar_hwc.shape[0], stacks[0].exemplar_hwc.shape[1]),
            (False, False),
            (None, None),
            scale,
        ),
        replace(Regions(frames, shares, None).reduced(scale), guide_hw=guide),
        as_gathered if guide is None else _weighed_by(guide, scale),
    )
    generator = torch.Generator().manual_seed(seed)
    return lay_out(source, size, generator=generator, progress=span(progress, 0.08, 0.92), tile=tile, variety=variety)


def _fitted(sizes: Sequence[tuple[int, int]], size: tuple[int, int]) -> tuple[int, tuple[int, int], int]:
    """The matching scale, the size to synthesise, and the texels of which places on the sheet are multiples."""
    smallest = (min(rows for rows, _ in sizes), min(columns for _, columns in sizes))
    scale = matching_scale(smallest, size)
    levels = num_levels((smallest[0] // scale, smallest[1] // scale), (size[0] // scale, size[1] // scale))
    step = STRIDE * scale << (levels - 1)
    rows, columns = (max(1, round(n / step)) * step for n in size)
    return scale, (rows, columns), max(GUTTER, step)


def _guide(mask: np.ndarray, size: tuple[int, int], scale: int, device: torch.device) -> torch.Tensor:
    """The mask at the matching resolution, (H / scale, W / scale)."""
    given = torch.from_numpy(np.ascontiguousarray(mask, dtype=np.float32)).to(device)
    wanted = (size[0] // scale, size[1] // scale)
    return F.interpolate(given[None, None], size=wanted, mode="bilinear", antialias=True)[0, 0].clamp(0, 1)


def _shares(weights: Sequence[float], guide: torch.Tensor | None) -> tuple[float, ...]:
    """How much of the output each exemplar shall cover, sum 1."""
    if guide is not None:
        # row by row, so that the number of threads cannot change it
        second = float(guide.mean(1).double().cpu().numpy().mean())
        return 1 - second, second
    return tuple(weight / sum(weights) for weight in weights)


def _between(versions: Sequence[Maps], shares: Sequence[float]) -> dict[str, np.ndarray]:
    """One exemplar's maps in statistics between those of all."""
    mixed = {}
    for name in versions[0]:
        parts = [np.float32(share) * maps[name] for maps, share in zip(versions, shares, strict=True)]
        mixed[name] = np.sum(parts, axis=0, dtype=np.float32)
    return mixed


def _stack(of_all: Sequence[Maps], frames: Sequence[Frame], side: int, device: torch.device) -> Stack:
    """The sheet of all exemplars' maps, slopes and undertones, each made within its own picture."""
    stacks = [
        stacked(maps, (frame.height, frame.width), (False, False), side, device)
        for maps, frame in zip(of_all, frames, strict=True)
    ]
    return replace(stacks[0], exemplar_hwc=sheet_of([stack.exemplar_hwc for stack in stacks], frames))


def _weighed_by(guide_hw: torch.Tensor, scale: int) -> Weigh:
    """Statistics between the first exemplar's and the second's, by how much the guide asks for the second around."""
    reach = min(TRANSITION // 2, (min(guide_hw.shape) - 1) // 2)
    wrapped = F.pad(guide_hw[None, None], (reach,) * 4, mode="circular")
    around = Undertone(F.avg_pool2d(wrapped, 2 * reach + 1, 1)[0].permute(1, 2, 0), scale)

    def weigh(gathered: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        first, second = gathered.chunk(2, 2)
        return torch.lerp(first, second, around.at(rows, columns).clamp_(0, 1))

    return weigh
