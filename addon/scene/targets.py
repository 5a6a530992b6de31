# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects (or faces) a result is for, remembered in a way that outlives undo, renaming and file loading.

A datablock held by Python dies with an undo; a name can by then belong to something else. So a target keeps the session
uid, which undo keeps and no other datablock gets. Loading a file gives new uids: if it is the same file again, names
decide; another file has no target of ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import bpy
import numpy as np

from ...core.errors import InputError

TYPES = ("MESH", "CURVE", "SURFACE", "META", "FONT")


@dataclass(frozen=True)
class Faces:
    """Selected faces of a mesh in Edit Mode: their indices, and the mesh's size by which a later edit is noticed."""

    indices: tuple[int, ...]
    num_vertices: int
    num_faces: int


@dataclass(frozen=True)
class Target:
    """One datablock, mostly an object, and its chosen faces in Edit Mode. `uid` is 0 once a file was loaded."""

    name: str
    uid: int
    faces: Faces | None = None

    def find(self) -> Any:
        """The object, or None where it is gone."""
        return self.find_in(bpy.data.objects)

    def find_in(self, collection: Any) -> Any:
        """The datablock in a collection of bpy.data (a Target may stand for a scene or a material too)."""
        return find_by_uid(collection, self.uid, self.name) if self.name else None

    def after_load(self) -> Target:
        """This target in the same file loaded again: by name from now on."""
        return replace(self, uid=0)


def find_by_uid(collection: Any, uid: int, name: str) -> Any:
    """The local datablock with this session uid; uid 0 means by name. None where there is none."""
    named = collection.get((name, None))
    if named is not None and uid in (0, named.session_uid):
        return named
    return next((item for item in collection if item.session_uid == uid), None) if uid else None


def selected_targets(context: Any) -> tuple[tuple[Target, ...], list[str]]:
    """(targets, sentences about objects left out); InputError where objects are selected and none can be used."""
    editing = context.mode == "EDIT_MESH"
    objects = list(context.objects_in_mode) if editing else list(context.selected_objects)
    candidates = [item for item in objects if item.type in TYPES]
    refused = {item.name: reason for item in candidates if (reason := why_not(item))}
    usable = [item for item in candidates if item.name not in refused]
    if candidates and not usable:
        raise InputError(next(iter(refused.values())))
    if not editing:
        return tuple(Target(item.name, item.session_uid) for item in usable), list(refused.values())
    targets = [Target(item.name, item.session_uid, faces) for item in usable if (faces := selected_faces(item))]
    if not targets:
        raise InputError("No face is selected. Select the faces that shall get the material, or leave Edit Mode.")
    return tuple(targets), list(refused.values())


def why_not(item: Any) -> str:
    """The sentence that says why an object cannot be given a material, or ""."""
    if item.library is not None:
        return (
            f"'{item.name}' is linked from another file and cannot be changed here. "
            "Make a library override of it (Object > Relations), or work in its own file."
        )
    if item.data.library is not None and (not len(item.data.materials) or item.mode == "EDIT"):
        return (
            f"The data of '{item.name}' is linked from another file and has no material slot to fill. "
            "Make it local (Object > Relations > Make Local), or work in its own file."
        )
    return ""


def selected_faces(item: Any) -> Faces | None:
    """The selected faces of a mesh object in Edit Mode; None where none is selected."""
    item.update_from_editmode()
    selected = np.empty(len(item.data.polygons), bool)
    item.data.polygons.foreach_get("select", selected)
    indices = tuple(int(i) for i in np.flatnonzero(selected))
    return Faces(indices, len(item.data.vertices), len(item.data.polygons)) if indices else None


def found(targets: Sequence[Target]) -> list[tuple[Target, Any]]:
    """The targets whose objects are still there and can be changed."""
    pairs = ((target, target.find()) for target in targets)
    return [(target, item) for target, item in pairs if item is not None and not why_not(item)]
