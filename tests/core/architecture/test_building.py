# SPDX-License-Identifier: GPL-3.0-or-later
"""The method `building`, asked as its user would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from closed_mesh import is_closed, volume

from maquette.core import engine
from maquette.core.architecture import building_textures
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.core.models import models
from maquette.core.request import Request


def made(
    site: Path | None = None, seed: int = 0, code: Any = None, warn: Callable[[str], None] = print, **params: Any
) -> Asset:
    plain = {"generator": "architecture", "method": "building", "params": params, "seed": seed}
    plain |= {"references": [str(site)] if site else []} | ({"code": list(code)} if code else {})
    return engine.generate(Request.from_plain(plain).hashed(), device="cpu", warn=warn)


def site_file(folder: Path, **parts: Any) -> Path:
    path = folder / "site.json"
    path.write_text(json.dumps({"maquette_site": 1, **parts}), encoding="utf-8")
    return path


def parts(asset: Asset, *words: str) -> dict[str, np.ndarray]:
    return {m.name: m.positions for m in asset.meshes if any(word in m.name for word in words)}


def test_without_a_site_it_stands_on_a_rectangle() -> None:
    asset = made(width_m=14.0, depth_m=8.0, storeys=3, roof="gable")
    assert asset.report["gross_floor_area_m2"] == pytest.approx(3 * 14 * 8)
    assert asset.report["num_storeys"] == 3
    assert all(is_closed(mesh) and volume(mesh) > 0 for mesh in asset.meshes)
    slots = {name for mesh in asset.meshes for name in mesh.materials}
    assert slots <= {material.name for material in asset.materials}


def test_another_roof_or_more_storeys_leave_the_walls_below_to_the_vertex() -> None:
    low, other, high = made(storeys=3), made(storeys=3, roof="hip"), made(storeys=5)
    walls = parts(low, " walls")
    assert len(walls) == 3
    for name, positions in walls.items():
        assert np.array_equal(positions, parts(other, " walls")[name])
    # the third storey is no longer the topmost
    for name in ("storey 0 walls", "storey 1 walls"):
        assert np.array_equal(walls[name], parts(high, " walls")[name])


def test_the_outline_comes_before_the_plot(tmp_path: Path) -> None:
    plot = {"outer": [[0, 0], [40, 0], [40, 30], [0, 30]]}
    outline = {"outer": [[5, 5], [20, 5], [20, 15], [5, 15]]}
    on_plot = made(site_file(tmp_path, site=plot), storeys=1, interiors=False)
    assert on_plot.report["footprint_area_m2"] == pytest.approx(1200)
    both = made(site_file(tmp_path, site=plot, outline=outline, front_door=[12, 0]), storeys=1)
    assert both.report["footprint_area_m2"] == pytest.approx(150)


def test_materials_tile_in_metres_in_the_plain_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building_textures, "TILE_PX", 64)
    wanted = {"style": "classical", "roof": "gable", "storeys": 3, "interiors": False}
    plain = {material.name: material for material in made(**wanted).materials}
    asset = made(materials=True, **wanted)
    assert [material.name for material in asset.materials] == list(plain)
    tiled = {material.name: material for material in asset.materials if len(material.maps["albedo"]) == 64}
    assert {"facade base", "facade", "facade top", "roof", "floor", "band"} <= set(tiled)
    assert not {"glass", "frame", "railing", "door"} & set(tiled)
    for name, material in tiled.items():
        assert min(material.size_m) > 0
        assert {"albedo", "normal", "roughness"} <= set(material.maps)
        colour = plain[name].maps["albedo"][0, 0]
        assert np.abs(material.maps["albedo"].mean((0, 1)) - colour).max() < 0.03
    again = made(materials=True, **wanted)
    for first, second in zip(asset.materials, again.materials, strict=True):
        assert all(np.array_equal(image, second.maps[name]) for name, image in first.maps.items())


PLOT = {"outer": [[0, 0], [42, 0], [44, 32], [0, 34]]}
NEIGHBOUR = {"outer": [[-20, 0], [0, 0], [0, 12], [-20, 12]], "height_m": 9.0}
LIMITS = {"setback_m": 2.0, "floor_area_ratio": 1.5, "evaluations": 200, "options": 1}


def test_a_building_is_the_best_massing_of_its_search_or_that_of_its_code(tmp_path: Path) -> None:
    site = site_file(tmp_path, site=PLOT, neighbours=[NEIGHBOUR])
    plain = {"generator": "architecture", "method": "massing", "params": LIMITS, "references": [str(site)]}
    massing = engine.generate(Request.from_plain(plain).hashed(), device="cpu")
    (best, *_) = massing.options
    searched = made(site, shape="massing", interiors=False, **LIMITS)
    coded = made(site, shape="massing", code=best.code, interiors=False, **LIMITS)
    for asset in (searched, coded):
        assert asset.report["gross_floor_area_m2"] == pytest.approx(best.report["gross_floor_area_m2"], rel=1e-6)
        assert asset.report["num_storeys"] == best.report["num_storeys"]
        assert asset.report["eaves_height_m"] == pytest.approx(best.report["height_m"])
    walls = parts(searched, " walls")
    assert all(np.array_equal(positions, parts(coded, " walls")[name]) for name, positions in walls.items())
    assert all(is_closed(mesh) for mesh in coded.meshes)


@pytest.mark.skipif(not models("architecture", "form"), reason="no weights of 'form' are here")
def test_a_building_takes_a_learned_form_on_its_plot(tmp_path: Path) -> None:
    site = site_file(tmp_path, site=PLOT)
    plain = made(site, shape="form", setback_m=1.0, interiors=False)
    higher = made(site, shape="form", setback_m=1.0, relative_height=1.0, interiors=False)
    assert 0 < plain.report["footprint_area_m2"] < 42 * 34
    assert higher.report["eaves_height_m"] > 1.5 * plain.report["eaves_height_m"]


def test_rooms_that_nobody_asked_for_do_not_stop_a_small_building() -> None:
    said: list[str] = []
    asset = made(storeys=1, width_m=6.0, depth_m=5.0, warn=said.append)
    assert "no inner walls" in said[0] and "asks for" in said[0]
    assert not [mesh for mesh in asset.meshes if "partition" in mesh.name]
    with pytest.raises(InputError, match=r"asks for 40.0 m2, and the floor has \d+\.\d m2"):
        made(storeys=1, width_m=6.0, depth_m=5.0, programme="living 40")


def test_what_cannot_be_built_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a plot"):
        made(shape="massing")
    with pytest.raises(InputError, match="are the most"):
        made(width_m=500.0, depth_m=500.0, storeys=10)
    with pytest.raises(InputError, match="crosses itself"):
        made(site_file(tmp_path, outline={"outer": [[0, 0], [10, 10], [10, 0], [0, 12]]}))
    with pytest.raises(InputError, match=r"storeys.* 100"):
        made(storeys=101)
    with pytest.raises(InputError, match=r"encloses 0.00 m2"):
        made(site_file(tmp_path, outline={"outer": [[0, 0], [10, 0], [20, 0]]}))
    with pytest.raises(InputError, match=r"asks for 900.0 m2, and the floor has \d+\.\d m2"):
        made(storeys=1, programme="living 900")
    angle = np.linspace(0, 2 * np.pi, 10_000, endpoint=False)
    circle = 20 * np.stack([np.cos(angle), np.sin(angle)], 1)
    with pytest.raises(InputError, match=r"10000 points. Simplify it"):
        made(site_file(tmp_path, outline={"outer": circle.tolist()}))
    with pytest.raises(InputError, match=r"must hold points \[x, y\] in metres"):
        made(site_file(tmp_path, outline={"outer": [[0, 0, 0], [10, 0, 0], [10, 10, 4], [0, 10, 0]]}))


def test_it_has_as_many_coarser_levels_as_are_asked_for() -> None:
    assert not any(mesh.levels for mesh in made(levels=0).meshes)
    asset = made(levels=2, roof="gable", balconies=1.0)
    assert {len(mesh.levels) for mesh in asset.meshes} == {2}
    shown = [level for mesh in asset.meshes for level in mesh.levels if len(level.corners)]
    assert len(shown) > 4
    assert all(is_closed(level) and volume(level) > 0 for level in shown)
