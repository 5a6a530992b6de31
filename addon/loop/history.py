# SPDX-License-Identifier: GPL-3.0-or-later
"""The history: every result is a node of a tree that is saved in the scene.

A node is known by its id, never by its place or by a datablock, so that undo and merging leave it what it is. What is
kept is bounded: a node's picture to 16 KiB of text, the tree to `MAX_NODES` nodes and `MAX_TREE_BYTES`; the oldest
leaves without a rating go first.
Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import contextlib
import time
import uuid
from collections.abc import Iterable
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from ...core.errors import MaquetteError
from ...core.request import Request
from . import thumbnails

MAX_NODES, MAX_TREE_BYTES = 500, 12 * 2**20
MAX_RATING = 5


class HistoryNode(PropertyGroup):
    """One result; `name` is its id."""

    key: StringProperty()  # type: ignore[valid-type]
    request: StringProperty()  # type: ignore[valid-type]
    parent: StringProperty()  # type: ignore[valid-type]
    thumbnail: StringProperty()  # type: ignore[valid-type]
    time: StringProperty()  # type: ignore[valid-type]
    made: StringProperty()  # type: ignore[valid-type]
    label: StringProperty()  # type: ignore[valid-type]
    generator: StringProperty()  # type: ignore[valid-type]
    live: BoolProperty()  # type: ignore[valid-type]
    rating: IntProperty(  # type: ignore[valid-type]
        name="Rating", description="Stars from 1 to 5, 0 for none", min=0, max=MAX_RATING
    )


class History(PropertyGroup):
    """What lies at `scene.maquette_history`: the nodes, the one that is chosen in the list, the one that it is compared
    with, and the one whose values were put into the panel last."""

    nodes: CollectionProperty(type=HistoryNode)  # type: ignore[valid-type]
    active: IntProperty(name="Result", description="What was made; the buttons act on it")  # type: ignore[valid-type]
    compared: StringProperty()  # type: ignore[valid-type]
    branch: StringProperty()  # type: ignore[valid-type]


def history_of(scene: Any) -> Any:
    """A scene's history."""
    return scene.maquette_history


def find_node(scene: Any, name: str) -> Any:
    """The node with this id, None where there is none."""
    return history_of(scene).nodes.get(name) if name else None


def node_by_key(scene: Any, key: str) -> Any:
    """The latest node that was made from the Request with this key, None where there is none."""
    found = None
    for node in history_of(scene).nodes:
        if node.key == key:
            found = node
    return found


def active_node(scene: Any) -> Any:
    """The node that is chosen in the list."""
    history = history_of(scene)
    return history.nodes[history.active] if 0 <= history.active < len(history.nodes) else None


def choose(scene: Any, name: str) -> None:
    """Choose a node in the list."""
    index = history_of(scene).nodes.find(name)
    if index >= 0:
        history_of(scene).active = index


def add_node(scene: Any, request: Request, parent: str, thumbnail: bytes, made: str, live: bool = False) -> Any:
    """A new node for a hashed Request; `parent` is an id or "", `made` the name of what it made, `live` says that a
    slider in motion may still change it."""
    plain = {
        "key": request.key,
        "request": request.to_json(),
        "parent": parent,
        "thumbnail": thumbnails.as_text(thumbnail),
        "time": time.strftime("%Y-%m-%d %H:%M"),
        "made": made,
        "label": request.declaration.label,
        "generator": request.generator,
        "live": live,
        "rating": 0,
    }
    name = put_node(scene, uuid.uuid4().hex, plain)
    prune(scene, keep=name)
    choose(scene, name)
    return find_node(scene, name)


def put_node(scene: Any, name: str, plain: dict[str, Any]) -> str:
    """A node with these values; its id."""
    node = history_of(scene).nodes.add()
    node.name = name
    for field in FIELDS:
        setattr(node, field, plain[field])
    return name


FIELDS = ("key", "request", "parent", "thumbnail", "time", "made", "label", "generator", "live", "rating")


def node_plain(node: Any) -> dict[str, Any]:
    """A node's values."""
    return {field: getattr(node, field) for field in FIELDS}


def ancestry(scene: Any, name: str) -> list[str]:
    """The ids from a node up to its root, the node first; a parent that is not there ends it, and so does a ring."""
    found: list[str] = []
    while name and name not in found and (node := find_node(scene, name)) is not None:
        found.append(name)
        name = node.parent
    return found


def branch_of(scene: Any, name: str) -> set[str]:
    """The ids of a node and of all that came from it."""
    found, size = {name}, 0
    while size != len(found):
        size = len(found)
        found |= {node.name for node in history_of(scene).nodes if node.parent in found}
    return found


def remove_nodes(scene: Any, names: Iterable[str]) -> None:
    """Take nodes out; those that came from them become roots."""
    history, gone = history_of(scene), set(names)
    chosen = active_node(scene)
    kept = chosen.name if chosen is not None and chosen.name not in gone else ""
    for index in reversed(range(len(history.nodes))):
        if history.nodes[index].name in gone:
            history.nodes.remove(index)
    for node in history.nodes:
        if node.parent in gone:
            node.parent = ""
    history.active = max(0, min(history.active, len(history.nodes) - 1))
    choose(scene, kept)
    history.compared = "" if history.compared in gone else history.compared
    history.branch = "" if history.branch in gone else history.branch


def prune(scene: Any, keep: str = "") -> None:
    """Bring the tree within its bounds: the oldest leaves without a rating go first, then the oldest leaves."""
    nodes = history_of(scene).nodes
    sizes = [(node.name, len(node.request) + len(node.thumbnail)) for node in nodes]
    total = sum(size for _, size in sizes)
    while len(nodes) > MAX_NODES or (total > MAX_TREE_BYTES and len(nodes) > 1):
        parents = {node.parent for node in nodes}
        held = held_by(nodes)
        leaves = [n for n in nodes if n.name not in parents and n.name != keep and n.key not in held]
        gone = next((node for node in leaves if not node.rating), next(iter(leaves), None))
        if gone is None:
            return
        total -= len(gone.request) + len(gone.thumbnail)
        remove_nodes(scene, [gone.name])


def held_by(nodes: Iterable[Any]) -> set[str]:
    """The keys that the locks of these nodes' Requests name: what a locked part is made of again."""
    held: set[str] = set()
    for node in nodes:
        if '"locks"' in node.request:
            with contextlib.suppress(MaquetteError):
                held |= set((Request.from_json(node.request).locks or {}).values())
    return held


def in_order(nodes: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """(id, depth) of nodes given as (id, parent's id), each below its parent, in the order in which they came."""
    given = list(nodes)
    known = {name for name, _ in given}
    children: dict[str, list[str]] = {}
    for name, parent in given:
        children.setdefault(parent if parent in known and parent != name else "", []).append(name)
    waiting = [(name, 0) for name in reversed(children.get("", []))]
    found: list[tuple[str, int]] = []
    while waiting:
        name, depth = waiting.pop()
        found.append((name, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(name, []))]
    # parents in a ring, which only a damaged file has, are shown as roots
    shown = {name for name, _ in found}
    return [*found, *((name, 0) for name, _ in given if name not in shown)]


def register() -> None:
    """Add `scene.maquette_history`."""
    bpy.utils.register_class(HistoryNode)
    bpy.utils.register_class(History)
    bpy.types.Scene.maquette_history = PointerProperty(type=History)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take it away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_history  # type: ignore[attr-defined]
    bpy.utils.unregister_class(History)
    bpy.utils.unregister_class(HistoryNode)
    thumbnails.forget_icons()
