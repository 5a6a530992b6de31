# SPDX-License-Identifier: GPL-3.0-or-later
"""Rigged characters in a folder of packs: `characters/PACK/NAME.glb`, or packs right below the folder.

Characters of a pack that are variants of each other (another colour, smoother, with a hat) are one *family*: their
names begin or end alike. Nothing outside the folder is ever read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.asset import Asset
from ...core.codec import show
from ...core.errors import InputError
from ...core.files.gltf_read import read_character

ENDINGS = (".glb", ".gltf")
MAX_FILES = 20_000
# names that share less than this begin alike by chance
SHORTEST = 4

ScanProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class CharacterFile:
    """One character: `name` is PACK/STEM, `family` that of its variants, `sha256` of the file's bytes."""

    name: str
    pack: str
    family: str
    path: Path
    sha256: str

    def read(self, *, clips: bool = False) -> Asset:
        """The character itself."""
        return read_character(self.path, clips=clips)


@dataclass(frozen=True)
class CharacterScan:
    """What a folder holds: `characters` sorted by name, `left_out` as "name: reason"; `folder` is that of the packs."""

    folder: Path
    characters: tuple[CharacterFile, ...]
    left_out: tuple[str, ...]

    def report(self) -> str:
        """What was taken, what was not and why, as lines of text."""
        families = {character.family for character in self.characters}
        packs = {character.pack for character in self.characters}
        lines = [f"{len(self.characters)} characters of {len(families)} families in {len(packs)} packs were taken."]
        if self.left_out:
            lines += [f"Left out were {len(self.left_out)}:", *(f"  {one}" for one in self.left_out)]
        return "\n".join(lines)


def scan_characters(folder: Path, progress: ScanProgress = lambda fraction, text: None) -> CharacterScan:
    """All characters under the folder, each read once; an InputError when there is not one.

    progress: called with the share that is done, 0 to 1, and what is being looked at; what it raises ends the scan.
    """
    root = folder / "characters" if (folder / "characters").is_dir() else folder
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())[:MAX_FILES]
    inside = [path for path in paths if path.resolve().is_relative_to(root.resolve())]
    families = families_of([_named(root, path) for path in inside])
    taken: dict[str, CharacterFile] = {}
    left_out = [f"{_named(root, path)}: its link leads out of the folder" for path in paths if path not in inside]
    for number, path in enumerate(inside):
        name = _named(root, path)
        progress(number / len(inside), f"Looking at {name}")
        character = CharacterFile(name, name.rpartition("/")[0], families[name], path, _sha256(path))
        if character.sha256 in taken:
            left_out.append(f"{name}: it is the same file as {taken[character.sha256].name}")
            continue
        try:
            character.read()
        except InputError as error:
            left_out.append(f"{name}: {error}")
            continue
        taken[character.sha256] = character
    progress(1.0, f"{len(taken)} characters")
    if not taken:
        raise InputError(
            f"No character in {show(str(folder))} can be used. A character is a .glb or .gltf file with an armature "
            f"and skin weights, in a folder for each pack.{' ' if left_out else ''}{'; '.join(left_out[:3])}"
        )
    return CharacterScan(root, tuple(taken.values()), tuple(left_out))


def families_of(names: Sequence[str]) -> dict[str, str]:
    """Each character's family, named by its first member; `names` are PACK/STEM."""
    family = {name: name for name in names}
    for name in names:
        for other in names:
            if family[name] != family[other] and _are_variants(name, other):
                first, second = sorted((family[name], family[other]))
                family = {key: first if value == second else value for key, value in family.items()}
    return family


def packs_of(characters: Sequence[CharacterFile]) -> dict[str, list[CharacterFile]]:
    """The characters of each pack, in order."""
    packs: dict[str, list[CharacterFile]] = {}
    for character in characters:
        packs.setdefault(character.pack, []).append(character)
    return packs


def halves(
    characters: Sequence[CharacterFile], seed: int, share: float = 0.5
) -> tuple[tuple[CharacterFile, ...], tuple[CharacterFile, ...]]:
    """(train, test) of one pack: families are dealt by a hash of their name and the seed, so that about `share` of the
    characters trains; each side has one family at least where there are two."""
    members: dict[str, list[CharacterFile]] = {}
    for character in characters:
        members.setdefault(character.family, []).append(character)
    order = sorted(members, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).hexdigest())
    train: list[CharacterFile] = []
    test: list[CharacterFile] = []
    for family in order:
        wanted = len(train) < share * (len(train) + len(test) + len(members[family]))
        (train if (wanted and train) or not train else test).extend(members[family])
    if not test and len(order) > 1:
        test = members[order[-1]]
        train = [character for character in train if character.family != order[-1]]
    return tuple(sorted(train, key=lambda c: c.name)), tuple(sorted(test, key=lambda c: c.name))


def _are_variants(name: str, other: str) -> bool:
    if name.rpartition("/")[0] != other.rpartition("/")[0]:
        return False
    shorter, longer = sorted((_plain(name), _plain(other)), key=len)
    return len(shorter) >= SHORTEST and (longer.startswith(shorter) or longer.endswith(shorter))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.rpartition("/")[2].lower())


def _named(root: Path, path: Path) -> str:
    return path.relative_to(root).with_suffix("").as_posix()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
