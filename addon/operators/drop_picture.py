# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture becomes a material: dropped onto the viewport, or taken from an image of the file.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty
from bpy.types import FileHandler, Operator
from bpy_extras import view3d_utils

from ...core.errors import InputError, MaquetteError
from ...core.generators import Method, find_method
from .. import engine
from ..method_settings import show_method
from ..properties import GENERATOR, methods_of
from ..references import write_slots
from ..scene.targets import TYPES
from .generate import has_engine

EXTENSIONS = ".png;.jpg;.jpeg;.exr;.tif;.tiff;.bmp;.webp;.tga;.hdr"


def _picture_methods() -> list[tuple[str, str, str]]:
    """The methods that a picture alone is enough for."""
    enough = [m for m in methods_of(GENERATOR) if "albedo" in m.roles and set(m.required) <= {"albedo"}]
    return [(m.name, m.label, m.description) for m in enough if "mask" not in m.roles or m.name == "exemplar"]


def object_under(context: Any, x: int, y: int) -> Any:
    """The object that can wear a material at a place of the 3D viewport in pixels; None where there is none."""
    region, view = context.region, context.region_data
    if view is None or region is None or region.type != "WINDOW":
        return None
    origin = view3d_utils.region_2d_to_origin_3d(region, view, (x, y))
    direction = view3d_utils.region_2d_to_vector_3d(region, view, (x, y))
    hit, *_, item, _ = context.scene.ray_cast(context.evaluated_depsgraph_get(), origin, direction)
    return item if hit and item.type in TYPES else None


class _FromPicture:
    """What both ways share: the method, the width, and that the panel shows what was chosen."""

    method: EnumProperty(  # type: ignore[valid-type]
        name="Method", description="How the material is made of the picture", items=_picture_methods()
    )
    size_m: FloatProperty(  # type: ignore[valid-type]
        name="Real-world size",
        description="Width of what the picture shows, in metres",
        default=1.0,
        min=0.001,
        soft_max=20.0,
    )

    def ask(self, context: Any, name: str) -> set[str]:
        """The dialog for the picture of this name."""
        title = f"Material from '{name}'"
        result: set[str] = context.window_manager.invoke_props_dialog(
            self, width=360, title=title, confirm_text="Generate"
        )
        return result

    def draw(self, context: Any) -> None:
        """The method and the width."""
        layout = self.layout  # type: ignore[attr-defined]
        layout.use_property_split = True
        layout.prop(self, "method")
        layout.prop(self, "size_m")

    def show(self, context: Any) -> tuple[Method, Any]:
        """The method in the panel, with this width; its references' slots."""
        method = find_method(GENERATOR, self.method)
        group = show_method(context.scene, method)
        if hasattr(group, "size_m"):
            group.size_m = self.size_m
        return method, context.scene.maquette.references


class MAQUETTE_OT_material_from_file(_FromPicture, Operator):  # noqa: N801 Blender's naming
    """Make a material of a picture file and put it on the object that it was dropped on, else on the selection"""

    bl_idname = "maquette.material_from_file"
    bl_label = "Material from Picture"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})  # type: ignore[valid-type]
    target: StringProperty(  # type: ignore[valid-type]
        name="Object", description="The object that gets the material; the selection where it is empty"
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine."""
        return has_engine(cls)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for method and width, the object under the pointer in mind."""
        found = object_under(context, event.mouse_region_x, event.mouse_region_y)
        self.target = found.name if found is not None else ""
        return self.ask(context, Path(self.filepath).name)

    def draw(self, context: Any) -> None:
        """The method, the width, and whom it is for."""
        super().draw(context)
        self.layout.prop_search(self, "target", context.view_layer, "objects", text="Onto")

    def execute(self, context: Any) -> set[str]:
        """Choose the picture in the panel, then generate as the panel says."""
        try:
            if not Path(self.filepath).is_file():
                raise InputError(f"The picture '{self.filepath}' does not exist. Choose another.")
            target = context.view_layer.objects.get(self.target) if self.target else None
            if self.target and target is None:
                raise InputError(f"There is no object '{self.target}' in this view layer. Choose another.")
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        method, references = self.show(context)
        write_slots(references, method, [("albedo", self.filepath, 1.0)])
        return _generate_on(context, target)


class MAQUETTE_OT_material_from_image(_FromPicture, Operator):  # noqa: N801 Blender's naming
    """Make a material of an image of this file and put it on the selected objects"""

    bl_idname = "maquette.material_from_image"
    bl_label = "Material from Image"
    bl_options = {"REGISTER", "UNDO"}

    image: StringProperty(name="Image", description="The image's name", options={"SKIP_SAVE"})  # type: ignore[valid-type]

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine."""
        return has_engine(cls)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask for method and width."""
        return self.ask(context, self.image)

    def execute(self, context: Any) -> set[str]:
        """Choose the image in the panel, then generate as the panel says."""
        image: Any = bpy.data.images.get(self.image)
        if image is None:
            self.report({"ERROR"}, f"There is no image '{self.image}' in this file. Choose another.")
            return {"CANCELLED"}
        method, references = self.show(context)
        write_slots(references, method, [])
        references.albedo.use_image(image)
        return _generate_on(context, None)


def _generate_on(context: Any, target: Any) -> set[str]:
    """Generate as the panel says, on one object or on the selection; asked for in a window it goes on by itself."""
    how = "EXEC_DEFAULT" if bpy.app.background else "INVOKE_DEFAULT"
    if target is None:
        result: set[str] = bpy.ops.maquette.generate(how)
        return result
    with context.temp_override(active_object=target, object=target, selected_objects=[target]):
        result = bpy.ops.maquette.generate(how)
    return result


class MAQUETTE_FH_picture(FileHandler):  # noqa: N801 Blender's naming
    """Takes pictures that are dropped onto the 3D viewport"""

    bl_idname = "MAQUETTE_FH_picture"
    bl_label = "Maquette: Material from Picture"
    bl_import_operator = "maquette.material_from_file"
    bl_file_extensions = EXTENSIONS

    @classmethod
    def poll_drop(cls, context: Any) -> bool:
        """In the 3D viewport, where there is an engine."""
        return context.area is not None and context.area.type == "VIEW_3D" and engine.found() is not None


_CLASSES = (MAQUETTE_OT_material_from_file, MAQUETTE_OT_material_from_image, MAQUETTE_FH_picture)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
