# SPDX-License-Identifier: GPL-3.0-or-later
"""Solids of six sides, straight or sheared: what rails, landings and slabs of balconies are put together from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..asset import Mesh
from .opening_parts import AXES, QUADS

# (x0, x1, y0, y1, z0, z1) metres
Box = tuple[float, float, float, float, float, float]


def box_corners(boxes: Sequence[Box]) -> np.ndarray:
    """(N, 8, 3) corners of upright boxes, x first, then y, then z."""
    limits = np.array(boxes, np.float64).reshape(-1, 3, 2)
    bits = np.array([[n & 1, n >> 1 & 1, n >> 2 & 1] for n in range(8)])
    return limits[:, np.arange(3), bits]


def six_sided(name: str, corners: np.ndarray, slots: np.ndarray, materials: tuple[str, ...]) -> Mesh:
    """A mesh of closed solids with the (N, 8, 3) `corners` in the order of `box_corners`, slot (N,) each.

    Sides are level or upright planes; UVs are metres in the plane of each side.
    """
    quads = QUADS + 8 * np.arange(len(corners))[:, None, None]
    on_quads = corners[:, QUADS]
    uvs = np.take_along_axis(on_quads, np.broadcast_to(AXES[None, :, None], (*on_quads.shape[:3], 2)), 3)
    return Mesh(
        name,
        corners.reshape(-1, 3).astype(np.float32),
        quads.reshape(-1).astype(np.int32),
        np.arange(0, quads.size + 1, 4, dtype=np.int32),
        np.repeat(slots, 6).astype(np.int32),
        materials,
        {"UVMap": uvs.reshape(-1, 2).astype(np.float32)},
    )


def joined(name: str, parts: Sequence[Mesh]) -> Mesh:
    """Several meshes of the same slots as one."""
    first = np.cumsum([0, *[len(part.positions) for part in parts]])
    corner = np.cumsum([0, *[len(part.corners) for part in parts]])
    starts = [part.face_starts[:-1] + at for part, at in zip(parts, corner, strict=False)]
    return Mesh(
        name,
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.corners + at for part, at in zip(parts, first, strict=False)]).astype(np.int32),
        np.concatenate([*starts, corner[-1:]]).astype(np.int32),
        np.concatenate([part.material_of_face for part in parts]),
        parts[0].materials,
        {"UVMap": np.concatenate([part.uvs["UVMap"] for part in parts])},
    )
