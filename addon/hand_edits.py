# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a generated datablock was changed by hand, one way for materials, characters and buildings; and the list that
the designer is asked with.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, StringProperty
from bpy.types import PropertyGroup

from .active import ARCHITECTURE, CHARACTER, TEXTURE, generator_of
from .scene.building_edits import building_edits
from .scene.character_edits import character_edits
from .scene.decisions import KEEP, LOCK, REPLACE, HandEdit, decisions_of
from .scene.material_edits import material_edits

DECISION_ITEMS = [
    (KEEP, "Keep", "It stays as you changed it; everything else follows"),
    (REPLACE, "Replace", "It is made anew, and what you changed on it is given up"),
    (LOCK, "Keep and Lock", "It stays exactly as it is, now and in every later change"),
]
_FINDERS = {TEXTURE: material_edits, CHARACTER: character_edits, ARCHITECTURE: building_edits}


def edits_of(thing: Any) -> list[HandEdit]:
    """The parts that are not as they were made. Looks at every mesh, image and key: for a button, not for drawing."""
    return _FINDERS[generator_of(thing)](thing)


def undecided(thing: Any) -> list[HandEdit]:
    """The parts that the designer has not been asked about yet."""
    decided = decisions_of(thing)
    return [edit for edit in edits_of(thing) if edit.part not in decided]


class HandEditChoice(PropertyGroup):
    """One part, or several together, and what shall become of it; `name` is what it is called."""

    what: StringProperty()  # type: ignore[valid-type]
    parts: StringProperty()  # type: ignore[valid-type]
    decision: EnumProperty(name="Changed by Hand", items=DECISION_ITEMS)  # type: ignore[valid-type]


def register() -> None:
    """Add the list to the window manager: it is never saved."""
    bpy.utils.register_class(HandEditChoice)
    bpy.types.WindowManager.maquette_hand_edits = CollectionProperty(type=HandEditChoice)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take the list away."""
    del bpy.types.WindowManager.maquette_hand_edits  # type: ignore[attr-defined]
    bpy.utils.unregister_class(HandEditChoice)
