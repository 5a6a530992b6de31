# SPDX-License-Identifier: GPL-3.0-or-later
"""A jobs file: one Request a line, with an optional name; all of it is checked before any work."""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import bundle
from .codec import from_plain, parse_json, show
from .errors import InputError
from .files.picture import check_picture
from .ledger import LEDGER
from .request import MAX_TEXT_BYTES, Reference, Request, hash_reference

MAX_NAME_BYTES = 120
_FORBIDDEN = '/\\:*?"<>|'
# Windows opens a device for these, whatever follows the first dot
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Job:
    """One line that can be done. `request` is its JSON with hashes and whole paths; `name` is its folder's."""

    line: int
    name: str
    key: str
    cache_key: str
    request: str


@dataclass(frozen=True)
class Refused:
    """One line that cannot be done, and why in one sentence. `name` is "" where none could be read."""

    line: int
    name: str
    text: str


class JobReader:
    """Reads jobs in order; every reference is opened once, however many jobs use it."""

    def __init__(self, file: Path, out: Path) -> None:
        self._file, self._out = file, out
        self._references: dict[str, str | InputError] = {}
        self._lines_by_name: dict[str, int] = {}

    def read(self) -> Iterator[Job | Refused]:
        """Every line as a Job or Refused; a file that cannot be read at all is an InputError."""
        for number, line in _lines(self._file):
            name = ""
            try:
                if line is None:
                    raise InputError(f"The job is longer than {MAX_TEXT_BYTES} bytes. No Request is.")
                if not line.strip():
                    continue
                plain = parse_json(line, "The job")
                if not isinstance(plain, dict):
                    raise InputError(f"The job must be an object, and {show(plain)} was given.")
                name = _given_name(plain)
                yield self._job(number, name, Request.from_plain(plain, "The job"))
            except InputError as error:
                yield Refused(number, name, str(error))

    def _job(self, number: int, name: str, request: Request) -> Job:
        request = request.resolved(self._file.parent)
        request = replace(
            request, references=tuple(self._known(r, request.declaration.noun) for r in request.references)
        )
        name = name or request.key
        # one folder for both on Windows and macOS
        folded = unicodedata.normalize("NFC", name).casefold()
        first = self._lines_by_name.setdefault(folded, number)
        if first != number:
            raise InputError(f"Line {first} has the name {show(name)} already, or one that only differs in case.")
        bundle.check_place(self._out / name)
        return Job(number, name, request.key, request.cache_key, request.to_json())

    def _known(self, reference: Reference, noun: str) -> Reference:
        """The reference with its hash; a picture is looked at before any work."""
        if not reference.path:
            raise InputError("A reference has a hash and no path. Name its file.")
        if reference.path not in self._references:
            try:
                if noun == "picture":
                    check_picture(Path(reference.path))
                self._references[reference.path] = hash_reference(replace(reference, sha256=""), noun).sha256
            except InputError as error:
                self._references[reference.path] = error
        found = self._references[reference.path]
        if isinstance(found, InputError):
            raise found
        if reference.sha256 and reference.sha256 != found:
            raise InputError(
                f"The {noun} {show(reference.path)} has changed since this Request was made. "
                "Put the old file back, or leave out its 'sha256'."
            )
        return replace(reference, sha256=found)


def check_name(name: str) -> str:
    """The name of a job's folder, safe on every system; an InputError says what is not."""
    if not name:
        raise InputError("'name' is empty. Give one, or leave it out.")
    if len(name.encode("utf-8")) > MAX_NAME_BYTES:
        raise InputError(f"'name' {show(name)} is longer than {MAX_NAME_BYTES} bytes. Shorten it.")
    for character in name:
        if character in _FORBIDDEN or unicodedata.category(character) in ("Cc", "Zl", "Zp"):
            raise InputError(f"'name' {show(name)} holds {character!r}, which no folder's name may. Choose another.")
    if name.startswith((".", " ")) or name.endswith((".", " ")):
        raise InputError(f"'name' {show(name)} begins or ends with a dot or a space. Choose another.")
    if _DEVICE.fullmatch(name.split(".")[0].rstrip()):
        raise InputError(f"'name' {show(name)} is a device's name on Windows. Choose another.")
    if name.casefold() == LEDGER.casefold():
        raise InputError(f"'name' {show(name)} is the ledger's. Choose another.")
    return name


def _given_name(plain: dict[str, object]) -> str:
    """Take `name` out of a job line; "" where it has none."""
    if "name" not in plain:
        return ""
    return check_name(from_plain(str, plain.pop("name"), "The job, 'name'"))


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """(number from 1, line) of a file; None for a line that is too long to be a Request."""
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{show(str(path))} is no file. Name a jobs file.")
        with open(path, "rb") as file:
            number = 0
            while line := file.readline(MAX_TEXT_BYTES + 1):
                number += 1
                too_long = len(line) > MAX_TEXT_BYTES
                while too_long and line and not line.endswith(b"\n"):
                    line = file.readline(MAX_TEXT_BYTES + 1)
                yield number, None if too_long else line.removeprefix(_BYTE_ORDER_MARK).rstrip()
    except FileNotFoundError as error:
        raise InputError(f"The jobs file {show(str(path))} does not exist. Check its path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The jobs file {show(str(path))} cannot be read: {reason}.") from error
