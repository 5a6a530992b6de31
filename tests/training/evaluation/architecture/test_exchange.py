# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of the exports on a small made-up city: what is right, what is found wrong, what is absent."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from synthetic_outlines import L_SHAPE, RECTANGLE

from maquette.core.asset import Asset
from maquette.training.evaluation.architecture import exchange
from maquette.training.evaluation.architecture.study import Study

needs_reader = pytest.mark.skipif(
    importlib.util.find_spec("ifcopenshell") is None, reason="the package 'ifcopenshell' is not installed"
)
# the checker of ifcopenshell leaves the file to the collector
leaves_open = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Two footprints and a house; the schema's own rules are left to the writer's tests."""
    monkeypatch.setattr(exchange, "HOUSES", 1)
    monkeypatch.setattr(exchange, "WITH_RULES", ())
    rings = [RECTANGLE, L_SHAPE]
    np.savez(
        tmp_path / "city.npz",
        centroid_m=np.zeros((2, 2)),
        height_m=np.full(2, 7.0),
        fp_off=np.cumsum([0, *map(len, rings)]),
        fp_q=np.round(np.concatenate(rings) / 0.05).astype(np.int16),
        quant_m=0.05,
    )
    made = Study(
        generator="architecture",
        hashes=(),
        out=tmp_path / "out",
        say=lambda text: None,
        data=tmp_path,
        cities=(tmp_path / "city.npz",),
    )
    made.deadline = time.monotonic() + 600
    return made


@needs_reader
@leaves_open
def test_ifc_files_are_right(study: Study) -> None:
    exchange.evaluate_ifc(study)
    assert set(study.figures) == set(exchange.IFC_EXPECTED)
    assert study.figures["ifc.schema_errors"] == 0
    assert study.figures["ifc.quantity_error"] < 1e-4
    assert study.protocol[-1].startswith("ifc: 3 buildings")


def test_glb_files_keep_everything_and_figures_are_kept(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange.evaluate_gltf(study)
    assert study.figures == {"gltf.round_trip_ok": 1.0}
    monkeypatch.setattr(exchange, "export", None)
    study.figures.clear()
    exchange.evaluate_gltf(study)
    assert study.figures == {"gltf.round_trip_ok": 1.0}


def test_one_building_that_loses_its_windows_is_enough(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    export = exchange.export

    def lossy(asset: Asset, *rest: Any, **more: Any) -> tuple[str, ...]:
        fewer = tuple(replace(one, transforms=one.transforms[1:]) for one in asset.instances)
        return export(replace(asset, instances=fewer), *rest, **more)

    monkeypatch.setattr(exchange, "export", lossy)
    exchange.evaluate_gltf(study)
    assert study.figures == {"gltf.round_trip_ok": 0.0}


def test_without_the_reader_the_figures_are_absent(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    exchange.evaluate_ifc(study)
    assert not study.figures and "ifcopenshell" in study.absent["ifc"]
