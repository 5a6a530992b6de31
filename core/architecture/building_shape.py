# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a building: over an outline, of a massing that is searched for, or of a learned form.

What a massing or form needs is imported only where one is asked for: a building over an outline goes without it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..codec import show
from ..context import Context, span
from ..errors import InputError
from ..request import Request
from .building_params import BuildingParams
from .massing import Massing
from .outline import Outline, clean_outline
from .site import Site

MOST_PARTS_M2 = 500_000.0
# share of the work that a search takes
SEARCH_SHARE = 0.5


def massing_for(site: Site, params: BuildingParams, request: Request, context: Context) -> Massing:
    """The floor plates that the parameters and the Request's code ask for; InputError for what cannot be built."""
    if params.shape == "outline":
        massing = _over_outline(site, params)
    elif site.plot is None and not (params.shape == "form" and site.parcels):
        raise InputError(
            f"The shape {show(params.shape)} needs a plot, and the site has none. Choose the site's plot, or the shape "
            "'outline'."
        )
    elif params.shape == "massing":
        massing = _searched(site, params, request, context)
    else:
        massing = _learned(site, params, request)
    if massing.gross_floor_area_m2 > MOST_PARTS_M2:
        raise InputError(
            f"The building would have {massing.gross_floor_area_m2:.0f} m2 of floors; {MOST_PARTS_M2:.0f} are the "
            "most. Give it fewer storeys or a smaller outline."
        )
    return massing


def _over_outline(site: Site, params: BuildingParams) -> Massing:
    outline = site.outline or site.plot or rectangle(params.width_m, params.depth_m)
    return Massing(((outline,),) * params.storeys, heights_of(params, params.storeys))


def _searched(site: Site, params: BuildingParams, request: Request, context: Context) -> Massing:
    """The massing of the code, else the best that the method `massing` finds with these parameters and seed."""
    from .massing_options import massing_of, offers, task_of

    if request.code is not None:
        return massing_of(site, params, request.code)
    inner = replace(context, progress=span(context.progress, 0.0, SEARCH_SHARE))
    return offers(task_of(site, params), params, request.seed, inner)[0].massing


def _learned(site: Site, params: BuildingParams, request: Request) -> Massing:
    from .form import Wish, form_of

    wish = Wish(**{name: getattr(params, name) for name in Wish.__dataclass_fields__})
    return form_of(site, wish, request.code, request.seed)


def heights_of(params: BuildingParams, count: int) -> tuple[float, ...]:
    """Floor-to-floor heights of `count` storeys."""
    ground = params.ground_height_m or params.storey_height_m
    return (ground, *(params.storey_height_m,) * (count - 1))


def rectangle(width_m: float, depth_m: float) -> Outline:
    """An outline about the origin, its front towards -Y."""
    x, y = width_m / 2, depth_m / 2
    return clean_outline(np.array([(-x, -y), (x, -y), (x, y), (-x, y)]))
