# SPDX-License-Identifier: GPL-3.0-or-later
"""The evaluation of the architecture methods under way: the folder that is judged, and its city files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .. import study


@dataclass(kw_only=True)
class Study(study.Study):
    """See `evaluation.study`; `data` is the folder that is judged, `cities` its files of real buildings."""

    data: Path
    cities: tuple[Path, ...]


def find_cities(folder: Path) -> tuple[Path, ...]:
    """The files of real buildings below a data folder, none where there are none."""
    return tuple(sorted((folder / "architecture" / "city").glob("*.npz")))


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
