# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds the characters of a folder to the library: read, stood upright, described and written as one .glb each."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..asset import Asset
from ..codec import show
from ..errors import HostError, InputError
from ..files import gltf
from ..files.blender_import import SUFFIXES as BLENDER_SUFFIXES
from ..files.blender_import import convert
from ..files.gltf_container import SUFFIXES as GLTF_SUFFIXES
from ..files.gltf_container import open_document, read_bounded
from ..files.gltf_read import read_character
from . import library
from .library import Entry
from .licences import Licence, licence_beside, licence_in
from .parts import part_of_vertices, parts_present
from .skeleton import kind_of, skeleton_family
from .upright import height_of, standing

# what is read, the formats that keep most of a character first
SUFFIXES = (*GLTF_SUFFIXES, *BLENDER_SUFFIXES, ".obj")
MAX_FILES = 20_000
# folders that packs have for each format of the same characters
_FORMAT_FOLDERS = frozenset({"fbx", "gltf", "glb", "vrm", "obj", "blend", "blends", "models", "characters"})

# heard for each file: how many are done, how many there are, what is said of it
Heard = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Report:
    """What became of a folder's files: `added` and `present` (there before) entries, `left_out` as (file, reason),
    `notes` as (character, sentence)."""

    folder: Path
    added: tuple[Entry, ...]
    present: tuple[Entry, ...]
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]

    def lines(self) -> list[str]:
        """The report in words; its last line is the sum."""
        lines = [f"{name}: {sentence}" for name, sentence in self.notes]
        lines += [f"Left out {file}: {reason}" for file, reason in self.left_out]
        characters = (*self.added, *self.present)
        kinds = ", ".join(f"{n} {kind}" for kind, n in _counted([entry.kind for entry in characters]))
        before = f", {len(self.present)} were there already" if self.present else ""
        out = f", {len(self.left_out)} left out" if self.left_out else ""
        number = len({entry.family for entry in characters})
        families = f"{number} skeleton {'family' if number == 1 else 'families'}"
        lines.append(f"{len(self.added)} characters added{before}{out}: {kinds or 'none'}, of {families}.")
        return lines


def add(source: Path, heard: Heard = lambda done, total, text: None) -> Report:
    """Add the characters of a folder, or of one file, to the library.

    InputError where there is nothing that could be a character. What cannot be used is left out with its reason; what
    was added stays, should `heard` raise to stop.
    """
    root, files = _files(source)
    chosen, left_out = _without_twins(root, files)
    added: list[Entry] = []
    present: list[Entry] = []
    notes: list[tuple[str, str]] = []
    for number, path in enumerate(chosen):
        shown = path.relative_to(root).as_posix()
        heard(number, len(chosen), shown)
        known = {key: entry for entry in library.entries() for key in (entry.source_sha256, entry.sha256)}
        try:
            digest = hashlib.sha256(read_bounded(path, show(shown))).hexdigest()
            if digest in known:
                present.append(known[digest])
                continue
            entry, said = _add(path, root, digest, functools.partial(heard, number, len(chosen), shown))
        except (InputError, HostError) as error:
            left_out.append((shown, str(error)))
            continue
        added.append(entry)
        notes += [(entry.name, sentence) for sentence in said]
    return Report(source, tuple(added), tuple(present), tuple(left_out), tuple(notes))


def describe(asset: Asset, name: str, pack: str, licence: Licence) -> Entry:
    """The entry of a character that has no file yet."""
    rig = asset.rig
    assert rig is not None
    return Entry(
        name,
        pack,
        library.file_for(name, pack),
        "",
        "",
        kind_of(rig.joints, rig.parents, rig.rest_pose),
        skeleton_family(rig.joints, rig.parents),
        parts_present(part_of_vertices(asset)),
        rig.joints,
        len(rig.joints),
        sum(len(mesh.face_starts) - 1 for mesh in asset.meshes),
        sum(len(mesh.positions) for mesh in asset.meshes),
        round(height_of(asset), 4),
        tuple(clip.name for clip in asset.clips),
        licence.name,
        licence.author,
        licence.permissions,
    )


def _add(path: Path, root: Path, digest: str, alive: Callable[[], None]) -> tuple[Entry, list[str]]:
    """Read one file into the library; the entry and what had to be said of it."""
    said: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        licence = licence_beside(path, root)
        readable = path
        if path.suffix.lower() in BLENDER_SUFFIXES:
            readable = convert(path, Path(folder), alive)
        elif path.suffix.lower() == ".obj":
            raise InputError(f"{show(path.name)} has no armature: OBJ keeps shapes alone. Export it as GLB or FBX.")
        asset = read_character(readable, warn=said.append)
        own = licence_in(open_document(readable).json)
    licence = Licence(own.name or licence.name, own.author or licence.author, own.permissions)
    asset, changed = standing(asset)
    pack = _pack(root, path)
    name = library.free_name(path.stem, pack, [entry.name for entry in library.entries()])
    asset = replace(asset, name=name)
    told = ", ".join(part for part in (licence.name, licence.author) if part)
    data = gltf.to_bytes(asset, lambda fraction, text: alive(), notes={"copyright": told} if told else None)
    entry = describe(asset, name, pack, licence)
    entry = replace(entry, sha256=hashlib.sha256(data).hexdigest(), source_sha256=digest)
    library.store(entry, data)
    return entry, [*said, *changed, *(f"Its licence says: {one}." for one in licence.permissions)]


def _files(source: Path) -> tuple[Path, list[Path]]:
    """The folder, and every file in it that may be a character."""
    if source.is_file():
        if source.suffix.lower() not in SUFFIXES:
            raise InputError(f"{show(source.name)} is no character. Give a {_listed()} file, or a folder of them.")
        return source.resolve().parent, [source.resolve()]
    if not source.is_dir():
        raise InputError(f"{show(str(source))} does not exist. Name a folder of characters.")
    root = source.resolve()
    files = [path for path in sorted(root.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    inside = [path for path in files if path.resolve().is_relative_to(root)]
    if not inside:
        raise InputError(f"{show(str(source))} holds no character. Name a folder with {_listed()} files.")
    if len(inside) > MAX_FILES:
        raise InputError(f"{show(str(source))} holds {len(inside)} files; {MAX_FILES} are the most. Name a part of it.")
    return root, inside


def _without_twins(root: Path, files: list[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """One file for each character: packs hold the same one in several formats."""
    best: dict[tuple[str, ...], Path] = {}
    for path in sorted(files, key=lambda path: SUFFIXES.index(path.suffix.lower())):
        best.setdefault((*_places(root, path), path.stem.lower()), path)
    chosen = set(best.values())
    left_out = []
    for path in files:
        if path not in chosen:
            other = best[(*_places(root, path), path.stem.lower())].relative_to(root).as_posix()
            left_out.append((path.relative_to(root).as_posix(), f"it is there as {other} too"))
    return [path for path in files if path in chosen], left_out


def _places(root: Path, path: Path) -> Iterator[str]:
    """The folders between, without those named by a format."""
    return (part for part in path.relative_to(root).parts[:-1] if part.lower() not in _FORMAT_FOLDERS)


def _pack(root: Path, path: Path) -> str:
    return next(reversed([root.name or "characters", *_places(root, path)]))


def _listed() -> str:
    return ", ".join(SUFFIXES[:-1]) + f" or {SUFFIXES[-1]}"


def _counted(words: list[str]) -> list[tuple[str, int]]:
    return sorted(((word, words.count(word)) for word in set(words)), key=lambda pair: (-pair[1], pair[0]))
