# SPDX-License-Identifier: GPL-3.0-or-later
"""A building on its parcel as a few numbers and back: where its rectangle lies, what is cut out of it, how high it is.

The frame is the parcel's smallest rectangle, x along its longer side. A code has NUM_VALUES values, and NUM_CUTS flags
that say which of the cuts are there: one at each corner, one in each side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from .plan_shapes import largest_polygon

# centre x, y as shares of the parcel's half sides; logarithms of width and depth as shares of its sides; angle; log
# height in metres
NUM_PLACED = 6
CORNERS = ((0, 0), (1, 0), (1, 1), (0, 1))
# sides by the axis they lie across and whether it is the far one
SIDES = ((1, 0), (0, 1), (1, 1), (0, 0))
NUM_CUTS = len(CORNERS) + len(SIDES)
# corners: width, depth; sides: middle, width, depth; all as shares of the rectangle
NUM_VALUES = NUM_PLACED + 2 * len(CORNERS) + 3 * len(SIDES)
NUM_RAYS = 16
NUM_TRAITS = 5
NUM_DISTRICT = 3 + NUM_TRAITS
NUM_CONDITIONS = 4 + NUM_RAYS + NUM_DISTRICT
_CELLS = 24
# a cut of a smaller share of the rectangle is none
LEAST_CUT = 0.02
_LEAST_HEIGHT_M = 2.0
# corners are counted where they stand out so far; buildings nearer than this stand against each other
_CORNER_M, _ATTACHED_M = 0.5, 0.5


@dataclass(frozen=True)
class Frame:
    """The axes of a parcel: `centre` (2,), the `angle` of x in radians, `half` (2,) metres, x the longer."""

    centre: np.ndarray
    angle: float
    half: np.ndarray

    def to_local(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) metres in the frame."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        local: np.ndarray = (points - self.centre) @ np.array([[cos, -sin], [sin, cos]])
        return local

    def to_world(self, points: np.ndarray) -> np.ndarray:
        """(N, 2) metres, back from the frame."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        world: np.ndarray = points @ np.array([[cos, sin], [-sin, cos]]) + self.centre
        return world


def frame_of(parcel: shapely.Polygon) -> Frame:
    """The frame of a parcel."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(parcel).normalize())[:4]
    one, two = corners[1] - corners[0], corners[2] - corners[1]
    along, across = (one, two) if np.hypot(*one) >= np.hypot(*two) else (two, one)
    angle = math.atan2(along[1], along[0])
    # one of the two ways along is as good as the other
    angle = angle if -math.pi / 2 < angle <= math.pi / 2 else angle - math.copysign(math.pi, angle)
    half = np.array([np.hypot(*along), np.hypot(*across)]) / 2
    return Frame(corners.mean(0), angle, half)


def conditions_of(parcel: shapely.Polygon, frame: Frame, district: np.ndarray) -> np.ndarray:
    """(NUM_CONDITIONS,) what decides a building beside chance: the parcel's size and shape, and the district."""
    local = shapely.Polygon(frame.to_local(np.array(parcel.exterior.coords)))
    area = local.area
    shape = [math.log(area), *np.log(frame.half), area / (4 * float(frame.half.prod()))]
    angles = np.arange(NUM_RAYS) * 2 * math.pi / NUM_RAYS
    middle = np.array(local.centroid.coords[0])
    reach = 4 * float(frame.half.max())
    ends = middle + reach * np.stack([np.cos(angles), np.sin(angles)], 1)
    rays = shapely.linestrings(np.stack([np.broadcast_to(middle, ends.shape), ends], 1))
    lengths = shapely.length(shapely.intersection(rays, local))
    return np.concatenate([shape, np.log(np.maximum(lengths, 0.1) / math.sqrt(area)), district])


def traits_of(footprints: Sequence[shapely.Polygon]) -> np.ndarray:
    """(N, NUM_TRAITS) what of each building goes into its district's character: log area, how far it fills its smallest
    rectangle, log aspect of that, log of its corners, and 1 where it stands against another."""
    shapes = np.array(footprints, object)
    rectangles = shapely.minimum_rotated_rectangle(shapes)
    sides = np.diff(shapely.get_coordinates(rectangles).reshape(-1, 5, 2)[:, :3], axis=1)
    lengths = np.sort(np.maximum(np.hypot(sides[..., 0], sides[..., 1]), 0.1), axis=1)
    areas = np.maximum(shapely.area(shapes), 1.0)
    corners = np.maximum(shapely.get_num_coordinates(shapely.simplify(shapes, _CORNER_M)) - 1, 3)
    attached = np.zeros(len(shapes))
    if len(shapes) > 1:
        tree = shapely.STRtree(shapes)
        (given, _), gaps = tree.query_nearest(shapes, exclusive=True, return_distance=True, all_matches=False)
        attached[given] = gaps < _ATTACHED_M
    filled = areas / lengths.prod(1)
    return np.stack([np.log(areas), filled, np.log(lengths[:, 1] / lengths[:, 0]), np.log(corners), attached], 1)


def district_of(traits: np.ndarray, heights: np.ndarray, away: np.ndarray) -> np.ndarray:
    """(NUM_DISTRICT,) a district's character from `traits` (N, NUM_TRAITS) of the buildings around, their heights (N,)
    and how far they are (N,) metres: mean and spread of the log heights, how densely built it is, mean traits."""
    log_heights = np.log(np.maximum(heights, _LEAST_HEIGHT_M))
    ground = math.pi * float(away.max() + 5) ** 2
    density = min(float(np.exp(traits[:, 0]).sum()) / ground, 1.0)
    return np.array([log_heights.mean(), log_heights.std(), density, *traits.mean(0)])


def encoded(footprint: shapely.Polygon, height_m: float, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
    """(NUM_VALUES,) float64 and (NUM_CUTS,) bool of a building in its parcel's frame."""
    local = shapely.Polygon(frame.to_local(np.array(footprint.exterior.coords)))
    own = frame_of(local)
    angle, half = own.angle, own.half
    if abs(angle) > math.pi / 4:
        angle, half = angle - math.copysign(math.pi / 2, angle), half[::-1]
    values = np.zeros(NUM_VALUES)
    values[:2] = own.centre / frame.half
    values[2:4] = np.log(half / frame.half)
    values[4] = angle
    values[5] = math.log(max(height_m, _LEAST_HEIGHT_M))
    square = Frame(own.centre, angle, half)
    values[NUM_PLACED:], cuts = _cuts(_mask(local, square))
    return values, cuts


def decoded(values: np.ndarray, cuts: np.ndarray, frame: Frame) -> tuple[shapely.Geometry, float]:
    """The footprint, not yet cut to its parcel, and the height in metres, of a code."""
    square = Frame(values[:2] * frame.half, float(values[4]), np.exp(values[2:4]) * frame.half)
    shape: shapely.Geometry = shapely.box(0, 0, 1, 1)
    taken = [_cut_box(values, number) for number in range(NUM_CUTS) if cuts[number]]
    if taken:
        shape = shape.difference(shapely.union_all(taken))
    whole = largest_polygon(shape)
    if whole is None:
        whole = shapely.box(0, 0, 1, 1)

    def placed(points: np.ndarray) -> np.ndarray:
        return frame.to_world(square.to_world((2 * points - 1) * square.half))

    return shapely.transform(whole, placed), math.exp(float(values[5]))


def signs_of(values: np.ndarray) -> np.ndarray:
    """(N, 2) bool: whether a building's middle lies on the frame's far side of the parcel's, along x and y."""
    far: np.ndarray = values[:, :2] < 0
    return far


def turned(
    values: np.ndarray, cuts: np.ndarray, conditions: np.ndarray, signs: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes and conditions mirrored where `signs` (N, 2) say so: the other way about is the same."""
    for axis in range(2):
        other = (*mirrored(values, cuts, axis), mirrored_conditions(conditions, axis))
        here = signs[:, axis : axis + 1]
        values, cuts, conditions = (
            np.where(here, new, old) for new, old in zip(other, (values, cuts, conditions), strict=True)
        )
    return values, cuts, conditions


def mirrored(values: np.ndarray, cuts: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """The same building in a parcel mirrored along `axis`: (N, NUM_VALUES) and (N, NUM_CUTS)."""
    made, flags = values.copy(), cuts.copy()
    made[:, axis] *= -1
    made[:, 4] *= -1
    for number, corner in enumerate(CORNERS):
        other = CORNERS.index((1 - corner[0], corner[1]) if axis == 0 else (corner[0], 1 - corner[1]))
        made[:, _corner(other)] = values[:, _corner(number)]
        flags[:, other] = cuts[:, number]
    for number, (across, far) in enumerate(SIDES):
        other = SIDES.index((across, 1 - far) if across == axis else (across, far))
        made[:, _side(other)] = values[:, _side(number)]
        if across != axis:
            made[:, _side(other).start] = 1 - values[:, _side(number).start]
        flags[:, 4 + other] = cuts[:, 4 + number]
    return made, flags


def mirrored_conditions(conditions: np.ndarray, axis: int) -> np.ndarray:
    """(N, NUM_CONDITIONS) of the parcel mirrored along `axis`."""
    made = conditions.copy()
    rays = np.arange(NUM_RAYS)
    source = (NUM_RAYS // 2 - rays) % NUM_RAYS if axis == 0 else -rays % NUM_RAYS
    made[:, 4 : 4 + NUM_RAYS] = conditions[:, 4 + source]
    return made


def _corner(number: int) -> slice:
    return slice(NUM_PLACED + 2 * number, NUM_PLACED + 2 * number + 2)


def _side(number: int) -> slice:
    first = NUM_PLACED + 2 * len(CORNERS) + 3 * number
    return slice(first, first + 3)


def _cut_box(values: np.ndarray, number: int) -> shapely.Polygon:
    """What a cut takes of the unit square."""
    if number < len(CORNERS):
        far = np.array(CORNERS[number])
        size = np.clip(values[_corner(number)], 0.03, 0.85)
        low = np.where(far, 1 - size, -0.01)
        high = np.where(far, 1.01, size)
    else:
        across, far_side = SIDES[number - len(CORNERS)]
        middle, width, depth = values[_side(number - len(CORNERS))]
        width, depth = np.clip(width, 0.03, 0.8), np.clip(depth, 0.03, 0.85)
        low, high = np.zeros(2), np.zeros(2)
        low[1 - across], high[1 - across] = middle - width / 2, middle + width / 2
        low[across], high[across] = (1 - depth, 1.01) if far_side else (-0.01, depth)
    return shapely.box(low[0], low[1], high[0], high[1])


def _mask(local: shapely.Polygon, square: Frame) -> np.ndarray:
    """(x, y) bool: which cells of the rectangle the footprint covers."""
    steps = (np.arange(_CELLS) + 0.5) / _CELLS * 2 - 1
    grid = np.stack(np.meshgrid(steps * square.half[0], steps * square.half[1], indexing="ij"), -1)
    points = square.to_world(grid.reshape(-1, 2))
    inside: np.ndarray = shapely.contains_xy(local, points[:, 0], points[:, 1]).reshape(_CELLS, _CELLS)
    return inside


def _cuts(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values and flags of the cuts: the largest empty rectangle at each corner, then in each side."""
    values, flags = np.zeros(NUM_VALUES - NUM_PLACED), np.zeros(NUM_CUTS, bool)
    left = mask.copy()
    for number, corner in enumerate(CORNERS):
        turned = left[:: 1 - 2 * corner[0], :: 1 - 2 * corner[1]]
        width, depth = _corner_rectangle(turned)
        if width * depth >= LEAST_CUT * _CELLS**2:
            flags[number] = True
            values[2 * number : 2 * number + 2] = width / _CELLS, depth / _CELLS
            turned[:width, :depth] = True
    for number, (across, far) in enumerate(SIDES):
        turned = (left if across == 1 else left.T)[:, :: 1 - 2 * far]
        first, last, depth = _side_rectangle(turned)
        if (last - first) * depth >= LEAST_CUT * _CELLS**2:
            flags[4 + number] = True
            at = 2 * len(CORNERS) + 3 * number
            values[at : at + 3] = (first + last) / 2 / _CELLS, (last - first) / _CELLS, depth / _CELLS
            turned[first:last, :depth] = True
    return values, flags


def _leading(mask: np.ndarray) -> np.ndarray:
    """(x,) how many cells from the edge on each column has empty."""
    return np.where(mask.any(1), mask.argmax(1), mask.shape[1])


def _corner_rectangle(mask: np.ndarray) -> tuple[int, int]:
    """(width, depth) in cells of the largest empty rectangle at the first corner."""
    depth = np.minimum.accumulate(_leading(mask))
    area = depth * np.arange(1, len(depth) + 1)
    best = int(area.argmax())
    return (best + 1, int(depth[best])) if area[best] else (0, 0)


def _side_rectangle(mask: np.ndarray) -> tuple[int, int, int]:
    """(first, last, depth) in cells of the largest empty rectangle at the side."""
    depths = _leading(mask)
    best, found = 0, (0, 0, 0)
    for first in np.flatnonzero(depths):
        least = np.minimum.accumulate(depths[first:])
        area = least * np.arange(1, len(least) + 1)
        top = int(area.argmax())
        if area[top] > best:
            best, found = int(area[top]), (int(first), int(first) + top + 1, int(least[top]))
    return found


def footprint_statistics(
    footprint: shapely.Polygon, height_m: float, parcel: shapely.Polygon, frame: Frame
) -> np.ndarray:
    """(NUM_STATISTICS,) what districts are compared by; corners are counted where they stand out half a metre."""
    plain = footprint.simplify(_CORNER_M)
    local = shapely.Polygon(frame.to_local(np.array(footprint.exterior.coords)))
    own = frame_of(local)
    turned = abs(own.angle) % (math.pi / 2)
    area = max(footprint.area, 1.0)
    return np.array(
        [
            math.log(area),
            area / parcel.area,
            math.log(own.half[0] / max(own.half[1], 0.1)),
            area / max(4 * float(own.half.prod()), 0.1),
            float(len(plain.exterior.coords) - 1),
            footprint.length**2 / (16 * area),
            min(turned, math.pi / 2 - turned),
            *(np.abs(own.centre) / frame.half),
            float(footprint.distance(parcel.exterior)),
            math.log(max(height_m, _LEAST_HEIGHT_M)),
            math.log(area * max(height_m, _LEAST_HEIGHT_M)),
        ]
    )


STATISTICS: Sequence[str] = (
    "log area",
    "coverage",
    "log aspect",
    "rectangularity",
    "corners",
    "perimeter2/area",
    "angle to the parcel",
    "offset along",
    "offset across",
    "distance to the boundary",
    "log height",
    "log volume",
)
NUM_STATISTICS = len(STATISTICS)
