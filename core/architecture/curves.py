# SPDX-License-Identifier: GPL-3.0-or-later
"""Curved walls in flat panels, each wide enough for a window.

A curve comes as many short edges, none of which has room for an opening. Runs of them are taken together: of their
corners those stay that divide the run into equal panels, so that the walls keep to the drawn line at every corner.
Storeys with the same ring get the same panels.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from .facade import PIER_M, FacadeStyle
from .massing import Massing
from .outline import Outline
from .wall_offset import crosses, edges, preceding, signed_area

# a corner that turns more ends a curve; a panel leaves the line by no more
SHARPEST_DEG, FARTHEST_M = 32.0, 0.3
# of the area, no more than this may change
MOST_CHANGE = 0.03
# corners of a ring with a curve
_FEWEST = 8


def facetted(massing: Massing, style: FacadeStyle) -> Massing:
    """The massing with panels in place of curves; plates without curves stay the very same."""
    width = panel_width(style)
    made: dict[int, Outline] = {}
    for plates in massing.plates:
        for plate in plates:
            if id(plate) not in made:
                made[id(plate)] = facetted_outline(plate, width)
    return Massing(tuple(tuple(made[id(plate)] for plate in plates) for plates in massing.plates), massing.heights_m)


def panel_width(style: FacadeStyle) -> float:
    """The width of panel that the widest window of a style asks for, with a pier."""
    widest = max(style.base.width_m, style.middle.width_m, style.top.width_m)
    return max(widest + 2 * PIER_M, min(style.bay_m, widest + 1.0))


def facetted_outline(outline: Outline, width_m: float) -> Outline:
    """The outline with panels about `width_m` wide in place of its curves, the same where it has none or where panels
    would make it cross itself."""
    rings = [_facetted(ring, width_m) for ring in outline.rings]
    if all(new is old for new, old in zip(rings, outline.rings, strict=True)):
        return outline
    return outline if crosses(rings) else Outline(rings[0], tuple(rings[1:]))


def _facetted(ring: np.ndarray, width_m: float) -> np.ndarray:
    if len(ring) < _FEWEST:
        return ring
    direction, length = edges(ring)
    if (length < width_m).sum() < 3:
        return ring
    before = preceding(direction)
    turn = np.arctan2(before[:, 0] * direction[:, 1] - before[:, 1] * direction[:, 0], (before * direction).sum(1))
    # where a run may not go on: at sharp corners, and at either end of a long edge
    long = length >= 1.2 * width_m
    hard = (np.abs(turn) > math.radians(SHARPEST_DEG)) | long | preceding(long)
    kept = hard.copy()
    starts = np.nonzero(hard)[0] if hard.any() else np.array([0])
    kept[starts] = True
    for start, end in zip(starts, np.append(starts[1:], starts[0] + len(ring)), strict=True):
        if end - start >= 3:
            kept[_panels(ring, length, int(start), int(end), width_m, closed=not hard.any())] = True
        else:
            kept[np.arange(start, end) % len(ring)] = True
    made = ring[kept]
    change = abs(signed_area(made) - signed_area(ring)) if len(made) >= 3 else math.inf
    return made if len(made) < len(ring) and change <= MOST_CHANGE * abs(signed_area(ring)) else ring


def _panels(ring: np.ndarray, length: np.ndarray, start: int, end: int, width_m: float, closed: bool) -> np.ndarray:
    """The corners between panels of the run from corner `start` to `end`; all of them where panels would leave the line
    too far."""
    every = np.arange(start, end) % len(ring)
    run = np.concatenate([[0.0], np.cumsum(length[every])])
    count = max(int(run[-1] / width_m), 3 if closed else 1)
    wanted = np.linspace(0.0, run[-1], count + 1)[:-1]
    at = np.unique(np.abs(run[:-1, None] - wanted).argmin(0))
    corners = ring[np.append(every, end % len(ring))]
    ends = np.append(at, len(every))
    for low, high in pairwise(ends.tolist()):
        way = corners[high] - corners[low]
        across = np.array([-way[1], way[0]]) / max(float(np.hypot(*way)), 1e-9)
        if np.abs((corners[low : high + 1] - corners[low]) @ across).max() > FARTHEST_M:
            return every
    return np.asarray(every[at])
