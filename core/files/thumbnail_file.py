# SPDX-License-Identifier: GPL-3.0-or-later
"""An Asset to a small picture of it beside its files. It belongs to whoever lists results, so no manifest names it."""

from __future__ import annotations

from pathlib import Path

from ..asset import Asset
from ..context import Progress
from ..thumbnail import THUMBNAIL, thumbnail


def write(asset: Asset, folder: Path, progress: Progress) -> tuple[str, ...]:
    """Write the picture; no names of files that come with the result."""
    progress(0.0, "Taking a picture")
    (folder / THUMBNAIL).write_bytes(thumbnail(asset))
    return ()
