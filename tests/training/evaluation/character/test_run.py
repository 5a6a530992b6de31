# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of characters as a whole, on made-up packs: what is missing is explained, it goes on after a stop."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maquette.__main__ import main
from maquette.core.asset import Asset
from maquette.core.errors import InputError
from maquette.training.data.character_folder import CharacterFile, CharacterScan
from maquette.training.evaluation.character import likeness, run, soundness, trials
from maquette.training.metrics import point_sets

from ...metrics.bodies import rigged, tube


def body(number: int) -> Asset:
    """A tube of its own girth in a plain rig."""
    mesh = tube(radius=0.06 + 0.01 * number)
    return replace(rigged((mesh,)), name=f"body {number}")


class Made(CharacterFile):
    """A character without a file."""

    def read(self, *, clips: bool = False) -> Asset:
        asset = body(int(self.sha256[-1]))
        return asset if clips else replace(asset, clips=())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of eight; one file that is none."""
    stems = "abcdefgh"
    made = tuple(Made(f"p/{s * 5}", "p", f"p/{s * 5}", Path(s), f"sha{i}") for i, s in enumerate(stems))
    found = CharacterScan(tmp_path, made, ("p/broken: no character",))
    monkeypatch.setattr(run, "find_characters", lambda folder: found)
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(trials, "SPLITS", 1)
    monkeypatch.setattr(soundness, "MEMBERS", 4)
    monkeypatch.setattr(soundness, "WITH_CLIPS", 2)
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def results(out: Path) -> tuple[dict[str, float], dict[str, Any]]:
    def refuse(text: str) -> float:
        raise AssertionError(f"{text} is no finite number")

    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"), parse_constant=refuse)
    return figures, json.loads((out / "notes.json").read_text(encoding="utf-8"))


PARTS = ("library", "code", "family", "clip")


def test_every_expected_figure_is_there_or_its_reason(data: Path, tmp_path: Path) -> None:
    run.evaluate_characters(data, tmp_path / "out", PARTS)
    figures, notes = results(tmp_path / "out")
    assert all(math.isfinite(value) for value in figures.values())
    wanted = {key for key in run.EXPECTED if key.split(".")[0] in PARTS}
    assert wanted - set(figures) <= set(notes["absent"])
    assert figures["library.imported_share"] == pytest.approx(8 / 9)
    assert figures["family.inverted_share"] == 0 and figures["family.missing_parts"] == 0
    assert figures["family.nna"] == pytest.approx(
        (figures["family.within.nna"] + figures["family.across.nna"]) / 2, abs=1e-5
    )
    assert 0 <= figures["clip.foot_error"] < 0.05
    assert figures["code.ms_single"] > 0
    assert (tmp_path / "out" / "family.jpg").is_file()


def test_the_same_command_goes_on_where_it_stopped(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = likeness._measured
    calls: list[str] = []

    def counted(study: Any, priors: Any, found: Any, trial: Any, name: str) -> dict[str, float]:
        calls.append(name)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return measure(study, priors, found, trial, name)

    monkeypatch.setattr(likeness, "_measured", counted)
    with pytest.raises(KeyboardInterrupt):
        run.evaluate_characters(data, tmp_path / "out", ("family",))
    first = run.evaluate_characters(data, tmp_path / "out", ("family",))
    assert len(calls) == 1 + 6
    monkeypatch.setattr(likeness, "_measured", lambda *_: pytest.fail("it was measured already"))
    assert run.evaluate_characters(data, tmp_path / "out", ("family",)) == first


def test_a_folder_without_characters_gives_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "nowhere"))
    (tmp_path / "data").mkdir()
    run.evaluate_characters(tmp_path / "data", tmp_path / "out", PARTS)
    figures, notes = results(tmp_path / "out")
    assert figures == {}
    assert {key for key in run.EXPECTED if key.split(".")[0] in PARTS} <= set(notes["absent"])


def test_a_bad_character_spoils_no_figure(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = soundness.surfaces.poke_through_share

    def refuse_some(source: Asset, made: Asset) -> float:
        if source.name == "body 1":
            raise InputError("This cannot be used.")
        return measure(source, made)

    monkeypatch.setattr(soundness.surfaces, "poke_through_share", refuse_some)
    run.evaluate_characters(data, tmp_path / "out", ("family",))
    figures, notes = results(tmp_path / "out")
    assert figures["family.members"] == 3
    assert any("This cannot be used." in note for note in notes["protocol"])


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["evaluate", "character", "--data", str(tmp_path / "none"), "--out", out]) == 2
    assert "does not exist" in capsys.readouterr().err
    assert main(["evaluate", "character", "--data", str(tmp_path), "--out", out, "--parts", "family,song"]) == 2
    assert "There is no part 'song'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_points_do_not_depend_on_where_a_character_stands() -> None:
    asset = body(2)
    moved = replace(asset, meshes=(replace(asset.meshes[0], positions=asset.meshes[0].positions + np.float32(3)),))
    one, other = (point_sets.surface_points(each, 64) for each in (asset, moved))
    assert np.allclose(one, other, atol=1e-5)
