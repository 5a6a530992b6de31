# SPDX-License-Identifier: GPL-3.0-or-later
"""The site file: where is built, and between what. The one reference that every architecture method reads.

A site file is JSON in metres, x east of the scene and y north of it, z of the ground 0:

    {"maquette_site": 1,
     "site": {"outer": [[x, y], ...], "holes": []},        the plot of land
     "outline": {"outer": [[x, y], ...], "holes": [...]},  the building's outer walls, where they are given
     "front_door": [x, y],                                 the point of the outline that the door is next to
     "neighbours": [{"outer": [[x, y], ...], "height_m": 9.5}, ...],
     "parcels": [{"outer": [[x, y], ...], "holes": []}, ...],
     "pinned_rooms": [{"name": "kitchen", "use": "kitchen", "outer": [[x, y], ...], "storey": 0}, ...],
     "pinned_walls": [{"start": [x, y], "end": [x, y], "storey": 0}, ...]}

Everything but the first line may be left out; each method says what it misses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..codec import canonical_json, parse_json, refuse_unknown, show
from ..errors import InputError
from .outline import Outline, clean_outline

SCHEMA_VERSION = 1
MAX_BYTES = 16 * 2**20
MAX_NEIGHBOURS, MAX_PARCELS, MAX_PINNED = 4000, 2000, 500
TALLEST_M = 1000.0
_KEYS = ("maquette_site", "site", "outline", "front_door", "neighbours", "parcels", "pinned_rooms", "pinned_walls")


@dataclass(frozen=True)
class Neighbour:
    """A building beside the site: `ring` (N, 2) float64 metres, `height_m` above the ground of the site."""

    ring: np.ndarray
    height_m: float


@dataclass(frozen=True)
class PinnedRoom:
    """A room that stays where it is: `ring` (N, 2) float64 metres, counter-clockwise; `storey` 0 on the ground."""

    name: str
    use: str
    ring: np.ndarray
    storey: int = 0


@dataclass(frozen=True)
class PinnedWall:
    """A wall between rooms that stays where it is: `start` and `end` (2,) float64 metres."""

    start: np.ndarray
    end: np.ndarray
    storey: int = 0


@dataclass(frozen=True)
class Site:
    """What a site file says, cleaned. `plot` and `outline` are None, `front_door` (2,) is None where not given."""

    plot: Outline | None = None
    outline: Outline | None = None
    front_door: np.ndarray | None = None
    neighbours: tuple[Neighbour, ...] = ()
    parcels: tuple[Outline, ...] = ()
    pinned_rooms: tuple[PinnedRoom, ...] = ()
    pinned_walls: tuple[PinnedWall, ...] = ()


def read_site(path: str | Path) -> Site:
    """The site of a file; anything that is not one is an InputError, before any work."""
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"{path} is {size >> 20} MiB large; a site file has at most {MAX_BYTES >> 20} MiB.")
        text = path.read_bytes()
    except OSError as error:
        raise InputError(f"The site file {path} cannot be read: {error.strerror or error}. Choose another.") from error
    return site_from_json(text, str(path))


def site_from_json(text: str | bytes, what: str = "The site") -> Site:
    """The site that JSON text describes."""
    plain = parse_json(text, what)
    if not isinstance(plain, dict) or plain.get("maquette_site") != SCHEMA_VERSION:
        raise InputError(f"{what} is no site file of Maquette: it must begin with 'maquette_site': {SCHEMA_VERSION}.")
    refuse_unknown(plain, _KEYS, what)
    return Site(
        plot=_outline_or_none(plain.get("site"), f"{what}, 'site'"),
        outline=_outline_or_none(plain.get("outline"), f"{what}, 'outline'"),
        front_door=_point_or_none(plain.get("front_door"), f"{what}, 'front_door'"),
        neighbours=tuple(
            _neighbour(one, f"{what}, neighbour {n}") for n, one in _items(plain, "neighbours", MAX_NEIGHBOURS, what)
        ),
        parcels=tuple(_outline(one, f"{what}, parcel {n}") for n, one in _items(plain, "parcels", MAX_PARCELS, what)),
        pinned_rooms=tuple(
            _room(one, f"{what}, pinned room {n}") for n, one in _items(plain, "pinned_rooms", MAX_PINNED, what)
        ),
        pinned_walls=tuple(
            _wall(one, f"{what}, pinned wall {n}") for n, one in _items(plain, "pinned_walls", MAX_PINNED, what)
        ),
    )


def site_to_json(site: Site) -> str:
    """The site file's text: the same site gives the same text."""
    plain: dict[str, Any] = {"maquette_site": SCHEMA_VERSION}
    if site.plot is not None:
        plain["site"] = _plain_outline(site.plot)
    if site.outline is not None:
        plain["outline"] = _plain_outline(site.outline)
    if site.front_door is not None:
        plain["front_door"] = _plain_points(site.front_door[None])[0]
    if site.neighbours:
        plain["neighbours"] = [{"outer": _plain_points(n.ring), "height_m": float(n.height_m)} for n in site.neighbours]
    if site.parcels:
        plain["parcels"] = [_plain_outline(parcel) for parcel in site.parcels]
    if site.pinned_rooms:
        plain["pinned_rooms"] = [
            {"name": r.name, "use": r.use, "outer": _plain_points(r.ring), "storey": r.storey}
            for r in site.pinned_rooms
        ]
    if site.pinned_walls:
        plain["pinned_walls"] = [
            {
                "start": _plain_points(w.start[None])[0],
                "end": _plain_points(w.end[None])[0],
                "storey": w.storey,
            }
            for w in site.pinned_walls
        ]
    return canonical_json(plain)


def _items(plain: Mapping[str, Any], key: str, most: int, what: str) -> list[tuple[int, Any]]:
    items = plain.get(key, [])
    if not isinstance(items, list):
        raise InputError(f"{what}, '{key}' must be a list; {show(items)} was given.")
    if len(items) > most:
        raise InputError(f"{what} has {len(items)} {key.replace('_', ' ')}; {most} are the most.")
    return list(enumerate(items, 1))


def _object(plain: Any, keys: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(plain, dict):
        raise InputError(f"{where} must be an object; {show(plain)} was given.")
    refuse_unknown(plain, keys, where)
    return plain


def _outline_or_none(plain: Any, where: str) -> Outline | None:
    return None if plain is None else _outline(plain, where)


def _outline(plain: Any, where: str) -> Outline:
    given = _object(plain, ("outer", "holes"), where)
    holes = given.get("holes", [])
    if not isinstance(holes, list):
        raise InputError(f"{where}, 'holes' must be a list; {show(holes)} was given.")
    rings = [_points(given.get("outer"), f"{where}, 'outer'")]
    rings += [_points(hole, f"{where}, hole {n}") for n, hole in enumerate(holes, 1)]
    try:
        return clean_outline(rings[0], rings[1:])
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _points(plain: Any, where: str) -> np.ndarray:
    if not isinstance(plain, list) or not plain:
        raise InputError(f"{where} must be a list of points [x, y]; {show(plain)} was given.")
    return np.array([_pair(point, where) for point in plain], np.float64)


def _pair(plain: Any, where: str) -> tuple[float, float]:
    numbers = isinstance(plain, list) and len(plain) == 2 and all(_is_number(value) for value in plain)
    if not numbers:
        raise InputError(f"{where} must hold points [x, y] in metres; {show(plain)} was given.")
    return float(plain[0]), float(plain[1])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e7


def _point_or_none(plain: Any, where: str) -> np.ndarray | None:
    return None if plain is None else np.array(_pair(plain, where), np.float64)


def _neighbour(plain: Any, where: str) -> Neighbour:
    given = _object(plain, ("outer", "height_m"), where)
    height: Any = given.get("height_m")
    if not _is_number(height) or not 0 < float(height) <= TALLEST_M:
        raise InputError(f"{where}: 'height_m' must lie above 0 and up to {TALLEST_M:g}; {show(height)} was given.")
    return Neighbour(_outline({"outer": given.get("outer")}, where).outer, float(height))


def _storey(given: Mapping[str, Any], where: str) -> int:
    storey = given.get("storey", 0)
    if not isinstance(storey, int) or isinstance(storey, bool) or not 0 <= storey < 200:
        raise InputError(f"{where}: 'storey' must be a whole number from 0 on; {show(storey)} was given.")
    return storey


def _room(plain: Any, where: str) -> PinnedRoom:
    given = _object(plain, ("name", "use", "outer", "storey"), where)
    words = [given.get(key) for key in ("name", "use")]
    if not all(isinstance(word, str) and 0 < len(word) <= 60 for word in words):
        raise InputError(f"{where} needs a 'name' and a 'use' of up to 60 letters; {show(words)} was given.")
    ring = _outline({"outer": given.get("outer")}, where).outer
    return PinnedRoom(str(words[0]), str(words[1]), ring, _storey(given, where))


def _wall(plain: Any, where: str) -> PinnedWall:
    given = _object(plain, ("start", "end", "storey"), where)
    start, end = (np.array(_pair(given.get(key), f"{where}, '{key}'"), np.float64) for key in ("start", "end"))
    if np.hypot(*(end - start)) < 0.05:
        raise InputError(f"{where} is shorter than 5 cm. Delete it or draw it longer.")
    return PinnedWall(start, end, _storey(given, where))


def _plain_outline(outline: Outline) -> dict[str, Any]:
    return {"outer": _plain_points(outline.outer), "holes": [_plain_points(hole) for hole in outline.holes]}


def _plain_points(points: np.ndarray) -> list[list[float]]:
    """To a tenth of a millimetre: noise of the scene's float32 must not make another site."""
    return [[round(float(x), 4) + 0.0, round(float(y), 4) + 0.0] for x, y in points]
