# SPDX-License-Identifier: GPL-3.0-or-later
"""The hand of the template: a palm that opens into four fingers with webs between, and a thumb out of its side.

The wrist's ring of 14 is six vertices of the back of the hand from index to little finger, one of the outer side, six
of the palm back to the index, one of the inner side. At the knuckles five segments have become eleven: two a finger,
one a web. A finger is a tube of eight.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from .guide import FINGERS, Guide, across, fan, unit
from .half_mesh import HARD, HalfMesh, Ring

# along the palm from wrist to knuckles: rows of 14, then of 26
PALM = (0.1, 0.3, 0.5)
KNUCKLES = (0.68, 0.84)
SPLIT, WHOLE = 1, 0
PATTERN = (SPLIT, WHOLE, SPLIT, WHOLE, SPLIT)
EIGHTH = np.pi / 4


@dataclass(frozen=True)
class HandFrame:
    """The left hand's directions, unit vectors: `along` to the middle finger, `dorsal` out of its back, `outer` to the
    little finger; `wrists` (4, 3) and `knuckles` (4, 3) of the fingers from index to little finger."""

    along: np.ndarray
    dorsal: np.ndarray
    outer: np.ndarray
    wrists: np.ndarray
    knuckles: np.ndarray

    def at(self, finger: float, share: float) -> np.ndarray:
        """The place inside the palm at a finger's number, also between and beyond them, and a share of the way."""
        k = int(np.clip(np.floor(finger), 0, 2))
        ends = [line[k] + (line[k + 1] - line[k]) * (finger - k) for line in (self.wrists, self.knuckles)]
        return np.asarray(ends[0] + (ends[1] - ends[0]) * share)


def hand_frame(guide: Guide) -> HandFrame:
    """The frame of the mean body's left hand."""
    wrist = guide.joints["hand_l"]
    knuckles = np.array([guide.joints[f"{finger}_01_l"] for finger in FINGERS])
    along = unit(knuckles[1] - wrist)
    outer = across(knuckles[3] - knuckles[0], along)
    dorsal = np.cross(along, outer)
    dorsal *= np.sign(dorsal[0])
    spread = np.linalg.norm(knuckles[3] - knuckles[0]) * 0.55
    wrists = wrist + (np.arange(4)[:, None] / 3 - 0.5) * spread * outer
    return HandFrame(along, dorsal, outer, wrists, knuckles)


def build_hand(mesh: HalfMesh, guide: Guide, wrist: Ring, frame: HandFrame) -> None:
    """The hand beyond the wrist's ring."""
    rows = [wrist]
    for share in PALM:
        rows.append(_palm_row(mesh, guide, frame, share, np.linspace(-0.38, 3.38, 6)))
    thumb_hole = _palm_with_hole(mesh, rows)
    fingers = np.add.outer(np.arange(4), [-0.33, 0.0, 0.33]).ravel()
    wide = [_palm_row(mesh, guide, frame, share, fingers) for share in KNUCKLES]
    _widen(mesh, rows[-1], wide[0])
    mesh.band(wide[0], wide[1], _palm_charts(11))
    _fingers(mesh, guide, frame, wide[1])
    _thumb(mesh, guide, frame, thumb_hole)


def _palm_charts(across_count: int) -> list[str]:
    return ["~hand_back"] * (across_count + 1) + ["~hand_palm"] * (across_count + 2) + ["~hand_back"]


def _palm_row(mesh: HalfMesh, guide: Guide, frame: HandFrame, share: float, fingers: np.ndarray) -> Ring:
    """One ring of the palm: its back from index to little finger, the outer side, the palm back, the inner side."""
    among = guide.of("hand_l", "lowerarm_l", *(f"{finger}_01_l" for finger in FINGERS))
    origins = np.array([frame.at(np.clip(f, -0.1, 3.1), share) for f in fingers])
    lean = np.where(np.abs(fingers - 1.5) > 1.6, np.sign(fingers - 1.5) * 0.55, 0)[:, None] * frame.outer
    back = guide.target.cast(origins, unit(frame.dorsal + lean), among)
    palm = guide.target.cast(origins, unit(-frame.dorsal + lean), among)
    sides = guide.target.cast(origins[[0, -1]], np.stack([-frame.outer, frame.outer]), among)
    points = [*back.points, sides.points[1], *palm.points[::-1], sides.points[0]]
    ring = mesh.ring(points, "left_hand")
    # the thumb stands in the inner side's way
    if 0.05 < share < 0.9:
        mesh.points[ring[-1]], mesh.pinned[ring[-1]] = np.full(3, np.nan), 0
    return ring


def _palm_with_hole(mesh: HalfMesh, rows: list[Ring]) -> Ring:
    """The palm's rows of 14 without the four quads where the thumb grows; returns the hole's ring of 8."""
    mesh.band(rows[0], rows[1], _palm_charts(5))
    for low, high in itertools.pairwise(rows[1:]):
        charts = _palm_charts(5)
        charts[12] = charts[13] = ""
        mesh.band(low, high, charts)
    first, middle, last = rows[1], rows[2], rows[3]
    return [first[0], first[13], first[12], middle[12], last[12], last[13], last[0], middle[0]]


def _widen(mesh: HalfMesh, ring: Ring, wide: Ring) -> None:
    """From 14 to 26 by quads alone: where one segment becomes three, two vertices stand between (four quads)."""
    for start, far, chart in ((0, 0, "~hand_back"), (7, 13, "~hand_palm")):
        at = far
        for k, kind in enumerate(PATTERN):
            a, b = ring[start + k], ring[start + k + 1]
            if kind == WHOLE:
                mesh.quad((a, b, wide[at + 1], wide[at]), chart)
                at += 1
                continue
            left, right = mesh.ring([None, None], "left_hand")
            p, q, r, s = wide[at : at + 4]
            mesh.quad((a, b, right, left), chart)
            mesh.quad((a, left, q, p), chart)
            mesh.quad((left, right, r, q), chart)
            mesh.quad((right, b, s, r), chart)
            at += 3
    for near, end, chart in (((5, 6, 7), (11, 12, 13), "~hand_back"), ((12, 13, 0), (24, 25, 0), "~hand_palm")):
        mesh.quad((ring[near[0]], ring[near[1]], wide[end[1]], wide[end[0]]), chart)
        mesh.quad((ring[near[1]], ring[near[2]], wide[end[2]], wide[end[1]]), _other(chart))


def _other(chart: str) -> str:
    return "~hand_palm" if chart == "~hand_back" else "~hand_back"


def _fingers(mesh: HalfMesh, guide: Guide, frame: HandFrame, knuckles: Ring) -> None:
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
    mesh.band(knuckles, end, _palm_charts(11))
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


def _thumb(mesh: HalfMesh, guide: Guide, frame: HandFrame, hole: Ring) -> None:
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
