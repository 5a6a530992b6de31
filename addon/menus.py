# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette in Blender's own menus: the right button on a material, an image or an object, the pie menu, the status bar.

The pie menu is on Ctrl Alt M in the 3D viewport; Blender's keymap preferences list it under 3D View and change it.
"""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Menu

from . import engine
from .active import active_made, generator_of
from .method_settings import GENERATE

AGAIN = {
    "texture": ("maquette.regenerate", "maquette.new_seed"),
    "character": ("maquette.regenerate_character", "maquette.new_seed_character"),
    "architecture": ("maquette.regenerate_building", "maquette.new_seed_building"),
}
SHORTCUT = {"type": "M", "value": "PRESS", "ctrl": True, "alt": True}
_ICONS: dict[str, Any] = {"texture": "MATERIAL", "character": "OUTLINER_OB_ARMATURE", "architecture": "HOME"}

_keymap_items: list[tuple[Any, Any]] = []


class MAQUETTE_MT_pie(Menu):  # noqa: N801 Blender's naming
    """What is done most with Maquette, around the pointer"""

    bl_idname = "MAQUETTE_MT_pie"
    bl_label = "Maquette"

    def draw(self, context: Any) -> None:
        """With something of ours active what is done to it, else what can be made."""
        pie = self.layout.menu_pie()
        made = active_made(context)
        if made is None:
            for generator, operator in GENERATE.items():
                pie.operator(operator, icon=_ICONS[generator])
            _draw_stop(pie)
            return
        again, new_seed = AGAIN[generator_of(made)]
        pie.operator(new_seed, icon="MOD_NOISE")
        pie.operator("maquette.explore", icon="OUTLINER_OB_POINTCLOUD")
        pie.operator(again, icon="FILE_REFRESH")
        pie.operator("maquette.vary", icon="MOD_WAVE")
        pie.operator("maquette.more_like_these", icon="SOLO_ON")
        pie.operator("maquette.save_to_library", icon="ASSET_MANAGER")
        pie.menu("MAQUETTE_MT_copy_request", icon="COPYDOWN")
        _draw_stop(pie)


class MAQUETTE_MT_copy_request(Menu):  # noqa: N801 Blender's naming
    """How the active result was made, as text"""

    bl_idname = "MAQUETTE_MT_copy_request"
    bl_label = "Copy Request"

    def draw(self, context: Any) -> None:
        """One entry a form."""
        self.layout.operator_enum("maquette.copy_request", "form")


def _draw_stop(layout: Any) -> None:
    if engine.studio.busy:
        layout.operator("maquette.cancel", icon="X")


def draw_made(menu: Any, context: Any) -> None:
    """In the menus of objects and materials: what can be done with what Maquette made."""
    made = active_made(context)
    if made is None:
        return
    layout = menu.layout
    layout.separator()
    for operator in AGAIN[generator_of(made)]:
        layout.operator(operator)
    layout.operator("maquette.explore")
    layout.operator("maquette.save_to_library")
    layout.menu("MAQUETTE_MT_copy_request")


def draw_button(menu: Any, context: Any) -> None:
    """In the menu of any button: an image becomes a material, a material shows what it was made from."""
    shown = getattr(context, "button_pointer", None)
    found = getattr(shown, "image", shown)
    if isinstance(found, bpy.types.Image):
        _offer_image(menu.layout, found)
    elif isinstance(shown, bpy.types.Material) or isinstance(getattr(context, "material", None), bpy.types.Material):
        draw_made(menu, context)


def draw_image(menu: Any, context: Any) -> None:
    """In the Image Editor's menu."""
    if (image := getattr(context.space_data, "image", None)) is not None:
        _offer_image(menu.layout, image)


def draw_node(menu: Any, context: Any) -> None:
    """In the menu of a node that shows an image."""
    node = getattr(context, "active_node", None)
    if (image := getattr(node, "image", None)) is not None:
        _offer_image(menu.layout, image)


def _offer_image(layout: Any, image: Any) -> None:
    layout.separator()
    layout.operator_context = "INVOKE_DEFAULT"
    layout.operator("maquette.material_from_image", icon="MATERIAL").image = image.name


def draw_status(header: Any, context: Any) -> None:
    """In the status bar, while something is made: what, how much waits, the button that stops it. No figures: Blender
    draws this bar when it likes."""
    studio = engine.studio
    job = studio.current
    if job is None or job.delivery.quiet:
        return
    row = header.layout.row(align=True)
    row.label(text=f"Maquette: {job.title}", icon="SORTTIME", translate=False)
    if studio.waiting:
        row.label(text=f"+{len(studio.waiting)}", translate=False)
    row.operator("maquette.cancel", text="", icon="X", emboss=False)


# what is drawn into which of Blender's menus
_ADDED = {
    "VIEW3D_MT_object_context_menu": draw_made,
    "MATERIAL_MT_context_menu": draw_made,
    "UI_MT_button_context_menu": draw_button,
    "IMAGE_MT_image": draw_image,
    "NODE_MT_context_menu": draw_node,
    "STATUSBAR_HT_header": draw_status,
}

_register, _unregister = bpy.utils.register_classes_factory((MAQUETTE_MT_pie, MAQUETTE_MT_copy_request))


def register() -> None:
    """Add the menus and the shortcut; without a window there is no keymap to add to."""
    _register()
    for name, draw in _ADDED.items():
        getattr(bpy.types, name).append(draw)
    keymaps: Any = bpy.context.window_manager.keyconfigs.addon  # type: ignore[union-attr]
    if keymaps is not None:
        keymap = keymaps.keymaps.new(name="3D View", space_type="VIEW_3D")
        item = keymap.keymap_items.new("wm.call_menu_pie", **SHORTCUT)
        item.properties.name = MAQUETTE_MT_pie.bl_idname
        _keymap_items.append((keymap, item))


def unregister() -> None:
    """Take them away."""
    for keymap, item in _keymap_items:
        keymap.keymap_items.remove(item)
    _keymap_items.clear()
    for name, draw in _ADDED.items():
        getattr(bpy.types, name).remove(draw)
    _unregister()
