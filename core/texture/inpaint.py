# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `inpaint`: a marked part of a picture or a material, made anew from the rest, which stays."""

from __future__ import annotations

import numpy as np
import torch

from ..asset import Asset
from ..context import Context, span
from ..request import Request
from .filling import Canvas, fill, seamless_axes
from .joints import dilated
from .mask import check_marked, read_mask, rectangle
from .material_request import finished_asset, read_maps
from .params import InpaintParams


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `InpaintParams`."""
    params = request.params
    assert isinstance(params, InpaintParams)
    context.progress(0.0, "Reading the pictures")
    given = read_maps(request.references, context.warn)
    height, width = given["albedo"].shape[:2]
    marked = rectangle((height, width), params.x, params.y, params.width, params.height)
    mask = read_mask(request.references, (height, width))
    marked = marked if mask is None else marked | mask
    check_marked(marked)
    marked = _grown(marked, round(params.grow * width))
    check_marked(marked)
    wanted = {name: image for name, image in given.items() if name in params.maps}
    wraps = seamless_axes(wanted, ~marked, context.device)
    made = fill(
        wanted,
        ~marked,
        Canvas((height, width), (0, 0), marked, wraps),
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
        size_m=params.size_m,
        start=0.7,
        size=(height, width),
    )


def _grown(marked: np.ndarray, reach: int) -> np.ndarray:
    """What is marked and all within `reach` texels of it, but not around the picture's sides."""
    padded = np.pad(marked, reach)
    grown: np.ndarray = dilated(torch.from_numpy(padded), reach).numpy() if reach else marked
    return grown[reach : grown.shape[0] - reach, reach : grown.shape[1] - reach] if reach else grown
