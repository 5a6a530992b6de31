# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of base colour with a class: a folder with `index.json`, a list of {file, cls, asset}.

They become material sets with an albedo alone, so that streams, splits and reports treat them like all others.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

from ...core.codec import parse_json, show
from ...core.errors import InputError
from ...core.files.picture import check_picture
from .material_folder import Scan, ScanProgress
from .material_set import LeftOut, MapFile, MaterialSet
from .naming import OTHER, category_of_words, family_of

MAX_INDEX_BYTES = 64 * 2**20


def scan_labelled(folder: Path, progress: ScanProgress = lambda fraction, text: None) -> Scan:
    """The labelled pictures of a folder as sets with an albedo each; an InputError when there is not one.

    A set's category is that of its class's words (PavingStones: paving), else its class in small letters.
    """
    entries = _entries(folder)
    sets: dict[str, MaterialSet] = {}
    left_out: list[LeftOut] = []
    for number, entry in enumerate(entries):
        progress(number / len(entries), "Looking at labelled pictures")
        try:
            material = _material(folder, entry)
        except (InputError, OSError) as error:
            left_out.append(LeftOut(show(str(entry)), str(error)))
            continue
        if material.sha256 in sets:
            reason = f"its albedo is the same file as that of {sets[material.sha256].name}"
            left_out.append(LeftOut(material.name, reason))
        else:
            sets[material.sha256] = material
    if not sets:
        raise InputError(f"No labelled picture of {show(str(folder))} can be used: {left_out[0].reason}")
    progress(1.0, f"{len(sets)} labelled pictures")
    return Scan(folder, tuple(sorted(sets.values(), key=lambda s: s.name)), tuple(left_out), ())


def _entries(folder: Path) -> list[Any]:
    index = folder / "index.json"
    if not index.is_file():
        raise InputError(
            f"The folder {show(str(folder))} has no index.json that lists its pictures. Give one that has."
        )
    if index.stat().st_size > MAX_INDEX_BYTES:
        raise InputError(f"The index.json of {show(str(folder))} is larger than {MAX_INDEX_BYTES >> 20} MiB.")
    plain = parse_json(index.read_bytes(), f"The index.json of {show(str(folder))}")
    if not isinstance(plain, list) or not plain:
        raise InputError(f"The index.json of {show(str(folder))} lists no pictures. It needs file, cls and asset.")
    return plain


def _material(folder: Path, entry: Any) -> MaterialSet:
    keys = ("file", "cls", "asset")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) and entry[key] for key in keys):
        raise InputError("an entry needs the texts file, cls and asset")
    path = folder / PurePosixPath(entry["file"])
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError("it leads out of the folder")
    size = check_picture(path)
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    category = category_of_words(entry["cls"])
    if category == OTHER:
        category = entry["cls"].lower()
    name = f"{category}__{entry['asset']}"
    return MaterialSet(name, family_of(entry["asset"]), category, {"albedo": MapFile(path)}, False, sha256, size)
