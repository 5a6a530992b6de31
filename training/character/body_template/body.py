# SPDX-License-Identifier: GPL-3.0-or-later
"""Torso, neck, legs, feet and arms of the template: tubes of rings, and the junctions between them.

The half torso has columns 0 (front midline) to 18 (back midline). A strip of one column on each side of the midline
goes on between the legs, so a leg has 16 columns of the torso and 4 of the strip. An arm grows out of a hole of 4
columns and 3 rows. The body faces -Y, z is up, angles run from the front over the outer side.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull  # type: ignore[import-untyped]

from .guide import Guide, across, fan, unit
from .half_mesh import HARD, HalfMesh, Ring

COLUMNS = 18
SIDE = COLUMNS // 2
STRIP = 4
ARM_COLUMNS = (SIDE - 2, SIDE + 2)
ARM_ROWS = 3
HIP_ROWS = 11
LEG_ANGLES = np.radians(90 + 18.0 * (np.arange(20) - 8))
# seams: down the sides of legs and arms, round the soles, from the neck's sides over the crown
HEAD_SEAM = SIDE + 1
LEG_CHARTS = ["~leg_front"] * 8 + ["~leg_back"] * 10 + ["~leg_front"] * 2
FOOT_CHARTS = ["~foot_top"] * 10 + ["~foot_sole"] * 6 + ["~foot_top"] * 4
ARM_CHARTS = ["~arm_top"] * 4 + ["~arm_bottom"] * 7 + ["~arm_top"] * 3
HEAD_CHARTS = ["face"] * HEAD_SEAM + ["head_back"] * (COLUMNS - HEAD_SEAM)
NECK_ROWS = 3
UP, FRONT, OUT = np.array([0, 0, 1.0]), np.array([0, -1.0, 0]), np.array([1.0, 0, 0])


@dataclass(frozen=True)
class Trunk:
    """Where other parts are joined on: half rings of the neck's top, and closed rings of leg and arm."""

    neck: Ring
    leg: Ring
    arm: Ring


def build_trunk(mesh: HalfMesh, guide: Guide) -> Trunk:
    """Torso and neck up to (not with) the jaw's half ring."""
    rows = _torso_rows(mesh, guide)
    arm = _arm_hole(mesh, guide, rows)
    chart = ["torso_front"] * SIDE + ["torso_back"] * (COLUMNS - SIDE)
    for k, (low, high) in enumerate(itertools.pairwise(rows)):
        hole = HIP_ROWS <= k < HIP_ROWS + ARM_ROWS
        row = HEAD_CHARTS if k >= len(rows) - NECK_ROWS else chart
        names = ["" if hole and ARM_COLUMNS[0] <= c < ARM_COLUMNS[1] else row[c] for c in range(COLUMNS)]
        mesh.band(low, high, names, closed=False)
    leg = _strip(mesh, guide, rows[0])
    return Trunk(rows[-1], leg, arm)


def _torso_rows(mesh: HalfMesh, guide: Guide) -> list[Ring]:
    """Half rings from the hip line to below the jaw. Rows of the shoulders are left free between chest and neck."""
    angles = np.linspace(0, np.pi, COLUMNS + 1)
    crotch = guide.landmarks["crotch"]
    hip_low, armpit = crotch[2] + 0.035, guide.landmarks["armpit"][2] - 0.012
    hip = hip_low + 0.085 * np.sin(angles) ** 2 + 0.012 * (1 - np.cos(angles))
    among = ~guide.of(
        "upperarm", "lowerarm", "hand", "calf", "foot", "ball", "thumb", "index", "middle", "ring", "pinky"
    )
    rows = []
    spine = ("pelvis", "spine_01", "spine_02", "spine_03", "neck_01")
    levels = [guide.joints[name][2] for name in spine]
    middles = [guide.joints[name][1] - 0.02 for name in spine]
    for k in range(HIP_ROWS + 1):
        heights = hip + (armpit - hip) * (k / HIP_ROWS)
        origins = np.stack([np.zeros_like(heights), np.interp(heights, levels, middles), heights], 1)
        hits = guide.target.cast(origins, fan(FRONT, OUT, angles), among)
        rows.append(_half_ring(mesh, hits.points, "torso"))
    rows += [_half_ring(mesh, None, "torso") for _ in range(ARM_ROWS + 1)]
    base = guide.joints["neck_01"]
    tilted = fan(unit(FRONT - 0.45 * UP), OUT, angles)
    rows.append(_half_ring(mesh, None, "torso"))
    for rise in (-0.018, 0.004):
        origins = np.tile(base + np.array([0, -0.006 * (rise > 0), rise]), (COLUMNS + 1, 1))
        rows.append(
            _half_ring(mesh, guide.target.cast(origins, tilted, guide.of("neck", "head", *_CHEST)).points, "torso")
        )
    rows.append(_half_ring(mesh, None, "torso"))
    return rows


_CHEST = ("spine", "clavicle")


def _half_ring(mesh: HalfMesh, points: np.ndarray | None, region: str) -> Ring:
    places = [None] * (COLUMNS + 1) if points is None else list(points)
    return [mesh.add(p, region, midline=c in (0, COLUMNS)) for c, p in enumerate(places)]


def _arm_hole(mesh: HalfMesh, guide: Guide, rows: list[Ring]) -> Ring:
    """The hole's 14 vertices on the shoulder: from the top's front corner to the back, down, and round below."""
    low, high = HIP_ROWS, HIP_ROWS + ARM_ROWS
    first, last = ARM_COLUMNS
    ring = [rows[high][c] for c in range(first, last + 1)]
    ring += [rows[k][last] for k in range(high - 1, low - 1, -1)]
    ring += [rows[low][c] for c in range(last - 1, first - 1, -1)]
    ring += [rows[k][first] for k in range(low + 1, high)]
    normal = unit(np.array([1.0, 0.0, 0.12]))
    top = across(UP, normal)
    angles = 2 * np.pi * (np.arange(14) - 2) / 14
    origin = guide.joints["upperarm_l"] + [-0.012, 0, -0.005]
    hits = guide.target.cast(np.tile(origin, (14, 1)), fan(top, -FRONT, angles), guide.region("left_arm"))
    for vertex, point in zip(ring, hits.points, strict=True):
        mesh.points[vertex], mesh.pinned[vertex] = point, int(np.isfinite(point).all())
    return ring


def _strip(mesh: HalfMesh, guide: Guide, hip: Ring) -> Ring:
    """The strip between the legs from front to back, and the leg's ring: 17 of the torso's columns, then 3 of it."""
    crotch = guide.landmarks["crotch"]
    start, end = mesh.points[hip[0]], mesh.points[hip[COLUMNS]]
    inner, edge = [hip[0]], [hip[1]]
    for k in range(1, STRIP):
        t = k / STRIP
        y = start[1] + (end[1] - start[1]) * t
        z = crotch[2] + 0.028 * (2 * t - 1) ** 2
        inner.append(mesh.add(np.array([0, y, z]), "torso", midline=True))
        edge.append(mesh.add(np.array([0.016, y, z - 0.004]), "torso"))
    inner.append(hip[COLUMNS])
    edge.append(hip[COLUMNS - 1])
    mesh.band(inner, edge, ["torso_front"] * (STRIP // 2) + ["torso_back"] * (STRIP // 2), closed=False)
    return [*hip[1:COLUMNS], *edge[1:-1][::-1]]


def build_leg(mesh: HalfMesh, guide: Guide, ring: Ring) -> None:
    """Leg and foot below the leg's ring of 20."""
    hip, knee, ankle = (guide.joints[name] for name in ("thigh_l", "calf_l", "foot_l"))
    among = guide.of("thigh_l", "calf_l", "foot_l", "ball_l")
    thigh, shin = unit(knee - hip), unit(ankle - knee)
    places = [(hip + (knee - hip) * t, thigh) for t in (0.52, 0.62, 0.72, 0.81, 0.89)]
    places += [(knee + thigh * t, unit(thigh + shin)) for t in (-0.016, 0.008)]
    places += [(knee + (ankle - knee) * t, shin) for t in (0.08, 0.15, 0.24, 0.34, 0.45, 0.56, 0.67, 0.77, 0.86)]
    previous = ring
    for _ in range(5):
        free = mesh.ring([None] * 20, "left_leg")
        mesh.band(previous, free, LEG_CHARTS)
        previous = free
    for place, axis in places:
        front = across(FRONT, axis)
        out = np.cross(front, axis) * np.sign(np.cross(front, axis) @ OUT)
        hits = guide.target.cast(np.tile(place, (20, 1)), fan(front, out, LEG_ANGLES), among)
        placed = mesh.ring(list(hits.points), "left_leg")
        mesh.band(previous, placed, LEG_CHARTS)
        previous = placed
    _foot(mesh, guide, previous)


def _foot(mesh: HalfMesh, guide: Guide, previous: Ring) -> None:
    """The foot as a sock: rings that tip from level at the ankle to upright at the instep, then run to the toes."""
    ankle, ball = guide.joints["foot_l"], guide.joints["ball_l"]
    among = guide.of("calf_l", "foot_l", "ball_l")
    for tilt, forward, height in _HEEL:
        origin = ankle + np.array([0, forward, 0])
        origin[2] = height
        turn = np.radians(tilt)
        front = FRONT * np.cos(turn) + UP * np.sin(turn)
        hits = guide.target.cast(np.tile(origin, (20, 1)), fan(front, OUT, LEG_ANGLES), among)
        placed = mesh.ring(list(hits.points), "left_foot")
        mesh.band(previous, placed, FOOT_CHARTS)
        previous = placed
    toes = guide.landmarks["toes"]
    for share in (0.0, 0.2, 0.4, 0.58, 0.74, 0.88, 0.97):
        y = ankle[1] - 0.07 + (toes[1] + 0.01 - ankle[1] + 0.07) * share
        x = ankle[0] + (ball[0] - ankle[0]) * min(share * 1.4, 1)
        section = _section_hull(guide, among, np.array([x, y]), 0.5 * share**2)
        placed = mesh.ring(list(section), "left_foot", pinned=HARD)
        mesh.band(previous, placed, FOOT_CHARTS)
        previous = placed
    mesh.cap(previous, 6, "left_foot", "~foot_top")


# tilt in degrees, how far in front of the ankle and how high in metres
_HEEL = (
    (6, 0.0, 0.085),
    (17, -0.003, 0.072),
    (28, -0.008, 0.064),
    (40, -0.015, 0.058),
    (52, -0.024, 0.053),
    (64, -0.036, 0.049),
    (77, -0.052, 0.044),
)


def _section_hull(guide: Guide, among: np.ndarray, middle: np.ndarray, slant: float) -> np.ndarray:
    """20 points on the convex hull of the foot's section by an upright plane whose inner side leads by `slant`."""
    corners = guide.target.corners[among]
    level = corners[..., 1] - middle[1] - slant * (corners[..., 0] - middle[0])
    points = []
    for a, b in ((0, 1), (1, 2), (2, 0)):
        crosses = level[:, a] * level[:, b] < 0
        share = level[crosses, a] / (level[crosses, a] - level[crosses, b])
        points.append(corners[crosses, a] + share[:, None] * (corners[crosses, b] - corners[crosses, a]))
    flat = np.concatenate(points)
    flat = flat[flat[:, 2] < 0.1][:, [0, 2]]
    hull = flat[ConvexHull(flat).vertices]
    centre = (hull.min(0) + hull.max(0)) / 2
    directions = np.stack([np.sin(LEG_ANGLES), np.cos(LEG_ANGLES)], 1) * np.ptp(hull, axis=0)
    found = np.array([_leave(hull - centre, d) for d in unit(directions)]) + centre
    return np.stack([found[:, 0], middle[1] + slant * (found[:, 0] - middle[0]), found[:, 1]], 1)


def _leave(polygon: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Where a ray from the origin leaves a convex polygon (N, 2) around it."""
    after = np.roll(polygon, -1, 0)
    edge = after - polygon
    normal = np.stack([edge[:, 1], -edge[:, 0]], 1)
    normal *= np.sign((normal * polygon).sum(1))[:, None]
    speed = normal @ direction
    reach = np.where(speed > 1e-12, (normal * polygon).sum(1) / np.maximum(speed, 1e-12), np.inf)
    return np.asarray(direction * reach.min())


def build_arm(mesh: HalfMesh, guide: Guide, ring: Ring, dorsal: np.ndarray) -> Ring:
    """The arm down to the wrist; `dorsal` is the back of the hand. Returns the last ring, of 14 vertices."""
    shoulder, elbow, wrist = (guide.joints[name] for name in ("upperarm_l", "lowerarm_l", "hand_l"))
    upper, lower = unit(elbow - shoulder), unit(wrist - elbow)
    among = guide.of("upperarm_l", "lowerarm_l", "hand_l", "clavicle_l", "spine_03")
    start = unit(np.array([1.0, 0.0, 0.12]))
    places = [(shoulder + (elbow - shoulder) * t, unit(start * (1 - s) + upper * s)) for t, s in _UPPER]
    places += [(elbow + upper * t, unit(upper + lower)) for t in (-0.012, 0.012)]
    places += [(elbow + (wrist - elbow) * t, lower) for t in (0.16, 0.29, 0.43, 0.57, 0.7, 0.82, 0.92)]
    tops = [across(UP, start)]
    for _, axis in places:
        tops.append(across(tops[-1], axis))
    # which way the ring runs, and the rest of the turn, so that the last ring's top is the back of the hand
    way = np.sign(np.cross(start, tops[0]) @ -FRONT)
    wanted = across(dorsal, lower)
    turn = np.arctan2(wanted @ (way * np.cross(lower, tops[-1])), wanted @ tops[-1]) - 0.5 * STEP_ARM
    previous = ring
    for k, ((place, axis), top) in enumerate(zip(places, tops[1:], strict=True)):
        angles = STEP_ARM * (np.arange(14) - 2) + turn * (k + 1) / len(places)
        directions = fan(top, way * np.cross(axis, top), angles)
        hits = guide.target.cast(np.tile(place, (14, 1)), directions, among)
        placed = mesh.ring(list(hits.points), "left_arm")
        mesh.band(previous, placed, ARM_CHARTS)
        previous = placed
    return previous


STEP_ARM = 2 * np.pi / 14
_UPPER = ((0.14, 0.45), (0.27, 0.75), (0.4, 0.95), (0.53, 1.0), (0.66, 1.0), (0.78, 1.0), (0.89, 1.0))
