# SPDX-License-Identifier: GPL-3.0-or-later
"""What of the library of characters the window asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One character of the library."""

    name: str
    pack: str
    sha256: str
    path: Path


def entries() -> list[Entry]:
    """Every character; none as long as there is no library."""
    return []


def remove(name: str) -> None:
    """Delete a character."""
