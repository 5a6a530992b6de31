# SPDX-License-Identifier: GPL-3.0-or-later
"""Random outlines, front doors and room programmes: what plans are judged on.

Dwellings of 55 to 140 m2 with one to four bedrooms, from two bedrooms on with a hall that every bedroom and bath and
the living room open to; rectangles, L, U and T shapes, and rectangles with one side askew, turned and mirrored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...core.architecture.outline import Outline, clean_outline
from ...core.architecture.programme import Programme, parse_programme

SHAPES = ("rectangle", "L", "U", "T", "skewed")
# how far the front door's middle is from the corners of its wall
DOOR_M = 0.9


@dataclass(frozen=True)
class PlanTask:
    """One plan to make: `shape` one of SHAPES, `front_door` (2,) float64 metres."""

    outline: Outline
    front_door: np.ndarray
    programme: Programme
    shape: str


def plan_task(number: int, seed: int = 77) -> PlanTask:
    """The task of that number; shapes take turns."""
    random = np.random.default_rng([number, seed])
    shape = SHAPES[number % len(SHAPES)]
    outline = clean_outline(_ring(shape, random))
    programme = _programme(outline.area, random)
    ring, after = outline.outer, np.roll(outline.outer, -1, 0)
    length = np.hypot(*(after - ring).T)
    wide = np.flatnonzero(length > 2 * DOOR_M + 0.4)
    side = int(random.choice(wide, p=length[wide] / length[wide].sum()))
    ahead = random.uniform(DOOR_M, length[side] - DOOR_M)
    return PlanTask(outline, ring[side] + (after[side] - ring[side]) / length[side] * ahead, programme, shape)


def _programme(area: float, random: np.random.Generator) -> Programme:
    bedrooms = int(np.clip(round(area / 32) + random.integers(-1, 2), 1, 4))
    rooms = [("living", 30.0), ("kitchen", 10.0)]
    rooms += [("bedroom", 15.0 if n == 0 else 11.5) for n in range(bedrooms)]
    rooms += [("bath", 5.0)] * (1 + (bedrooms >= 3))
    pairs = ["living-kitchen"]
    if bedrooms >= 2:
        rooms.append(("hall", 6.0 + 1.5 * bedrooms))
        pairs.append("living-hall")
    hub = "hall" if bedrooms >= 2 else "living"
    pairs += [f"{hub}-bedroom", f"{hub}-bath"]
    scale = area / sum(size for _, size in rooms)
    return parse_programme(", ".join(f"{use} {size * scale:.2f}" for use, size in rooms) + "; " + ", ".join(pairs))


def _ring(shape: str, random: np.random.Generator) -> np.ndarray:
    area, aspect = random.uniform(55, 140), random.uniform(0.6, 1.6)
    width = math.sqrt(area * aspect)
    depth = area / width
    if shape == "rectangle":
        ring = [(0, 0), (width, 0), (width, depth), (0, depth)]
    elif shape == "skewed":
        out = random.uniform(0.08, 0.22) * width
        ring = [(0, 0), (width, 0), (width + out, depth), (0, depth)]
    else:
        width, depth = 1.12 * width, 1.12 * depth
        ring = _notched(
            shape, width, depth, width * random.uniform(0.25, 0.45), depth * random.uniform(0.25, 0.45), random
        )
    turned = np.array(ring, np.float64)
    for _ in range(int(random.integers(0, 4))):
        turned = np.stack([-turned[:, 1], turned[:, 0]], 1)
    return turned * [-1, 1] if random.random() < 0.5 else turned


def _notched(
    shape: str, width: float, depth: float, across: float, deep: float, random: np.random.Generator
) -> list[tuple[float, float]]:
    """An L, U or T: a rectangle that lacks `across` by `deep` at a corner, in a side, or half of it at two corners."""
    low = depth - deep
    if shape == "L":
        return [(0, 0), (width, 0), (width, low), (width - across, low), (width - across, depth), (0, depth)]
    if shape == "U":
        start = width * random.uniform(0.2, 0.4)
        end = start + across
        return [(0, 0), (width, 0), (width, depth), (end, depth), (end, low), (start, low), (start, depth), (0, depth)]
    half = across / 2
    top = [(width - half, low), (width - half, depth), (half, depth), (half, low)]
    return [(0, 0), (width, 0), (width, low), *top, (0, low)]
