# SPDX-License-Identifier: GPL-3.0-or-later
"""Coarser versions of a character's meshes: hidden objects `Name_LOD1`, `Name_LOD2`, ... on the same armature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import bpy
import numpy as np
from mathutils.kdtree import KDTree

from ...core.asset import Asset, Skin
from ...core.asset import Mesh as MadeMesh
from .armature import bone_names
from .character_parts import LEVEL, PART, levels_of
from .mesh import move_vertices, new_mesh, reshape
from .mesh_edits import named, remember_weights
from .skin import add_weights, skin_of

# on a level's vertices: the nearest vertex of the finest level
NEAREST = ".maquette_nearest"


def add_levels(
    asset: Asset,
    armature: Any,
    above: Any,
    materials: Mapping[str, Any],
    per_metre: float,
    without: Collection[tuple[str, int]] = (),
) -> None:
    """The coarser levels of every mesh in a collection of their own, hidden from view and render; `without` those that
    stayed, by mesh and number."""
    rig = asset.rig
    if rig is None or not any(mesh.levels for mesh in asset.meshes):
        return
    wanted = [
        (mesh, n) for mesh in asset.meshes for n in range(1, len(mesh.levels) + 1) if (mesh.name, n) not in without
    ]
    if not wanted:
        return
    collection = _home(armature, above)
    bones = bone_names(armature.data, rig)
    for mesh, number in wanted:
        level = mesh.levels[number - 1]
        item = named(_add_level(mesh, level, number, materials, per_metre))
        collection.objects.link(item)
        skin = _level_skin(asset, mesh, level, item)
        if skin is not None:
            add_weights(item, skin, bones)
        remember_weights(item)
        item.parent = armature
        item.modifiers.new("Armature", "ARMATURE").object = armature


def _home(armature: Any, above: Any) -> Any:
    """The collection of the levels that stayed, else a new one."""
    there = next((home for item in levels_of(armature) for home in item.users_collection if home != above), None)
    if there is not None:
        return there
    made: Any = bpy.data.collections.new(f"{above.name} LODs")
    above.children.link(made)
    return made


def reshape_levels(asset: Asset, armature: Any, moved: Mapping[str, np.ndarray], per_metre: float) -> None:
    """Bring the levels to a new shape: their own where it brings one, else as the finest level was `moved`.

    `moved` holds (V, 3) for each mesh, in Blender units.
    """
    made = {(mesh.name, n): level for mesh in asset.meshes for n, level in enumerate(mesh.levels, 1)}
    for item in levels_of(armature):
        level = made.get((item[PART], item[LEVEL]))
        if level is not None and not reshape(item, level, per_metre):
            continue
        nearest = _nearest_of(item.data)
        by = moved.get(item[PART], np.zeros((0, 3), np.float32))
        if len(nearest) and int(nearest.max()) < len(by):
            move_vertices(item.data, by[nearest])


def _add_level(mesh: MadeMesh, level: MadeMesh, number: int, materials: Mapping[str, Any], per_metre: float) -> Any:
    item = bpy.data.objects.new(f"{mesh.name}_LOD{number}", new_mesh(level.name, level, per_metre))
    for name in level.materials or mesh.materials:
        item.data.materials.append(materials.get(name))
    near = item.data.attributes.new(NEAREST, "INT", "POINT")
    near.data.foreach_set("value", _nearest(mesh.positions, level.positions))
    item[PART], item[LEVEL] = mesh.name, number
    item.hide_viewport = item.hide_render = True
    return item


def _level_skin(asset: Asset, mesh: MadeMesh, level: MadeMesh, item: Any) -> Skin | None:
    """The level's own skin weights, else those of the nearest vertices."""
    assert asset.rig is not None
    own = skin_of(asset.rig, level.name) if level.name != mesh.name else None
    full = skin_of(asset.rig, mesh.name)
    if own is not None or full is None:
        return own
    near = _nearest_of(item.data)
    return Skin(level.name, full.joint_indices[near], full.weights[near])


def _nearest(among: np.ndarray, places: np.ndarray) -> np.ndarray:
    """(V,) int32 index of the nearest point for each place."""
    tree = KDTree(len(among))
    for index, point in enumerate(among.tolist()):
        tree.insert(point, index)
    tree.balance()
    return np.array([tree.find(place)[1] for place in places.tolist()], np.int32)


def _nearest_of(mesh: Any) -> np.ndarray:
    attribute = mesh.attributes.get(NEAREST)
    if attribute is None or len(attribute.data) != len(mesh.vertices):
        return np.zeros(0, np.int32)
    nearest = np.empty(len(mesh.vertices), np.int32)
    attribute.data.foreach_get("value", nearest)
    return nearest
