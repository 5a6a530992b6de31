# SPDX-License-Identifier: GPL-3.0-or-later
"""An Image Editor that shows a picture: one that is open, else a window of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

from ..core.errors import HostError, InputError


def reference_image(slot: Any) -> Any:
    """The slot's picture as an image of this .blend; InputError where there is none to show."""
    image = slot.image if slot.source == "IMAGE" else _loaded(slot.path)
    if image is None or not image.size[0]:
        raise InputError("No picture is chosen that can be shown. Choose a photograph of the surface.")
    return image


def _loaded(path: str) -> Any:
    if not path:
        return None
    try:
        return bpy.data.images.load(path, check_existing=True)
    except RuntimeError as error:
        raise InputError(
            f"The picture '{path}' cannot be shown: it is no picture, or not there. Choose another."
        ) from error


def show(image: Any, mode: str = "VIEW") -> tuple[Any, Any, Any]:
    """(window, area, region) of an Image Editor that shows the image in `mode` (VIEW or PAINT)."""
    if bpy.app.background:
        raise HostError("This needs Blender's window.")
    window, area = _open_editor()
    space = area.spaces.active
    space.image = image
    space.ui_mode = mode
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.image.view_all(fit_view=True)
    area.tag_redraw()
    return window, area, region


def open_editors() -> Iterator[tuple[Any, Any]]:
    """(window, area) of every Image Editor that is open."""
    manager: Any = bpy.context.window_manager
    for window in manager.windows:
        for area in window.screen.areas:
            if area.type == "IMAGE_EDITOR" and area.ui_type == "IMAGE_EDITOR":
                yield window, area


def _open_editor() -> tuple[Any, Any]:
    """An Image Editor that is open in any window; else a new window with one."""
    there = next(open_editors(), None)
    if there is not None:
        return there
    bpy.ops.wm.window_new()
    manager: Any = bpy.context.window_manager
    window = manager.windows[-1]
    area = max(window.screen.areas, key=lambda item: item.width * item.height)
    area.ui_type = "IMAGE_EDITOR"
    return window, area
