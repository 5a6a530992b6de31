# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a STEP file while they grow (ISO 10303-21:2016), and the ids that IFC gives its things.

A value is written by its Python type: None as `$`, a Line as `#12`, an Enum as `.FLOOR.`, numbers with a decimal point
where they are floats, tuples as lists.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"
_DIGITS, _DIRECTION_DIGITS = 6, 9


class Line(int):
    """The number of a line that others refer to."""


@dataclass(frozen=True)
class Enum:
    """A word of an enumeration."""

    word: str


@dataclass(frozen=True)
class Typed:
    """A value that says its own type, as where several are allowed."""

    name: str
    value: Any


@dataclass(frozen=True)
class Plain:
    """Text that is already as STEP wants it."""

    text: str


DERIVED = Plain("*")


class Step:
    """Lines of data. `add` writes one, `shared` one that is written once however often it is asked for."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._known: dict[str, Line] = {}

    def add(self, name: str, *values: Any) -> Line:
        """Write a line; returns its number."""
        return self._append(f"{name}({','.join(map(encoded, values))})")

    def shared(self, name: str, *values: Any) -> Line:
        """The number of a line that is the same for all who ask."""
        text = f"{name}({','.join(map(encoded, values))})"
        if text not in self._known:
            self._known[text] = self._append(text)
        return self._known[text]

    def point(self, place: Iterable[float]) -> Line:
        """A shared point in metres."""
        return self.shared("IFCCARTESIANPOINT", tuple(map(float, place)))

    def direction(self, vector: Iterable[float]) -> Line:
        """A shared direction, with more digits than a place: a long wall ends where it points."""
        return self.shared("IFCDIRECTION", Plain(f"({','.join(number(x, _DIRECTION_DIGITS) for x in vector)})"))

    def to_text(self, name: str, program: str) -> str:
        """The whole file. Its time is the beginning of 1970: the same design gives the same bytes."""
        header = (
            "FILE_DESCRIPTION(('ViewDefinition [DesignTransferView_V1.0]'),'2;1')",
            f"FILE_NAME({encoded(name)},'1970-01-01T00:00:00',(''),(''),{encoded(program)},{encoded(program)},'')",
            "FILE_SCHEMA(('IFC4'))",
        )
        lines = ["ISO-10303-21", "HEADER", *header, "ENDSEC", "DATA", *self._lines, "ENDSEC", "END-ISO-10303-21"]
        return ";\n".join(lines) + ";\n"

    def _append(self, text: str) -> Line:
        line = Line(len(self._lines) + 1)
        self._lines.append(f"#{line}={text}")
        return line


def encoded(value: Any) -> str:
    """A value as STEP text."""
    if value is None:
        return "$"
    if isinstance(value, Line):
        return f"#{int(value)}"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return text_of(value)
    if isinstance(value, bool):
        return ".T." if value else ".F."
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Enum):
        return f".{value.word}."
    if isinstance(value, Plain):
        return value.text
    if isinstance(value, Typed):
        return f"{value.name}({encoded(value.value)})"
    return f"({','.join(map(encoded, value))})"


def number(value: float, digits: int = _DIGITS) -> str:
    """A real number with a point and no needless zeros; ValueError for what is no number."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written to a STEP file")
    text = f"{value:.{digits}f}".rstrip("0")
    return "0." if text == "-0." else text


def text_of(text: str) -> str:
    """A string, letters outside of ASCII as the codes of Unicode."""
    return "'" + "".join(map(_letter, text)) + "'"


def _letter(letter: str) -> str:
    if letter in "'\\":
        return letter * 2
    if " " <= letter <= "~":
        return letter
    code = ord(letter)
    return f"\\X2\\{code:04X}\\X0\\" if code < 2**16 else f"\\X4\\{code:08X}\\X0\\"


def global_id(*names: str) -> str:
    """The 22 letters of IFC's id, the same for the same names: 128 bits of their SHA-256."""
    digest = hashlib.sha256("\n".join(names).encode()).digest()
    rest = int.from_bytes(digest[:16], "big")
    letters = []
    for _ in range(22):
        rest, place = divmod(rest, 64)
        letters.append(_ID_LETTERS[place])
    return "".join(reversed(letters))
