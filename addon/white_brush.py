# SPDX-License-Identifier: GPL-3.0-or-later
"""A brush that paints white and takes away with black, in an Image Editor: Blender's own, else one made here.

Since 4.3 a brush is an asset, and a Blender whose own assets are not installed has none: nothing could be painted.
"""

from __future__ import annotations

from typing import Any

import bpy

from .image_editor import open_editors

NAME = "Maquette Mask"
# a brush that was just marked as an asset is not listed before Blender's event loop ran; asking sooner crashes 4.3
LISTED_S = 0.3


def take() -> None:
    """Make the brush of the Image Editor's paint mode one that paints white."""
    settings: Any = bpy.context.tool_settings
    paint = settings.image_paint
    if paint.brush is None:
        _use_own_brush(paint)
    # the colours moved from the scene to the mode in Blender 5
    unified = getattr(paint, "unified_paint_settings", None) or getattr(settings, "unified_paint_settings", None)
    for owner in (unified, paint.brush):
        if owner is not None and hasattr(owner, "color"):
            owner.color, owner.secondary_color = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)


def _use_own_brush(paint: Any) -> None:
    brush: Any = bpy.data.brushes.get(NAME) or bpy.data.brushes.new(NAME, mode="TEXTURE_PAINT")
    brush.color = (1.0, 1.0, 1.0)
    if "asset_activate" not in dir(bpy.ops.brush):
        paint.brush = brush
        return
    if brush.asset_data is None:
        brush.asset_mark()
    bpy.app.timers.register(_activate, first_interval=LISTED_S)


def _activate() -> None:
    """Blender's timer: the editor, the brush and the mode are looked for anew."""
    for window, area in open_editors():
        if area.spaces.active.ui_mode != "PAINT" or NAME not in bpy.data.brushes:
            continue
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=window, area=area, region=region):
            bpy.ops.brush.asset_activate(asset_library_type="LOCAL", relative_asset_identifier=f"Brush/{NAME}")
        return
