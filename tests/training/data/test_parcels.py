# SPDX-License-Identifier: GPL-3.0-or-later
"""Parcels from TopoJSON, and blocks of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maquette.core.architecture.site import site_from_json, site_to_json
from maquette.core.errors import InputError
from maquette.training.data import parcels as module
from maquette.training.data.parcels import blocks, read_parcels, site_of_block


def _two_beside_and_one_apart() -> dict[str, Any]:
    """Two parcels of 10 by 20 m that share the arc 0, the second of them backwards, and one across a street of 8 m;
    in steps of 0.5."""
    return {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [1000.0, 2000.0]},
        "arcs": [
            [[20, 0], [0, 40]],
            [[20, 40], [-20, 0], [0, -40], [20, 0]],
            [[20, 0], [20, 0], [0, 40], [-20, 0]],
            [[56, 0], [20, 0], [0, 40], [-20, 0], [0, -40]],
        ],
        "objects": {
            "parcels": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]]},
                    {"type": "Polygon", "arcs": [[2, ~0]]},
                    {"type": "MultiPolygon", "arcs": [[[3]]]},
                    {"type": "LineString", "arcs": [0]},
                ],
            }
        },
    }


def _written(folder: Path, plain: dict[str, Any], name: str = "parcels.topojson.gz") -> Path:
    path = folder / name
    text = json.dumps(plain).encode()
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


@pytest.mark.parametrize("name", ["parcels.topojson.gz", "parcels.topojson"])
def test_parcels_have_their_size_and_place(tmp_path: Path, name: str) -> None:
    found = read_parcels(_written(tmp_path, _two_beside_and_one_apart(), name), "metres")
    assert [round(outline.area, 6) for outline in found.outlines] == [200, 200, 200]
    np.testing.assert_allclose(found.origin, (1019, 2010))
    np.testing.assert_allclose(found.outlines[1].outer.min(axis=0), (-9, -10))
    assert found.left_out == {"it is no polygon": 1}


def test_parcels_that_touch_are_a_block(tmp_path: Path) -> None:
    found = read_parcels(_written(tmp_path, _two_beside_and_one_apart()), "metres")
    assert blocks(found) == [(0, 1), (2,)]


def test_feet_are_survey_feet(tmp_path: Path) -> None:
    plain = _two_beside_and_one_apart()
    plain["transform"]["scale"] = [5, 5]
    found = read_parcels(_written(tmp_path, plain), "feet")
    assert found.outlines[0].area == pytest.approx(20_000 * (1200 / 3937) ** 2, rel=1e-9)


def test_degrees_become_metres(tmp_path: Path) -> None:
    """At 42 degrees north a degree is 111 062 m north and 82 850 m east (ellipsoid of WGS 84, to 0.1 %)."""
    plain = _two_beside_and_one_apart()
    plain["transform"] = {"scale": [1e-5, 1e-5], "translate": [-71.0, 42.0]}
    found = read_parcels(_written(tmp_path, plain))
    equator_m, flattening = 6378137.0, 1 / 298.257223563
    squared, latitude = flattening * (2 - flattening), np.radians(42.0002)
    root = 1 - squared * np.sin(latitude) ** 2
    east = np.radians(1) * equator_m * np.cos(latitude) / np.sqrt(root)
    north = np.radians(1) * equator_m * (1 - squared) / root**1.5
    span = np.ptp(found.outlines[0].outer, axis=0)
    np.testing.assert_allclose(span, (20e-5 * east, 40e-5 * north), rtol=1e-5)


def test_a_site_of_a_block_survives_its_file(tmp_path: Path) -> None:
    found = read_parcels(_written(tmp_path, _two_beside_and_one_apart()), "metres")
    site = site_of_block(found, blocks(found)[0])
    again = site_from_json(site_to_json(site))
    assert again.plot is not None and again.plot.area == pytest.approx(400, rel=1e-6)
    assert [parcel.area for parcel in again.parcels] == pytest.approx([200, 200])
    corners = np.concatenate([parcel.outer for parcel in again.parcels])
    np.testing.assert_allclose(corners.min(axis=0), -corners.max(axis=0), atol=1e-9)


def test_land_in_two_pieces_is_no_plot(tmp_path: Path) -> None:
    found = read_parcels(_written(tmp_path, _two_beside_and_one_apart()), "metres")
    site = site_of_block(found, (0, 2))
    assert site.plot is None and len(site.parcels) == 2


def test_large_coordinates_ask_for_their_unit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'metres' or 'feet'"):
        read_parcels(_written(tmp_path, _two_beside_and_one_apart()))
    with pytest.raises(InputError, match="miles"):
        read_parcels(_written(tmp_path, _two_beside_and_one_apart()), "miles")


def test_what_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 1000)
    path = tmp_path / "parcels.topojson.gz"
    path.write_bytes(gzip.compress(b" " * 1_000_000))
    with pytest.raises(InputError, match="Divide it"):
        read_parcels(path)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "FeatureCollection"},
        {"arcs": [[["a", 1]]]},
        {"arcs": [[[0, 1], [2]]]},
        {"transform": {"scale": [1, 1]}},
        {"transform": {"scale": [1e308, 1], "translate": [0, 0]}},
        {"objects": {}},
        {"objects": {"one": {"type": "Polygon", "arcs": [[99]]}}},
        {"objects": {"one": {"type": "Polygon", "arcs": [["x"]]}}},
    ],
)
def test_other_files_are_refused_with_a_sentence(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"parcels.topojson.gz.*\."):
        read_parcels(_written(tmp_path, {**_two_beside_and_one_apart(), **change}), "metres")


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, _two_beside_and_one_apart())
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(InputError, match="cannot be read"):
        read_parcels(path)
