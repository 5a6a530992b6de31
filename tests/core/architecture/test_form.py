# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms: codes there and back, within the parcel, and the method as its user asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from closed_mesh import is_closed, volume
from hypothesis import given, settings
from hypothesis import strategies as st

from maquette.core import engine
from maquette.core.architecture.form_code import (
    NUM_CONDITIONS,
    NUM_DISTRICT,
    NUM_STATISTICS,
    conditions_of,
    decoded,
    encoded,
    footprint_statistics,
    frame_of,
    mirrored,
    mirrored_conditions,
)
from maquette.core.architecture.form_fitting import fitted
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.models import models
from maquette.core.request import Request

PARCEL = shapely.Polygon([(0, 0), (30, 2), (28, 20), (-2, 17)])
SHAPES = {
    "rectangle": shapely.box(6, 5, 20, 13),
    "L": shapely.Polygon([(5, 4), (22, 4), (22, 9), (13, 9), (13, 15), (5, 15)]),
    "U": shapely.Polygon([(5, 4), (22, 4), (22, 14), (17, 14), (17, 8), (10, 8), (10, 14), (5, 14)]),
    "plus": shapely.union(shapely.box(9, 4, 14, 15), shapely.box(5, 7, 18, 11)),
}
PLOT = {"outer": [[0, 0], [24, 0], [24, 30], [0, 30]]}
NEIGHBOURS = [
    {"outer": [[x, 40], [x + 9, 40], [x + 9, 52], [x, 52]], "height_m": 7.5 + 0.5 * n}
    for n, x in enumerate(range(-40, 60, 14))
]
needs_weights = pytest.mark.skipif(not models("architecture", "form"), reason="no weights of 'form' are here")


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_footprint_comes_back_from_its_code(shape: shapely.Polygon) -> None:
    frame = frame_of(PARCEL)
    values, cuts = encoded(shape, 9.0, frame)
    back, height = decoded(values, cuts, frame)
    assert height == pytest.approx(9.0)
    assert back.intersection(shape).area / back.union(shape).area > 0.93


@pytest.mark.parametrize("axis", [0, 1])
def test_a_mirrored_code_is_the_code_of_the_mirrored_building(axis: int) -> None:
    frame = frame_of(shapely.box(-15, -10, 15, 10))
    shape = shapely.affinity.translate(SHAPES["U"], -13, -9)
    values, cuts = encoded(shape, 9.0, frame)
    turned, flags = mirrored(values[None], cuts[None], axis)
    other, _ = decoded(turned[0], flags[0], frame)
    first, _ = decoded(values, cuts, frame)
    scale = (-1, 1) if axis == 0 else (1, -1)
    expected = shapely.transform(first, lambda p: frame.to_world(frame.to_local(p) * scale))
    assert other.symmetric_difference(expected).area < 1e-6
    twice = mirrored(turned, flags, axis)
    assert np.allclose(twice[0][0], values) and np.array_equal(twice[1][0], cuts)


def test_conditions_of_a_mirrored_parcel_are_the_mirrored_conditions() -> None:
    district = np.linspace(0, 1, NUM_DISTRICT)
    frame = frame_of(shapely.box(-15, -10, 15, 10))
    land = shapely.Polygon([(-15, -10), (15, -10), (15, 10), (-5, 10), (-15, 2)])
    one = conditions_of(land, frame, district)
    assert one.shape == (NUM_CONDITIONS,)
    for axis, scale in enumerate([(-1, 1), (1, -1)]):
        other = conditions_of(
            shapely.transform(land, lambda p, s=scale: frame.to_world(frame.to_local(p) * s)), frame, district
        )
        assert np.allclose(mirrored_conditions(one[None], axis)[0], other, atol=1e-9)


@given(st.floats(-12, 40), st.floats(-12, 30), st.floats(4, 40), st.floats(4, 30), st.floats(0, 3.1))
@settings(max_examples=40, deadline=None)
def test_what_is_fitted_lies_within(x: float, y: float, width: float, depth: float, angle: float) -> None:
    box = shapely.box(x - width / 2, y - depth / 2, x + width / 2, y + depth / 2)
    box = shapely.affinity.rotate(box, angle, use_radians=True)
    made = fitted(box, PARCEL)
    assert made is None or (PARCEL.covers(made) and made.is_valid and made.area >= 12)


def test_what_fits_stays_as_it_is() -> None:
    made = fitted(SHAPES["L"], PARCEL)
    assert made is not None
    assert made.symmetric_difference(SHAPES["L"]).area < 0.01 * made.area


def test_statistics_tell_a_rectangle() -> None:
    found = footprint_statistics(SHAPES["rectangle"], 9.0, PARCEL, frame_of(PARCEL))
    assert found.shape == (NUM_STATISTICS,)
    assert found[3] == pytest.approx(1) and found[4] == 4


def made(
    folder: Path,
    seed: int = 0,
    code: list[float] | None = None,
    site: dict[str, Any] | None = None,
    **params: Any,
) -> Asset:
    path = folder / "site.json"
    path.write_text(json.dumps({"maquette_site": 1, **(site or {"site": PLOT, "neighbours": NEIGHBOURS})}))
    plain = {"generator": "architecture", "method": "form", "params": params, "seed": seed, "references": [str(path)]}
    return engine.generate(Request.from_plain({**plain, **({"code": code} if code else {})}).hashed(), device="cpu")


@needs_weights
def test_options_keep_the_limits_and_a_code_makes_one_alone(tmp_path: Path) -> None:
    asset = made(tmp_path, options=4, height_limit_m=8.0, setback_m=2.0)
    assert [option.name for option in asset.options] == [f"option {n}" for n in (1, 2, 3, 4)]
    room = shapely.Polygon(PLOT["outer"]).buffer(-2 + 1e-6, join_style="mitre")
    for mesh in asset.meshes:
        assert is_closed(mesh) and volume(mesh) > 0
        if mesh.name.startswith("option"):
            assert mesh.positions[:, 2].max() <= 8.0 + 1e-5
            assert room.covers(shapely.MultiPoint(mesh.positions[:, :2].round(5)))
    third = made(tmp_path, code=list(asset.options[2].code), options=4, height_limit_m=8.0, setback_m=2.0)
    assert third.options[0].report == asset.options[2].report
    assert len({option.report["footprint_area_m2"] for option in asset.options}) == 4


@needs_weights
def test_every_parcel_of_a_block_gets_a_building_of_its_own(tmp_path: Path) -> None:
    parcels = [{"outer": [[x, 0], [x + 14, 0], [x + 14, 30], [x, 30]]} for x in range(0, 70, 14)]
    asset = made(tmp_path, site={"parcels": parcels, "neighbours": NEIGHBOURS}, options=1)
    assert asset.report["num_buildings"] == 5
    plates = [element for element in asset.elements if element.storey == "storey 0"]
    assert len({round(float(shapely.Polygon(p.polygon).area), 2) for p in plates}) == 5


@needs_weights
def test_sliders_and_bad_input(tmp_path: Path) -> None:
    plain = made(tmp_path, options=1)
    assert made(tmp_path, options=1, relative_height=0.5).report["height_m"] > 1.2 * plain.report["height_m"]
    assert made(tmp_path, options=1, relative_size=-0.8).report["footprint_area_m2"] < plain.report["footprint_area_m2"]
    with pytest.raises(InputError, match="has 3 numbers"):
        made(tmp_path, code=[1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="neither a plot nor parcels"):
        made(tmp_path, site={"outline": PLOT})
    with pytest.raises(InputError, match="no parcel room"):
        made(tmp_path, setback_m=14.0)
