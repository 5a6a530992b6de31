# SPDX-License-Identifier: GPL-3.0-or-later
"""A seamless material of any size from one exemplar: the entry to the texture synthesis.

Shape letters: h, w exemplar; H, W output; C channels of all maps together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..context import Progress, span
from .correspondence import STRIDE, design_depth, find_correspondence
from .features import guide_features, halved
from .lattice import Fit, fit_exemplar
from .poisson import integrate_slopes
from .quilting import Repeat
from .regions import Regions
from .resampling import resize
from .transfer import Correspondence, Weigh, as_gathered, gathered_strips
from .undertone import WAVELENGTH, cell_side, laid_undertone, undertone_of

# matching happens at no more than this many texels a side, and at half resolution from HALF_FROM on
MATCH_LIMIT = 1024
HALF_FROM = 768
MIN_MATCHED_EXEMPLAR = 32
# features of the height that are longer than this share of the exemplar keep their height, shorter ones their slopes
HEIGHT_WAVELENGTH = 0.5
# a line whose change is this many standard deviations above the mean is an edge of the pattern
LOUD = 1.5
# texels a side of a quick look to one of those in which its arrangement is decided
QUICK_SCALE = 2


@dataclass(frozen=True)
class Stack:
    """All maps side by side: exemplar_hwc (h, w, C), and the slice of channels of each map.

    "slopes" are the height's, `undertone` the albedo's, the last of the C channels. Of several exemplars all C may come
    once for each of their statistics.
    """

    exemplar_hwc: torch.Tensor
    slices: dict[str, slice]
    undertone: slice

    def undertones(self) -> torch.Tensor:
        """The undertone alone, once for each of the statistics."""
        per_version = self.exemplar_hwc.reshape(*self.exemplar_hwc.shape[:2], -1, self.undertone.stop)
        return per_version[..., self.undertone].flatten(2)


@dataclass(frozen=True)
class Source:
    """What an output is made from.

    features_chw: guide channels at the matching resolution. regions: the exemplars, where the maps are a sheet of
    several. weigh: the maps (rows, columns, C) at places of the torus from what is gathered there. shown: the fit at
    the resolution of the stack, where that is not the one of `fit`.
    """

    features_chw: torch.Tensor
    stack: Stack
    fit: Fit
    regions: Regions | None = None
    weigh: Weigh = as_gathered
    shown: Fit | None = None


def synthesise(
    maps: Mapping[str, np.ndarray],
    size: tuple[int, int],
    *,
    seed: int,
    device: torch.device,
    progress: Progress,
    tile: int | None = None,
    variety: float = 0.5,
    notice: Callable[[Correspondence], None] = lambda field: None,
    quick: bool = False,
) -> dict[str, np.ndarray]:
    """Makes toroidal maps of `size` (rows, columns) that look like `maps`, all through one correspondence.

    maps: "albedo" (h, w, 3) sRGB, optionally "normal" (h, w, 3, OpenGL, encoded) and (h, w, 1) maps; float32 in
    [0, 1], same h and w >= 64. Returns the same names, float32 in [0, 1]; normals have unit length. `tile`: most
    output rows gathered at once (less memory, same result). `progress` may raise to stop the work. variety: 0 copies
    large pieces of the exemplar, 1 small ones. notice: is shown where each texel comes from. quick: the same at a
    lower resolution, as soon as the arrangement is decided (see `design_depth`).
    """
    progress(0.0, "Looking at the picture")
    features = guide_features(maps, device)
    progress(0.03, "Looking at the picture")
    exemplar_size = (features.shape[1], features.shape[2])
    fit = fit_exemplar(features, size, matching_scale(exemplar_size, size))
    shown = _seen_quickly(fit) if quick else fit
    stack = stacked(maps, shown.exemplar_size, fit.wraps, cell_side(shown.size, shown.scale), device)
    features = resize(features.permute(1, 2, 0), fit.exemplar_size, fit.wraps).permute(2, 0, 1).contiguous()
    source = Source(reduced(features, fit.scale), stack, fit, shown=shown)
    generator = torch.Generator().manual_seed(seed)
    return lay_out(
        source,
        size,
        generator=generator,
        progress=span(progress, 0.05, 0.95),
        tile=tile,
        variety=variety,
        notice=notice,
        quick=quick,
    )


def _seen_quickly(fit: Fit) -> Fit:
    """The fit at the resolution of a quick look: two texels for each that is matched where the arrangement is decided,
    so that the two can be averaged."""
    exemplar, size = ((n // fit.scale for n in both) for both in (fit.exemplar_size, fit.size))
    depth = design_depth(tuple(exemplar), tuple(size))  # type: ignore[arg-type]
    step = max(1, (fit.scale << depth) // QUICK_SCALE)
    rows, columns = (max(1, round(n / step)) for n in fit.exemplar_size)
    return replace(
        fit,
        size=(fit.size[0] // step, fit.size[1] // step),
        exemplar_size=(rows, columns),
        scale=(fit.scale << depth) // step,
    )


def lay_out(
    source: Source,
    size: tuple[int, int],
    *,
    generator: torch.Generator,
    progress: Progress,
    tile: int | None,
    variety: float,
    notice: Callable[[Correspondence], None] = lambda field: None,
    quick: bool = False,
) -> dict[str, np.ndarray]:
    """The maps of an output of `size`; see `synthesise`. A `quick` one has the size at which it is shown."""
    fit = source.fit
    shown = source.shown or fit
    # what is drawn further on depends on how fine the matching goes
    chance = torch.Generator().manual_seed(generator.initial_seed())
    starts: list[tuple[int, int]] = []
    field = find_correspondence(
        source.features_chw,
        (fit.size[0] // fit.scale, fit.size[1] // fit.scale),
        fit.wraps,
        (_matched(fit.repeats[0], fit.scale), _matched(fit.repeats[1], fit.scale)),
        fit.scale,
        generator,
        span(progress, 0.0, 0.62),
        variety,
        source.regions,
        quick,
        lambda image: starts.append(_origin(image, fit, chance)),
    )
    if quick:
        field = replace(field, scale=shown.scale)
    notice(field)
    progress(0.62, "Laying the undertone")
    # a guide says what lies where, so the tile starts where it does
    guided = source.regions is not None and source.regions.guide_hw is not None
    step = fit.size[0] // shown.size[0]
    origin = (0, 0) if guided else (starts[0][0] // step, starts[0][1] // step)
    outputs = _gathered(source, field, origin, tile, span(progress, 0.66, 0.22))
    if quick:
        size = shown.size
    return _finished(outputs, size, min(shown.exemplar_size), span(progress, 0.88, 0.12))


def reduced(features_chw: torch.Tensor, scale: int) -> torch.Tensor:
    """Features at the matching resolution."""
    for _ in range(scale.bit_length() - 1):
        features_chw = halved(features_chw)
    return features_chw


def _gathered(
    source: Source, field: Correspondence, origin: tuple[int, int], tile: int | None, progress: Progress
) -> dict[str, torch.Tensor]:
    """Each map of the stack as (H, W, channels), the albedo's undertone put together anew."""
    fit, stack, device = source.shown or source.fit, source.stack, source.stack.exemplar_hwc.device
    undertone = laid_undertone(
        field,
        stack.undertones(),
        fit.wraps,
        cell_side(fit.size, fit.scale),
        WAVELENGTH * min(fit.exemplar_size),
        source.weigh,
    )
    outputs = {name: torch.empty((*fit.size, s.stop - s.start), device=device) for name, s in stack.slices.items()}
    for strip in gathered_strips(field, stack.exemplar_hwc, fit.wraps, origin, tile, progress):
        made = source.weigh(strip.gathered, strip.rows, strip.columns)
        for name, channels in stack.slices.items():
            outputs[name][strip.output] = made[..., channels]
        outputs["albedo"][strip.output] -= made[..., stack.undertone]
        outputs["albedo"][strip.output] += undertone.at(strip.rows, strip.columns)
    return outputs


def matching_scale(exemplar_size: tuple[int, int], size: tuple[int, int]) -> int:
    """Full-resolution texels per matched texel: a power of two that keeps the matching small and meaningful."""
    scale = 1
    while (max(size) // scale > MATCH_LIMIT or (scale == 1 and max(size) >= HALF_FROM)) and min(
        *exemplar_size, *size
    ) // (2 * scale) >= MIN_MATCHED_EXEMPLAR:
        scale *= 2
    return scale


def _origin(image_chw: torch.Tensor, fit: Fit, generator: torch.Generator) -> tuple[int, int]:
    """Where on the torus the output starts: by chance, but not on an edge of the pattern, which would look cut there.

    image_chw: what the output looks like where its arrangement is decided. In a fixed place of the matching grid: an
    even one, so that the first mip level averages the same texels as the exemplar's; and, where several texels share a
    matched one, half-way between the lines of the grid, where patches meet more often than elsewhere.
    """
    first = 1 if fit.scale > 1 else 0
    places = []
    for axis in (0, 1):
        texels = fit.size[axis] // image_chw.shape[1 + axis]
        fine = texels == fit.scale
        change = (image_chw - torch.roll(image_chw, 1, 1 + axis)).abs().transpose(1, 1 + axis)
        # row by row, so that the number of threads cannot change it
        per_line = change.mean(2).double().mean(0).cpu()
        if not fine:
            # an edge may come to lie a little aside when it is refined
            per_line = torch.stack([torch.roll(per_line, step) for step in (-1, 0, 1)]).amax(0)
        loudness = (per_line - per_line.mean()) / per_line.std().clamp(min=1e-9)
        loudness = loudness[first::STRIDE] if fine else loudness
        order = torch.randperm(len(loudness), generator=generator)
        quiet = order[loudness[order] < LOUD]
        place = int(quiet[0]) if len(quiet) else int(loudness.argmin())
        places.append((STRIDE * place if fine else place) * texels + first * fit.scale)
    return places[0], places[1]


def _matched(repeat: Repeat | None, scale: int) -> Repeat | None:
    return repeat and repeat.scaled(1 / scale)


def stacked(
    maps: Mapping[str, np.ndarray], size: tuple[int, int], wraps: tuple[bool, bool], side: int, device: torch.device
) -> Stack:
    """The maps at the fitted `size`, the height with its slopes, the albedo with its undertone in cells of `side`."""
    parts, slices, start = [], {}, 0
    for name, image in maps.items():
        given = torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32)).to(device)
        fitted = resize(given, size, wraps).clamp(0, 1)
        parts.append(fitted)
        slices[name] = slice(start, start := start + fitted.shape[2])
        if name == "height":
            parts += [_slope(fitted, 1, wraps[1]), _slope(fitted, 0, wraps[0])]
            slices["slopes"] = slice(start, start := start + 2)
    parts.append(undertone_of(torch.cat(parts, 2)[..., slices["albedo"]], wraps, side))
    return Stack(torch.cat(parts, 2), slices, slice(start, start + 3))


def _slope(height_hw1: torch.Tensor, axis: int, wrap: bool) -> torch.Tensor:
    """Difference to the next texel along an axis; the last one repeats the one before where nothing follows."""
    slope = torch.roll(height_hw1, -1, axis) - height_hw1
    if not wrap:
        slope.select(axis, -1).copy_(slope.select(axis, -2))
    return slope


def _finished(
    outputs: dict[str, torch.Tensor], size: tuple[int, int], exemplar_side: int, progress: Progress
) -> dict[str, np.ndarray]:
    """Each map (H, W, channels): heights integrated, normals of unit length, exactly the size that was asked for."""
    if "height" in outputs:
        slopes = outputs.pop("slopes")
        outputs["height"] = integrate_slopes(
            slopes[..., 0],
            slopes[..., 1],
            outputs["height"][..., 0],
            HEIGHT_WAVELENGTH * exemplar_side,
            lambda fraction: progress(0.6 * fraction, "Finishing the height"),
        )[..., None]
        del slopes
    finished = {}
    names = list(outputs)
    for number, name in enumerate(names):
        progress(0.6 + 0.4 * number / len(names), f"Finishing the {name.replace('_', ' ')}")
        image = resize(outputs.pop(name), size, (True, True)).clamp_(0, 1)
        if name == "normal":
            make_unit_length(image)
        finished[name] = image.cpu().numpy()
    return finished


def make_unit_length(encoded_hw3: torch.Tensor) -> None:
    """Normalises encoded normals in place, some rows at a time; one without a direction comes to point up."""
    up = torch.tensor([0.0, 0.0, 1.0], device=encoded_hw3.device)
    for start in range(0, len(encoded_hw3), 256):
        vectors = encoded_hw3[start : start + 256] * 2 - 1
        length = vectors.norm(dim=2, keepdim=True)
        unit = torch.where(length > 1e-4, vectors / length.clamp(min=1e-4), up)
        encoded_hw3[start : start + 256] = unit * 0.5 + 0.5
