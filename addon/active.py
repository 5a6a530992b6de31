# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated thing that the designer is at: a material, a character's armature, or a building's root."""

from __future__ import annotations

from typing import Any

import bpy

from .scene.building_parts import building_of
from .scene.character_parts import character_of
from .scene.record import is_building, is_character, is_made

TEXTURE, CHARACTER, ARCHITECTURE = "texture", "character", "architecture"


def active_made(context: Any, generator: str = "") -> Any:
    """The datablock that remembers its Request: a material, a character's armature, a building's root; None where
    there is none.

    In a material tab that is the tab's material. Elsewhere it is the character or building that the active object
    belongs to, else the material in its active slot. With a `generator` only its results are looked at.
    """
    item = getattr(context, "object", None) or getattr(context, "active_object", None)
    found = [getattr(context, "material", None), character_of(item), building_of(item), _material_of(item)]
    made = (thing for thing in found if generator_of(thing))
    return next((thing for thing in made if generator in ("", generator_of(thing))), None)


def generator_of(thing: Any) -> str:
    """Which generator made a datablock, "" for one that Maquette did not make."""
    if isinstance(thing, bpy.types.Material):
        return TEXTURE if is_made(thing) else ""
    if not isinstance(thing, bpy.types.Object):
        return ""
    if is_character(thing):
        return CHARACTER
    return ARCHITECTURE if is_building(thing) else ""


def _material_of(item: Any) -> Any:
    return item.active_material if item is not None else None
