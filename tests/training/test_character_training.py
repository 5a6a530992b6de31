# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters go through the same training as materials: looked at, split, trained, judged, with a card."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import torch
from synthetic_character import synthetic_character

from maquette.core.character.prior import LENGTH, ShapePrior
from maquette.core.errors import InputError
from maquette.core.files import gltf
from maquette.core.weights import load_weights
from maquette.training import library, session
from maquette.training.character import family
from maquette.training.character.deviations import codes_of, pack_deviations
from maquette.training.control import Control
from maquette.training.data.character_folder import scan_characters
from maquette.training.presets import find_preset

SHAPES = {"Amazon": 1.2, "Brute": 0.95, "Caster": 1.0, "Dwarf": 0.8, "Elder": 1.05}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of five characters, one of them in two variants."""
    folder = tmp_path_factory.mktemp("library")
    for number, (name, legs) in enumerate(SHAPES.items()):
        save(folder, name, legs=legs, girth=1 + 0.1 * number)
    save(folder, "Brute_Red", legs=0.95, girth=1.12)
    (folder / "index.json").write_text(
        json.dumps([{"file": "heroes/Amazon.glb", "license": "CC0-1.0", "author": "Somebody"}]), encoding="utf-8"
    )
    return folder


def save(folder: Path, name: str, **shape: float) -> None:
    place = folder / "heroes" / f".{name}"
    place.mkdir(parents=True)
    asset = synthetic_character(clips=False, **shape)  # type: ignore[arg-type]
    names = gltf.write(asset, place, lambda fraction, text: None)
    glb = next(file for file in names if file.endswith(".glb"))
    (place / glb).rename(folder / "heroes" / f"{name}.glb")


def test_a_library_of_characters_is_split_by_family(pack: Path) -> None:
    found = library.look(
        "character/family", pack, find_preset("character/family", "quick"), lambda fraction, text: None
    )
    assert found.noun == "characters" and "6 characters of 5 families in 1 packs" in found.report
    assert found.licence == "CC0-1.0 (Somebody): 1"
    held_out = {item.family for item in found.split.held_out}
    assert len(held_out) == 1 and not held_out & {item.family for item in found.split.train}


def test_deviations_are_from_the_mean_of_families(pack: Path) -> None:
    characters = scan_characters(pack).characters
    rows = pack_deviations(characters, codes_of(characters))
    assert len(rows) == 6
    # variants weigh as one
    weights = {"heroes/Brute": 0.5, "heroes/Brute_Red": 0.5}
    mean = torch.stack([weights.get(name, 1.0) * row for name, row in rows.items()]).sum(0)
    assert mean.abs().max() < 1e-4


def test_a_batch_keeps_the_variance_of_its_sources() -> None:
    torch.manual_seed(0)
    sources = [0.1 * torch.randn(40, LENGTH), 0.1 * torch.randn(80, LENGTH)]
    batch = family.mixed_batch(sources, 400, torch.Generator().manual_seed(1))
    assert float(batch.std()) == pytest.approx(0.1, rel=0.05)


def test_a_prior_that_was_fitted_rebuilds_and_draws_what_it_saw() -> None:
    torch.manual_seed(0)
    ways = torch.randn(3, LENGTH)
    rows = 0.1 * torch.randn(200, 3) @ ways
    prior = family.fit_prior([rows], 120, 32, 4e-3, 0)
    error = (prior.decode(prior.encode(rows)[0]) - rows).square().mean() / rows.square().mean()
    assert error < 0.2
    drawn = prior.sample(200, torch.Generator().manual_seed(1))
    assert float(drawn.std()) == pytest.approx(float(rows.std()), rel=0.3)
    aside = drawn - drawn @ torch.linalg.pinv(ways) @ ways
    assert aside.square().mean() < 0.2 * drawn.square().mean()


def test_a_pack_becomes_a_model_with_its_card(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings.filterwarnings("ignore", module="lightning_fabric|tensorboard|torch")
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "nowhere"))
    changes = {"images": 64, "batch": 16, "look_every": 32}
    model = session.run(session.Wish("character/family", pack, tmp_path, "quick", changes, device="cpu"), Control())
    weights = load_weights(model)
    network = ShapePrior(**weights.config)
    network.load_state_dict(weights.tensors)
    assert network.sample(2, torch.Generator()).shape == (2, LENGTH)
    assert weights.card["items"] == "characters" and "error" in weights.card["baselines"]
    assert "Trained on" in model.with_suffix(".md").read_text(encoding="utf-8")
    assert (tmp_path / "samples.png").exists()


def test_without_anything_to_learn_from_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAQUETTE_DATA", str(tmp_path / "nowhere"))
    save(tmp_path, "Alone")
    with pytest.raises(InputError, match="nothing to learn how humanoids differ from"):
        session.run(session.Wish("character/family", tmp_path, tmp_path / "out", "quick", device="cpu"), Control())
