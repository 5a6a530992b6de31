# SPDX-License-Identifier: GPL-3.0-or-later
"""What Maquette does when Blender opens a file or lets the add-on go."""

from __future__ import annotations

import atexit
import contextlib
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..core.errors import MaquetteError
from . import building_live, engine, library, live, programme_list, stale_folders


@persistent
def _file_loaded(*_: Any) -> None:
    engine.studio.file_loaded()
    live.subscribe()
    building_live.subscribe()
    _fill_lists()


@persistent
def _file_saved(*_: Any) -> None:
    engine.studio.file_saved()


@persistent
def _undone(*_: Any) -> None:
    live.follow()
    building_live.follow()


def _fill_lists() -> None:
    """Once Blender is up: while add-ons are registered it has no window manager and no scene to write to."""
    library.fill_list()
    for scene in bpy.data.scenes:
        if scene.library is None and not len(scene.maquette_buildings.rooms):
            programme_list.fill_list(scene.maquette_buildings)


def _clear_stale() -> None:
    # a cache folder that cannot be had is told where it is needed
    with contextlib.suppress(MaquetteError):
        stale_folders.clear_stale()


def register() -> None:
    """Listen to file loading, to undo, to which object is active, and to Blender's end."""
    bpy.app.handlers.load_post.append(_file_loaded)
    bpy.app.handlers.save_post.append(_file_saved)
    bpy.app.handlers.undo_post.append(_undone)
    bpy.app.handlers.redo_post.append(_undone)
    live.subscribe()
    building_live.subscribe()
    bpy.app.timers.register(_fill_lists, first_interval=0.1)
    bpy.app.timers.register(_clear_stale, first_interval=5.0)
    atexit.register(engine.shut_down)


def unregister() -> None:
    """Stop listening, and end the engine."""
    bpy.app.handlers.load_post.remove(_file_loaded)
    bpy.app.handlers.save_post.remove(_file_saved)
    bpy.app.handlers.undo_post.remove(_undone)
    bpy.app.handlers.redo_post.remove(_undone)
    if bpy.app.timers.is_registered(_clear_stale):
        bpy.app.timers.unregister(_clear_stale)
    live.forget()
    building_live.forget()
    library.shut_down()
    atexit.unregister(engine.shut_down)
    # what was staged goes while there still is a file that it is in
    engine.studio.cancel()
    engine.shut_down()
