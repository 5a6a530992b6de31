# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `tileable`: a picture or a material that repeats without a seam, otherwise as it is."""

from __future__ import annotations

import math

from ..asset import Asset
from ..context import Context, span
from ..request import Request
from .material_request import finished_asset, read_maps
from .params import TileableParams
from .tiling import make_tile

MIN_POWER, MAX_POWER = 6, 12


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `TileableParams`."""
    params = request.params
    assert isinstance(params, TileableParams)
    context.progress(0.0, "Reading the pictures")
    given = read_maps(request.references, context.warn, corners=params.corners)
    wanted = {name: image for name, image in given.items() if name in params.maps}
    made = make_tile(
        wanted,
        trim=params.trim,
        band=params.band,
        seed=request.seed,
        device=context.device,
        tile=context.tile,
        progress=span(context.progress, 0.1, 0.6),
    )
    picture, kept = wanted["albedo"].shape[:2], made.maps["albedo"].shape[:2]
    return finished_asset(
        request,
        context,
        made.maps,
        wanted=params.maps,
        relief=params.relief,
        size_m=params.size_m * kept[1] / picture[1],
        start=0.7,
        size=_size(params.resample, (picture[0], picture[1]), (kept[0], kept[1])),
    )


def _size(resample: str, picture: tuple[int, int], kept: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of the result."""
    if resample == "picture":
        return picture
    if resample == "power_of_two":
        return _power_of_two(kept[0]), _power_of_two(kept[1])
    return kept


def _power_of_two(count: int) -> int:
    """The one nearest in size: half as large counts as far as twice as large."""
    power = min(max(MIN_POWER, round(math.log2(count))), MAX_POWER)
    return 1 << power
