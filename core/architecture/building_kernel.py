# SPDX-License-Identifier: GPL-3.0-or-later
"""The building kernel: from a massing to every part of a building, closed, in metres, named and counted.

The same input gives the same bytes. Names of parts: `storey 2 walls`, `storey 2 plate 2 walls`, `storey 2 courtyard 1
walls`, `storey 2 floor`, `roof slab`, `roof`, `storey 3 terrace 1`, `storey 3 terrace 1 parapet`, `storey 0 band`,
`window middle`, `door`. Elements have the ids that `building_elements` tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..asset import Element, Instances, Material, Mesh
from .building_elements import elements_of, report_of
from .building_floors import Floor, floor_meshes, floors_of
from .building_materials import plain_materials
from .building_openings import OpeningRun, building_openings
from .building_roofs import BuildingRoof, roofs_of
from .building_shells import PlateShell, shells_of
from .building_style import BuildingStyle
from .massing import Massing
from .outline import Outline
from .site import Neighbour
from .storeys import Storey
from .walls import bands, wall_meshes


@dataclass(frozen=True)
class Extra:
    """Parts that come from elsewhere, such as stairs and what stands in rooms, with their elements and copies."""

    meshes: tuple[Mesh, ...] = ()
    instances: tuple[Instances, ...] = ()
    elements: tuple[Element, ...] = ()
    report: Mapping[str, float] = field(default_factory=dict)


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
    elements: tuple[Element, ...]
    materials: tuple[Material, ...]
    report: dict[str, float]


def build(
    massing: Massing,
    style: BuildingStyle | None = None,
    *,
    front_door: np.ndarray | None = None,
    neighbours: Sequence[Neighbour] = (),
    plot: Outline | None = None,
    floor_holes: Mapping[int, Sequence[np.ndarray]] | None = None,
    extras: Sequence[Extra] = (),
) -> BuildingParts:
    """Every part of the building that `massing` stands for.

    `front_door` (2,) metres says which wall has the door; walls beside `neighbours` are blind as far up as those go.
    `floor_holes` are rings (N, 2) metres in the floor of a storey, by its index (1: between ground and first floor).
    Raises InputError for what no building can have, before anything is made.
    """
    style = style or BuildingStyle()
    storeys, shells = shells_of(massing, style, front_door, neighbours)
    floors = floors_of(storeys, shells, style.slab_m, floor_holes or {})
    roofs = roofs_of(storeys, shells, style)
    facade = style.facade_style
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
    for extra in extras:
        meshes += extra.meshes
        instances += extra.instances
    report = report_of(massing, storeys, shells, openings, roofs)
    elements = elements_of(storeys, shells, floors, roofs, openings, plot, report)
    for extra in extras:
        elements += extra.elements
        report |= extra.report
    return BuildingParts(
        massing=massing,
        storeys=storeys,
        shells=tuple(shells),
        floors=tuple(floors),
        roofs=tuple(roofs),
        openings=tuple(openings),
        meshes=tuple(meshes),
        instances=tuple(instances),
        elements=tuple(elements),
        materials=plain_materials(meshes),
        report=report,
    )
