# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements of a building with their quantities, and its report: both from the same shells, so that they agree.

Ids: `site`, `building`, `storey 2`, `storey 2 wall 3` (one for each edge, counted from 1 over the storey's plates and
their rings), `storey 2 wall 3 opening 1`, `storey 2 floor`, `storey 2 floor hole 1`, `roof slab`, `roof`,
`storey 3 terrace 1`. A wall's plan runs along its outer face first, its corners mitred.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..asset import Element
from .building_floors import Floor
from .building_openings import OpeningRun
from .building_roofs import BuildingRoof
from .building_shells import PlateShell
from .massing import Massing
from .outline import Outline
from .storeys import Storey
from .straight_skeleton import area
from .wall_offset import edges, following
from .walls import wall_mesh_name

NO_PLAN = np.zeros((0, 2))


def elements_of(
    storeys: Sequence[Storey],
    shells: Sequence[PlateShell],
    floors: Sequence[Floor],
    roofs: Sequence[BuildingRoof],
    openings: Sequence[OpeningRun],
    plot: Outline | None,
    report: dict[str, float],
) -> list[Element]:
    """Site, building and storeys, then what stands on each; openings in the order of their copies."""
    elements = [_site(plot), Element("building", "IfcBuilding", "site", "", "", NO_PLAN, _of_building(report))]
    elements += [_storey(storey, shells) for storey in storeys]
    fillings, cut = _fillings(openings)
    for shell in shells:
        elements += _walls(shell, cut)
    elements += fillings
    for floor in floors:
        elements += _floor(floor)
    return elements + [_roof(roof) for roof in roofs]


def report_of(
    massing: Massing,
    storeys: Sequence[Storey],
    shells: Sequence[PlateShell],
    openings: Sequence[OpeningRun],
    roofs: Sequence[BuildingRoof],
) -> dict[str, float]:
    """What the designer counts: areas to the walls' outer and inner faces, facade, glass, height, volume, numbers.

    `volume_m3` is that of the storeys, gross, without roofs; `facade_area_m2` all outer wall faces, party walls too.
    """
    perimeter = {id(shell.outline): sum(edges(ring)[1].sum() for ring in shell.outline.rings) for shell in shells}
    facade = sum(perimeter[id(shell.outline)] * storey.height_m for shell in shells for storey in shell.storeys)
    net = sum(_net_area(shell) * len(shell.storeys) for shell in shells)
    plates = zip(storeys, massing.plates, strict=True)
    volume = sum(storey.height_m * plate.area for storey, here in plates for plate in here)
    windows = [run for run in openings if run.opening.panes]
    glazed = sum(len(run.placed.edge) * run.opening.width_m * run.opening.height_m for run in windows)
    num_windows = sum(len(run.placed.edge) for run in windows)
    top = max(float(roof.mesh.positions[:, 2].max()) for roof in roofs)
    return {
        "gross_floor_area_m2": massing.gross_floor_area_m2,
        "net_floor_area_m2": float(net),
        "footprint_area_m2": float(sum(plate.area for plate in massing.plates[0])),
        "facade_area_m2": float(facade),
        "glazed_area_m2": float(glazed),
        "glazed_share": float(glazed / facade),
        "volume_m3": float(volume),
        "height_m": top,
        "eaves_height_m": storeys[-1].top_m,
        "num_storeys": float(len(storeys)),
        "num_windows": float(num_windows),
        "num_doors": float(sum(len(run.placed.edge) for run in openings) - num_windows),
        "num_roofs_as_asked": float(sum(roof.kind == roof.asked for roof in roofs if roof.kind in _ON_TOP)),
        "num_roofs": float(sum(roof.kind in _ON_TOP for roof in roofs)),
        "wall_thickness_m": min(shell.wall_m for shell in shells),
    }


_ON_TOP = ("flat", "gable", "hip", "mansard", "shed")


def _net_area(shell: PlateShell) -> float:
    return float(sum(area(ring) for ring in shell.inner))


def _site(plot: Outline | None) -> Element:
    if plot is None:
        return Element("site", "IfcSite", "", "", "", NO_PLAN)
    return Element("site", "IfcSite", "", "", "", plot.outer, {"area_m2": plot.area})


def _of_building(report: dict[str, float]) -> dict[str, float]:
    names = ("gross_floor_area_m2", "net_floor_area_m2", "footprint_area_m2", "height_m")
    return {name: report[name] for name in names} | {"gross_volume_m3": report["volume_m3"]}


def _storey(storey: Storey, shells: Sequence[PlateShell]) -> Element:
    here = [shell for shell in shells if storey in shell.storeys]
    gross = sum(shell.outline.area for shell in here)
    figures = {
        "elevation_m": storey.elevation_m,
        "height_m": storey.height_m,
        "gross_floor_area_m2": gross,
        "net_floor_area_m2": sum(_net_area(shell) for shell in here),
        "gross_volume_m3": gross * storey.height_m,
    }
    return Element(storey.name, "IfcBuildingStorey", "building", storey.name, "", NO_PLAN, figures)


def wall_id(storey: Storey, shell: PlateShell, ring: int, edge: int) -> str:
    """The id of the wall on an edge of a shell's ring."""
    before = sum(len(one) for one in shell.outline.rings[:ring])
    return f"{storey.name} wall {shell.first_wall + before + edge + 1}"


def _fillings(openings: Sequence[OpeningRun]) -> tuple[list[Element], dict[str, float]]:
    """Windows and doors in the order of their copies, and the square metres cut from each wall by its id."""
    count: Counter[str] = Counter()
    cut: dict[str, float] = {}
    made = []
    for run in openings:
        one, storey = run.opening, run.storey
        size = one.width_m * one.height_m
        ifc_class = "IfcWindow" if one.panes else "IfcDoor"
        first = run.shell.first_wall + sum(len(ring) for ring in run.shell.outline.rings[: run.ring]) + 1
        base = {"width_m": one.width_m, "height_m": one.height_m, "sill_m": one.sill_m, "area_m2": size}
        for edge, centre in zip(run.placed.edge.tolist(), run.placed.centre.tolist(), strict=True):
            wall = f"{storey.name} wall {first + edge}"
            count[wall] += 1
            cut[wall] = cut.get(wall, 0.0) + size
            id_ = f"{wall} opening {count[wall]}"
            made.append(Element(id_, ifc_class, wall, storey.name, run.mesh, NO_PLAN, {**base, "offset_m": centre}))
    return made, cut


def _walls(shell: PlateShell, cut: dict[str, float]) -> list[Element]:
    """An element for each edge of each storey."""
    plans = [
        np.stack([ring, following(ring), following(face), face], 1)
        for ring, face in zip(shell.outline.rings, shell.inner, strict=True)
    ]
    lengths = [edges(ring)[1].tolist() for ring in shell.outline.rings]
    feet = [_quad_areas(quads).tolist() for quads in plans]
    made = []
    for storey in shell.storeys:
        number, height = shell.first_wall, storey.height_m
        for ring, quads in enumerate(plans):
            mesh = wall_mesh_name(storey, ring, shell.words)
            for edge, (length, foot) in enumerate(zip(lengths[ring], feet[ring], strict=True)):
                number += 1
                id_ = f"{storey.name} wall {number}"
                gone = cut.get(id_, 0.0)
                figures = {
                    "length_m": length,
                    "height_m": height,
                    "thickness_m": shell.wall_m,
                    "elevation_m": storey.elevation_m,
                    "gross_area_m2": length * height,
                    "net_area_m2": length * height - gone,
                    "footprint_area_m2": foot,
                    "gross_volume_m3": foot * height,
                    "net_volume_m3": foot * height - gone * shell.wall_m,
                }
                made.append(Element(id_, "IfcWall", storey.name, storey.name, mesh, quads[edge], figures))
    return made


def _quad_areas(quads: np.ndarray) -> np.ndarray:
    """(N,) square metres of plans (N, 4, 2)."""
    one, two = quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]
    return np.asarray(0.5 * (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]))


def _floor(floor: Floor) -> list[Element]:
    """The slab, then an opening for each of its holes."""
    # what is under a roof belongs to the building, as the roof does
    storey = floor.storey.name if floor.storey else ""
    size, thick = floor.area_m2, floor.thickness_m
    figures = {
        "thickness_m": thick,
        "net_area_m2": size,
        "gross_area_m2": float(area(floor.rings[0])),
        "net_volume_m3": size * thick,
        "elevation_m": floor.top_m - thick,
        "height_m": thick,
    }
    slab = Element(floor.name, "IfcSlab", storey or "building", storey, floor.name, floor.rings[0], figures)
    holes = [
        Element(f"{floor.name} hole {n}", "IfcOpeningElement", floor.name, storey, "", ring[::-1], {})
        for n, ring in enumerate(floor.rings[1:], 1)
    ]
    return [slab, *holes]


def _roof(roof: BuildingRoof) -> Element:
    """A roof that covers what is below belongs to the building; terraces and parapets to the storey that they close."""
    name, storey = roof.mesh.name, "" if roof.kind in _ON_TOP else roof.storey.name
    if roof.kind == "parapet":
        size = {"gross_area_m2": roof.area_m2}
        return Element(name, "IfcCovering", storey, storey, name, NO_PLAN, size)
    figures = {
        "projected_area_m2": roof.area_m2,
        "gross_area_m2": _sloped_area(roof) if roof.kind in _ON_TOP else roof.area_m2,
        "elevation_m": roof.storey.top_m,
    }
    plan = roof.rings[0] if len(roof.rings) == 1 else NO_PLAN
    return Element(name, "IfcRoof", storey or "building", storey, name, plan, figures)


def _sloped_area(roof: BuildingRoof) -> float:
    """Square metres of the faces in the mesh's first slot, the roof itself."""
    mesh = roof.mesh
    points = mesh.positions.astype(np.float64)[mesh.corners]
    after = np.arange(1, len(points) + 1)
    after[mesh.face_starts[1:] - 1] = mesh.face_starts[:-1]
    local = points - np.repeat(points[mesh.face_starts[:-1]], np.diff(mesh.face_starts), 0)
    normals = np.add.reduceat(np.cross(local, local[after]), mesh.face_starts[:-1])
    return float(0.5 * np.linalg.norm(normals[mesh.material_of_face == 0], axis=1).sum())
