# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `extend`: more of the same around a picture or a material, which stays inside as it is."""

from __future__ import annotations

import numpy as np

from ..asset import Asset
from ..context import Context, span
from ..errors import InputError
from ..request import Request
from .features import guide_features
from .filling import Canvas, fill, matching_scale, side_unit
from .lattice import Period, is_seamless
from .material_request import finished_asset, read_maps
from .params import ExtendParams
from .tiling import repeats_of

MAX_SIDE = 8192
# a texel more or less than asked for weighs as much as this part of a texel that a repeat is off
SIZE_WEIGHT = 0.05
# and an odd number of repeats as much as being off by this part of one: courses are often shifted by turns
ODD_WEIGHT = 0.1


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `ExtendParams`."""
    params = request.params
    assert isinstance(params, ExtendParams)
    if not max(params.left, params.right, params.up, params.down):
        raise InputError("Nothing is to be added on any side. Give left, right, up or down.")
    context.progress(0.0, "Reading the pictures")
    given = read_maps(request.references, context.warn, corners=params.corners)
    wanted = {name: image for name, image in given.items() if name in params.maps}
    canvas = _canvas(wanted, params, context)
    height, width = wanted["albedo"].shape[:2]
    made = fill(
        wanted,
        np.ones((height, width), bool),
        canvas,
        seed=request.seed,
        device=context.device,
        tile=context.tile,
        quick=context.preview,
        progress=span(context.progress, 0.1, 0.6),
    )
    return finished_asset(
        request,
        context,
        made,
        wanted=params.maps,
        relief=params.relief,
        size_m=params.size_m * canvas.size[1] / width,
        start=0.7,
        size=canvas.size,
    )


def _canvas(maps: dict[str, np.ndarray], params: ExtendParams, context: Context) -> Canvas:
    """How large the result is, where the picture lies on it, and which axes close."""
    height, width = maps["albedo"].shape[:2]
    before = (round(params.up * height), round(params.left * width))
    after = (round(params.down * height), round(params.right * width))
    asked = (before[0] + height + after[0], before[1] + width + after[1])
    if max(asked) > MAX_SIDE:
        raise InputError(
            f"The result would be {asked[1]} x {asked[0]} px; {MAX_SIDE} px a side are the most. Add less."
        )
    scale = matching_scale(asked)
    unit = side_unit((height, width), scale)
    features = guide_features(maps, context.device)
    repeats = repeats_of(features)
    size, origin, wraps = [], [], []
    for axis, length in enumerate((height, width)):
        grows = before[axis] + after[axis] > 0
        closes = params.tile and grows
        size.append(closing_length(asked[axis], length, repeats[axis], unit) if closes else asked[axis])
        origin.append(min(round(before[axis] / scale) * scale, max(0, (size[axis] - length) // scale * scale)))
        wraps.append(closes or (params.tile and is_seamless(features, axis, repeats[axis])))
    if params.tile and not all(wraps):
        context.warn("Where nothing is added, the result does not tile. Add something on every side.")
    unknown = np.ones((size[0], size[1]), bool)
    unknown[origin[0] : origin[0] + height, origin[1] : origin[1] + width] = False
    return Canvas((size[0], size[1]), (origin[0], origin[1]), unknown, (wraps[0], wraps[1]))


def closing_length(asked: int, least: int, repeat: Period | None, unit: int) -> int:
    """The length near `asked`, at least `least` and a multiple of `unit`, that holds the wholest number of repeats."""
    reach = unit if repeat is None else max(unit, round(1.4 * repeat.texels))
    first = max(-(-least // unit), (asked - reach) // unit)
    tried = [n * unit for n in range(first, (asked + reach) // unit + 2)]

    def cost(length: int) -> float:
        off = SIZE_WEIGHT * abs(length - asked)
        if repeat is not None:
            odd = round(length / repeat.texels) % 2
            off += repeat.texels * (repeat.misfit(length) + ODD_WEIGHT * odd)
        return off

    return min(tried, key=cost)
