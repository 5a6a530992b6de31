# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `exemplar`: one picture of a surface becomes a seamless material of any size."""

from __future__ import annotations

from ..asset import Asset
from ..context import Context, span
from ..request import Request
from .material_request import finished_asset, read_maps
from .params import ExemplarParams
from .synthesis import synthesise

# a picture is brought down to the result's size, since more of it only adds time, but not below this many pixels
MIN_EXEMPLAR = 512


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `ExemplarParams`."""
    params = request.params
    assert isinstance(params, ExemplarParams)
    context.progress(0.0, "Reading the pictures")
    given = read_maps(request.references, context.warn, max(MIN_EXEMPLAR, params.size), params.corners)
    wanted = {name: image for name, image in given.items() if name in params.maps}
    made = synthesise(
        wanted,
        (params.size, params.size),
        seed=request.seed,
        device=context.device,
        tile=context.tile,
        variety=params.variety,
        progress=span(context.progress, 0.02, 0.78),
    )
    return finished_asset(
        request, context, made, wanted=params.maps, relief=params.relief, size_m=params.size_m, start=0.8
    )
