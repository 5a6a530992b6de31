# SPDX-License-Identifier: GPL-3.0-or-later
"""The building kernel: from a massing to every part of a building, closed, in metres, named and counted.

The same input gives the same bytes. Names of parts: `storey 2 walls`, `storey 2 plate 2 walls`, `storey 2 courtyard 1
walls`, `storey 2 floor`, `roof slab`, `roof`, `storey 3 terrace 1`, `storey 3 terrace 1 parapet`, `storey 0 band`,
`window middle`, `door`, `balcony`, `stair 1`, `storey 1 stair railing`, `storey 1 core walls`. Elements have the ids
that `building_elements` tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..asset import Element, Instances, Material, Mesh
from .balconies import balconies_of
from .building_elements import elements_of, report_of
from .building_floors import Floor, floor_meshes, floors_of
from .building_materials import plain_materials
from .building_openings import OpeningRun, building_openings
from .building_parts import Extra
from .building_roofs import BuildingRoof, roofs_of
from .building_shells import PlateShell, shells_of
from .building_style import BuildingStyle
from .curves import facetted
from .massing import Massing
from .outline import Outline
from .site import Neighbour
from .stair_placing import default_stairs
from .stairs import StairRun, stairs_of, wells_in_floors
from .storeys import Storey
from .walls import bands, wall_meshes


@dataclass(frozen=True)
class BuildingParts:
    """A whole building: what an Asset takes, and what it was made from.

    `meshes`, `instances`, `elements`, `materials` and `report` go into an Asset as they are. `massing` is what was
    built (see `curves`), `shells` its walls by plate, `floors` and `roofs` what lies on them.
    """

    massing: Massing
    storeys: tuple[Storey, ...]
    shells: tuple[PlateShell, ...]
    floors: tuple[Floor, ...]
    roofs: tuple[BuildingRoof, ...]
    openings: tuple[OpeningRun, ...]
    meshes: tuple[Mesh, ...]
    instances: tuple[Instances, ...]
    extras: tuple[Extra, ...]
    plot: Outline | None
    materials: tuple[Material, ...]
    report: dict[str, float]

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Site, building, storeys and every part, in the order that `elements_of` tells; made when first asked for."""
        parts = (self.storeys, self.shells, self.floors, self.roofs, self.openings)
        added = [element for extra in self.extras for element in extra.elements]
        return (*elements_of(*parts, self.plot, self.report), *added)


def build(
    massing: Massing,
    style: BuildingStyle | None = None,
    *,
    front_door: np.ndarray | None = None,
    neighbours: Sequence[Neighbour] = (),
    plot: Outline | None = None,
    stairs: Sequence[StairRun] | None = None,
    floor_holes: Mapping[int, Sequence[np.ndarray]] | None = None,
    extras: Sequence[Extra] = (),
    entrances: Sequence[np.ndarray] = (),
) -> BuildingParts:
    """Every part of the building that `massing` stands for.

    `front_door` (2,) metres says which wall has the door, `entrances` which bays have it in its stead; walls beside
    `neighbours` are blind as far up as those go.
    `stairs` go where they are placed; without them there is one for each plate that nothing stands on, if the style has
    stairs and there is room. `floor_holes` are more rings (N, 2) metres in the floor of a storey, by its index (1:
    between ground and first floor).
    Raises InputError for what no building can have, before anything is made.
    """
    style = style or BuildingStyle()
    facade = style.facade_style
    massing = facetted(massing, facade)
    storeys, shells = shells_of(massing, style, front_door, neighbours, plot, entrances)
    missing = 0
    if stairs is None:
        stairs, missing = default_stairs(storeys, shells) if style.stairs else ((), 0)
    holes = wells_in_floors(stairs)
    for index, more in (floor_holes or {}).items():
        holes.setdefault(index, []).extend(more)
    floors = floors_of(storeys, shells, style.slab_m, holes)
    roofs = roofs_of(storeys, shells, style)
    openings, instances, kinds = building_openings(shells, facade)
    meshes: list[Mesh] = []
    for shell in shells:
        meshes += wall_meshes(shell.stacked, shell.words)
        if facade.band_m >= 0.01 and all(mask.all() for mask in shell.is_open):
            banded = [one for one in shell.storeys if one.index in (0, len(storeys) - 1)]
            meshes += bands(shell.outline.outer, banded, facade.band_m, style.slab_m, shell.words) if banded else []
    meshes += floor_meshes(floors)
    meshes += [roof.mesh for roof in roofs]
    meshes += kinds
    added = [stairs_of(stairs, storeys, style.slab_m), balconies_of(openings, facade, style.balcony_m), *extras]
    for extra in added:
        meshes += extra.meshes
        instances += extra.instances
    report = report_of(massing, storeys, shells, openings, roofs)
    for extra in added:
        report |= extra.report
    report["num_stairs_without_room"] += missing
    return BuildingParts(
        massing=massing,
        storeys=storeys,
        shells=tuple(shells),
        floors=tuple(floors),
        roofs=tuple(roofs),
        openings=tuple(openings),
        meshes=tuple(meshes),
        instances=tuple(instances),
        extras=tuple(added),
        plot=plot,
        materials=plain_materials(meshes, style.facade, style.roof),
        report=report,
    )
