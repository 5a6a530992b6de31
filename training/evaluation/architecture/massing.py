# SPDX-License-Identifier: GPL-3.0-or-later
"""`massing`: how much of the way from the best plain rule to all floors daylit the search goes, on ten real sites.

The sites are pseudo-parcels by a fixed seed. Single ones are too small for a floor area ratio of 3.8 at a setback of
6 m, so neighbouring ones are united to plots of 3,000 to 6,500 m2; the real buildings around them stay. Height limit
33 m, latitude 52, 21 March. Rules and options are drawn as outlines and scored again in cells of 1 m and steps of 30
minutes. The rule to beat is the best of extrusion, perimeter block, searched slabs and random boxes by its daylit
floors there; an option counts only if it leaves the neighbours no less sun than that rule.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
import torch

from ....core.architecture.massing import Massing
from ....core.architecture.massing_options import Offer, Task, offers, report_of, task_of
from ....core.architecture.massing_params import MassingParams
from ....core.architecture.site import Site
from ....core.context import Context
from ...data.city_buildings import read_city
from ...data.pseudo_parcels import sites_with_neighbours
from .massing_sheet import draw_site, join_rows
from .study import Study

EXPECTED = tuple(
    f"massing.{name}"
    for name in (
        "gap_closed",
        "daylit",
        "daylit_rule",
        "neighbour_sun",
        "neighbour_sun_rule",
        "gfa_error",
        "limit_violations",
        "seconds_1200",
    )
)
SITES, SEED = 10, 5
PLOT_M2 = (3000.0, 6500.0)
ASKED = MassingParams(floor_area_ratio=3.8)
COUNTED = 1200
SHEETS = "massing"
# options that are drawn beside the rules
DRAWN = 3


def judge_massing(study: Study) -> None:
    """Takes up the figures `massing.*`."""
    if not study.cities:
        return study.lack("massing", "There are no real buildings in 'architecture/city'.")
    sites = sites_with_neighbours(read_city(study.cities[0]), SEED, SITES, *PLOT_M2)
    part = study.part("massing", seed=SEED, plots=list(PLOT_M2), asked=ASKED.to_plain())
    rows = []
    for number, site in study.in_time(list(enumerate(sites)), 0.95, "massing"):
        picture = study.out / SHEETS / f"site {number}.png"
        attempt = functools.partial(part.measured, f"site {number}", functools.partial(judged, site, picture))
        row = study.tried(f"massing: site {number}", attempt)
        if row is not None:
            study.say(f"massing: site {number}: {row['rule']:.3f} to {row['daylit']:.3f}")
            rows.append(row)
    join_rows([study.out / SHEETS / f"site {number}.png" for number in range(SITES)], study.out / "massing.png")
    if not rows:
        return study.lack("massing", "No site could be judged.")
    study.give(
        "massing",
        {
            "gap_closed": float(np.mean([row["gap_closed"] for row in rows])),
            "daylit": float(np.mean([row["daylit"] for row in rows])),
            "daylit_rule": float(np.mean([row["rule"] for row in rows])),
            "neighbour_sun": float(np.mean([row["sun"] for row in rows])),
            "neighbour_sun_rule": float(np.mean([row["sun_rule"] for row in rows])),
            "gfa_error": max(row["gfa_error"] for row in rows),
            "limit_violations": sum(row["violations"] for row in rows),
            "seconds_1200": float(np.mean([row["seconds_1200"] for row in rows])),
        },
    )
    study.note(
        f"massing: means over {len(rows)} plots of {PLOT_M2[0]:g} to {PLOT_M2[1]:g} m2 united from pseudo-parcels, "
        f"{ASKED.evaluations} evaluations each; where no option keeps the rule's sun, the rule's own figures count. "
        f"gfa_error is the largest of all options, limit_violations the number of limits broken by all of them; "
        f"seconds_1200 the processor seconds of search with rules and outlines for {COUNTED} evaluations."
    )


def judged(site: Site, picture: Path | None = None) -> Mapping[str, float]:
    """The figures of one site; its best options beside the rules are drawn to `picture`."""
    context = Context(torch.device("cpu"), None, lambda fraction, text: None, lambda text: None)
    task = task_of(site, ASKED)
    started = time.process_time()
    made = offers(task, ASKED, 0, context)
    seconds = time.process_time() - started
    reports = {offer.name: report_of(task, offer.massing) for offer in made}
    rules = [offer for offer in made if not offer.code]
    options = [offer for offer in made if offer.code]
    rule = max((reports[offer.name] for offer in rules), key=lambda report: report["daylit_share"])
    least = rule["neighbour_sun_share"]
    kept = [reports[one.name] for one in options if reports[one.name]["neighbour_sun_share"] >= least]
    best = max([rule, *kept], key=lambda report: report["daylit_share"])
    gap = 1 - rule["daylit_share"]
    if picture is not None:
        draw_site(task, [*rules, *options[:DRAWN]], reports, picture)
    return {
        "rule": rule["daylit_share"],
        "sun_rule": rule["neighbour_sun_share"],
        "daylit": best["daylit_share"],
        "sun": best["neighbour_sun_share"],
        "gap_closed": (best["daylit_share"] - rule["daylit_share"]) / max(gap, 1e-6),
        "gfa_error": max((gfa_error(task, offer) for offer in options), default=1.0),
        "violations": float(sum(violations(task, offer.massing) for offer in options)),
        "options": float(len(options)),
        "seconds_1200": seconds * COUNTED / ASKED.evaluations,
    }


def gfa_error(task: Task, offer: Offer) -> float:
    """How far the outlines' floor area is from what was asked, as a share."""
    return abs(offer.massing.gross_floor_area_m2 / task.target_m2 - 1)


def violations(task: Task, massing: Massing) -> int:
    """How many of the limits are broken: setback and plot, height, coverage, each plate within the storey below."""
    plot = task.site.plot
    assert plot is not None
    land = shapely.Polygon(plot.outer, plot.holes)
    storeys = [
        shapely.union_all([shapely.Polygon(plate.outer, plate.holes) for plate in plates]) for plates in massing.plates
    ]
    inside = land.contains(storeys[0]) and storeys[0].distance(land.boundary) >= task.brief.setback_m - 1e-6
    low = sum(massing.heights_m) <= task.brief.height_limit_m + 1e-6
    small = storeys[0].area <= task.brief.coverage * land.area + 1e-6
    held = all(above.difference(below.buffer(0.02)).area < 1e-6 for below, above in pairwise(storeys))
    return sum(not kept for kept in (inside, low, small, held))
