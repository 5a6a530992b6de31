# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials of an IFC model: their names, and their mean colours on the shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..asset import Material
from .ifc_model import Model
from .ifc_step import Enum, Line, Typed

PLAIN_GREY = 0.6


class Materials:
    """Writes each material, and each surface, when it is first asked for."""

    def __init__(self, model: Model, materials: Sequence[Material]) -> None:
        self._model = model
        self._by_name: Mapping[str, Material] = {material.name: material for material in materials}
        self._styles: dict[str, Line] = {}
        self._materials: dict[str, Line] = {}
        self._used: dict[tuple[str, ...], list[Line]] = {}

    def paint(self, item: Line, name: str) -> None:
        """Give a shape's item the colour of a material."""
        if name:
            self._model.step.add("IFCSTYLEDITEM", item, (self._style(name),), None)

    def use(self, product: Line, names: Sequence[str]) -> None:
        """Say what a product is made of."""
        wanted = tuple(dict.fromkeys(name for name in names if name))
        if wanted:
            self._used.setdefault(wanted, []).append(product)

    def finish(self) -> None:
        """Write which products are made of what."""
        for names, products in self._used.items():
            made = self._material(names[0])
            if len(names) > 1:
                # each set has constituents of its own, says the schema
                parts = [
                    self._model.step.add("IFCMATERIALCONSTITUENT", name, None, self._material(name), None, None)
                    for name in names
                ]
                made = self._model.step.add("IFCMATERIALCONSTITUENTSET", None, None, tuple(parts))
            self._model.relate("IFCRELASSOCIATESMATERIAL", " ".join(names), tuple(products), made)

    def _material(self, name: str) -> Line:
        if name not in self._materials:
            step = self._model.step
            material = self._materials[name] = step.add("IFCMATERIAL", name, None, None)
            styled = step.add("IFCSTYLEDITEM", None, (self._style(name),), None)
            look = step.add("IFCSTYLEDREPRESENTATION", self._model.body, "Style", "Material", (styled,))
            step.add("IFCMATERIALDEFINITIONREPRESENTATION", None, None, (look,), material)
        return self._materials[name]

    def _style(self, name: str) -> Line:
        if name not in self._styles:
            step = self._model.step
            colour, opacity = mean_colour(self._by_name.get(name))
            rgb = step.shared("IFCCOLOURRGB", None, *colour)
            shading = step.add(
                *("IFCSURFACESTYLERENDERING", rgb, 1.0 - opacity),
                *(None, None, None, None, Typed("IFCNORMALISEDRATIOMEASURE", 0.1), None, Enum("NOTDEFINED")),
            )
            self._styles[name] = step.add("IFCSURFACESTYLE", name, Enum("BOTH"), (shading,))
        return self._styles[name]


def mean_colour(material: Material | None) -> tuple[tuple[float, float, float], float]:
    """(sRGB colour, opacity) of a material, each in [0, 1]; grey where there is none."""
    maps = material.maps if material is not None else {}
    albedo, opacity = maps.get("albedo"), maps.get("opacity")
    mean = np.full(3, PLAIN_GREY) if albedo is None else albedo.reshape(-1, 3).mean(0, dtype=np.float64)
    red, green, blue = (round(min(max(float(value), 0.0), 1.0), 4) for value in mean)
    return (red, green, blue), round(float(opacity.mean(dtype=np.float64)), 4) if opacity is not None else 1.0
