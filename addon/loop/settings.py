# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Explore panel edits, stored in the scene: what is explored and how, what is locked.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)
from bpy.types import PropertyGroup

from ...core.protocol import MAX_CANDIDATES
from ...core.request import MAX_SEED
from ..active import ARCHITECTURE, CHARACTER, TEXTURE, active_made, generator_of

AUTO = "AUTO"
LEAST_CANDIDATES = 4
GENERATOR_ITEMS = [
    (
        AUTO,
        "Active",
        "What made the active thing; textures where none of ours is active",
        "RESTRICT_SELECT_OFF",
        0,
    ),
    (TEXTURE, "Texture", "Materials", "MATERIAL", 1),
    (CHARACTER, "Character", "Characters", "OUTLINER_OB_ARMATURE", 2),
    (ARCHITECTURE, "Architecture", "Sites, forms, plans and buildings", "HOME", 3),
]
START_ITEMS = [
    (
        AUTO,
        "Active, else Panel",
        "From the active thing that Maquette made; without one, from the panel's values",
    ),
    ("PANEL", "Panel", "From the values that the panel shows"),
]


class LockedParam(PropertyGroup):
    """One locked parameter; `name` is generator.method.parameter."""


class LockedPart(PropertyGroup):
    """One locked part; `name` is the part, `key` and `request` the result that it is kept from, `source` what people
    call that."""

    generator: StringProperty()  # type: ignore[valid-type]
    key: StringProperty()  # type: ignore[valid-type]
    request: StringProperty()  # type: ignore[valid-type]
    source: StringProperty()  # type: ignore[valid-type]


class LoopSettings(PropertyGroup):
    """What lies at `scene.maquette_loop`."""

    generator: EnumProperty(name="Explore", description="What is explored", items=GENERATOR_ITEMS)  # type: ignore[valid-type]
    start: EnumProperty(name="From", description="What candidates start from", items=START_ITEMS)  # type: ignore[valid-type]
    count: IntProperty(  # type: ignore[valid-type]
        name="Candidates",
        description="How many are made at once",
        default=9,
        min=LEAST_CANDIDATES,
        max=MAX_CANDIDATES,
    )
    seed: IntProperty(name="Seed", description="Another seed gives other candidates", min=0, max=MAX_SEED)  # type: ignore[valid-type]
    strength: FloatProperty(  # type: ignore[valid-type]
        name="Strength",
        description="How far from the picked candidate its variations go",
        default=0.35,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    in_place: BoolProperty(  # type: ignore[valid-type]
        name="In Place of the Active One",
        description="The active thing becomes what was picked, and its users keep it. Else a new one is made",
    )
    params: CollectionProperty(type=LockedParam)  # type: ignore[valid-type]
    parts: CollectionProperty(type=LockedPart)  # type: ignore[valid-type]


def loop_generator(context: Any) -> str:
    """The generator that is explored."""
    chosen = str(context.scene.maquette_loop.generator)
    if chosen != AUTO:
        return chosen
    made = active_made(context)
    return generator_of(made) if made is not None else TEXTURE


_CLASSES = (LockedParam, LockedPart, LoopSettings)
_register, _unregister = bpy.utils.register_classes_factory(_CLASSES)


def register() -> None:
    """Add `scene.maquette_loop`."""
    _register()
    bpy.types.Scene.maquette_loop = PointerProperty(type=LoopSettings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take it away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_loop  # type: ignore[attr-defined]
    _unregister()
