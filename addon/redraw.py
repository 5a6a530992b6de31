# SPDX-License-Identifier: GPL-3.0-or-later
"""Redraws only what shows Maquette, a few times a second: drawing a whole window steals time from the engine."""

from __future__ import annotations

import time
from typing import Any

import bpy

INTERVAL_S = 0.3
# the tabs of the Properties editor that show what was made
TABS = ("MATERIAL", "OBJECT", "DATA")
_last = 0.0


def redraw_panels(always: bool = False) -> None:
    """The sidebars and tabs that show our panels; at most every `INTERVAL_S` unless `always`."""
    global _last
    now = time.monotonic()
    if now - _last < INTERVAL_S and not always:
        return
    _last = now
    for area in _areas("VIEW_3D"):
        for region in area.regions:
            if region.type == "UI" and region.width > 1:
                region.tag_redraw()
    for area in _areas("PROPERTIES"):
        if area.spaces.active.context in TABS:
            area.tag_redraw()


def redraw_status_bars() -> None:
    """The bar below every window; it is none of the areas that could be tagged, and setting its text draws it.

    Where an operator of Blender's is under way the text is that one's, and stays.
    """
    windows: Any = bpy.context.window_manager.windows  # type: ignore[union-attr]
    for window in windows:
        if not len(window.modal_operators):
            with bpy.context.temp_override(window=window):  # type: ignore[union-attr]
                window.workspace.status_text_set(None)


def redraw_preferences() -> None:
    """The preferences, where they are open."""
    for area in _areas("PREFERENCES"):
        area.tag_redraw()


def _areas(kind: str) -> list[Any]:
    windows: Any = bpy.context.window_manager.windows  # type: ignore[union-attr]
    return [area for window in windows for area in window.screen.areas if area.type == kind]
