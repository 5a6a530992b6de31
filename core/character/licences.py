# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of a character's licence: in the file itself, in an index beside it, in a licence's text beside it.

VRM 0.x: `extensions.VRM.meta`; VRM 1.0: `extensions.VRMC_vrm.meta` (github.com/vrm-c/vrm-specification). Nothing is
judged: what a file says is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..codec import parse_json
from ..errors import InputError

MAX_TEXT_BYTES = 256 * 2**10
MAX_INDEX_BYTES = 64 * 2**20
MAX_SHOWN = 160
_FILES = re.compile(r"(licen[cs]e|copying|unlicense)([ ._-].*)?$", re.IGNORECASE)
# (what a licence's text holds, its SPDX name), the more special first
_TEXTS = (
    ("cc0|publicdomain/zero", "CC0-1.0"),
    ("attribution-noncommercial|cc[- ]by[- ]nc", "CC-BY-NC"),
    ("attribution-sharealike|cc[- ]by[- ]sa", "CC-BY-SA"),
    ("creative commons attribution|cc[- ]by", "CC-BY"),
    ("gnu general public license", "GPL"),
    ("apache license", "Apache-2.0"),
    ("permission is hereby granted, free of charge", "MIT"),
    ("unlicense", "Unlicense"),
)
_VRM_0 = {
    "allowedUserName": "who may perform as it",
    "violentUssageName": "violent use",
    "sexualUssageName": "sexual use",
    "commercialUssageName": "commercial use",
    "otherPermissionUrl": "other permissions",
}
_VRM_1 = {
    "avatarPermission": "who may perform as it",
    "allowExcessivelyViolentUsage": "violent use",
    "allowExcessivelySexualUsage": "sexual use",
    "commercialUsage": "commercial use",
    "allowPoliticalOrReligiousUsage": "political or religious use",
    "allowAntisocialOrHateUsage": "antisocial use or hate",
    "creditNotation": "credit",
    "allowRedistribution": "redistribution",
    "modification": "changing it",
}
_WORDS = {True: "allowed", False: "not allowed", "Allow": "allowed", "Disallow": "not allowed"}


@dataclass(frozen=True)
class Licence:
    """`name` of the licence, `author`, and `permissions` as sentences; "" and () where nothing is told."""

    name: str = ""
    author: str = ""
    permissions: tuple[str, ...] = ()


def licence_in(json: Mapping[str, Any]) -> Licence:
    """What a glTF or VRM file itself says."""
    extensions = json.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    old, new = _meta(extensions.get("VRM")), _meta(extensions.get("VRMC_vrm"))
    if new:
        authors = new.get("authors")
        author = ", ".join(map(_text, authors)) if isinstance(authors, list) else ""
        return Licence(_text(new.get("licenseUrl")), author[:MAX_SHOWN], _permissions(new, _VRM_1))
    if old:
        name = _text(old.get("licenseName")) if old.get("licenseName") != "Other" else _text(old.get("otherLicenseUrl"))
        return Licence(name, _text(old.get("author")), _permissions(old, _VRM_0))
    asset = json.get("asset")
    return Licence(_text(asset.get("copyright")) if isinstance(asset, dict) else "")


def licence_beside(path: Path, above: Path) -> Licence:
    """What lies beside the file or in the folders up to `above`: an `index.json` that lists it, a licence's text."""
    found = Licence()
    for folder in _folders(path, above):
        indexed = _from_index(folder, path)
        found = replace(found, name=found.name or indexed.name, author=found.author or indexed.author)
        if not found.name:
            found = replace(found, name=_from_texts(folder))
        if found.name:
            break
    return found


def _folders(path: Path, above: Path) -> list[Path]:
    parents = list(path.resolve().parents)
    top = above.resolve()
    return parents[: parents.index(top) + 1] if top in parents else parents[:1]


def _from_index(folder: Path, path: Path) -> Licence:
    """The entry of a list of objects with 'file', 'license' and 'author'."""
    index = folder / "index.json"
    try:
        if not index.is_file() or index.stat().st_size > MAX_INDEX_BYTES:
            return Licence()
        items = parse_json(index.read_bytes(), str(index))
    except (OSError, InputError):
        return Licence()
    wanted = path.resolve().relative_to(folder).as_posix()
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.get("file") == wanted:
            return Licence(_text(item.get("license") or item.get("licence")), _text(item.get("author")))
    return Licence()


def _from_texts(folder: Path) -> str:
    try:
        texts = sorted(entry for entry in folder.iterdir() if _FILES.match(entry.name) and entry.is_file())
        for entry in texts:
            with open(entry, "rb") as file:
                text = file.read(MAX_TEXT_BYTES).decode("utf-8", "replace").lower()
            return next((name for words, name in _TEXTS if re.search(words, text)), f"see {entry.name}")
    except OSError:
        return ""
    return ""


def _meta(extension: Any) -> dict[str, Any]:
    meta = extension.get("meta") if isinstance(extension, dict) else None
    return meta if isinstance(meta, dict) else {}


def _permissions(meta: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[str, ...]:
    told = []
    for key, label in labels.items():
        value = meta.get(key)
        if isinstance(value, (bool, str)) and value != "":
            told.append(f"{label}: {_WORDS.get(value, _split(value) if isinstance(value, str) else value)}")
    return tuple(told)


def _split(value: str) -> str:
    """'personalNonProfit' in words; an address as it is."""
    if "://" in value:
        return _text(value)
    return _text(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", value).lower())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter.isprintable())[:MAX_SHOWN].strip()
