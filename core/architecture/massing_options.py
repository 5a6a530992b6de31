# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `massing`: different designs for a plot that daylight their floors, beside the plain rules.

All numbers are indicative: they compare designs, they are no proof of compliance with any rule or standard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from ..asset import Asset, Element, Mesh, Option
from ..context import Context
from ..errors import InputError
from ..request import Request
from .massing import Massing
from .massing_brief import MassingBrief, check_reachable
from .massing_choice import chosen
from .massing_grid import MassingGrid, massing_grid
from .massing_lattice import Design, design_of
from .massing_mesh import ground, masses, neighbours_mesh
from .massing_moves import settled
from .massing_params import MassingParams
from .massing_pieces import Buildable, buildable_of, pieces_of
from .massing_plates import exact, plates_of, plates_of_cells, storeys_on
from .massing_rules import RuleResult, all_rules, scores_of
from .massing_score import MassingScorer
from .massing_search import Limits, Runner, search
from .massing_starts import starts
from .massing_sun_map import SunMap
from .massing_trial import Aims, Trial
from .massing_view import view_share
from .outline import Outline
from .site import Site, read_site
from .sun_path import sun_path

CELLS_M = (2.0, 2.5, 3.0, 4.0, 6.0)
MOST_CELLS = 160


@dataclass(frozen=True)
class Task:
    """A plot with what is asked of it: `coarse` scores the search, `fine` what is reported."""

    site: Site
    brief: MassingBrief
    coarse: MassingScorer
    fine: MassingScorer
    ground: Buildable

    @property
    def target_m2(self) -> float:
        """The floor area that is asked for."""
        return self.brief.floor_area_ratio * self.coarse.grid.site_area_m2


@dataclass(frozen=True)
class Offer:
    """One design that is offered."""

    name: str
    massing: Massing
    code: tuple[float, ...]


def generate(request: Request, context: Context) -> Asset:
    """The designs that the Request asks for; see `MassingParams`. With a code, that design alone."""
    params = request.params
    assert isinstance(params, MassingParams)
    if not request.references:
        raise InputError("A massing needs a site file with the plot. Choose one.")
    site = read_site(request.references[0].path)
    context.progress(0.0, "Site")
    if request.code is not None:
        task = task_of(site, params)
        return _asset(task, [Offer("option 1", massing_of(site, params, request.code), request.code)], context)
    task = task_of(site, params)
    return _asset(task, offers(task, params, request.seed, context), context)


def massing_of(site: Site, params: MassingParams, code: Sequence[float]) -> Massing:
    """The floor plates of the option with this code on the site, exactly; limits that have changed since are kept."""
    design = design_of(code)
    grid, brief = _grid(site, params)
    massing = plates_of(design, buildable_of(_plot(site), brief.setback_m, grid), brief, params.core_width_m)
    if not massing.plates:
        raise InputError("The design of this code has no place on this plot. Take the code of an option made for it.")
    return massing


def task_of(site: Site, params: MassingParams, fine: bool = True) -> Task:
    """What is needed to score designs; InputError for limits that no design can keep."""
    grid, brief = _grid(site, params)
    plot = _plot(site)
    area = buildable_of(plot, brief.setback_m, grid)
    check_reachable(brief, grid.site_area_m2, float(area.polygon.area))
    # in hours whole the search would find what only looks lit
    path = sun_path(params.latitude_deg, params.north_deg, step_h=0.5)
    coarse = MassingScorer(grid, brief, path)
    finer = coarse
    if fine:
        small = massing_grid(plot.rings, site.neighbours, brief.setback_m, grid.cell_m / 2)
        finer = MassingScorer(small, brief, path)
    return Task(site, brief, coarse, finer, area)


def offers(task: Task, params: MassingParams, seed: int, context: Context) -> list[Offer]:
    """The options by worth, then the plain rules."""
    context.progress(0.02, "Plain rules")
    rules = all_rules(task.coarse, seed)
    best = max((rule.scores for rule in rules.values()), key=lambda scores: scores["daylit"], default=None)
    runners, trial = searched(task, params, seed, 0.0 if best is None else best["neighbour_sun"], context)
    options = exact_designs(task, params, chosen(runners, trial, 2 * params.options), params.options)
    if not options and not rules:
        raise InputError(
            f"No design with {task.target_m2:.0f} m2 was found within the limits. Raise the height limit or the "
            "coverage, make the setback smaller, or ask for less."
        )
    made = [
        Offer(f"option {number}", plates_of(one, task.ground, task.brief, params.core_width_m), one.code())
        for number, one in enumerate(options, 1)
    ]
    return made + [Offer(name, rule_massing(task, rule), ()) for name, rule in rules.items()]


def searched(
    task: Task, params: MassingParams, seed: int, least_sun: float, context: Context
) -> tuple[list[Runner], Trial]:
    """The search's designs by worth, and its trial."""
    grid = task.coarse.grid
    limits = Limits(task.target_m2, task.brief.most_storeys, params.core_width_m)
    aims = Aims(params.neighbour_sun_weight * 0.5, params.ground_sun_weight, params.compactness_weight, least_sun)
    trial = Trial(task.coarse, task.ground, aims)
    north = math.radians(90 - params.north_deg)
    begin = list(starts(task.ground, grid.angle, north, params.bar_depth_m, limits.target_m2, limits.most, seed))

    def progress(share: float) -> None:
        context.progress(0.05 + 0.8 * share, f"{trial.count} designs tried")

    return search(trial, begin, limits, params.evaluations, seed, progress), trial


def exact_designs(task: Task, params: MassingParams, runners: Sequence[Runner], count: int) -> list[Design]:
    """The first `count` of the designs that keep every limit with exact outlines and floor area."""
    made: list[Design] = []
    random = np.random.default_rng(0)
    for runner in runners:
        if len(made) == count:
            break
        design = exact_design(task, params, runner, random)
        if design is not None:
            made.append(design)
    return made


def exact_design(task: Task, params: MassingParams, runner: Runner, random: np.random.Generator) -> Design | None:
    """The design with exact pieces and floor area, or None."""
    one, brief = runner.design, task.brief
    as_found = Design(one.lattice, one.of_lattice())
    scaled = exact(as_found, task.ground, brief, params.core_width_m, task.target_m2)
    if scaled is None:
        # the areas counted in points were too far off: storeys are moved
        pieces, _ = pieces_of(one.lattice, task.ground)
        if not len(pieces.areas):
            return None
        tops = np.zeros(len(pieces.areas) + 1, np.int64)
        np.maximum.at(tops, pieces.of_lattice, as_found.storeys)
        whole = replace(one, pieces=pieces, storeys=tops[:-1])
        free = np.zeros(len(pieces.areas), bool)
        right = settled(whole, task.target_m2, brief.most_storeys, random, free)
        if right is None:
            return None
        moved = Design(right.lattice, right.of_lattice())
        scaled = exact(moved, task.ground, brief, params.core_width_m, task.target_m2)
    # what the code's rounding makes of it is what is offered
    return None if scaled is None else design_of(scaled.code())


def rule_massing(task: Task, rule: RuleResult) -> Massing:
    """The floor plates of a plain rule's design."""
    return plates_of_cells(rule.storeys.numpy(), task.coarse.grid, task.brief)


def report_of(task: Task, massing: Massing) -> dict[str, float]:
    """What a design is like: areas from its outlines, sun and view from the fine grid."""
    storeys = torch.from_numpy(storeys_on(massing, task.fine.grid))[None]
    scores = scores_of(task.fine.scores(storeys), 0)
    area, plot = massing.gross_floor_area_m2, task.fine.grid.site_area_m2
    return {
        "daylit_share": scores["daylit"],
        "neighbour_sun_share": scores["neighbour_sun"],
        "ground_sun_h": scores["ground_h"],
        "view_share": float(view_share(task.fine, storeys)[0]),
        "surface_to_volume": scores["surface_to_volume"],
        "gross_floor_area_m2": area,
        "floor_area_ratio": area / plot,
        "coverage": sum(plate.area for plate in massing.plates[0]) / plot,
        "height_m": sum(massing.heights_m),
        "num_storeys": float(len(massing.plates)),
    }


def _asset(task: Task, made: list[Offer], context: Context) -> Asset:
    meshes: list[Mesh] = []
    options: list[Option] = []
    elements: list[Element] = []
    for number, offer in enumerate(made):
        context.progress(0.86 + 0.14 * number / len(made), f"Sun of {offer.name}")
        storeys = storeys_on(offer.massing, task.fine.grid)
        heights = torch.from_numpy(np.maximum(storeys * task.brief.storey_height_m, task.fine.grid.neighbour_m)).float()
        sun = SunMap(task.fine.grid, task.fine.path, task.fine.sweep.shadow_heights(heights[None])[0])
        coarse = storeys_on(offer.massing, task.coarse.grid)
        pair = (masses(offer.name, offer.massing, sun), ground(f"{offer.name} ground", task.coarse.grid, coarse, sun))
        meshes += pair
        names = tuple(mesh.name for mesh in pair)
        options.append(Option(offer.name, names, report_of(task, offer.massing), offer.code))
        elements += _elements(offer)
    if task.site.neighbours:
        meshes.append(neighbours_mesh(task.site.neighbours))
    report = dict(options[0].report)
    code = options[0].code if len(options) == 1 else ()
    return Asset(
        "massing",
        meshes=tuple(meshes),
        elements=tuple(elements),
        options=tuple(options),
        report=report,
        code=code,
    )


def _elements(offer: Offer) -> list[Element]:
    """One space a floor plate, its courtyards as openings of it."""
    made, floor = [], 0.0
    for storey, (plates, height) in enumerate(zip(offer.massing.plates, offer.massing.heights_m, strict=True)):
        for number, plate in enumerate(plates, 1):
            quantities = {"gross_floor_area_m2": plate.area, "elevation_m": floor, "height_m": height}
            name = f"{offer.name} storey {storey} plate {number}"
            made.append(Element(name, "IfcSpace", offer.name, f"storey {storey}", offer.name, plate.outer, quantities))
            made += [
                Element(f"{name} hole {n}", "IfcOpeningElement", name, f"storey {storey}", "", ring[::-1], {})
                for n, ring in enumerate(plate.holes, 1)
            ]
        floor += height
    return made


def _plot(site: Site) -> Outline:
    if site.plot is None:
        raise InputError("The site file has no plot ('site'). Draw or pick the plot of land that is built on.")
    return site.plot


def _grid(site: Site, params: MassingParams) -> tuple[MassingGrid, MassingBrief]:
    plot = _plot(site)
    brief = params.brief(plot.area)
    span = float(np.ptp(plot.outer, axis=0).max()) * 1.42 + 80
    cell = next((cell for cell in CELLS_M if span / cell <= MOST_CELLS), CELLS_M[-1])
    return massing_grid(plot.rings, site.neighbours, brief.setback_m, cell), brief
