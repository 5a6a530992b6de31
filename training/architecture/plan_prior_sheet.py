# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of many floors and the boxes that they are cut into, a colour for each use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from PIL import Image, ImageDraw

from ...core.architecture.plan_problem import Problem
from .plan_tokens import KINDS, kinds_of

SIDE_PX, MARGIN_PX, COLUMNS = 200, 12, 4
_PAPER, _LINE = (247, 244, 238), (70, 64, 58)
_TONES = {
    "living": (236, 203, 147), "kitchen": (222, 160, 122), "dining": (229, 184, 138), "bedroom": (164, 187, 203),
    "study": (178, 196, 174), "bath": (134, 176, 178), "toilet": (134, 176, 178),
}  # fmt: skip
_PASSAGE = (226, 221, 209)


def plan_sheet(shown: Sequence[tuple[Problem, np.ndarray]]) -> np.ndarray:
    """(H, W, 3) float32 sRGB in [0, 1] of problems with the boxes (M, 2, 2) of their parts, in metres."""
    lines = -(-len(shown) // COLUMNS)
    picture = Image.new("RGB", (COLUMNS * SIDE_PX, lines * SIDE_PX), _PAPER)
    draw = ImageDraw.Draw(picture)
    for number, (problem, boxes) in enumerate(shown):
        row, column = divmod(number, COLUMNS)
        start = np.array([column * SIDE_PX + MARGIN_PX, (row + 1) * SIDE_PX - MARGIN_PX])
        scale = (SIDE_PX - 2 * MARGIN_PX) / problem.ground.lines[:, -1].max()
        for kind, box in zip(kinds_of(problem), boxes, strict=True):
            there = shapely.box(box[0, 0], box[1, 0], box[0, 1], box[1, 1]).intersection(problem.ground.floor)
            for piece in shapely.get_parts(there):
                if piece.geom_type == "Polygon" and not piece.is_empty:
                    ring = shapely.get_coordinates(piece.exterior) * scale * (1, -1) + start
                    tone = _TONES.get(KINDS[kind], _PASSAGE)
                    draw.polygon([(float(x), float(y)) for x, y in ring], fill=tone, outline=_LINE)
    return np.asarray(picture, np.float32) / 255
