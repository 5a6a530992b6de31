# SPDX-License-Identifier: GPL-3.0-or-later
"""Weights and models: listed, read back whole, and refused with a sentence when they are not what they say."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import torch

from maquette.core.errors import InputError
from maquette.core.models import check_name, find_model, method_folder, models
from maquette.core.weights import load_network, load_weights, save_weights


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAQUETTE_MODELS", str(tmp_path))
    return method_folder("texture", "photo")


def saved(path: Path) -> str:
    return save_weights(path, {"weight": torch.arange(6.0).reshape(2, 3)}, {"given": 3, "made": 2}, {"model": "test"})


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    saved(path)
    weights = load_weights(path)
    assert torch.equal(weights.tensors["weight"], torch.arange(6.0).reshape(2, 3))
    assert weights.config == {"given": 3, "made": 2}
    assert weights.card == {"model": "test"}
    assert [file.name for file in tmp_path.iterdir()] == ["a.safetensors"]


def test_models_of_ones_own_are_listed_after_the_shipped_one(folder: Path) -> None:
    saved(folder / "bricks of mine.safetensors")
    (folder / "notes.txt").write_text("no model")
    names = [model.name for model in models("texture", "photo")]
    assert names[-1] == "bricks of mine"
    assert names.count("shipped") <= 1
    model = find_model("texture", "photo", "bricks of mine")
    assert model.card == {"model": "test"}
    assert len(model.sha256) == 64


def test_a_model_that_is_not_there_is_told_with_those_that_are(folder: Path) -> None:
    saved(folder / "mine.safetensors")
    with pytest.raises(InputError, match=r"no model 'yours'.*mine"):
        find_model("texture", "photo", "yours")


@pytest.mark.parametrize("name", ["", "shipped", "../up", "a/b", "x" * 70, ".hidden"])
def test_names_that_a_model_cannot_have(name: str) -> None:
    with pytest.raises(InputError, match="cannot be named"):
        check_name(name)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    saved(path)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="damaged"):
        load_weights(path)


def test_a_card_of_other_weights_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    digest = saved(path)
    path.with_suffix(".md").write_text(f"# Card\n\nWeights: {digest}\n")
    load_weights(path)
    path.with_suffix(".md").write_text(f"# Card\n\nWeights: {'0' * 64}\n")
    with pytest.raises(InputError, match="belongs to other weights"):
        load_weights(path)


@pytest.mark.parametrize(
    "data", [b"", b"short", struct.pack("<Q", 2**60) + b"{}", struct.pack("<Q", 2) + b"[]", b"\x80\x04pickle" * 9]
)
def test_what_is_no_safetensors_file_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(data)
    with pytest.raises(InputError, match="safetensors"):
        load_weights(path)


def test_weights_of_another_network_are_refused(folder: Path) -> None:
    saved(folder / "mine.safetensors")
    with pytest.raises(InputError, match="another version"):
        load_network(
            find_model("texture", "photo", "mine"),
            lambda given, made: torch.nn.Linear(made, given),
            torch.device("cpu"),
        )
