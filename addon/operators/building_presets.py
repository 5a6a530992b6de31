# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets of the Architecture panel, by Blender's own means: a menu a method, files in the user's folder of presets.

Those that come along lie in `addon/presets`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from bl_operators.presets import AddPresetBase
from bpy.types import Menu, Operator

from ...core.params import specs
from ..building_properties import shown_method
from ..param_properties import MODEL, group_name

SHIPPED = Path(__file__).resolve().parents[1]


def preset_folder(settings: Any) -> str:
    """Below Blender's folders of presets: the one of the method that is shown."""
    return f"maquette/{group_name(shown_method(settings)[0])}"


class MAQUETTE_MT_building_presets(Menu):  # noqa: N801 Blender's naming
    """Values of all of the method's parameters under a name"""

    bl_idname = "MAQUETTE_MT_building_presets"
    bl_label = "Presets"
    preset_operator = "script.execute_preset"

    @property
    def preset_subdir(self) -> str:
        """The shown method's folder."""
        return preset_folder(bpy.context.scene.maquette_buildings)

    def draw(self, context: Any) -> None:
        """Those that come along and the user's own."""
        folders = bpy.utils.preset_paths(preset_folder(context.scene.maquette_buildings))
        self.path_menu(folders, self.preset_operator, filter_ext=lambda ext: ext.lower() == ".py")
        layout = self.layout
        layout.separator()
        layout.operator("maquette.add_building_preset", text="Save as Preset", icon="ADD").remove_active = False


class MAQUETTE_OT_add_building_preset(AddPresetBase, Operator):  # noqa: N801 Blender's naming
    """Save the values of the shown method under a name"""

    bl_idname = "maquette.add_building_preset"
    bl_label = "Save Preset"
    preset_menu = "MAQUETTE_MT_building_presets"

    @property
    def preset_defines(self) -> list[str]:
        """What the values are written to."""
        method, _ = shown_method(bpy.context.scene.maquette_buildings)
        return [f"values = bpy.context.scene.maquette_buildings.{group_name(method)}"]

    @property
    def preset_values(self) -> list[str]:
        """Every parameter but the learned model: what is there differs from one computer to the next."""
        method, _ = shown_method(bpy.context.scene.maquette_buildings)
        return [f"values.{spec.name}" for spec in specs(method.params) if spec.name != MODEL]

    @property
    def preset_subdir(self) -> str:
        """The shown method's folder."""
        return preset_folder(bpy.context.scene.maquette_buildings)


_CLASSES = (MAQUETTE_MT_building_presets, MAQUETTE_OT_add_building_preset)
_register, _unregister = bpy.utils.register_classes_factory(_CLASSES)


def register() -> None:
    """Add the menu, and the presets that come along."""
    _register()
    bpy.utils.register_preset_path(str(SHIPPED))


def unregister() -> None:
    """Take both away."""
    bpy.utils.unregister_preset_path(str(SHIPPED))
    _unregister()
