# SPDX-License-Identifier: GPL-3.0-or-later
"""What a GLB of a building keeps of the asset that it was written from: places, copies, materials, textures, UVs.

The file is read by its own rules (Khronos, glTF 2.0 specification), with nothing of what wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ...core.asset import Asset, Material, Mesh
from ...core.files.gltf_accessors import floats, integers
from ...core.files.gltf_container import Document, open_document
from ...core.files.gltf_nodes import Z_UP, NodeTree

_METRES, _COLOUR, _TILES = 2e-4, 2.0 / 255, 1e-3


def faults(path: Path, asset: Asset) -> list[str]:
    """A sentence for everything that the file does not keep, of an asset that is one building."""
    document = open_document(path)
    tree = NodeTree(document)
    nodes: dict[str, list[int]] = {}
    for index, node in enumerate(document.items("nodes")):
        if "mesh" in node:
            nodes.setdefault(str(document.item("meshes", node["mesh"])["name"]), []).append(index)
    copied: dict[str, list[np.ndarray]] = {}
    for copies in asset.instances:
        copied.setdefault(copies.mesh, []).append(copies.transforms.astype(np.float64))
    said: list[str] = []
    for mesh in asset.meshes:
        here = nodes.get(mesh.name, [])
        places = np.concatenate(copied[mesh.name]) if mesh.name in copied else None
        said += [f"{mesh.name}: {fault}" for fault in _mesh_faults(document, tree, mesh, here, places, asset)]
    return said


def _mesh_faults(
    document: Document, tree: NodeTree, mesh: Mesh, nodes: list[int], places: np.ndarray | None, asset: Asset
) -> Iterator[str]:
    wanted = 1 if places is None else len(places)
    if len(nodes) != wanted:
        yield f"{len(nodes)} nodes show it, {wanted} were made"
    if not nodes:
        return
    if len({document.items("nodes")[node]["mesh"] for node in nodes}) != 1:
        yield "its copies do not share one mesh"
    found = document.item("meshes", document.items("nodes")[nodes[0]]["mesh"])["primitives"]
    corners = [floats(document, one["attributes"]["POSITION"], 3) for one in found]
    triangles = sum(len(integers(document, one["indices"], 1)) // 3 for one in found)
    if triangles != int((np.diff(mesh.face_starts) - 2).sum()):
        yield f"it has {triangles} triangles"
    world = tree.world[nodes] @ Z_UP.T
    yield from _place_faults(np.concatenate(corners) @ Z_UP[:3, :3].T, world, mesh, places)
    yield from _material_faults(document, found, mesh, asset)


def _place_faults(points: np.ndarray, world: np.ndarray, mesh: Mesh, places: np.ndarray | None) -> Iterator[str]:
    """Of the (N, 4, 4) places of a mesh's nodes and its points, Z up."""
    if places is None:
        points = points @ world[0, :3, :3].T + world[0, :3, 3]
    elif len(places) == len(world):
        order, given = (np.lexsort(each[:, :3, 3].round(2).T) for each in (world, places))
        if np.abs(world[order] - places[given]).max() > 10 * _METRES:
            yield "copies stand elsewhere"
    limits = [np.stack([one.min(0), one.max(0)]) for one in (points, mesh.positions[np.unique(mesh.corners)])]
    if np.abs(limits[0] - limits[1]).max() > _METRES:
        yield "it has other measures"


def _material_faults(document: Document, found: list[dict[str, Any]], mesh: Mesh, asset: Asset) -> Iterator[str]:
    made = {material.name: material for material in asset.materials}
    used = {int(slot) for slot in np.unique(mesh.material_of_face)}
    names = {slot: mesh.materials[slot] for slot in used if slot < len(mesh.materials)}
    read = {document.item("materials", one["material"])["name"] for one in found if "material" in one}
    if names and "sun" not in mesh.colors and read != {*names.values()}:
        yield f"it has the materials {sorted(read)}"
    by_surface: dict[int, list[dict[str, Any]]] = {}
    for one in found:
        by_surface.setdefault(one.get("material", -1), []).append(one)
    for index, same in by_surface.items():
        surface = document.item("materials", index) if index >= 0 else {"name": ""}
        name = str(surface["name"])
        if name in made and name in names.values():
            slots = [slot for slot, other in names.items() if other == name]
            yield from (f"{name}: {fault}" for fault in _surface_faults(document, surface, made[name]))
            yield from (f"{name}: {fault}" for fault in _tile_faults(document, same, mesh, slots, made[name]))


def _surface_faults(document: Document, surface: dict[str, Any], made: Material) -> Iterator[str]:
    albedo, opacity = made.maps.get("albedo"), made.maps.get("opacity")
    plain = surface["pbrMetallicRoughness"]
    if albedo is not None and (albedo != albedo[:1, :1]).any():
        if "baseColorTexture" not in plain:
            yield "its texture is lost"
            return
        image = _image(document, plain["baseColorTexture"]["index"])[..., :3]
        if image.shape != albedo.shape or np.abs(image - albedo).max() > _COLOUR:
            yield "its texture is another"
    elif albedo is not None:
        colour = np.array(plain.get("baseColorFactor", [1, 1, 1, 1])[:3])
        linear = np.where(albedo <= 0.04045, albedo / 12.92, ((albedo + 0.055) / 1.055) ** 2.4)[0, 0]
        if np.abs(colour - linear).max() > _COLOUR:
            yield "its colour is another"
    if opacity is not None and (opacity < 1).any() and surface.get("alphaMode") not in ("BLEND", "MASK"):
        yield "it is no longer see-through"


def _tile_faults(
    document: Document, same: list[dict[str, Any]], mesh: Mesh, slots: list[int], made: Material
) -> Iterator[str]:
    """Of primitives with one textured material, which must have as many tiles as their faces have metres for."""
    if not mesh.uvs or all(image.shape[:2] == (1, 1) for image in made.maps.values()):
        return
    if any("TEXCOORD_0" not in one["attributes"] for one in same):
        yield "it has no UVs"
        return
    uvs = np.concatenate([floats(document, one["attributes"]["TEXCOORD_0"], 2) for one in same])
    uvs = uvs * np.array(made.size_m)
    faces = np.isin(mesh.material_of_face, slots).repeat(np.diff(mesh.face_starts))
    wanted = next(iter(mesh.uvs.values()))[faces]
    if np.abs(np.ptp(uvs, axis=0) - np.ptp(wanted, axis=0)).max() > _TILES * max(1.0, float(np.ptp(wanted))):
        yield "its texture has another size"


def _image(document: Document, texture: int) -> np.ndarray:
    """(H, W, 3 or 4) float32 in [0, 1] of a texture."""
    source = document.item("images", document.item("textures", texture)["source"])
    data, _ = document.view(source["bufferView"])
    with Image.open(BytesIO(bytes(data))) as image:
        return np.asarray(image, np.float32) / np.float32(255)
