# SPDX-License-Identifier: GPL-3.0-or-later
"""Small things round a material: its settings into the panel, its real-world size on objects, seeds, sizes, notices.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import random
from typing import Any

import bpy
from bpy.props import FloatProperty, IntProperty
from bpy.types import Menu, Operator

from ...core.errors import MaquetteError
from ...core.request import MAX_SEED
from .. import engine
from ..image_editor import reference_image
from ..package import cache_folder
from ..param_properties import DENSITY, write_params
from ..properties import shown_method
from ..references import write_slots
from ..scene.mapping import has_uvs, store_uv_size
from ..scene.record import applied, kept_pictures, read_request, with_paths
from .generate import active_material

SIZES = (512, 1024, 2048, 4096)
# pixels a metre, as games set them for what is far, near and in the hand
DENSITIES = (256, 512, 1024, 2048, 4096)
DENSITY_TOLERANCE = 0.02


class MAQUETTE_OT_load_settings(Operator):  # noqa: N801 Blender's naming
    """Show the active material's settings, seed and pictures in the panel"""

    bl_idname = "maquette.load_settings"
    bl_label = "Settings to Panel"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a material that Maquette made."""
        if active_material(context) is None:
            cls.poll_message_set("The active object has no material that Maquette made")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Read the Request on the material."""
        material, settings = active_material(context), context.scene.maquette
        try:
            request = read_request(material)
            request = with_paths(request, kept_pictures(material, request), cache_folder())
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        settings.texture_method, settings.seed = request.method, request.seed
        write_params(shown_method(settings)[1], request.params)
        chosen = applied(material)
        settings.mapping = chosen.get("mapping", "AUTO")
        settings.relief_as = chosen.get("relief_as", "SHADING")
        given = [(reference.role, reference.path, reference.weight) for reference in request.references]
        write_slots(settings.references, request.declaration, given)
        return {"FINISHED"}


class MAQUETTE_OT_fit_real_size(Operator):  # noqa: N801 Blender's naming
    """Measure the UVs of the selected objects again, so that materials lie on them at real-world size. Do this after
    unwrapping anew, or after giving the material to another object"""

    bl_idname = "maquette.fit_real_size"
    bl_label = "Fit to Real-World Size"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a selected object with UVs that can be changed."""
        if not any(has_uvs(item) and item.library is None for item in context.selected_objects):
            cls.poll_message_set("No selected object has UVs of its own")
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """Store the length of a UV unit on each object."""
        for item in context.selected_objects:
            if has_uvs(item) and item.library is None:
                store_uv_size(item)
                item.update_tag()
        return {"FINISHED"}


class MAQUETTE_OT_random_seed(Operator):  # noqa: N801 Blender's naming
    """Put a random seed into the panel"""

    bl_idname = "maquette.random_seed"
    bl_label = "Random Seed"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Small numbers are easier to tell each other."""
        context.scene.maquette.seed = random.randrange(min(MAX_SEED, 9999))
        return {"FINISHED"}


class MAQUETTE_OT_set_size(Operator):  # noqa: N801 Blender's naming
    """Set the size of the material in pixels"""

    bl_idname = "maquette.set_size"
    bl_label = "Set Size"
    bl_options = {"INTERNAL", "UNDO"}

    size: IntProperty(name="Size", min=64, max=8192, default=1024)  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Into the panel."""
        shown_method(context.scene.maquette)[1].size = self.size
        return {"FINISHED"}


class MAQUETTE_MT_sizes(Menu):  # noqa: N801 Blender's naming
    """Usual sizes"""

    bl_label = "Usual Sizes"

    def draw(self, context: Any) -> None:
        """One entry a size."""
        for size in SIZES:
            self.layout.operator("maquette.set_size", text=f"{size} x {size} px").size = size


class MAQUETTE_OT_set_density(Operator):  # noqa: N801 Blender's naming
    """Give a metre of the surface this many pixels: by the size in pixels, or where that is the picture's own, by the
    real-world size"""

    bl_idname = "maquette.set_density"
    bl_label = "Set Texel Density"
    bl_options = {"INTERNAL", "UNDO"}

    density: FloatProperty(name="Pixels a metre", min=1.0, max=1e6, default=1024.0)  # type: ignore[valid-type]

    def execute(self, context: Any) -> set[str]:
        """Into the panel; a density that the method cannot make is said."""
        settings = context.scene.maquette
        _, group = shown_method(settings)
        if hasattr(group, DENSITY):
            setattr(group, DENSITY, self.density)
            self._say_how_near(group)
            return {"FINISHED"}
        try:
            group.size_m = reference_image(settings.references.albedo).size[0] / self.density
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def _say_how_near(self, group: Any) -> None:
        reached = getattr(group, DENSITY)
        if abs(reached / self.density - 1) > DENSITY_TOLERANCE:
            text = f"{group.size} px is as near as this method comes: {reached:.0f} px/m. Change the real-world size."
            self.report({"WARNING"}, text)


class MAQUETTE_MT_densities(Menu):  # noqa: N801 Blender's naming
    """Usual texel densities"""

    bl_label = "Usual Texel Densities"

    def draw(self, context: Any) -> None:
        """One entry a density."""
        for density in DENSITIES:
            text = f"{density} px/m ({density / 100:g} px/cm)"
            self.layout.operator("maquette.set_density", text=text).density = density


class MAQUETTE_OT_dismiss(Operator):  # noqa: N801 Blender's naming
    """Take this message away"""

    bl_idname = "maquette.dismiss"
    bl_label = "Dismiss"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Forget the notice."""
        engine.studio.notice = None
        return {"FINISHED"}


class MAQUETTE_OT_copy_detail(Operator):  # noqa: N801 Blender's naming
    """Copy the message with all that the engine said, for a bug report"""

    bl_idname = "maquette.copy_detail"
    bl_label = "Copy Details"
    bl_options = {"INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Onto the clipboard."""
        notice = engine.studio.notice
        if notice is not None:
            context.window_manager.clipboard = f"{notice.text}\n\n{notice.detail}"
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_load_settings,
    MAQUETTE_OT_fit_real_size,
    MAQUETTE_OT_random_seed,
    MAQUETTE_OT_set_size,
    MAQUETTE_MT_sizes,
    MAQUETTE_OT_set_density,
    MAQUETTE_MT_densities,
    MAQUETTE_OT_dismiss,
    MAQUETTE_OT_copy_detail,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
