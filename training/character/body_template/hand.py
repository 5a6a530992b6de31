# SPDX-License-Identifier: GPL-3.0-or-later
"""The hand of the template: a palm that opens into four fingers with webs between, and a thumb out of its side.

The wrist's ring of 14 is six vertices of the back of the hand from index to little finger, one of the outer side, six
of the palm back to the index, one of the inner side. At the knuckles five segments have become eleven: two a finger,
one a web. A finger is a tube of eight.
"""

from __future__ import annotations

import itertools

import numpy as np

from .fingers import build_fingers, build_thumb
from .guide import FINGERS, Guide, unit
from .half_mesh import HalfMesh, Ring
from .hand_frame import HandFrame

# along the palm from wrist to knuckles: rows of 14, then of 26
PALM = (0.1, 0.3, 0.5)
KNUCKLES = (0.68, 0.84)
SPLIT, WHOLE = 1, 0
PATTERN = (SPLIT, WHOLE, SPLIT, WHOLE, SPLIT)


def build_hand(mesh: HalfMesh, guide: Guide, wrist: Ring, frame: HandFrame) -> None:
    """The hand beyond the wrist's ring."""
    rows = [wrist]
    for share in PALM:
        rows.append(_palm_row(mesh, guide, frame, share, np.linspace(-0.38, 3.38, 6)))
    thumb_hole = _palm_with_hole(mesh, rows)
    fingers = np.add.outer(np.arange(4), [-0.33, 0.0, 0.33]).ravel()
    wide = [_palm_row(mesh, guide, frame, share, fingers) for share in KNUCKLES]
    _widen(mesh, rows[-1], wide[0])
    mesh.band(wide[0], wide[1], palm_charts(11))
    build_fingers(mesh, guide, frame, wide[1], palm_charts(11))
    build_thumb(mesh, guide, frame, thumb_hole)


def palm_charts(across_count: int) -> list[str]:
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
    mesh.band(rows[0], rows[1], palm_charts(5))
    for low, high in itertools.pairwise(rows[1:]):
        charts = palm_charts(5)
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
