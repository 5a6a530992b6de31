# SPDX-License-Identifier: GPL-3.0-or-later
"""The library of characters: one normalised .glb a character in a folder a pack, and `index.json` that describes them.

The add-on lists the library too, so nothing here needs more than the standard library. `adding` fills it.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..codec import from_plain, parse_json, refuse_unknown, show, to_plain
from ..errors import HostError, InputError
from ..models import data_folder
from ..whole_file import write_whole

FOLDER_VARIABLE = "MAQUETTE_LIBRARY"
INDEX = "index.json"
VERSION = 1
MAX_INDEX_BYTES = 64 * 2**20
MAX_ENTRIES = 20_000


@dataclass(frozen=True)
class Entry:
    """One character of the library.

    `name` is its own in the library; `file` lies in the library's folder and `sha256` is of its bytes, `source_sha256`
    of the file it came from. `kind` and `family` as in `skeleton`, `parts` as in `parts`. `licence` and `author` are ""
    where nothing tells; `permissions` are sentences of a VRM file, such as "commercial use: allowed".
    """

    name: str
    pack: str
    file: str
    sha256: str
    source_sha256: str
    kind: str
    family: str
    parts: tuple[str, ...]
    bones: tuple[str, ...]
    joints: int
    faces: int
    vertices: int
    height_m: float
    clips: tuple[str, ...]
    licence: str = ""
    author: str = ""
    permissions: tuple[str, ...] = ()


def library_folder() -> Path:
    """Where the library is kept: MAQUETTE_LIBRARY, else the user's own data folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else data_folder() / "library"


def entries() -> tuple[Entry, ...]:
    """Every character whose file is there, by pack and name; an InputError for an index that cannot be read."""
    folder = library_folder()
    try:
        if (folder / INDEX).stat().st_size > MAX_INDEX_BYTES:
            raise InputError(f"{folder / INDEX} is larger than {MAX_INDEX_BYTES >> 20} MiB. Move it away.")
        text = (folder / INDEX).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise InputError(f"The library {show(str(folder))} cannot be read: {error.strerror}.") from error
    plain = parse_json(text, str(folder / INDEX))
    if not isinstance(plain, dict) or not isinstance(plain.get("version"), int):
        raise InputError(f"{folder / INDEX} is no index of a library. Move it away, and add the characters again.")
    if plain["version"] > VERSION:
        raise InputError(f"{folder / INDEX} was made by a newer Maquette. Update Maquette.")
    refuse_unknown(plain, ("version", "characters"), str(folder / INDEX))
    found = from_plain(tuple[Entry, ...], plain.get("characters", []), f"{folder / INDEX}, 'characters'")
    there = [entry for entry in found if _is_inside(entry.file) and (folder / entry.file).is_file()]
    return tuple(sorted(there, key=lambda entry: (entry.pack, entry.name)))


def path_of(entry: Entry) -> Path:
    """Where the character's file lies."""
    return library_folder() / entry.file


def find(name: str) -> Entry:
    """The character of this name; an InputError with the nearest one where there is none."""
    known = {entry.name: entry for entry in entries()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else "'maquette library list' shows what there is."
        raise InputError(f"The library has no character {show(name)}. {hint}")
    return known[name]


def remove(name: str) -> None:
    """Delete a character from the library."""
    entry = find(name)
    _write_index([other for other in entries() if other.name != name])
    path = path_of(entry)
    try:
        path.unlink(missing_ok=True)
        if path.parent != library_folder() and not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise HostError(f"'{path}' cannot be deleted: {error.strerror}.") from error


def store(entry: Entry, data: bytes) -> None:
    """Put a character's file and its entry into the library; one of the same name is replaced."""
    others = [other for other in entries() if other.name != entry.name]
    if len(others) >= MAX_ENTRIES:
        raise InputError(f"The library holds {MAX_ENTRIES} characters, which is the most. Remove some.")
    write_whole(path_of(entry), data)
    _write_index([*others, entry])


def free_name(stem: str, pack: str, taken: Iterable[str]) -> str:
    """A name that no character has yet: the file's own, else with its pack, else with a number."""
    used = set(taken)
    choices = [stem, f"{stem} ({pack})", *(f"{stem} ({pack}) {number}" for number in range(2, MAX_ENTRIES + 2))]
    return next(choice for choice in choices if choice not in used)


def file_for(name: str, pack: str) -> str:
    """The place of a character's file in the library's folder; names come from files and are made harmless."""
    return f"{_harmless(pack)}/{_harmless(name)}.glb"


def families(characters: Sequence[Entry]) -> dict[str, tuple[Entry, ...]]:
    """The characters of each skeleton family, the largest family first."""
    found: dict[str, list[Entry]] = {}
    for entry in characters:
        found.setdefault(entry.family, []).append(entry)
    return {key: tuple(found[key]) for key in sorted(found, key=lambda key: (-len(found[key]), key))}


def alone(characters: Sequence[Entry]) -> dict[str, str]:
    """Why a character is the only one of its family, by name: how its bones fit the family that is nearest to it."""
    groups = families(characters)
    reasons: dict[str, str] = {}
    for members in groups.values():
        if len(members) > 1:
            continue
        bones = set(members[0].bones)
        nearest, shared = "", 0
        for other in groups.values():
            same = max(len(bones & set(entry.bones)) for entry in other)
            if other is not members and same > shared:
                nearest, shared = other[0].name, same
        reason = f"{shared} of its {len(bones)} bones have names that '{nearest}' has" if shared else "no bones shared"
        if shared == len(bones):
            reason += ", but they hang together in another way"
        reasons[members[0].name] = reason
    return reasons


def _harmless(name: str) -> str:
    plain = re.sub(r"[^\w ()+-]+", "_", name).strip(" ._")[:80]
    return plain or "character"


def _is_inside(file: str) -> bool:
    parts = Path(file).parts
    return bool(parts) and not Path(file).is_absolute() and ".." not in parts


def _write_index(characters: Sequence[Entry]) -> None:
    ordered = sorted(characters, key=lambda entry: (entry.pack, entry.name))
    plain = {"version": VERSION, "characters": [to_plain(entry) for entry in ordered]}
    text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=True, allow_nan=False)
    write_whole(library_folder() / INDEX, (text + "\n").encode())
