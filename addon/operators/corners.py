# SPDX-License-Identifier: GPL-3.0-or-later
"""Straighten by Four Corners: clicked and dragged on the picture, in the Image Editor.

Nothing of Blender is held between events but the region's address, which is looked for anew: an undo or a closed editor
ends the picking, never Blender.
"""

from __future__ import annotations

from typing import Any

import blf
import bpy
import gpu
from bpy.types import Operator, SpaceImageEditor
from gpu_extras.batch import batch_for_shader

from ...core.errors import MaquetteError
from .. import corners, image_editor
from ..corners import NUM_CORNERS, Point
from ..param_properties import CORNERS, reset_param
from ..properties import shown_method

# in pixels at scale 1
REACH, HANDLE = 14, 5
LINE, SHADOW, LIVELY = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.6), (1.0, 0.6, 0.1, 1.0)
HELP = (
    "Click the four corners of a flat rectangle. Drag to move, Backspace takes the last away, Enter uses them, Esc not"
)


def _has_corners(kind: Any, context: Any) -> bool:
    if not hasattr(shown_method(context.scene.maquette)[1], CORNERS):
        kind.poll_message_set("The method that the panel shows does not straighten its picture")
        return False
    return True


class MAQUETTE_OT_pick_corners(Operator):  # noqa: N801 Blender's naming
    """Say in the Image Editor where a flat rectangle's four corners lie on the photograph: it is straightened by them,
    as if seen from the front"""

    bl_idname = "maquette.pick_corners"
    bl_label = "Straighten by Four Corners"
    bl_options = {"INTERNAL"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method that straightens, and its picture."""
        if not _has_corners(cls, context):
            return False
        if not context.scene.maquette.references.albedo.filled:
            cls.poll_message_set("No picture is chosen")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Show the picture, and begin to pick there."""
        try:
            image = image_editor.reference_image(context.scene.maquette.references.albedo)
            window, area, region = image_editor.show(image)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        with context.temp_override(window=window, area=area, region=region):
            bpy.ops.maquette.drag_corners("INVOKE_DEFAULT")
        return {"FINISHED"}


class MAQUETTE_OT_drag_corners(Operator):  # noqa: N801 Blender's naming
    """Pick four corners in this Image Editor"""

    bl_idname = "maquette.drag_corners"
    bl_label = "Pick Four Corners"
    bl_options = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an Image Editor."""
        return context.area is not None and context.area.type == "IMAGE_EDITOR" and _has_corners(cls, context)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Begin with the corners that are set."""
        _, group = shown_method(context.scene.maquette)
        self._points: list[Point] = corners.points_of(getattr(group, CORNERS))
        self._held, self._fault = -1, ""
        self._area = context.area.as_pointer()
        self._scale = context.preferences.system.ui_scale
        self._handle = SpaceImageEditor.draw_handler_add(self._draw, (), "WINDOW", "POST_PIXEL")
        context.workspace.status_text_set(HELP)
        context.window_manager.modal_handler_add(self)
        context.area.tag_redraw()
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[str]:
        """One event; what is not ours goes on to the editor, so that it can be zoomed and moved."""
        area = next((item for item in context.screen.areas if item.as_pointer() == self._area), None)
        if area is None or area.type != "IMAGE_EDITOR":
            return self._leave(context, {"CANCELLED"})
        area.tag_redraw()
        region = next(item for item in area.regions if item.type == "WINDOW")
        at = (event.mouse_x - region.x, event.mouse_y - region.y)
        if event.value == "PRESS" and event.type in {"RET", "NUMPAD_ENTER"}:
            return self._accept(context)
        if event.value == "PRESS" and event.type in {"ESC", "RIGHTMOUSE"}:
            return self._leave(context, {"CANCELLED"})
        if event.value == "PRESS" and (event.type == "BACK_SPACE" or (event.type == "Z" and event.ctrl)):
            self._points = self._points[:-1]
            return {"RUNNING_MODAL"}
        if event.type == "LEFTMOUSE":
            inside = 0 <= at[0] < region.width and 0 <= at[1] < region.height
            return self._click(region, at, event.value) if inside or self._held >= 0 else {"PASS_THROUGH"}
        if event.type == "MOUSEMOVE" and self._held >= 0:
            self._points[self._held] = _on_picture(region, at)
            return {"RUNNING_MODAL"}
        return {"PASS_THROUGH"}

    def cancel(self, context: Any) -> None:
        """Blender ends it: another file is loaded, or the window is closed."""
        self._leave(context, {"CANCELLED"})

    def _click(self, region: Any, at: Point, value: str) -> set[str]:
        """Take hold of a corner, set a new one, or let go."""
        if value == "RELEASE":
            self._held = -1
        elif value in {"PRESS", "DOUBLE_CLICK"}:
            shown = [_on_screen(region, point) for point in self._points]
            self._held = corners.nearest(shown, at, REACH * self._scale)
            if self._held < 0 and len(self._points) < NUM_CORNERS:
                self._points.append(_on_picture(region, at))
                self._held = len(self._points) - 1
        self._fault = ""
        return {"RUNNING_MODAL"}

    def _accept(self, context: Any) -> set[str]:
        self._fault = corners.fault_of(self._points)
        if self._fault:
            return {"RUNNING_MODAL"}
        _, group = shown_method(context.scene.maquette)
        setattr(group, CORNERS, corners.values_of(self._points))
        return self._leave(context, {"FINISHED"})

    def _leave(self, context: Any, how: set[str]) -> set[str]:
        if self._handle is not None:
            SpaceImageEditor.draw_handler_remove(self._handle, "WINDOW")
            self._handle = None
        if context.workspace is not None:
            context.workspace.status_text_set(None)
        for area in context.screen.areas if context.screen is not None else ():
            area.tag_redraw()
        return how

    def _draw(self) -> None:
        """The corners and the lines between them, over the picture."""
        if bpy.context.area is None or bpy.context.area.as_pointer() != self._area:
            return
        region = bpy.context.region
        points = corners.in_order(self._points) if len(self._points) == NUM_CORNERS else self._points
        shown = [_on_screen(region, point) for point in points]
        closed = [*shown, shown[0]] if len(shown) == NUM_CORNERS else shown
        for width, colour in ((4.0, SHADOW), (1.6, LINE)):
            _draw_lines(closed, width * self._scale, colour)
        for point in shown:
            _draw_square(point, HANDLE * self._scale, LIVELY)
        _draw_words(self._fault or HELP, self._scale, LIVELY if self._fault else LINE)


class MAQUETTE_OT_reset_corners(Operator):  # noqa: N801 Blender's naming
    """Take the picture as it is again, without straightening it"""

    bl_idname = "maquette.reset_corners"
    bl_label = "Do Not Straighten"
    bl_options = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs corners that were set."""
        if not _has_corners(cls, context):
            return False
        if not corners.points_of(getattr(shown_method(context.scene.maquette)[1], CORNERS)):
            cls.poll_message_set("No corners are set")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Back to the default."""
        method, group = shown_method(context.scene.maquette)
        reset_param(group, method.params, CORNERS)
        return {"FINISHED"}


def _on_picture(region: Any, at: Point) -> Point:
    """A place in the region as a point of the picture, kept inside it."""
    x, y = region.view2d.region_to_view(*at)
    return min(max(x, 0.0), 1.0), min(max(1.0 - y, 0.0), 1.0)


def _on_screen(region: Any, point: Point) -> Point:
    x, y = region.view2d.view_to_region(point[0], 1.0 - point[1], clip=False)
    return float(x), float(y)


def _draw_lines(points: list[Point], width: float, colour: tuple[float, ...]) -> None:
    if len(points) < 2:
        return
    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    batch = batch_for_shader(shader, "LINE_STRIP", {"pos": [(x, y, 0.0) for x, y in points]})
    gpu.state.blend_set("ALPHA")
    shader.uniform_float("viewportSize", gpu.state.viewport_get()[2:])
    shader.uniform_float("lineWidth", width)
    shader.uniform_float("color", colour)
    batch.draw(shader)
    gpu.state.blend_set("NONE")


def _draw_square(at: Point, half: float, colour: tuple[float, ...]) -> None:
    (x, y), shader = at, gpu.shader.from_builtin("UNIFORM_COLOR")
    places = [(x - half, y - half), (x + half, y - half), (x - half, y + half), (x + half, y + half)]
    batch = batch_for_shader(shader, "TRI_STRIP", {"pos": places})
    shader.uniform_float("color", colour)
    batch.draw(shader)


def _draw_words(text: str, scale: float, colour: tuple[float, ...]) -> None:
    blf.size(0, 13 * scale)
    blf.color(0, *colour)
    blf.enable(0, blf.SHADOW)
    blf.shadow(0, 3, 0.0, 0.0, 0.0, 0.9)
    blf.position(0, 20 * scale, 20 * scale, 0)
    blf.draw(0, text)
    blf.disable(0, blf.SHADOW)


_CLASSES = (MAQUETTE_OT_pick_corners, MAQUETTE_OT_drag_corners, MAQUETTE_OT_reset_corners)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
