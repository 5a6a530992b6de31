# SPDX-License-Identifier: GPL-3.0-or-later
"""Openings of IFC: a box cut through a wall, and the window or door that fills it."""

from __future__ import annotations

import numpy as np

from ..asset import Element
from .ifc_model import Placement
from .ifc_products import Made, Writer, product
from .ifc_quantities import give_quantities
from .ifc_shapes import box, parted, shown
from .ifc_step import Enum, Line

FILLINGS = ("IfcWindow", "IfcDoor")
NEEDED = ("width_m", "height_m", "offset_m")
# how far a cut reaches out of the wall on either side
_CLEAR_M = 0.02
_PANEL_M = 0.06


def can_fill(element: Element, wall: Made | None) -> bool:
    """Whether an element is a window or door whose place in its wall is known."""
    return (
        element.ifc_class in FILLINGS
        and wall is not None
        and len(wall.plan) >= 3
        and all(key in element.quantities for key in NEEDED)
    )


def add_filled(writer: Writer, element: Element, wall: Made) -> None:
    """Cut the opening of a window or door out of its wall, and put it there."""
    model, sizes = writer.model, element.quantities
    width, height = float(sizes["width_m"]), float(sizes["height_m"])
    front, back = float(wall.plan[:, 1].min()), float(wall.plan[:, 1].max())
    world = wall.placement.world @ _moved(sizes["offset_m"], 0.0, sizes.get("sill_m", 0.0))
    placement = model.place(world, wall.placement)
    cut = model.shape([box(model, width, front - _CLEAR_M, back + _CLEAR_M, height)])
    id_ = f"{element.id} cut"
    opening = model.rooted("IFCOPENINGELEMENT", id_, id_, None, None, placement.line, cut, None, Enum("OPENING"))
    model.relate("IFCRELVOIDSELEMENT", id_, wall.line, opening)
    depth = back - front
    figures = {"width_m": width, "height_m": height, "depth_m": depth, "area_m2": width * height}
    give_quantities(model, id_, "IfcOpeningElement", {**figures, "volume_m3": width * height * depth}, opening)
    filling = _filling(writer, element, placement, (front + back) / 2)
    model.relate("IFCRELFILLSELEMENT", id_, opening, filling)


def _filling(writer: Writer, element: Element, opening: Placement, middle: float) -> Line:
    """The window or door, in the storey of its wall; a plain panel where it has no mesh."""
    model, part, mesh = writer.model, writer.parts.get(element.id), writer.meshes.get(element.mesh)
    world, stretch = (
        parted(part.transform) if part is not None and part.transform is not None else (opening.world, None)
    )
    if mesh is not None:
        shape = shown(model, writer.types.shape(element.ifc_class, mesh), stretch)
    else:
        panel = box(model, element.quantities["width_m"], *_around(middle), element.quantities["height_m"])
        shape = model.shape([panel])
    placement = model.place(world, opening)
    line = model.rooted(*product(element, placement, shape))
    writer.describe(element, line)
    writer.materials.use(line, mesh.materials if mesh is not None else ())
    writer.tree.place_of(element).products.append(line)
    return line


def _around(middle: float) -> tuple[float, float]:
    return middle - _PANEL_M / 2, middle + _PANEL_M / 2


def _moved(x: float, y: float, z: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix
