# SPDX-License-Identifier: GPL-3.0-or-later
"""What a building was made from, with its site file at a path that exists: the text is kept on the building's root."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...core.request import Reference, Request
from .building_parts import site_of
from .record import read_request, write_once

SITE_ROLE = "site"


def request_of(root: Any, cache: Path) -> Request:
    """The Request on a root; the site file is where it was if it still is the same, else written anew below `cache`.
    InputError where the Request cannot be read, HostError where the folder cannot be written."""
    return placed_request(root, read_request(root), cache)


def placed_request(root: Any, request: Request, cache: Path) -> Request:
    """The same for another Request, where it starts from the site that the building was made on."""
    text, old = site_of(root), {r.sha256 for r in read_request(root).references if r.role == SITE_ROLE}
    placed = [
        _placed(r, text, cache) if text and r.role == SITE_ROLE and r.sha256 in old else r for r in request.references
    ]
    return replace(request, references=tuple(placed))


def site_text(request: Request) -> str:
    """The text of the site file that a Request starts from, "" where it names none or it is gone."""
    path = next((reference.path for reference in request.references if reference.role == SITE_ROLE), "")
    try:
        return Path(path).read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _placed(reference: Reference, text: str, cache: Path) -> Reference:
    data = text.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    path = Path(reference.path)
    if not (path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256):
        path = cache / "references" / f"{sha256}.json"
        write_once(path, data)
    return replace(reference, path=str(path), sha256=sha256)
