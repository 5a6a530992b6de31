# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands inside: inner walls with openings, doors, and a space for each room, from the floor plans of storeys.

Ids: `storey 2 space kitchen` (IfcSpace), `storey 2 inner wall 3` (IfcWall), `storey 2 inner wall 3 opening 1`
(IfcDoor). Every mesh is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely

from ..asset import Element, Instances, Mesh
from .boxes import joined
from .building_parts import Extra
from .facade import Opening
from .floor_plan import FloorPlan, PlanDoor
from .opening_parts import opening_mesh
from .plan_shapes import polygon_of, rings_of
from .slabs import slabs
from .storey_layout import INNER_WALL_M
from .storeys import Storey

DOOR_HEAD_M = 2.1
SLOTS = ("interior", "interior", "interior")
_NO_PLAN = np.zeros((0, 2))


def interiors_of(plan: FloorPlan, storeys: Sequence[Storey], slab_m: float) -> Extra:
    """The inside of storeys with the same plan; `slab_m` is the thickness of the slabs between them."""
    region, lines = _walls(plan)
    doors = [door for door in plan.doors if _is_inside(door, plan)]
    meshes: list[Mesh] = []
    elements: list[Element] = []
    copies: dict[float, list[np.ndarray]] = {}
    leaves: dict[float, list[Element]] = {}
    for storey in storeys:
        clear = storey.height_m - slab_m
        name = f"{storey.name} partitions"
        mesh = _solid(name, region, doors, storey.elevation_m, clear)
        meshes += [mesh] if mesh is not None else []
        elements += _spaces(plan, region, storey, clear)
        hosts, found = _hosted(storey, lines, doors)
        elements += [_wall(storey, n, line, name, clear, found.get(n, [])) for n, line in enumerate(lines)]
        for door, (id_, wall, offset) in zip(doors, hosts, strict=True):
            width = round(float(np.hypot(*(door.end - door.start))), 3)
            copies.setdefault(width, []).append(_transform(door, storey.elevation_m))
            leaves.setdefault(width, []).append(_door(id_, wall, offset, storey, width))
    instances = []
    for width in sorted(copies):
        name = f"inner door {round(width * 100)}"
        meshes.append(opening_mesh(name, Opening(width, DOOR_HEAD_M, 0.0, 0), 0.0, 0.06, INNER_WALL_M))
        instances.append(Instances(name, np.stack(copies[width])))
        elements += leaves[width]
    # one dwelling a storey; `net_room_area_m2` is without stairs
    counts = {
        "num_dwellings": 1.0,
        "num_rooms": float(len(plan.rooms)),
        "num_inner_doors": float(len(doors)),
        "net_room_area_m2": sum(
            shapely.difference(shapely.Polygon(room.ring), region).area for room in plan.rooms if room.use != "stairs"
        ),
    }
    report = {name: float(value) * len(storeys) for name, value in counts.items()}
    return Extra(tuple(meshes), tuple(instances), tuple(elements), report)


def inner_walls(plan: FloorPlan) -> shapely.Geometry:
    """The plan area of the inner walls, doorways among it."""
    return _walls(plan)[0]


def _walls(plan: FloorPlan) -> tuple[shapely.Geometry, list[np.ndarray]]:
    """The plan area of the inner walls, and their straight middle lines (2, 2)."""
    inside = polygon_of(plan.outline.rings)
    edges = shapely.union_all([shapely.boundary(shapely.Polygon(room.ring)) for room in plan.rooms])
    edges = shapely.difference(edges, shapely.buffer(shapely.boundary(inside), 2e-3))
    region = shapely.buffer(edges, INNER_WALL_M / 2, cap_style="square", join_style="mitre")
    lines = []
    for line in shapely.get_parts(shapely.line_merge(edges)):
        points = shapely.get_coordinates(line.simplify(1e-4))
        lines += [np.stack(pair) for pair in pairwise(points)]
    return shapely.intersection(region, inside), [line for line in lines if np.hypot(*(line[1] - line[0])) > 0.05]


def _is_inside(door: PlanDoor, plan: FloorPlan) -> bool:
    """Whether a door is in an inner wall: outer ones are the facade's."""
    middle = shapely.Point((door.start + door.end) / 2)
    return bool(shapely.distance(shapely.boundary(polygon_of(plan.outline.rings)), middle) > 0.05)


def _solid(
    name: str, region: shapely.Geometry, doors: Sequence[PlanDoor], floor_m: float, clear_m: float
) -> Mesh | None:
    gaps = shapely.union_all([_gap(door) for door in doors])
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


def _gap(door: PlanDoor) -> shapely.Geometry:
    return shapely.buffer(shapely.LineString([door.start, door.end]), 0.6 * INNER_WALL_M, cap_style="flat")


def _spaces(plan: FloorPlan, region: shapely.Geometry, storey: Storey, clear_m: float) -> list[Element]:
    made = []
    for room in plan.rooms:
        shape = shapely.Polygon(room.ring)
        figures = {
            "gross_floor_area_m2": float(shape.area),
            "net_floor_area_m2": float(shapely.difference(shape, region).area),
            "elevation_m": storey.elevation_m,
            "height_m": clear_m,
        }
        id_ = f"{storey.name} space {room.name}"
        made.append(Element(id_, "IfcSpace", storey.name, storey.name, "", room.ring, figures))
    return made


def _hosted(
    storey: Storey, lines: Sequence[np.ndarray], doors: Sequence[PlanDoor]
) -> tuple[list[tuple[str, str, float]], dict[int, list[float]]]:
    """(id, wall, metres along it) of each door, and the widths of the doors by the number of their wall."""
    found: dict[int, list[float]] = {}
    hosts = []
    for door in doors:
        middle = (door.start + door.end) / 2
        away = [shapely.distance(shapely.LineString(line), shapely.Point(middle)) for line in lines]
        n = int(np.argmin(away))
        found.setdefault(n, []).append(float(np.hypot(*(door.end - door.start))))
        way = (lines[n][1] - lines[n][0]) / np.hypot(*(lines[n][1] - lines[n][0]))
        wall = f"{storey.name} inner wall {n + 1}"
        hosts.append((f"{wall} opening {len(found[n])}", wall, float((middle - lines[n][0]) @ way)))
    return hosts, found


def _wall(storey: Storey, n: int, line: np.ndarray, mesh: str, clear_m: float, widths: list[float]) -> Element:
    length = float(np.hypot(*(line[1] - line[0])))
    way = (line[1] - line[0]) / length
    aside = np.array([-way[1], way[0]]) * INNER_WALL_M / 2
    plan = np.array([line[0] - aside, line[1] - aside, line[1] + aside, line[0] + aside])
    gone = sum(widths) * min(DOOR_HEAD_M, clear_m)
    figures = {
        "length_m": length,
        "height_m": clear_m,
        "thickness_m": INNER_WALL_M,
        "elevation_m": storey.elevation_m,
        "gross_area_m2": length * clear_m,
        "net_area_m2": length * clear_m - gone,
        "footprint_area_m2": length * INNER_WALL_M,
        "gross_volume_m3": length * INNER_WALL_M * clear_m,
        "net_volume_m3": (length * clear_m - gone) * INNER_WALL_M,
    }
    return Element(f"{storey.name} inner wall {n + 1}", "IfcWall", storey.name, storey.name, mesh, plan, figures)


def _transform(door: PlanDoor, floor_m: float) -> np.ndarray:
    """(4, 4) float32: x along the door, the origin in the middle of its foot on the wall's face."""
    way = (door.end - door.start) / np.hypot(*(door.end - door.start))
    made = np.eye(4, dtype=np.float32)
    aside = np.array([-way[1], way[0]])
    made[:2, 0], made[:2, 1] = way, aside
    made[:3, 3] = *((door.start + door.end) / 2 - aside * INNER_WALL_M / 2), floor_m
    return made


def _door(id_: str, wall: str, offset: float, storey: Storey, width: float) -> Element:
    figures = {"width_m": width, "height_m": DOOR_HEAD_M, "sill_m": 0.0, "area_m2": width * DOOR_HEAD_M}
    mesh = f"inner door {round(width * 100)}"
    return Element(id_, "IfcDoor", wall, storey.name, mesh, _NO_PLAN, {**figures, "offset_m": offset})
