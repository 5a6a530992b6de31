# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies too many for an object each: one object whose points stand for them, drawn as instances by geometry nodes.

points (with a turn and a size) -> Instance on Points <- Object Info: the mesh once, hidden
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix

from ...core.errors import BundleError
from .building_parts import ID
from .bundle_building import Part
from .graph import Graph

# objects of a mesh each that Blender still moves with ease
MOST_OBJECTS = 800
TURN, SIZE, SOURCE = "maquette_turn", "maquette_size", "Object"
# the collection of the objects that are copied; on a mesh: its vertices stand for copies
COPIED, POINTS = "Copied", "maquette_points"
_NAME, _VERSION = "Maquette Copies", 1


def gathered(parts: Sequence[Part], most: int) -> list[Part]:
    """The parts, with the copies of each mesh in each group together where there are more than `most` in all."""
    copies = [part for part in parts if part.transform is not None]
    if len(copies) <= most:
        return list(parts)
    together: dict[tuple[str, str], list[Part]] = {}
    for part in copies:
        together.setdefault((part.group, part.mesh), []).append(part)
    many = [
        Part(
            f"{group.lower()} {mesh} copies".strip(),
            group,
            mesh,
            np.stack([part.transform for part in same if part.transform is not None]),
            tuple(element for part in same for element in part.elements),
        )
        for (group, mesh), same in together.items()
    ]
    sources = [Part(source_id(mesh), COPIED, mesh) for mesh in sorted({part.mesh for part in copies})]
    return [part for part in parts if part.transform is None] + sources + many


def source_id(mesh: str) -> str:
    """The id of the object that copies of a mesh are made of."""
    return f"{mesh} copied"


def add_copies(part: Part, source: Any, per_metre: float) -> Any:
    """A new object of points that show the object `source`."""
    item: Any = bpy.data.objects.new(part.id, _points(part, per_metre))
    item[ID] = part.id
    modifier = item.modifiers.new("Copies", "NODES")
    modifier.node_group = group = _copies_group()
    socket = next(one for one in group.interface.items_tree if one.name == SOURCE and one.in_out == "INPUT")
    modifier[socket.identifier] = source
    return item


def change_copies(item: Any, part: Part, per_metre: float) -> None:
    """The same object with other points."""
    old = item.data
    item.data = _points(part, per_metre)
    if not old.users:
        bpy.data.meshes.remove(old)


def _points(part: Part, per_metre: float) -> Any:
    """(N) points with the turn (Euler angles, XYZ) and the size of each copy."""
    if part.transform is None:
        raise BundleError(f"'{part.id}' has no places. Make it again.")
    parted = [Matrix(matrix.tolist()).decompose() for matrix in part.transform]
    mesh: Any = bpy.data.meshes.new(part.id)
    mesh.vertices.add(len(parted))
    mesh.vertices.foreach_set(
        "co", np.array([place for place, _, _ in parted], np.float32).ravel() * np.float32(per_metre)
    )
    turns = np.array([turn.to_euler() for _, turn, _ in parted], np.float32)
    sizes = np.array([size for _, _, size in parted], np.float32)
    mesh[POINTS] = True
    for name, values in ((TURN, turns), (SIZE, sizes)):
        mesh.attributes.new(name, "FLOAT_VECTOR", "POINT").data.foreach_set("vector", values.ravel())
    return mesh


def _copies_group() -> Any:
    """The node group; made once a file."""
    for there in bpy.data.node_groups:
        if there.get("maquette_group") == f"{_NAME} {_VERSION}" and there.library is None:
            return there
    group: Any = bpy.data.node_groups.new(_NAME, "GeometryNodeTree")
    group["maquette_group"] = f"{_NAME} {_VERSION}"
    group.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    group.interface.new_socket(SOURCE, in_out="INPUT", socket_type="NodeSocketObject")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    graph = Graph(group)
    given = graph.add("NodeGroupInput", "Points", (-400, 200))
    source = graph.add("GeometryNodeObjectInfo", "Source", (-200, 0))
    turn = graph.add("GeometryNodeInputNamedAttribute", "Turn", (-400, -200), data_type="FLOAT_VECTOR")
    size = graph.add("GeometryNodeInputNamedAttribute", "Size", (-200, -400), data_type="FLOAT_VECTOR")
    rotation = graph.add("FunctionNodeEulerToRotation", "Rotation", (-200, -200))
    copies = graph.add("GeometryNodeInstanceOnPoints", "Copies", (100, 200))
    result = graph.add("NodeGroupOutput", "Result", (300, 200))
    source.inputs["As Instance"].default_value = True
    turn.inputs["Name"].default_value, size.inputs["Name"].default_value = TURN, SIZE
    graph.link(given.outputs["Geometry"], copies.inputs["Points"])
    graph.link(given.outputs[SOURCE], source.inputs["Object"])
    graph.link(source.outputs["Geometry"], copies.inputs["Instance"])
    graph.link(turn.outputs["Attribute"], rotation.inputs["Euler"])
    graph.link(rotation.outputs["Rotation"], copies.inputs["Rotation"])
    graph.link(size.outputs["Attribute"], copies.inputs["Scale"])
    graph.link(copies.outputs["Instances"], result.inputs["Geometry"])
    return group
