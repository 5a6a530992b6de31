# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of land in plan: as it is built, and as is proposed; the darker, the higher."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from PIL import Image, ImageDraw

from .parcels import Built

SIDE_PX, MARGIN_PX = 640, 24
_PAPER, _LAND, _LINE = (247, 244, 238), (226, 221, 209), (150, 142, 128)
_LOW, _HIGH = np.array([214, 164, 110]), np.array([92, 40, 30])
_HIGH_M = 16.0

Proposal = tuple[shapely.Polygon, float] | None


def block_sheet(built: Sequence[Built], proposals: Sequence[Proposal]) -> np.ndarray:
    """(H, W, 3) float32 sRGB in [0, 1]: real to the left, proposed to the right; all parcels in the axes of the first.

    Buildings of one window lie where they stand, so neighbours stand beside each other.
    """
    real: list[Proposal] = [(one.footprint, one.height_m) for one in built]
    bounds = shapely.total_bounds([one.parcel for one in built])
    scale = (SIDE_PX - 2 * MARGIN_PX) / max(bounds[2] - bounds[0], bounds[3] - bounds[1])
    picture = Image.new("RGB", (2 * SIDE_PX, SIDE_PX), _PAPER)
    draw = ImageDraw.Draw(picture)
    for column, shown in enumerate((real, proposals)):
        start = np.array([column * SIDE_PX + MARGIN_PX, SIDE_PX - MARGIN_PX])

        def placed(ring: np.ndarray, start: np.ndarray = start) -> list[tuple[float, float]]:
            moved = (np.asarray(ring)[:, :2] - bounds[:2]) * scale * (1, -1) + start
            return [(float(x), float(y)) for x, y in moved]

        for one in built:
            draw.polygon(placed(np.array(one.parcel.exterior.coords)), fill=_LAND, outline=_LINE)
        for proposal in shown:
            if proposal is not None:
                tone = tuple(int(v) for v in _LOW + (_HIGH - _LOW) * min(proposal[1] / _HIGH_M, 1.0))
                draw.polygon(placed(np.array(proposal[0].exterior.coords)), fill=tone, outline=_LINE)
    return np.asarray(picture, np.float32) / 255
