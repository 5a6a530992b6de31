# SPDX-License-Identifier: GPL-3.0-or-later
"""An outline that was drawn in the scene: a mesh or faces or edges of it, a curve, or strokes of a grease pencil.

Everything in world space and metres. A mesh means its border; a solid one its top (ground) or its underside (a
building). Strokes are smoothed, and closed where their ends do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import numpy as np

from ...core.architecture.outline import MAX_DRAWN, Outline, clean_outline
from ...core.errors import InputError
from .plan_rings import border_edges, branches, chains, joined, nested, smoothed
from .shown_mesh import edge_pairs, face_corners, in_world, shown, vertex_places

PENCILS = ("GPENCIL", "GREASEPENCIL")
TYPES = ("MESH", "CURVE", *PENCILS)
# of a solid mesh, faces within this share of its height from its end, and facing that way at least so much
END, FACING = 0.02, 0.5
# how far a stroke may be straightened: a share of its span, and at least this in metres
STEADY, STEADY_M = 0.005, 0.05
# a stroke whose ends are nearer than this share of its length is meant to be closed
NEARLY_CLOSED = 0.2
MOST_EDGES = 100_000


@dataclass(frozen=True)
class Chosen:
    """Faces or edges of a mesh that were chosen in Edit Mode: `kind` FACES or EDGES, their indices, and the mesh's
    numbers of vertices, edges and faces, by which a later edit is noticed."""

    kind: str
    indices: tuple[int, ...]
    size: tuple[int, int, int]


@dataclass(frozen=True)
class Drawn:
    """An outline in world space and metres, and how high it lies."""

    outline: Outline
    z: float

    def moved(self, origin: np.ndarray) -> Outline:
        """The outline seen from `origin` (2,)."""
        return Outline(self.outline.outer - origin, tuple(hole - origin for hole in self.outline.holes))


def mesh_size(mesh: Any) -> tuple[int, int, int]:
    """A mesh's numbers of vertices, edges and faces."""
    return len(mesh.vertices), len(mesh.edges), len(mesh.polygons)


def chosen_now(item: Any) -> Chosen | None:
    """The faces, else the edges, that are selected in a mesh in Edit Mode; None where it is not in it, or none is."""
    if item.type != "MESH" or item.mode != "EDIT":
        return None
    item.update_from_editmode()
    for kind, parts in (("FACES", item.data.polygons), ("EDGES", item.data.edges)):
        selected = np.empty(len(parts), bool)
        parts.foreach_get("select", selected)
        if selected.any():
            return Chosen(kind, tuple(int(i) for i in np.flatnonzero(selected)), mesh_size(item.data))
    return None


def drawn_outline(item: Any, chosen: Chosen | None, unit_m: float, what: str, top: bool = True) -> Drawn:
    """The outline that an object, or what is chosen of it, means; InputError, begun with `what`, where there is none.

    `unit_m` is how long a Blender unit is; of a solid mesh it is the `top`, else the underside.
    """
    name = f"{what} '{item.name}'"
    rings = [ring * unit_m for ring in _rings(item, chosen, name, top) if len(ring) > 2]
    if not rings:
        raise InputError(f"{name} has no outline: {_advice(item)}")
    outer, holes, outside = nested(rings)
    if outside:
        raise InputError(f"{name} has {outside + 1} outlines beside each other. Choose the faces of one in Edit Mode.")
    try:
        outline = clean_outline(outer, holes)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    return Drawn(outline, float(outer[:, 2].mean()))


def _rings(item: Any, chosen: Chosen | None, name: str, top: bool) -> list[np.ndarray]:
    if item.type == "MESH":
        return _chosen_rings(item, chosen, name) if chosen is not None else _mesh_rings(item, name, top)
    if item.type == "CURVE":
        return _curve_rings(item, name)
    if item.type in PENCILS:
        return _stroke_rings(item)
    raise InputError(f"{name} is no mesh, curve or grease pencil. Choose one of these.")


def _advice(item: Any) -> str:
    if item.type in PENCILS:
        return "it has no stroke on the shown frame. Draw one around it."
    return "it has no face and no closed line. Draw one around it."


def _chosen_rings(item: Any, chosen: Chosen, name: str) -> list[np.ndarray]:
    """The border of chosen faces, or chosen edges as they follow each other."""
    if item.mode == "EDIT":
        item.update_from_editmode()
    mesh = item.data
    if mesh_size(mesh) != chosen.size:
        raise InputError(f"{name} was edited since its parts were chosen. Choose them again in Edit Mode.")
    bpy.context.evaluated_depsgraph_get()
    places = in_world(vertex_places(mesh), item.matrix_world)
    indices = np.array(chosen.indices)
    if chosen.kind == "EDGES":
        return _chained(edge_pairs(mesh)[indices], places, name)
    corners, starts = face_corners(mesh)
    mask = np.zeros(len(starts) - 1, bool)
    mask[indices] = True
    return _chained(border_edges(corners, starts, mask), places, name, borders=True)


def _mesh_rings(item: Any, name: str, top: bool) -> list[np.ndarray]:
    if item.mode == "EDIT":
        item.update_from_editmode()
    with shown(item) as mesh:
        places = in_world(vertex_places(mesh), item.matrix_world)
        edges, (corners, starts) = edge_pairs(mesh), face_corners(mesh)
    if len(starts) == 1:
        return _chained(edges, places, name)
    border = border_edges(corners, starts, np.ones(len(starts) - 1, bool))
    if not len(border):
        border = border_edges(corners, starts, end_faces(places, corners, starts, top))
    return _chained(border, places, name, borders=True)


def end_faces(places: np.ndarray, corners: np.ndarray, starts: np.ndarray, top: bool) -> np.ndarray:
    """(F,) whether each face looks up and lies at the upper end, or down at the lower one."""
    normals = face_normals(places, corners, starts)
    sign = 1.0 if top else -1.0
    height = sign * np.add.reduceat(places[corners, 2], starts[:-1]) / np.diff(starts)
    facing = sign * normals[:, 2] > FACING * np.linalg.norm(normals, axis=1)
    reach = END * max(float(np.ptp(places[corners, 2])), 1e-6)
    result: np.ndarray = facing & (height >= height.max(where=facing, initial=-np.inf) - reach)
    return result


def face_normals(places: np.ndarray, corners: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """(F, 3) normals as long as twice the faces' areas (Newell's method)."""
    following = np.arange(1, len(corners) + 1)
    following[starts[1:] - 1] = starts[:-1]
    across = np.cross(places[corners], places[corners[following]])
    result: np.ndarray = np.add.reduceat(across, starts[:-1], axis=0)
    return result


def _chained(edges: np.ndarray, places: np.ndarray, name: str, borders: bool = False) -> list[np.ndarray]:
    """The edges as rings of places; borders may touch at a corner, lines may not branch."""
    if len(edges) > MOST_EDGES:
        raise InputError(f"{name} has an outline of {len(edges)} edges. Simplify it to at most {MAX_DRAWN}.")
    forks = branches(edges)
    if len(forks) and not borders:
        x, y, _ = places[forks[0]]
        raise InputError(f"{name} has lines that branch at ({x:.2f}, {y:.2f}). Choose the edges of one loop.")
    return [places[chain] for chain in chains(edges)]


def _curve_rings(item: Any, name: str) -> list[np.ndarray]:
    """Every spline of a curve as a line, whatever thickness or filling it is shown with."""
    if item.mode == "EDIT":
        item.update_from_editmode()
    bpy.context.evaluated_depsgraph_get()
    with plain_line(item) as line:
        mesh = line.to_mesh()
        places, edges = in_world(vertex_places(mesh), item.matrix_world), edge_pairs(mesh)
        line.to_mesh_clear()
    return _chained(edges, places, name)


class plain_line:  # noqa: N801 used like a function
    """A copy of a curve object for the moment: its splines alone, without thickness, filling or modifiers."""

    def __init__(self, item: Any) -> None:
        self._source = item

    def __enter__(self) -> Any:
        data = self._source.data.copy()
        data.dimensions, data.bevel_depth, data.extrude, data.offset = "3D", 0.0, 0.0, 0.0
        data.bevel_mode = "ROUND"
        data.taper_object = None
        self._line: Any = bpy.data.objects.new("line", data)
        return self._line

    def __exit__(self, *_: Any) -> None:
        data = self._line.data
        bpy.data.objects.remove(self._line)
        bpy.data.curves.remove(data)


def _stroke_rings(item: Any) -> list[np.ndarray]:
    """The largest closed stroke, else all strokes joined end to end; smoothed, for a hand is never steady."""
    bpy.context.evaluated_depsgraph_get()
    strokes = [in_world(points, item.matrix_world) for points in _strokes(item) if len(points) > 1]
    if not strokes:
        return []
    closed = [stroke for stroke in strokes if len(stroke) > 2 and _gap(stroke) < NEARLY_CLOSED]
    ring = max(closed, key=lambda stroke: float(np.ptp(stroke, axis=0).max())) if closed else joined(strokes)
    span = float(np.hypot(*np.ptp(ring[:, :2], axis=0)))
    return [smoothed(ring, max(STEADY_M, STEADY * span))]


def _gap(stroke: np.ndarray) -> float:
    """How far a stroke's ends are apart, as a share of its length."""
    length = float(np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum())
    return float(np.linalg.norm(stroke[0] - stroke[-1])) / max(length, 1e-9)


def _strokes(item: Any) -> Iterator[np.ndarray]:
    """(P, 3) points of each stroke on the shown frame of each visible layer, in the object's space; only the selected
    ones where some are, in Edit Mode."""
    legacy = item.type == "GPENCIL"
    found: list[tuple[np.ndarray, bool]] = []
    for layer in item.data.layers:
        frame = _shown_frame(layer, legacy)
        if layer.hide or frame is None:
            continue
        matrix = layer.matrix_layer if legacy else layer.matrix_local
        for stroke in frame.strokes if legacy else frame.drawing.strokes:
            points = np.array([tuple(p.co if legacy else p.position) for p in stroke.points], np.float64).reshape(-1, 3)
            found.append((in_world(points, matrix), bool(stroke.select)))
    some = item.mode.startswith("EDIT") and any(selected for _, selected in found)
    return (points for points, selected in found if selected or not some)


def _shown_frame(layer: Any, legacy: bool) -> Any:
    """The keyframe that the scene's frame shows, else the first one."""
    frame = layer.active_frame if legacy else layer.current_frame()
    return frame if frame is not None else next(iter(layer.frames), None)
