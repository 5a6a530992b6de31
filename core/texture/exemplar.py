# SPDX-License-Identifier: GPL-3.0-or-later
"""`texture` / `exemplar`: pictures of surfaces become a seamless material of any size.

One picture is taken as it is. Of several, patches of each lie side by side in statistics between theirs: by the weights
of the albedo pictures all over, or, of two, by a mask that is white where the second shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..asset import Asset
from ..context import Context, span
from ..errors import InputError
from ..files.picture import read_picture
from ..request import Reference, Request
from .correspondence import DESIGN_SIDE
from .mask import ROLE as MASK
from .material_request import finished_asset, read_maps
from .mixture import blend
from .params import ExemplarParams
from .quality import copy_share
from .synthesis import synthesise
from .transfer import Correspondence

# a picture is brought down to the result's size, since more of it only adds time, but not below this many pixels
MIN_EXEMPLAR = 512


def generate(request: Request, context: Context) -> Asset:
    """The material that the Request asks for; see `ExemplarParams`."""
    params = request.params
    assert isinstance(params, ExemplarParams)
    context.progress(0.0, "Reading the pictures")
    groups = exemplars(request.references, params.corners)
    shortest = max(MIN_EXEMPLAR, params.size)
    given = [read_maps(group, context.warn, shortest, params.corners) for group in groups]
    wanted = [{name: image for name, image in maps.items() if name in params.maps} for maps in given]
    copied: dict[str, float] = {}

    def notice(field: Correspondence) -> None:
        copied["copy_share"] = copy_share(field.rows.cpu().numpy(), field.columns.cpu().numpy())

    made = _made(request, params, context, groups, wanted, notice)
    return finished_asset(
        request,
        context,
        made,
        wanted=params.maps,
        relief=params.relief,
        size_m=params.size_m,
        start=0.8,
        further=copied,
    )


def exemplars(references: Sequence[Reference], corners: Sequence[float] = ()) -> list[list[Reference]]:
    """The maps of each exemplar, its albedo first: of every role the first to the first albedo, and so on.

    InputError where a role is neither given once for each albedo nor left out, or where a mask or corners do not suit
    the number of albedo pictures.
    """
    roles = dict.fromkeys(reference.role for reference in references if reference.role != MASK)
    by_role = {role: [reference for reference in references if reference.role == role] for role in roles}
    count = len(by_role["albedo"])
    for role, of_role in by_role.items():
        if len(of_role) != count:
            raise InputError(
                f"{count} albedo pictures and {len(of_role)} of {role} were given. "
                f"Give one {role} picture for each albedo, in their order, or none."
            )
    if count != 2 and any(reference.role == MASK for reference in references):
        raise InputError(
            f"A mask shows where the second of two pictures is to be, and {count} albedo were given. "
            "Give two, or leave out the mask."
        )
    if count > 1 and corners:
        raise InputError(f"Corners straighten one picture, and {count} were given. Straighten them one by one first.")
    return [[by_role[role][number] for role in sorted(roles)] for number in range(count)]


def _made(
    request: Request,
    params: ExemplarParams,
    context: Context,
    groups: Sequence[Sequence[Reference]],
    wanted: Sequence[dict[str, np.ndarray]],
    notice: Callable[[Correspondence], None],
) -> dict[str, np.ndarray]:
    """The maps that the pictures show, synthesised."""
    size, progress = (params.size, params.size), span(context.progress, 0.02, 0.78)
    if len(wanted) == 1:
        return synthesise(
            wanted[0],
            size,
            seed=request.seed,
            device=context.device,
            progress=progress,
            tile=context.tile,
            variety=params.variety,
            notice=notice,
            quick=context.preview is not None and context.preview <= DESIGN_SIDE,
        )
    masks = [Path(reference.path) for reference in request.references if reference.role == MASK]
    return blend(
        wanted,
        [reference.weight for group in groups for reference in group if reference.role == "albedo"],
        read_picture(masks[0], 1, shortest=params.size)[..., 0] if masks else None,
        size,
        seed=request.seed,
        device=context.device,
        progress=progress,
        tile=context.tile,
        variety=params.variety,
    )
