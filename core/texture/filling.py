# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing of a canvas, made from a picture: one correspondence for all maps, no seam to what is there.

Shape letters: h, w picture; H, W canvas; C channels. Numbers "at the matching resolution" are in squares of `scale`
texels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812

from ..context import Progress, span
from ..errors import InputError
from ..files.picture import filled_in
from .blending import Seams, blending, find_seams
from .completion import Level, complete, has_whole_patches, pyramid
from .features import guide_features, halved
from .lattice import is_seamless
from .normals import unit_length
from .stacking import coarse, finer, stacked
from .tiling import LEVELLED, repeats_of
from .transfer import Correspondence, gather

# the canvas is matched at no more than this many squares a side
MATCH_LIMIT = 1024
# the picture is brought down to about this many squares a side before blocks are laid
COARSEST = 64
MAX_LEVELS = 5
# blocks of this share of the coarsest picture must find no other side within reach
MARGIN_SHARE = 0.35


@dataclass(frozen=True)
class Canvas:
    """What is to be made.

    size: rows and columns. origin: row and column of the picture's first texel. unknown: (H, W) bool, to be made; the
    rest is the picture's. wraps: whether it goes on below its last row, and right of its last column.
    """

    size: tuple[int, int]
    origin: tuple[int, int]
    unknown: np.ndarray
    wraps: tuple[bool, bool]


def matching_scale(size: tuple[int, int]) -> int:
    """Texels a side of the squares that a canvas of `size` is matched in: a power of two."""
    scale = 1
    while max(size) > MATCH_LIMIT * scale:
        scale *= 2
    return scale


def side_unit(picture: tuple[int, int], scale: int) -> int:
    """What a canvas's sides are best multiples of where it wraps, so that it does at every level."""
    count = 1
    while count < MAX_LEVELS and min(picture) // scale >> count >= COARSEST:
        count += 1
    return scale << (count - 1)


def seamless_axes(maps: Mapping[str, np.ndarray], usable: np.ndarray, device: torch.device) -> tuple[bool, bool]:
    """Whether what is usable of the maps goes on below the last row, and right of the last column."""
    features = guide_features({name: _filled_around(image, usable) for name, image in maps.items()}, device)
    repeats = repeats_of(features)
    return is_seamless(features, 0, repeats[0]), is_seamless(features, 1, repeats[1])


def _filled_around(image: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """What is not usable made smooth, from both sides where it lies at the border."""
    # the border comes to lie inside, and inside the squares of every level that is averaged
    inside = (image.shape[0] // 3 | 1, image.shape[1] // 3 | 1)
    filled = filled_in(np.roll(image, inside, (0, 1)), np.roll(usable, inside, (0, 1)))
    return np.roll(filled, (-inside[0], -inside[1]), (0, 1))


def fill(
    maps: Mapping[str, np.ndarray],
    usable: np.ndarray,
    canvas: Canvas,
    *,
    seed: int,
    device: torch.device,
    progress: Progress,
    tile: int | None = None,
    quick: int | None = None,
) -> dict[str, np.ndarray]:
    """The maps (H, W, C) of the canvas; where it is known they are the picture's to the bit.

    quick: a look at them is enough, with this longest side or somewhat more; what is matched so far is the same.

    maps: "albedo" (h, w, 3) sRGB and any others, float32 in [0, 1]. usable: (h, w) bool, what may be copied. The
    canvas's origin is a multiple of `matching_scale`. InputError where too little is usable. tile: most rows gathered
    at once.
    """
    progress(0.0, "Looking at the picture")
    scale = matching_scale(canvas.size)
    # what is not usable must not show in what is measured around it
    seen = {name: filled_in(image, usable) for name, image in maps.items()}
    level, num_levels = _matched(guide_features(seen, device), usable, canvas, scale)
    generator = torch.Generator().manual_seed(seed)
    levels = pyramid(level, num_levels)
    last = 0 if quick is None else _levels_left_out(level.bounds, quick, num_levels)
    matched = complete(levels, False, generator, span(progress, 0.1, 0.6), last)
    if quick is not None and scale << last > 1:
        level = levels[last]
        maps, canvas = _looked_at(maps, level, canvas, scale, last)
        scale = 1
    rows, columns = _identity(level, canvas, scale)
    unknown = _inside(level)
    rows[unknown], columns[unknown] = matched
    outputs = _gathered(maps, rows, columns, unknown, level.bounds, scale, device, tile, span(progress, 0.7, 0.2))
    known = _pasted(maps, outputs, canvas)
    progress(0.9, "Levelling the seams")
    picture = (level.exemplar.shape[1], level.exemplar.shape[2])
    seams = find_seams(rows, columns, unknown, picture, canvas.wraps)
    for name in (n for n in known if n in LEVELLED):
        steps = _blended(known[name], seams, canvas, scale)
        known[name] = torch.where(_missing(canvas, device), (known[name] + steps).clamp_(0, 1), known[name])
    return _finished(known, canvas)


def _matched(features_chw: torch.Tensor, usable: np.ndarray, canvas: Canvas, scale: int) -> tuple[Level, int]:
    """The picture and the canvas at the matching resolution, and how many levels there are from there down."""
    device = features_chw.device
    features = _padded(features_chw, scale)
    allowed = _padded(torch.from_numpy(usable)[None].float().to(device), scale, 0.0)
    for _ in range(scale.bit_length() - 1):
        features = halved(features)
    allowed_hw = -F.max_pool2d(-allowed[None], scale)[0, 0] > 0
    if not has_whole_patches(allowed_hw):
        raise InputError("Too little of the picture is left to take anything from. Mark less of it.")
    missing = (
        F.max_pool2d(_padded(torch.from_numpy(canvas.unknown)[None].float().to(device), scale)[None], scale)[0, 0] > 0
    )
    bounds = (missing.shape[0], missing.shape[1])
    num_levels = _num_levels(allowed_hw, bounds, canvas, scale)
    size = _torus(bounds, canvas, (features.shape[1], features.shape[2]), num_levels, scale)
    shown = torch.zeros((features.shape[0], *size), device=device)
    row, column = (place // scale for place in canvas.origin)
    shown[:, row : row + features.shape[1], column : column + features.shape[2]] = features
    unknown = torch.ones(size, dtype=torch.bool, device=device)
    unknown[: bounds[0], : bounds[1]] = missing
    return Level(features, allowed_hw, shown, unknown, bounds), num_levels


def _levels_left_out(bounds: tuple[int, int], quick: int, num_levels: int) -> int:
    """How often the matching resolution is halved so that the canvas still has `quick` squares a side."""
    count = 0
    while count < num_levels - 1 and max(bounds) >> (count + 1) >= quick:
        count += 1
    return count


def _looked_at(
    maps: Mapping[str, np.ndarray], level: Level, canvas: Canvas, scale: int, last: int
) -> tuple[dict[str, np.ndarray], Canvas]:
    """Maps and canvas in squares of the last `level` that was matched, each as one texel."""
    small = {}
    for name, image in maps.items():
        padded = _padded(torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1), scale)
        averaged = F.avg_pool2d(padded[None], scale << last)[0]
        small[name] = averaged.permute(1, 2, 0).contiguous().numpy()
    row, column = (place // (scale << last) for place in canvas.origin)
    return small, Canvas(level.bounds, (row, column), _inside(level).cpu().numpy(), canvas.wraps)


def _padded(image_chw: torch.Tensor, scale: int, value: float | None = None) -> torch.Tensor:
    """Sides that are multiples of `scale`: the last row and column again, or a value."""
    down, right = (-n % scale for n in image_chw.shape[1:])
    if value is None:
        return F.pad(image_chw[None], (0, right, 0, down), mode="replicate")[0]
    return F.pad(image_chw, (0, right, 0, down), value=value)


def _num_levels(allowed_hw: torch.Tensor, bounds: tuple[int, int], canvas: Canvas, scale: int) -> int:
    """Levels down to where blocks are laid: the picture is still clear there, and something of it usable."""
    count = 1
    while count < MAX_LEVELS and min(allowed_hw.shape) >= 2 * COARSEST:
        allowed_hw = -F.max_pool2d(-allowed_hw[None, None].float(), 2)[0, 0] > 0
        rest = [n % 2**count for n, wrap in zip(bounds, canvas.wraps, strict=True) if wrap]
        if any(rest) or not has_whole_patches(allowed_hw):
            break
        count += 1
    return count


def _torus(
    bounds: tuple[int, int], canvas: Canvas, picture: tuple[int, int], num_levels: int, scale: int
) -> tuple[int, int]:
    """Rows and columns of the torus: the canvas where it wraps, else with a margin that keeps both ends apart."""
    unit = 2 ** (num_levels - 1)
    margin = round(MARGIN_SHARE * min(*picture, *bounds)) + 16 * unit
    sides = [
        n if wrap and length % scale == 0 else -(-(n + margin) // unit) * unit
        for n, wrap, length in zip(bounds, canvas.wraps, canvas.size, strict=True)
    ]
    return sides[0], sides[1]


def _inside(level: Level) -> torch.Tensor:
    """What is unknown of the canvas itself, at the matching resolution."""
    return level.unknown[: level.bounds[0], : level.bounds[1]]


def _identity(level: Level, canvas: Canvas, scale: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Where each square of the canvas lies in the picture."""
    device = level.unknown.device
    rows, columns = (
        torch.arange(n, device=device) - place // scale for n, place in zip(level.bounds, canvas.origin, strict=True)
    )
    return rows[:, None].repeat(1, level.bounds[1]), columns[None].repeat(level.bounds[0], 1)


def _gathered(
    maps: Mapping[str, np.ndarray],
    rows: torch.Tensor,
    columns: torch.Tensor,
    unknown: torch.Tensor,
    bounds: tuple[int, int],
    scale: int,
    device: torch.device,
    tile: int | None,
    progress: Progress,
) -> dict[str, torch.Tensor]:
    """All maps through the correspondence, at the canvas's resolution; right only where it is unknown."""
    exemplar, slices = stacked(maps, device)
    # what is cross-faded at the border of the unknown must come from within
    rows, columns = _carried_on(rows, columns, unknown)
    field = Correspondence(rows, columns, scale)
    outputs = {name: torch.empty((*field.size, s.stop - s.start), device=device) for name, s in slices.items()}
    gather(field, exemplar, (False, False), (0, 0), outputs, slices, tile, progress)
    return outputs


def _carried_on(rows: torch.Tensor, columns: torch.Tensor, unknown: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The correspondence with known squares beside unknown ones continuing those."""
    new_rows, new_columns, waiting = rows.clone(), columns.clone(), ~unknown
    for down in (0, -1, 1):
        for right in (0, -1, 1):
            near = torch.roll(unknown, (down, right), (0, 1)) & waiting
            new_rows[near] = torch.roll(rows, (down, right), (0, 1))[near] + down
            new_columns[near] = torch.roll(columns, (down, right), (0, 1))[near] + right
            waiting &= ~near
    return new_rows, new_columns


def _missing(canvas: Canvas, device: torch.device) -> torch.Tensor:
    return torch.from_numpy(canvas.unknown).to(device)[..., None]


def _pasted(
    maps: Mapping[str, np.ndarray], outputs: Mapping[str, torch.Tensor], canvas: Canvas
) -> dict[str, torch.Tensor]:
    """The canvas: the picture where it is known, what was gathered elsewhere."""
    pasted = {}
    for name, output in outputs.items():
        made = output[: canvas.size[0], : canvas.size[1]]
        picture = torch.from_numpy(np.ascontiguousarray(maps[name])).to(output.device)
        shown = made.clone()
        row, column = canvas.origin
        shown[row : row + picture.shape[0], column : column + picture.shape[1]] = picture
        pasted[name] = torch.where(_missing(canvas, output.device), made, shown)
    return pasted


def _blended(image_hwc: torch.Tensor, seams: Seams, canvas: Canvas, scale: int) -> torch.Tensor:
    """What makes a map (H, W, C) fit; right only where it is unknown."""
    values = coarse(_padded(image_hwc.permute(2, 0, 1), scale).permute(1, 2, 0), scale)
    return finer(blending(values, seams), scale, canvas.wraps)[: canvas.size[0], : canvas.size[1]]


def _finished(known: dict[str, torch.Tensor], canvas: Canvas) -> dict[str, np.ndarray]:
    maps = {name: image.cpu().numpy() for name, image in known.items()}
    if "normal" in maps:
        made = canvas.unknown[..., None]
        maps["normal"] = np.where(made, unit_length(maps["normal"]), maps["normal"])
    return maps
