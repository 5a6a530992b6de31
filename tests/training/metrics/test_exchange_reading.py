# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_building import synthetic_building

from maquette.core.asset import Asset, Element
from maquette.core.files import export
from maquette.training.metrics.glb_reading import faults
from maquette.training.metrics.ifc_reading import quantity_errors, schema_errors


def written(asset: Asset, folder: Path, kind: str) -> Path:
    export.export(asset, folder, (kind,), progress=lambda fraction, text: None)
    return folder / f"asset.{kind}"


def changed(element: Element, **figures: float) -> Element:
    return replace(element, quantities={**element.quantities, **figures})


# the checker of ifcopenshell leaves the file to the collector
leaves_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@leaves_open
def test_an_ifc_file_says_what_the_asset_does(tmp_path: Path) -> None:
    pytest.importorskip("ifcopenshell", reason="the package 'ifcopenshell' is not installed")
    asset = synthetic_building()
    path = written(asset, tmp_path, "ifc")
    assert not schema_errors(path, rules=False)
    errors = quantity_errors(path, asset)
    assert sum(key.endswith(": shape") for key in errors) == 26
    # the one thing that is not right: the storeys of this asset say no areas
    assert errors.pop("report: gross_floor_area_m2") == 1 and errors["report: num_windows"] == 0
    assert max(errors.values()) < 1e-6
    wrong = [changed(e, net_volume_m3=20.0, length_m=1.0) if e.id == "storey 1 wall 2" else e for e in asset.elements]
    errors = quantity_errors(path, replace(asset, elements=tuple(wrong)))
    assert {key for key, error in errors.items() if error > 1e-3} == {
        *("storey 1 wall 2: shape", "storey 1 wall 2: Length", "storey 1 wall 2: NetVolume"),
        "report: gross_floor_area_m2",
    }


@leaves_open
def test_a_broken_ifc_file_is_found(tmp_path: Path) -> None:
    pytest.importorskip("ifcopenshell", reason="the package 'ifcopenshell' is not installed")
    path = written(synthetic_building(1), tmp_path, "ifc")
    path.write_text(path.read_text().replace(".SOLIDWALL.", ".MUD."))
    assert schema_errors(path, rules=False)


def test_a_glb_keeps_everything(tmp_path: Path) -> None:
    asset = synthetic_building()
    assert not faults(written(asset, tmp_path, "glb"), asset)


def test_what_a_glb_lost_is_told(tmp_path: Path) -> None:
    asset = synthetic_building()
    path = written(asset, tmp_path, "glb")
    brick = replace(asset.materials[0], size_m=(3.0, 1.0))
    assert "storey 0 walls: brick: its texture has another size" in faults(
        path, replace(asset, materials=(brick, *asset.materials[1:]))
    )
    black = replace(asset.materials[0], maps={"albedo": 1 - asset.materials[0].maps["albedo"]})
    assert "storey 0 walls: brick: its texture is another" in faults(
        path, replace(asset, materials=(black, *asset.materials[1:]))
    )
    moved = [replace(one, transforms=one.transforms + np.eye(4, k=3, dtype=np.float32)) for one in asset.instances]
    assert "window: copies stand elsewhere" in faults(path, replace(asset, instances=tuple(moved)))
    fewer = [replace(one, transforms=one.transforms[:-1]) for one in asset.instances]
    assert "tree: 2 nodes show it, 1 were made" in faults(path, replace(asset, instances=tuple(fewer)))
    wide = [replace(mesh, positions=mesh.positions * np.float32(1.01)) for mesh in asset.meshes]
    assert "roof: it has other measures" in faults(path, replace(asset, meshes=tuple(wide)))
