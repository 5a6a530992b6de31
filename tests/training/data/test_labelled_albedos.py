# SPDX-License-Identifier: GPL-3.0-or-later
"""Labelled pictures as sets of an albedo alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from maquette.core.errors import InputError
from maquette.training.data.crops import CropStream
from maquette.training.data.labelled_albedos import scan_labelled

from .library import material_maps, save


def write_index(folder: Path, entries: list[Any]) -> None:
    (folder / "index.json").write_text(json.dumps(entries), encoding="utf-8")


def test_pictures_become_sets_with_an_albedo(tmp_path: Path) -> None:
    for number in range(3):
        save(tmp_path / "albedo128" / f"{number}.png", material_maps(number)["albedo"])
    (tmp_path / "albedo128" / "3.png").write_bytes((tmp_path / "albedo128" / "0.png").read_bytes())
    (tmp_path / "albedo128" / "4.png").write_bytes(b"text")
    entries = [{"file": f"albedo128/{n}.png", "cls": "PavingStones", "asset": f"PavingStones00{n}B"} for n in range(5)]
    write_index(tmp_path, [*entries, {"file": "../x.png", "cls": "Wood", "asset": "W"}, {"file": 3}, None])
    found = scan_labelled(tmp_path)
    assert [(s.family, s.category) for s in found.sets] == [(f"PavingStones00{n}", "paving") for n in range(3)]
    assert len(found.left_out) == 5
    batch = CropStream(found.sets, 64, 4, 0).batch(0)
    assert batch["mask"][:, 0].all() and not batch["mask"][:, 1:].any()


def test_a_class_of_its_own_is_kept(tmp_path: Path) -> None:
    save(tmp_path / "a.png", material_maps(1)["albedo"])
    write_index(tmp_path, [{"file": "a.png", "cls": "SolarPanel", "asset": "SolarPanel001"}])
    assert scan_labelled(tmp_path).sets[0].category == "solarpanel"


@pytest.mark.parametrize("entries", [[], [{"file": "missing.png", "cls": "A", "asset": "B"}]])
def test_nothing_to_read_is_a_sentence(tmp_path: Path, entries: list[Any]) -> None:
    write_index(tmp_path, entries)
    with pytest.raises(InputError):
        scan_labelled(tmp_path)


def test_no_index_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"index\.json"):
        scan_labelled(tmp_path)
