# SPDX-License-Identifier: GPL-3.0-or-later
"""Balconies: a slab with a railing in front of an opening that goes down to the floor, copies of one mesh a kind.

They stand above the ground, over nothing but air, within the plot, and away from neighbours and party walls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from ..asset import Element, Instances, Mesh
from .boxes import Box, box_corners, six_sided
from .building_parts import Extra
from .building_style import BuildingStyle
from .facade import BALCONY_MARK, Bays, FacadeStyle
from .wall_offset import edges

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from .building_openings import OpeningRun

SLOTS = ("balcony", "railing")
SLAB_M, RAIL_M = 0.18, 1.0
# to a wall, a neighbour, or the plot's edge, at least
CLEAR_M = 0.1
# past the opening on either side
_LEAST_PAST_M, _MOST_PAST_M = 0.12, 0.5
_BAR_M, _BARS_M = 0.02, 0.12
NO_PLAN = np.zeros((0, 2))


def with_balconies(
    bays: Bays,
    ring: np.ndarray,
    is_open: np.ndarray,
    facade: FacadeStyle,
    style: BuildingStyle,
    solid: shapely.Geometry,
    plot: shapely.Geometry | None,
) -> Bays:
    """The bays with the share of `style.balconies` of them marked BALCONY_MARK, as evenly as it goes.

    `solid` is what no balcony may reach into: the plates of these storeys and of the one below, and neighbours; `plot`
    is what it must stay in.
    """
    direction, length = edges(ring)
    half = balcony_half(facade)
    along, outwards = direction[bays.edge], np.stack([direction[bays.edge, 1], -direction[bays.edge, 0]], 1)
    foot = ring[bays.edge] + bays.centre[:, None] * along
    corners = np.stack(
        [foot + x * along + y * outwards for x, y in ((-half, 0.02), (-half, 1), (half, 1), (half, 0.02))], 1
    )
    # the outer corners out by the balcony's depth
    corners[:, 1:3] += (style.balcony_m - 1) * outwards[:, None]
    plans = shapely.polygons(corners)
    fits = (bays.mark == 0) & is_open[bays.edge] & (bays.centre >= half) & (bays.centre <= length[bays.edge] - half)
    fits &= ~shapely.intersects(solid, plans)
    if plot is not None:
        fits &= shapely.contains(plot, plans)
    chosen = fits & _share_of_places(bays.edge, fits, style.balconies)
    return replace(bays, mark=np.where(chosen, BALCONY_MARK, bays.mark))


def _share_of_places(edge: np.ndarray, fits: np.ndarray, share: float) -> np.ndarray:
    """(B,) bool: about `share` of the bays that fit on each edge, alike from both of its ends."""
    before = np.cumsum(fits) - fits
    first = np.searchsorted(edge, edge)
    rank = before - before[first]
    count = np.bincount(edge, fits, minlength=int(edge.max(initial=0)) + 1)[edge]
    place = np.minimum(rank, count - 1 - rank)
    # the last of them in each round: an end of a facade rather has none
    return np.asarray(np.floor((place + 1) * share + 1e-9) > np.floor(place * share + 1e-9))


def balcony_half(facade: FacadeStyle) -> float:
    """Half the width of the balconies of a facade: they never touch each other."""
    width = facade.middle.width_m
    return width / 2 + min(max((facade.bay_m - width) / 2 - 0.2, _LEAST_PAST_M), _MOST_PAST_M)


def balconies_of(openings: Sequence[OpeningRun], facade: FacadeStyle, depth_m: float) -> Extra:
    """The balconies in front of openings of the kinds named `balcony ...`."""
    places = [(run.storey, _on_floor(run)) for run in openings if run.placed.kind.name.startswith("balcony")]
    if not places:
        return Extra(report={"num_balconies": 0.0})
    half = balcony_half(facade)
    mesh = balcony_mesh("balcony", half, depth_m)
    count: dict[str, int] = {}
    elements = []
    figures = {"net_area_m2": 2 * half * depth_m, "thickness_m": SLAB_M, "width_m": 2 * half}
    for storey, transforms in places:
        for _ in transforms:
            count[storey.name] = count.get(storey.name, 0) + 1
            id_ = f"{storey.name} balcony {count[storey.name]}"
            elements.append(Element(id_, "IfcSlab", storey.name, storey.name, mesh.name, NO_PLAN, figures))
    copies = Instances(mesh.name, np.concatenate([transforms for _, transforms in places]))
    return Extra((mesh,), (copies,), tuple(elements), {"num_balconies": float(len(elements))})


def _on_floor(run: OpeningRun) -> np.ndarray:
    """(K, 4, 4) float32: where the openings of a run stand, on their storey's floor."""
    transforms = run.placed.transforms.copy()
    transforms[:, 2, 3] = run.storey.elevation_m
    return transforms


def balcony_mesh(name: str, half_m: float, depth_m: float) -> Mesh:
    """A balcony in its opening's space: x along the wall, y into the building, the floor at 0."""
    low, top = -SLAB_M - 0.02, -0.02
    boxes: list[Box] = [(-half_m, half_m, -depth_m, 0.0, low, top)]
    front, side = -depth_m + 0.03, half_m - 0.03
    across = np.linspace(-side, side, max(2, round(2 * side / _BARS_M)) + 1)
    back = np.linspace(front, -0.06, max(1, round((-0.06 - front) / _BARS_M)) + 1)[1:]
    b, head = _BAR_M / 2, RAIL_M - 0.04
    boxes += [(float(x) - b, float(x) + b, front - b, front + b, top, head) for x in across]
    for x in (-side, side):
        boxes += [(x - b, x + b, float(y) - b, float(y) + b, top, head) for y in back]
    boxes.append((-side - _BAR_M, side + _BAR_M, front - _BAR_M, front + _BAR_M, head, RAIL_M))
    boxes += [(x - _BAR_M, x + _BAR_M, front + _BAR_M, -0.01, head, RAIL_M) for x in (-side, side)]
    slots = np.minimum(np.arange(len(boxes)), 1)
    return six_sided(name, box_corners(boxes), slots, SLOTS)
