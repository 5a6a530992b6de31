# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared with what: nothing judged was given, whatever folders there are."""

from __future__ import annotations

from pathlib import Path

from maquette.training.data.character_folder import CharacterFile
from maquette.training.evaluation.character.trials import SPLITS, trials


def pack(name: str, stems: str, start: int = 0) -> list[CharacterFile]:
    return [
        CharacterFile(f"{name}/{stem * 5}", name, f"{name}/{stem * 5}", Path(stem), f"{name}{stem}{start}")
        for stem in stems
    ]


def test_packs_of_eight_are_halved_and_smaller_ones_are_left() -> None:
    judged = [*pack("large", "abcdefgh"), *pack("small", "abcdefg")]
    found = trials(judged, judged)
    assert [trial.key for trial in found] == [f"large/{seed}" for seed in range(SPLITS)]
    for trial in found:
        assert trial.size == 4
        assert not {c.sha256 for c in trial.given} & {c.sha256 for c in trial.unseen}
        assert {c.sha256 for c in (*trial.given, *trial.unseen)} == {c.sha256 for c in judged[:8]}
    assert trials(judged, judged) == found


def test_new_characters_of_a_known_pack_are_judged_against_what_was_given_of_it() -> None:
    known, new = pack("pack", "abcdef"), pack("pack", "xyz")
    found = trials(new, known)
    assert len(found) == SPLITS and all(trial.size == 3 for trial in found)
    assert {c.sha256 for c in found[0].given} == {c.sha256 for c in known}
    assert {c.sha256 for c in found[0].unseen} == {c.sha256 for c in new}
    # a variant of what is judged is not given
    twin = CharacterFile("pack/xxxxxred", "pack", "pack/xxxxxred", Path("t"), "twin")
    assert twin not in trials(new, [*known, twin])[0].given
    assert trials(pack("pack", "x"), known) == []
    assert trials([*pack("pack", "x"), twin], known) == []


def test_a_pack_that_nobody_knows_is_halved() -> None:
    found = trials(pack("new", "abcdefgh"), pack("old", "abcdefgh"))
    assert {trial.pack for trial in found} == {"new"} and found[0].size == 4
