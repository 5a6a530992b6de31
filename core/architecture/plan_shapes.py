# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the rings of a plan and shapely's polygons, which cut and join plans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely import Geometry, Polygon, force_2d, get_parts, set_precision
from shapely.geometry.polygon import orient

# pieces with less area than this are none
SLIVER_M2 = 0.05
# no coordinate of a plan is told more exactly
GRID_M = 1e-4

Rings = tuple[np.ndarray, ...]


def polygon_of(rings: Sequence[np.ndarray]) -> Polygon:
    """The polygon within rings, mended where they touch themselves."""
    made = Polygon(rings[0], [ring for ring in rings[1:]])
    return made if made.is_valid else made.buffer(0)


def largest_polygon(shape: Geometry) -> Polygon | None:
    """The largest polygon of a geometry, None where there is none."""
    parts = [part for part in get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    return max(parts, key=lambda part: float(part.area), default=None)


def rings_of(shape: object, sliver_m: float = 0.0) -> list[Rings]:
    """The pieces of a shapely shape, largest first, without slivers: narrower than `sliver_m` or under SLIVER_M2."""
    if sliver_m:
        opened = shape.buffer(-sliver_m / 2, join_style="mitre")  # type: ignore[attr-defined]
        shape = opened.buffer(sliver_m / 2, join_style="mitre").intersection(shape)
    whole = set_precision(force_2d(shape), GRID_M)
    parts = [part for part in getattr(whole, "geoms", [whole]) if isinstance(part, Polygon)]
    parts = [part for part in parts if part.area >= SLIVER_M2]
    parts.sort(key=lambda part: (-part.area, part.bounds))
    made = []
    for part in parts:
        # corners that a straight side does not need make triangles without area
        plain = part.simplify(GRID_M, preserve_topology=True)
        part = orient(plain if plain.is_valid and not plain.is_empty else part)
        made.append((_ring(part.exterior), *(_ring(hole) for hole in part.interiors if abs(Polygon(hole).area) > 1e-3)))
    return made


def _ring(line: object) -> np.ndarray:
    return np.array(line.coords, np.float64)[:-1]  # type: ignore[attr-defined]
