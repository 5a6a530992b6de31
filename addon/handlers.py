# SPDX-License-Identifier: GPL-3.0-or-later
"""What Maquette does when Blender opens a file or lets the add-on go."""

from __future__ import annotations

import atexit
from typing import Any

import bpy
from bpy.app.handlers import persistent

from . import engine


@persistent
def _file_loaded(*_: Any) -> None:
    engine.studio.file_loaded()


def register() -> None:
    """Listen to file loading, and to Blender's end."""
    bpy.app.handlers.load_post.append(_file_loaded)
    atexit.register(engine.shut_down)


def unregister() -> None:
    """Stop listening, and end the engine."""
    bpy.app.handlers.load_post.remove(_file_loaded)
    atexit.unregister(engine.shut_down)
    engine.shut_down()
