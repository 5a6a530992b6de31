# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import HostError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it; HostError where the disk refuses."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise HostError(
            f"'{path}' cannot be written: {error.strerror}. Free some space or choose another folder."
        ) from error
