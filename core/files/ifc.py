# SPDX-License-Identifier: GPL-3.0-or-later
"""An asset of architecture as IFC4: site, buildings, storeys, and its elements with their quantities.

buildingSMART, IFC4 ADD2 TC1 (ISO 16739-1:2018), as a STEP file. Ids are made from the Request's key and the elements'
ids, and there is no time in the file: the same Request gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..asset import Asset, Provenance
from ..errors import InputError
from ..version import VERSION
from .ifc_materials import Materials
from .ifc_model import Model, begin, property_set
from .ifc_openings import FILLINGS, add_filled, can_fill
from .ifc_products import PROXY, Made, Writer, holes_of, solids
from .ifc_tree import Tree
from .ifc_types import Types
from .parts import Part, is_around, parts_of

NAME = "asset.ifc"
EVERY = 200
# what a part is that no element names, by a word of its mesh's name; the first that is there
_CLASSES = {
    **{"ground": "IfcGeographicElement", "railing": "IfcRailing", "walls": "IfcWall"},
    **{
        "stair": "IfcStair",
        "stairs": "IfcStair",
        "slab": "IfcSlab",
        "floor": "IfcSlab",
        "roof": "IfcRoof",
        "lintels": "IfcBeam",
    },
    **{"window": "IfcWindow", "door": "IfcDoor"},
}


def write(asset: Asset, folder: Path, progress: Callable[[float, str], None]) -> list[str]:
    """Write `asset.ifc`; returns its name. InputError for an asset that is no architecture."""
    (folder / NAME).write_text(to_text(asset, progress), encoding="ascii", newline="\n")
    return [NAME]


def to_text(asset: Asset, progress: Callable[[float, str], None]) -> str:
    """The file that `write` writes."""
    if not asset.elements:
        raise InputError(f"'{asset.name}' has no building elements. Export 'ifc' of architecture alone.")
    progress(0.0, f"Writing {NAME}")
    model = begin(asset.provenance.key if asset.provenance else asset.name, asset.name)
    tree = Tree(model, asset)
    writer = _writer(model, tree, asset)
    made = _add_solids(writer, asset, progress)
    _add_fillings(writer, asset, made, progress)
    _add_rest(writer, asset)
    tree.finish()
    writer.materials.finish()
    writer.types.finish()
    _add_reports(model, tree, asset)
    return model.step.to_text(NAME, f"Maquette {VERSION}")


def _writer(model: Model, tree: Tree, asset: Asset) -> Writer:
    materials = Materials(model, asset.materials)
    parts = {element.id: part for part in parts_of(asset) for element in part.elements if len(part.elements) == 1}
    parts |= {part.name: part for part in parts_of(asset) if not part.elements and part.name not in parts}
    meshes = {mesh.name: mesh for mesh in asset.meshes}
    return Writer(model, tree, materials, Types(model, materials), meshes, parts, holes_of(asset))


def _add_solids(writer: Writer, asset: Asset, progress: Callable[[float, str], None]) -> dict[str, Made]:
    made = {}
    elements = solids(asset.elements)
    for number, element in enumerate(elements):
        if number % EVERY == 0:
            progress(0.5 * number / len(elements), f"Writing {NAME}")
        made[element.id] = writer.add(element)
    return made


def _add_fillings(writer: Writer, asset: Asset, made: dict[str, Made], progress: Callable[[float, str], None]) -> None:
    elements = [element for element in asset.elements if element.ifc_class in FILLINGS]
    for number, element in enumerate(elements):
        if number % EVERY == 0:
            progress(0.5 + 0.4 * number / len(elements), f"Writing {NAME}")
        wall = made.get(element.parent)
        if wall is not None and can_fill(element, wall):
            add_filled(writer, element, wall)
        else:
            writer.add(element)


def _add_rest(writer: Writer, asset: Asset) -> None:
    """What is seen but is no element: masses of options without storeys, bands, what stands around."""
    named = {element.mesh for element in asset.elements}
    drawn = {writer.tree.building_of(element) for element in solids(asset.elements)}
    owner = {mesh: option.name for option in asset.options for mesh in option.meshes}
    first = next(iter(writer.tree.buildings))
    for part in parts_of(asset):
        if part.elements or part.mesh in named:
            continue
        # an option's mass is its storeys' plates already
        if part.mesh in owner and owner[part.mesh] in drawn:
            continue
        around = is_around(part.mesh) and part.mesh not in owner
        writer.add_rest(part, "" if around else owner.get(part.mesh, first), _class_of(part))


def _class_of(part: Part) -> str:
    words = part.mesh.split()
    return next((ifc_class for word, ifc_class in _CLASSES.items() if word in words), PROXY)


def _add_reports(model: Model, tree: Tree, asset: Asset) -> None:
    """Where the design comes from, and its figures, on the buildings."""
    lines = [place.line for place in tree.buildings.values()]
    property_set(model, "asset", "Maquette_Provenance", _provenance(asset.provenance), lines)
    property_set(model, "asset", "Maquette_Report", _numbers(asset.report), lines)
    for option in asset.options:
        property_set(
            *(model, option.name, "Maquette_Option", _numbers(option.report), [tree.buildings[option.name].line])
        )


def _numbers(report: dict[str, float]) -> dict[str, float]:
    return {name: float(value) for name, value in report.items()}


def _provenance(origin: Provenance | None) -> dict[str, str | int]:
    if origin is None:
        return {"Maquette": VERSION}
    request = origin.request
    return {
        "Maquette": origin.maquette,
        "Request": origin.key,
        "Generator": str(request.get("generator", "")),
        "Method": str(request.get("method", "")),
        "MethodVersion": origin.method_version,
        "Seed": int(request.get("seed", 0)),
    }
