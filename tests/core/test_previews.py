# SPDX-License-Identifier: GPL-3.0-or-later
"""A quick look is the same design as the whole, to the vertex and to the eye. Textures have tests of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from design_cases import CASES, request, write_sources

from maquette.core import engine
from maquette.core.asset import Asset
from maquette.core.params import specs
from maquette.core.thumbnail import picture

MODELS = [case for case, (generator, *_) in CASES.items() if generator != "texture"]
# what a quick look leaves out
SLOW: dict[str, Any] = {"clips": True, "levels": 1}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sources(tmp_path_factory.mktemp("sources"))


def correlation(one: Asset, other: Asset) -> float:
    first, second = (picture(asset, 96).astype(float).ravel() for asset in (one, other))
    return float(np.corrcoef(first, second)[0, 1])


def both(case: str, folder: Path, **params: Any) -> tuple[Asset, Asset]:
    wanted = request(case, folder)
    known = {spec.name for spec in specs(type(wanted.params))}
    given = {name: value for name, value in {**SLOW, **params}.items() if name in known}
    wanted = replace(wanted, params=replace(wanted.params, **given))
    whole = engine.generate(wanted, device="cpu")
    # the code that is kept makes the same at once
    return whole, engine.generate(replace(wanted, code=whole.code), device="cpu", preview=256)


def check_same_design(whole: Asset, quick: Asset) -> None:
    meshes = {mesh.name: mesh for mesh in whole.meshes}
    assert quick.meshes and {mesh.name for mesh in quick.meshes} <= set(meshes)
    for mesh in quick.meshes:
        assert np.array_equal(mesh.positions, meshes[mesh.name].positions), mesh.name
        assert np.array_equal(mesh.corners, meshes[mesh.name].corners), mesh.name
    assert correlation(whole, quick) >= 0.9


@pytest.mark.parametrize("case", MODELS)
def test_a_quick_look_is_the_same_design(case: str, folder: Path) -> None:
    whole, quick = both(case, folder)
    check_same_design(whole, quick)
    assert not any(mesh.levels for mesh in quick.meshes)
    assert not quick.clips and quick.code == whole.code


UNCODED: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "plan": ("architecture", {}, {}),
    "massing": (
        "architecture",
        {"site": "site.json"},
        {"evaluations": 200, "options": 2, "floor_area_ratio": 1.0},
    ),
    "transfer": ("character", {"character": "hero.glb", "proportions": "giant.glb"}, {}),
}


@pytest.mark.parametrize("method", UNCODED)
def test_a_method_without_a_code_shows_what_it_makes(method: str, folder: Path) -> None:
    generator, files, params = UNCODED[method]
    references = [{"path": str(folder / name), "role": role} for role, name in files.items()]
    plain = {"generator": generator, "method": method, "references": references, "params": params, "seed": 5}
    wanted = engine.Request.from_plain(plain)
    whole, quick = engine.generate(wanted, device="cpu"), engine.generate(wanted, device="cpu", preview=256)
    check_same_design(whole, quick)


def test_a_house_is_looked_at_without_its_rooms() -> None:
    plain = {"generator": "architecture", "method": "building", "params": {"style": "house", "roof": "gable"}}
    wanted = engine.Request.from_plain(plain)
    whole, quick = engine.generate(wanted, device="cpu"), engine.generate(wanted, device="cpu", preview=256)
    shells = {mesh.name: mesh for mesh in whole.meshes if "walls" in mesh.name or "roof" in mesh.name}
    seen = {mesh.name: mesh for mesh in quick.meshes}
    assert len(shells) > 2 and len(quick.meshes) < len(whole.meshes)
    assert all(np.array_equal(mesh.positions, seen[name].positions) for name, mesh in shells.items() if name in seen)
    assert correlation(whole, quick) >= 0.9
