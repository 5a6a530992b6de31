# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes of a building's shape: of the massing or the form that it stands on; an outline has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from ..context import Context, span
from ..errors import InputError
from ..explore import Code, mean_code
from ..request import Request
from . import form, massing_codes
from .building_params import BuildingParams
from .building_shape import SEARCH_SHARE
from .form_network import CODE_LENGTH
from .massing_params import MassingParams
from .site import Site, read_site


def codes(request: Request, count: int, context: Context) -> list[Code]:
    """Codes by chance; of a massing the best that one search finds."""
    params = request.params
    assert isinstance(params, BuildingParams)
    if params.shape == "form":
        return [form.drawn_codes(request.seed + number, 1)[0] for number in range(count)]
    if params.shape == "massing" and count > 1:
        return massing_codes.codes(_as_massing(request, params), count, context)
    site = read_site(request.references[0].path) if request.references else Site()
    own = with_code(request, site, context).code
    return [] if own is None else [own]


def mixed_code(codes: Sequence[Code], weights: Sequence[float]) -> Code:
    """Between forms the mean, between massings a massing."""
    if all(len(code) == CODE_LENGTH for code in codes):
        return mean_code(codes, weights)
    return massing_codes.mixed_code(codes, weights)


def with_code(request: Request, site: Site, context: Context) -> Request:
    """The Request with the code that its seed stands for on the site, where its shape has one."""
    params = request.params
    assert isinstance(params, BuildingParams)
    if params.shape == "outline" and request.code is not None:
        raise InputError(
            "A building over an outline has no code. Leave it out, or choose the shape 'form' or 'massing'."
        )
    if params.shape == "outline" or request.code is not None:
        return request
    if params.shape == "form":
        return replace(request, code=form.drawn_codes(request.seed, 1)[0])
    if site.plot is None:
        return request
    inner = replace(context, progress=span(context.progress, 0.0, SEARCH_SHARE))
    found = massing_codes.codes(_as_massing(request, params), params.options, inner)
    # where the search finds none a plain rule's design is taken, which has no code
    return replace(request, code=found[0]) if found else request


def _as_massing(request: Request, params: BuildingParams) -> Request:
    own = {field.name: getattr(params, field.name) for field in fields(MassingParams)}
    return Request("architecture", "massing", MassingParams(**own), request.seed, request.references)
