# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_building import synthetic_building, synthetic_options

from maquette.core.asset import Asset, Element
from maquette.core.errors import InputError
from maquette.core.files import export


def rows(asset: Asset, folder: Path, name: str = "areas.csv") -> list[dict[str, str]]:
    assert export.export(asset, folder, ("csv",), progress=lambda fraction, text: None) == ("areas.csv", "report.csv")
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_areas_by_storey_and_space_add_up(tmp_path: Path) -> None:
    found = rows(synthetic_building(3), tmp_path)
    assert [row["row"] for row in found] == ["space", "space", "storey"] * 3 + ["building"]
    assert {row["building"] for row in found} == {"Haus Grün"}
    assert found[1]["space"] == found[1]["use"] == "Wohnküche 居間 'A'"
    assert [row["elevation_m"] for row in found if row["row"] == "storey"] == ["0", "3.2", "6.4"]
    for column, total in (("net_area_m2", 3 * 22.2), ("volume_m3", 3 * 22.2 * 2.95)):
        for kind in ("space", "storey", "building"):
            assert sum(float(row[column]) for row in found if row["row"] == kind) == pytest.approx(total)
    assert found[-1]["height_m"] == "9.6" and found[-1]["gross_area_m2"] == ""


def test_lines_end_as_the_standard_says_and_there_is_one_header(tmp_path: Path) -> None:
    rows(synthetic_building(), tmp_path)
    lines = (tmp_path / "areas.csv").read_bytes().split(b"\r\n")
    assert lines[0].startswith(b"row,building,storey,space,use,") and lines[-1] == b""
    assert not any(b"\n" in line for line in lines) and sum(line.startswith(b"row,") for line in lines) == 1


def test_options_have_their_storeys_and_their_reports(tmp_path: Path) -> None:
    asset = synthetic_options()
    found = rows(asset, tmp_path)
    storeys = [row for row in found if row["row"] == "storey"]
    assert [sum(row["building"] == name for row in storeys) for name in ("option 1", "option 2", "slabs")] == [3, 4, 2]
    for option in asset.options:
        plates = [e.quantities["gross_floor_area_m2"] for e in asset.elements if e.parent == option.name]
        (total,) = (row for row in found if row["row"] == "building" and row["building"] == option.name)
        assert float(total["gross_area_m2"]) == pytest.approx(sum(plates))
        assert float(total["volume_m3"]) == pytest.approx(3 * sum(plates))
    report = rows(asset, tmp_path, "report.csv")
    assert {"building": "option 2", "figure": "far", "value": "2"} in report and len(report) == 4


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@sum(A1)", " =A1", "\t=A1"])
def test_a_name_is_never_a_formula(name: str, tmp_path: Path) -> None:
    space = Element(f"storey 0 space {name}", "IfcSpace", "storey 0", "storey 0", "", np.zeros((0, 2)))
    asset = replace(synthetic_building(1), name=name, elements=(*synthetic_building(1).elements, space))
    found = rows(asset, tmp_path)
    assert {row["building"] for row in found} == {f"'{name}"}
    assert f"'{name}" in {row["space"] for row in found}


def test_commas_and_quotes_come_back(tmp_path: Path) -> None:
    name = 'a, "b"\nc'
    space = Element(f"storey 0 space {name}", "IfcSpace", "storey 0", "storey 0", "", np.zeros((0, 2)))
    found = rows(replace(synthetic_building(1), elements=(*synthetic_building(1).elements, space)), tmp_path)
    assert name in {row["space"] for row in found}


def test_what_is_no_building_has_no_areas(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'x' has no building elements. Export 'csv' of architecture alone."):
        rows(Asset("x"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_space_of_a_dwelling_is_named_with_its_number(tmp_path: Path) -> None:
    asset = synthetic_building(1)
    own = next(element for element in asset.elements if element.ifc_class == "IfcSpace")
    named = replace(own, id=f"{own.storey} dwelling 3 space bedroom 2")
    found = rows(replace(asset, elements=(*asset.elements, named)), tmp_path)
    assert ("dwelling 3 bedroom 2", "bedroom") in [(row["space"], row["use"]) for row in found]
