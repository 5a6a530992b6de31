# SPDX-License-Identifier: GPL-3.0-or-later
"""What a made datablock carries of the history: the id of its node, and its last nodes, so that appending and linking
bring them along; and how they come into the tree of the scene that it came to.

The text on a datablock is another file's word: it is read like any input, and what is no node is left out.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import bpy

from ...core.codec import parse_json
from ...core.errors import MaquetteError
from ...core.request import MAX_TEXT_BYTES, Request
from ..active import generator_of
from ..scene.record import read_request
from . import thumbnails
from .history import FIELDS, MAX_RATING, add_node, ancestry, find_node, history_of, node_plain, prune, put_node

NODE, CHAIN = "maquette_node", "maquette_history"
MOST_NODES = 16
_ID = re.compile(r"[0-9a-f]{32}")


def node_name_of(thing: Any) -> str:
    """The id of the node that a datablock is at, "" where it has none."""
    return str(thing.get(NODE, "")) if thing is not None else ""


def write_chain(scene: Any, thing: Any, name: str) -> None:
    """Let a datablock carry its node and its last `MOST_NODES` ancestors, with what their locks hold on to."""
    names = ancestry(scene, name)[:MOST_NODES]
    held = [node.name for node in _held_nodes(scene, names)][:MOST_NODES]
    chain = {item: node_plain(find_node(scene, item)) for item in dict.fromkeys([*names, *held])}
    thing[NODE], thing[CHAIN] = name, json.dumps(chain)


def _held_nodes(scene: Any, names: list[str]) -> list[Any]:
    """The nodes whose keys are locked in these nodes' Requests, and in theirs."""
    nodes, waiting, held = list(history_of(scene).nodes), list(names), []
    while waiting:
        node = find_node(scene, waiting.pop())
        keys = set() if '"locks"' not in node.request else set((_request(node.request).locks or {}).values())
        for found in [item for item in nodes if item.key in keys and item not in held and item.name not in names]:
            held.append(found)
            waiting.append(found.name)
    return held


def read_chain(thing: Any) -> dict[str, dict[str, Any]]:
    """The nodes that a datablock carries, by id; what is no node is left out."""
    text = str(thing.get(CHAIN, ""))
    if not text or len(text) > 2 * MOST_NODES * MAX_TEXT_BYTES:
        return {}
    try:
        plain = parse_json(text, f"The history on '{thing.name}'")
    except MaquetteError:
        return {}
    items = plain.items() if isinstance(plain, dict) else ()
    checked = {name: _checked(item) for name, item in list(items)[: 2 * MOST_NODES] if _ID.fullmatch(name)}
    return {name: item for name, item in checked.items() if item is not None}


def _checked(item: Any) -> dict[str, Any] | None:
    """A node's values as far as they can be believed, None where it has no Request that can be read."""
    if not isinstance(item, dict):
        return None
    try:
        request = _request(str(item.get("request", "")))
        key = request.key
    except MaquetteError:
        return None
    parent, rating = str(item.get("parent", "")), item.get("rating", 0)
    plain = {field: str(item.get(field, ""))[:64] for field in ("time", "made")}
    picture = str(item.get("thumbnail", ""))
    return plain | {
        "key": key,
        "request": request.to_json(),
        "parent": parent if _ID.fullmatch(parent) else "",
        "thumbnail": picture if thumbnails.from_text(picture) else "",
        "label": request.declaration.label,
        "generator": request.generator,
        "live": False,
        "rating": rating if isinstance(rating, int) and 0 <= rating <= MAX_RATING else 0,
    }


def bring_chain(scene: Any, thing: Any) -> int:
    """Put the nodes that a datablock carries and the tree lacks into the tree; how many."""
    if not node_name_of(thing) or find_node(scene, node_name_of(thing)) is not None:
        return 0
    chain = read_chain(thing)
    missing = [name for name in reversed(chain) if find_node(scene, name) is None]
    for name in missing:
        put_node(scene, name, {field: chain[name][field] for field in FIELDS})
    return len(missing)


def merge(scene: Any, thing: Any) -> int:
    """The same, with a node of its own for a datablock whose node nothing knows; how many nodes came."""
    added = bring_chain(scene, thing)
    if find_node(scene, node_name_of(thing)) is None:
        added += _adopt(scene, thing, next(iter(read_chain(thing)), ""))
    if added:
        prune(scene, keep=node_name_of(thing))
    return added


def _adopt(scene: Any, thing: Any, parent: str) -> int:
    """A node for a datablock that carries none, or one that is lost: its own Request is all there is."""
    with contextlib.suppress(MaquetteError):
        request = read_request(thing)
        request.key  # noqa: B018 a Request whose references have no hashes is no node
        node = add_node(scene, request, parent if find_node(scene, parent) else "", b"", thing.name)
        if thing.library is None:
            thing[NODE] = node.name
        return 1
    return 0


def merge_all(scene: Any) -> int:
    """The same for every generated datablock of the file that the scene uses; how many nodes came."""
    materials = {slot.material for item in scene.objects for slot in item.material_slots if slot.material}
    things = [thing for thing in (*scene.objects, *materials) if generator_of(thing)]
    return sum(merge(scene, thing) for thing in sorted(things, key=lambda thing: thing.name))


def made_from_node(scene: Any, name: str) -> Any:
    """The datablock of this file that is at a node, else one that came from it; None where there is none."""
    node = find_node(scene, name)
    if node is None:
        return None
    things = [t for t in (*bpy.data.materials, *bpy.data.objects) if t.library is None and NODE in t]
    mine = [t for t in things if generator_of(t) == node.generator]
    at = [t for t in mine if node_name_of(t) == name]
    after = [t for t in mine if name in ancestry(scene, node_name_of(t))]
    found = at or after
    return next((t for t in found if t.name == node.made), next(iter(found), None))


def _request(text: str) -> Request:
    return Request.from_json(text, "A node's Request")
