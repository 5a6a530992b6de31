# SPDX-License-Identifier: GPL-3.0-or-later
"""A plane that shows a new material two tiles wide, for when nothing is selected."""

from __future__ import annotations

from typing import Any

import bpy

TILES_SHOWN = 2
NAME = "Maquette Preview"


def add_preview_plane(scene: Any, width: float, height: float) -> Any:
    """A new plane at the 3D cursor, `TILES_SHOWN` tiles wide, with UVs; selected and active where the scene is shown.

    `width` and `height` of one tile in Blender units.
    """
    x, y = width * TILES_SHOWN / 2, height * TILES_SHOWN / 2
    mesh: Any = bpy.data.meshes.new(NAME)
    mesh.from_pydata([(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0)], [], [(0, 1, 2, 3)])
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", [0, 0, 1, 0, 1, 1, 0, 1])
    plane = bpy.data.objects.new(NAME, mesh)
    plane.location = scene.cursor.location
    _link(scene, plane)
    return plane


def _link(scene: Any, plane: Any) -> None:
    shown = bpy.context.window is not None and bpy.context.window.scene == scene
    layer: Any = bpy.context.view_layer if shown or bpy.context.scene == scene else scene.view_layers[0]
    collection = layer.active_layer_collection.collection if layer else scene.collection
    if collection.library is not None or collection.override_library is not None:
        collection = scene.collection
    collection.objects.link(plane)
    if layer is not None:
        # until then the layer does not know the new object
        layer.update()
    if layer is None or layer.objects.get(plane.name) is None:
        return
    # in Edit Mode another object cannot become active
    if layer.objects.active is None or layer.objects.active.mode == "OBJECT":
        for other in layer.objects:
            other.select_set(False, view_layer=layer)
        plane.select_set(True, view_layer=layer)
        layer.objects.active = plane
