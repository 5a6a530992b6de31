# SPDX-License-Identifier: GPL-3.0-or-later
"""The training loop: goes on to the bit, notices damage and collapse, stops early, writes a card."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from maquette.core.errors import Cancelled, EngineError, InputError
from maquette.core.models import hash_in_card
from maquette.core.weights import load_weights
from maquette.training import session
from maquette.training.checkpoint import BEFORE, LATEST
from maquette.training.control import Control, Progress
from maquette.training.presets import find_preset

from .data.library import save_set

NAMES = {"albedo": "albedo.png", "normal": "normal.png", "roughness": "roughness.png"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    for number in range(4):
        names = {role: f"brick__Wall{number:03d}/{file}" for role, file in NAMES.items()}
        save_set(folder, names, number)
    return folder


@pytest.fixture(autouse=True)
def quiet() -> None:
    warnings.filterwarnings("ignore", module="lightning_fabric|tensorboard|torch")


def wish(library: Path, out: Path, model: str = "texture/photo", **changes: object) -> session.Wish:
    small = {"images": 12, "batch": 2, "crop": 64, "look_every": 6, "held_out": 0.25}
    return session.Wish(model, library, out, "quick", {**small, **changes}, device="cpu")


class StopAfter(Control):
    """Cancels once so many images were shown."""

    def __init__(self, images: int) -> None:
        super().__init__()
        self.images = images
        self.heard: list[Progress] = []

    def report(self, progress: Progress) -> None:
        self.heard.append(progress)
        if progress.images >= self.images:
            self.cancel()

    def check(self) -> None:
        super().check()


@pytest.mark.parametrize("model", ["texture/photo", "texture/family"])
def test_a_training_that_was_stopped_goes_on_to_the_bit(
    library: Path, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maquette.training.clock.REPORT_EVERY_S", 0.0)
    whole = session.run(wish(library, tmp_path / "whole", model), Control())
    with pytest.raises(Cancelled, match="goes on from the last checkpoint"):
        session.run(wish(library, tmp_path / "parts", model), StopAfter(4))
    assert (tmp_path / "parts" / LATEST).exists()
    parts = session.run(wish(library, tmp_path / "parts", model), Control())
    first, second = load_weights(whole).tensors, load_weights(parts).tensors
    assert set(first) == set(second)
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name
    lines = [(tmp_path / run / "stats.jsonl").read_text().splitlines() for run in ("whole", "parts")]
    figures = [[{k: v for k, v in json.loads(line).items() if k != "seconds"} for line in run] for run in lines]
    assert figures[0] == figures[1]


def test_the_model_has_its_card(library: Path, tmp_path: Path) -> None:
    model = session.run(wish(library, tmp_path), Control())
    weights = load_weights(model)
    assert len(weights.card["training_sha256"]) == 3
    assert len(weights.card["held_out_families"]) == 1
    assert weights.card["seed"] == 0
    assert "normal_error_deg" in weights.card["figures"]
    assert "normal_error_deg" in weights.card["baselines"]
    assert str(library) not in json.dumps(weights.card)
    assert hash_in_card(model) is not None
    assert (tmp_path / "samples.png").exists()
    assert list((tmp_path / "tensorboard").iterdir())


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(library: Path, tmp_path: Path) -> None:
    session.run(wish(library, tmp_path), Control())
    latest = tmp_path / LATEST
    data = bytearray(latest.read_bytes())
    data[-9] ^= 1
    latest.write_bytes(data)
    control = StopAfter(10**9)
    session.run(wish(library, tmp_path), control)
    assert any("damaged" in progress.text for progress in control.heard)


def test_two_damaged_checkpoints_are_told(library: Path, tmp_path: Path) -> None:
    session.run(wish(library, tmp_path), Control())
    for name in (LATEST, BEFORE):
        (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(InputError, match="Delete the folder's checkpoints"):
        session.run(wish(library, tmp_path), Control())


def test_other_settings_do_not_go_on_in_the_same_folder(library: Path, tmp_path: Path) -> None:
    session.run(wish(library, tmp_path), Control())
    with pytest.raises(InputError, match=r"another .*seed"):
        session.run(wish(library, tmp_path, seed=3), Control())


def test_more_images_go_on_where_fewer_ended(library: Path, tmp_path: Path) -> None:
    session.run(wish(library, tmp_path, images=4), Control())
    session.run(wish(library, tmp_path, images=8), Control())
    images = [json.loads(line)["images"] for line in (tmp_path / "stats.jsonl").read_text().splitlines()]
    assert images[-1] == 8
    assert images == sorted(set(images))


def test_nothing_better_for_long_ends_the_training(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from maquette.training.texture.photo import PhotoTask

    monkeypatch.setattr(PhotoTask, "judge", lambda self, network: {"score": 1.0})
    session.run(wish(library, tmp_path, images=100, look_every=2, patience=2), Control())
    assert len((tmp_path / "stats.jsonl").read_text().splitlines()) == 3


def test_a_loss_that_is_no_number_ends_with_a_sentence(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from maquette.training.texture.photo import PhotoTask

    monkeypatch.setattr(PhotoTask, "step", lambda *given: {"loss": math.nan})
    with pytest.raises(EngineError, match="diverged"):
        session.run(wish(library, tmp_path), Control())


def test_collapse_is_said(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from maquette.training.texture.family import FamilyTask

    monkeypatch.setattr("maquette.training.clock.REPORT_EVERY_S", 0.0)
    step = FamilyTask.step
    monkeypatch.setattr(FamilyTask, "step", lambda *given: {**step(*given), "sure_of_real": 1.0, "sure_of_made": 1.0})
    control = StopAfter(10**9)
    session.run(wish(library, tmp_path, "texture/family", images=4, look_every=2), control)
    assert any("collapsed" in progress.text for progress in control.heard)


def test_a_dry_run_says_what_would_be_trained_on(library: Path, tmp_path: Path) -> None:
    text = session.plan(wish(library, tmp_path / "out"), Control()).text()
    assert "Trained on: 3 materials; held out: 1" in text
    assert not (tmp_path / "out").exists()


def test_pause_waits_and_cancel_ends_a_pause() -> None:
    control = Control()
    control.pause()
    assert control.is_paused
    control.cancel()
    with pytest.raises(Cancelled):
        control.check()


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"images": 0}, "'images' must lie"), ({"crop": 70}, "multiple of 32"), ({"rate": 9.0}, "'rate' must lie")],
)
def test_settings_out_of_range_are_told_before_any_work(
    library: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        session.run(wish(library, tmp_path / "out", **changes), Control())
    assert not (tmp_path / "out").exists()


def test_a_folder_with_one_material_is_told(tmp_path: Path) -> None:
    save_set(tmp_path / "one", {"albedo": "Wall/albedo.png"}, 0)
    with pytest.raises(InputError, match="one material family"):
        session.plan(wish(tmp_path / "one", tmp_path / "out"), Control())


def test_presets_are_known_by_name() -> None:
    assert find_preset("texture/photo", "quick").images < find_preset("texture/photo", "gpu").images
    assert replace(find_preset("texture/photo", "quick"), seed=1).seed == 1
    with pytest.raises(InputError, match="no preset 'huge'"):
        find_preset("texture/photo", "huge")
