# SPDX-License-Identifier: GPL-3.0-or-later
"""The base quantities of IFC from those of elements: each under the name that IFC gives it for the element's class.

What IFC has no name for goes into a property set of Maquette's own, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from .ifc_model import Model, property_set
from .ifc_step import Line, Plain, Typed, number

OWN_SET = "Maquette_Quantities"
_SIDES = {"width_m": "Width", "height_m": "Height", "area_m2": "Area"}
_VOLUMES = {"gross_volume_m3": "GrossVolume", "net_volume_m3": "NetVolume", "volume_m3": "NetVolume"}
_AREAS = {"gross_area_m2": "GrossArea", "net_area_m2": "NetArea", "area_m2": "NetArea"}
_FLOOR_AREAS = {
    "gross_floor_area_m2": "GrossFloorArea",
    "gross_area_m2": "GrossFloorArea",
    "net_floor_area_m2": "NetFloorArea",
    "net_area_m2": "NetFloorArea",
    "area_m2": "NetFloorArea",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "Wall": {
        **{"length_m": "Length", "thickness_m": "Width", "height_m": "Height"},
        **{"gross_area_m2": "GrossSideArea", "net_area_m2": "NetSideArea", "footprint_area_m2": "GrossFootprintArea"},
        **_VOLUMES,
    },
    "Slab": {"thickness_m": "Width", "perimeter_m": "Perimeter", **_AREAS, **_VOLUMES},
    "Roof": {"projected_area_m2": "ProjectedArea", **_AREAS},
    "Space": {
        **{"height_m": "Height", "perimeter_m": "NetPerimeter", "gross_perimeter_m": "GrossPerimeter"},
        **_FLOOR_AREAS,
        **_VOLUMES,
    },
    "Window": {"perimeter_m": "Perimeter", **_SIDES},
    "Door": {"perimeter_m": "Perimeter", **_SIDES},
    "OpeningElement": {**_SIDES, "depth_m": "Depth", "volume_m3": "Volume"},
    "StairFlight": {"length_m": "Length", **_VOLUMES},
    "Railing": {"length_m": "Length"},
    "Covering": {"thickness_m": "Width", **_AREAS},
    "Building": {"height_m": "Height", "footprint_area_m2": "FootprintArea", **_FLOOR_AREAS, **_VOLUMES},
    "BuildingStorey": {"height_m": "GrossHeight", "perimeter_m": "GrossPerimeter", **_FLOOR_AREAS, **_VOLUMES},
    "Site": {"perimeter_m": "GrossPerimeter", "area_m2": "GrossArea", "gross_area_m2": "GrossArea"},
}
# by the ending of a quantity's name: the line of a quantity, the type of a property
_KINDS = {
    "_m3": ("IFCQUANTITYVOLUME", "IFCVOLUMEMEASURE"),
    "_m2": ("IFCQUANTITYAREA", "IFCAREAMEASURE"),
    "_m": ("IFCQUANTITYLENGTH", "IFCLENGTHMEASURE"),
}


def set_name(ifc_class: str) -> str:
    """The name of a class's set of base quantities."""
    return f"Qto_{ifc_class.removeprefix('Ifc')}BaseQuantities"


def give_quantities(model: Model, id_: str, ifc_class: str, quantities: Mapping[str, float], thing: Line) -> None:
    """Write an element's quantities: those that IFC has names for, and the others."""
    names = NAMES.get(ifc_class.removeprefix("Ifc"), {})
    base: dict[str, Line] = {}
    own: dict[str, object] = {}
    for key, value in quantities.items():
        line, kind = next((kinds for ending, kinds in _KINDS.items() if key.endswith(ending)), ("", ""))
        # the first of two that mean the same
        if key in names and line and names[key] not in base and value >= 0:
            base[names[key]] = model.step.add(line, names[key], None, None, _exact(value), None)
        else:
            own[key] = Typed(kind, _exact(value)) if kind else float(value)
    if base:
        made = model.rooted("IFCELEMENTQUANTITY", id_, set_name(ifc_class), None, None, tuple(base.values()))
        model.relate("IFCRELDEFINESBYPROPERTIES", f"{id_} quantities", (thing,), made)
    property_set(model, id_, OWN_SET, own, [thing])


def _exact(value: float) -> Plain:
    return Plain(number(value, 9))
