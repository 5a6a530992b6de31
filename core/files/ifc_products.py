# SPDX-License-Identifier: GPL-3.0-or-later
"""The products of an IFC model: an asset's elements, each with its shape, its material and its quantities.

A wall, slab or space is its plan drawn up, anything else its mesh; copies show one shape that their type holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..asset import Asset, Element, Mesh
from .belonging import SPATIAL
from .gltf_mesh_writing import triangulated
from .ifc_materials import Materials
from .ifc_model import Model, Placement
from .ifc_quantities import give_quantities
from .ifc_shapes import SWEPT, TRIANGLES, extrusion, name_of_slot, parted, ring_area, shown, triangles
from .ifc_step import Enum, Line
from .ifc_tree import Tree
from .ifc_types import Types
from .parts import Part

PROXY, SPACE, OPENING = "IfcBuildingElementProxy", "IfcSpace", "IfcOpeningElement"
# each class that is known, with the word for its kind
KINDS = {
    **{"IfcWall": "SOLIDWALL", "IfcSlab": "FLOOR", "IfcRoof": "NOTDEFINED", "IfcStair": "NOTDEFINED"},
    **{"IfcRailing": "NOTDEFINED", "IfcColumn": "COLUMN", "IfcBeam": "BEAM", "IfcCovering": "NOTDEFINED"},
    **{"IfcFurniture": "NOTDEFINED", "IfcSanitaryTerminal": "NOTDEFINED", "IfcElectricAppliance": "NOTDEFINED"},
    **{"IfcChimney": "NOTDEFINED", "IfcRamp": "NOTDEFINED", "IfcPlate": "NOTDEFINED", "IfcMember": "NOTDEFINED"},
    **{"IfcGeographicElement": "TERRAIN", "IfcWindow": "WINDOW", "IfcDoor": "DOOR", PROXY: "NOTDEFINED"},
}
# a word in an element's id that says its kind better
_KINDS_BY_WORD = {
    "IfcSlab": {"roof": "ROOF", "landing": "LANDING"},
    "IfcFurniture": {"bed": "BED", "sofa": "SOFA", "table": "TABLE", "chair": "CHAIR", "desk": "DESK"},
    "IfcSanitaryTerminal": {
        **{"toilet": "TOILETPAN", "bath": "BATH", "shower": "SHOWER", "sink": "SINK"},
        **{"basin": "WASHHANDBASIN"},
    },
}
_PRISM_SHARE = 1e-4


@dataclass(frozen=True)
class Made:
    """A product that was written: its line, and where it stands; `plan` (N, 2) in its own axes, (0, 2) without."""

    line: Line
    placement: Placement
    plan: np.ndarray


@dataclass
class Writer:
    """What it takes to write products."""

    model: Model
    tree: Tree
    materials: Materials
    types: Types
    meshes: dict[str, Mesh]
    parts: dict[str, Part]
    holes: dict[str, list[np.ndarray]]

    def add(self, element: Element) -> Made:
        """Write an element that fills no opening."""
        place = self.tree.place_of(element)
        made = self._drawn_up(element) or self._copied(element)
        world, shape, plan, names = made or self._meshed(element, place.placement)
        placement = self.model.place(world, place.placement)
        line = self.model.rooted(*product(element, placement, shape))
        self.describe(element, line)
        self.materials.use(line, names if element.ifc_class != SPACE else ())
        (place.below if element.ifc_class == SPACE else place.products).append(line)
        return Made(line, placement, plan)

    def describe(self, element: Element, line: Line) -> None:
        """Give a product its quantities, and tell its type, if it is a copy, that it is one of its kind."""
        ifc_class = element.ifc_class if element.ifc_class in (*KINDS, SPACE) else PROXY
        give_quantities(self.model, element.id, ifc_class, element.quantities, line)
        if element.id in self.parts and self.parts[element.id].transform is not None:
            self.types.join(ifc_class, element.mesh, line)

    def add_rest(self, part: Part, building: str, ifc_class: str = PROXY) -> None:
        """Write a part that no element names."""
        element = Element(part.name, ifc_class, building, part.storey, part.mesh, np.zeros((0, 2)))
        place = self.tree.place(building, part.storey)
        made = self._copied(element) or self._meshed(element, place.placement)
        placement = self.model.place(made[0], place.placement)
        line = self.model.rooted(*product(element, placement, made[1]))
        self.describe(element, line)
        self.materials.use(line, made[3])
        place.products.append(line)

    def _drawn_up(self, element: Element) -> _Shape | None:
        """The prism over an element's plan, where that is what it is."""
        plan, holes = element.polygon, self.holes.get(element.id, [])
        part = self.parts.get(element.id)
        if len(plan) < 3 or (part is not None and part.transform is not None):
            return None
        mesh = self.meshes.get(element.mesh)
        area = ring_area(plan) - sum(abs(ring_area(hole)) for hole in holes)
        low, height = element.quantities.get("elevation_m", 0.0), element.quantities.get("height_m", 0.0)
        if part is not None and mesh is not None and element.ifc_class != "IfcWall":
            low, high = (float(mesh.positions[:, 2].min()), float(mesh.positions[:, 2].max()))
            height = high - low
            if abs(volume(mesh) - area * height) > _PRISM_SHARE * area * height:
                return None
        if height <= 0 or area <= 0:
            return None
        world = along(plan) if element.ifc_class == "IfcWall" else np.eye(4)
        world[2, 3] = low
        rings = [(ring - world[:2, 3]) @ world[:2, :2] for ring in (plan, *holes)]
        solid = extrusion(self.model, rings, height)
        name = first_material(mesh) if mesh is not None else ""
        self.materials.paint(solid, name)
        return world, self.model.shape([solid], SWEPT), rings[0], (name,)

    def _copied(self, element: Element) -> _Shape | None:
        part = self.parts.get(element.id)
        if part is None or part.transform is None:
            return None
        mesh = self.meshes[part.mesh]
        world, stretch = parted(part.transform)
        ifc_class = element.ifc_class if element.ifc_class in KINDS else PROXY
        return world, shown(self.model, self.types.shape(ifc_class, mesh), stretch), _NO_PLAN, mesh.materials

    def _meshed(self, element: Element, above: Placement) -> _Shape:
        """The mesh of an element, once: of several that name it the first has it."""
        mesh = self.meshes.get(element.mesh)
        if mesh is None or not len(mesh.corners) or element.mesh in self.types.shared:
            return above.world, None, _NO_PLAN, ()
        self.types.shared.add(element.mesh)
        move = np.linalg.inv(above.world)
        shape = self.model.shape(triangles(self.model, self.materials, mesh, move), TRIANGLES)
        return above.world, shape, _NO_PLAN, mesh.materials


# (4, 4) where it stands, its shape, its plan in its own axes, the names of its materials
_Shape = tuple[np.ndarray, Line | None, np.ndarray, tuple[str, ...]]
_NO_PLAN = np.zeros((0, 2))


def product(element: Element, placement: Placement, shape: Line | None) -> tuple:
    """What the line of a product says, but for its id: class, id, and its attributes in their order."""
    name, ifc_class = element.id, element.ifc_class
    base = (name, None, None, placement.line, shape)
    if ifc_class == SPACE:
        # a plate of a massing is known to its outer edge alone
        is_plate = "gross_floor_area_m2" in element.quantities and not any("net" in key for key in element.quantities)
        kind = "GFA" if is_plate else "INTERNAL"
        return "IFCSPACE", name, *base, None, Enum("ELEMENT"), Enum(kind), None
    if ifc_class in ("IfcWindow", "IfcDoor"):
        sizes = (element.quantities.get("height_m"), element.quantities.get("width_m"))
        return ifc_class.upper(), name, *base, None, *sizes, Enum(KINDS[ifc_class]), Enum("NOTDEFINED"), None
    if ifc_class not in KINDS:
        return PROXY.upper(), name, name, None, ifc_class, *base[3:], None, Enum("NOTDEFINED")
    return ifc_class.upper(), name, *base, None, Enum(kind_of(ifc_class, name))


def kind_of(ifc_class: str, name: str) -> str:
    """The word of IFC for the kind of an element, by its id where that says it."""
    words = _KINDS_BY_WORD.get(ifc_class, {})
    return next((kind for word, kind in words.items() if word in name), KINDS.get(ifc_class, "NOTDEFINED"))


def along(plan: np.ndarray) -> np.ndarray:
    """The axes (4, 4) of a wall: x along the first side of its plan, y into the building, from the first corner."""
    side = plan[1] - plan[0]
    x, y = side / np.linalg.norm(side)
    world = np.eye(4)
    world[:2, :2] = [[x, -y], [y, x]]
    world[:2, 3] = plan[0]
    return world


def volume(mesh: Mesh) -> float:
    """Cubic metres of a closed mesh."""
    points = mesh.positions.astype(np.float64)
    a, b, c = (points[mesh.corners[triangulated(mesh)[0][:, n]]] - points[0] for n in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def first_material(mesh: Mesh) -> str:
    """The material of the first slot that has faces: of a wall its outside."""
    return name_of_slot(mesh, int(mesh.material_of_face.min())) if len(mesh.material_of_face) else ""


def holes_of(asset: Asset) -> dict[str, list[np.ndarray]]:
    """The plans of openings that are not doors or windows, by what they are in: courtyards and stairwells of slabs."""
    found: dict[str, list[np.ndarray]] = {}
    for element in asset.elements:
        if element.ifc_class == OPENING and len(element.polygon) >= 3:
            found.setdefault(element.parent, []).append(element.polygon)
    return found


def solids(elements: Iterable[Element]) -> list[Element]:
    """The elements that are products and fill no opening."""
    return [e for e in elements if e.ifc_class not in (*SPATIAL, OPENING, "IfcWindow", "IfcDoor")]
