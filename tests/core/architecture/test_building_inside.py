# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole buildings of many dwellings: rooms cover every storey, all of them are reached, and what is made is closed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import shapely
from closed_mesh import is_closed, volume

from maquette.core import engine
from maquette.core.architecture import building_inside, dwelling_plans
from maquette.core.architecture.building_shells import shells_of
from maquette.core.architecture.building_style import BuildingStyle
from maquette.core.architecture.floor_plan import FloorPlan
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.plan_search import Effort
from maquette.core.architecture.programme import parse_programme
from maquette.core.architecture.site import Site
from maquette.core.asset import Asset
from maquette.core.request import Request

FLAT = "living 20, kitchen 8, bedroom 11, bath 5, hall 6; hall-living, hall-kitchen, hall-bedroom, hall-bath"
SITES: dict[str, dict[str, Any]] = {
    "bar": {"outline": {"outer": [[0, 0], [20, 0], [20, 13], [0, 13]]}},
    "court": {
        "outline": {"outer": [[0, 0], [20, 0], [20, 18], [0, 18]], "holes": [[[7, 7], [7, 11], [13, 11], [13, 7]]]}
    },
    "party": {
        "outline": {"outer": [[0, 0], [18, 0], [18, 10], [9, 10], [9, 15], [0, 15]]},
        "neighbours": [{"outer": [[18.1, 0], [30, 0], [30, 12], [18.1, 12]], "height_m": 5.0}],
    },
}
OPEN = ("corridor", "lobby")


@pytest.fixture(autouse=True, scope="module")
def _quick_plans() -> Iterator[None]:
    """What is tested here holds for plans however long they were searched for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dwelling_plans, "EFFORT", Effort(drawn=60, chains=24, rounds=12, attempts=1))
        yield


@cache
def made(site: str, **params: Any) -> tuple[Asset, tuple[str, ...]]:
    words: list[str] = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "site.json")
        path.write_text(json.dumps({"maquette_site": 1, **SITES[site]}), encoding="utf-8")
        plain = {
            "generator": "architecture",
            "method": "building",
            "params": {"programme": FLAT, "storeys": 3, "style": "house", **params},
            "references": [str(path)],
        }
        return engine.generate(Request.from_plain(plain), device="cpu", warn=words.append), tuple(words)


def spaces(asset: Asset, storey: str) -> dict[str, shapely.Polygon]:
    return {
        e.id: shapely.Polygon(e.polygon) for e in asset.elements if e.ifc_class == "IfcSpace" and e.storey == storey
    }


@pytest.mark.parametrize("site", SITES)
def test_rooms_cover_every_storey_and_every_part_is_closed(site: str) -> None:
    asset, _ = made(site)
    assert all(is_closed(mesh) and volume(mesh) > 0 for mesh in asset.meshes)
    for storey in (e for e in asset.elements if e.ifc_class == "IfcBuildingStorey"):
        rooms = list(spaces(asset, storey.id).values())
        floor = storey.quantities["net_floor_area_m2"]
        assert len(rooms) > 8
        assert sum(room.area for room in rooms) == pytest.approx(floor, abs=0.1)
        assert shapely.union_all(rooms).area == pytest.approx(floor, abs=0.1)


@pytest.mark.parametrize("site", SITES)
def test_ids_are_told_once_and_every_copy_has_its_element(site: str) -> None:
    asset, _ = made(site)
    ids = Counter(element.id for element in asset.elements)
    assert max(ids.values()) == 1
    assert all(not e.parent or e.parent in ids for e in asset.elements)
    named = Counter(element.mesh for element in asset.elements)
    assert all(named[one.mesh] == len(one.transforms) for one in asset.instances)
    numbers = {e.id.split(" space ")[0] for e in asset.elements if e.ifc_class == "IfcSpace" and "dwelling" in e.id}
    assert asset.report["num_dwellings"] == len(numbers)
    assert "storey 2 dwelling 1 space living" in ids


def rooms_reached(plan: FloorPlan) -> set[str]:
    """The rooms that are reached from the stairs through doors, open ways as one."""
    shapes = {room.name: shapely.Polygon(room.ring) for room in plan.rooms}
    ways = [room.name for room in plan.rooms if room.use in OPEN]
    joined = [set(door.rooms) for door in plan.doors if all(door.rooms)]
    joined += [{a, b} for a in ways for b in ways if a != b and shapes[a].distance(shapes[b]) < 1e-3]
    reached = {room.name for room in plan.rooms if room.use == "stairs"}
    while True:
        more = {name for pair in joined if pair & reached for name in pair} - reached
        if not more:
            return reached
        reached |= more


@pytest.mark.parametrize("site", ["court", "party"])
def test_every_room_is_reached_from_the_stairs(site: str) -> None:
    plain = SITES[site]["outline"]
    outline = clean_outline(np.array(plain["outer"], float), [np.array(h, float) for h in plain.get("holes", [])])
    storeys, shells = shells_of(Massing(((outline,),) * 3, (3.0,) * 3), BuildingStyle(facade="house"))
    found = building_inside.inside_of(storeys, shells, Site(), parse_programme(FLAT), 1, lambda index: "dwelling")
    assert found is not None
    assert found.runs
    assert not found.open_storeys
    for part in found.parts:
        assert any(room.use == "stairs" for room in part.plan.rooms)
        assert rooms_reached(part.plan) == {room.name for room in part.plan.rooms}


def test_storeys_above_the_ground_are_equal_and_more_of_them_change_nothing() -> None:
    asset, _ = made("bar")
    one, two = spaces(asset, "storey 1"), spaces(asset, "storey 2")
    assert [name[8:] for name in one] == [name[8:] for name in two]
    assert all(a.equals(b) for a, b in zip(one.values(), two.values(), strict=True))


def test_the_building_has_a_door_to_every_stair_or_to_the_lobby() -> None:
    for site in SITES:
        asset, _ = made(site)
        doors = [e for e in asset.elements if e.ifc_class == "IfcDoor" and e.mesh.startswith("door")]
        has_lobby = any("lobby" in name for name in spaces(asset, "storey 0"))
        stairs = sum("stairs" in name for name in spaces(asset, "storey 0"))
        assert len(doors) == (1 if has_lobby else stairs)


def test_offices_are_one_room_each_and_shops_are_on_the_ground_alone() -> None:
    default = {"programme": "living 24, kitchen 9, 2 bedroom 12, bath 5, hall 7; hall-living, hall-bedroom, hall-bath"}
    office, _ = made("bar", style="office", storeys=2, **default)
    assert any("space office 1" in name for name in spaces(office, "storey 1"))
    assert not any("dwelling" in name for name in spaces(office, "storey 1"))
    shops, _ = made("bar", style="shopfront", storeys=2, **default)
    assert any("space shop 1" in name for name in spaces(shops, "storey 0"))
    assert any("dwelling" in name for name in spaces(shops, "storey 1"))


def test_towers_on_a_podium_share_its_stairs_and_what_cannot_be_divided_is_told() -> None:
    low = clean_outline(np.array([(0.0, 0.0), (26.0, 0.0), (26.0, 13.0), (0.0, 13.0)]))
    towers = [clean_outline(np.array([(x, 1.0), (x + 10, 1.0), (x + 10, 12.0), (x, 12.0)])) for x in (1.0, 15.0)]
    massing = Massing(((low,), (low,), tuple(towers), tuple(towers)), (3.5, 3.0, 3.0, 3.0))
    storeys, shells = shells_of(massing, BuildingStyle(facade="house"))
    found = building_inside.inside_of(storeys, shells, Site(), parse_programme(FLAT), 1, lambda index: "dwelling")
    assert found is not None
    above = [part for part in found.parts if part.storeys[0].index >= 2]
    assert len(above) == 2
    numbers = [{r.name.split(" ")[1] for r in part.plan.rooms if r.name.startswith("dwelling")} for part in above]
    assert not numbers[0] & numbers[1]
    told = {name for name in found.open_storeys} | {s.name for part in found.parts for s in part.storeys}
    assert told == {storey.name for storey in storeys}
    assert {run.last for run in found.runs} == {3}
