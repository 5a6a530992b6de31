# SPDX-License-Identifier: GPL-3.0-or-later
"""The face's places, read off the mean body's surface: profile, lips, lids, nose and ear as points to lay loops on.

Places are found by rays: from the head's middle outwards for the profile, straight forward for what is seen from in
front, sideways for the ear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .guide import Guide, unit
from .target import Hits

FRONT, OUT = np.array([0, -1.0, 0]), np.array([1.0, 0, 0])
LID_VERTICES = 16
LIP_HALF = 12
EAR_VERTICES = 14
LIP_WIDTH = 0.88


@dataclass(frozen=True)
class Face:
    """Places of the left half.

    `profile` by name on the midline; `lips` (13, 3) loops from the lower lip's middle over the corner to the upper
    lip's middle, from the seam outwards; `lids` (16, 3) loops from the opening outwards, counted from the lower inner
    corner; `nose` by row above its base and column; `ear` (14, 3) loops from the head to the inside of the shell, and
    `ear_floor` (4, 3).
    """

    middle: np.ndarray
    profile: dict[str, np.ndarray]
    lips: tuple[np.ndarray, ...]
    lids: tuple[np.ndarray, ...]
    nose: dict[tuple[int, int], np.ndarray]
    ear: tuple[np.ndarray, ...]
    ear_floor: np.ndarray
    eye: np.ndarray
    eye_radius: float


def read_face(guide: Guide) -> Face:
    """Find the face's places on the guide's surface."""
    middle = guide.joints["head"] + [0, 0, 0.01]
    profile = _profile(guide, middle)
    eye = guide.landmarks["left_eye"]
    radius = float(np.linalg.norm(guide.landmarks["left_eye_front"] - eye))
    ear, floor = _ear(guide)
    return Face(
        middle,
        profile,
        _lips(guide, profile),
        _lids(guide, eye, radius),
        _nose(guide, profile),
        ear,
        floor,
        eye,
        radius,
    )


def seen_from_front(guide: Guide, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The foremost points (N, 3) of the head at these places."""
    start = np.stack([x, np.full_like(x, guide.joints["head"][1]), z], 1)
    return guide.target.cast(start, np.tile(FRONT, (len(x), 1)), _head(guide), last=True).points


def seen_from_side(guide: Guide, y: np.ndarray, z: np.ndarray, among: np.ndarray) -> Hits:
    """The outermost places on the left at these places."""
    start = np.stack([np.zeros_like(y), y, z], 1)
    return guide.target.cast(start, np.tile(OUT, (len(y), 1)), among, last=True)


def _head(guide: Guide) -> np.ndarray:
    return guide.of("head", "neck")


def _profile(guide: Guide, middle: np.ndarray) -> dict[str, np.ndarray]:
    """Places on the midline by how far they stand out: peaks and hollows between them, from chin to brow."""
    elevation = np.radians(np.linspace(-66, 50, 700))
    rays = np.stack([np.full(700, 1e-3), -np.cos(elevation), np.sin(elevation)], 1)
    points = guide.target.cast(np.tile(middle, (700, 1)), unit(rays), _head(guide), last=True).points
    points = points[np.isfinite(points).all(1)] * [0, 1, 1]
    corner, eye = guide.features["mouth_corner"][2], guide.landmarks["left_eye"][2]

    def among(low: float, high: float, way: int) -> np.ndarray:
        part = points[(points[:, 2] > low) & (points[:, 2] < high)]
        return np.asarray(part[(way * part[:, 1]).argmin()])

    peak, hollow = 1, -1
    seam = among(corner - 0.004, corner + 0.008, hollow)
    upper, lower = among(seam[2] + 0.001, seam[2] + 0.012, peak), among(seam[2] - 0.014, seam[2] - 0.001, peak)
    tip = among(upper[2] + 0.008, eye - 0.01, peak)
    base = among(upper[2], tip[2], hollow)
    fold = points[np.abs(points[:, 2] - (lower[2] - 0.014)).argmin()]
    nasion = among(tip[2] + 0.01, eye + 0.018, hollow)
    brow = among(nasion[2] + 0.004, eye + 0.04, peak)
    below = points[(points[:, 2] < fold[2] - 0.004) & (points[:, 1] < fold[1] + 0.035)]
    chin, under = (below[(below @ way).argmax()] for way in (np.array([0, -0.9, -0.44]), np.array([0, -0.4, -0.92])))
    septum = points[np.abs(points[:, 2] - (0.55 * base[2] + 0.45 * tip[2])).argmin()]
    names = ("septum", "chin", "under", "fold", "lower", "seam", "upper", "base", "tip", "nasion", "brow")
    return dict(zip(names, (septum, chin, under, fold, lower, seam, upper, base, tip, nasion, brow), strict=True))


def _lips(guide: Guide, profile: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """The loops of the lips: seam, fullness, border. The seam is where the surface lies deepest."""
    # the target's corner lies outside the lips and below the seam
    corner = guide.features["mouth_corner"] * [LIP_WIDTH, 1, 1]
    corner[2] = profile["seam"][2] - 0.0012
    shares = np.array([0, 0.17, 0.34, 0.52, 0.7, 0.87, 1.0])
    x = corner[0] * shares
    offsets = np.linspace(-0.004, 0.004, 33)
    about = profile["seam"][2] + (corner[2] - profile["seam"][2]) * shares**2
    columns = [seen_from_front(guide, np.full(33, a), b + offsets) for a, b in zip(x, about, strict=True)]
    seam = np.array([column[column[:, 1].argmax(), 2] for column in columns])
    seam[-1] = (seam[-2] + corner[2]) / 2
    seam[1:-1] = (seam[:-2] + 2 * seam[1:-1] + seam[2:]) / 4
    rise, drop = profile["upper"][2] - profile["seam"][2], profile["seam"][2] - profile["lower"][2]
    arch = np.sqrt(1 - shares**2.4)
    loops = []
    # shares of the way from the seam to where each lip stands out most
    for low_share, high_share, wider in ((0.25, 0.18, 0.0004), (0.9, 0.65, 0.0015), (1.7, 1.15, 0.004)):
        wide = x * (1 + wider / corner[0])
        low = seen_from_front(guide, wide, seam - low_share * drop * arch)
        high = seen_from_front(guide, wide, seam + high_share * rise * arch)
        loops.append(np.concatenate([low[:-1], high[::-1]]))
    # the lips touch: behind the innermost loop, a hair apart
    apart = np.concatenate([-arch[:-1], arch[::-1]]) * 0.0002
    arches = np.concatenate([arch[:-1], arch[::-1]])
    loops[0][:, 1] = np.minimum(loops[0][:, 1], loops[1][:, 1] + 0.0022 * arches)
    touching = loops[0].copy()
    touching[:, 2] = np.concatenate([seam[:-1], seam[::-1]]) + apart
    touching[:, 1] += 0.0024 * arches
    touching[:, 0] = np.concatenate([x[:-1], x[::-1]])
    return (touching, *loops)


def _lids(guide: Guide, eye: np.ndarray, radius: float) -> tuple[np.ndarray, ...]:
    """The loops of the lids: the opening's rim, where the surface comes out in front of the eyeball, and the crease."""
    turn = 2 * np.pi * (np.arange(LID_VERTICES) - 6) / LID_VERTICES
    angles = np.arctan2(0.5 * np.sin(turn), np.cos(turn))
    steps = np.linspace(0.0005, 0.985 * radius, 70)
    rim = np.zeros(LID_VERTICES)
    for k, angle in enumerate(angles):
        points = seen_from_front(guide, eye[0] + steps * np.cos(angle), eye[2] + steps * np.sin(angle))
        ball = eye[1] - np.sqrt(radius**2 - steps**2)
        covered = np.flatnonzero(points[:, 1] < ball)
        rim[k] = steps[covered[0] if len(covered) else -1]
    rim = (np.roll(rim, 1) + 2 * rim + np.roll(rim, -1)) / 4
    loops = []
    for wider, taller in ((1.04, 1.1), (1.16, 1.7)):
        loops.append(
            seen_from_front(guide, eye[0] + wider * rim * np.cos(angles), eye[2] + taller * rim * np.sin(angles))
        )
    return tuple(loops)


def _nose(guide: Guide, profile: dict[str, np.ndarray]) -> dict[tuple[int, int], np.ndarray]:
    """Places of the nose's grid by (row above the nose's base, column from the midline)."""
    wing, tip, base = guide.features["nose_wing"], profile["tip"], profile["base"]
    width = wing[0]
    rim = wing[2] - 0.0042
    at = {
        (0, 1): (0.4, base[2] + 0.0008),
        (0, 2): (0.82, base[2] + 0.0016),
        (0, 3): (1.34, base[2] + 0.002),
        (1, 1): (0.46, profile["septum"][2] + 0.0012),
        (1, 2): (0.88, rim),
        (1, 3): (1.36, rim),
        (2, 1): (0.5, tip[2]),
        (2, 2): (0.98, wing[2]),
        (2, 3): (1.45, wing[2] + 0.001),
        (3, 1): (0.46, tip[2] + 0.011),
        (3, 2): (0.78, tip[2] + 0.012),
        (3, 3): (1.4, tip[2] + 0.013),
    }
    names = list(at)
    points = seen_from_front(guide, np.array([width * at[n][0] for n in names]), np.array([at[n][1] for n in names]))
    return dict(zip(names, points, strict=True))


def _ear(guide: Guide) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
    """Loops of the ear from the head outwards over the rim into the shell, and the shell's floor."""
    among = guide.moved["ear"]
    corners = guide.target.corners[among]
    points = np.concatenate([corners.reshape(-1, 3), corners.mean(1), (corners[:, 0] + corners[:, 1]) / 2])
    centre = (points.min(0) + points.max(0))[1:] / 2
    angles = np.radians(-90 + 360 / EAR_VERTICES * (np.arange(EAR_VERTICES) - 1))
    beside = points[:, 1:] - centre
    around, away = np.arctan2(beside[:, 1], beside[:, 0]), np.hypot(*beside.T)
    near = np.abs(np.angle(np.exp(1j * (around - angles[:, None])))) < np.radians(14)
    best = np.where(near, away, -1).argmax(1)
    rim, reach = points[best], away[best]
    reach = (np.roll(reach, 1) + 2 * reach + np.roll(reach, -1)) / 4
    directions = np.stack([np.cos(angles), np.sin(angles)], 1)

    def outline(share: float) -> np.ndarray:
        return np.asarray(centre + share * reach[:, None] * directions)

    head = _head(guide) & ~among
    wide = outline(1.12)
    found = seen_from_side(guide, wide[:, 0], wide[:, 1], head)
    base = np.where(np.isfinite(found.points), found.points, np.stack([rim[:, 0], *wide.T], 1))
    rim = np.concatenate([rim[:, :1], outline(1.0)], 1)
    rim[:, 0] = (np.roll(rim[:, 0], 1) + 2 * rim[:, 0] + np.roll(rim[:, 0], -1)) / 4
    root = np.concatenate([base[:, :1] * 0.75 + rim[:, :1] * 0.25 - 0.001, outline(0.9)], 1)
    inner = [outline(share) for share in (0.84, 0.58)]
    shell = [seen_from_side(guide, flat[:, 0], flat[:, 1], among).points for flat in inner]
    rows = np.linspace(-0.17, 0.17, 4)
    tall = np.ptp(points[:, 2])
    floor = seen_from_side(guide, np.full(4, centre[0]), centre[1] + rows * tall, among).points
    return (base, root, rim, *shell), floor
