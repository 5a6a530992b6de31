# SPDX-License-Identifier: GPL-3.0-or-later
"""What the folder of a training holds, whatever is learned from it: looked at, split, and said in words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import InputError
from .architecture.parcels import CityFile, scan_cities
from .card import licences
from .data.character_folder import CharacterFile, packs_of, scan_characters
from .data.material_folder import scan
from .data.splitting import split_by_family
from .presets import Settings
from .task import Split

# packs of fewer families keep them all: to know how they differ takes some
LEAST_FAMILIES = 4

Heard = Callable[[float, str], None]


@dataclass(frozen=True)
class Library:
    """What is learned from: `noun` says what its items are, `report` what was taken and what not, `sources` the same in
    a few words and `licence` what the data say of it, for the card."""

    noun: str
    report: str
    split: Split
    sources: str
    licence: str


def look(model: str, folder: Path, settings: Settings, heard: Heard) -> Library:
    """The library that a model of PRESETS learns from; a folder without any is an InputError."""
    if model.startswith("architecture/"):
        return _cities(folder, settings)
    looks = _characters if model.startswith("character/") else _materials
    return looks(folder, settings, heard)


def _materials(folder: Path, settings: Settings, heard: Heard) -> Library:
    found = scan(folder, heard)
    split = Split(*split_by_family(found.sets, settings.held_out, settings.seed))
    sources = f"{len(found.sets)} material sets of {len({s.family for s in found.sets})} families"
    return Library("materials", found.report(), split, sources, licences(folder, found.sets))


def _characters(folder: Path, settings: Settings, heard: Heard) -> Library:
    found = scan_characters(folder, heard)
    split = split_characters(found.characters, settings.held_out, settings.seed)
    packs = packs_of(found.characters)
    sources = (
        f"{len(found.characters)} rigged characters of {len({c.family for c in found.characters})} families in "
        f"{len(packs)} packs; bodies drawn from the data pack's parametric body where it is there"
    )
    return Library("characters", found.report(), split, sources, licences(found.folder, found.characters))


def _cities(folder: Path, settings: Settings) -> Library:
    found = scan_cities(folder)
    if len(found) < 2:
        raise InputError(
            f"There is one city ({found[0].name}). Training judges itself on one that it has not seen: give a folder "
            "with at least two."
        )
    # the last by a hash of names and seed is held out, more where there are many
    order = sorted(found, key=lambda city: hashlib.sha256(f"{settings.seed} {city.name}".encode()).hexdigest())
    count = min(max(1, round(settings.held_out * len(order))), len(order) - 1)
    held_out = set(order[:count])
    split: Split[CityFile] = Split(
        tuple(city for city in found if city not in held_out), tuple(city for city in found if city in held_out)
    )
    names = ", ".join(city.name for city in found)
    sources = f"real buildings of {len(found)} districts ({names}) on Voronoi cells of their footprints cut at 15 m"
    return Library("districts", f"Districts of real buildings: {names}.", split, sources, "")


def split_characters(characters: tuple[CharacterFile, ...], share: float, seed: int) -> Split:
    """About `share` of the families of every pack that has enough are held out, by a hash of names and seed."""
    held_out = set()
    for members in packs_of(characters).values():
        families = sorted({c.family for c in members}, key=lambda f: hashlib.sha256(f"{seed} {f}".encode()).hexdigest())
        if len(families) >= LEAST_FAMILIES:
            held_out |= set(families[: max(1, round(share * len(families)))])
    return Split(
        tuple(c for c in characters if c.family not in held_out), tuple(c for c in characters if c.family in held_out)
    )
