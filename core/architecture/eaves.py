# SPDX-License-Identifier: GPL-3.0-or-later
"""Eaves: a gable or hip roof that stands out over the walls it drains to, and stays flush with its gables."""

from __future__ import annotations

import numpy as np

from .outline import Outline
from .roof import Roof, RoofStyle, make_roof
from .wall_offset import crosses, edges, preceding, signed_area


def with_eaves(roof: Roof, outline: Outline, style: RoofStyle, eaves_m: float) -> Roof:
    """The roof of the same kind on the outline moved `eaves_m` outwards, its soffit level with the walls' tops.

    Edges below a gable stay where they are. Where the outline has no room for that the roof comes back as it is.
    """
    grown = []
    first = 0
    for ring in outline.rings:
        out = np.array([0.0 if first + n in roof.gables else eaves_m for n in range(len(ring))])
        first += len(ring)
        moved = moved_outwards(ring, out)
        if moved is None:
            return roof
        grown.append(moved)
    if crosses(grown):
        return roof
    wide = make_roof(Outline(grown[0], tuple(grown[1:])), roof.kind, style)
    return wide if wide.kind == roof.kind and wide.gables == roof.gables else roof


def moved_outwards(ring: np.ndarray, distance: np.ndarray) -> np.ndarray | None:
    """The (N, 2) ring with edge i moved `distance[i]` metres to its right, corners where the edges meet again.

    None where two edges that follow each other in a line move differently, or an edge turns around.
    """
    direction, length = edges(ring)
    outwards = np.stack([direction[:, 1], -direction[:, 0]], 1)
    before, gone = preceding(outwards), preceding(distance)
    turn = before[:, 0] * outwards[:, 1] - before[:, 1] * outwards[:, 0]
    bent = np.abs(turn) > 0.05
    if (~bent & (np.abs(distance - gone) > 1e-9)).any():
        return None
    safe = np.where(bent, turn, 1.0)
    # the point at `gone` along the normal before and `distance` along this one
    x = (gone * outwards[:, 1] - distance * before[:, 1]) / safe
    y = (before[:, 0] * distance - outwards[:, 0] * gone) / safe
    straight = distance[:, None] * (outwards + before) / 2
    moved = ring + np.where(bent[:, None], np.stack([x, y], 1), straight)
    after = np.roll(moved, -1, 0) - moved
    kept = (after * direction).sum(1) > 0.1 * length
    return moved if kept.all() and signed_area(moved) * signed_area(ring) > 0 else None
