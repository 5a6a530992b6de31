# SPDX-License-Identifier: GPL-3.0-or-later
"""A plate divided into ways and cells: several circulations are tried, and the one whose cells suit best is taken."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon

from .circulation import LOBBY_M, StairRoom, Ways, corridors_of, lobby_to, spread, stair_in_bay
from .dwelling_cells import DOOR_WALL_M, Cell, Task, cells_of
from .facade_piers import Frontage

# a stair serves about so many dwellings; a corridor has one for each so many metres
EACH_STAIR, CORRIDOR_PER_STAIR_M = 2.1, 32.0
# higher than this nobody walks up: a corridor is looked for first
MOST_WALK_UP = 6
# how far a stair's bay may be from an opening of the ground
AT_DOOR_M = 0.6
# what a cell costs for each share that it is larger than it may be, and a floor for its share of ways
_TOO_LARGE, _WAYS, _STAIR, _WINDOWLESS = 2.0, 2.0, 0.05, 3.0


@dataclass(frozen=True)
class Division:
    """A plate's `ways` and the `cells` that the rest is; together they cover it."""

    ways: Ways
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Wish:
    """What a division is for: cells of `target_m2`, storeys up to `tallest_m` high and `num_storeys` of them; the
    building's door near `front` (2,), whether stairs may be walk-ups, and the places `doors` (N, 2) on the inner face
    where these may have doors, None for every window."""

    target_m2: float
    tallest_m: float
    num_storeys: int
    front: np.ndarray
    walk_up: bool = True
    doors: np.ndarray | None = None


def divided(frontage: Frontage, wish: Wish, shared: shapely.Geometry | None = None) -> Division | None:
    """The best division of a typical storey; None where none has every cell reached. Stairs stay within what is
    `shared` with the storeys below, if that is given, and walk-ups where the ground has an opening (`wish.doors`)."""
    best, least = None, math.inf
    for ways in _circulations(frontage, wish):
        if shared is not None and not all(_is_within(shared, room.ring) for room in ways.stairs):
            continue
        if not all(_is_entered(room, wish) for room in ways.stairs):
            continue
        found, cost = judged(frontage, ways, wish.target_m2)
        if found is not None and cost < least - 1e-9:
            best, least = found, cost
    return best


def judged(frontage: Frontage, ways: Ways, target_m2: float) -> tuple[Division | None, float]:
    """The cells that some ways leave, and what they cost for each dwelling; None where a cell is not reached."""
    taken = ways.taken()
    region = frontage.plate.difference(taken)
    cells = cells_of(region, Task(frontage, ways.access(), target_m2))
    near = ways.access().buffer(5e-3)
    if not cells or any(shapely.distance(shapely.Point(cell.door), near) > 0 for cell in cells):
        return None, math.inf
    cost = 0.0
    for cell in cells:
        size = cell.shape.area / target_m2
        off = size - 1
        cost += 3 * off**2 if off < 0 else off**2 + _TOO_LARGE * max(0.0, size - 2)
        cost += _WINDOWLESS * (cell.num_windows == 0) + 0.3 * max(0, 3 - cell.num_windows)
        cost += 0.25 * (cell.shape.length**2 / (16 * cell.shape.area) - 1)
    share = taken.intersection(frontage.plate).area / frontage.plate.area
    return Division(ways, tuple(cells)), cost / len(cells) + _WAYS * share + _STAIR * len(ways.stairs)


def _circulations(frontage: Frontage, wish: Wish) -> Iterator[Ways]:
    if wish.walk_up and wish.num_storeys <= MOST_WALK_UP:
        yield from _walk_ups(frontage, wish)
    for corridor, middle in corridors_of(frontage.plate):
        yield from _with_stairs(frontage, Ways((), corridor, middle), wish)


def _walk_ups(frontage: Frontage, wish: Wish) -> Iterator[Ways]:
    """Stairs behind doors of the outer facade, in several numbers."""
    rooms = [room for room in _rooms(frontage, wish) if room is not None and _is_entered(room, wish)]
    if not rooms:
        return
    places = np.array([(room.ring.mean(0) + room.at) / 2 for room in rooms])
    first = int(np.hypot(*(np.array([room.at for room in rooms]) - wish.front).T).argmin())
    points = _points(frontage.plate)
    usual = frontage.plate.area / wish.target_m2 / EACH_STAIR
    for count in sorted({max(1, math.floor(usual)), max(1, math.ceil(usual)), max(1, round(usual) + 1)}):
        if count <= len(rooms):
            yield Ways(tuple(rooms[n] for n in spread(points, places, count, [first])))


def _rooms(frontage: Frontage, wish: Wish) -> list[StairRoom | None]:
    """For each window of the outer facade the stair room behind it, if there is room."""
    outer = frontage.plate.exterior
    found: list[StairRoom | None] = []
    for bay, window in enumerate(frontage.windows):
        room = None
        if shapely.distance(outer, shapely.Point(window.mean(0))) < 0.01:
            room = stair_in_bay(frontage, bay, wish.tallest_m)
        found.append(room if room is not None and _is_within(frontage.plate, room.ring) else None)
    return found


def _is_entered(room: StairRoom, wish: Wish) -> bool:
    """Whether a stair can be had from the ground: a walk-up needs its own door."""
    if not room.is_walk_up or wish.doors is None:
        return True
    return len(wish.doors) > 0 and bool(np.hypot(*(wish.doors - room.at).T).min() < AT_DOOR_M)


def _is_within(plate: shapely.Geometry, ring: np.ndarray) -> bool:
    return bool(plate.contains(Polygon(ring).buffer(-0.02)))


def _points(shape: shapely.Geometry, step_m: float = 1.5) -> np.ndarray:
    """(N, 2) points spread over a shape."""
    x0, y0, x1, y1 = shape.bounds
    step = max(step_m, math.hypot(x1 - x0, y1 - y0) / 60)
    grid = np.stack(np.meshgrid(np.arange(x0, x1, step) + step / 2, np.arange(y0, y1, step) + step / 2), -1)
    points = grid.reshape(-1, 2)
    inside = points[shapely.contains_xy(shape, points[:, 0], points[:, 1])]
    return inside if len(inside) else np.array(shape.representative_point().coords)


def _with_stairs(frontage: Frontage, ways: Ways, wish: Wish) -> Iterator[Ways]:
    """A corridor with stairs between it and the facade, away from where the building's door leads in."""
    assert ways.corridor is not None
    lobby = lobby_of(frontage, ways, wish.front)
    rooms = []
    reach = shapely.union_all([one for one in (ways.corridor, ways.middle) if one is not None])
    for bay in range(len(frontage.windows)):
        deep = _depth(frontage, bay, reach)
        room = None if deep is None else stair_in_bay(frontage, bay, wish.tallest_m, deep)
        if room is None or not _is_within(frontage.plate, room.ring):
            continue
        shape = Polygon(room.ring)
        if lobby is not None and shape.intersection(lobby[0]).area > 0.01:
            continue
        ahead = Polygon(room.ring + 0.1 * frontage.into[bay])
        if ahead.intersection(ways.corridor).area > 0.08 * 0.9 * np.hypot(*(room.ring[1] - room.ring[0])):
            rooms.append(room)
    if lobby is None:
        return
    if wish.num_storeys == 1:
        yield ways
    if not rooms or wish.num_storeys == 1:
        return
    long = ways.corridor.area / 1.6
    count = max(1, round(long / CORRIDOR_PER_STAIR_M))
    places = np.array([room.ring[2:].mean(0) for room in rooms])
    for number in sorted({count, count + 1}) if count > 1 else (1,):
        picked = [rooms[n] for n in spread(_points(ways.corridor, 0.7), places, number)]
        apart = [room for n, room in enumerate(picked) if not any(_meet(room, other) for other in picked[:n])]
        yield replace(ways, stairs=tuple(apart))


def _meet(one: StairRoom, other: StairRoom) -> bool:
    return bool(Polygon(one.ring).intersection(Polygon(other.ring)).area > 0.01)


def _depth(frontage: Frontage, bay: int, to: shapely.Geometry) -> float | None:
    at, into = frontage.windows[bay].mean(0), frontage.into[bay]
    met = shapely.intersection(shapely.LineString([at, at + 14.0 * into]), to)
    return None if met.is_empty else float(shapely.distance(shapely.Point(at), met))


def lobby_of(frontage: Frontage, ways: Ways, front: np.ndarray) -> tuple[Polygon, np.ndarray] | None:
    """The way from the bay nearest to `front` that leads straight to the corridor, and where it begins (2,)."""
    if ways.corridor is None or not len(frontage.windows):
        return None
    middles = frontage.windows.mean(1)
    order = np.argsort(np.hypot(*(middles - front).T), kind="stable")
    rooms = [Polygon(room.ring) for room in ways.stairs]
    for bay in order[:40]:
        if shapely.distance(frontage.plate.exterior, shapely.Point(middles[bay])) > 0.01:
            continue
        low, high = frontage.bays[bay]
        wide = min(LOBBY_M, high - low)
        into = frontage.into[bay]
        if wide < 1.3:
            continue
        # the lobby keeps to the bay's piers
        along = np.array([into[1], -into[0]])
        at = middles[bay] + along * ((low + high) / 2 - float(middles[bay] @ along))
        way = lobby_to(frontage, at, into, ways.corridor, min(high - low, 3.0))
        if way is not None and not any(way.intersection(room).area > 0.01 for room in rooms):
            return way.difference(ways.corridor), middles[bay]
    return None


def on_ground(frontage: Frontage, division: Division, wish: Wish) -> tuple[Division, list[np.ndarray]] | None:
    """The division of the ground storey, with the way from the door to the corridor, and where the building's doors
    are (2,): at every walk-up, else at the lobby."""
    ways = division.ways
    if ways.corridor is None:
        entered = all(_is_entered(room, wish) for room in ways.stairs)
        return (division, [room.at for room in ways.stairs]) if entered else None
    lobby = lobby_of(frontage, ways, wish.front)
    if lobby is None:
        return None
    ways = replace(ways, lobby=lobby[0])
    found = _around_lobby(frontage, division, ways, wish) or judged(frontage, ways, wish.target_m2)[0]
    return None if found is None else (found, [lobby[1]])


def _around_lobby(frontage: Frontage, division: Division, ways: Ways, wish: Wish) -> Division | None:
    """The division with the cells anew that the lobby goes through, if need be those beside them too, and the others as
    above; None where a cell would get too small."""
    assert ways.lobby is not None
    task, near = Task(frontage, ways.access(), wish.target_m2), ways.access().buffer(5e-3)
    around = ways.lobby
    for _ in range(2):
        crossed = [cell for cell in division.cells if _wall_m(cell.shape, around) > 0.5]
        rest = shapely.union_all([cell.shape for cell in crossed], grid_size=1e-4).difference(ways.taken())
        made = cells_of(rest, task)
        sizes = [cell.shape.area / wish.target_m2 for cell in made]
        if all(near.intersects(shapely.Point(cell.door)) for cell in made) and 0.6 < min(sizes) <= max(sizes) < 1.9:
            return Division(ways, (*[cell for cell in division.cells if cell not in crossed], *made))
        around = shapely.union_all([cell.shape for cell in crossed], grid_size=1e-4)
    return None


def _wall_m(one: Polygon, other: shapely.Geometry) -> float:
    """Metres of boundary that a cell has in or along another shape."""
    return float(one.boundary.intersection(other.buffer(5e-3)).length)


def around_stairs(frontage: Frontage, stairs: Sequence[StairRoom], wish: Wish) -> Division | None:
    """The best division of a plate through which the stairs of the storeys above come."""
    best, least = None, math.inf
    inside = [room for room in stairs if _is_within(frontage.plate, room.ring)]
    if not inside:
        return None
    for ways in _joined(frontage, tuple(inside), wish):
        found, cost = judged(frontage, ways, wish.target_m2)
        if found is not None and cost < least - 1e-9:
            best, least = found, cost
    return best


def _joined(frontage: Frontage, stairs: tuple[StairRoom, ...], wish: Wish) -> Iterator[Ways]:
    """The stairs alone; then each corridor that straight ways join the stairs to."""
    if all(room.is_walk_up and _is_entered(room, wish) for room in stairs):
        yield Ways(stairs)
    solid = shapely.union_all([Polygon(room.ring) for room in stairs])
    for corridor, middle in corridors_of(frontage.plate):
        body = shapely.union_all([one for one in (corridor, middle) if one is not None])
        links = [_link(room, body, frontage.plate) for room in stairs]
        if any(link is None for link in links):
            continue
        whole = shapely.union_all([corridor, *[link for link in links if link is not None]]).difference(solid)
        rest = None if middle is None else middle.difference(solid.buffer(0.0))
        parts = [part for part in shapely.get_parts(whole) if part.area > 0.3]
        if len(parts) == 1 and (rest is None or rest.geom_type == "Polygon"):
            yield Ways(stairs, parts[0], rest)


def _link(room: StairRoom, to: Polygon, plate: Polygon) -> Polygon | None:
    """A straight way from a stair's arrival to a corridor; empty where it is on it."""
    if Polygon(room.arrival).buffer(0.05).intersection(to).area > 0.05 * DOOR_WALL_M:
        return Polygon()
    best = None
    ring = room.arrival
    for n in range(4):
        one, two = ring[n], ring[(n + 1) % 4]
        way = (two - one) / np.hypot(*(two - one))
        out = np.array([way[1], -way[0]])
        lines = [shapely.LineString([p + 1e-3 * out, p + 14 * out]) for p in (one + 0.05 * way, two - 0.05 * way)]
        met = [line.intersection(to) for line in lines]
        if any(m.is_empty for m in met):
            continue
        deep = max(shapely.Point(line.coords[0]).distance(m) for line, m in zip(lines, met, strict=True)) + 0.05
        link = Polygon([one, one + deep * out, two + deep * out, two])
        link = shapely.orient_polygons(link)
        clear = link.buffer(-0.02)
        if plate.contains(clear) and clear.intersection(Polygon(room.ring)).area < 0.01:
            best = link if best is None or link.area < best.area else best
    return best
