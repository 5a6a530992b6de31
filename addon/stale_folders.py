# SPDX-License-Identifier: GPL-3.0-or-later
"""Clears what earlier sessions left in the cache and nothing reads any more: quick looks of candidates, live changes.

A session's folders begin with its process's number. What a session shows it has read at once, into the .blend; a day's
grace is for a Blender that still works in the same cache folder.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

from .package import cache_folder

FOLDERS = ("explore", "live", "sheets")
GRACE_S = 24 * 3600.0


def clear_stale() -> threading.Thread:
    """Clears beside Blender's main thread, which only looks up where the cache is. HostError where there is none."""
    thread = threading.Thread(target=clear, args=(cache_folder(), time.time()), name="maquette-stale", daemon=True)
    thread.start()
    return thread


def clear(cache: Path, now: float) -> None:
    """Deletes the entries of other sessions that nothing has changed for a day. What cannot be deleted stays."""
    for name in FOLDERS:
        for entry in _entries(cache / name):
            if entry.name.split("-")[0].split(".")[0] != str(os.getpid()) and _changed(entry) < now - GRACE_S:
                _delete(entry)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _changed(entry: Path) -> float:
    try:
        return entry.lstat().st_mtime
    except OSError:
        return float("inf")


def _delete(entry: Path) -> None:
    # a link is deleted, never what it leads to
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
        return
    try:
        entry.unlink()
    except OSError:
        return
