# SPDX-License-Identifier: GPL-3.0-or-later
"""Massings that are offered: floor area and limits kept by the outlines, made again by the code, closed."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from synthetic_site import synthetic_site

from maquette.core import engine
from maquette.core.architecture.massing import Massing
from maquette.core.architecture.massing_lattice import design_of
from maquette.core.architecture.massing_options import massing_of
from maquette.core.architecture.massing_params import MassingParams
from maquette.core.architecture.outline import clean_outline
from maquette.core.architecture.site import Site, site_from_json, site_to_json
from maquette.core.asset import Asset, Mesh
from maquette.core.errors import InputError
from maquette.core.request import Request

ASKED = {"floor_area_ratio": 2.0, "evaluations": 200, "options": 2, "coverage": 0.5, "setback_m": 4.0}


def site() -> Site:
    ring, neighbours = synthetic_site(2)
    # as the file has it, which rounds corners
    return site_from_json(site_to_json(Site(plot=clean_outline(0.6 * ring), neighbours=tuple(neighbours))))


def request(folder: Path, **params: float) -> Request:
    path = folder / "site.json"
    path.write_text(site_to_json(site()))
    plain = {"generator": "architecture", "method": "massing", "params": ASKED | params, "references": [str(path)]}
    return Request.from_plain(plain)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Asset:
    return engine.generate(request(tmp_path_factory.mktemp("massing")), device="cpu")


def shapes(massing: Massing) -> list[shapely.Geometry]:
    return [shapely.union_all([shapely.Polygon(p.outer, p.holes) for p in storey]) for storey in massing.plates]


def test_options_come_first_and_the_plain_rules_beside_them(made: Asset) -> None:
    coded = [option for option in made.options if option.code]
    assert 1 <= len(coded) <= 2
    assert [option.name for option in coded] == [f"option {n}" for n in range(1, len(coded) + 1)]
    assert {"extrusion", "slabs"} & {option.name for option in made.options if not option.code}
    for option in made.options:
        assert 0 < option.report["daylit_share"] <= 1
        assert 0 <= option.report["view_share"] <= 1
        assert set(option.meshes) <= {mesh.name for mesh in made.meshes}


def test_outlines_keep_the_limits_and_have_the_floor_area(made: Asset) -> None:
    plot = site().plot
    assert plot is not None
    land, params = shapely.Polygon(plot.outer), MassingParams(**ASKED)
    for option in made.options:
        if not option.code:
            continue
        massing = massing_of(site(), params, option.code)
        storeys = shapes(massing)
        assert massing.gross_floor_area_m2 == pytest.approx(2.0 * plot.area, rel=0.005)
        assert option.report["gross_floor_area_m2"] == pytest.approx(massing.gross_floor_area_m2, rel=1e-9)
        assert land.contains(storeys[0]) and storeys[0].distance(land.boundary) >= params.setback_m
        assert sum(massing.heights_m) <= params.height_limit_m
        assert storeys[0].area <= params.coverage * plot.area
        assert all(above.difference(below.buffer(0.02)).is_empty for below, above in pairwise(storeys))
        assert min(part.area for storey in storeys for part in shapely.get_parts(storey)) >= 36


def test_a_code_makes_its_option_again(made: Asset, tmp_path: Path) -> None:
    first = made.options[0]
    plain = request(tmp_path).to_plain() | {"code": list(first.code)}
    again = engine.generate(Request.from_plain(plain), device="cpu")
    assert [option.name for option in again.options] == ["option 1"]
    assert again.options[0].report == first.report
    one, two = (next(mesh for mesh in asset.meshes if mesh.name == "option 1") for asset in (made, again))
    assert np.array_equal(one.positions, two.positions) and np.array_equal(one.colors["sun"], two.colors["sun"])


def test_masses_are_closed_and_coloured_and_elements_hold_the_areas(made: Asset) -> None:
    for option in made.options:
        mesh = next(mesh for mesh in made.meshes if mesh.name == option.meshes[0])
        assert open_edges(mesh) == 0
        colours = mesh.colors["sun"]
        assert colours.shape == (len(mesh.corners), 4) and colours.min() >= 0 and colours.max() <= 1
        areas = [e.quantities["gross_floor_area_m2"] for e in made.elements if e.parent == option.name]
        assert sum(areas) == pytest.approx(option.report["gross_floor_area_m2"])


def test_limits_that_cannot_be_kept_and_missing_plots_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Raise the height limit"):
        engine.generate(request(tmp_path, height_limit_m=4.0), device="cpu")
    with pytest.raises(InputError, match="no plot"):
        massing_of(Site(), MassingParams(), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 9.0, 9.0, 1.0))
    with pytest.raises(InputError, match="is no massing"):
        design_of((1.0, 5.0, 5.0, 0.0))


def open_edges(mesh: Mesh) -> int:
    """Directed edges without one the other way."""
    edges = set()
    for first, last in pairwise(mesh.face_starts.tolist()):
        ring = mesh.corners[first:last].tolist()
        edges |= {(a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)}
    return sum((b, a) not in edges for a, b in edges)
