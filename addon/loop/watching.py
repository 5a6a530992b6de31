# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices what comes from other files, and lets every result be recorded.

Appending and linking have no handler in every Blender: what is there is counted when the scene changes, and looked at
once Blender is at rest, since a handler must not write.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .. import engine
from ..redraw import redraw_panels
from .lineage import merge_all
from .recording import record

LOOK_S = 0.2
_counted: tuple[int, int] = (0, 0)


def _count() -> tuple[int, int]:
    return len(bpy.data.materials), len(bpy.data.objects)


@persistent
def _scene_changed(*_: Any) -> None:
    global _counted
    now = _count()
    more = now[0] > _counted[0] or now[1] > _counted[1]
    if more and not bpy.app.timers.is_registered(look):
        bpy.app.timers.register(look, first_interval=LOOK_S)
    _counted = now


@persistent
def _file_loaded(*_: Any) -> None:
    global _counted
    _counted = _count()


def look() -> None:
    """Bring what came into the history, unless something of ours is on its way: it records itself."""
    if engine.studio.busy:
        return
    scene: Any = bpy.context.scene
    if scene is not None and scene.library is None and merge_all(scene):
        redraw_panels(always=True)


def register() -> None:
    """Listen."""
    bpy.app.handlers.depsgraph_update_post.append(_scene_changed)
    bpy.app.handlers.load_post.append(_file_loaded)
    engine.studio.after_apply.append(record)


def unregister() -> None:
    """Stop listening."""
    engine.studio.after_apply.remove(record)
    bpy.app.handlers.load_post.remove(_file_loaded)
    bpy.app.handlers.depsgraph_update_post.remove(_scene_changed)
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
