# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands inside: inner walls with openings, doors, and a space for each room, from the floor plans of storeys.

Ids: `storey 2 space kitchen` or `storey 2 dwelling 3 space kitchen` (IfcSpace), `storey 2 inner wall 3` (IfcWall),
`storey 2 inner wall 3 opening 1` (IfcDoor); on further plates of a storey `storey 2 plate 2 inner wall 3`. Every mesh
is closed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from ..asset import Element, Instances, Mesh
from .boxes import joined
from .building_parts import Extra
from .facade import Opening
from .floor_plan import FloorPlan, PlanDoor, Room
from .opening_parts import opening_mesh
from .plan_shapes import polygon_of, rings_of
from .slabs import slabs
from .storey_layout import INNER_WALL_M
from .storeys import Storey

DOOR_HEAD_M = 2.1
# walls between dwellings, and to the ways outside them
PARTY_WALL_M = 0.2
# rooms that open into each other
OPEN_USES = ("corridor", "lobby")
SLOTS = ("interior", "interior", "interior")
_NO_PLAN = np.zeros((0, 2))
_DWELLING = re.compile(r"(dwelling \d+) (.+)")
_UNUSED = ("stairs", "corridor", "lobby", "shaft")


@dataclass(frozen=True)
class InnerWalls:
    """The inner walls of a plan: the area that they stand on, doorways among it; straight middle lines (2, 2), and how
    thick each is."""

    region: shapely.Geometry
    lines: tuple[np.ndarray, ...]
    thick: tuple[float, ...]


def interiors_of(plan: FloorPlan, storeys: Sequence[Storey], slab_m: float, words: str = "") -> Extra:
    """The inside of storeys with the same plan; `slab_m` is the thickness of the slabs between them, `words` tell its
    plate from the storey's others."""
    walls = walls_of(plan)
    doors = [door for door in plan.doors if _is_inside(door, plan)]
    hosts = [_host(walls, door) for door in doors]
    thick = [walls.thick[n] for n in hosts]
    sizes = [_net_area(room, walls.region) for room in plan.rooms]
    meshes: list[Mesh] = []
    elements: list[Element] = []
    copies: dict[str, list[np.ndarray]] = {}
    leaves: dict[str, list[Element]] = {}
    kinds: dict[str, tuple[float, float]] = {}
    for storey in storeys:
        clear = storey.height_m - slab_m
        place = f"{storey.name} {words}" if words else storey.name
        name = f"{place} partitions"
        mesh = _solid(name, walls.region, doors, thick, storey.elevation_m, clear)
        meshes += [mesh] if mesh is not None else []
        elements += _spaces(plan, sizes, storey, clear, words)
        named, found = _hosted(place, walls.lines, doors, hosts)
        pairs = zip(walls.lines, walls.thick, strict=True)
        elements += [
            _wall(f"{place} inner wall {n + 1}", storey, line, deep, name, clear, found.get(n, []))
            for n, (line, deep) in enumerate(pairs)
        ]
        for door, deep, (id_, wall, offset) in zip(doors, thick, named, strict=True):
            width = round(float(np.hypot(*(door.end - door.start))), 3)
            kind = f"{'inner' if deep == INNER_WALL_M else 'entry'} door {round(width * 100)}"
            kinds[kind] = width, deep
            copies.setdefault(kind, []).append(_transform(door, storey.elevation_m, deep))
            leaves.setdefault(kind, []).append(_door(id_, wall, offset, storey, width, kind))
    instances = []
    for kind in sorted(copies):
        width, deep = kinds[kind]
        meshes.append(opening_mesh(kind, Opening(width, DOOR_HEAD_M, 0.0, 0), 0.0, 0.06, deep))
        instances.append(Instances(kind, np.stack(copies[kind])))
        elements += leaves[kind]
    report = {name: float(value) * len(storeys) for name, value in _counts(plan, sizes, len(doors)).items()}
    return Extra(tuple(meshes), tuple(instances), tuple(elements), report)


def _counts(plan: FloorPlan, sizes: Sequence[float], num_doors: int) -> dict[str, float]:
    """The figures of one storey; `net_room_area_m2` is without stairs and the ways to them."""
    dwellings = {found[1] for room in plan.rooms if (found := _DWELLING.fullmatch(room.name))}
    # a house is one dwelling a storey
    is_house = not dwellings and any(room.use not in (*_UNUSED, "office", "shop", "storage") for room in plan.rooms)
    return {
        "num_dwellings": float(len(dwellings) + is_house),
        "num_rooms": float(len(plan.rooms)),
        "num_inner_doors": float(num_doors),
        "net_room_area_m2": sum(size for room, size in zip(plan.rooms, sizes, strict=True) if room.use not in _UNUSED),
    }


def _net_area(room: Room, region: shapely.Geometry) -> float:
    return float(shapely.difference(shapely.Polygon(room.ring), region).area)


def inner_walls(plan: FloorPlan) -> shapely.Geometry:
    """The plan area of the inner walls, doorways among it."""
    return walls_of(plan).region


def walls_of(plan: FloorPlan) -> InnerWalls:
    """The inner walls of a plan: thick ones around dwellings, thin ones within."""
    inside = polygon_of(plan.outline.rings)
    rim = shapely.buffer(shapely.boundary(inside), 2e-3)
    units = _units(plan)
    around = shapely.union_all([shapely.boundary(unit) for unit, _ in units], grid_size=1e-4)
    within = shapely.union_all(
        [shapely.boundary(shapely.Polygon(room.ring)) for room in plan.rooms if _is_closed(room)]
    )
    region, lines, thick = [], [], []
    if len(units) > 1:
        party = shapely.difference(around, rim)
        within = shapely.difference(within, shapely.buffer(around, 3e-3))
        region.append(_banked(party, PARTY_WALL_M, inside))
        found = _straight(party)
        lines, thick = [*found], [PARTY_WALL_M] * len(found)
    edges = shapely.difference(within, rim)
    region.append(_banked(edges, INNER_WALL_M, inside))
    found = _straight(edges)
    whole = shapely.union_all(region) if len(region) > 1 else region[0]
    return InnerWalls(whole, (*lines, *found), (*thick, *[INNER_WALL_M] * len(found)))


def _units(plan: FloorPlan) -> list[tuple[shapely.Geometry, str]]:
    """What thick walls part, in a plan of several dwellings: each dwelling, all open ways as one, other rooms. A plan
    without dwellings' numbers is one."""
    parts: dict[str, list[shapely.Geometry]] = {}
    if not any(_DWELLING.fullmatch(room.name) or room.use in (*OPEN_USES, "office", "shop") for room in plan.rooms):
        return [(polygon_of(plan.outline.rings), "")]
    for room in plan.rooms:
        found = _DWELLING.fullmatch(room.name)
        key = found[1] if found else "ways" if room.use in OPEN_USES else room.name
        parts.setdefault(key, []).append(shapely.Polygon(room.ring))
    return [
        (shapely.union_all(shapes, grid_size=1e-4) if len(shapes) > 1 else shapes[0], key)
        for key, shapes in parts.items()
    ]


def _is_closed(room: Room) -> bool:
    return room.use not in OPEN_USES


def _banked(edges: shapely.Geometry, thick_m: float, inside: shapely.Geometry) -> shapely.Geometry:
    region = shapely.buffer(edges, thick_m / 2, cap_style="square", join_style="mitre")
    return shapely.intersection(region, inside)


def _straight(edges: shapely.Geometry) -> list[np.ndarray]:
    """The straight lines (2, 2) that edges are made of."""
    if edges.is_empty:
        return []
    lines = []
    for line in shapely.get_parts(shapely.line_merge(edges)):
        if line.geom_type == "LineString":
            points = shapely.get_coordinates(line.simplify(1e-4))
            lines += [np.stack(pair) for pair in pairwise(points)]
    return [line for line in lines if np.hypot(*(line[1] - line[0])) > 0.05]


def _is_inside(door: PlanDoor, plan: FloorPlan) -> bool:
    """Whether a door is in an inner wall: outer ones are the facade's."""
    middle = shapely.Point((door.start + door.end) / 2)
    return bool(shapely.distance(shapely.boundary(polygon_of(plan.outline.rings)), middle) > 0.05)


def _solid(
    name: str,
    region: shapely.Geometry,
    doors: Sequence[PlanDoor],
    thick: Sequence[float],
    floor_m: float,
    clear_m: float,
) -> Mesh | None:
    gaps = shapely.union_all([_gap(door, deep) for door, deep in zip(doors, thick, strict=True)])
    head = min(DOOR_HEAD_M, clear_m)
    parts = [(shapely.difference(region, gaps), 0.0, clear_m)]
    if clear_m - head > 0.02:
        parts.append((shapely.intersection(region, gaps), head, clear_m))
    made = [
        mesh
        for shape, low, high in parts
        for rings in _pieces(shape)
        for mesh in slabs(rings, high - low, [(name, floor_m + high)])
    ]
    if not made:
        return None
    whole = joined(name, made)
    return Mesh(name, *_arrays(whole), SLOTS, whole.uvs)


def _pieces(shape: shapely.Geometry) -> list[tuple[np.ndarray, ...]]:
    """Its pieces; lintels are smaller than what counts as a sliver elsewhere, so that their corners come here too."""
    return rings_of(shape, 2e-3)


def _arrays(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return mesh.positions, mesh.corners, mesh.face_starts, mesh.material_of_face


def _gap(door: PlanDoor, thick_m: float) -> shapely.Geometry:
    return shapely.buffer(shapely.LineString([door.start, door.end]), 0.6 * thick_m, cap_style="flat")


def _spaces(plan: FloorPlan, sizes: Sequence[float], storey: Storey, clear_m: float, words: str) -> list[Element]:
    made = []
    for room, size in zip(plan.rooms, sizes, strict=True):
        figures = {
            "gross_floor_area_m2": float(shapely.Polygon(room.ring).area),
            "net_floor_area_m2": size,
            "elevation_m": storey.elevation_m,
            "height_m": clear_m,
        }
        id_ = space_id(storey, room.name, words)
        made.append(Element(id_, "IfcSpace", storey.name, storey.name, "", room.ring, figures))
    return made


def space_id(storey: Storey, name: str, words: str = "") -> str:
    """The id of a room's space: `storey 2 dwelling 3 space kitchen`; dwellings are counted over a storey's plates."""
    found = _DWELLING.fullmatch(name)
    if found:
        return f"{storey.name} {found[1]} space {found[2]}"
    return " ".join([storey.name, *([words] if words else []), "space", name])


def _host(walls: InnerWalls, door: PlanDoor) -> int:
    """The number of the wall that a door is in."""
    middle = shapely.Point((door.start + door.end) / 2)
    away = [shapely.distance(shapely.LineString(line), middle) for line in walls.lines]
    return int(np.argmin(away))


def _hosted(
    place: str, lines: Sequence[np.ndarray], doors: Sequence[PlanDoor], hosts: Sequence[int]
) -> tuple[list[tuple[str, str, float]], dict[int, list[float]]]:
    """(id, wall, metres along it) of each door, and the widths of the doors by the number of their wall."""
    found: dict[int, list[float]] = {}
    named = []
    for door, n in zip(doors, hosts, strict=True):
        middle = (door.start + door.end) / 2
        found.setdefault(n, []).append(float(np.hypot(*(door.end - door.start))))
        way = (lines[n][1] - lines[n][0]) / np.hypot(*(lines[n][1] - lines[n][0]))
        wall = f"{place} inner wall {n + 1}"
        named.append((f"{wall} opening {len(found[n])}", wall, float((middle - lines[n][0]) @ way)))
    return named, found


def _wall(
    id_: str, storey: Storey, line: np.ndarray, thick_m: float, mesh: str, clear_m: float, widths: list[float]
) -> Element:
    length = float(np.hypot(*(line[1] - line[0])))
    way = (line[1] - line[0]) / length
    aside = np.array([-way[1], way[0]]) * thick_m / 2
    plan = np.array([line[0] - aside, line[1] - aside, line[1] + aside, line[0] + aside])
    gone = sum(widths) * min(DOOR_HEAD_M, clear_m)
    figures = {
        "length_m": length,
        "height_m": clear_m,
        "thickness_m": thick_m,
        "elevation_m": storey.elevation_m,
        "gross_area_m2": length * clear_m,
        "net_area_m2": length * clear_m - gone,
        "footprint_area_m2": length * thick_m,
        "gross_volume_m3": length * thick_m * clear_m,
        "net_volume_m3": (length * clear_m - gone) * thick_m,
    }
    return Element(id_, "IfcWall", storey.name, storey.name, mesh, plan, figures)


def _transform(door: PlanDoor, floor_m: float, thick_m: float) -> np.ndarray:
    """(4, 4) float32: x along the door, the origin in the middle of its foot on the wall's face."""
    way = (door.end - door.start) / np.hypot(*(door.end - door.start))
    made = np.eye(4, dtype=np.float32)
    aside = np.array([-way[1], way[0]])
    made[:2, 0], made[:2, 1] = way, aside
    made[:3, 3] = *((door.start + door.end) / 2 - aside * thick_m / 2), floor_m
    return made


def _door(id_: str, wall: str, offset: float, storey: Storey, width: float, mesh: str) -> Element:
    figures = {"width_m": width, "height_m": DOOR_HEAD_M, "sill_m": 0.0, "area_m2": width * DOOR_HEAD_M}
    return Element(id_, "IfcDoor", wall, storey.name, mesh, _NO_PLAN, {**figures, "offset_m": offset})
