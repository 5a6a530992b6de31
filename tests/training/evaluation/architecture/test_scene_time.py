# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a building takes into the scene: measured where there is a Blender, absent with a reason elsewhere."""

from __future__ import annotations

import importlib.util
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_building import building

from maquette.core.asset import Asset, Provenance
from maquette.core.errors import HostError
from maquette.core.files import blend
from maquette.core.request import Request
from maquette.training.evaluation.architecture.scene_time import time_in_scene
from maquette.training.evaluation.architecture.study import Study

FIGURE = "kernel.seconds_in_scene"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(
        generator="architecture", hashes=(), out=tmp_path, say=lambda text: None, data=tmp_path, cities=()
    )  # fmt: skip


def a_building() -> Asset:
    request = Request.from_plain({"generator": "texture", "method": "family"})
    provenance = Provenance("0.1.0", request.key, 1, "", "cpu", request.to_plain(with_paths=False))
    made: Asset = replace(building(), provenance=provenance)
    return made


def test_a_building_is_timed(study: Study) -> None:
    if importlib.util.find_spec("bpy") is None and not (os.environ.get("MAQUETTE_BLENDER") or shutil.which("blender")):
        pytest.skip("there is no Blender")
    time_in_scene(study, a_building())
    assert 0.0 < study.figures[FIGURE] < 10.0
    assert "6 openings, 13 objects" in " ".join(study.protocol)


def test_without_a_blender_it_is_absent(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any) -> list[str]:
        raise HostError("There is no Blender.")

    monkeypatch.setattr(blend, "blender_command", none)
    time_in_scene(study, a_building())
    assert FIGURE not in study.figures and study.absent == {FIGURE: "There is no Blender."}
