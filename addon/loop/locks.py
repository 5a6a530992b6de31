# SPDX-License-Identifier: GPL-3.0-or-later
"""What the designer locked: parameters that no move changes, and parts that stay as an earlier result has them.

A locked part names the key of a Request; the Request itself lies beside the lock, in the history, or on a datablock.
"""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import bpy

from ...core.errors import MaquetteError
from ...core.generators import Method
from ...core.kept import held_keys
from ...core.params import ParamSpec, specs
from ...core.request import Request
from ..active import generator_of
from ..scene.building_parts import STOREY, objects_of
from ..scene.character_parts import meshes_of
from ..scene.record import KEY
from .candidates import items_of
from .history import history_of
from .lineage import CHAIN, read_chain

MAX_REMEMBERED = 64
_parts: dict[tuple[int, str], list[str]] = {}


def lock_name(method: Method, param: str) -> str:
    """How a locked parameter is written down."""
    return f"{method.generator}.{method.name}.{param}"


def params_to_lock(method: Method) -> list[ParamSpec]:
    """The parameters that moves change: numbers and single choices that steer something."""
    return [s for s in specs(method.params) if s.steers and (s.kind in (int, float) or (s.kind is str and s.choices))]


def is_param_locked(scene: Any, method: Method, param: str) -> bool:
    """Whether no move changes this parameter."""
    return lock_name(method, param) in scene.maquette_loop.params


def toggle_param(scene: Any, method: Method, param: str) -> None:
    """Lock a parameter, or let it go."""
    locked, name = scene.maquette_loop.params, lock_name(method, param)
    index = locked.find(name)
    if index >= 0:
        locked.remove(index)
    else:
        locked.add().name = name


def locked_params(scene: Any, method: Method) -> tuple[str, ...]:
    """The locked parameters of a method."""
    start = lock_name(method, "")
    return tuple(item.name[len(start) :] for item in scene.maquette_loop.params if item.name.startswith(start))


def lock_part(scene: Any, part: str, request: Request, source: str) -> None:
    """Keep a part as this hashed Request has it; InputError where its method cannot."""
    request.declaration.check_locks((part,))
    parts = scene.maquette_loop.parts
    unlock_part(scene, request.generator, part)
    item = parts.add()
    item.name, item.generator, item.source = part, request.generator, source
    item.key, item.request = request.key, request.to_json()


def unlock_part(scene: Any, generator: str, part: str) -> None:
    """Let a part go."""
    parts = scene.maquette_loop.parts
    for index in reversed(range(len(parts))):
        if parts[index].name == part and parts[index].generator == generator:
            parts.remove(index)


def locked_parts(scene: Any, method: Method) -> dict[str, str]:
    """The key that each locked part is kept from, of those that this method can keep."""
    mine = [item for item in scene.maquette_loop.parts if item.generator == method.generator]
    return {item.name: item.key for item in mine if can_lock(method, item.name)}


def can_lock(method: Method, part: str) -> bool:
    """Whether a method can keep this part."""
    return any(fnmatch.fnmatchcase(part, pattern) for pattern in method.lockable)


def with_locks(scene: Any, request: Request) -> Request:
    """The Request with the parts that are locked in the panel, beside those that it has."""
    locks = {**(request.locks or {}), **locked_parts(scene, request.declaration)}
    return replace(request, locks=locks) if locks else request


def parts_to_lock(method: Method, thing: Any) -> list[str]:
    """The parts that can be locked: those that the method names, and those of the active thing that its patterns
    match. A region has no name until it is drawn."""
    found = [pattern for pattern in method.lockable if "*" not in pattern]
    if thing is not None and generator_of(thing) == method.generator:
        found += [part for part in _parts_of(thing) if part not in found and can_lock(method, part)]
    return found


def takes_regions(method: Method) -> bool:
    """Whether a method can keep a rectangle of an earlier picture."""
    return can_lock(method, "region 0 0 1 1")


def _parts_of(thing: Any) -> list[str]:
    """What an active character's meshes and a building's storeys are called by locks; looked for once a result, since a
    panel asks with every drawing."""
    made = (thing.session_uid, str(thing.get(KEY, "")))
    if made not in _parts:
        if len(_parts) > MAX_REMEMBERED:
            _parts.clear()
        _parts[made] = _look_for_parts(thing)
    return _parts[made]


def _look_for_parts(thing: Any) -> list[str]:
    kind = generator_of(thing)
    if kind == "character":
        return [f"mesh {name}" for name in meshes_of(thing)]
    if kind == "architecture":
        storeys = {item.get(STOREY) for item in objects_of(thing).values()}
        return [f"storey {number}" for number in sorted(n for n in storeys if isinstance(n, int))]
    return []


def kept_for(requests: Iterable[Request]) -> dict[str, dict[str, Any]]:
    """The Requests that these Requests' locks hold on to, nested ones too, as plain JSON by key. What is nowhere to be
    found is left out: the engine says so."""
    wanted = [request for request in requests if request.locks]
    if not wanted:
        return {}
    known = _known()
    keys = set().union(*(held_keys(request, known) for request in wanted))
    return {key: known[key].to_plain() for key in sorted(keys) if key in known}


def _known() -> dict[str, Request]:
    """Every Request of this file that a lock might name, by its key."""
    texts: dict[str, str] = {}
    for thing in (*bpy.data.materials, *bpy.data.objects):
        if CHAIN in thing:
            texts |= {item["key"]: item["request"] for item in read_chain(thing).values()}
    for scene in bpy.data.scenes:
        for item in (*items_of(scene), *history_of(scene).nodes, *scene.maquette_loop.parts):
            texts[item.key] = item.request
    found: dict[str, Request] = {}
    for key, text in texts.items():
        with contextlib.suppress(MaquetteError):
            found[key] = Request.from_json(text)
    return found
