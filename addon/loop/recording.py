# SPDX-License-Identifier: GPL-3.0-or-later
"""Every result becomes a node of the history, right after it came into the scene and in the same undo step.

What was made from a Request that is in the tree already is at that node: the tree holds designs, not copies.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import bpy

from ...core.request import Request
from ..jobs import Job
from ..scene.building_parts import ROW, option_roots
from ..scene.record import is_made, read_request
from . import thumbnails
from .history import add_node, ancestry, choose, find_node, history_of, node_by_key
from .lineage import NODE, bring_chain, node_name_of, write_chain

THUMBNAIL = "thumbnail.png"
# what shows a result where the engine made no picture of it
_ALSO = ("albedo.png",)


def record(job: Job, name: str) -> None:
    """Add a node for what a job brought into the scene under this name."""
    if job.message is not None or not (job.delivery.undo or job.delivery.quiet):
        # candidates, and files that lie outside
        return
    things = things_named(job.topic, name)
    if not things or not is_made(things[0]):
        return
    scene = scene_of(job)
    request = read_request(things[0])
    for thing in things:
        # what came with a datablock of another file stands before its next result
        bring_chain(scene, thing)
    before = find_node(scene, node_name_of(things[0]))
    if job.delivery.quiet:
        _record_motion(scene, things, request, before)
        return
    node = node_by_key(scene, request.key)
    if node is None:
        parent = _parent(scene, request, before)
        node = add_node(scene, request, parent, _picture(job.folder), name)
    elif not (node.made or node.parent) and before is not None and node.name not in ancestry(scene, before.name):
        # a candidate that was kept and had no parent comes below what it replaces
        node.parent = before.name
    node.made = name
    history_of(scene).branch = ""
    choose(scene, node.name)
    for thing in things:
        write_chain(scene, thing, node.name)


def things_named(generator: str, name: str) -> list[Any]:
    """The datablocks that a delivery calls by this name: a material, an armature, a root, all maquettes of a row."""
    if generator == "texture":
        found = cast(Any, bpy.data.materials).get((name, None))
        return [found] if found is not None else []
    collections, objects = cast(Any, bpy.data.collections), cast(Any, bpy.data.objects)
    row, item = collections.get((name, None)), objects.get((name, None))
    if item is not None and is_made(item):
        return [item]
    return option_roots(row) if row is not None and ROW in row else []


def scene_of(job: Job) -> Any:
    """The scene that a job was for, else the one that is shown."""
    target = getattr(getattr(job.delivery, "place", None), "scene", None)
    found = target.find_in(bpy.data.scenes) if target is not None else None
    return found or bpy.context.scene


def _parent(scene: Any, request: Request, before: Any) -> str:
    """The id of the node that a new result comes from: what it was bred from, what it replaces, what was branched."""
    for key in request.parents:
        if (node := node_by_key(scene, key)) is not None:
            return str(node.name)
    if before is not None:
        return str(before.name)
    branched = find_node(scene, history_of(scene).branch)
    return str(branched.name) if branched is not None and branched.generator == request.generator else ""


def _record_motion(scene: Any, things: list[Any], request: Request, before: Any) -> None:
    """All values of a slider in motion are one node, which nothing came from yet."""
    leaf = before is not None and before.live and all(n.parent != before.name for n in history_of(scene).nodes)
    if leaf and not before.rating:
        before.key, before.request = request.key, request.to_json()
        return
    parent = before.name if before is not None else ""
    # no picture is taken of a value in motion: that of what it moves from is near it
    picture = thumbnails.from_text(before.thumbnail) if before is not None else b""
    node = add_node(scene, request, parent, picture, things[0].name, live=True)
    for thing in things:
        thing[NODE] = node.name


def _picture(folder: Path) -> bytes:
    """The thumbnail of a result's folder; b"" where nothing there shows it."""
    path = next((folder / name for name in (THUMBNAIL, *_ALSO) if (folder / name).is_file()), None)
    return thumbnails.thumbnail_of(path) if path is not None else b""
