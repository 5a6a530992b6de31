# SPDX-License-Identifier: GPL-3.0-or-later
"""The spatial structure of an IFC model: the site, the buildings on it, their storeys, and what each holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..asset import Asset, Element
from .belonging import BUILDING, SITE, STOREY, Belonging, Floor
from .ifc_model import Model, Placement
from .ifc_quantities import give_quantities
from .ifc_shapes import outline
from .ifc_step import Enum, Line


@dataclass
class Place:
    """Somewhere that things are: `products` stand in it, `below` are the places that it consists of."""

    id: str
    line: Line
    placement: Placement
    products: list[Line] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)


class Tree:
    """The site, its buildings by name and their storeys by building and name."""

    def __init__(self, model: Model, asset: Asset) -> None:
        self._model = model
        self._belonging = belonging = Belonging(asset)
        self.site = self._add_site(asset)
        self.buildings = {name: self._add_building(name, asset) for name in belonging.buildings}
        self.storeys = {(floor.building, floor.name): self._add_storey(floor) for floor in belonging.floors}

    def building_of(self, element: Element) -> str:
        """The name of the building that an element is part of."""
        return self._belonging.building_of(element)

    def place_of(self, element: Element) -> Place:
        """The storey, or else the building, that an element is in."""
        return self.place(self.building_of(element), element.storey)

    def place(self, building: str, storey: str) -> Place:
        """A building's storey, or the building where there is no such storey; the site where there is neither."""
        if building not in self.buildings:
            return self.site
        return self.storeys.get((building, storey), self.buildings[building])

    def finish(self) -> None:
        """Write what consists of what, and what stands where."""
        self._model.relate("IFCRELAGGREGATES", "project", self._model.project, (self.site.line,))
        for place in (self.site, *self.buildings.values(), *self.storeys.values()):
            if place.below:
                self._model.relate("IFCRELAGGREGATES", place.id, place.line, tuple(place.below))
            if place.products:
                self._model.relate("IFCRELCONTAINEDINSPATIALSTRUCTURE", place.id, tuple(place.products), place.line)

    def _add_site(self, asset: Asset) -> Place:
        element = next((e for e in asset.elements if e.ifc_class == SITE), None)
        placement = self._model.place(np.eye(4))
        shape = None
        if element is not None and len(element.polygon) >= 3:
            drawn = outline(self._model, element.polygon)
            shape = self._model.step.add("IFCPRODUCTDEFINITIONSHAPE", None, None, (drawn,))
        more = (None, Enum("ELEMENT"), None, None, None, None, None)
        line = self._model.rooted("IFCSITE", "site", "site", None, None, placement.line, shape, *more)
        if element is not None:
            give_quantities(self._model, "site", SITE, element.quantities, line)
        return Place("site", line, placement)

    def _add_building(self, name: str, asset: Asset) -> Place:
        element, model = self._belonging.buildings[name], self._model
        placement = model.place(np.eye(4), self.site.placement)
        shown = name if asset.options or len(self._belonging.buildings) > 1 else asset.name
        more = (placement.line, None, None, Enum("ELEMENT"), None, None, None)
        line = model.rooted("IFCBUILDING", name, shown, None, None, *more)
        if element is not None:
            give_quantities(model, name, BUILDING, element.quantities, line)
        self.site.below.append(line)
        return Place(name, line, placement)

    def _add_storey(self, floor: Floor) -> Place:
        model, above = self._model, self.buildings[floor.building]
        world = np.eye(4)
        world[2, 3] = floor.elevation_m
        placement = model.place(world, above.placement)
        id_ = f"{floor.building} {floor.name}"
        more = (placement.line, None, None, Enum("ELEMENT"), floor.elevation_m)
        line = model.rooted("IFCBUILDINGSTOREY", id_, floor.name, None, None, *more)
        if floor.element is not None:
            # the line says its elevation
            quantities = {key: value for key, value in floor.element.quantities.items() if key != "elevation_m"}
            give_quantities(model, id_, STOREY, quantities, line)
        above.below.append(line)
        return Place(id_, line, placement)
