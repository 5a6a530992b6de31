# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine left in a folder, as the parts of a building that can be put into the scene. Nothing of Blender.

Every mesh that no Instances name is a part; so is every copy of one that they do. The n-th Element whose `mesh` is an
instanced mesh is its n-th copy; where their numbers differ, copies are numbered and told apart by their height.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ...core.asset import Asset, Element, Mesh
from ...core.errors import BundleError
from .bundle_character import Textures, read_character

ROOF, STAIRS, AROUND = "Roof", "Stairs", "Surroundings"
_STOREY = re.compile(r"storey (-?\d+)\b")
_AROUND_NAMES = ("neighbour", "ground", "site", "context", "street")
# a copy stands on the floor of its storey or above
_FLOOR_TOLERANCE_M = 0.05


@dataclass(frozen=True)
class Part:
    """One object to be: `id` is its own in the building, `group` the collection below the building's that it is in, ""
    for the building's own; `transform` (4, 4) float64 in metres, None for a mesh that lies where it was made,
    (N, 4, 4) where one object stands for many copies."""

    id: str
    group: str
    mesh: str
    transform: np.ndarray | None = None
    elements: tuple[Element, ...] = ()

    @property
    def is_many(self) -> bool:
        """Whether one object stands for many copies."""
        return self.transform is not None and self.transform.ndim == 3


@dataclass(frozen=True)
class BundledBuilding:
    """A result that was read: its Asset, its textures' PNG files, and what was worked out before the scene waits."""

    asset: Asset
    textures: Textures

    @cached_property
    def digests(self) -> dict[tuple[str, int], str]:
        """The hash of each mesh by its name and level."""
        return {key: digest(mesh) for key, mesh in self.meshes.items()}

    @cached_property
    def meshes(self) -> dict[tuple[str, int], Mesh]:
        """Every mesh by its name and level of detail, 0 the finest."""
        return {(m.name, n): level for m in self.asset.meshes for n, level in enumerate((m, *m.levels))}

    @cached_property
    def parts(self) -> dict[str, list[Part]]:
        """The parts of each option by its name, of the one building by ""."""
        options = self.asset.options
        if not options:
            return {"": parts_of(self.asset)}
        own = {name for option in options for name in option.meshes}
        shared = {mesh.name for mesh in self.asset.meshes} - own
        return {option.name: parts_of(self.asset, shared | {*option.meshes}) for option in options}


def read_building(folder: Path) -> BundledBuilding:
    """A building's or a row of options' folder, all that takes long done."""
    found = BundledBuilding(*read_character(folder))
    # worked out here, in the thread that reads
    _ = found.digests, found.parts
    return found


def parts_of(asset: Asset, among: Collection[str] | None = None) -> list[Part]:
    """The parts of an asset, of the meshes `among` where those are given."""
    elements: dict[str, list[Element]] = {}
    for element in asset.elements:
        elements.setdefault(element.mesh, []).append(element)
    floors = _floors(asset)
    copied = {copies.mesh for copies in asset.instances}
    wanted = {mesh.name for mesh in asset.meshes} if among is None else among
    parts = []
    for mesh in asset.meshes:
        if mesh.name in wanted and mesh.name not in copied:
            here = tuple(elements.get(mesh.name, ()))
            parts.append(
                Part(here[0].id if len(here) == 1 else mesh.name, _group(mesh.name, here), mesh.name, None, here)
            )
    for name in sorted(copied & {*wanted}):
        transforms = np.concatenate([np.asarray(c.transforms, np.float64) for c in asset.instances if c.mesh == name])
        if transforms.shape[1:] != (4, 4) or not np.isfinite(transforms).all():
            raise BundleError(f"Copies of '{name}' stand nowhere. Make it again.")
        parts += _copies(name, transforms, elements.get(name, []), floors)
    return _unique(parts)


def digest(mesh: Mesh) -> str:
    """What two meshes that look alike have in common."""
    made = hashlib.sha256("\n".join(mesh.materials).encode())
    arrays = {"positions": mesh.positions, "corners": mesh.corners, "faces": mesh.face_starts, "normals": mesh.normals}
    arrays |= {"materials": mesh.material_of_face}
    arrays |= {f"uv {name}": array for name, array in mesh.uvs.items()}
    arrays |= {f"color {name}": array for name, array in mesh.colors.items()}
    for name, array in arrays.items():
        made.update(f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return made.hexdigest()


def group_number(group: str) -> int | None:
    """The number of the storey whose group this is, None for another group."""
    found = _STOREY.fullmatch(group.lower())
    return int(found.group(1)) if found else None


def _copies(name: str, transforms: np.ndarray, elements: list[Element], floors: Mapping[int, float]) -> list[Part]:
    if len(elements) == len(transforms):
        pairs = zip(elements, transforms, strict=True)
        return [Part(e.id, _group(e.id, (e,)), name, matrix, (e,)) for e, matrix in pairs]
    count: Counter[str] = Counter()
    parts = []
    for matrix in transforms:
        number = _storey_at(float(matrix[2, 3]), floors)
        group = f"Storey {number}" if number is not None else _group(name, ())
        count[group] += 1
        where = f"{group.lower()} " if number is not None else ""
        parts.append(Part(f"{where}{name} {count[group]}", group, name, matrix))
    return parts


def _floors(asset: Asset) -> dict[int, float]:
    """The height of each storey's floor by its number."""
    found = {}
    for element in asset.elements:
        number = _STOREY.match(element.id)
        if element.ifc_class == "IfcBuildingStorey" and number and "elevation_m" in element.quantities:
            found[int(number.group(1))] = element.quantities["elevation_m"]
    return found


def _storey_at(z: float, floors: Mapping[int, float]) -> int | None:
    below = [(height, number) for number, height in floors.items() if height <= z + _FLOOR_TOLERANCE_M]
    return max(below)[1] if below else None


def _group(name: str, elements: tuple[Element, ...]) -> str:
    """Roofs and stairs together, everything else in its storey, what is around beside."""
    classes = {element.ifc_class for element in elements}
    if "IfcRoof" in classes or name.startswith("roof"):
        return ROOF
    if classes & {"IfcStair", "IfcStairFlight"} or name.startswith("stair"):
        return STAIRS
    if "IfcSite" in classes or name.startswith(_AROUND_NAMES):
        return AROUND
    storeys = {element.storey for element in elements if element.storey} or {name}
    found = [_STOREY.match(storey) for storey in storeys]
    numbers = {match.group(1) for match in found if match}
    return f"Storey {numbers.pop()}" if len(numbers) == 1 and all(found) else ""


def _unique(parts: list[Part]) -> list[Part]:
    """Ids that stand twice get a number."""
    count: Counter[str] = Counter()
    result = []
    for part in parts:
        count[part.id] += 1
        again = count[part.id]
        named = (
            part if again == 1 else Part(f"{part.id} ({again})", part.group, part.mesh, part.transform, part.elements)
        )
        result.append(named)
    return result
