# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's characters as references of a Request, and a stored Request's references at paths that exist."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from ..core.errors import InputError
from ..core.generators import Method
from ..core.request import Reference, Request, hash_reference
from . import library
from .param_properties import choice_label


def read_sources(sources: Any, method: Method) -> tuple[Reference, ...]:
    """The chosen characters in the order of the method's roles; InputError where a required one is missing.

    Those that are ticked in the library belong to the role of which the method takes several.
    """
    references: list[Reference] = []
    for role in method.roles:
        slots = [slot for slot in [getattr(sources, role)] if slot.filled]
        if role in method.repeatable:
            slots += [slot for slot in sources.more if slot.filled]
        if not slots and role in method.required:
            raise InputError(f"{choice_label(role)}: no character is chosen. {_how(role, method)}")
        references += [_reference(role, slot) for slot in slots]
    return tuple(references)


def write_sources(sources: Any, request: Request) -> None:
    """Show a Request's characters in the panel; the others are emptied."""
    method = request.declaration
    sources.more.clear()
    for role in method.roles:
        getattr(sources, role).use("")
        for reference in request.references:
            if reference.role != role:
                continue
            entry = library.by_hash(reference.sha256)
            name, path = (entry.name, "") if entry is not None else ("", reference.path)
            slot = sources.more.add() if role in method.repeatable else getattr(sources, role)
            slot.use(name, path, reference.weight)


def title_of(request: Request) -> str:
    """What a character is called: as the one that it is made from, else as its method."""
    first = next(iter(request.references), None)
    if first is None:
        return request.declaration.label
    entry = library.by_hash(first.sha256)
    return (entry.name if entry is not None else Path(first.path).stem)[:50] or request.declaration.label


def licence_of(request: Request) -> str:
    """The licences of the characters of the library that a Request names, "" where none is told."""
    found = [library.by_hash(reference.sha256) for reference in request.references]
    return ", ".join(dict.fromkeys(entry.licence for entry in found if entry is not None and entry.licence))


def located(request: Request, name: str) -> Request:
    """The Request with every reference at a path that is there: where it was, else in the library by its hash."""
    return replace(request, references=tuple(_located(reference, name) for reference in request.references))


def _located(reference: Reference, name: str) -> Reference:
    if Path(reference.path).is_file():
        return reference
    entry = library.by_hash(reference.sha256)
    if entry is None:
        raise InputError(
            f"The character that '{name}' was made from is neither at '{reference.path}' nor in the library. "
            "Add it to the library again."
        )
    return replace(reference, path=str(library.path_of(entry)))


def _reference(role: str, slot: Any) -> Reference:
    weight = float(f"{slot.weight:.6g}")
    if slot.path:
        return hash_reference(Reference(role, bpy.path.abspath(slot.path), weight=weight))
    entry = library.by_name(slot.name)
    if entry is None:
        raise InputError(f"'{slot.name}' is not in the library any more. Choose another character.")
    return Reference(role, str(library.path_of(entry)), entry.sha256, weight)


def _how(role: str, method: Method) -> str:
    if role in method.repeatable:
        return "Tick characters in the library."
    return "Choose one of the library."
