# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands where in an asset of architecture: each mesh in its place or as copies, with the elements that it shows.

The n-th element whose `mesh` has Instances is its n-th copy; where their numbers differ the copies are numbered and
told apart by their height.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from ..asset import Asset, Element

# meshes that belong to no building
_AROUND = re.compile(r"(neighbour|ground|site|context|street)")
_STOREY = re.compile(r"(storey -?\d+)\b")
# a copy stands on the floor of its storey or above
_FLOOR_TOLERANCE_M = 0.05


@dataclass(frozen=True)
class Part:
    """One thing to be seen: a mesh where it was made, or one copy of it at `transform` (4, 4) float64 local to world.

    `name` is its own in the asset; `storey` "" where it is on none; `elements` are those that it shows.
    """

    name: str
    mesh: str
    storey: str
    transform: np.ndarray | None = None
    elements: tuple[Element, ...] = ()


def parts_of(asset: Asset, among: Collection[str] | None = None) -> list[Part]:
    """The parts of an asset, of the meshes `among` where those are given."""
    elements: dict[str, list[Element]] = {}
    for element in asset.elements:
        elements.setdefault(element.mesh, []).append(element)
    copied = {copies.mesh for copies in asset.instances}
    parts = []
    for mesh in asset.meshes:
        if mesh.name not in copied and (among is None or mesh.name in among):
            here = tuple(elements.get(mesh.name, ()))
            name = here[0].id if len(here) == 1 else mesh.name
            parts.append(Part(name, mesh.name, _storey_of(mesh.name, here), None, here))
    floors = floors_of(asset)
    # as the meshes stand, each once, whatever the order of the copies
    for name in [mesh.name for mesh in asset.meshes if mesh.name in copied and (among is None or mesh.name in among)]:
        transforms = np.concatenate([np.asarray(c.transforms, np.float64) for c in asset.instances if c.mesh == name])
        parts += _copies(name, transforms, elements.get(name, []), floors)
    return _unique(parts)


def is_around(mesh: str) -> bool:
    """Whether a mesh is what stands around a building, by its name."""
    return _AROUND.match(mesh) is not None


def floors_of(asset: Asset) -> dict[str, float]:
    """The height of each storey's floor above the ground, by the storey's name."""
    storeys = [element for element in asset.elements if element.ifc_class == "IfcBuildingStorey"]
    return {storey.storey or storey.id: storey.quantities.get("elevation_m", 0.0) for storey in storeys}


def _copies(name: str, transforms: np.ndarray, elements: list[Element], floors: Mapping[str, float]) -> list[Part]:
    if len(elements) == len(transforms):
        pairs = zip(elements, transforms, strict=True)
        return [Part(e.id, name, _storey_of(e.id, (e,)), matrix, (e,)) for e, matrix in pairs]
    count: Counter[str] = Counter()
    parts = []
    for matrix in transforms:
        storey = _storey_at(float(matrix[2, 3]), floors)
        count[storey] += 1
        parts.append(Part(f"{storey} {name} {count[storey]}".strip(), name, storey, matrix))
    return parts


def _storey_at(z: float, floors: Mapping[str, float]) -> str:
    below = [(height, name) for name, height in floors.items() if height <= z + _FLOOR_TOLERANCE_M]
    return max(below)[1] if below else ""


def _storey_of(name: str, elements: tuple[Element, ...]) -> str:
    """The one storey of the elements, or what the name begins with."""
    found = {element.storey for element in elements}
    if not elements:
        match = _STOREY.match(name)
        return match.group(1) if match else ""
    return found.pop() if len(found) == 1 else ""


def _unique(parts: list[Part]) -> list[Part]:
    """Names that stand twice get a number."""
    count: Counter[str] = Counter()
    result = []
    for part in parts:
        count[part.name] += 1
        again = count[part.name]
        name = part.name if again == 1 else f"{part.name} ({again})"
        result.append(Part(name, part.mesh, part.storey, part.transform, part.elements))
    return result
