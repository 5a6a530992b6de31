# SPDX-License-Identifier: GPL-3.0-or-later
"""An object's mesh as it is shown, modifiers and all, and its vertices in the world."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import bpy
import numpy as np


@contextlib.contextmanager
def shown(item: Any) -> Iterator[Any]:
    """The object's mesh as it is shown, while the block runs."""
    evaluated = item.evaluated_get(bpy.context.evaluated_depsgraph_get())
    try:
        yield evaluated.to_mesh()
    finally:
        evaluated.to_mesh_clear()


def vertex_places(mesh: Any) -> np.ndarray:
    """(V, 3) float32 vertices, in the object's own space."""
    places = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", places)
    return places.reshape(-1, 3)


def edge_pairs(mesh: Any) -> np.ndarray:
    """(E, 2) int32 vertices of each edge."""
    edges = np.empty(len(mesh.edges) * 2, np.int32)
    mesh.edges.foreach_get("vertices", edges)
    return edges.reshape(-1, 2)


def face_corners(mesh: Any) -> tuple[np.ndarray, np.ndarray]:
    """(corners (C,) int32 vertex of each corner, starts (F + 1,) int32 first corner of each face, C last)."""
    corners = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", corners)
    starts = np.empty(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("loop_start", starts)
    return corners, np.append(starts, np.int32(len(corners)))


def in_world(places: np.ndarray, matrix: Any) -> np.ndarray:
    """(N, 3) float64 places of an object's own space in world space, by its matrix."""
    world = np.array(matrix, np.float64)
    result: np.ndarray = places.astype(np.float64) @ world[:3, :3].T + world[:3, 3]
    return result
