# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in an opening: frame, glass, sill and leaf, of closed boxes that touch and never overlap.

In the opening's own space: x along the wall to the right as seen from outside, y into the building, z up; the origin in
the middle of the opening's foot on the wall's outer face.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from ..asset import Mesh
from .facade import Opening

SLOTS = ("frame", "glass", "sill", "door")
_FRAME, _GLASS, _SILL, _DOOR = range(len(SLOTS))
_PANE_M, _SILL_HEIGHT_M, _SILL_OUT_M, _LEAF_M = 0.02, 0.04, 0.05, 0.05
# a door wider than this has two leaves
_DOUBLE_DOOR_M = 1.35
_CORNERS = np.array([[n & 1, n >> 1 & 1, n >> 2 & 1] for n in range(8)])
QUADS = np.array([[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [3, 2, 6, 7], [2, 0, 4, 6], [1, 3, 7, 5]])
# the two axes that a box's faces are laid out by
AXES = np.array([[0, 1], [0, 1], [0, 2], [0, 2], [1, 2], [1, 2]])

Box = tuple[float, float, float, float, float, float]


@lru_cache(maxsize=256)
def opening_mesh(name: str, opening: Opening, recess_m: float, frame_m: float, wall_m: float) -> Mesh:
    """The mesh `name` of a window, or of a door where the opening has no panes, for a wall `wall_m` thick.

    Thin walls bring the frame forward and make it less deep. Its arrays are shared and read-only.
    """
    depth = min(frame_m, 0.6 * wall_m)
    back = min(recess_m, 0.9 * (wall_m - depth))
    # room for every pane beside its bars
    bar = min(frame_m, opening.width_m / (3 * (opening.panes + 2)), opening.height_m / 8)
    parts = _door(opening, back, depth, bar) if opening.panes == 0 else _window(opening, back, depth, bar)
    return _boxes(name, [box for box, _ in parts], np.array([slot for _, slot in parts]))


def _window(opening: Opening, back: float, depth: float, bar: float) -> list[tuple[Box, int]]:
    """Sill, two stiles, two rails, mullions, and a pane between each two of them."""
    half, top, foot = opening.width_m / 2, opening.height_m, _SILL_HEIGHT_M
    front, rear = back, back + depth
    edges = np.linspace(-half + bar, half - bar, opening.panes + 1)
    thick = 0.7 * bar
    middle, pane = (front + rear) / 2, min(_PANE_M, depth / 2) / 2
    parts: list[tuple[Box, int]] = [
        ((-half, half, -_SILL_OUT_M, front, 0.0, foot), _SILL),
        ((-half, half, front, rear, 0.0, foot), _FRAME),
        ((-half, -half + bar, front, rear, foot, top), _FRAME),
        ((half - bar, half, front, rear, foot, top), _FRAME),
        ((-half + bar, half - bar, front, rear, foot, foot + bar), _FRAME),
        ((-half + bar, half - bar, front, rear, top - bar, top), _FRAME),
    ]
    for x in edges[1:-1]:
        parts.append(((x - thick / 2, x + thick / 2, front, rear, foot + bar, top - bar), _FRAME))
    for n in range(opening.panes):
        left = edges[n] + (thick / 2 if n else 0)
        right = edges[n + 1] - (thick / 2 if n + 1 < opening.panes else 0)
        parts.append(((left, right, middle - pane, middle + pane, foot + bar, top - bar), _GLASS))
    return parts


def _door(opening: Opening, back: float, depth: float, bar: float) -> list[tuple[Box, int]]:
    """Two posts, a head, one leaf or two, and their handles."""
    half, top = opening.width_m / 2, opening.height_m
    front, rear = back, back + depth
    leaf = min(_LEAF_M, 0.8 * depth)
    face = (front + rear - leaf) / 2
    parts: list[tuple[Box, int]] = [
        ((-half, -half + bar, front, rear, 0.0, top), _FRAME),
        ((half - bar, half, front, rear, 0.0, top), _FRAME),
        ((-half + bar, half - bar, front, rear, top - bar, top), _FRAME),
    ]
    seams = [-half + bar, 0.0, half - bar] if opening.width_m >= _DOUBLE_DOOR_M else [-half + bar, half - bar]
    for n, (left, right) in enumerate(pairwise(seams)):
        parts.append(((left, right, face, face + leaf, 0.0, top - bar), _DOOR))
        # on the side away from the hinges
        inset, thin = min(0.1, (right - left) / 4), min(0.015, (right - left) / 8)
        x = right - inset if n == 0 else left + inset
        parts.append(((x - thin, x + thin, face - 0.04, face, 0.45 * top, 0.45 * top + 0.14), _FRAME))
    return parts


def _boxes(name: str, boxes: list[Box], slots: np.ndarray) -> Mesh:
    """One mesh of the boxes (x0, x1, y0, y1, z0, z1), UVs in metres."""
    limits = np.array(boxes).reshape(-1, 3, 2)
    positions = limits[:, np.arange(3), _CORNERS]
    quads = QUADS + 8 * np.arange(len(boxes))[:, None, None]
    on_quads = positions[:, QUADS]
    uvs = np.take_along_axis(on_quads, np.broadcast_to(AXES[None, :, None], (*on_quads.shape[:3], 2)), 3)
    arrays = {
        "positions": positions.reshape(-1, 3).astype(np.float32),
        "corners": quads.reshape(-1).astype(np.int32),
        "face_starts": np.arange(0, quads.size + 1, 4, dtype=np.int32),
        "material_of_face": np.repeat(slots, 6).astype(np.int32),
    }
    layer = uvs.reshape(-1, 2).astype(np.float32)
    for array in (*arrays.values(), layer):
        array.flags.writeable = False
    return Mesh(name=name, materials=SLOTS, uvs={"UVMap": layer}, **arrays)
