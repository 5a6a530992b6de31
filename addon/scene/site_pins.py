# SPDX-License-Identifier: GPL-3.0-or-later
"""Rooms and walls that the designer drew and that stay: faces of meshes are rooms, loose edges and curves are walls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...core.architecture.floor_plan import USES
from ...core.architecture.outline import clean_outline
from ...core.architecture.site import MAX_PINNED, PinnedRoom, PinnedWall
from ...core.errors import InputError
from .drawn_outline import plain_line
from .shown_mesh import edge_pairs, face_corners, in_world, shown, vertex_places

TYPES = ("MESH", "CURVE")
_WORDS = re.compile(r"[a-z]+")
# a wall's foot may lie so far below its floor
_BELOW_M = 0.5
# shorter lines are no wall
_LEAST_WALL_M = 0.05


def pinned(
    items: Sequence[Any], ground_m: float, storey_m: float, unit_m: float
) -> tuple[list[PinnedRoom], list[PinnedWall]]:
    """The rooms and walls of these objects, in world metres; `storey_m` tells on which storey each one is."""
    rooms: list[PinnedRoom] = []
    walls: list[PinnedWall] = []
    for item in items:
        for start, end in _lines(item, unit_m):
            if np.hypot(*(end - start)[:2]) >= _LEAST_WALL_M:
                walls.append(PinnedWall(start[:2], end[:2], _storey(start[2], ground_m, storey_m)))
        for ring, name in _faces(item, unit_m):
            rooms.append(_room(item, ring, name, _storey(float(ring[:, 2].mean()), ground_m, storey_m), rooms))
        if len(rooms) > MAX_PINNED or len(walls) > MAX_PINNED:
            raise InputError(f"'{item.name}' makes more than {MAX_PINNED} kept rooms or walls. Keep fewer.")
    return rooms, walls


def use_in(name: str) -> str:
    """The use of a room that a name says, as in 'Kitchen.001' or 'bedroom 2'; "" where it says none."""
    words = _WORDS.findall(name.lower())
    return next((use for use in USES if use in words), "")


def _room(item: Any, ring: np.ndarray, name: str, storey: int, others: Sequence[PinnedRoom]) -> PinnedRoom:
    use = use_in(name) or use_in(item.name)
    if not use:
        raise InputError(
            f"'{item.name}' is a room to keep, but neither its name nor its material says what for. "
            f"Name it one of: {', '.join(USES)}."
        )
    try:
        outer = clean_outline(ring).outer
    except InputError as error:
        raise InputError(f"The room '{item.name}': {error}") from error
    same = sum(1 for other in others if other.use == use)
    return PinnedRoom(f"{use} {same + 1}" if same else use, use, outer, storey)


def _storey(z_m: float, ground_m: float, storey_m: float) -> int:
    return max(0, int((z_m - ground_m + _BELOW_M) // storey_m))


def _faces(item: Any, unit_m: float) -> Iterator[tuple[np.ndarray, str]]:
    """(ring (N, 3), the name of its material) of each face of a mesh."""
    if item.type != "MESH":
        return
    with shown(item) as mesh:
        places = in_world(vertex_places(mesh), item.matrix_world) * unit_m
        corners, starts = face_corners(mesh)
        slots = np.empty(len(mesh.polygons), np.int32)
        mesh.polygons.foreach_get("material_index", slots)
        names = [material.name if material is not None else "" for material in mesh.materials]
    for index, slot in enumerate(slots.tolist()):
        yield places[corners[starts[index] : starts[index + 1]]], names[slot] if slot < len(names) else ""


def _lines(item: Any, unit_m: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(start, end), each (3,), of the edges that no face has."""
    if item.mode == "EDIT":
        item.update_from_editmode()
    if item.type == "CURVE":
        with plain_line(item) as line:
            mesh = line.to_mesh()
            places, edges = vertex_places(mesh), edge_pairs(mesh)
            line.to_mesh_clear()
    else:
        with shown(item) as mesh:
            places, edges = vertex_places(mesh), edge_pairs(mesh)
            loose = np.empty(len(mesh.edges), bool)
            mesh.edges.foreach_get("is_loose", loose)
            edges = edges[loose]
    placed = in_world(places, item.matrix_world) * unit_m
    yield from ((placed[a], placed[b]) for a, b in edges.tolist())
