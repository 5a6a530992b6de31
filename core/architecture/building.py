# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `building`: shape, storeys, facade, roof and rooms in one Request.

Each part takes its own chance from the seed, so that what one parameter changes leaves the rest as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..asset import Asset
from ..context import Context, span
from ..errors import InputError
from ..request import Request
from .building_code import with_code
from .building_inside import Inside, inside_of, uses_of
from .building_kernel import build
from .building_levels import with_levels
from .building_params import HOUSE, BuildingParams
from .building_parts import Extra
from .building_seeds import part_seed
from .building_shape import massing_for
from .building_shells import shells_of
from .building_style import BuildingStyle
from .building_textures import textured
from .curves import facetted
from .kept_storeys import with_kept_storeys
from .massing import Massing
from .plan import sentence
from .programme import parse_programme
from .site import Site, read_site
from .stairs import StairRun
from .storey_houses import house_of


def generate(request: Request, context: Context) -> Asset:
    """The building that the Request asks for; see `BuildingParams`."""
    params = request.params
    assert isinstance(params, BuildingParams)
    if context.preview is not None:
        # it is looked at from outside, and what is inside takes a hundred times as long
        params = replace(params, interiors=False, levels=0, materials=False)
    context.progress(0.0, "Reading the site")
    site = read_site(request.references[0].path) if request.references else Site()
    request = with_code(request, site, context)
    massing = massing_for(site, params, request, context)
    context.progress(0.5, "Building")
    style = style_of(params)
    rooms = rooms_for(massing, style, site, params, request, context)
    parts = build(
        massing,
        style,
        front_door=site.front_door,
        neighbours=site.neighbours,
        plot=site.plot,
        stairs=rooms.stairs,
        extras=rooms.parts,
        entrances=rooms.entrances,
    )
    if params.levels:
        parts = with_levels(parts, params.levels)
    materials = parts.materials
    if params.materials:
        inner = replace(context, progress=span(context.progress, 0.6, 0.4))
        materials = textured(materials, style.facade, style.roof, request.seed, inner)
    made = Asset(
        "building",
        materials=materials,
        meshes=parts.meshes,
        instances=parts.instances,
        elements=parts.elements,
        report=parts.report,
        code=request.code or (),
    )
    return with_kept_storeys(made, request.locks or {}, context.kept, context.warn)


@dataclass(frozen=True)
class Rooms:
    """What stands inside: the stairs that the rooms leave room for, None for the usual ones; where the building's doors
    are (2,), none for the usual one; and the parts."""

    stairs: tuple[StairRun, ...] | None = None
    entrances: tuple[np.ndarray, ...] = ()
    parts: tuple[Extra, ...] = ()


def rooms_for(
    massing: Massing, style: BuildingStyle, site: Site, params: BuildingParams, request: Request, context: Context
) -> Rooms:
    """Rooms on every storey: of a house around the stair behind its door, else of dwellings along stairs and
    corridors. What cannot be divided is left open, and that is told."""
    if not params.interiors:
        return Rooms()
    programme = parse_programme(params.programme)
    massing = facetted(massing, style.facade_style)
    storeys, shells = shells_of(massing, style, site.front_door, site.neighbours)
    seed = part_seed(request.seed, "plan")
    try:
        house = house_of(storeys, shells, site, programme, seed)
    except InputError as error:
        # rooms that nobody asked for must not stop a small building
        if params.programme != HOUSE:
            raise
        context.warn(f"The building has no inner walls. {error}")
        return Rooms()
    if house is not None:
        for verdict in house.verdicts[:1]:
            context.warn(sentence(verdict))
        return Rooms(house.stairs, (), (house.extra(shells, style.slab_m),))
    is_default = params.programme == HOUSE

    def progress(text: str) -> None:
        context.progress(0.5, text)

    inside = inside_of(
        storeys, shells, site, programme, seed, lambda index: uses_of(params.style, is_default, index), progress
    )
    if inside is None or not inside.parts:
        context.warn(
            "The building has no inner walls: no stairs or corridor were found that reach dwellings on every storey. "
            "Give it a wider outline or another facade, or draw its rooms."
        )
        return Rooms()
    _tell(inside, context)
    shells = shells_of(massing, style, site.front_door, site.neighbours, None, inside.entrances)[1]
    return Rooms(tuple(inside.runs), tuple(inside.entrances), (inside.extra(style.slab_m),))


def _tell(inside: Inside, context: Context) -> None:
    """Say what the rooms do not have."""
    if inside.open_storeys:
        context.warn(
            f"{', '.join(inside.open_storeys[:6])} stayed open inside: no ways were found that reach every part. "
            "Change the outline or the massing there."
        )
    if inside.missing:
        context.warn(
            f"{inside.missing} of {inside.dwellings} dwellings miss a rule of plans, such as a room's area, width or "
            "window. Change the programme or the outline."
        )


def style_of(params: BuildingParams) -> BuildingStyle:
    """The looks that the parameters name."""
    return BuildingStyle(
        facade=params.style,
        roof=params.roof,
        roof_pitch_deg=params.roof_pitch_deg,
        eaves_m=params.eaves_m,
        wall_m=params.wall_m,
        balconies=params.balconies,
    )
