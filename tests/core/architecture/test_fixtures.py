# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: within their rooms, apart from each other, clear of doors and windows."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import shapely
from closed_mesh import is_closed, volume

from maquette.core.architecture.building_shells import shells_of
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.fixture_pieces import WISHES
from maquette.core.architecture.fixtures import Placed, fixtures_of, placed_in, windows_of
from maquette.core.architecture.floor_plan import FloorPlan, PlanDoor, Room
from maquette.core.architecture.interiors import inner_walls
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import Outline, clean_outline
from maquette.core.architecture.programme import parse_programme
from maquette.core.architecture.site import Site
from maquette.core.architecture.storey_plans import plan_of
from maquette.core.files.ifc_products import kind_of

PROGRAMME = (
    "living 24, kitchen 9, 2 bedroom 12, bath 5, toilet 2, hall 7; "
    "living-kitchen, hall-bath, hall-toilet, hall-bedroom, hall-living"
)
Windows = list[tuple[shapely.Geometry, float]]


def rectangle(width: float, deep: float) -> Outline:
    return clean_outline(np.array([(0.0, 0.0), (width, 0.0), (width, deep), (0.0, deep)]))


@cache
def house(seed: int) -> tuple[FloorPlan, Windows, list[Placed]]:
    massing = Massing(((rectangle(12.0, 9.0),),) * 2, (2.9, 2.9))
    storeys, shells = shells_of(massing, BuildingStyle(facade="house"))
    found = plan_of(storeys, shells, Site(), parse_programme(PROGRAMME), seed)
    assert found is not None
    windows = windows_of(shells)
    return found[0], windows, placed_in(found[0], windows)


@cache
def small(use: str, width: float, deep: float) -> list[Placed]:
    """What one room with a door in the middle of its front gets."""
    ring = np.array([(0, 0), (width, 0), (width, deep), (0, deep)], float)
    door = PlanDoor(("room", ""), np.array([width / 2 - 0.4, 0.0]), np.array([width / 2 + 0.4, 0.0]))
    return placed_in(FloorPlan(rectangle(width, deep), (Room("room", use, ring),), (door,)), [])


@pytest.mark.parametrize("seed", range(2))
def test_fixtures_are_in_their_rooms_apart_and_clear_of_walls_doors_and_windows(seed: int) -> None:
    plan, windows, placed = house(seed)
    walls = inner_walls(plan)
    rooms = {room.name: shapely.Polygon(room.ring) for room in plan.rooms}
    zones = [shapely.LineString([door.start, door.end]).buffer(0.9, cap_style="flat") for door in plan.doors]
    assert len(placed) >= 8
    for number, one in enumerate(placed):
        assert rooms[one.room].buffer(1e-6).covers(one.foot)
        assert one.foot.intersection(walls).area < 1e-6
        assert all(one.foot.intersection(other.foot).area < 1e-6 for other in placed[:number])
        assert all(one.foot.intersection(zone).area < 1e-6 for zone in zones)
        for zone, sill in windows:
            assert one.piece.size[2] <= sill + 0.03 or one.foot.intersection(zone).area < 1e-3


@pytest.mark.parametrize("seed", range(2))
def test_every_door_is_reached_from_the_others_past_the_fixtures(seed: int) -> None:
    plan, _, placed = house(seed)
    for room in plan.rooms:
        feet = shapely.union_all([one.foot for one in placed if one.room == room.name])
        left = shapely.Polygon(room.ring).difference(feet).buffer(-0.25)
        doors = [shapely.LineString([d.start, d.end]) for d in plan.doors if room.name in d.rooms]
        assert any(all(part.distance(door) < 0.35 for door in doors) for part in shapely.get_parts(left))


def test_rooms_have_what_their_use_asks_for_and_small_ones_less() -> None:
    words = [one.piece.word for one in small("bath", 2.4, 2.6)]
    assert words == ["bath", "basin", "toilet"]
    assert next(one.piece.word for one in small("bath", 1.6, 2.4)) == "shower"
    assert {"bed", "wardrobe"} <= {one.piece.word for one in small("bedroom", 3.4, 3.8)}
    assert {"kitchen counter", "fridge"} <= {one.piece.word for one in small("kitchen", 3.0, 3.2)}
    assert not small("kitchen", 1.5, 1.5)
    assert len(small("toilet", 0.9, 2.3)) == 2


@pytest.mark.parametrize("piece", {p.name: p for lines in WISHES.values() for line in lines for p in line}.values())
def test_pieces_are_closed_within_their_foot_and_their_parts_touch_at_most(piece: object) -> None:
    from maquette.core.architecture.fixture_pieces import Piece

    assert isinstance(piece, Piece)
    mesh = piece.mesh()
    assert is_closed(mesh)
    boxes = np.array([box for box, _ in piece.parts]).reshape(-1, 3, 2)
    sizes = boxes[..., 1] - boxes[..., 0]
    assert (sizes > 0).all()
    assert volume(mesh) == pytest.approx(sizes.prod(1).sum(), rel=1e-4)
    shared = np.minimum(boxes[:, None, :, 1], boxes[None, :, :, 1]) - np.maximum(
        boxes[:, None, :, 0], boxes[None, :, :, 0]
    )
    assert not np.triu((shared > 1e-6).all(-1), 1).any()
    width, deep, high = piece.size
    low, top = mesh.positions.min(0), mesh.positions.max(0)
    assert np.allclose([-low[0], top[0], top[1], top[2]], [width / 2, width / 2, deep, high], atol=1e-6)
    assert low[1] >= 0
    assert low[2] == 0


def test_copies_stand_where_they_were_placed_on_every_storey_and_are_known_to_ifc() -> None:
    massing = Massing(((rectangle(12.0, 9.0),),) * 2, (2.9, 2.9))
    storeys, shells = shells_of(massing, BuildingStyle(facade="house"))
    plan, _, placed = house(0)
    extra = fixtures_of(plan, storeys, shells)
    assert extra.report["num_fixtures"] == len(extra.elements) == 2 * len(placed)
    assert len({element.id for element in extra.elements}) == len(extra.elements)
    for instances in extra.instances:
        named = [element for element in extra.elements if element.mesh == instances.mesh]
        mesh = next(mesh for mesh in extra.meshes if mesh.name == instances.mesh)
        here = [one for one in placed if one.piece.name == mesh.name]
        assert len(named) == len(instances.transforms) == 2 * len(here)
        for element, matrix, one in zip(named, instances.transforms, here * 2, strict=True):
            storey = next(storey for storey in storeys if storey.name == element.storey)
            points = mesh.positions @ matrix[:3, :3].T + matrix[:3, 3]
            assert one.foot.buffer(1e-3).covers(shapely.MultiPoint(points[:, :2]))
            assert points[:, 2].min() == pytest.approx(storey.elevation_m, abs=1e-5)
    kinds = {kind_of(element.ifc_class, element.id) for element in extra.elements}
    assert {"BED", "TOILETPAN", "WASHHANDBASIN"} <= kinds
