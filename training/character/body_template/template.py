# SPDX-License-Identifier: GPL-3.0-or-later
"""The template: built along the mean body, and bound to the parametric body's surface so that any body moves it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]

from ...data.parametric_body import ParametricBody
from .body import build_arm, build_leg, build_trunk
from .face import read_face
from .fitting import settle, vertex_normals
from .guide import Guide
from .half_mesh import HalfMesh, WholeMesh
from .hand import build_hand
from .hand_frame import hand_frame
from .head import EYEBALL, build_head
from .mean_body import mean_guide, suit_smoothing
from .unwrap import unwrapped

BOOT_CHARTS, MOUTH_CHARTS = ("foot",), ("mouth_inside",)
MATERIALS = ("skin", "suit", "boots", "eye_white", "iris", "pupil", "mouth")


@dataclass(frozen=True)
class Template:
    """The half mesh's binding and the whole mesh.

    `binding` (H, V) takes the parametric body's vertices to the half's, `offsets` (H, 3) are added; `eyeball` (H,)
    marks vertices that go with the left eye: from its middle by `offsets`, which are of an eye of `eye_radius`. `uvs`
    (F, 4, 2), `material_of_face` (F,) into MATERIALS.
    """

    half: HalfMesh
    whole: WholeMesh
    binding: sparse.csr_matrix
    offsets: np.ndarray
    eyeball: np.ndarray
    eye_radius: float
    uvs: np.ndarray
    material_of_face: np.ndarray

    def positions(self, body: ParametricBody, targets: np.ndarray) -> np.ndarray:
        """The half's vertices (B, H, 3) float32 on bodies of these targets (B, T)."""
        bodies, marks = body.positions(targets), body.landmarks(targets)
        names = body.landmarks_names
        eye, front = marks[:, names.index("left_eye")], marks[:, names.index("left_eye_front")]
        size = np.linalg.norm(front - eye, axis=1) / self.eye_radius
        placed = np.stack([self.binding @ one for one in bodies]) + self.offsets
        ball = eye[:, None] + size[:, None, None] * self.offsets[self.eyeball]
        placed[:, self.eyeball] = ball
        placed[:, np.array(self.half.midline), 0] = 0
        return np.asarray(placed, np.float32)


def build_template(body: ParametricBody) -> tuple[Template, Guide]:
    """Build, settle, bind and unwrap the template."""
    smooth = suit_smoothing(body)
    guide = mean_guide(body, smooth)
    half = HalfMesh()
    face = read_face(guide)
    trunk = build_trunk(half, guide)
    build_head(half, guide, face, trunk.neck)
    build_leg(half, guide, trunk.leg)
    frame = hand_frame(guide)
    build_hand(half, guide, build_arm(half, guide, trunk.arm, frame.dorsal), frame)
    half.drop_unused()
    settle(half, guide)
    whole = half.whole()
    binding, offsets, eyeball = _bound(half, guide, smooth, face.eye)
    materials = np.array([MATERIALS.index(_material(chart)) for chart in whole.charts], np.int32)
    uvs = unwrapped(whole.positions, whole.quads, whole.charts)
    return Template(half, whole, binding, offsets, eyeball, face.eye_radius, uvs, materials), guide


def _bound(
    half: HalfMesh, guide: Guide, smooth: sparse.csr_matrix, eye: np.ndarray
) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    """The binding of each vertex to the nearest place of its own part of the target, and what is left to it."""
    points, quads = half.arrays()
    normals, regions = vertex_normals(points, quads), np.array(half.regions)
    num = len(points)
    triangles, shares = np.zeros(num, int), np.zeros((num, 3))
    nearest = points.copy()
    for region in np.unique(regions):
        rows = np.flatnonzero(regions == region)
        inside = "inside" in region
        part = guide.target.part(guide.region("head" if inside else region))
        hits = guide.target.nearest(points[rows], None if inside else normals[rows], part)
        triangles[rows], shares[rows], nearest[rows] = hits.triangles, hits.shares, hits.points
    corners = guide.target.triangles[triangles]
    rows = np.repeat(np.arange(num), 3)
    flat = sparse.coo_matrix((shares.ravel(), (rows, corners.ravel())), (num, len(guide.target.positions))).tocsr()
    offsets = points - nearest
    eyeball = regions == EYEBALL
    offsets[eyeball] = points[eyeball] - eye
    return (flat @ smooth).tocsr(), offsets, eyeball


def _material(chart: str) -> str:
    name = chart.removeprefix("left_").removeprefix("right_")
    if name in ("iris", "pupil"):
        return name
    if name == "eye":
        return "eye_white"
    if name in MOUTH_CHARTS:
        return "mouth"
    if name.startswith(BOOT_CHARTS):
        return "boots"
    return "suit" if name.startswith(("torso", "leg", "arm")) else "skin"
