# SPDX-License-Identifier: GPL-3.0-or-later
"""A plot with what is asked of it, made ready to score designs; and the design that a code stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .massing import Massing
from .massing_brief import MassingBrief, check_reachable
from .massing_grid import MassingGrid, massing_grid
from .massing_lattice import design_of
from .massing_params import MassingParams
from .massing_pieces import Buildable, buildable_of
from .massing_plates import plates_of
from .massing_score import MassingScorer
from .outline import Outline
from .site import Site
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
    fine_ground: Buildable

    @property
    def target_m2(self) -> float:
        """The floor area that is asked for."""
        return self.brief.floor_area_ratio * self.coarse.grid.site_area_m2


def massing_of(site: Site, params: MassingParams, code: Sequence[float]) -> Massing:
    """The floor plates of the option with this code on the site, exactly; limits that have changed since are kept."""
    design = design_of(code)
    grid, brief = _grid(site, params)
    massing = plates_of(design, buildable_of(_plot(site), brief.setback_m, grid), brief, params.core_width_m)
    if not massing.plates:
        raise InputError("The design of this code has no place on this plot. Take the code of an option made for it.")
    return massing


def task_of(site: Site, params: MassingParams) -> Task:
    """What is needed to score designs; InputError for limits that no design can keep."""
    grid, brief = _grid(site, params)
    plot = _plot(site)
    area = buildable_of(plot, brief.setback_m, grid)
    check_reachable(brief, grid.site_area_m2, float(area.polygon.area))
    # in hours whole the search would find what only looks lit
    path = sun_path(params.latitude_deg, params.north_deg, step_h=0.5)
    coarse = MassingScorer(grid, brief, path)
    small = massing_grid(plot.rings, site.neighbours, brief.setback_m, grid.cell_m / 2)
    return Task(
        site, brief, coarse, MassingScorer(small, brief, path), area, buildable_of(plot, brief.setback_m, small)
    )


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
