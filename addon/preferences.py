# SPDX-License-Identifier: GPL-3.0-or-later
"""The add-on's preferences: the engine's environment, the device, folders, and 'Check'.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty
from bpy.types import AddonPreferences

from . import engine
from .environment import KINDS
from .package import ROOT
from .texts import draw_text

DEVICES = [
    ("auto", "Automatic", "The fastest that is there"),
    ("cuda", "GPU (CUDA, ROCm)", "An NVIDIA card, or an AMD card under Linux"),
    ("mps", "Apple GPU", "The graphics of an Apple computer"),
    ("cpu", "CPU", "Works everywhere; slower"),
]
STORAGES = [
    ("PACK", "Packed", "Inside the .blend: one file to move and to send", "PACKAGE", 0),
    (
        "BESIDE",
        "Beside the .blend",
        "In the folder 'maquette' next to the .blend, for other programs too",
        "FILE_FOLDER",
        1,
    ),
]


class MaquettePreferences(AddonPreferences):
    """Set once for this Blender; results and settings of a scene stay in the scene."""

    bl_idname = ROOT

    python: StringProperty(  # type: ignore[valid-type]
        name="Python",
        description="The interpreter, or the environment's folder, that the engine shall use. Empty: found by itself",
        subtype="FILE_PATH",
        update=lambda self, context: engine.look_again(),
    )
    kind: EnumProperty(  # type: ignore[valid-type]
        name="For",
        description="What the new environment shall compute on",
        items=[(kind.name, kind.label, kind.description) for kind in KINDS.values()],
    )
    device: EnumProperty(name="Device", description="What the engine computes on", items=DEVICES)  # type: ignore[valid-type]
    cache_folder: StringProperty(  # type: ignore[valid-type]
        name="Cache",
        description="Where results are kept so that the same wish is answered at once. Empty: Maquette's own folder",
        subtype="DIR_PATH",
    )
    asset_folder: StringProperty(  # type: ignore[valid-type]
        name="Assets",
        description="Maquette's own asset library: where 'Save to Library' writes. Empty: 'Maquette Assets' in your "
        "documents, or Maquette's own folder where there are none",
        subtype="DIR_PATH",
    )
    asset_author: StringProperty(  # type: ignore[valid-type]
        name="Author", description="Who is named as the author of assets that you save. Empty: 'Made with Maquette'"
    )
    added_library: StringProperty(options={"HIDDEN"})  # type: ignore[valid-type]
    storage: EnumProperty(name="Images", description="Where the images of a material are kept", items=STORAGES)  # type: ignore[valid-type]

    def draw(self, context: Any) -> None:
        """The page in Blender's preferences."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw_engine(layout, self, context)
        _draw_check(layout, context)
        _draw_folders(layout, self)


def _draw_engine(layout: Any, preferences: Any, context: Any) -> None:
    box = layout.box()
    box.label(text="Engine", icon="SYSTEM")
    found = engine.found()
    if found is None:
        draw_text(box, "Maquette has no engine yet. Make one here, or choose a Python that has torch.", context, "INFO")
    else:
        box.label(text=found.origin, icon="CHECKMARK")
        row = box.row()
        row.active = False
        row.label(text=found.python, icon="BLANK1")
    maker = engine.maker()
    if maker is not None and not maker.done:
        row = box.row(align=True)
        row.progress(factor=maker.fraction, type="BAR", text=f"{maker.text}  {maker.fraction:.0%}")
        row.operator("maquette.cancel_environment", text="", icon="X")
    else:
        if maker is not None and maker.error:
            draw_text(box, maker.error, context, "ERROR")
        row = box.row(align=True)
        row.prop(preferences, "kind")
        row.operator("maquette.make_environment", text="Make Environment", icon="IMPORT")
        if engine.own_environment_exists():
            row.operator("maquette.remove_environment", text="", icon="TRASH")
    if maker is not None:
        box.operator("maquette.open_log", icon="TEXT")
    box.prop(preferences, "python")
    box.prop(preferences, "device")


def _draw_check(layout: Any, context: Any) -> None:
    box = layout.box()
    row = box.row()
    row.label(text="Check", icon="VIEWZOOM")
    row.operator("maquette.check_engine", text="Checking" if engine.checking() else "Check")
    for finding in engine.findings():
        draw_text(box, finding.text, context, "CHECKMARK" if finding.fine else "ERROR")
        if finding.mend:
            box.operator(finding.mend)


def _draw_folders(layout: Any, preferences: Any) -> None:
    box = layout.box()
    box.label(text="Results", icon="FILE_FOLDER")
    box.prop(preferences, "storage", expand=True)
    box.prop(preferences, "cache_folder")
    box.prop(preferences, "asset_folder")
    box.prop(preferences, "asset_author")
    row = box.row(align=True)
    row.operator("maquette.open_folder", icon="FILE_FOLDER")
    size = engine.cache_size_text()
    row.operator("maquette.clear_cache", text=f"Clear Cache ({size})" if size else "Clear Cache", icon="TRASH")


def register() -> None:
    """Add the preferences page."""
    bpy.utils.register_class(MaquettePreferences)


def unregister() -> None:
    """Take the preferences page away."""
    bpy.utils.unregister_class(MaquettePreferences)
