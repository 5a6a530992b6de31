# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide of the parametric body's mean: its surface smoothed where a suit is smooth, joints, landmarks, features."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from ...data.parametric_body import MIDDLE, ParametricBody
from .guide import Guide
from .target import Target, smoothing

# where the local target named moves the surface most is the feature's place, on the left side
FEATURES = {
    "mouth_corner": "mouth/mouth-angles-up",
    "nose_wing": "nose/nose-nostrils-width-incr",
    "ear": "ears/l-ear-trans-up",
}
SMOOTHING_STEPS = 80


def suit_smoothing(body: ParametricBody) -> sparse.csr_matrix:
    """(V, V) that makes chest and crotch of any of the bodies as smooth as under a suit."""
    placed = body.positions(body.targets_of(MIDDLE[None]))[0]
    joints = dict(zip(body.joints_names, body.joints(body.targets_of(MIDDLE[None]))[0], strict=True))
    x, y, z = np.abs(placed[:, 0]), placed[:, 1], placed[:, 2]
    trunk = np.isin(body.weights.argmax(1), [body.joints_names.index(n) for n in body.joints_names if _is_trunk(n)])
    chest = _near(x, 0.09, 0.075) * _near(z, joints["spine_03"][2] - 0.03, 0.1) * (y < -0.06)
    cleft = _near(x, 0.0, 0.05) * _near(z, joints["pelvis"][2] - 0.06, 0.16)
    strength = 0.5 * np.maximum(chest, cleft) * trunk
    step = smoothing(len(placed), body.quads, strength)
    whole = sparse.identity(len(placed), format="csr")
    for _ in range(SMOOTHING_STEPS):
        whole = step @ whole
    whole.data[np.abs(whole.data) < 1e-5] = 0
    whole.eliminate_zeros()
    return sparse.diags(1 / np.asarray(whole.sum(1)).ravel()) @ whole


def _is_trunk(joint: str) -> bool:
    return joint.startswith(("pelvis", "spine", "thigh", "Root", "clavicle", "upperarm"))


def _near(value: np.ndarray, middle: float, reach: float) -> np.ndarray:
    """1 at the middle, 0 from `reach` on, smooth."""
    t = np.clip(1 - np.abs(value - middle) / reach, 0, 1)
    return np.asarray(np.minimum(t * t * (3 - 2 * t) * 1.6, 1.0))


def mean_guide(body: ParametricBody, smooth: sparse.csr_matrix) -> Guide:
    """The mean body as a guide."""
    targets = body.targets_of(MIDDLE[None])
    placed = smooth @ body.positions(targets)[0].astype(np.float64)
    target = Target(placed, body.quads, body.weights.argmax(1))
    moved, features = {}, {}
    for name, local in FEATURES.items():
        size = body.reach_of(local)
        size[placed[:, 0] < 1e-4] = 0
        features[name] = placed[size.argmax()]
        moved[name] = size[target.triangles].min(1) > 0.85 * size.max()
    landmarks = dict(zip(body.landmarks_names, body.landmarks(targets)[0].astype(float), strict=True))
    guide = Guide(
        target,
        body.joints_names,
        dict(zip(body.joints_names, body.joints(targets)[0].astype(float), strict=True)),
        dict(zip(body.joints_names, body.tails(targets)[0].astype(float), strict=True)),
        landmarks,
        features,
        moved,
    )
    landmarks |= {"crotch": _crotch(guide), "armpit": _armpit(guide), "toes": _toes(guide)}
    return guide


def _crotch(guide: Guide) -> np.ndarray:
    depth = np.linspace(-0.06, 0.06, 25)
    start = np.stack([np.full(25, 0.001), depth, np.full(25, guide.joints["pelvis"][2])], 1)
    hits = guide.target.cast(start, np.tile([0, 0, -1.0], (25, 1)), guide.of("pelvis", "thigh", "spine", "Root"))
    return np.asarray(hits.points[np.nanargmin(hits.points[:, 2])])


def _armpit(guide: Guide) -> np.ndarray:
    """The highest place between arm and chest: where rays straight down from the shoulder first leave the body."""
    shoulder = guide.joints["upperarm_l"]
    start = np.stack([np.linspace(-0.03, 0.04, 36), np.zeros(36), np.zeros(36)], 1) + shoulder
    hits = guide.target.cast(start, np.tile([0, 0, -1.0], (36, 1)), guide.of("upperarm_l", "spine", "clavicle_l"))
    return np.asarray(hits.points[np.nanargmax(hits.points[:, 2])])


def _toes(guide: Guide) -> np.ndarray:
    corners = guide.target.corners[guide.of("ball_l")].reshape(-1, 3)
    return np.asarray(corners[corners[:, 1].argmin()])
