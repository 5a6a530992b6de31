# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture made to tile with the least change: cut where it meets itself best, mended along the cuts, levelled there.

Shape letters: h, w picture; H, W tile; C channels of all maps together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from ..context import Progress, span
from .closing import Closure, close
from .completion import Level, complete, pyramid
from .features import guide_features, halved
from .joints import beside, dilated, joints
from .lattice import Period, is_seamless, period
from .levelling import levelling
from .normals import unit_length
from .stacking import coarse, finer, full_resolution, stacked
from .transfer import Correspondence, gather

# cutting and mending look at no more than this many texels a side, or this few of a strip
MATCH_SIDE = 384
LEAST_MATCH_SIDE = 32
# periods are looked for at half the resolution in pictures of at least this side
HALF_FROM = 256
NUM_LEVELS = 2
# texels beside a cut that are mended, and the mean squared difference, as a share of the typical one, from which on
MEND_REACH = 5
MEND_FROM = 0.05
# deviations by which the change across a seam stands out
LOUD = 3.0
# maps in which a step of the mean would show; the others stay as they are
LEVELLED = ("albedo", "height", "roughness")
# texels along a seam over which a step is averaged; steps in which the levelling fades out; how far it would reach
STEP_RADIUS = 8
FADE_STEPS = 4
WAVELENGTH_PER_BAND = 1.5


@dataclass(frozen=True)
class Tile:
    """A picture that tiles.

    maps: (H, W, 3 or 1) float32 in [0, 1]. rows, columns: (H, W) int64, the picture's texel that each shows. changed:
    (H, W) bool, in the band along the cuts, the only place where the maps may differ from the picture's texel.
    """

    maps: dict[str, np.ndarray]
    rows: np.ndarray
    columns: np.ndarray
    changed: np.ndarray


def make_tile(
    maps: Mapping[str, np.ndarray],
    *,
    trim: float,
    band: float,
    seed: int,
    device: torch.device,
    progress: Progress,
    tile: int | None = None,
) -> Tile:
    """The largest well closing tile of a picture; one that tiles already comes back as it is.

    maps: "albedo" (h, w, 3) sRGB and any others, all one size. trim: most of each side that may be given up. band:
    share of the tile's shorter side, around the cuts, in which steps of brightness are levelled. tile: most rows
    gathered at once.
    """
    progress(0.0, "Looking at the picture")
    features = guide_features(maps, device)
    repeats = repeats_of(features)
    wraps = [
        is_seamless(features, axis, repeats[axis]) and not _border_stands_out(maps["albedo"], axis) for axis in (0, 1)
    ]
    if all(wraps):
        return _unchanged(maps)
    scale = 1
    while max(features.shape[1:]) > MATCH_SIDE and min(features.shape[1:]) >= 2 * LEAST_MATCH_SIDE:
        features, scale = halved(features), 2 * scale
    progress(0.2, "Looking for the best cut")
    unit = 2 ** (NUM_LEVELS - 1)
    # an odd last line, left out by halving, is no longer there to wrap to
    down, right = (w and n % (scale * unit) == 0 for w, n in zip(wraps, maps["albedo"].shape[:2], strict=True))
    matched = [None if r is None else Period(r.texels / scale, r.contrast) for r in repeats]
    closure = close(features, (down, right), (matched[0], matched[1]), trim, unit)
    field = _mended(features, closure, (down, right), seed, scale, span(progress, 0.4, 0.3))
    return _transferred(maps, field, (down, right), band, device, span(progress, 0.7, 0.3), tile)


def _border_stands_out(albedo: np.ndarray, axis: int) -> bool:
    """Whether more changes across the border than across any line inside, and far more than across most.

    Fine grain without order can look seamless to its patches and yet show a line.
    """
    change = np.abs(np.roll(albedo, -1, axis) - albedo).mean(axis=(1 - axis, 2))
    inside = change[:-1]
    return bool(change[-1] > max(inside.max(), inside.mean() + LOUD * inside.std()))


def repeats_of(features_chw: torch.Tensor) -> tuple[Period | None, Period | None]:
    """The period of each axis, looked for at half resolution where that is enough."""
    step = 2 if min(features_chw.shape[1:]) >= HALF_FROM else 1
    small = halved(features_chw) if step == 2 else features_chw
    found = [period(small, axis) for axis in (0, 1)]
    down, right = (None if r is None else Period(step * r.texels, r.contrast) for r in found)
    return down, right


def _unchanged(maps: Mapping[str, np.ndarray]) -> Tile:
    height, width = maps["albedo"].shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    return Tile(dict(maps), rows, columns, np.zeros((height, width), bool))


def _mended(
    features_chw: torch.Tensor, closure: Closure, wraps: tuple[bool, bool], seed: int, scale: int, progress: Progress
) -> Correspondence:
    """The tile's correspondence, with better patches along the cuts where those are bad."""
    rows, columns = closure.rows.clone(), closure.columns.clone()
    size = (features_chw.shape[1], features_chw.shape[2])
    seam = beside(joints(rows, columns, size, wraps))
    unknown = dilated(seam & (closure.misfit > MEND_FROM), MEND_REACH)
    if bool(unknown.any()):
        usable = torch.ones(size, dtype=torch.bool, device=features_chw.device)
        canvas = features_chw[:, rows, columns]
        level = Level(features_chw, usable, canvas, unknown, (unknown.shape[0], unknown.shape[1]))
        generator = torch.Generator().manual_seed(seed)
        rows[unknown], columns[unknown] = complete(pyramid(level, NUM_LEVELS), True, generator, progress)
    return Correspondence(rows, columns, scale)


def _transferred(
    maps: Mapping[str, np.ndarray],
    field: Correspondence,
    wraps: tuple[bool, bool],
    band: float,
    device: torch.device,
    progress: Progress,
    tile: int | None,
) -> Tile:
    """All maps through the correspondence, steps of their means levelled in the band."""
    exemplar, slices = stacked(maps, device)
    outputs = {name: torch.empty((*field.size, s.stop - s.start), device=device) for name, s in slices.items()}
    gather(field, exemplar, wraps, (0, 0), outputs, slices, tile, span(progress, 0.0, 0.5))
    progress(0.5, "Levelling the seams")
    size = (maps["albedo"].shape[0] // field.scale, maps["albedo"].shape[1] // field.scale)
    joined = joints(field.rows, field.columns, size, wraps)
    fade = _fade(beside(joined), band)
    wavelength = WAVELENGTH_PER_BAND * band * min(fade.shape)
    for name in outputs:
        if name in LEVELLED:
            values = coarse(outputs[name], field.scale)
            steps = levelling(values, joined, None, radius=STEP_RADIUS, wavelength=wavelength)
            outputs[name] += finer(steps * fade, field.scale)
            outputs[name].clamp_(0, 1)
    shift = _quiet_corner(outputs["albedo"])
    changed = finer(fade[None], field.scale)[..., 0] > 0
    rows, columns = (full_resolution(s, field.scale, axis) for axis, s in enumerate((field.rows, field.columns)))
    made = {name: _moved(image, shift) for name, image in outputs.items()}
    if "normal" in made and field.scale > 1:
        # cross-faded ones are too short
        made["normal"] = unit_length(made["normal"])
    return Tile(made, _moved(rows, shift), _moved(columns, shift), _moved(changed, shift))


def _quiet_corner(albedo_hwc: torch.Tensor) -> tuple[int, int]:
    """The even row and column nearest to the first ones with little change across the line before.

    A border that runs along a joint would show where the tile is filtered or compressed by itself.
    """
    corner = []
    for axis in (0, 1):
        change = (albedo_hwc - torch.roll(albedo_hwc, 1, axis)).abs().mean(2).mean(1 - axis)[::2]
        places = torch.arange(len(change), device=change.device)
        distance = torch.minimum(places, len(change) - places)
        loud = change > change.median()
        corner.append(2 * int((distance + len(change) * loud).argmin()))
    return corner[0], corner[1]


def _moved(image: torch.Tensor, corner: tuple[int, int]) -> np.ndarray:
    moved: np.ndarray = torch.roll(image, (-corner[0], -corner[1]), (0, 1)).cpu().numpy()
    return moved


def _fade(seam: torch.Tensor, band: float) -> torch.Tensor:
    """1 at the seams, 0 from half the band's width on: (H, W)."""
    half = max(MEND_REACH, 0.5 * band * min(seam.shape))
    reaches = [round(half * (step + 1) / FADE_STEPS) for step in range(FADE_STEPS)]
    return torch.stack([dilated(seam, reach) for reach in reaches]).float().mean(0)
