# SPDX-License-Identifier: GPL-3.0-or-later
"""What an IFC file says, read with ifcopenshell, against the asset that it was written from."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...core.asset import Asset, Element
from ...core.files.belonging import SPATIAL
from ...core.files.ifc_quantities import NAMES

LIBRARY = "ifcopenshell"
# a figure smaller than this is compared as it is, not relative
_SMALL = 1e-6


def schema_errors(path: Path, rules: bool) -> list[str]:
    """What contradicts the schema of IFC4 in a file; with `rules` its own rules too, which takes seconds."""
    validation = _library("ifcopenshell.validate")
    logger = validation.json_logger()
    validation.validate(str(path), logger, express_rules=rules)
    return [str(statement.get("message", statement)) for statement in logger.statements]


def quantity_errors(path: Path, asset: Asset) -> dict[str, float]:
    """Relative differences by what is compared: written quantities against the elements', volumes of the shapes, walls
    with their openings cut out, against the quantities, and sums of the file against the report."""
    model = _library("ifcopenshell").open(str(path))
    things = {thing.Name: thing for thing in model.by_type("IfcProduct")}
    found: dict[str, float] = {}
    for element in asset.elements:
        if element.id in things and element.ifc_class not in SPATIAL:
            found |= {f"{element.id}: {name}": error for name, error in _written(things[element.id], element)}
    solids = {e.id: e for e in asset.elements if "net_volume_m3" in e.quantities}
    for name, volume in _volumes(model, {*solids}):
        found[f"{name}: shape"] = _difference(volume, solids[name].quantities["net_volume_m3"])
    return found | dict(_totals(model, asset))


def _written(thing: Any, element: Element) -> Iterator[tuple[str, float]]:
    """Each base quantity of a product against the element's."""
    sets = _library("ifcopenshell.util.element").get_psets(thing, qtos_only=True)
    base: dict[str, Any] = next(iter(sets.values()), {})
    names = NAMES.get(element.ifc_class.removeprefix("Ifc"), {})
    first: dict[str, float] = {}
    for key, value in element.quantities.items():
        if key in names:
            first.setdefault(names[key], value)
    for name, value in first.items():
        yield name, _difference(float(base[name]), value) if name in base else 1.0


def _volumes(model: Any, wanted: set[str]) -> Iterator[tuple[str, float]]:
    """(name, cubic metres) of the shapes of products as a reader builds them."""
    building = _library("ifcopenshell.geom")
    products = [thing for thing in model.by_type("IfcProduct") if thing.Name in wanted and thing.Representation]
    if not products:
        return
    iterator = building.iterator(building.settings(), model, include=products)
    going = iterator.initialize()
    while going:
        shape = iterator.get()
        points = np.array(shape.geometry.verts).reshape(-1, 3)
        a, b, c = (points[corner] - points[0] for corner in np.array(shape.geometry.faces).reshape(-1, 3).T)
        yield model.by_id(shape.id).Name, float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
        going = iterator.next()


def _totals(model: Any, asset: Asset) -> Iterator[tuple[str, float]]:
    """What a building's storeys and windows come to, against the report."""
    reading = _library("ifcopenshell.util.element")

    def total(ifc_class: str, name: str) -> float:
        sets = [reading.get_psets(thing, qtos_only=True) for thing in model.by_type(ifc_class)]
        return sum(float(one[name]) for each in sets for one in each.values() if name in one)

    figures: dict[str, Callable[[], float]] = {
        "gross_floor_area_m2": lambda: total("IfcBuildingStorey", "GrossFloorArea"),
        "num_windows": lambda: float(len(model.by_type("IfcWindow"))),
    }
    for name, read in figures.items():
        if name in asset.report and not asset.options:
            yield f"report: {name}", _difference(read(), asset.report[name])


def _difference(value: float, wanted: float) -> float:
    return abs(value - wanted) / max(abs(wanted), 1.0 if abs(wanted) < _SMALL else 0.0)


def _library(name: str) -> Any:
    """A module of ifcopenshell, which nothing else needs."""
    return importlib.import_module(name)
