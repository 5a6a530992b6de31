# SPDX-License-Identifier: GPL-3.0-or-later
"""Which building and which storey each element of an asset of architecture belongs to.

Each of an asset's options is a building of its own, as is the whole asset where it names none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..asset import Asset, Element

SITE, BUILDING, STOREY = "IfcSite", "IfcBuilding", "IfcBuildingStorey"
SPATIAL = (SITE, BUILDING, STOREY)
WHOLE = "building"


@dataclass(frozen=True)
class Floor:
    """A storey of a building: `elevation_m` of its floor, and its own element where it has one."""

    building: str
    name: str
    elevation_m: float
    element: Element | None


class Belonging:
    """The `buildings` by name, in their order, with their own elements; who is in which."""

    def __init__(self, asset: Asset) -> None:
        self._elements = {element.id: element for element in asset.elements}
        options = [option.name for option in asset.options]
        named = [element.id for element in asset.elements if element.ifc_class == BUILDING]
        names = dict.fromkeys(options or named or [WHOLE])
        self.buildings = {name: self._elements.get(name) for name in names}
        self.floors = self._floors(asset)

    def building_of(self, element: Element) -> str:
        """The name of the building that an element is part of: the first above it, else the first of all."""
        above = element.parent
        for _ in range(len(self._elements)):
            if above in self.buildings or above not in self._elements:
                break
            above = self._elements[above].parent
        return above if above in self.buildings else next(iter(self.buildings))

    def _floors(self, asset: Asset) -> tuple[Floor, ...]:
        """Each storey that has an element of its own, or that other elements say they are on, from the ground up."""
        own: dict[tuple[str, str], Element] = {}
        lowest: dict[tuple[str, str], float] = {}
        for element in asset.elements:
            is_storey = element.ifc_class == STOREY
            storey = element.storey or (element.id if is_storey else "")
            if not storey or (element.ifc_class in SPATIAL and not is_storey):
                continue
            key = (self.building_of(element), storey)
            elevation = element.quantities.get("elevation_m", np.inf)
            if is_storey:
                own[key] = element
            lowest[key] = elevation if is_storey else min(lowest.get(key, np.inf), elevation)
        for key, element in own.items():
            lowest[key] = element.quantities.get("elevation_m", lowest[key])
        places = {name: number for number, name in enumerate(self.buildings)}
        floors = [Floor(*key, float(low) if np.isfinite(low) else 0.0, own.get(key)) for key, low in lowest.items()]
        return tuple(sorted(floors, key=lambda floor: (places[floor.building], floor.elevation_m, floor.name)))
