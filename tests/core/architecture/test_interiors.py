# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of houses: rooms that cover the floor, walls with doors, stairs that are reached."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from closed_mesh import is_closed, volume

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.request import Request


def made(seed: int = 0, warn: Callable[[str], None] = print, **params: Any) -> Asset:
    plain = {"generator": "architecture", "method": "building", "params": params, "seed": seed}
    return engine.generate(Request.from_plain(plain).hashed(), device="cpu", warn=warn)


def spaces(asset: Asset, storey: str) -> dict[str, np.ndarray]:
    return {e.id: e.polygon for e in asset.elements if e.ifc_class == "IfcSpace" and e.storey == storey}


@pytest.mark.parametrize(("width", "storeys"), [(12.0, 1), (15.0, 3)])
def test_rooms_cover_the_floor_and_every_part_is_closed(width: float, storeys: int) -> None:
    asset = made(width_m=width, storeys=storeys)
    assert all(is_closed(mesh) and volume(mesh) > 0 for mesh in asset.meshes)
    rooms = [shapely.Polygon(ring) for ring in spaces(asset, "storey 0").values()]
    assert len(rooms) >= 6
    floor = (width - 0.6) * (9.0 - 0.6)
    assert sum(room.area for room in rooms) == pytest.approx(floor, rel=1e-3)
    assert shapely.union_all(rooms).area == pytest.approx(floor, rel=1e-3)


def test_inner_walls_stay_within_the_outer_ones() -> None:
    asset = made()
    walls = next(mesh for mesh in asset.meshes if mesh.name == "storey 1 partitions")
    assert np.abs(walls.positions[:, :2]).max(0) == pytest.approx([5.7, 4.2], abs=2e-3)


def test_every_room_has_a_door_and_no_wall_stands_in_one() -> None:
    asset = made()
    doors = [e for e in asset.elements if e.ifc_class == "IfcDoor" and "inner" in e.id and e.storey == "storey 0"]
    assert len(doors) >= len(spaces(asset, "storey 0")) - 1
    walls = {e.id for e in asset.elements if e.ifc_class == "IfcWall"}
    assert all(door.parent in walls for door in doors)
    assert asset.report["num_stairs"] == 1


def test_more_storeys_or_another_roof_leave_the_rooms_as_they_were() -> None:
    low, high = made(storeys=3), made(storeys=5, roof="hip")
    for storey in ("storey 0", "storey 1", "storey 2"):
        one, other = spaces(low, storey), spaces(high, storey)
        assert one
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[name], other[name]) for name in one)
    assert low.report["num_dwellings"] == 3
    rooms = [e for e in low.elements if e.ifc_class == "IfcSpace" and "stairs" not in e.id]
    net = sum(room.quantities["net_floor_area_m2"] for room in rooms)
    assert low.report["net_room_area_m2"] == pytest.approx(net)
    assert net < low.report["net_floor_area_m2"]


def test_a_programme_larger_than_the_outline_is_told() -> None:
    with pytest.raises(InputError, match="programme asks for"):
        made(width_m=8.0, depth_m=7.0, storeys=1, programme="living 60, kitchen 20, hall 7; living-kitchen")


def test_a_rule_that_no_plan_meets_is_told() -> None:
    said: list[str] = []
    # six rooms that all adjoin each other: no plan does that (Kuratowski)
    uses = ("living", "kitchen", "dining", "bedroom", "study", "bath")
    pairs = ", ".join(f"{one}-{other}" for one, other in combinations(uses, 2))
    programme = f"living 20, kitchen 9, dining 10, bedroom 12, study 8, bath 5; {pairs}"
    made(width_m=12.0, storeys=1, programme=programme, warn=said.append)
    assert any("No plan was found that meets every rule" in one for one in said)


def test_what_is_pinned_upstairs_is_kept_there_alone(tmp_path: Path) -> None:
    ring = [[1.5, 1.2], [5.7, 1.2], [5.7, 4.2], [1.5, 4.2]]
    pin = {"name": "bedroom 1", "use": "bedroom", "outer": ring, "storey": 1}
    site = tmp_path / "site.json"
    site.write_text(json.dumps({"maquette_site": 1, "pinned_rooms": [pin]}), encoding="utf-8")
    plain = {"generator": "architecture", "method": "building", "params": {"storeys": 2}, "references": [str(site)]}
    asset = engine.generate(Request.from_plain(plain), device="cpu")
    upstairs, below = (spaces(asset, storey)[f"{storey} space bedroom 1"] for storey in ("storey 1", "storey 0"))
    drawn = shapely.Polygon(ring)
    assert shapely.Polygon(upstairs).symmetric_difference(drawn).area < 0.01
    assert shapely.Polygon(below).symmetric_difference(drawn).area > 0.5


def test_few_walls_of_a_house_end_in_a_window() -> None:
    asset = made(width_m=14.0, style="house")
    walls = {e.id: e for e in asset.elements if e.ifc_class == "IfcWall"}
    openings = []
    for window in (e for e in asset.elements if e.ifc_class == "IfcWindow" and e.storey == "storey 1"):
        a, b = walls[window.parent].polygon[:2]
        way = (b - a) / np.hypot(*(b - a))
        middle, half = a + window.quantities["offset_m"] * way, window.quantities["width_m"] / 2
        openings.append(shapely.LineString([middle - half * way, middle + half * way]))
    whole = shapely.union_all(openings).buffer(0.32, cap_style="flat")
    rooms = [shapely.Polygon(ring) for ring in spaces(asset, "storey 1").values()]
    corners = {tuple(np.round(point, 2)) for room in rooms for point in np.array(room.exterior.coords)}
    assert sum(whole.contains(shapely.Point(point)) for point in corners) <= 1
