# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Characters panel edits, stored in the scene: each method's parameters, and the characters it starts from.

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

from ..core.generators import Method, find_method
from ..core.request import MAX_SEED
from . import live
from .made_classes import MadeClasses
from .param_properties import choice_label, group_name, make_group
from .properties import methods_of

GENERATOR = "character"
MAX_COUNT = 64
MOST_MEMBERS = 5000
SURFACE_TYPES = ("MESH", "CURVE")
# Blender 4.5 asks properties to say that they understand '//'
_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


class CharacterSlot(PropertyGroup):
    """One character that a result is made from: by its name in the library, or a file."""

    name: StringProperty(name="Character", description="A character of the library")  # type: ignore[valid-type]
    path: StringProperty(  # type: ignore[valid-type]
        name="File",
        description="A character's GLB file, where it is not from the library",
        subtype="FILE_PATH",
        options={"ANIMATABLE", *_RELATIVE},
    )
    weight: FloatProperty(  # type: ignore[valid-type]
        name="Weight",
        description="How much of the result comes from this character, beside the weights of the others",
        default=1.0,
        min=0.001,
        soft_max=10.0,
    )

    @property
    def filled(self) -> bool:
        """Whether a character is chosen."""
        return bool(self.name or self.path)

    def use(self, name: str, path: str = "", weight: float = 1.0) -> None:
        """Choose a character, or nothing where both are empty."""
        self.name, self.path, self.weight = name, path, weight


class CrowdSettings(PropertyGroup):
    """How a crowd stands."""

    source: PointerProperty(  # type: ignore[valid-type]
        name="Characters",
        description="A collection of characters, or of characters' collections. Empty: the selected ones",
        type=bpy.types.Collection,
    )
    ground: PointerProperty(  # type: ignore[valid-type]
        name="On",
        description="The mesh that the crowd stands on, or the curve along which it stands",
        type=bpy.types.Object,
        poll=lambda self, item: item.type in SURFACE_TYPES,
    )
    count: IntProperty(name="Members", description="How many there are", default=50, min=1, max=MOST_MEMBERS)  # type: ignore[valid-type]
    distance: FloatProperty(  # type: ignore[valid-type]
        name="Distance",
        description="How near two members may come. With too many members there are fewer",
        default=0.8,
        min=0.0,
        subtype="DISTANCE",
        unit="LENGTH",
    )
    animate: BoolProperty(  # type: ignore[valid-type]
        name="Animated",
        description="Armatures of their own that play a clip, each at another moment. Off: instances",
    )
    clip: StringProperty(  # type: ignore[valid-type]
        name="Clip", description="Which clip is played; empty: one by chance, idle before all others"
    )
    seed: IntProperty(name="Seed", description="Another seed, another crowd", min=0, max=MAX_SEED)  # type: ignore[valid-type]


def roles() -> list[str]:
    """Every role that some character method takes."""
    return list(dict.fromkeys(role for method in methods_of(GENERATOR) for role in method.roles))


def make_sources() -> type[PropertyGroup]:
    """A PropertyGroup with one slot a role, and the characters that are ticked in the library."""
    slots = {role: PointerProperty(type=CharacterSlot, name=choice_label(role)) for role in roles()}
    more = {"more": CollectionProperty(type=CharacterSlot, name="Ticked Characters")}
    return type("MAQUETTE_PG_character_sources", (PropertyGroup,), {"__annotations__": {**slots, **more}})


def make_settings(groups: dict[str, type[PropertyGroup]], sources: type[PropertyGroup]) -> type[PropertyGroup]:
    """The PropertyGroup at `scene.maquette_characters`."""
    items = [(m.name, m.label, m.description) for m in methods_of(GENERATOR)]
    annotations = {
        "method": EnumProperty(
            name="Method", description="How the character is made", items=items or [("none", "None", "")]
        ),
        "seed": IntProperty(name="Seed", description="Another seed gives another character", min=0, max=MAX_SEED),
        "count": IntProperty(
            name="How Many",
            description="So many characters, each with the next seed, side by side",
            default=1,
            min=1,
            max=MAX_COUNT,
        ),
        "live": BoolProperty(
            name="Live Update",
            description="Moving a slider changes the active character at once, in place. Its clips follow when you "
            "press Regenerate",
            default=True,
        ),
        "sources": PointerProperty(type=sources),
        "crowd": PointerProperty(type=CrowdSettings),
        **{name: PointerProperty(type=group) for name, group in groups.items()},
    }
    return type("MAQUETTE_PG_characters", (PropertyGroup,), {"__annotations__": annotations})


def shown_method(settings: Any) -> tuple[Method, Any]:
    """The method that the panel shows, and the group of its parameters."""
    method = find_method(GENERATOR, settings.method)
    return method, getattr(settings, group_name(method))


_classes = MadeClasses()


def register() -> None:
    """Add `scene.maquette_characters`."""
    groups = {group_name(method): make_group(method, live.changed) for method in methods_of(GENERATOR)}
    sources = make_sources()
    settings = make_settings(groups, sources)
    _classes.register([CharacterSlot, CrowdSettings, *groups.values(), sources, settings])
    bpy.types.Scene.maquette_characters = PointerProperty(type=settings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take `scene.maquette_characters` away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette_characters  # type: ignore[attr-defined]
    _classes.unregister()
