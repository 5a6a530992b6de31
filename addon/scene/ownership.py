# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a generated datablock belongs to this file, and how one of another file is taken into it."""

from __future__ import annotations

from typing import Any

import bpy

from ...core.errors import HostError, InputError
from .building_parts import collection_of as building_collection
from .character_parts import collection_of as character_collection
from .record import is_building, is_character

_MENU = "Object > Relations > Make Local > Selected Objects, Data and Materials"


def why_locked(thing: Any) -> str:
    """The sentence that says why a datablock cannot be changed in this file and what to do, "" where it can."""
    if thing.library is not None:
        source = bpy.path.basename(thing.library.filepath)
        return f"'{thing.name}' is linked from '{source}' and cannot be changed here. Press Make Local."
    if thing.override_library is None:
        return ""
    how = "the menu beside its name: Make Local" if isinstance(thing, bpy.types.Material) else _MENU
    return f"'{thing.name}' is an override of another file's and cannot be made anew. Make it local: {how}."


def home_of(thing: Any) -> Any:
    """What carries all of a generated datablock from file to file: the material itself, the collection of a character
    or building; None where there is none."""
    if isinstance(thing, bpy.types.Material):
        return thing
    if is_character(thing):
        return character_collection(thing)
    return building_collection(thing) if is_building(thing) else None


def make_local(thing: Any) -> Any:
    """Bring a linked datablock into this file with all that belongs to it, in place of the linked one wherever that
    is used; the local one. InputError where it cannot be told what to bring, HostError where its file is gone."""
    linked = home_of(thing)
    if thing.library is None or linked is None or linked.library is None:
        raise InputError(f"'{thing.name}' is no whole that was linked. Append it from its file instead.")
    path = bpy.path.abspath(linked.library.filepath)
    kind = "materials" if isinstance(linked, bpy.types.Material) else "collections"
    try:
        libraries: Any = bpy.data.libraries
        with libraries.load(path, link=False) as (there, wanted):
            if linked.name not in getattr(there, kind):
                raise InputError(f"'{linked.name}' is not in '{path}' any more. Make it again.")
            setattr(wanted, kind, [linked.name])
    except OSError as error:
        raise HostError(f"'{path}' cannot be read: {error}. Put the file back, then try again.") from error
    name = thing.name
    local = getattr(wanted, kind)[0]
    linked.user_remap(local)
    if kind == "materials":
        return local
    roots = [item for item in local.all_objects if is_character(item) or is_building(item)]
    return next((item for item in roots if item.name.startswith(name)), roots[0])
