# SPDX-License-Identifier: GPL-3.0-or-later
"""A new collection in the scene, where the designer works."""

from __future__ import annotations

from typing import Any

import bpy

from .building_parts import GROUP, ROW

# so many objects are evaluated in the same tick of the window
MOST_AT_ONCE = 200


def arrive(scene: Any, collection: Any, item: Any) -> None:
    """Put the collection into the scene, and select its object `item` where the scene is shown."""
    shown = bpy.context.scene == scene
    layer: Any = bpy.context.view_layer if shown else scene.view_layers[0]
    above = layer.active_layer_collection.collection if layer else scene.collection
    # a building's own collections hold what belongs to it
    if above.library is not None or above.override_library is not None or GROUP in above or ROW in above:
        above = scene.collection
    above.children.link(collection)
    if len(collection.all_objects) <= MOST_AT_ONCE:
        layer.update()
    # makes the layer look for new objects, and that alone: many are evaluated when the window is drawn
    item.select_get(view_layer=layer)
    if layer.objects.get(item.name) is None:
        return
    active = layer.objects.active
    if active is None or active.mode == "OBJECT":
        for other in list(layer.objects.selected):
            other.select_set(False, view_layer=layer)
        item.select_set(True, view_layer=layer)
        layer.objects.active = item
