# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel edits, stored in the scene: each method's parameters, the reference pictures, and what goes on.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import CollectionProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from ..core.files.packing import PRESETS
from ..core.generators import Method, find_method, methods
from ..core.request import MAX_SEED
from .made_classes import MadeClasses
from .param_properties import choice_label, group_name, make_group

GENERATOR = "texture"
# Blender 4.5 asks properties to say that they understand '//'
_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()


class ReferenceSlot(PropertyGroup):
    """One reference picture: a file, or an image of this .blend."""

    source: EnumProperty(  # type: ignore[valid-type]
        name="Source",
        description="Where the picture comes from",
        items=[
            ("FILE", "File", "A picture file on disk", "FILE", 0),
            ("IMAGE", "Image", "An image that is in this .blend", "IMAGE_DATA", 1),
        ],
    )
    path: StringProperty(  # type: ignore[valid-type]
        name="File", description="The picture of the surface", subtype="FILE_PATH", options={"ANIMATABLE", *_RELATIVE}
    )
    image: PointerProperty(name="Image", description="The picture of the surface", type=bpy.types.Image)  # type: ignore[valid-type]
    weight: FloatProperty(  # type: ignore[valid-type]
        name="Weight",
        description="How much of the result comes from this picture, beside the weights of the others",
        default=1.0,
        min=0.001,
        soft_max=10.0,
    )

    @property
    def filled(self) -> bool:
        """Whether a picture is chosen."""
        return bool(self.path) if self.source == "FILE" else self.image is not None

    def use_file(self, path: str, weight: float = 1.0) -> None:
        """Choose a file, or nothing where the path is empty."""
        self.source, self.path, self.image, self.weight = "FILE", path, None, weight

    def use_image(self, image: Any) -> None:
        """Choose an image of this .blend."""
        self.source, self.image = "IMAGE", image


def methods_of(generator: str) -> list[Method]:
    """The declared methods of a generator."""
    return [method for method in methods().values() if method.generator == generator]


def _roles() -> list[str]:
    return list(dict.fromkeys(role for method in methods_of(GENERATOR) for role in method.roles))


def make_references() -> type[PropertyGroup]:
    """A PropertyGroup with one slot for every role that some method takes, and further pictures of the first role."""
    slots = {role: PointerProperty(type=ReferenceSlot, name=choice_label(role)) for role in _roles()}
    more = {
        "more": CollectionProperty(type=ReferenceSlot, name="More Pictures"),
        "more_active": IntProperty(name="Active Picture", description="The picture that the buttons act on"),
    }
    return type("MAQUETTE_PG_references", (PropertyGroup,), {"__annotations__": {**slots, **more}})


MAPPINGS = [
    ("AUTO", "Automatic", "By UVs where every target has them, by box projection otherwise"),
    ("UV", "UVs", "Along the UVs, at the real-world size measured on each object"),
    ("BOX", "Box", "Projected from six sides at real-world size; needs no UVs"),
]
RELIEFS = [
    ("SHADING", "Shading", "The relief is shaded; the geometry stays as it is"),
    ("GEOMETRY", "Displacement", "The relief moves the geometry too; subdivide the mesh to see it"),
]
PRESET_ITEMS = [(preset.name, preset.label, preset.description) for preset in PRESETS.values()]
FILE_ITEMS = [
    ("png", "PNG", "8 bits, and 16 where steps would show: normal and height"),
    ("png8", "PNG, 8 bits", "8 bits for every texture: the smallest files"),
    ("png16", "PNG, 16 bits", "16 bits for every texture"),
    ("exr", "OpenEXR, half floats", "Half floats; colour is linear"),
]


def make_settings(groups: dict[str, type[PropertyGroup]], references: type[PropertyGroup]) -> type[PropertyGroup]:
    """The PropertyGroup at `scene.maquette`."""
    items = [(m.name, m.label, m.description) for m in methods_of(GENERATOR)]
    annotations = {
        "texture_method": EnumProperty(name="Method", description="How the material is made", items=items),
        "seed": IntProperty(name="Seed", description="Another seed gives another result", min=0, max=MAX_SEED),
        "mapping": EnumProperty(name="Mapping", description="How the material lies on the object", items=MAPPINGS),
        "relief_as": EnumProperty(name="Relief as", description="What the height does", items=RELIEFS),
        "export_preset": EnumProperty(
            name="Engine", description="Which textures are written, and what they are called", items=PRESET_ITEMS
        ),
        "export_file": EnumProperty(name="Files", description="File format and bit depth", items=FILE_ITEMS),
        "references": PointerProperty(type=references),
        **{name: PointerProperty(type=group) for name, group in groups.items()},
    }
    return type("MAQUETTE_PG_settings", (PropertyGroup,), {"__annotations__": annotations})


def shown_method(settings: Any) -> tuple[Method, Any]:
    """The method that the panel shows, and the group of its parameters."""
    method = find_method(GENERATOR, settings.texture_method)
    return method, getattr(settings, group_name(method))


_classes = MadeClasses()


def register() -> None:
    """Add `scene.maquette`."""
    groups = {group_name(method): make_group(method) for method in methods_of(GENERATOR)}
    references = make_references()
    settings = make_settings(groups, references)
    _classes.register([ReferenceSlot, *groups.values(), references, settings])
    bpy.types.Scene.maquette = PointerProperty(type=settings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take `scene.maquette` away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette  # type: ignore[attr-defined]
    _classes.unregister()
