# SPDX-License-Identifier: GPL-3.0-or-later
"""A building, or a row of options, as glTF: a node tree of buildings, storeys and parts; copies share their mesh.

A storey's node stands on its floor and its parts are relative to it, so that storeys which are alike share their
arrays. UVs in metres are divided by the size of the material's tile: every importer reads that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..asset import Asset, Material, Mesh
from .belonging import Belonging
from .gltf_clips import quaternions
from .gltf_material_writing import add_surface
from .gltf_mesh_writing import primitives
from .gltf_nodes import Z_UP
from .gltf_writing import Container
from .parts import Part, is_around, parts_of
from .scene import is_texture

SUN, SURROUNDINGS = "sun", "surroundings"
_PLAIN_GREY = 0.6
# of a row of options: free room between two, as a share of their width
_GAP = 0.15
_SQUARE = 1e-5
_MOVE_DIGITS, _HEIGHT_DIGITS = 6, 4


def is_building(asset: Asset) -> bool:
    """Whether an asset is one of architecture, or has copies at all."""
    return asset.rig is None and bool(asset.elements or asset.instances or asset.options)


def add_buildings(container: Container, asset: Asset, levels: bool, progress: Callable[[float, str], None]) -> None:
    """Add a root node for each building or option, with storeys and parts below it."""
    writer = _Writer(container, asset, levels)
    scene = container.json["scenes"][0]["nodes"]
    if asset.options:
        _add_options(writer, asset, scene, progress)
        return
    belonging = Belonging(asset)
    first, several = next(iter(belonging.buildings)), len(belonging.buildings) > 1
    by_building: dict[str, list[Part]] = {name: [] for name in belonging.buildings}
    around = []
    for part in parts_of(asset):
        if not part.elements and is_around(part.mesh):
            around.append(part)
        else:
            by_building[belonging.building_of(part.elements[0]) if part.elements else first].append(part)
    for number, (name, parts) in enumerate(by_building.items()):
        progress(number / len(by_building), "Writing the building")
        floors = {floor.name: floor.elevation_m for floor in belonging.floors if floor.building == name}
        scene.append(writer.tree(name if several else asset.name, parts, floors, asset.report if not several else {}))
    if around:
        scene.append(writer.tree(SURROUNDINGS, around, {}, {}))


def _add_options(writer: _Writer, asset: Asset, scene: list[int], progress: Callable[[float, str], None]) -> None:
    """The options in a row along x, the first in its own place, each with what is around it."""
    own = {name for option in asset.options for name in option.meshes}
    shared = [part for part in parts_of(asset) if part.mesh not in own]
    step = _width(asset) * (1 + _GAP)
    for number, option in enumerate(asset.options):
        progress(number / len(asset.options), "Writing the options")
        node = writer.tree(option.name, parts_of(asset, option.meshes), {}, option.report)
        root = writer.nodes[node]
        if shared:
            root["children"].append(writer.tree(SURROUNDINGS, shared, {}, {}))
        if number:
            root["translation"] = [round(number * step, 3), 0.0, 0.0]
        scene.append(node)


def _width(asset: Asset) -> float:
    """How wide all of an asset's meshes are together."""
    sides = [(mesh.positions[:, 0].min(), mesh.positions[:, 0].max()) for mesh in asset.meshes if len(mesh.positions)]
    return float(max(high for _, high in sides) - min(low for low, _ in sides)) if sides else 0.0


class _Writer:
    """Writes meshes and materials when they are first asked for."""

    def __init__(self, container: Container, asset: Asset, levels: bool) -> None:
        self._container, self._levels = container, levels
        self._meshes = {mesh.name: mesh for mesh in asset.meshes}
        self._materials = {material.name: material for material in asset.materials}
        self._surfaces: dict[str, int] = {}
        self._written: dict[tuple[str, int, float], int] = {}
        self.nodes: list[dict[str, Any]] = container.json.setdefault("nodes", [])

    def tree(self, name: str, parts: Sequence[Part], floors: dict[str, float], report: dict[str, float]) -> int:
        """The node of a building: its storeys from the ground up, then what is on none."""
        root: dict[str, Any] = {"name": name, "children": []}
        if report:
            root["extras"] = {key: float(value) for key, value in report.items()}
        index = self._container.add("nodes", root)
        storeys: dict[str, list[Part]] = {name: [] for name in floors}
        for part in parts:
            storeys.setdefault(part.storey, []).append(part)
        loose = storeys.pop("", [])
        for storey, inside in storeys.items():
            low = floors.get(storey, 0.0)
            node = {"name": storey, "children": [n for part in inside for n in self._part(part, low)]}
            if not inside:
                continue
            root["children"].append(
                self._container.add("nodes", node | ({"translation": [0.0, low, 0.0]} if low else {}))
            )
        root["children"] += [n for part in loose for n in self._part(part, 0.0)]
        if not root["children"]:
            del root["children"]
        return index

    def _part(self, part: Part, low: float) -> list[int]:
        """The node of a part, and where they are wanted of its coarser levels, below a floor at `low`."""
        mesh = self._meshes[part.mesh]
        nodes = []
        for level, one in enumerate((mesh, *mesh.levels) if self._levels else (mesh,)):
            name = f"{part.name}_LOD{level}" if level else part.name
            # a copied mesh is written in its own space
            written = self._mesh(mesh, one, level, 0.0 if part.transform is not None else low)
            if written < 0:
                continue
            node: dict[str, Any] = {"name": name, "mesh": written} | _extras(part)
            if part.transform is not None:
                node |= transform_of(part.transform, low)
            nodes.append(self._container.add("nodes", node))
        return nodes

    def _mesh(self, mesh: Mesh, level: Mesh, number: int, low: float) -> int:
        """The index of a mesh whose positions are told from `low` up, -1 for one without faces."""
        key = (mesh.name, number, low)
        if key not in self._written:
            materials = level.materials or mesh.materials
            tiled = self._tiled(replace(level, materials=materials, shape_keys={}), low)
            found = primitives(self._container, tiled, None, self._surfaces)
            name = f"{mesh.name}_LOD{number}" if number else mesh.name
            mesh_item = {"name": name, "primitives": found}
            self._written[key] = self._container.add("meshes", mesh_item) if found else -1
        return self._written[key]

    def _tiled(self, mesh: Mesh, low: float) -> Mesh:
        """The mesh as it is written: from `low` up, UVs in tiles, its materials there."""
        names = mesh.materials or ("Plain",)
        if SUN in mesh.colors:
            # the colours tell the hours of sun, whatever the mass is made of
            names = (SUN,) * len(names)
        positions = mesh.positions.astype(np.float64)
        # float32 is that coarse high up
        positions[:, 2] = (positions[:, 2] - low).round(_HEIGHT_DIGITS)
        for name in names:
            if name not in self._surfaces:
                self._surfaces[name] = add_surface(self._container, self._material(name), double_sided=False)
        sizes = np.array([self._tile(name) for name in names], np.float32)
        uvs = dict(mesh.uvs)
        if uvs and len(mesh.material_of_face):
            slots = np.minimum(mesh.material_of_face, len(names) - 1).repeat(np.diff(mesh.face_starts))
            first = next(iter(uvs))
            uvs[first] = uvs[first] / sizes[slots]
        colors = {SUN: mesh.colors[SUN]} if SUN in mesh.colors else mesh.colors
        return replace(
            mesh,
            positions=positions.astype(np.float32) if low else mesh.positions,
            uvs=uvs,
            materials=names,
            colors=colors,
        )

    def _material(self, name: str) -> Material:
        """The material of a slot: plain grey where nobody made it, white below a sun map."""
        if name in self._materials and name != SUN:
            return self._materials[name]
        value = 1.0 if name == SUN else _PLAIN_GREY
        return Material(name, {"albedo": np.full((1, 1, 3), value, np.float32)}, (1.0, 1.0), 0.0)

    def _tile(self, name: str) -> tuple[float, float]:
        """The metres that a material's textures cover; 1 where it has none, and its UVs stay in metres."""
        material = self._material(name)
        has_texture = any(is_texture(image) for image in material.maps.values())
        width, height = material.size_m
        return (width if width > 0 else 1.0, height if height > 0 else 1.0) if has_texture else (1.0, 1.0)


def transform_of(transform: np.ndarray, low: float = 0.0) -> dict[str, Any]:
    """A copy's transform, Z up, as a node's own, Y up, on a floor at `low`: move, turn and size, or where it is sheared
    a matrix."""
    matrix = Z_UP.T @ transform @ Z_UP
    matrix[1, 3] -= low
    stretch = matrix[:3, :3]
    sizes = np.linalg.norm(stretch, axis=0)
    move = [round(float(value), _MOVE_DIGITS) + 0.0 for value in matrix[:3, 3]]
    if sizes.min() <= 0:
        return {"matrix": matrix.T.reshape(-1).tolist()}
    if np.linalg.det(stretch) < 0:
        sizes = sizes * [-1, 1, 1]
    turn = stretch / sizes
    if np.abs(turn.T @ turn - np.eye(3)).max() > _SQUARE:
        return {"matrix": matrix.T.reshape(-1).tolist()}
    found: dict[str, Any] = {"translation": move}
    if np.abs(turn - np.eye(3)).max() > _SQUARE:
        w, x, y, z = (float(value) for value in quaternions(turn[None, None])[0, 0])
        found["rotation"] = [round(value, 8) + 0.0 for value in (x, y, z, w)]
    if np.abs(sizes - 1).max() > _SQUARE:
        found["scale"] = [round(float(value), 7) for value in sizes]
    return found


def _extras(part: Part) -> dict[str, Any]:
    """What an element is and measures, as the custom properties that importers make of it."""
    if len(part.elements) != 1:
        return {}
    (element,) = part.elements
    return {"extras": {"ifc_class": element.ifc_class, **{key: float(v) for key, v in element.quantities.items()}}}
