# SPDX-License-Identifier: GPL-3.0-or-later
"""Floor plans in the form of ResPlan, drawn here: a flat of 9 by 6 m with walls of 0.2 m, in a unit of 0.05 m."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from maquette.core.errors import InputError
from maquette.training.data.resplan import floor_plan_of, read_resplan

UNIT = 0.05


def _ring(low: float, bottom: float, high: float, top: float) -> list[list[float]]:
    """A rectangle of metres in the file's unit, from a corner of its own."""
    ring = [(low, bottom), (high, bottom), (high, top), (low, top)]
    return [[x / UNIT + 40, y / UNIT + 25] for x, y in ring]


def _flat() -> dict[str, Any]:
    return {
        "id": 7,
        "area": 54.0,
        "inner": _ring(0, 0, 9, 6),
        "living": [_ring(0, 0, 5, 6)],
        "bedroom": [{"type": "Polygon", "coordinates": [[*_ring(5.2, 2.2, 9, 6), _ring(5.2, 2.2, 9, 6)[0]]]}],
        "bathroom": [shapely.Polygon(_ring(5.2, 0, 9, 2)).wkt],
        "door": [_ring(5, 3, 5.2, 3.9), _ring(5, 0.5, 5.2, 1.2)],
        "front_door": [_ring(2, -0.3, 3, 0)],
        "window": [_ring(9, 3, 9.3, 5)],
        "balcony": [],
    }


def _written(folder: Path, text: str, name: str = "plans.jsonl") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_rooms_tile_the_floor_and_meet_in_the_middle_of_walls() -> None:
    plan = floor_plan_of(_flat())
    assert plan.outline.area == pytest.approx(54, abs=1e-3)
    areas = {room.name: shapely.Polygon(room.ring).area for room in plan.rooms}
    assert areas == pytest.approx({"living": 5.1 * 6, "bedroom": 3.9 * 3.9, "bath": 3.9 * 2.1}, abs=0.05)
    shapes = [shapely.Polygon(room.ring) for room in plan.rooms]
    floor = shapely.Polygon(plan.outline.outer)
    assert shapely.union_all(shapes).symmetric_difference(floor).area < 1e-3
    assert sum(shape.area for shape in shapes) == pytest.approx(floor.area, abs=1e-3)


def test_strips_of_a_room_around_another_go_to_the_other() -> None:
    """A kitchen in the corner of the living room, which the file's living room frames by 0.05 m."""
    flat = _flat()
    kitchen = shapely.Polygon(_ring(0.05, 3.05, 2.95, 5.95))
    flat["living"] = [shapely.Polygon(_ring(0, 0, 5, 6)).difference(kitchen).wkt]
    flat["kitchen"] = [kitchen.wkt]
    areas = {room.name: shapely.Polygon(room.ring).area for room in floor_plan_of(flat).rooms}
    assert areas["kitchen"] == pytest.approx(2.95 * 2.95, abs=0.05)
    assert areas["living"] == pytest.approx(5.1 * 6 - 2.95 * 2.95, abs=0.1)


def test_doors_stand_in_the_walls_of_their_rooms() -> None:
    plan = floor_plan_of(_flat())
    widths = {door.rooms: float(np.hypot(*(door.end - door.start))) for door in plan.doors}
    assert widths == pytest.approx({("living", "bedroom"): 0.9, ("living", "bath"): 0.7, ("living", ""): 1.0}, abs=0.01)
    by_name = {room.name: shapely.Polygon(room.ring).boundary for room in plan.rooms}
    by_name[""] = shapely.Polygon(plan.outline.outer).boundary
    for door in plan.doors:
        for name in door.rooms:
            ends = shapely.points([door.start, door.end])
            assert shapely.distance(by_name[name], ends).max() < 1e-3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"area": None}, "'area'"),
        ({"area": 1e9}, "'area'"),
        ({"inner": []}, "'inner'"),
        ({"inner": [_ring(0, 0, 20, 6)]}, "leave"),
        ({"kitchen": [_ring(1, 1, 4, 4)]}, "overlaps"),
        ({"living": "CIRCLE"}, "no polygon"),
        ({"living": "POLYGON ((0 0, 1"}, "no polygon"),
        ({"living": [[[0, 0], ["x", 1]]]}, "no polygon"),
        ({"living": [[[0, 0], [1e300, 1], [2, 2]]]}, "out of all measure"),
        ({"living": 5}, "list of polygons"),
        ({"living": [_ring(0, 0, 1, 1)] * 500}, "polygons"),
        ({"living": [], "bedroom": [], "bathroom": []}, "no rooms"),
    ],
)
def test_plans_that_do_not_fit_are_left_out_with_the_reason(tmp_path: Path, change: Any, reason: str) -> None:
    lines = [json.dumps(_flat()), json.dumps({**_flat(), **change, "id": "odd"})]
    found = read_resplan(_written(tmp_path, "\n".join(lines)))
    assert list(found.plans) == ["plan 7"]
    assert len(found.left_out) == 1 and found.left_out[0].startswith("plan odd: ") and reason in found.left_out[0]
    assert reason in found.report()


def test_a_list_of_plans_is_read_too(tmp_path: Path) -> None:
    """Also with the polygons one level down, as some converters write them."""
    flat = _flat()
    inside = {key: flat.pop(key) for key in list(flat) if key not in ("id", "area")}
    found = read_resplan(_written(tmp_path, json.dumps([_flat(), {**flat, "geometries": inside}]), "plans.json"))
    assert list(found.plans) == ["plan 7", "plan 7 (2)"]
    assert len(found.plans["plan 7 (2)"].rooms) == 3


@pytest.mark.parametrize("name", ["ResPlan.pkl", "ResPlan.json"])
def test_a_pickle_is_never_loaded(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(pickle.dumps([_flat()]))
    with pytest.raises(InputError, match=r"pickle.*convert it.*jsonl"):
        read_resplan(path)


def test_a_file_without_plans_is_refused(tmp_path: Path) -> None:
    for text, name in (("{}", "a.json"), ("[]", "b.json"), ("", "c.jsonl"), ("[", "d.json"), ("[1]", "e.json")):
        with pytest.raises(InputError):
            read_resplan(_written(tmp_path, text, name))
    with pytest.raises(InputError, match="cannot be read"):
        read_resplan(tmp_path / "none.jsonl")
