# SPDX-License-Identifier: GPL-3.0-or-later
"""Designs on a lattice made into floor plates: exact outlines within the limits, their floor area as asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import InputError
from .massing import Massing
from .massing_brief import MassingBrief
from .massing_grid import MassingGrid
from .massing_lattice import Design
from .massing_pieces import Buildable, pieces_of
from .outline import Outline, clean_outline

# plates that no stair would fit into are left out
LEAST_PLATE_M2 = 36.0
# corners that only touch are drawn apart by this much
APART_M = 0.02
CLOSE, ENOUGH = 0.0005, 0.004
SNAP_M = 1e-5


def plates_of(design: Design, ground: Buildable, brief: MassingBrief, core_width_m: float) -> Massing:
    """The floor plates of a design: what stands higher than the limit is left out, and so are plates under
    LEAST_PLATE_M2 or without room for the core. Each plate stands within one of the storey below."""
    import shapely
    from shapely import affinity

    pieces, shapes = pieces_of(design.lattice, ground)
    tops = np.zeros(len(pieces.areas) + 1, np.int64)
    np.maximum.at(tops, pieces.of_lattice, design.storeys.clip(0, brief.most_storeys))
    tops[-1] = 0
    heights = tops[pieces.of_lattice]
    plates: list[tuple[Outline, ...]] = []
    for storey in range(int(heights.max(initial=0))):
        if plates and not ((heights == storey).any()):
            plates.append(plates[-1])
            continue
        # else pieces whose common side differs in the last digit stay two plates
        whole = shapely.union_all(shapes[heights > storey], grid_size=SNAP_M)
        whole = affinity.rotate(whole, np.degrees(design.lattice.angle), origin=(0, 0))
        whole = affinity.translate(whole, *ground.centre)
        plates.append(tuple(_outlines(whole, core_width_m)))
    while plates and not plates[-1]:
        plates.pop()
    return Massing(tuple(plates), (brief.storey_height_m,) * len(plates))


def exact(
    design: Design, ground: Buildable, brief: MassingBrief, core_width_m: float, target_m2: float
) -> Design | None:
    """The design with its lattice a little larger or smaller so that the plates have the floor area within 0.4 %; None
    where that cannot be, or takes more of the plot than the coverage allows."""
    factor, best, off = 1.0, design, np.inf
    for _ in range(8):
        scaled = replace(design, lattice=design.lattice.scaled(factor))
        massing = plates_of(scaled, ground, brief, core_width_m)
        error = massing.gross_floor_area_m2 / target_m2 - 1
        if abs(error) < off and footprint_m2(massing) <= brief.coverage * target_m2 / brief.floor_area_ratio:
            best, off = scaled, abs(error)
        if abs(error) < CLOSE or massing.gross_floor_area_m2 <= 0:
            break
        factor = float(np.clip(factor * (1 + error) ** -0.6, 0.9, 1.1))
    return best if off <= ENOUGH else None


def footprint_m2(massing: Massing) -> float:
    """The plot's area that is built on."""
    return sum(plate.area for plate in massing.plates[0]) if massing.plates else 0.0


def plates_of_cells(storeys: np.ndarray, grid: MassingGrid, brief: MassingBrief) -> Massing:
    """The floor plates of `storeys` (ny, nx) int64 above each cell of a grid."""
    import shapely
    from shapely import affinity

    half = grid.cell_m / 2
    boxes = shapely.box(grid.x_m - half, grid.y_m - half, grid.x_m + half, grid.y_m + half)
    plates: list[tuple[Outline, ...]] = []
    for storey in range(int(storeys.max(initial=0))):
        whole = shapely.union_all(shapely.set_precision(boxes[storeys > storey], 1e-3))
        whole = affinity.translate(affinity.rotate(whole, np.degrees(grid.angle), origin=(0, 0)), *grid.centre)
        plates.append(tuple(_outlines(whole, 0.0)))
    return Massing(tuple(plates), (brief.storey_height_m,) * len(plates))


def storeys_on(massing: Massing, grid: MassingGrid) -> np.ndarray:
    """(ny, nx) int64 storeys above each cell whose centre a plate holds: the same massing on a grid, to be scored."""
    import shapely

    cos, sin = np.cos(grid.angle), np.sin(grid.angle)
    x, y = grid.x_m.astype(np.float64), grid.y_m.astype(np.float64)
    points = np.stack([x * cos - y * sin, x * sin + y * cos], -1)[grid.site] + grid.centre
    counts = np.zeros(len(points), np.int64)
    for _, number, plates in massing.tiers():
        for plate in plates:
            shape = shapely.Polygon(plate.outer, plate.holes)
            shapely.prepare(shape)
            counts += number * shapely.contains_xy(shape, points[:, 0], points[:, 1])
    storeys = np.zeros(grid.shape, np.int64)
    storeys[grid.site] = counts
    return storeys


def _outlines(shape: object, core_width_m: float) -> list[Outline]:
    """The polygons of a shape that can be plates."""
    import shapely

    made = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon" or part.area < (LEAST_PLATE_M2 if core_width_m else 2.0):
            continue
        if core_width_m and part.buffer(-0.4 * core_width_m).is_empty:
            continue
        try:
            made.append(_outline(part))
        except InputError:
            # rings that touch in a point
            narrower = part.buffer(-APART_M, join_style="mitre")
            made += [_outline(one) for one in shapely.get_parts(narrower) if one.area >= LEAST_PLATE_M2]
    return made


def _outline(part: object) -> Outline:
    exterior, interiors = part.exterior, part.interiors  # type: ignore[attr-defined]
    return clean_outline(np.asarray(exterior.coords)[:-1], [np.asarray(ring.coords)[:-1] for ring in interiors])
