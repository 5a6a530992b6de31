# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `plan`: a floor plan within an outline, as a maquette one can look into."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from ..asset import Asset, Element
from ..context import Context
from ..errors import InputError
from ..request import Request
from .floor_plan import FloorPlan
from .outline import MIN_AREA_M2, Outline, clean_outline
from .plan_params import PlanParams
from .plan_rules import RULES, Verdict
from .plan_solid import net_area, solids_of
from .plan_solver import solved
from .programme import parse_programme
from .site import Site, read_site

NO_PLAN = np.zeros((0, 2))


def generate(request: Request, context: Context) -> Asset:
    """The plan that the Request asks for; see `PlanParams`. Rules that it does not meet are told."""
    params = request.params
    assert isinstance(params, PlanParams)
    context.progress(0.0, "Reading the programme")
    programme = parse_programme(params.programme)
    site = read_site(request.references[0].path) if request.references else Site()
    outer = site.outline or site.plot or _rectangle(params.width_m, params.depth_m)
    inner = inside_of(outer, params.wall_m)
    rooms = [room for room in site.pinned_rooms if room.storey == params.storey]
    walls = [wall for wall in site.pinned_walls if wall.storey == params.storey]
    context.progress(0.1, "Dividing the floor")
    found = solved(inner, site.front_door, programme, request.seed, rooms, walls, progress=context.progress)
    if not found.verdict.valid:
        context.warn(sentence(found.verdict))
    context.progress(0.8, "Building walls")
    meshes = solids_of(found.plan, outer, params.height_m, params.wall_m, params.inner_wall_m)
    elements = _elements(found.plan, outer, params)
    return Asset("plan", meshes=meshes, elements=elements, report=_report(found.plan, found.verdict, params))


def inside_of(outer: Outline, wall_m: float) -> Outline:
    """The outline of the inner faces of walls with the outer face `outer`; one that walls fill is an InputError."""
    from .plan_shapes import polygon_of, rings_of

    pieces = rings_of(polygon_of(outer.rings).buffer(-wall_m, join_style="mitre"), 0.3)
    if not pieces or polygon_of(pieces[0]).area < MIN_AREA_M2:
        raise InputError(
            f"The outline is so narrow that walls of {wall_m:g} m leave no floor. Draw a wider one, or thinner walls."
        )
    return clean_outline(pieces[0][0], pieces[0][1:])


def sentence(verdict: Verdict) -> str:
    """Which rules the best plan found does not meet, and where."""
    said = ", ".join(f"{rule} ({where})" if where else rule for rule, where in verdict.unmet[:6])
    more = f" and {len(verdict.unmet) - 6} more" if len(verdict.unmet) > 6 else ""
    return f"No plan was found that meets every rule; this one misses: {said}{more}. Change rooms, areas or the door."


def _rectangle(width_m: float, depth_m: float) -> Outline:
    x, y = width_m / 2, depth_m / 2
    return clean_outline(np.array([(-x, -y), (x, -y), (x, y), (-x, y)]))


def _elements(plan: FloorPlan, outer: Outline, params: PlanParams) -> tuple[Element, ...]:
    storey = f"storey {params.storey}"
    area = plan.outline.area
    sizes = {"elevation_m": 0.0, "height_m": params.height_m, "gross_floor_area_m2": outer.area}
    spaces = [
        Element(
            f"{storey} space {room.name}",
            "IfcSpace",
            storey,
            storey,
            "",
            room.ring,
            {
                "gross_floor_area_m2": clean_area(room.ring),
                "net_floor_area_m2": net_area(room, plan, params.inner_wall_m),
                "elevation_m": 0.0,
                "height_m": params.height_m,
            },
        )
        for room in plan.rooms
    ]
    return (
        Element("site", "IfcSite", "", "", "", NO_PLAN),
        Element("building", "IfcBuilding", "site", "", "", NO_PLAN, {"gross_floor_area_m2": outer.area}),
        Element(storey, "IfcBuildingStorey", "building", storey, "", outer.outer, sizes | {"net_floor_area_m2": area}),
        *spaces,
    )


def clean_area(ring: np.ndarray) -> float:
    """The area within a ring (N, 2), in m2."""
    x, y = ring.T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def _report(plan: FloorPlan, verdict: Verdict, params: PlanParams) -> dict[str, float]:
    by_use: defaultdict[str, float] = defaultdict(float)
    for room in plan.rooms:
        by_use[room.use] += clean_area(room.ring)
    missed = Counter(rule for rule, _ in verdict.unmet)
    return {
        "valid": float(verdict.valid),
        "area_error": verdict.area_error,
        "floor_area_m2": plan.outline.area,
        "num_rooms": float(len(plan.rooms)),
        "num_doors": float(len(plan.doors)),
        **{f"{use}_m2": area for use, area in by_use.items()},
        **{f"unmet_{rule}": float(missed[rule]) for rule in RULES},
    }
