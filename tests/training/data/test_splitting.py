# SPDX-License-Identifier: GPL-3.0-or-later
"""The split by family: whole families, every category, the same every time."""

from __future__ import annotations

import pytest

from maquette.core.errors import InputError
from maquette.training.data.material_folder import MaterialSet, split_by_family
from maquette.training.data.naming import category_of, family_of


def material(name: str, sha256: str = "") -> MaterialSet:
    return MaterialSet(name, family_of(name), category_of(name), {}, False, sha256 or name, (128, 128))


LIBRARY = [
    material(f"{kind}{number:03}{letter}")
    for kind, count in (("Bricks", 20), ("Wood", 10), ("Snow", 1), ("Bark", 1))
    for number in range(count)
    for letter in ("A", "B")
]


def test_families_stay_whole_and_categories_are_kept() -> None:
    train, held_out = split_by_family(LIBRARY, 0.2, 0)
    assert sorted(s.name for s in (*train, *held_out)) == sorted(s.name for s in LIBRARY)
    assert not {s.family for s in train} & {s.family for s in held_out}
    families = {s.family for s in held_out}
    assert len(families) == 6
    assert sum(f.startswith("Bricks") for f in families) == 4 and sum(f.startswith("Wood") for f in families) == 2


def test_the_split_depends_on_the_seed_alone() -> None:
    def names(sets: list[MaterialSet], seed: int) -> set[str]:
        return {s.name for s in split_by_family(sets, 0.2, seed)[1]}

    assert names(LIBRARY, 0) == names(LIBRARY[::-1], 0)
    assert names(LIBRARY, 0) != names(LIBRARY, 1)


def test_the_same_picture_is_never_on_both_sides() -> None:
    twins = [material("Bricks001", "same"), material("red_wall", "same"), material("Wood001"), material("Wood002")]
    for seed in range(8):
        train, held_out = split_by_family(twins, 0.5, seed)
        assert len({s.sha256 for s in train} | {s.sha256 for s in held_out}) == 3
        assert not {s.sha256 for s in train} & {s.sha256 for s in held_out}


def test_the_same_name_in_two_folders_is_one_family() -> None:
    sets = [material("Bricks001", "a"), material("Bricks001", "b"), material("Wood001")]
    train, held_out = split_by_family(sets, 0.5, 0)
    assert {len(train), len(held_out)} == {1, 2}


@pytest.mark.parametrize("share", [0.001, 0.5, 0.999])
def test_both_sides_have_something(share: float) -> None:
    assert all(split_by_family(LIBRARY, share, 0))


def test_one_family_is_a_sentence_unless_nothing_is_held_out() -> None:
    one = [material("Bricks001A"), material("Bricks001B")]
    with pytest.raises(InputError, match=r"one material family \(Bricks001\)"):
        split_by_family(one, 0.1, 0)
    assert split_by_family(one, 0, 0) == (tuple(one), ())
    with pytest.raises(InputError, match="share"):
        split_by_family(one, 1.0, 0)
