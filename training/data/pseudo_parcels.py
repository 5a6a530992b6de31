# SPDX-License-Identifier: GPL-3.0-or-later
"""Parcels for buildings that came without: the land nearer to a building than to any other, up to 15 m from it.

Real parcels are not known for these buildings; a Voronoi cell of the footprints stands in for one (clipped, since the
land of a lone building would have no end).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from ...core.architecture.outline import Outline, clean_outline
from ...core.architecture.plan_shapes import largest_polygon
from ...core.architecture.site import Neighbour, Site
from ...core.errors import InputError
from .city_buildings import CityBuildings

REACH_M = 15.0
# footprints are sampled so finely for the cells between them
_SAMPLE_M = 2.0
_SIMPLE_M = 0.3
_GRID_M = 1e-3
LEAST_FOOTPRINT_M2 = 15.0
NEIGHBOURHOOD_M = 60.0
# parcels are looked at within this far of a site's first building
_WINDOW_M = 140.0


def pseudo_parcels(footprints: Sequence[np.ndarray], wanted: np.ndarray | None = None) -> list[shapely.Polygon | None]:
    """The cell of each footprint (n, 2) metres, None where it has none of its own.

    Only those `wanted` (N,) bool are made; the others hold their ground.
    """
    shapes = [_valid(ring) for ring in footprints]
    lines = [shapely.segmentize(shape.boundary, _SAMPLE_M) for shape in shapes]
    counts = [shapely.get_num_coordinates(line) for line in lines]
    points = shapely.get_coordinates(lines)
    owner = np.repeat(np.arange(len(shapes)), counts)
    points, first = np.unique(points.round(3), axis=0, return_index=True)
    owner = owner[first]
    # one cell a point, in their order
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
    made: list[shapely.Polygon | None] = []
    for number, shape in enumerate(shapes):
        if (wanted is not None and not wanted[number]) or shape.area < LEAST_FOOTPRINT_M2:
            made.append(None)
            continue
        # a little wider, so that what touches is one
        whole = shapely.union_all(shapely.buffer([*cells[owner == number], shape], _GRID_M, join_style="mitre"))
        cell = whole.intersection(shape.buffer(REACH_M))
        made.append(largest_polygon(cell.simplify(_SIMPLE_M)))
    return made


def sites_with_neighbours(
    city: CityBuildings, seed: int, count: int, least_m2: float, most_m2: float, tries: int = 400
) -> list[Site]:
    """`count` sites by chance: pseudo-parcels that lie beside each other, united until the plot has an area between
    `least_m2` and `most_m2`, with the real buildings within NEIGHBOURHOOD_M around. The plot's centre is the origin.

    Fewer where the city has not so many.
    """
    random = np.random.default_rng(seed)
    sites: list[Site] = []
    for _ in range(tries):
        if len(sites) == count:
            break
        site = _site_or_none(city, int(random.integers(len(city))), float(random.uniform(least_m2, most_m2)), most_m2)
        if site is not None:
            sites.append(site)
    return sites


def _site_or_none(city: CityBuildings, first: int, wanted_m2: float, most_m2: float) -> Site | None:
    away = np.hypot(*(city.centroids - city.centroids[first]).T)
    near = np.flatnonzero(away < _WINDOW_M + NEIGHBOURHOOD_M)
    if len(near) < 8:
        return None
    near = near[np.argsort(away[near], kind="stable")]
    footprints = [city.footprint(int(index)) - city.centroids[first] for index in near]
    cells = pseudo_parcels(footprints, away[near] < _WINDOW_M)
    taken, plot = _united(cells, wanted_m2)
    if plot is None or not 0.8 * wanted_m2 <= plot.area <= most_m2:
        return None
    return _site(plot, [f for n, f in enumerate(footprints) if n not in taken], city.heights[near], taken)


def _united(cells: Sequence[shapely.Polygon | None], wanted_m2: float) -> tuple[set[int], shapely.Polygon | None]:
    """The first cell and those beside it, nearest first, until there is enough land; without dents and holes."""
    if cells[0] is None:
        return set(), None
    taken, whole = {0}, cells[0]
    while whole.area < wanted_m2:
        beside = [n for n, c in enumerate(cells) if c is not None and n not in taken and c.distance(whole) < 0.5]
        if not beside:
            break
        # what keeps the plot compact: the one that shares most of its boundary
        best = max(beside, key=lambda n: _shared(cells[n], whole))
        taken.add(best)
        whole = shapely.union(whole, cells[best])
    closed = whole.buffer(3, join_style="mitre").buffer(-3, join_style="mitre").simplify(1.0)
    plot = largest_polygon(closed)
    return taken, None if plot is None else shapely.Polygon(plot.exterior)


def _shared(cell: shapely.Polygon | None, whole: shapely.Geometry) -> float:
    assert cell is not None
    return float(cell.buffer(0.5).intersection(whole).area / cell.length)


def _site(plot: shapely.Polygon, around: list[np.ndarray], heights: np.ndarray, taken: set[int]) -> Site | None:
    centre = np.array(plot.centroid.coords[0])
    left = [float(heights[n]) for n in range(len(heights)) if n not in taken]
    neighbours = []
    for ring, height in zip(around, left, strict=True):
        shape = shapely.Polygon(ring)
        outside = largest_polygon(shapely.make_valid(shape).difference(plot.buffer(0.5)))
        if outside is None or outside.area < LEAST_FOOTPRINT_M2 or outside.distance(plot) > NEIGHBOURHOOD_M:
            continue
        cleaned = _clean_or_none(np.array(outside.exterior.coords)[:-1] - centre)
        if cleaned is not None and height > 2:
            neighbours.append(Neighbour(cleaned.outer, height))
    outline = _clean_or_none(np.array(plot.exterior.coords)[:-1] - centre)
    return None if outline is None else Site(plot=outline, neighbours=tuple(neighbours))


def _valid(ring: np.ndarray) -> shapely.Polygon:
    """The footprint, the largest part of one that crosses itself."""
    return largest_polygon(shapely.make_valid(shapely.Polygon(ring))) or shapely.Polygon()


def _clean_or_none(ring: np.ndarray) -> Outline | None:
    try:
        return clean_outline(ring)
    except InputError:
        return None
