# SPDX-License-Identifier: GPL-3.0-or-later
"""The roofs of a building: the asked kind on its topmost plates, terraces on what a storey leaves open below it.

A terrace is a deck with a parapet along the outside, not along the walls that rise from it: prisms that stand on each
other, each closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import unary_union

from ..asset import Mesh
from .building_floors import is_topmost
from .building_shells import PlateShell
from .building_style import BuildingStyle
from .eaves import with_eaves
from .outline import Outline
from .plan_shapes import Rings, polygon_of, rings_of
from .roof import Roof, RoofStyle, make_roof
from .slabs import slabs
from .storeys import Storey
from .straight_skeleton import area

FLAT_SLOTS = ("terrace", "parapet", "underside")
TERRACE_SLOTS = ("terrace", "underside", "parapet")
# what is narrower than this between a wall and the storey below is not roofed: the floor slab covers it
NARROWEST_M = 0.1
# lower than any sill
DECK_M = 0.12


@dataclass(frozen=True)
class BuildingRoof:
    """A roof or a part of a terrace: its mesh in place, `rings` its plan, `kind` one of roof.KINDS, "terrace" or
    "parapet". `storey` is the last one under it."""

    mesh: Mesh
    rings: Rings
    kind: str
    asked: str
    storey: Storey

    @property
    def area_m2(self) -> float:
        """The plan's."""
        return float(sum(area(ring) for ring in self.rings))


def roofs_of(storeys: Sequence[Storey], shells: Sequence[PlateShell], style: BuildingStyle) -> list[BuildingRoof]:
    """The roofs on the plates that nothing stands on, from the top down, then the terraces from the ground up."""
    roof_style = RoofStyle(
        pitch_deg=style.roof_pitch_deg, parapet_height_m=style.parapet_m, parapet_thickness_m=style.wall_m
    )
    roofs: list[BuildingRoof] = []
    for shell in reversed(shells):
        last = shell.storeys[-1]
        if last is not storeys[-1] and not is_topmost(shell, _standing_on(last.index + 1, shells)):
            continue
        roof = roof_on(shell.outline, style.roof, roof_style, style.eaves_m)
        name = f"roof {len(roofs) + 1}" if roofs else "roof"
        slots = FLAT_SLOTS if roof.kind == "flat" else roof.mesh.materials
        mesh = replace(roof.mesh, name=name, materials=slots, positions=_lifted(roof.mesh.positions, last.top_m))
        roofs.append(BuildingRoof(mesh, shell.outline.rings, roof.kind, roof.asked, last))
    for storey in storeys[:-1]:
        roofs += _terraces(storey, shells, style)
    return roofs


def _standing_on(index: int, shells: Sequence[PlateShell]) -> list[PlateShell]:
    """The shells of a storey."""
    return [shell for shell in shells if shell.storeys[0].index <= index <= shell.storeys[-1].index]


def roof_on(outline: Outline, kind: str, style: RoofStyle, eaves_m: float) -> Roof:
    """The roof of a plate at height 0, its eaves out over the walls where it has some and there is room."""
    roof = make_roof(outline, kind, style)
    if eaves_m < 0.01 or roof.kind not in ("gable", "hip"):
        return roof
    return with_eaves(roof, outline, style, eaves_m)


def _terraces(storey: Storey, shells: Sequence[PlateShell], style: BuildingStyle) -> list[BuildingRoof]:
    """Deck and parapet of each piece of a storey that the next storey leaves open."""
    below, above = (_standing_on(index, shells) for index in (storey.index, storey.index + 1))
    if all(shell in above for shell in below) or [id(s.outline) for s in below] == [id(s.outline) for s in above]:
        return []
    covered = unary_union([polygon_of(shell.outline.rings) for shell in above])
    made: list[list[BuildingRoof]] = []
    for shell in below:
        if shell in above or is_topmost(shell, above):
            continue
        whole = polygon_of(shell.outline.rings)
        pieces = rings_of(whole.difference(covered), NARROWEST_M)
        for rings in pieces:
            name = f"{storey.name} terrace {len(made) + 1}"
            made.append(_terrace(name, rings, whole, storey, style))
    return [part for parts in made for part in parts]


def _terrace(name: str, rings: Rings, whole: object, storey: Storey, style: BuildingStyle) -> list[BuildingRoof]:
    top = storey.top_m + DECK_M
    parts = [BuildingRoof(_prism(name, rings, DECK_M, top, (0, 1, 2)), rings, "terrace", "terrace", storey)]
    rim = whole.difference(whole.buffer(-style.wall_m, join_style="mitre"))  # type: ignore[attr-defined]
    upright = rings_of(polygon_of(rings).intersection(rim), NARROWEST_M)
    for number, ring in enumerate(upright):
        label = f"{name} parapet" + (f" {number + 1}" if number else "")
        mesh = _prism(label, ring, style.parapet_m, top + style.parapet_m, (2, 2, 2))
        parts.append(BuildingRoof(mesh, ring, "parapet", "parapet", storey))
    return parts


def _prism(name: str, rings: Rings, thickness_m: float, top_m: float, slots: tuple[int, int, int]) -> Mesh:
    """A closed slab with the slots of terraces: those of its upper face, its lower one and its sides."""
    made = slabs(rings, thickness_m, [(name, top_m)])[0]
    material = np.array(slots, np.int32)[made.material_of_face]
    return replace(made, materials=TERRACE_SLOTS, material_of_face=material)


def _lifted(positions: np.ndarray, height: float) -> np.ndarray:
    return positions + np.array([0, 0, height], np.float32)
