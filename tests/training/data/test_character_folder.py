# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters in folders: which are variants of each other, and how a pack is halved."""

from __future__ import annotations

from pathlib import Path

import pytest

from maquette.core.errors import InputError
from maquette.training.data.character_folder import CharacterFile, families_of, halves, scan_characters


def character(name: str, family: str) -> CharacterFile:
    return CharacterFile(f"pack/{name}", "pack", f"pack/{family}", Path(name), name)


def test_variants_are_one_family_and_others_are_not() -> None:
    names = [
        "Horse",
        "Horse_White",
        "Smooth_Male_Suit",
        "Male_Suit",
        "Casual",
        "Casual2",
        "ZebraClownFish",
        "Clownfish",
    ]
    families = families_of([f"pack/{name}" for name in [*names, "Punk", "Worker"]])
    assert len(set(families.values())) == 6
    for one, other in zip(names[::2], names[1::2], strict=True):
        assert families[f"pack/{one}"] == families[f"pack/{other}"]
    # the same name in another pack is another character
    apart = families_of(["a/Horse", "b/Horse"])
    assert len(set(apart.values())) == 2


def test_halves_keep_variants_together_and_are_about_even() -> None:
    characters = [character(f"{family}{number}", family) for family in "abcdefgh" for number in range(2)]
    for seed in range(5):
        train, test = halves(characters, seed)
        assert not {c.family for c in train} & {c.family for c in test}
        assert len(train) + len(test) == 16 and 6 <= len(train) <= 10
        assert halves(list(reversed(characters)), seed) == (train, test)
    assert halves(characters, 0) != halves(characters, 1)
    one, other = halves([character("a", "a"), character("b", "b")], 0)
    assert len(one) == len(other) == 1
    assert halves([character("a", "a")], 0)[1] == ()


def test_a_folder_without_characters_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No character"):
        scan_characters(tmp_path)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "broken.glb").write_bytes(b"no character")
    with pytest.raises(InputError, match="broken"):
        scan_characters(tmp_path)
