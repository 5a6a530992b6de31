# SPDX-License-Identifier: GPL-3.0-or-later
"""Real buildings with the land that is taken for theirs and the district around them, as numbers to learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from ...core.architecture.form_code import Frame, conditions_of, district_of, encoded, frame_of, traits_of
from ...core.architecture.plan_shapes import largest_polygon
from ...core.errors import InputError
from ..data.city_buildings import CityBuildings, city_files, file_sha256, read_city
from ..data.pseudo_parcels import LEAST_FOOTPRINT_M2, pseudo_parcels

# parcels of a window are taken together; buildings this much further out hold their ground
WINDOW_M, AROUND_M = 110.0, 60.0
NUM_NEAREST = 20
TALLEST_M = 120.0


@dataclass(frozen=True)
class CityFile:
    """A city's file of buildings: what is split into what is learned from and what is judged on."""

    name: str
    family: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Built:
    """A building on its land: polygons about the parcel's window, metres; `conditions` (NUM_CONDITIONS,)."""

    footprint: shapely.Polygon
    height_m: float
    parcel: shapely.Polygon
    frame: Frame
    conditions: np.ndarray
    city: str


def scan_cities(folder: Path) -> tuple[CityFile, ...]:
    """The city files below a data folder; none is an InputError."""
    found = []
    for path in city_files(folder):
        found.append(CityFile(path.stem, path.stem, path, file_sha256(path)))
    if not found:
        raise InputError(
            f"There are no buildings of a city in {folder / 'architecture' / 'city'}. Put .npz files with "
            "centroid_m, height_m, fp_q, fp_off and quant_m there."
        )
    return tuple(found)


def built_of(
    file: CityFile, count: int, seed: int, heard: Callable[[float], None] = lambda fraction: None
) -> list[Built]:
    """About `count` buildings of a city, whole windows of neighbours at a time."""
    city = read_city(file.path)
    random = np.random.default_rng(seed)
    found: list[Built] = []
    for index in random.permutation(len(city))[: max(4 * count // 20, 8)]:
        found += _window(city, int(index), file.name)
        heard(min(len(found) / count, 1.0))
        if len(found) >= count:
            break
    return found[:count]


def _window(city: CityBuildings, first: int, name: str) -> list[Built]:
    away = np.hypot(*(city.centroids - city.centroids[first]).T)
    near = np.flatnonzero(away < WINDOW_M + AROUND_M)
    if len(near) < NUM_NEAREST + 1:
        return []
    wanted = away[near] < WINDOW_M
    middles = city.centroids[near] - city.centroids[first]
    footprints = [city.footprint(int(index)) - city.centroids[first] for index in near]
    shapes = [_shape(ring) for ring in footprints]
    traits = traits_of(shapes)
    made = []
    for number, parcel in enumerate(pseudo_parcels(footprints, wanted)):
        height = float(city.heights[near[number]])
        footprint = shapes[number]
        if parcel is None or footprint.area < LEAST_FOOTPRINT_M2 or height > TALLEST_M:
            continue
        apart = np.hypot(*(middles - middles[number]).T)
        others = np.argsort(apart, kind="stable")[1 : NUM_NEAREST + 1]
        district = district_of(traits[others], city.heights[near[others]], apart[others])
        frame = frame_of(parcel)
        conditions = conditions_of(parcel, frame, district)
        made.append(Built(shapely.Polygon(footprint.exterior), height, parcel, frame, conditions, name))
    return made


def _shape(ring: np.ndarray) -> shapely.Polygon:
    """The footprint, the largest part of one that crosses itself; a small circle where nothing is left."""
    whole = largest_polygon(shapely.make_valid(shapely.Polygon(ring)))
    return whole if whole is not None else shapely.Point(ring.mean(0)).buffer(1)


def codes_of(built: list[Built]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N, NUM_VALUES), (N, NUM_CUTS) bool and (N, NUM_CONDITIONS), float64."""
    pairs = [encoded(one.footprint, one.height_m, one.frame) for one in built]
    conditions = np.array([one.conditions for one in built])
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]), conditions
