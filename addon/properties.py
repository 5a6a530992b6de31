# SPDX-License-Identifier: GPL-3.0-or-later
"""What the panel edits, stored in the scene: generated from each method's declared parameters.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from collections.abc import Callable
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty
from bpy.types import PropertyGroup

from ..core.generators import Method, methods
from ..core.params import Params, ParamSpec, specs
from ..core.request import MAX_SEED
from ..core.texture.maps import MAPS
from .scene.units import metres_per_unit

# Blender 4.5 asks properties to say that they understand '//'
_RELATIVE = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
SHOWN = "_shown"


def choice_label(choice: str) -> str:
    """A choice as people read it."""
    return MAPS[choice].label if choice in MAPS else choice.replace("_", " ").capitalize()


def _choice_items(spec: ParamSpec) -> list[tuple[str, str, str]]:
    return [(c, choice_label(c), MAPS[c].description if c in MAPS else "") for c in spec.choices]


def _int_property(spec: ParamSpec, said: dict[str, Any]) -> Any:
    most = 2**31 - 1 if spec.maximum is None else int(spec.maximum)
    limits: dict[str, Any] = {"min": int(spec.minimum or 0), "max": most}
    return IntProperty(**said, **limits, subtype="PIXEL" if spec.unit == "px" else "NONE")


def _float_property(spec: ParamSpec, said: dict[str, Any]) -> Any:
    given = {"min": spec.minimum, "max": spec.maximum}
    limits: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    # a share reads best as a slider with enough digits
    return FloatProperty(**said, **limits, precision=3, step=1)


def _length_shown(spec: ParamSpec) -> Any:
    """The twin of a length in metres that Blender shows in the scene's units, metric or imperial."""

    def get(group: Any) -> float:
        return float(getattr(group, spec.name)) / metres_per_unit(group.id_data)

    def set_(group: Any, value: float) -> None:
        setattr(group, spec.name, value * metres_per_unit(group.id_data))

    said: dict[str, Any] = {"name": spec.label, "description": spec.description}
    return FloatProperty(**said, get=get, set=set_, min=0.0, subtype="DISTANCE", unit="LENGTH", precision=4)


def _properties_of(spec: ParamSpec) -> dict[str, Any]:
    """The Blender properties that stand for one parameter."""
    said: dict[str, Any] = {"name": spec.label, "description": spec.description, "default": spec.default}
    if spec.kind is bool:
        return {spec.name: BoolProperty(**said)}
    if spec.kind is int:
        return {spec.name: _int_property(spec, said)}
    if spec.kind is float:
        length = {spec.name + SHOWN: _length_shown(spec)} if spec.unit == "m" else {}
        return {spec.name: _float_property(spec, said), **length}
    if spec.kind is tuple:
        said["default"] = set(spec.default)
        return {spec.name: EnumProperty(**said, items=_choice_items(spec), options={"ENUM_FLAG"})}
    if spec.choices:
        return {spec.name: EnumProperty(**said, items=_choice_items(spec))}
    return {spec.name: StringProperty(**said)}


def group_name(method: Method) -> str:
    """The name under which a method's parameters stand in the settings."""
    return f"{method.generator}_{method.name}"


def make_group(method: Method) -> type[PropertyGroup]:
    """A PropertyGroup with every parameter of the method."""
    annotations: dict[str, Any] = {}
    for spec in specs(method.params):
        annotations |= _properties_of(spec)
    name = "MAQUETTE_PG_" + group_name(method)
    return type(name, (PropertyGroup,), {"__annotations__": annotations, "__doc__": method.description})


def read_params(group: Any, kind: type[Params]) -> Params:
    """The panel's values as checked parameters; a value outside its range is an InputError."""
    plain: dict[str, Any] = {}
    for spec in specs(kind):
        value = getattr(group, spec.name)
        if spec.kind is float:
            value = _shortest(value)
        plain[spec.name] = sorted(value) if spec.kind is tuple else value
    return kind.from_plain(plain)


def write_params(group: Any, params: Params) -> None:
    """Show these parameters in the panel."""
    for spec in specs(type(params)):
        value = getattr(params, spec.name)
        setattr(group, spec.name, set(value) if spec.kind is tuple else value)


def _shortest(value: float) -> float:
    """Blender keeps single precision: the shortest decimal that it stands for, so that 0.02 stays 0.02 in a Request."""
    return float(f"{value:.6g}")


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

    @property
    def filled(self) -> bool:
        """Whether a picture is chosen."""
        return bool(self.path) if self.source == "FILE" else self.image is not None


def _roles() -> list[str]:
    return list(dict.fromkeys(role for method in methods().values() for role in method.roles))


def make_references() -> type[PropertyGroup]:
    """A PropertyGroup with one slot for every role that some method takes."""
    slots = {role: PointerProperty(type=ReferenceSlot, name=choice_label(role)) for role in _roles()}
    return type("MAQUETTE_PG_references", (PropertyGroup,), {"__annotations__": slots})


MAPPINGS = [
    ("AUTO", "Automatic", "By UVs where every target has them, by box projection otherwise"),
    ("UV", "UVs", "Along the UVs, at the real-world size measured on each object"),
    ("BOX", "Box", "Projected from six sides at real-world size; needs no UVs"),
]
RELIEFS = [
    ("SHADING", "Shading", "The relief is shaded; the geometry stays as it is"),
    ("GEOMETRY", "Displacement", "The relief moves the geometry too; subdivide the mesh to see it"),
]


def make_settings(groups: dict[str, type[PropertyGroup]], references: type[PropertyGroup]) -> type[PropertyGroup]:
    """The PropertyGroup at `scene.maquette`."""
    items = [(m.name, m.label, m.description) for m in methods().values() if m.generator == "texture"]
    annotations = {
        "texture_method": EnumProperty(name="Method", description="How the material is made", items=items),
        "seed": IntProperty(
            name="Seed", description="Another seed gives another arrangement of the same surface", min=0, max=MAX_SEED
        ),
        "mapping": EnumProperty(name="Mapping", description="How the material lies on the object", items=MAPPINGS),
        "relief_as": EnumProperty(name="Relief as", description="What the height does", items=RELIEFS),
        "references": PointerProperty(type=references),
        **{name: PointerProperty(type=group) for name, group in groups.items()},
    }
    return type("MAQUETTE_PG_settings", (PropertyGroup,), {"__annotations__": annotations})


_registered: list[Callable[[], None]] = []


def _register_class(kind: type) -> None:
    bpy.utils.register_class(kind)
    _registered.append(lambda: bpy.utils.unregister_class(kind))


def register() -> None:
    """Add `scene.maquette`."""
    groups = {group_name(method): make_group(method) for method in methods().values()}
    references = make_references()
    settings = make_settings(groups, references)
    kinds: list[type] = [ReferenceSlot, *groups.values(), references, settings]
    for kind in kinds:
        _register_class(kind)
    bpy.types.Scene.maquette = PointerProperty(type=settings)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take `scene.maquette` away; what scenes stored under it stays in their files."""
    del bpy.types.Scene.maquette  # type: ignore[attr-defined]
    while _registered:
        _registered.pop()()
