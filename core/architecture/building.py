# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `building`: shape, storeys, facade, roof and rooms in one Request.

Each part takes its own chance from the seed, so that what one parameter changes leaves the rest as it was.
"""

from __future__ import annotations

from dataclasses import replace

from ..asset import Asset
from ..context import Context, span
from ..errors import InputError
from ..request import Request
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
from .fixtures import fixtures_of
from .interiors import interiors_of
from .massing import Massing
from .plan import sentence
from .programme import parse_programme
from .site import Site, read_site
from .stairs import StairRun
from .storey_layout import ONE_DWELLING_M2
from .storey_plans import plan_of


def generate(request: Request, context: Context) -> Asset:
    """The building that the Request asks for; see `BuildingParams`."""
    params = request.params
    assert isinstance(params, BuildingParams)
    context.progress(0.0, "Reading the site")
    site = read_site(request.references[0].path) if request.references else Site()
    massing = massing_for(site, params, request, context)
    context.progress(0.5, "Building")
    style = style_of(params)
    stairs, inside = rooms_for(massing, style, site, params, request, context)
    parts = build(
        massing,
        style,
        front_door=site.front_door,
        neighbours=site.neighbours,
        plot=site.plot,
        stairs=stairs,
        extras=inside,
    )
    if params.levels:
        parts = with_levels(parts, params.levels)
    materials = parts.materials
    if params.materials:
        inner = replace(context, progress=span(context.progress, 0.6, 0.4))
        materials = textured(materials, style.facade, style.roof, request.seed, inner)
    return Asset(
        "building",
        materials=materials,
        meshes=parts.meshes,
        instances=parts.instances,
        elements=parts.elements,
        report=parts.report,
    )


def rooms_for(
    massing: Massing, style: BuildingStyle, site: Site, params: BuildingParams, request: Request, context: Context
) -> tuple[tuple[StairRun, ...] | None, tuple[Extra, ...]]:
    """The stairs that the rooms leave room for, None for the usual ones, and what stands inside: of houses with one
    plate on every storey, of up to one dwelling's size; other buildings are left open, and that is told."""
    if not params.interiors:
        return None, ()
    programme = parse_programme(params.programme)
    storeys, shells = shells_of(facetted(massing, style.facade_style), style, site.front_door, site.neighbours)
    try:
        found = plan_of(storeys, shells, site, programme, part_seed(request.seed, "plan"))
    except InputError as error:
        # rooms that nobody asked for must not stop a small building
        if params.programme != HOUSE:
            raise
        context.warn(f"The building has no inner walls. {error}")
        return None, ()
    if found is None:
        context.warn(
            "The building has no inner walls: rooms are planned where every storey is one dwelling of up to "
            f"{ONE_DWELLING_M2:.0f} m2 with room for a stair behind the front door."
        )
        return None, ()
    plan, stairs, verdict = found
    if not verdict.valid:
        context.warn(sentence(verdict))
    return stairs, (interiors_of(plan, storeys, style.slab_m), fixtures_of(plan, storeys, shells))


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
