# SPDX-License-Identifier: GPL-3.0-or-later
"""The parameters of a generated datablock as Blender properties on it: they show what it was made from and what is
wished for, and writing one is a wish.

    material.maquette_wish.texture_exemplar.relief,  armature.maquette_wish.character_variation.height

Nothing is stored in the properties themselves. Property classes are read by Blender from their annotations, so this
file does not postpone their evaluation.
"""

from collections.abc import Callable, Sequence
from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, PointerProperty
from bpy.types import PropertyGroup

from ..core.errors import MaquetteError
from ..core.generators import Method, methods
from ..core.params import ParamSpec, specs
from ..core.request import MAX_SEED
from . import building_live, live
from .made_classes import MadeClasses
from .param_properties import group_name, plain_value, properties_of
from .properties import MAPPINGS, RELIEFS
from .scene.draft import SEED, choices_of, wish_for, wish_of

# the generators whose results are objects; a texture is a material
_ON_OBJECTS = ("character", "architecture")
_LIVE = {"character": ("maquette_characters", live), "architecture": ("maquette_buildings", building_live)}


def make_wish_group(method: Method) -> type[PropertyGroup]:
    """A PropertyGroup with every parameter of the method, read from and written to the datablock that it is on."""
    annotations: dict[str, Any] = {}
    for spec in specs(method.params):
        for name, declared in properties_of(spec, method).items():
            annotations[name] = _of_datablock(declared, spec, method) if name == spec.name else declared
    name = f"MAQUETTE_PG_wish_{group_name(method)}"
    return type(name, (PropertyGroup,), {"__annotations__": annotations, "__doc__": method.description})


def _of_datablock(declared: Any, spec: ParamSpec, method: Method) -> Any:
    """The same property with its value on the datablock."""
    said = {key: value for key, value in declared.keywords.items() if key not in ("update", "default")}
    to_shown, to_plain = _conversions(spec)

    def get(group: Any) -> Any:
        try:
            wish = wish_of(group.id_data)
            fits = (wish.generator, wish.method) == (method.generator, method.name)
            return to_shown(getattr(wish.params, spec.name) if fits else spec.default)
        except (MaquetteError, KeyError):
            return to_shown(spec.default)

    def set_(group: Any, value: Any) -> None:
        wish_for(group.id_data, spec.name, plain_value(spec, to_plain(value)))
        follow(group.id_data, method, spec.name)

    return declared.function(**said, get=get, set=set_)


def _conversions(spec: ParamSpec) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """(a parameter's value as Blender shows it, and back): Blender numbers the choices of an enumeration."""
    choices = list(spec.choices)
    if spec.kind is tuple and choices:
        return (
            lambda value: sum(1 << choices.index(name) for name in value if name in choices),
            lambda bits: {name for index, name in enumerate(choices) if bits >> index & 1},
        )
    if choices:
        return (lambda value: choices.index(value) if value in choices else 0, lambda index: choices[index])
    if spec.kind is tuple:
        size = spec.length or len(spec.default)
        return (lambda value: tuple(value) or (0.0,) * size, tuple)
    return (lambda value: value), (lambda value: value)


def follow(thing: Any, method: Method, name: str) -> None:
    """Let a character or building that is active take the value at once where Live Update is on, as with the sidebar's
    sliders: those show the same thing then."""
    where, follower = _LIVE.get(method.generator, ("", None))
    scene = bpy.context.scene
    settings = getattr(scene, where, None) if where else None
    group = getattr(settings, group_name(method), None)
    if settings is None or group is None or follower is None or not settings.live:
        return
    active = follower.active_character if method.generator == "character" else follower.active_building
    if active(bpy.context) != thing or settings.method != method.name:
        return
    wish = wish_of(thing)
    follower.show_in_panel(settings, wish)
    follower.changed(group, bpy.context, name)


def _get_seed(group: Any) -> int:
    try:
        return wish_of(group.id_data).seed
    except (MaquetteError, KeyError):
        return 0


def _set_seed(group: Any, value: int) -> None:
    wish_for(group.id_data, SEED, value)


def _choice(name: str, items: Sequence[tuple[str, str, str]], label: str, said: str) -> Any:
    """How a material lies on objects, as a property of the material."""
    values = [item[0] for item in items]

    def get(group: Any) -> int:
        return values.index(choices_of(group.id_data)[name])

    def set_(group: Any, index: int) -> None:
        wish_for(group.id_data, name, values[index])

    return EnumProperty(name=label, description=said, items=items, get=get, set=set_)


def wish_group(thing: Any, method: Method) -> Any:
    """The properties of a generated datablock; None where its method was declared later than they were made."""
    return getattr(thing.maquette_wish, group_name(method), None)


def _make_wishes(
    name: str, groups: dict[str, type[PropertyGroup]], more: dict[str, Any] | None = None
) -> type[PropertyGroup]:
    seed = IntProperty(
        name="Seed",
        description="Another seed gives another result",
        min=0,
        max=MAX_SEED,
        get=_get_seed,
        set=_set_seed,
    )
    pointers = {name: PointerProperty(type=group) for name, group in groups.items()}
    return type(name, (PropertyGroup,), {"__annotations__": {SEED: seed, **(more or {}), **pointers}})


_classes = MadeClasses()


def register() -> None:
    """Add `material.maquette_wish` and `object.maquette_wish`."""
    groups = {method: make_wish_group(method) for method in methods().values()}
    on_objects = {group_name(m): group for m, group in groups.items() if m.generator in _ON_OBJECTS}
    on_materials = {group_name(m): group for m, group in groups.items() if m.generator not in _ON_OBJECTS}
    wishes = _make_wishes("MAQUETTE_PG_object_wish", on_objects)
    choices = {
        "mapping": _choice("mapping", MAPPINGS, "Mapping", "How the material lies on the object"),
        "relief_as": _choice("relief_as", RELIEFS, "Relief as", "What the height does"),
    }
    material_wishes = _make_wishes("MAQUETTE_PG_material_wish", on_materials, choices)
    _classes.register([*groups.values(), wishes, material_wishes])
    bpy.types.Object.maquette_wish = PointerProperty(type=wishes)  # type: ignore[attr-defined]
    bpy.types.Material.maquette_wish = PointerProperty(type=material_wishes)  # type: ignore[attr-defined]


def unregister() -> None:
    """Take them away; what is wished for stays on the datablocks."""
    del bpy.types.Object.maquette_wish  # type: ignore[attr-defined]
    del bpy.types.Material.maquette_wish  # type: ignore[attr-defined]
    _classes.unregister()
