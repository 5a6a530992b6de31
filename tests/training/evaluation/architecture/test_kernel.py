# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's figures on a small made-up city: what is counted, what is refused, what is absent."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic_outlines import L_SHAPE, RECTANGLE, U_SHAPE, star

from maquette.core.architecture.outline import Outline
from maquette.core.architecture.roof import make_roof
from maquette.training.evaluation.architecture import kernel
from maquette.training.evaluation.architecture.study import Study
from maquette.training.metrics.solids import open_solids

FLAT = np.array([(0.0, 0.0), (9.0, 0.0), (4.0, 0.0)])


def study(folder: Path, rings: list[np.ndarray]) -> Study:
    cities = ()
    if rings:
        counts = np.cumsum([0, *map(len, rings)])
        path = folder / "city.npz"
        np.savez(
            path,
            centroid_m=np.zeros((len(rings), 2)),
            height_m=np.full(len(rings), 9.0),
            fp_off=counts,
            fp_q=np.round(np.concatenate(rings) / 0.05).astype(np.int16),
            quant_m=0.05,
        )
        cities = (path,)
    made = Study(generator="architecture", hashes=(), out=folder, say=lambda text: None, data=folder, cities=cities)
    made.deadline = time.monotonic() + 600
    return made


def test_sound_footprints_give_sound_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "WALLS", kernel.FOOTPRINTS)
    made = study(tmp_path, [RECTANGLE, L_SHAPE, U_SHAPE, star(1)])
    kernel.evaluate_kernel(made)
    assert set(made.figures) == set(kernel.EXPECTED)
    assert made.figures["kernel.closed_share"] == 1.0
    assert made.figures["kernel.roofs_solved_share"] >= 0.9
    assert made.figures["kernel.self_intersecting_share"] == 0.0
    assert made.figures["kernel.buildings_per_minute"] > 0


def test_what_cannot_be_built_counts_against_the_kernel(tmp_path: Path) -> None:
    made = study(tmp_path, [RECTANGLE, FLAT])
    kernel.evaluate_kernel(made)
    assert made.figures["kernel.closed_share"] == 0.5
    assert made.figures["kernel.roofs_solved_share"] <= 0.5


def test_kept_figures_are_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = study(tmp_path, [RECTANGLE, L_SHAPE])
    kernel.evaluate_kernel(first)
    monkeypatch.setattr(kernel, "_judged", None)
    again = study(tmp_path, [RECTANGLE, L_SHAPE])
    kernel.evaluate_kernel(again)
    assert again.figures["kernel.closed_share"] == first.figures["kernel.closed_share"]


def test_without_cities_the_figures_are_absent(tmp_path: Path) -> None:
    made = study(tmp_path, [])
    kernel.evaluate_kernel(made)
    assert not made.figures
    assert "kernel" in made.absent


def test_open_and_inverted_solids_are_found() -> None:
    mesh = make_roof(Outline(L_SHAPE), "hip").mesh
    assert open_solids([mesh, mesh]) == []
    holed = replace(
        mesh,
        name="holed",
        corners=mesh.corners[: mesh.face_starts[-2]],
        face_starts=mesh.face_starts[:-1],
        material_of_face=mesh.material_of_face[:-1],
    )
    inverted = replace(mesh, name="inverted", positions=mesh.positions * np.array([1, 1, -1], np.float32))
    assert open_solids([holed, mesh, inverted]) == ["holed", "inverted"]
