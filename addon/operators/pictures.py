# SPDX-License-Identifier: GPL-3.0-or-later
"""Reference pictures by hand: a mask to paint, more pictures, the maps of a material that is there."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.types import Operator

from ...core.errors import MaquetteError
from ...core.texture.maps import MAPS
from .. import image_editor, mask_image, white_brush
from ..properties import shown_method
from ..scene.images import read_pixels
from ..scene.source_maps import maps_of

MASK = "mask"


class MAQUETTE_OT_paint_mask(Operator):  # noqa: N801 Blender's naming
    """Paint in the Image Editor what shall be made anew: white over a dimmed copy of the picture, black takes paint
    away again. Goes on with the mask that is there if it fits the picture"""

    bl_idname = "maquette.paint_mask"
    bl_label = "Paint Mask"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method that takes a mask, and its picture."""
        if MASK not in shown_method(context.scene.maquette)[0].roles:
            cls.poll_message_set("The method that the panel shows takes no mask")
            return False
        if not context.scene.maquette.references.albedo.filled:
            cls.poll_message_set("No picture is chosen")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Make the mask, choose it, and show it ready to be painted on."""
        references = context.scene.maquette.references
        try:
            picture = image_editor.reference_image(references.albedo)
            slot = getattr(references, MASK)
            if not _fits(slot, picture):
                slot.use_image(mask_image.new_mask(f"{picture.name} mask", read_pixels(picture)))
            if not bpy.app.background:
                image_editor.show(slot.image, "PAINT")
                white_brush.take()
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_add_picture(Operator):  # noqa: N801 Blender's naming
    """Add one more picture that the result is made from"""

    bl_idname = "maquette.add_picture"
    bl_label = "Add Picture"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """An empty slot, chosen."""
        references = context.scene.maquette.references
        references.more.add()
        references.more_active = len(references.more) - 1
        return {"FINISHED"}


class MAQUETTE_OT_remove_picture(Operator):  # noqa: N801 Blender's naming
    """Take the chosen picture off the list"""

    bl_idname = "maquette.remove_picture"
    bl_label = "Remove Picture"
    bl_options = {"INTERNAL", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a picture in the list."""
        if not len(context.scene.maquette.references.more):
            cls.poll_message_set("There is no further picture")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """The next one is chosen then."""
        references = context.scene.maquette.references
        references.more.remove(min(references.more_active, len(references.more) - 1))
        references.more_active = max(0, min(references.more_active, len(references.more) - 1))
        return {"FINISHED"}


class MAQUETTE_OT_maps_of_material(Operator):  # noqa: N801 Blender's naming
    """Give the maps of the active object's material, whoever made it: its images for colour, normal, roughness, metal,
    height"""

    bl_idname = "maquette.maps_of_material"
    bl_label = "Take Maps of Active Material"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a material with nodes."""
        item = context.active_object
        if item is None or item.active_material is None or item.active_material.node_tree is None:
            cls.poll_message_set("The active object has no material with nodes")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Every map's slot: filled where the material has an image for it, else emptied."""
        settings = context.scene.maquette
        material = context.active_object.active_material
        found = maps_of(material)
        if "albedo" not in found:
            self.report({"ERROR"}, f"'{material.name}' has no image for its base colour, so there is nothing to take.")
            return {"CANCELLED"}
        for role in shown_method(settings)[0].roles:
            if role in found:
                getattr(settings.references, role).use_image(found[role])
            elif role in MAPS:
                getattr(settings.references, role).use_file("")
        return {"FINISHED"}


def _fits(slot: Any, picture: Any) -> bool:
    """Whether a mask is chosen that belongs over this picture."""
    chosen = slot.image if slot.source == "IMAGE" else None
    return chosen is not None and mask_image.is_mask(chosen) and tuple(chosen.size) == tuple(picture.size)


_CLASSES = (
    MAQUETTE_OT_paint_mask,
    MAQUETTE_OT_add_picture,
    MAQUETTE_OT_remove_picture,
    MAQUETTE_OT_maps_of_material,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
