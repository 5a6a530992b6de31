# SPDX-License-Identifier: GPL-3.0-or-later
"""What still waited, or was under way, when a .blend was saved: kept in it as Requests, offered when it is opened.

Nothing of it starts by itself: a file that is opened must not make the computer work.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..core.errors import InputError
from ..core.request import Request
from . import engine

PROPERTY = "maquette_waiting"
MOST = 64


def wishes(scene: Any) -> list[str]:
    """The Requests of a scene as JSON, in their order; what is no list of texts is none."""
    return list(_texts(str(scene.get(PROPERTY, "[]"))))


# the panel asks whenever it is drawn
@functools.lru_cache(maxsize=8)
def _texts(stored: str) -> tuple[str, ...]:
    try:
        found = json.loads(stored)
    except ValueError:
        return ()
    return tuple(text for text in found if isinstance(text, str))[:MOST] if isinstance(found, list) else ()


def take(scene: Any, number: int) -> Request | None:
    """Take one off the list; None where it is not there, or is no Request that this Maquette reads."""
    kept = wishes(scene)
    if not 0 <= number < len(kept):
        return None
    text = kept.pop(number)
    _write(scene, kept)
    try:
        return Request.from_json(text)
    except InputError:
        return None


@functools.lru_cache(maxsize=MOST)
def title_of(text: str) -> str:
    """What a wish is called in the list."""
    try:
        request = Request.from_json(text)
    except InputError:
        return "Of another Maquette"
    return f"{request.declaration.label}, seed {request.seed}"


def _write(scene: Any, kept: list[str]) -> None:
    if kept:
        scene[PROPERTY] = json.dumps(kept)
    elif PROPERTY in scene:
        del scene[PROPERTY]


@persistent
def _before_save(*_: Any) -> None:
    """Remember in the shown scene what is not done yet, behind what it remembered already."""
    scene: Any = bpy.context.scene
    if scene is None or scene.library is not None:
        return
    # files that lie outside, and assets' pictures, are no wishes of the scene
    jobs = [job for job in engine.studio.jobs if not job.state.ended and job.delivery.undo and job.message is None]
    texts = [job.request.to_json() for job in jobs]
    _write(scene, [*[text for text in wishes(scene) if text not in texts], *texts][:MOST])


@persistent
def _after_save(*_: Any) -> None:
    """The file goes on being worked on: what waits is in the queue, not on the list."""
    scene: Any = bpy.context.scene
    if scene is None or scene.library is not None:
        return
    texts = {job.request.to_json() for job in engine.studio.jobs if not job.state.ended}
    _write(scene, [text for text in wishes(scene) if text not in texts])


def register() -> None:
    """Listen to saving."""
    bpy.app.handlers.save_pre.append(_before_save)
    bpy.app.handlers.save_post.append(_after_save)


def unregister() -> None:
    """Stop listening."""
    bpy.app.handlers.save_pre.remove(_before_save)
    bpy.app.handlers.save_post.remove(_after_save)
