# SPDX-License-Identifier: GPL-3.0-or-later
"""The solids of a stair: flights with steps above and a slope below, landings, and rails along their free side.

In the stair's own space: x along the first flight, y across it to the left, z up; the origin in the corner of its well
on the lower floor. Rise and going after ISO 21542's and the usual building codes' limits: 2 rises and a going come to
0.60 to 0.65 m where the well allows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..asset import Mesh
from .boxes import Box, box_corners, joined, six_sided

SLOTS = ("stairs", "railing")
MAX_RISE_M, LEAST_GOING_M, BEST_GOING_M = 0.19, 0.22, 0.29
WAIST_M, GAP_M, RAIL_M, LEAST_FLIGHT_M = 0.2, 0.1, 0.9, 0.75
_BAR_M = 0.02


@dataclass(frozen=True)
class Steps:
    """How a stair climbs: `risers` of `rise_m` in `flights` of equal number, treads `going_m` deep; flights `width_m`
    wide, and a landing `landing_m` deep between two flights."""

    risers: int
    rise_m: float
    going_m: float
    width_m: float
    landing_m: float
    flights: int


def steps_or_none(height_m: float, length_m: float, width_m: float) -> Steps | None:
    """The stair for a storey of `height_m` in a well of `length_m` by `width_m`: with a half turn where there is the
    width, else straight. None where none fits."""
    risers = math.ceil(height_m / MAX_RISE_M - 1e-9)
    half = (width_m - GAP_M) / 2
    if half >= LEAST_FLIGHT_M:
        risers += risers % 2
        landing, treads, flights, width = half, risers // 2 - 1, 2, half
    else:
        landing, treads, flights, width = 0.0, risers - 1, 1, width_m
    going = min((length_m - landing) / max(treads, 1), BEST_GOING_M)
    if width < LEAST_FLIGHT_M - 1e-9 or going < LEAST_GOING_M - 1e-9:
        return None
    return Steps(risers, height_m / risers, going, width, landing, flights)


def stair_mesh(name: str, steps: Steps, length_m: float) -> Mesh:
    """A stair that rises from the floor at 0; with a half turn its landing lies at the well's far end."""
    treads = steps.risers // steps.flights - 1
    run = treads * steps.going_m
    if steps.flights == 1:
        parts = [_flight(steps, treads, 0.0), *_rails(steps, treads, 0.0)]
        return _moved(joined(name, parts), max(length_m - run, 0.0))
    start, wide = length_m - steps.landing_m - run, 2 * steps.width_m + GAP_M
    half = (treads + 1) * steps.rise_m
    end = start + run
    first = _moved(_flight(steps, treads, 0.0), start)
    second = _turned(_moved(_flight(steps, treads, -WAIST_M), -end), wide, half)
    landing = six_sided(
        "", box_corners([(end, length_m, 0.0, wide, half - WAIST_M, half)]), np.zeros(1, np.int32), SLOTS
    )
    inner = [_moved(rail, start) for rail in _rails(steps, treads, steps.width_m - _BAR_M)]
    outer = [_turned(_moved(rail, -end), wide, half) for rail in _rails(steps, treads, steps.width_m - _BAR_M)]
    return joined(name, [first, second, landing, *inner, *outer])


def guard_mesh(name: str, sides: list[tuple[np.ndarray, np.ndarray]]) -> Mesh:
    """Railings along level lines from start (3,) to end (3,): posts, a rail and bars, each a box along the line."""
    parts = [_guard(start, end) for start, end in sides]
    return joined(name, parts)


def _guard(start: np.ndarray, end: np.ndarray) -> Mesh:
    way = end - start
    length = float(np.hypot(way[0], way[1]))
    count = max(1, math.ceil(length / 0.12))
    at = np.linspace(_BAR_M / 2, length - _BAR_M / 2, count + 1)
    half = _BAR_M / 2
    boxes: list[Box] = [(float(x) - half, float(x) + half, -half, half, 0.0, RAIL_M) for x in at]
    boxes.append((0.0, length, -_BAR_M, _BAR_M, RAIL_M, RAIL_M + 0.04))
    corners = box_corners(boxes)
    x, y = way[:2] / max(length, 1e-9)
    turn = np.array([[x, -y, 0.0], [y, x, 0.0], [0.0, 0.0, 1.0]])
    made = six_sided("", corners, np.ones(len(boxes), np.int32), SLOTS)
    positions = made.positions @ turn.T.astype(np.float32) + start.astype(np.float32)
    return _with_positions(made, positions)


def _flight(steps: Steps, treads: int, foot_m: float) -> Mesh:
    """Steps from x = 0 on, the soffit never lower than `foot_m`: a prism in slices, one a tread, without any hollow
    face."""
    s = np.arange(treads + 1) * steps.going_m
    top = np.arange(1, treads + 1) * steps.rise_m
    low = np.maximum(np.arange(treads + 1) * steps.rise_m - WAIST_M, foot_m)
    # vertices of one side: soffit at each line, then both ends of each tread
    side = np.concatenate([np.stack([s, low], 1), np.stack([s[:-1], top], 1), np.stack([s[1:], top], 1)])
    count, left, right = len(side), treads + 1, 2 * treads + 1
    faces: list[list[int]] = []
    for n in range(treads):
        slice_ = [n, n + 1, right + n, left + n]
        if n:
            # begins where the tread before ends: cut into triangles from there none is without area
            slice_ = [right + n - 1, *slice_]
        faces.append(slice_)
        faces.append([count + v for v in slice_[::-1]])
        faces.append([left + n, right + n, count + right + n, count + left + n])
        faces.append([n, count + n, count + n + 1, n + 1])
        below = right + n - 1 if n else 0
        faces.append([below, left + n, count + left + n, count + below])
    faces.append([treads, count + treads, count + right + treads - 1, right + treads - 1])
    flat = np.concatenate([np.c_[side[:, 0], np.full(count, y), side[:, 1]] for y in (0.0, steps.width_m)])
    return _prism(flat, faces)


def _prism(points: np.ndarray, faces: list[list[int]]) -> Mesh:
    """Faces of a solid with level, upright and sloped sides; UVs in metres."""
    corners = np.array([v for face in faces for v in face], np.int32)
    starts = np.cumsum([0, *map(len, faces)]).astype(np.int32)
    uvs = np.concatenate([_flat(points[face]) for face in faces])
    slots = np.zeros(len(faces), np.int32)
    return Mesh("", points.astype(np.float32), corners, starts, slots, SLOTS, {"UVMap": uvs.astype(np.float32)})


def _flat(points: np.ndarray) -> np.ndarray:
    """(K, 2) metres in the plane of a face: across the flight and along it, or along and up."""
    if np.ptp(points[:, 1]) < 1e-9:
        return points[:, [0, 2]]
    along = np.hypot(points[:, 0] - points[0, 0], points[:, 2] - points[0, 2])
    return np.stack([points[:, 1], along], 1)


def _rails(steps: Steps, treads: int, y: float) -> list[Mesh]:
    """A bar on each tread, and a rail that follows the slope."""
    x = (np.arange(treads) + 0.5) * steps.going_m
    foot = np.arange(1, treads + 1) * steps.rise_m
    slope = steps.rise_m / steps.going_m
    half = _BAR_M / 2
    head = foot + RAIL_M
    posts = zip(x.tolist(), foot.tolist(), head.tolist(), strict=True)
    boxes: list[Box] = [(a - half, a + half, y, y + _BAR_M, b, c) for a, b, c in posts]
    bars = box_corners(boxes)
    rail = box_corners([(0.0, treads * steps.going_m, y - half, y + _BAR_M + half, 0.0, 0.04)])
    rail[:, :, 2] += rail[:, :, 0] * slope + RAIL_M + 0.5 * steps.rise_m + half * slope
    corners = np.concatenate([bars, rail])
    return [six_sided("", corners, np.ones(len(corners), np.int32), SLOTS)]


def _moved(mesh: Mesh, x: float) -> Mesh:
    return _with_positions(mesh, mesh.positions + np.array([x, 0, 0], np.float32))


def _turned(mesh: Mesh, wide: float, up: float) -> Mesh:
    """Half a turn about z, so that a flight that ends at x = 0 climbs back along the well's other side."""
    place = mesh.positions * np.array([-1, -1, 1], np.float32) + np.array([0, wide, up], np.float32)
    return _with_positions(mesh, place)


def _with_positions(mesh: Mesh, positions: np.ndarray) -> Mesh:
    return Mesh(
        mesh.name,
        positions.astype(np.float32),
        mesh.corners,
        mesh.face_starts,
        mesh.material_of_face,
        mesh.materials,
        mesh.uvs,
    )
