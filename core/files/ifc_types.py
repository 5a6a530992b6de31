# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of IFC: what copies of one mesh have in common, their shape first of all."""

from __future__ import annotations

from ..asset import Mesh
from .ifc_materials import Materials
from .ifc_model import Model
from .ifc_shapes import shared_map, triangles
from .ifc_step import Enum, Line

# what the line of a type says after its name and shape, where that is not its kind alone
_WORDS = {
    "IfcWindow": (Enum("WINDOW"), Enum("NOTDEFINED"), None, None),
    "IfcDoor": (Enum("DOOR"), Enum("NOTDEFINED"), None, None),
    "IfcFurniture": (Enum("NOTDEFINED"), None),
}


class Types:
    """Writes each type when it is first asked for; `shared` are the meshes that have been used up."""

    def __init__(self, model: Model, materials: Materials) -> None:
        self._model, self._materials = model, materials
        self._shapes: dict[tuple[str, str], Line] = {}
        self._copies: dict[tuple[str, str], list[Line]] = {}
        self.shared: set[str] = set()

    def shape(self, ifc_class: str, mesh: Mesh) -> Line:
        """The shape that copies of a mesh show."""
        key = (ifc_class, mesh.name)
        if key not in self._shapes:
            self._shapes[key] = shared_map(self._model, triangles(self._model, self._materials, mesh))
        return self._shapes[key]

    def join(self, ifc_class: str, mesh: str, product: Line) -> None:
        """Remember that a product is of this type."""
        self._copies.setdefault((ifc_class, mesh), []).append(product)

    def finish(self) -> None:
        """Write the types and which products are of them."""
        for (ifc_class, mesh), products in self._copies.items():
            words = _WORDS.get(ifc_class, (Enum("NOTDEFINED"),))
            name = f"{ifc_class}Type".upper()
            shape = self._shapes[ifc_class, mesh]
            made = self._model.rooted(name, mesh, mesh, None, None, None, (shape,), None, None, *words)
            self._model.relate("IFCRELDEFINESBYTYPE", f"{ifc_class} {mesh}", tuple(products), made)
