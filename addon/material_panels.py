# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar's panel of the active material: what it is, how good it is, what can be done with it, its export."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Panel

from ..core.errors import MaquetteError
from ..core.files.packing import PRESETS
from ..core.request import Request
from ..core.version import VERSION
from . import export_run
from .operators.generate import active_material
from .panels import Sidebar
from .presentation import presentation
from .quality_card import card
from .scene.record import made_by, read_request, report_of, size_of
from .texts import draw_text


class MAQUETTE_PT_material(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active material, where Maquette made it"""

    bl_label = "Active Material"
    bl_idname = "MAQUETTE_PT_material"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Only for a material that Maquette made."""
        return active_material(context) is not None

    def draw(self, context: Any) -> None:
        """What it is, who made it, and what can be done with it."""
        layout = self.layout
        material = active_material(context)
        layout.label(text=material.name, icon="MATERIAL", translate=False)
        _draw_facts(layout, material, context)
        _draw_card(layout, material, context)
        row = layout.row(align=True)
        row.operator("maquette.regenerate", icon="FILE_REFRESH")
        row.operator("maquette.new_seed", icon="MOD_NOISE")
        layout.operator("maquette.load_settings", icon="COPYDOWN")
        layout.operator("maquette.fit_real_size", icon="UV_DATA")


class MAQUETTE_PT_export(Sidebar, Panel):  # noqa: N801 Blender's naming
    """The active material's textures for a game engine"""

    bl_label = "Export for Engine"
    bl_parent_id = "MAQUETTE_PT_material"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Which engine, which files, the button."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.maquette
        layout.prop(settings, "export_preset")
        layout.prop(settings, "export_file")
        draw_text(layout, f"{PRESETS[settings.export_preset].description}.", context)
        run = export_run.current()
        if run is not None:
            row = layout.row(align=True)
            row.progress(factor=run.fraction, type="BAR", text=run.text)
            row.operator("maquette.cancel_export", text="", icon="X")
        else:
            layout.operator("maquette.export_for_engine", icon="EXPORT")


def _draw_facts(layout: Any, material: Any, context: Any) -> None:
    """The method, the size, the seed; another version of Maquette is named."""
    try:
        request = read_request(material)
    except MaquetteError as error:
        draw_text(layout, str(error), context, "ERROR")
        return
    column = layout.column(align=True)
    column.active = False
    for text in _facts(request, size_of(material)):
        column.label(text=text, icon="BLANK1", translate=False)
    if made_by(material) != VERSION:
        text = (
            f"Made by Maquette {made_by(material)}; this is {VERSION}. It stays as it is "
            "until you press Regenerate, which may look different."
        )
        draw_text(layout, text, context, "INFO")


def _facts(request: Request, size: tuple[float, float, float, float] | None) -> list[str]:
    words = [f"{size[0]:.0f} x {size[1]:.0f} px"] if size else []
    words += [f"seed {request.seed}"] if presentation(request.declaration).seed else []
    density = f"{size[0] / size[2]:.4g} px/m ({size[0] / size[2] / 100:.4g} px/cm)" if size else ""
    return [line for line in (request.declaration.label, ", ".join(words), density) if line]


def _draw_card(layout: Any, material: Any, context: Any) -> None:
    """The quality card: what to look at first."""
    lines = card(report_of(material))
    if not lines:
        return
    column = layout.box().column(align=True)
    for line in lines:
        draw_text(column, line.text, context, "CHECKMARK" if line.fine else "ERROR")


_CLASSES = (MAQUETTE_PT_material, MAQUETTE_PT_export)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
