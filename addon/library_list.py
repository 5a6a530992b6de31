# SPDX-License-Identifier: GPL-3.0-or-later
"""The library as Blender lists it: a copy in the window manager, for drawing and searching.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup


def _get_ticked(item: Any) -> bool:
    sources = bpy.context.scene.maquette_characters.sources  # type: ignore[union-attr]
    return any(slot.name == item.name for slot in sources.more)


def _set_ticked(item: Any, value: bool) -> None:
    more = bpy.context.scene.maquette_characters.sources.more  # type: ignore[union-attr]
    for index in reversed([index for index, slot in enumerate(more) if slot.name == item.name]):
        more.remove(index)
    if value:
        more.add().name = item.name


class LibraryItem(PropertyGroup):
    """One character of the library; the ticks stand in the scene."""

    pack: StringProperty(name="Pack")  # type: ignore[valid-type]
    kind: StringProperty(name="Kind")  # type: ignore[valid-type]
    family: StringProperty(name="Skeleton")  # type: ignore[valid-type]
    facts: StringProperty(name="Facts")  # type: ignore[valid-type]
    licence: StringProperty(name="Licence")  # type: ignore[valid-type]
    permissions: StringProperty(name="Permissions")  # type: ignore[valid-type]
    ticked: BoolProperty(  # type: ignore[valid-type]
        name="Take Part",
        description="Methods that start from several characters take this one",
        get=_get_ticked,
        set=_set_ticked,
    )


class LibraryList(PropertyGroup):
    """What the window shows of the library."""

    entries: CollectionProperty(type=LibraryItem)  # type: ignore[valid-type]
    active: IntProperty(name="Active Character", description="The character that the buttons act on")  # type: ignore[valid-type]


def register() -> None:
    """Add `window_manager.maquette_library`."""
    bpy.utils.register_class(LibraryItem)
    bpy.utils.register_class(LibraryList)
    bpy.types.WindowManager.maquette_library = PointerProperty(type=LibraryList)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take it away."""
    del bpy.types.WindowManager.maquette_library  # type: ignore[attr-defined]
    bpy.utils.unregister_class(LibraryList)
    bpy.utils.unregister_class(LibraryItem)
