# SPDX-License-Identifier: GPL-3.0-or-later
"""Maquette inside Blender: preferences, panels, operators, and the client of the engine's process.

Nothing here imports torch, or any package that Blender does not bring. `register` imports the rest, so that a script
can use `addon.scene` without the panel.
"""

from __future__ import annotations

import importlib
from types import ModuleType

# in the order of registering: what is shown stands on what is stored
_MODULES = (
    "translations",
    "preferences",
    "properties",
    "library_list",
    "character_properties",
    "building_properties",
    "wish_properties",
    "hand_edits",
    "loop.settings",
    "loop.history",
    "loop.candidates",
    "training",
    "train_settings",
    "operators.generate",
    "operators.material",
    "operators.environment",
    "operators.folders",
    "operators.train",
    "operators.pictures",
    "operators.corners",
    "operators.export",
    "operators.reedit",
    "asset_folder",
    "operators.asset_library",
    "operators.character",
    "operators.character_files",
    "operators.library",
    "operators.crowd",
    "operators.site",
    "operators.building",
    "operators.building_options",
    "operators.building_files",
    "operators.presets",
    "operators.explore",
    "operators.candidates",
    "operators.locks",
    "operators.history",
    "operators.history_compare",
    "panels",
    "material_panels",
    "character_panels",
    "building_panels",
    "active_building_panels",
    "properties_tabs",
    "loop_panels",
    "history_panel",
    "train_panel",
    "operators.request_copy",
    "operators.drop_picture",
    "waiting_wishes",
    "operators.jobs",
    "job_panel",
    "menus",
    "handlers",
    "loop.watching",
)


def _modules() -> list[ModuleType]:
    return [importlib.import_module(f".{name}", __package__) for name in _MODULES]


def _set_tooltips(module: ModuleType) -> None:
    """An operator's tooltip is its docstring: in one line, as Blender would show the source's own breaks."""
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__module__ == module.__name__ and hasattr(kind, "bl_idname"):
            kind.bl_description = " ".join((kind.__doc__ or "").split())


def register() -> None:
    """Add everything to Blender."""
    for module in _modules():
        _set_tooltips(module)
        module.register()


def unregister() -> None:
    """Take everything away again, the engine's process first."""
    for module in reversed(_modules()):
        module.unregister()
