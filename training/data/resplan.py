# SPDX-License-Identifier: GPL-3.0-or-later
"""Floor plans of the data set ResPlan as ours (Abouagour and Garyfallidis 2025, arXiv:2508.14006).

A plan is an object with a list of polygons a category (`living`, `bedroom`, `bathroom`, ..., `door`, `front_door`), its
walls' `inner` outline and its `area` in square metres; coordinates are in a unit of the plan's own, so that a metre is
sqrt(area / area of `inner`) of it. A polygon is WKT, GeoJSON or a list of corners. Only JSON is read: unpickling a file
would run whatever is in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from ...core.architecture.floor_plan import FloorPlan
from ...core.codec import parse_json, show
from ...core.errors import InputError
from .resplan_tiling import plan_of

MAX_FILE_BYTES, MAX_LINE_BYTES = 2**30, 4 * 2**20
MAX_PLANS, MAX_POLYGONS, MAX_CORNERS = 50_000, 400, 2000
LEAST_M2, MOST_M2 = 12.0, 1500.0
USE_OF = {
    "living": "living",
    "kitchen": "kitchen",
    "dining": "dining",
    "bedroom": "bedroom",
    "bathroom": "bath",
    "toilet": "toilet",
    "corridor": "hall",
    "hall": "hall",
    "storage": "storage",
    "stair": "stairs",
    "stairs": "stairs",
}
_DOORS = ("door", "front_door")
_WKT = re.compile(r"\s*(?:MULTI)?POLYGON", re.IGNORECASE)
_PICKLE = (
    "{path} is a pickle, which can run any program when it is read, so Maquette does not. Where you trust it, convert "
    "it with a script of your own: load it, turn every shapely geometry into its `.wkt`, and write one plan a line "
    "with json.dumps into a .jsonl file."
)


@dataclass(frozen=True)
class ResPlans:
    """`plans` by the name of each, in the file's order; `left_out` as "name: reason"."""

    plans: dict[str, FloorPlan]
    left_out: tuple[str, ...]

    def report(self) -> str:
        """What was taken and what not, as lines of text."""
        lines = [f"{len(self.plans)} floor plans were taken."]
        if self.left_out:
            lines += [f"Left out were {len(self.left_out)}:", *(f"  {one}" for one in self.left_out)]
        return "\n".join(lines)


def read_resplan(path: Path) -> ResPlans:
    """The plans of a .json (a list) or .jsonl file (one a line); an InputError where there is not one that fits."""
    plans: dict[str, FloorPlan] = {}
    left_out = []
    for number, plain in enumerate(_plain_plans(path), 1):
        if number > MAX_PLANS:
            raise InputError(f"{path} has more than {MAX_PLANS} plans. Divide it.")
        name = f"plan {_named(plain, number)}"
        name = name if name not in plans else f"{name} ({number})"
        try:
            plans[name] = floor_plan_of(plain)
        except InputError as error:
            left_out.append(f"{name}: {error}")
    if not plans:
        reasons = f" {'; '.join(left_out[:3])}" if left_out else ""
        raise InputError(f"{path} holds no floor plan that can be used.{reasons}")
    return ResPlans(plans, tuple(left_out))


def floor_plan_of(plain: Any) -> FloorPlan:
    """The floor plan of one plan of the data set; one that does not fit is an InputError."""
    if not isinstance(plain, dict):
        raise InputError(f"a plan is an object; {show(plain)} was given.")
    inside = plain.get("geometries")
    shapes = {**plain, **inside} if isinstance(inside, dict) else plain
    count = sum(len(shapes[key]) for key in (*USE_OF, *_DOORS) if isinstance(shapes.get(key), list))
    if count > MAX_POLYGONS:
        raise InputError(f"it has {count} polygons; {MAX_POLYGONS} are the most.")
    rooms = [(use, polygon) for key, use in USE_OF.items() for polygon in _polygons(shapes.get(key), key)]
    if not rooms:
        raise InputError("it has no rooms.")
    inner = _polygons(shapes.get("inner"), "inner")
    if not inner:
        raise InputError("it has no outline 'inner'.")
    floor = max(inner, key=lambda polygon: float(polygon.area))
    metre = _metre(plain.get("area"), floor)
    middle = shapely.box(*floor.bounds).centroid

    def placed(polygon: shapely.Polygon) -> shapely.Polygon:
        return shapely.transform(polygon, lambda points: (points - (middle.x, middle.y)) * metre)

    doors = [placed(one) for one in _polygons(shapes.get("door"), "door")]
    front = [placed(one) for one in _polygons(shapes.get("front_door"), "front_door")]
    try:
        return plan_of(placed(floor), [(use, placed(polygon)) for use, polygon in rooms], doors, front)
    except shapely.errors.GEOSException as error:
        raise InputError(f"its rooms cannot be told from each other ({error}).") from error


def _plain_plans(path: Path) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            head = file.read(2)
            if path.suffix.lower() in (".pkl", ".pickle") or (head[:1] == b"\x80" and head[1:] <= b"\x08"):
                raise InputError(_PICKLE.format(path=path))
            size = path.stat().st_size
            if size > MAX_FILE_BYTES:
                raise InputError(f"{path} has {size >> 20} MiB; {MAX_FILE_BYTES >> 20} MiB are the most. Divide it.")
            file.seek(0)
            if path.suffix.lower() != ".jsonl":
                plain = parse_json(file.read(), str(path))
                if not isinstance(plain, list):
                    raise InputError(f"{path} must hold a list of plans; {show(plain)} was given.")
                yield from plain
                return
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise InputError(f"Line {number} of {path} is longer than {MAX_LINE_BYTES >> 20} MiB.")
                if line.strip():
                    yield parse_json(line, f"Line {number} of {path}")
    except OSError as error:
        raise InputError(f"The plans {path} cannot be read: {error.strerror or error}. Choose another file.") from error


def _named(plain: Any, number: int) -> str:
    name = plain.get("id") if isinstance(plain, dict) else None
    return str(name)[:40] if isinstance(name, (str, int)) else str(number)


def _metre(area: Any, floor: shapely.Polygon) -> float:
    """Metres of a step of the plan's unit."""
    given = isinstance(area, (int, float)) and not isinstance(area, bool)
    if not given or not LEAST_M2 <= area <= MOST_M2:
        raise InputError(f"its 'area' must be {LEAST_M2:g} to {MOST_M2:g} m2; {show(area)} was given.")
    if not floor.area > 0:
        raise InputError("its outline 'inner' has no area.")
    return math.sqrt(float(area) / float(floor.area))


def _polygons(plain: Any, key: str) -> list[shapely.Polygon]:
    """The polygons of a category, made valid; none where it is missing."""
    if plain is None or plain == []:
        return []
    one = isinstance(plain, (str, dict)) or (isinstance(plain, list) and _is_points(plain))
    if not one and not isinstance(plain, list):
        raise InputError(f"its '{key}' must be a list of polygons; {show(plain)} was given.")
    if len(plain) > MAX_POLYGONS and not one:
        raise InputError(f"its '{key}' has {len(plain)} polygons; {MAX_POLYGONS} are the most.")
    shapes = [_shape(item, key) for item in ([plain] if one else plain)]
    valid = shapely.get_parts(shapely.make_valid(shapes))
    return [part for shape in valid for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area]


def _shape(plain: Any, key: str) -> shapely.Geometry:
    try:
        if isinstance(plain, str) and _WKT.match(plain):
            shape = shapely.from_wkt(plain)
        elif isinstance(plain, dict) and plain.get("type") in ("Polygon", "MultiPolygon"):
            parts = [plain["coordinates"]] if plain["type"] == "Polygon" else plain["coordinates"]
            shape = shapely.multipolygons(
                [shapely.Polygon(_ring(one[0]), [_ring(r) for r in one[1:]]) for one in parts]
            )
        elif isinstance(plain, list):
            shape = shapely.Polygon(_ring(plain))
        else:
            raise ValueError
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise InputError(f"its '{key}' {show(plain)} is no polygon.") from error
    corners = shapely.get_coordinates(shape)
    if len(corners) > MAX_CORNERS or not np.isfinite(corners).all() or np.abs(corners).max(initial=0) > 1e6:
        raise InputError(f"its '{key}' has more than {MAX_CORNERS} corners, or corners out of all measure.")
    return shape


def _ring(plain: list[Any]) -> np.ndarray:
    if len(plain) > MAX_CORNERS:
        raise ValueError
    return np.array([point[:2] for point in plain], np.float64).reshape(-1, 2)


def _is_points(plain: list[Any]) -> bool:
    """Whether a list is one ring of corners, and not a list of polygons."""
    first = plain[0]
    return isinstance(first, list) and len(first) in (2, 3) and all(isinstance(value, (int, float)) for value in first)
