# SPDX-License-Identifier: GPL-3.0-or-later
"""Buildings around a site, read from meshes: each loose part is one, with its footprint and its height."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from mathutils import Matrix

from ...core.architecture.outline import clean_outline
from ...core.architecture.site import MAX_NEIGHBOURS, TALLEST_M, Neighbour
from ...core.architecture.straight_skeleton import area
from ...core.errors import InputError
from .drawn_outline import end_faces
from .plan_rings import border_edges, chains, convex_hull, loose_parts, nested
from .shown_mesh import edge_pairs, face_corners, in_world, shown, vertex_places

TYPES = ("MESH", "CURVE", "SURFACE", "FONT", "META")
# what is lower stands in nobody's light
LEAST_HEIGHT_M = 0.5
# what is further away than this, and than so many times its height, casts no shadow that counts (the sun at 8 degrees)
NEAR_M, SHADOW = 100.0, 7.0
# a footprint that fills less of its hull than this is no footprint but a scrap of one
LEAST_FILL = 0.3
MOST_VERTICES = 5_000_000


@dataclass(frozen=True)
class _Part:
    """One loose part: `places` (V, 3) in metres, its faces' `corners` and `starts`."""

    places: np.ndarray
    corners: np.ndarray
    starts: np.ndarray


def neighbours_of(
    items: Sequence[Any], around: np.ndarray, ground_m: float, unit_m: float
) -> tuple[list[Neighbour], list[str]]:
    """(neighbours in world metres, sentences about what was left out); `around` (N, 2) is the site's ring."""
    least, most = around.min(0), around.max(0)
    found: list[tuple[float, Neighbour]] = []
    thin = 0
    for item, matrix in _shown_objects(items):
        for part in _parts(item, matrix, unit_m, (least, most, ground_m)):
            neighbour = _neighbour(part, ground_m)
            if neighbour is None:
                thin += 1
            else:
                found.append((_distance(neighbour.ring, least, most), neighbour))
    found.sort(key=lambda pair: pair[0])
    said = [f"{thin} thin or broken parts among the neighbours were left out."] if thin else []
    if len(found) > MAX_NEIGHBOURS:
        said.append(f"Of {len(found)} neighbours the nearest {MAX_NEIGHBOURS} count.")
    return [neighbour for _, neighbour in found[:MAX_NEIGHBOURS]], said


def _shown_objects(items: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    """Objects with a surface and their matrices; what a collection's instance shows stands where the instance does."""
    for item in items:
        if item.type in TYPES:
            yield item, item.matrix_world
        elif item.type == "EMPTY" and item.instance_type == "COLLECTION" and item.instance_collection is not None:
            home = item.matrix_world @ Matrix.Translation(-item.instance_collection.instance_offset)
            for inner in item.instance_collection.all_objects:
                if inner.type in TYPES:
                    yield inner, home @ inner.matrix_world


def _parts(item: Any, matrix: Any, unit_m: float, site: tuple[np.ndarray, np.ndarray, float]) -> Iterator[_Part]:
    """The loose parts of an object that are high and near enough to count."""
    with shown(item) as mesh:
        if mesh is None or not len(mesh.polygons):
            return
        if len(mesh.vertices) > MOST_VERTICES:
            raise InputError(
                f"The neighbour '{item.name}' has {len(mesh.vertices)} vertices; {MOST_VERTICES} are the most. "
                "Take a simpler mesh."
            )
        places = in_world(vertex_places(mesh), matrix) * unit_m
        edges, (corners, starts) = edge_pairs(mesh), face_corners(mesh)
    labels = loose_parts(len(places), edges)[corners[starts[:-1]]]
    order = np.argsort(labels, kind="stable")
    firsts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    sizes = np.diff(starts)
    for faces in np.split(order, firsts[1:]):
        here = np.repeat(starts[faces], sizes[faces]) + _counted(sizes[faces])
        used, own = np.unique(corners[here], return_inverse=True)
        part = _Part(places[used], own.ravel(), np.append(0, np.cumsum(sizes[faces])))
        if _counts(part.places, site):
            yield part


def _counted(sizes: np.ndarray) -> np.ndarray:
    """0, 1, 2, ... anew for each size."""
    ends = np.cumsum(sizes)
    result: np.ndarray = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    return result


def _counts(places: np.ndarray, site: tuple[np.ndarray, np.ndarray, float]) -> bool:
    least, most, ground_m = site
    height = float(places[:, 2].max()) - ground_m
    return height >= LEAST_HEIGHT_M and _distance(places[:, :2], least, most) <= max(NEAR_M, SHADOW * height)


def _distance(ring: np.ndarray, least: np.ndarray, most: np.ndarray) -> float:
    """How far a ring's box is from the site's."""
    gap = np.maximum(np.maximum(least - ring.max(0), ring.min(0) - most), 0.0)
    return float(np.hypot(*gap))


def _neighbour(part: _Part, ground_m: float) -> Neighbour | None:
    """The building that a part is; None for a wall without thickness."""
    height = min(float(part.places[:, 2].max()) - ground_m, TALLEST_M)
    hull = convex_hull(part.places[:, :2])
    for ring in (*_end_rings(part, abs(area(hull))), hull):
        try:
            return Neighbour(clean_outline(ring).outer, height)
        except InputError:
            continue
    return None


def _end_rings(part: _Part, hull_m2: float) -> Iterator[np.ndarray]:
    """The outlines of the underside and of the top, where they fill enough of the hull; their courts do not matter."""
    for top in (False, True):
        faces = end_faces(part.places, part.corners, part.starts, top)
        rings = [
            part.places[chain] for chain in chains(border_edges(part.corners, part.starts, faces)) if len(chain) > 2
        ]
        if rings and abs(area(nested(rings)[0][:, :2])) >= LEAST_FILL * hull_m2:
            yield nested(rings)[0][:, :2]
