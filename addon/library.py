# SPDX-License-Identifier: GPL-3.0-or-later
"""The library of characters as the window shows it: read once, listed in the window manager, filled by a child process.

The list in the window manager is a copy for drawing; which characters are ticked stands in the scene.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..core.character import library as shelf
from ..core.character.library import Entry
from ..core.errors import HostError, MaquetteError
from . import engine
from .jobs import Notice
from .library_run import LibraryRun
from .package import cache_folder
from .redraw import redraw_panels

POLL_S = 0.2

_run: LibraryRun | None = None
_entries: tuple[Entry, ...] | None = None
_fault = ""


def entries() -> Sequence[Entry]:
    """The characters of the library by name; none where it cannot be read (`fault` says why)."""
    global _entries, _fault
    if _entries is None:
        try:
            _entries, _fault = shelf.entries(), ""
        except MaquetteError as error:
            _entries, _fault = (), str(error)
    return _entries


def fault() -> str:
    """The sentence that says why the library cannot be read, or ""."""
    return _fault


def look_again() -> None:
    """Forget what was read, and list it anew."""
    global _entries
    _entries = None
    fill_list()


def by_name(name: str) -> Entry | None:
    """The character of this name."""
    return next((entry for entry in entries() if entry.name == name), None)


def by_hash(sha256: str) -> Entry | None:
    """The character whose file has these bytes."""
    return next((entry for entry in entries() if entry.sha256 == sha256), None) if sha256 else None


def path_of(entry: Entry) -> Path:
    """Where the character's file lies."""
    return shelf.path_of(entry)


def fill_list() -> None:
    """Bring the window's list to what the library holds."""
    manager: Any = bpy.context.window_manager
    shown = manager.maquette_library
    shown.entries.clear()
    for entry in entries():
        item = shown.entries.add()
        item.name, item.pack, item.kind, item.family = entry.name, entry.pack, entry.kind, entry.family
        item.facts, item.licence, item.permissions = _facts(entry), _licence(entry), "; ".join(entry.permissions)
    shown.active = min(shown.active, max(0, len(shown.entries) - 1))


def _facts(entry: Entry) -> str:
    clips = f", {len(entry.clips)} clips" if entry.clips else ""
    return f"{entry.kind.capitalize()}, {entry.height_m:.2f} m, {entry.faces} faces, {entry.joints} bones{clips}"


def _licence(entry: Entry) -> str:
    told = ", ".join(part for part in (entry.licence, entry.author) if part)
    return f"Licence: {told}" if told else "Its licence is not told"


def run() -> LibraryRun | None:
    """The child that fills the library, under way or ended; None where there is none."""
    return _run


def begin(folder: Path) -> LibraryRun:
    """Let a child read a folder into the library."""
    global _run
    interpreter = engine.found()
    if interpreter is None:
        raise HostError(engine.NO_ENGINE)
    _run = LibraryRun(interpreter.python, folder)
    if not bpy.app.timers.is_registered(_poll):
        bpy.app.timers.register(_poll, first_interval=POLL_S, persistent=True)
    return _run


def end() -> Notice:
    """Forget the child that has ended, and list what it added."""
    global _run
    assert _run is not None
    notice, _run = _run.outcome(), None
    look_again()
    return notice


def stop() -> None:
    """End the child; characters that were added stay."""
    global _run
    if _run is None:
        return
    _run.stop()
    _run = None
    look_again()
    engine.studio.notice = Notice("INFO", "Reading was stopped. What was added stays.", topic="character")


def remove(name: str) -> None:
    """Delete a character from the library."""
    shelf.remove(name)
    look_again()


def fresh_folder() -> Path:
    """An empty folder of the cache, for a character on its way into the library; its name becomes the pack's."""
    pack = bpy.path.clean_name(bpy.path.display_name_from_filepath(bpy.data.filepath)) if bpy.data.filepath else ""
    folder = cache_folder() / "live" / (pack or "Scene")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise HostError(f"'{folder}' cannot be made: {error.strerror}. Check the cache folder.") from error
    return folder


def _poll() -> float | None:
    """Blender's timer: is it done?"""
    if _run is None:
        return None
    if not _run.done:
        redraw_panels()
        return POLL_S
    engine.studio.notice = end()
    redraw_panels(always=True)
    return None


def shut_down() -> None:
    """End the child and the timer."""
    if bpy.app.timers.is_registered(_poll):
        bpy.app.timers.unregister(_poll)
    if _run is not None:
        _run.stop()
