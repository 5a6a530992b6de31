# SPDX-License-Identifier: GPL-3.0-or-later
"""The inside of a building as IFC, read back by ifcopenshell: inner walls, their doors, spaces and fixtures."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maquette.core import engine
from maquette.core.architecture import dwelling_plans
from maquette.core.architecture.plan_search import Effort
from maquette.core.asset import Asset
from maquette.core.files import export, ifc
from maquette.core.request import Request

# the package alone reads what was written; where it is not installed that is said
ifcopenshell = pytest.importorskip("ifcopenshell", reason="the package 'ifcopenshell' is not installed")
geom = pytest.importorskip("ifcopenshell.geom")
element_util = pytest.importorskip("ifcopenshell.util.element")
validation = pytest.importorskip("ifcopenshell.validate")


def silent(fraction: float, text: str) -> None:
    """Nobody watches."""


@cache
def house() -> Asset:
    params = {"width_m": 12.0, "storeys": 1}
    plain = {"generator": "architecture", "method": "building", "params": params, "seed": 0}
    return engine.generate(Request.from_plain(plain).hashed(), device="cpu")


@cache
def model() -> Any:
    return ifcopenshell.file.from_string(ifc.to_text(house(), silent))


def volume_of(thing: Any) -> float:
    shape = geom.create_shape(geom.settings(), thing).geometry
    points, faces = np.array(shape.verts).reshape(-1, 3), np.array(shape.faces).reshape(-1, 3)
    a, b, c = (points[faces[:, n]] - points[0] for n in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def inner(ifc_class: str) -> list[Any]:
    return [one for one in model().by_type(ifc_class) if "inner wall" in one.Name]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_there_is_not_one_error_of_the_schema(tmp_path: Path) -> None:
    export.export(house(), tmp_path, ("ifc",), progress=silent)
    logger = validation.json_logger()
    validation.validate(str(tmp_path / "asset.ifc"), logger, express_rules=False)
    assert not logger.statements, json.dumps([str(one) for one in logger.statements[:5]], indent=1)


def test_inner_walls_measure_what_their_quantities_say_with_their_doors_cut_out() -> None:
    walls = inner("IfcWall")
    assert len(walls) >= 5
    for wall in walls:
        (base,) = element_util.get_psets(wall, qtos_only=True).values()
        assert volume_of(wall) == pytest.approx(base["NetVolume"], rel=1e-3)
        assert base["GrossVolume"] == pytest.approx(base["Length"] * base["Width"] * base["Height"], rel=1e-3)
    doors = inner("IfcDoor")
    assert len(doors) == house().report["num_inner_doors"]
    assert all(
        door.FillsVoids[0].RelatingOpeningElement.VoidsElements[0].RelatingBuildingElement in walls for door in doors
    )


def test_rooms_are_spaces_of_their_storey_and_fixtures_have_their_kinds() -> None:
    spaces = [one for one in model().by_type("IfcSpace") if " space " in one.Name]
    assert len(spaces) == house().report["num_rooms"]
    fixtures = [
        one for name in ("IfcFurniture", "IfcSanitaryTerminal", "IfcElectricAppliance") for one in model().by_type(name)
    ]
    assert len(fixtures) == house().report["num_fixtures"] > 5
    assert {"BED", "TOILETPAN", "WASHHANDBASIN"} <= {one.PredefinedType for one in fixtures}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_building_of_dwellings_has_no_error_of_the_schema_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dwelling_plans, "EFFORT", Effort(drawn=60, chains=24, rounds=12))
    params = {"width_m": 20.0, "depth_m": 13.0, "storeys": 2}
    plain = {"generator": "architecture", "method": "building", "params": params, "seed": 0}
    block = engine.generate(Request.from_plain(plain), device="cpu")
    export.export(block, tmp_path, ("ifc",), progress=silent)
    logger = validation.json_logger()
    validation.validate(str(tmp_path / "asset.ifc"), logger, express_rules=False)
    assert not logger.statements, json.dumps([str(one) for one in logger.statements[:5]], indent=1)
    names = {one.Name for one in ifcopenshell.open(str(tmp_path / "asset.ifc")).by_type("IfcSpace")}
    assert len(names) == block.report["num_rooms"]
    assert any(name.startswith("storey 1 dwelling 2 space ") for name in names)
