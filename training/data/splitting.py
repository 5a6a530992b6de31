# SPDX-License-Identifier: GPL-3.0-or-later
"""Training and held-out sets, split by family, so that nothing judged was seen in another colour."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from ...core.errors import InputError
from .material_set import MaterialSet


def split_by_family(
    sets: Sequence[MaterialSet], share: float, seed: int
) -> tuple[tuple[MaterialSet, ...], tuple[MaterialSet, ...]]:
    """(train, held out), each in the given order: about `share` of the families of each category are held out.

    All sets of one family, and all with the same albedo file, are on one side. Which families is decided by a hash of
    their names and the seed, whatever the order. A share in (0, 1) leaves at least one family on each side; a single
    family cannot be split, an InputError. With share 0 nothing is held out.
    """
    if not 0 <= share < 1:
        raise InputError(f"The held-out share is {share}; give one from 0 to below 1.")
    families = _families(sets)
    if share == 0:
        return tuple(sets), ()
    if len(families) < 2:
        raise InputError(
            f"There is one material family ({next(iter(families), 'none')}). Training judges itself on families that "
            "it has not seen: give a folder with at least two, better thirty."
        )
    held_out = _held_out(families, share, seed)
    chosen = {id(material) for family in held_out for material in families[family]}
    return tuple(s for s in sets if id(s) not in chosen), tuple(s for s in sets if id(s) in chosen)


def _families(sets: Sequence[MaterialSet]) -> dict[str, list[MaterialSet]]:
    """Sets by family; families that share an albedo file are one, under the first one's name."""
    name_of: dict[str, str] = {}
    families: dict[str, list[MaterialSet]] = {}
    for material in sorted(sets, key=lambda material: material.name):
        mine = name_of.get(f"family {material.family}")
        other = name_of.get(f"file {material.sha256}")
        name = mine or other or material.family
        if mine and other and mine != other:
            families[name] += families.pop(other)
            name_of = {key: name if value == other else value for key, value in name_of.items()}
        families.setdefault(name, []).append(material)
        name_of[f"family {material.family}"] = name_of[f"file {material.sha256}"] = name
    return families


def _held_out(families: dict[str, list[MaterialSet]], share: float, seed: int) -> list[str]:
    """Families to hold out: by hash within each category, what rounding leaves over carried to the next category."""
    by_category: dict[str, list[str]] = {}
    for family, members in families.items():
        by_category.setdefault(members[0].category, []).append(family)
    wanted = min(max(1, round(share * len(families))), len(families) - 1)
    chosen: list[str] = []
    seen = 0
    for category in sorted(by_category, key=lambda name: (-len(by_category[name]), name)):
        ordered = sorted(by_category[category], key=lambda family: _hash(family, seed))
        seen += len(ordered)
        quota = round(wanted * seen / len(families)) - len(chosen)
        chosen += ordered[:quota]
    return chosen


def _hash(family: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {family}".encode()).hexdigest()
