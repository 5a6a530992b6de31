# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette's own asset library: its folder, and its place in Blender's preferences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from .package import preferences, user_folder

NAME = "Maquette"


def asset_folder() -> Path:
    """Where assets are written: as the preferences say, else among the user's documents, else the extension's own
    folder."""
    chosen = preferences().asset_folder
    if chosen:
        return Path(bpy.path.abspath(chosen))
    documents = Path.home() / "Documents"
    return documents / "Maquette Assets" if documents.is_dir() else user_folder("assets")


def show_library(folder: Path) -> None:
    """Let the Asset Browser show the folder; once."""
    if _entry(folder) is not None:
        return
    libraries: Any = bpy.context.preferences.filepaths.asset_libraries  # type: ignore[union-attr]
    entry = libraries.new(name=NAME, directory=str(folder))
    # from Blender 5 on what is dropped would stay linked, and what is linked cannot be made anew
    if entry.import_method == "PACK":
        entry.import_method = "APPEND"
    preferences().added_library = str(folder)
    bpy.context.preferences.is_dirty = True  # type: ignore[union-attr]


def forget_library() -> None:
    """Take the folder out of Blender's preferences where Maquette put it there and it holds no asset: one with assets
    is the designer's, with or without Maquette."""
    added = preferences().added_library
    if not added or any(Path(added).rglob("*.blend")):
        return
    entry = _entry(Path(added))
    if entry is not None and entry.name.startswith(NAME):
        bpy.context.preferences.filepaths.asset_libraries.remove(entry)  # type: ignore[union-attr]


def refresh_browsers() -> None:
    """Let every open Asset Browser look at its library anew."""
    for window in bpy.context.window_manager.windows:  # type: ignore[union-attr]
        for area in window.screen.areas:
            if area.ui_type == "ASSETS":
                with bpy.context.temp_override(window=window, area=area):  # type: ignore[union-attr]
                    refresh: Any = bpy.ops.asset.library_refresh
                    if refresh.poll():
                        refresh()


def _entry(folder: Path) -> Any:
    libraries: Any = bpy.context.preferences.filepaths.asset_libraries  # type: ignore[union-attr]
    wanted = folder.resolve()
    return next((entry for entry in libraries if entry.path and Path(entry.path).resolve() == wanted), None)


def register() -> None:
    """Nothing: the library is shown once there is an asset in it."""


def unregister() -> None:
    """An empty library goes with Maquette."""
    forget_library()
