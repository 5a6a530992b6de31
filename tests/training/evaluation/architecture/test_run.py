# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of architecture as a whole: what is missing is explained, bad input is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maquette.__main__ import main
from maquette.core.errors import InputError
from maquette.training.evaluate import ARCHITECTURE_PARTS
from maquette.training.evaluation.architecture import exchange, run
from maquette.training.evaluation.architecture.study import Study


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Blender, no searches: these have tests of their own."""

    def given(study: Study) -> None:
        study.give("plan", {"valid_share": 0.5})

    monkeypatch.setattr(run, "_kernel", lambda study: study.lack("kernel", "There are no real buildings."))
    monkeypatch.setattr(run.plan, "evaluate_plans", given)
    monkeypatch.setattr(exchange, "subjects", lambda study: iter(()))


def test_every_figure_is_there_or_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path))
    (tmp_path / "data").mkdir()
    command = ["evaluate", "architecture", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    figures = json.loads((tmp_path / "out" / "figures.json").read_text(encoding="utf-8"))
    notes = json.loads((tmp_path / "out" / "notes.json").read_text(encoding="utf-8"))
    assert figures == {"plan.valid_share": 0.5}
    assert set(notes["absent"]) == set(run.EXPECTED) - set(figures)
    assert all(notes["absent"].values())


def test_what_cannot_be_judged_is_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        run.evaluate_architecture(tmp_path / "none", tmp_path / "out", ARCHITECTURE_PARTS)
    with pytest.raises(InputError, match="no part 'roof'"):
        run.evaluate_architecture(tmp_path, tmp_path / "out", ["roof"])
    assert not (tmp_path / "out").exists()
