# SPDX-License-Identifier: GPL-3.0-or-later
"""Where on an object which point of the tile lies, in real-world size.

Two node groups with one face (tile width and height in, vector out), so that a material can change from one to the
other without its other nodes being touched:

    Box    object coordinates, times the object's scale and its parents', over the tile: for the box projection
    UVs    UVs, times the length that one UV unit has on this object, over the tile

The length of a UV unit is measured when the material is put on an object and stored on that object (`UV_SIZE`): two
objects of different size can so share one material. Scaling the object later scales along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bmesh
import bpy
import numpy as np

from .graph import Graph

# on the object: (length of a UV unit along u, along v, mean scale of the object when that was measured)
UV_SIZE = "maquette_uv_size"
GROUP_VERSION = 1
WIDTH, HEIGHT, VECTOR = "Tile Width", "Tile Height", "Vector"
# more faces than these tell nothing new about how dense the UVs are
MEASURED_FACES = 20_000
# these are read one by one
MEASURED_EDIT_FACES = 2_000


def mapping_group(mapping: str) -> Any:
    """The node group of `mapping` ("BOX" or "UV"); made once a file."""
    name, build = _GROUPS[mapping]
    for there in bpy.data.node_groups:
        if there.get("maquette_group") == f"{mapping} {GROUP_VERSION}" and there.library is None:
            return there
    group: Any = bpy.data.node_groups.new(name, "ShaderNodeTree")
    group["maquette_group"] = f"{mapping} {GROUP_VERSION}"
    _add_sockets(group)
    build(Graph(group))
    return group


def forget_group(group: Any) -> None:
    """Take one of our groups out of the file again where nothing shows it any more."""
    if group is not None and group.library is None and not group.users and "maquette_group" in group:
        bpy.data.node_groups.remove(group)


def choose_mapping(wanted: str, objects: Sequence[Any]) -> str:
    """ "AUTO" becomes "UV" where every object has UVs, else "BOX", which works on everything."""
    if wanted != "AUTO":
        return wanted
    return "UV" if objects and all(has_uvs(item) for item in objects) else "BOX"


def has_uvs(item: Any) -> bool:
    """Whether the object is a mesh with a UV map."""
    return item.type == "MESH" and len(item.data.uv_layers) > 0


def store_uv_size(item: Any) -> None:
    """Measure how long a UV unit is on this object, for the material's mapping."""
    if has_uvs(item):
        item[UV_SIZE] = measure_uv_size(item)


def measure_uv_size(item: Any) -> list[float]:
    """`UV_SIZE` of a mesh object with UVs, in Blender units of the world; (1, 1, scale) where its UVs have no area."""
    matrix = np.array(item.matrix_world.to_3x3(), dtype=np.float64)
    scale = float(np.linalg.norm(matrix, axis=0).mean()) or 1.0
    positions, uvs = _edit_triangles(item.data) if item.mode == "EDIT" else _triangles(item.data)
    along_u, along_v = _lengths_per_uv(positions @ matrix.T, uvs)
    return [along_u, along_v, scale]


def _triangles(mesh: Any) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3, 3) positions and (T, 3, 2) UVs of the first corner triple of some of the faces."""
    num_faces = len(mesh.polygons)
    points = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    vertex_of_corner = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", vertex_of_corner)
    starts = np.empty(num_faces, np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    layer = next((layer for layer in mesh.uv_layers if layer.active_render), mesh.uv_layers[0])
    uvs = np.empty(len(mesh.loops) * 2, np.float32)
    layer.uv.foreach_get("vector", uvs)
    corners = starts[:: max(1, num_faces // MEASURED_FACES), None] + np.arange(3)
    return points.reshape(-1, 3)[vertex_of_corner[corners]].astype(np.float64), uvs.reshape(-1, 2)[corners]


def _edit_triangles(mesh: Any) -> tuple[np.ndarray, np.ndarray]:
    """As `_triangles`, of a mesh in Edit Mode, whose own arrays are then empty."""
    edited = bmesh.from_edit_mesh(mesh)
    edited.faces.ensure_lookup_table()
    layer = edited.loops.layers.uv.active
    step = max(1, len(edited.faces) // MEASURED_EDIT_FACES)
    loops = [edited.faces[index].loops[:3] for index in range(0, len(edited.faces), step)]
    positions = np.array([[loop.vert.co[:] for loop in face] for face in loops], np.float64)
    uvs = np.array([[loop[layer].uv[:] for loop in face] for face in loops], np.float64)
    return positions.reshape(-1, 3, 3), uvs.reshape(-1, 3, 2)


def _lengths_per_uv(positions: np.ndarray, uvs: np.ndarray) -> tuple[float, float]:
    """The mean length of dP/du and dP/dv over triangles, each weighing as much as its area in UV space."""
    edges = positions[:, 1:] - positions[:, :1]
    (u1, v1), (u2, v2) = (uvs[:, i].astype(np.float64).T - uvs[:, 0].T for i in (1, 2))
    determinant = u1 * v2 - u2 * v1
    weight = np.abs(determinant)
    keep = weight > 1e-12
    if not keep.any():
        return 1.0, 1.0
    first, second = edges[:, 0], edges[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        along_u = np.linalg.norm(v2[:, None] * first - v1[:, None] * second, axis=1) / weight
        along_v = np.linalg.norm(u1[:, None] * second - u2[:, None] * first, axis=1) / weight
    lengths = [float(np.average(along[keep], weights=weight[keep])) for along in (along_u, along_v)]
    return lengths[0] or 1.0, lengths[1] or 1.0


def _add_sockets(group: Any) -> None:
    for name, description in ((WIDTH, "Width of one tile"), (HEIGHT, "Height of one tile")):
        socket = group.interface.new_socket(
            name, in_out="INPUT", socket_type="NodeSocketFloat", description=description
        )
        socket.subtype, socket.default_value, socket.min_value = "DISTANCE", 1.0, 1e-6
    group.interface.new_socket(VECTOR, in_out="OUTPUT", socket_type="NodeSocketVector")


def _world_scale(graph: Graph) -> list[Any]:
    """Three sockets: how long the object's axes are in the world, parents and instances included."""
    lengths = []
    for index, axis in enumerate(((1, 0, 0), (0, 1, 0), (0, 0, 1))):
        settings = {"vector_type": "VECTOR", "convert_from": "OBJECT", "convert_to": "WORLD"}
        turn = graph.add("ShaderNodeVectorTransform", f"Axis {'XYZ'[index]}", (-800, -170 * index), **settings)
        turn.inputs["Vector"].default_value = axis
        lengths.append(graph.vector_math("LENGTH", (-620, -170 * index), turn.outputs["Vector"]))
    return lengths


def _build_box(graph: Graph) -> None:
    tile = graph.add("NodeGroupInput", "Tile", (-440, -420))
    target = graph.add("NodeGroupOutput", "Result", (320, 0))
    place = graph.add("ShaderNodeTexCoord", "Place", (-440, 300))
    x, y, z = _world_scale(graph)
    scale = graph.combine((-440, 0), x, y, z)
    size = graph.combine((-200, -300), tile.outputs[WIDTH], tile.outputs[WIDTH], tile.outputs[HEIGHT])
    world = graph.vector_math("MULTIPLY", (-200, 100), place.outputs["Object"], scale)
    graph.link(graph.vector_math("DIVIDE", (80, 0), world, size), target.inputs[VECTOR])


def _build_uv(graph: Graph) -> None:
    tile = graph.add("NodeGroupInput", "Tile", (-200, -520))
    target = graph.add("NodeGroupOutput", "Result", (600, 0))
    uvs = graph.add("ShaderNodeUVMap", "UVs", (-200, 420))
    stored = graph.add(
        "ShaderNodeAttribute", "UV Size", (-800, 360), "UV Size", attribute_type="OBJECT", attribute_name=UV_SIZE
    )
    # where nothing was measured the attribute is 0 with alpha 0: a UV unit then counts as one unit
    missing = graph.math("SUBTRACT", (-620, 460), 1.0, stored.outputs["Alpha"])
    size = graph.vector_math("ADD", (-440, 360), stored.outputs["Vector"], missing)
    parts = graph.add("ShaderNodeSeparateXYZ", "Parts", (-200, 200))
    graph.link(size, parts.inputs["Vector"])
    x, y, z = _world_scale(graph)
    total = graph.math("ADD", (-260, -60), graph.math("ADD", (-440, -60), x, y), z)
    grown = graph.math("DIVIDE", (0, 0), graph.math("DIVIDE", (-100, -120), total, 3.0), parts.outputs["Z"])
    across = [graph.math("MULTIPLY", (160, 200 - 170 * i), grown, parts.outputs["XY"[i]]) for i in range(2)]
    sides = (tile.outputs[WIDTH], tile.outputs[HEIGHT])
    ratio = [graph.math("DIVIDE", (300, 200 - 170 * i), across[i], sides[i]) for i in range(2)]
    scale = graph.combine((420, 200), ratio[0], ratio[1], 1.0)
    graph.link(graph.vector_math("MULTIPLY", (440, 0), uvs.outputs["UV"], scale), target.inputs[VECTOR])


_GROUPS: dict[str, tuple[str, Callable[[Graph], None]]] = {
    "BOX": ("Maquette Box Mapping", _build_box),
    "UV": ("Maquette UV Mapping", _build_uv),
}
