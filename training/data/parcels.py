# SPDX-License-Identifier: GPL-3.0-or-later
"""Parcels of land from a TopoJSON file, and the blocks that parcels make where they touch.

A TopoJSON file holds lines ("arcs") that neighbours share, in whole steps of its `transform`; a polygon lists the arcs
of its rings, ~n for arc n backwards (TopoJSON specification 1.0, sections 2.1.3 to 2.1.5).
"""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from ...core.architecture.outline import Outline, clean_outline
from ...core.architecture.plan_shapes import largest_polygon
from ...core.architecture.site import MAX_PARCELS, Site
from ...core.codec import parse_json, show
from ...core.errors import InputError

MAX_TEXT_BYTES = 256 * 2**20
MAX_SHAPES, MAX_POINTS = 500_000, 20_000_000
LEAST_M2 = 20.0
# survey feet, the unit of state plane coordinates in the United States
UNITS_M = {"metres": 1.0, "feet": 1200 / 3937}
# WGS 84, series of the length of a degree (metres) by latitude: National Geospatial-Intelligence Agency
_NORTH, _EAST = (111132.92, -559.82, 1.175), (111412.84, -93.5, 0.118)


@dataclass(frozen=True)
class Parcels:
    """`outlines` in metres, x east and y north of `origin` (2,), the middle of the land in the file's own unit.

    `left_out` counts what could not be used, by reason.
    """

    outlines: tuple[Outline, ...]
    origin: np.ndarray
    left_out: dict[str, int]


def parcel_files(folder: Path) -> tuple[Path, ...]:
    """The files of parcels of a data folder, none where there are none."""
    return tuple(sorted((folder / "architecture" / "city").glob("*/parcels*.topojson*")))


def read_parcels(path: Path, unit: str = "") -> Parcels:
    """The parcels of a .topojson or .topojson.gz file.

    unit: "degrees" of longitude and latitude, "metres" or "feet"; by default degrees where all numbers could be such,
    else an InputError, as is a file that holds no parcels or unpacks to more than 256 MiB.
    """
    plain = parse_json(_text(path), str(path))
    arcs = _arcs(plain, path)
    rings, left_out = _rings(plain, arcs, path)
    if not rings:
        raise InputError(f"{path} holds no parcels: none of its shapes is a polygon. Choose a file of parcels.")
    low, high = (f(np.array([f(part[0], axis=0) for part in rings]), axis=0) for f in (np.min, np.max))
    origin = (low + high) / 2
    scale = _scale(low, high, unit, path)
    outlines = []
    for part in rings:
        made = _outline_or_reason([(ring - origin) * scale for ring in part])
        if isinstance(made, str):
            left_out[made] += 1
        else:
            outlines.append(made)
    return Parcels(tuple(outlines), origin, dict(+left_out))


def blocks(parcels: Parcels, gap_m: float = 1.0) -> list[tuple[int, ...]]:
    """The parcels that touch or lie within `gap_m` of each other, as indices in order; the largest land first.

    The gap is to be narrower than any street: coordinates are rounded when a file is made.
    """
    shapes = [_shape(outline) for outline in parcels.outlines]
    whole = shapely.get_parts(shapely.union_all(shapely.buffer(shapes, gap_m / 2, join_style="mitre")))
    tree = shapely.STRtree(whole)
    inner = shapely.point_on_surface(shapes)
    parcel, block = tree.query(inner, predicate="within")
    grouped: dict[int, list[int]] = {}
    for one, in_block in zip(parcel.tolist(), block.tolist(), strict=True):
        grouped.setdefault(in_block, []).append(one)
    land = {n: sum(parcels.outlines[one].area for one in group) for n, group in grouped.items()}
    return [tuple(sorted(grouped[n])) for n in sorted(grouped, key=lambda n: (-land[n], min(grouped[n])))]


def site_of_block(parcels: Parcels, block: Sequence[int]) -> Site:
    """The site of these parcels, about the middle of their land: `parcels` one by one, `plot` where they are one piece
    of land, without courts between them."""
    chosen = [parcels.outlines[index] for index in block]
    if not 0 < len(chosen) <= MAX_PARCELS:
        raise InputError(f"A block has 1 to {MAX_PARCELS} parcels; {len(chosen)} were given.")
    corners = np.concatenate([outline.outer for outline in chosen])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    moved = tuple(Outline(o.outer - middle, tuple(hole - middle for hole in o.holes)) for o in chosen)
    return Site(plot=_land(moved), parcels=moved)


def _land(parcels: Sequence[Outline]) -> Outline | None:
    shapes = [_shape(outline) for outline in parcels]
    # a little wider and back, so that slivers between neighbours close
    grown = shapely.union_all(shapely.buffer(shapes, 0.5, join_style="mitre"))
    whole = largest_polygon(shapely.simplify(shapely.buffer(grown, -0.5, join_style="mitre"), 0.1))
    if whole is None or whole.area < 0.98 * sum(shape.area for shape in shapes):
        return None
    made = _outline_or_reason([np.array(whole.exterior.coords)])
    return None if isinstance(made, str) else made


def _text(path: Path) -> bytes:
    """The file's text, unpacked, never more than is allowed."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            text = bytes(file.read(MAX_TEXT_BYTES + 1))
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"The file of parcels {path} cannot be read: {error}. Choose another.") from error
    if len(text) > MAX_TEXT_BYTES:
        raise InputError(f"{path} holds more than {MAX_TEXT_BYTES >> 20} MiB of text. Divide it.")
    return text


def _arcs(plain: Any, path: Path) -> list[np.ndarray]:
    """Each arc (n, 2) float64 in the file's unit."""
    if not isinstance(plain, dict) or plain.get("type") != "Topology" or not isinstance(plain.get("arcs"), list):
        raise InputError(f"{path} is no TopoJSON file: it must be an object of the type 'Topology' with 'arcs'.")
    transform = plain.get("transform")
    try:
        arcs = [np.array([point[:2] for point in arc], np.float64).reshape(-1, 2) for arc in plain["arcs"]]
        scale, move = (
            (np.array(transform[key], np.float64).reshape(2) for key in ("scale", "translate"))
            if transform is not None
            else (np.ones(2), np.zeros(2))
        )
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise InputError(f"{path} is no TopoJSON file: its arcs are not lists of points. Make it again.") from error
    if sum(map(len, arcs)) > MAX_POINTS:
        raise InputError(f"{path} has more than {MAX_POINTS} points. Divide it.")
    if transform is not None:
        # in steps from point to point where there is a transform
        with np.errstate(over="ignore", invalid="ignore"):
            arcs = [np.cumsum(arc, axis=0) * scale + move for arc in arcs]
    if not all(np.isfinite(arc).all() for arc in arcs):
        raise InputError(f"{path} has points that are not finite numbers. Make it again.")
    return arcs


def _rings(plain: dict[str, Any], arcs: list[np.ndarray], path: Path) -> tuple[list[list[np.ndarray]], Counter[str]]:
    """The rings of each polygon, the outer one first; a multipolygon is several."""
    left_out: Counter[str] = Counter()
    made = []
    objects = plain.get("objects")
    shapes = [shape for one in objects.values() for shape in _shapes(one)] if isinstance(objects, dict) else []
    if len(shapes) > MAX_SHAPES:
        raise InputError(f"{path} has {len(shapes)} shapes; {MAX_SHAPES} are the most. Divide it.")
    for shape in shapes:
        kind, given = shape.get("type"), shape.get("arcs")
        polygons = [given] if kind == "Polygon" else given if kind == "MultiPolygon" else []
        if not isinstance(polygons, list) or not polygons:
            left_out["it is no polygon"] += 1
            continue
        for polygon in polygons:
            try:
                made.append([_ring(ring, arcs) for ring in polygon])
            except (TypeError, IndexError, ValueError) as error:
                raise InputError(f"{path}: a polygon's arcs {show(polygon)} are not in the file.") from error
    if sum(len(ring) for part in made for ring in part) > 2 * MAX_POINTS:
        raise InputError(f"{path} has more than {2 * MAX_POINTS} corners. Divide it.")
    whole = [part for part in made if part and min(map(len, part)) > 2]
    left_out["it has no area"] += len(made) - len(whole)
    return whole, left_out


def _shapes(plain: Any) -> list[dict[str, Any]]:
    """The shapes of an object, one level of collection opened."""
    if not isinstance(plain, dict):
        return []
    inner = plain.get("geometries") if plain.get("type") == "GeometryCollection" else [plain]
    return [shape for shape in inner if isinstance(shape, dict)] if isinstance(inner, list) else []


def _ring(numbers: Any, arcs: list[np.ndarray]) -> np.ndarray:
    """The arcs one after the other; each begins where the one before ended."""
    pieces = []
    for number in numbers:
        back = number < 0
        index = ~number if back else number
        pieces.append(arcs[index][::-1][:-1] if back else arcs[index][:-1])
    return np.concatenate(pieces)


def _scale(low: np.ndarray, high: np.ndarray, unit: str, path: Path) -> np.ndarray:
    """Metres of a step east and north."""
    degrees = bool((np.abs([low, high]) <= (180, 90)).all())
    if unit in UNITS_M:
        return np.full(2, UNITS_M[unit])
    if unit not in ("", "degrees"):
        raise InputError(f"Coordinates are in 'degrees', 'metres' or 'feet'; {show(unit)} was given.")
    if not degrees:
        raise InputError(
            f"The coordinates of {path}, up to ({high[0]:g}, {high[1]:g}), are no degrees. Say whether they are "
            "'metres' or 'feet'."
        )
    latitude = np.radians((low[1] + high[1]) / 2)
    north = _NORTH[0] + _NORTH[1] * np.cos(2 * latitude) + _NORTH[2] * np.cos(4 * latitude)
    east = _EAST[0] * np.cos(latitude) + _EAST[1] * np.cos(3 * latitude) + _EAST[2] * np.cos(5 * latitude)
    return np.array([east, north])


def _outline_or_reason(rings: list[np.ndarray]) -> Outline | str:
    try:
        outline = clean_outline(rings[0], rings[1:])
    except InputError:
        return "its boundary crosses itself, or is too long or too small"
    if outline.area < LEAST_M2:
        return f"it has less than {LEAST_M2:g} m2"
    return outline


def _shape(outline: Outline) -> shapely.Polygon:
    return shapely.Polygon(outline.outer, outline.holes)
