# SPDX-License-Identifier: GPL-3.0-or-later
"""Fingers and thumb of the template: tubes of eight with three rings at each joint, closed by four quads.

A ring of a finger starts at the back's index side; the second vertex is the middle of the back, the fourth the outer
side. Neighbours' sides meet in the web between them.
"""

from __future__ import annotations

import numpy as np

from .guide import FINGERS, Guide, across, fan, unit
from .half_mesh import HARD, HalfMesh, Ring
from .hand_frame import HandFrame

EIGHTH = np.pi / 4


def build_fingers(mesh: HalfMesh, guide: Guide, frame: HandFrame, knuckles: Ring, charts: list[str]) -> None:
    """Four tubes from the ring of 26 at the knuckles; the webs lie where neighbours part."""
    bones = [_bones(guide, finger) for finger in FINGERS]
    webs = [_web(guide, frame, bones[k], bones[k + 1]) for k in range(3)]
    starts = [_start(frame, bones[k], webs[max(k - 1, 0) : k + 1]) for k in range(4)]
    region = [f"left_{finger}" for finger in FINGERS]
    lower: list[Ring] = []
    for k, finger in enumerate(FINGERS):
        ring = _finger_ring(mesh, guide, frame, finger, bones[k], starts[k])
        for corner in (0, 2, 4, 6):
            mesh.points[ring[corner]], mesh.pinned[ring[corner]] = np.full(3, np.nan), 0
        lower.append(ring)
    # neighbours' sides meet in the web
    for k, web in enumerate(webs):
        for ring, spot, way in ((lower[k], 3, -1.0), (lower[k + 1], 7, 1.0)):
            mesh.points[ring[spot]] = web + way * 0.0016 * frame.outer
            mesh.pinned[ring[spot]] = HARD
    back = [v for ring in lower for v in ring[0:3]]
    palm = [v for ring in lower[::-1] for v in (ring[4], ring[5], ring[6])]
    end = [*back, lower[3][3], *palm, lower[0][7]]
    mesh.band(knuckles, end, charts)
    for k in range(3):
        a, b = lower[k], lower[k + 1]
        mesh.quad((a[2], b[0], b[7], a[3]), "~hand_back")
        mesh.quad((a[3], b[7], b[6], a[4]), "~hand_palm")
    for k, finger in enumerate(FINGERS):
        previous = lower[k]
        for place, axis in _along(bones[k], starts[k]):
            ring = _tube_ring(mesh, guide, region[k], place, axis, frame.dorsal, frame.outer, f"{finger}_")
            mesh.band(previous, ring, ["~hand_back"] * 3 + [f"~{finger}_front"] * 4 + ["~hand_back"])
            previous = ring
        _tip(mesh, previous, region[k], f"~{finger}_front")


# a ring of eight starts at the back's index side
_RING_ANGLES = EIGHTH * np.array([-1, 0, 1, 2, 3, 4, 5, 6])


def _bones(guide: Guide, finger: str) -> np.ndarray:
    names = [f"{finger}_0{k}_l" for k in (1, 2, 3)]
    return np.array([*(guide.joints[name] for name in names), guide.tails[names[-1]]])


def _web(guide: Guide, frame: HandFrame, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Where two fingers part: from between their middle joints towards the palm, the first place inside the body."""
    shares = np.linspace(1.0, -0.8, 120)
    line = np.array([(left[0] + (left[1] - left[0]) * t + right[0] + (right[1] - right[0]) * t) / 2 for t in shares])
    part = guide.target.part(guide.of("hand_l", *(f"{finger}_" for finger in FINGERS)))
    hits = guide.target.nearest(line, None, part)
    inside = ((line - hits.points) * guide.target.normals[hits.triangles]).sum(1) < 0
    return np.asarray(line[inside.argmax()])


def _start(frame: HandFrame, bones: np.ndarray, webs: list[np.ndarray]) -> float:
    """How far along its first bone a finger's first ring stands: level with the webs beside it."""
    bone = bones[1] - bones[0]
    return float(np.mean([(web - bones[0]) @ bone / (bone @ bone) for web in webs])) + 0.04


def _along(bones: np.ndarray, start: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """(place, axis) of the rings of a finger beyond its first: three at each joint, two towards the tip."""
    axes = unit(np.diff(bones, axis=0))
    spots = [
        (0, start + (0.84 - start) * 0.36),
        (0, start + (0.84 - start) * 0.7),
        (0, 0.84),
        (0, 1.0),
        (1, 0.2),
        (1, 0.5),
        (1, 0.8),
        (1, 1.0),
    ]
    spots += [(2, 0.24), (2, 0.6), (2, 0.92)]
    rings = []
    for bone, t in spots:
        at_joint = t == 1.0 and bone < 2
        axis = unit(axes[bone] + axes[bone + 1]) if at_joint else axes[bone]
        rings.append((bones[bone] + (bones[bone + 1] - bones[bone]) * t, axis))
    return rings


def _finger_ring(mesh: HalfMesh, guide: Guide, frame: HandFrame, finger: str, bones: np.ndarray, start: float) -> Ring:
    place, axis = bones[0] + (bones[1] - bones[0]) * start, unit(bones[1] - bones[0])
    return _tube_ring(mesh, guide, f"left_{finger}", place, axis, frame.dorsal, frame.outer, f"{finger}_", "hand_l")


def _tube_ring(
    mesh: HalfMesh,
    guide: Guide,
    region: str,
    place: np.ndarray,
    axis: np.ndarray,
    top: np.ndarray,
    side: np.ndarray,
    *starts: str,
) -> Ring:
    """Eight vertices round a bone; the second is towards `top`, the fourth towards `side`."""
    up = across(top, axis)
    over = np.cross(axis, up)
    over *= np.sign(over @ side)
    among = guide.of(*(start if start.endswith("_l") else f"{start}0" for start in starts)) & _left(guide)
    hits = guide.target.cast(np.tile(place, (8, 1)), fan(up, over, _RING_ANGLES), among)
    return mesh.ring(list(hits.points), region)


def _left(guide: Guide) -> np.ndarray:
    return np.asarray(guide.target.corners[:, :, 0].max(1) > 0)


def _tip(mesh: HalfMesh, ring: Ring, region: str, front: str) -> None:
    """Close a tube of eight by four quads; back and palm meet in the middle."""
    middle = mesh.add(None, region)
    order = ring[7:] + ring[:7]
    mesh.quad((order[0], order[1], order[2], middle), "~hand_back")
    mesh.quad((order[2], order[3], order[4], middle), "~hand_back")
    mesh.quad((order[4], order[5], order[6], middle), front)
    mesh.quad((order[6], order[7], order[0], middle), front)


def build_thumb(mesh: HalfMesh, guide: Guide, frame: HandFrame, hole: Ring) -> None:
    """A tube of eight out of the hole in the palm's inner side."""
    bones = _bones(guide, "thumb")
    axes = unit(np.diff(bones, axis=0))
    spots = [(0, 0.55), (0, 0.82), (0, 1.0), (1, 0.2), (1, 0.5), (1, 0.8), (1, 1.0), (2, 0.24), (2, 0.58), (2, 0.9)]
    # the hole's ring starts at the back near the wrist, goes over to the palm, on to the knuckles and back
    top = unit(frame.dorsal * 0.8 - frame.along * 0.2 - frame.outer * 0.5)
    previous = [hole[(k + 7) % 8] for k in range(8)]
    rings = []
    for bone, t in spots:
        axis = unit(axes[bone] + axes[bone + 1]) if t == 1.0 and bone < 2 else axes[bone]
        place = bones[bone] + (bones[bone + 1] - bones[bone]) * t
        up = across(top, axis)
        over = np.cross(axis, up)
        names = ("thumb_01_l", "hand_l") if bone == 0 else ("thumb_02_l", "thumb_03_l", "thumb_01_l")
        rings.append((place, up, over, guide.of(*names)))
    turn, way = _best_turn(mesh, previous, *rings[0][:3])
    for place, up, over, among in rings:
        hits = guide.target.cast(np.tile(place, (8, 1)), fan(up, over, way * EIGHTH * np.arange(8) + turn), among)
        ring = mesh.ring(list(hits.points), "left_thumb")
        mesh.band(previous, ring, _THUMB_CHARTS)
        previous = ring
    _thumb_tip(mesh, previous)


_THUMB_CHARTS = ["~thumb_back"] * 2 + ["~thumb_front"] * 4 + ["~thumb_back"] * 2


def _best_turn(mesh: HalfMesh, hole: Ring, place: np.ndarray, up: np.ndarray, over: np.ndarray) -> tuple[float, int]:
    """The angle and the sense at which a ring's vertices stand nearest to the hole's, seen along the bone."""
    points = np.array([mesh.points[v] for v in hole])
    known = np.isfinite(points).all(1)
    angles = np.arctan2((points - place) @ over, (points - place) @ up)
    best = (np.inf, 0.0, 1)
    for way in (1, -1):
        gaps = angles[known] - way * EIGHTH * np.arange(8)[known]
        turn = float(np.angle(np.exp(1j * gaps).mean()))
        best = min(best, (float((1 - np.cos(gaps - turn)).sum()), turn, way))
    return best[1], best[2]


def _thumb_tip(mesh: HalfMesh, ring: Ring) -> None:
    middle = mesh.add(None, "left_thumb")
    for k in range(0, 8, 2):
        mesh.quad((ring[k], ring[k + 1], ring[(k + 2) % 8], middle), _THUMB_CHARTS[k])
