# SPDX-License-Identifier: GPL-3.0-or-later
"""Storeys that a lock keeps: taken as they are from the building that the lock names, to the vertex.

Everything whose element is on the storey comes from there: walls, openings, floor, rooms, fixtures, the stair that
begins on it. What both buildings share by name, such as a mesh of windows or a material, gets the storey's name beside
its own where the two differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np

from ..asset import Asset, Element, Instances, Material, Mesh
from ..errors import InputError

# elevations and heights that differ by less are the same
SAME_M = 1e-4


def with_kept_storeys(
    asset: Asset, locks: Mapping[str, str], kept: Callable[[str], Asset], warn: Callable[[str], None]
) -> Asset:
    """The building with the storeys that `locks` name, each by the key of what `kept` makes.

    InputError for a storey that either building lacks, or that is as high or begins elsewhere there.
    """
    for storey, key in sorted(locks.items()):
        asset = _with_storey(asset, kept(key), storey, warn)
    return asset


def _with_storey(asset: Asset, other: Asset, storey: str, warn: Callable[[str], None]) -> Asset:
    here, there = _level(asset, storey), _level(other, storey)
    for name, words in (("elevation_m", "begins at"), ("height_m", "has a height of")):
        if abs(here.quantities[name] - there.quantities[name]) > SAME_M:
            raise InputError(
                f"The kept {storey} {words} {there.quantities[name]:.2f} m, and this building's would be "
                f"{here.quantities[name]:.2f} m. Keep the heights of the storeys, or take the lock off."
            )
    if _holes(asset, storey) != _holes(other, storey):
        warn(f"The stairs of the kept {storey} stand elsewhere than those of the other storeys. Lock these too.")
    source = _renamed(other, asset, storey)
    elements = _elements(asset, source, storey)
    meshes = [mesh for mesh in asset.meshes if not _is_of(mesh.name, storey)]
    meshes += [mesh for mesh in source.meshes if _is_of(mesh.name, storey)]
    made = {mesh.name: mesh for mesh in meshes}
    instances = _instances(asset, source, storey, elements)
    for one in instances:
        if one.mesh not in made:
            made[one.mesh] = next(mesh for mesh in source.meshes if mesh.name == one.mesh)
    copied = {one.mesh for one in (*asset.instances, *source.instances)}
    used = {one.mesh for one in instances}
    shown = tuple(mesh for mesh in made.values() if mesh.name not in copied or mesh.name in used)
    return replace(
        asset,
        meshes=shown,
        instances=instances,
        elements=elements,
        materials=_materials(asset, source, shown),
        report=_report(asset.report, elements),
    )


def _level(asset: Asset, storey: str) -> Element:
    for element in asset.elements:
        if element.id == storey and element.ifc_class == "IfcBuildingStorey":
            return element
    raise InputError(f"There is no {storey} to keep. Give the building as many storeys, or take the lock off.")


def _is_of(name: str, storey: str) -> bool:
    return name.startswith(f"{storey} ")


def _holes(asset: Asset, storey: str) -> list[list[list[float]]]:
    """The rings of the holes in a storey's floor."""
    holes = [e for e in asset.elements if e.ifc_class == "IfcOpeningElement" and e.storey == storey]
    return sorted(hole.polygon.round(3).tolist() for hole in holes)


def _renamed(other: Asset, asset: Asset, storey: str) -> Asset:
    """The other building with the storey's name beside those of its shared meshes and materials that differ from this
    building's."""
    theirs = {material.name: material for material in asset.materials}
    slots = {
        material.name: f"{material.name} of {storey}"
        for material in other.materials
        if material.name in theirs and not _is_same_material(material, theirs[material.name])
    }
    meshes = [_with_slots(mesh, slots) for mesh in other.meshes]
    mine = {mesh.name: mesh for mesh in asset.meshes}
    copied = {one.mesh for one in other.instances}
    names = {
        mesh.name: f"{mesh.name} of {storey}"
        for mesh in meshes
        if mesh.name in copied and mesh.name in mine and not _is_same_mesh(mesh, mine[mesh.name])
    }
    return replace(
        other,
        materials=tuple(replace(one, name=slots.get(one.name, one.name)) for one in other.materials),
        meshes=tuple(replace(mesh, name=names.get(mesh.name, mesh.name)) for mesh in meshes),
        instances=tuple(replace(one, mesh=names.get(one.mesh, one.mesh)) for one in other.instances),
        elements=tuple(replace(one, mesh=names.get(one.mesh, one.mesh)) for one in other.elements),
    )


def _with_slots(mesh: Mesh, slots: Mapping[str, str]) -> Mesh:
    materials = tuple(slots.get(name, name) for name in mesh.materials)
    return replace(mesh, materials=materials, levels=tuple(_with_slots(level, slots) for level in mesh.levels))


def _is_same_material(one: Material, two: Material) -> bool:
    return (
        one.maps.keys() == two.maps.keys()
        and one.size_m == two.size_m
        and all(np.array_equal(image, two.maps[name]) for name, image in one.maps.items())
    )


def _is_same_mesh(one: Mesh, two: Mesh) -> bool:
    return (
        np.array_equal(one.positions, two.positions)
        and np.array_equal(one.corners, two.corners)
        and np.array_equal(one.material_of_face, two.material_of_face)
        and one.materials == two.materials
        and len(one.levels) == len(two.levels)
    )


def _elements(asset: Asset, source: Asset, storey: str) -> tuple[Element, ...]:
    """This building's elements but for the storey's, then those of the kept one, each under an id of its own."""
    own = [one for one in asset.elements if one.storey != storey]
    ids = {one.id for one in own}
    more = []
    for one in source.elements:
        if one.storey == storey:
            more.append(replace(one, id=f"{one.id} of {storey}") if one.id in ids else one)
    # storeys come before what stands on them
    levels = [one for one in more if one.ifc_class == "IfcBuildingStorey"]
    at = next((n for n, one in enumerate(own) if one.ifc_class == "IfcBuildingStorey"), len(own))
    spatial = sorted(
        [*levels, *(one for one in own if one.ifc_class == "IfcBuildingStorey")],
        key=lambda one: one.quantities["elevation_m"],
    )
    rest = [one for one in own[at:] if one.ifc_class != "IfcBuildingStorey"]
    return (*own[:at], *spatial, *rest, *(one for one in more if one.ifc_class != "IfcBuildingStorey"))


def _instances(asset: Asset, source: Asset, storey: str, elements: Iterable[Element]) -> tuple[Instances, ...]:
    """The copies in the order of the elements that name their meshes."""
    places: dict[str, list[np.ndarray]] = {}
    taken = (_places(asset), _places(source))
    for element in elements:
        of = taken[1 if element.storey == storey else 0]
        key = element.id.removesuffix(f" of {storey}") if element.storey == storey else element.id
        place = of.get(element.id, of.get(key))
        if place is not None:
            places.setdefault(element.mesh, []).append(place)
    return tuple(Instances(name, np.stack(rows)) for name, rows in places.items())


def _places(asset: Asset) -> dict[str, np.ndarray]:
    """The transform (4, 4) of each element that is a copy: the n-th that names a mesh is its n-th copy."""
    copies = {one.mesh: one.transforms for one in asset.instances}
    count: Counter[str] = Counter()
    places = {}
    for element in asset.elements:
        if element.mesh in copies:
            places[element.id] = copies[element.mesh][count[element.mesh]]
            count[element.mesh] += 1
    return places


def _materials(asset: Asset, source: Asset, meshes: Iterable[Mesh]) -> tuple[Material, ...]:
    used = {name for mesh in meshes for name in mesh.materials}
    known = {material.name: material for material in (*source.materials, *asset.materials)}
    return tuple(material for name, material in known.items() if name in used)


def _report(report: Mapping[str, float], elements: Iterable[Element]) -> dict[str, float]:
    """The figures with those that elements tell counted anew."""
    made, elements = dict(report), tuple(elements)
    count = Counter(one.ifc_class for one in elements)
    levels = [one for one in elements if one.ifc_class == "IfcBuildingStorey"]
    made["num_windows"] = float(count["IfcWindow"])
    if "num_rooms" in made:
        made["num_rooms"] = float(count["IfcSpace"])
    for name in ("gross_floor_area_m2", "net_floor_area_m2"):
        made[name] = float(sum(one.quantities[name] for one in levels))
    return made
