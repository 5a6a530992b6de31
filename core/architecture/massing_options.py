# SPDX-License-Identifier: GPL-3.0-or-later
"""`architecture` / `massing`: different designs for a plot that daylight their floors, beside the plain rules.

All numbers are indicative: they compare designs, they are no proof of compliance with any rule or standard.

A Request with a `code` makes that one design again, exactly: the same plot, parameters and code give the same outlines.
Each option carries its code. It is of no fixed length (see `massing_lattice.Design.code`): for Y rows and X columns
    1.0, Y, X, angle, u, v, X widths, Y lengths, Y * X storeys
with Y and X from 1 to 60, the angle of the lattice in radians, u and v (metres) its first corner in the turned axes
about the middle of the plot's bounds, widths and lengths in metres above 0, storeys whole numbers from 0. Two codes
with the same Y and X can be mixed number by number; storeys are rounded, what stands outside the plot or above the
height limit is left out. The floor area is then as it comes: only codes that `massing` made have it within 0.5 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ..asset import Asset, Element, Mesh, Option
from ..context import Context
from ..errors import InputError
from ..request import Request
from .massing import Massing
from .massing_choice import chosen
from .massing_designs import best_rule, carved_designs, exact_designs, rule_massing, searched, suns_to_keep
from .massing_mesh import ground, masses, neighbours_mesh
from .massing_params import MassingParams
from .massing_plates import plates_of, storeys_on
from .massing_rules import all_rules, scores_of
from .massing_sun_map import SunMap
from .massing_task import Task, massing_of, task_of
from .massing_view import view_share
from .site import read_site

__all__ = ["Offer", "Task", "generate", "massing_of", "offers", "report_of", "task_of"]


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


def offers(task: Task, params: MassingParams, seed: int, context: Context) -> list[Offer]:
    """The options by worth, then the plain rules."""
    context.progress(0.02, "Plain rules")
    rules = all_rules(task.coarse, seed)
    plain = {name: rule_massing(task, rule) for name, rule in rules.items()}
    best = best_rule(task, plain) or ""
    rule = plain.get(best)
    found = searched(task, params, seed, suns_to_keep(task, rules.get(best), rule), context)
    pool, trial = [*carved_designs(task, params, seed, rule, found, context), *found[0]], found[1]
    options = exact_designs(task, params, chosen(pool, trial, 3 * params.options), trial.fine.aims, params.options)
    if not options and not rules:
        raise InputError(
            f"No design with {task.target_m2:.0f} m2 was found within the limits. Raise the height limit or the "
            "coverage, make the setback smaller, or ask for less."
        )
    made = [
        Offer(f"option {number}", plates_of(one, task.ground, task.brief, params.core_width_m), one.code())
        for number, one in enumerate(options, 1)
    ]
    return made + [Offer(name, massing, ()) for name, massing in plain.items()]


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
