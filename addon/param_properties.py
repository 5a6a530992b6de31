# SPDX-License-Identifier: GPL-3.0-or-later
"""A method's declared parameters as Blender properties, and back.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty, StringProperty
from bpy.types import PropertyGroup

from ..core.codec import parse_json
from ..core.errors import InputError
from ..core.generators import Method
from ..core.models import SHIPPED, find_model, models, read_header
from ..core.params import Params, ParamSpec, specs
from ..core.texture.maps import MAPS
from .scene.units import metres_per_unit

Changed = Callable[[Any, Any, str], None]

SHOWN = "_shown"
DENSITY = "density" + SHOWN
# the parameter that names a learned model, and the one that names four points of a picture
MODEL, CORNERS = "model", "corners"
# the parts of a character that stay as they are
KEEP = "keep"
# what stands in models' folders and files is looked at anew after so long
FOUND_FOR_S = 2.0
_found: dict[tuple[str, ...], tuple[float, list[str]]] = {}


def choice_label(choice: str) -> str:
    """A choice as people read it."""
    return MAPS[choice].label if choice in MAPS else choice.replace("_", " ").capitalize()


def group_name(method: Method) -> str:
    """The name under which a method's parameters stand in the settings."""
    return f"{method.generator}_{method.name}"


def make_group(method: Method, changed: Changed | None = None) -> type[PropertyGroup]:
    """A PropertyGroup with every parameter of the method; `changed(group, context, name)` hears of new values."""
    annotations: dict[str, Any] = {}
    for spec in specs(method.params):
        annotations |= properties_of(spec, method, changed)
    name = "MAQUETTE_PG_" + group_name(method)
    return type(name, (PropertyGroup,), {"__annotations__": annotations, "__doc__": method.description})


def read_params(group: Any, kind: type[Params]) -> Params:
    """The panel's values as checked parameters; a value outside its range is an InputError."""
    return kind.from_plain({spec.name: plain_value(spec, getattr(group, spec.name)) for spec in specs(kind)})


def write_params(group: Any, params: Params) -> None:
    """Show these parameters in the panel."""
    for spec in specs(type(params)):
        value = getattr(params, spec.name)
        if spec.kind is tuple:
            value = set(value) if spec.choices else value or (0.0,) * _num_values(spec)
        setattr(group, spec.name, value)


def reset_param(group: Any, params: type[Params], name: str) -> None:
    """Put one parameter back to its default."""
    write_params(group, params.from_plain({**read_params(group, params).to_plain(), name: _default(params, name)}))


def _default(params: type[Params], name: str) -> Any:
    return next(spec.default for spec in specs(params) if spec.name == name)


def plain_value(spec: ParamSpec, value: Any) -> Any:
    """A property's value as a Request holds it."""
    if spec.kind is float:
        return _shortest(value)
    if spec.kind is not tuple:
        return value
    if spec.choices:
        return sorted(value)
    numbers = [_shortest(number) for number in value]
    # where nothing is the default, nothing is what zeros alone stand for
    return numbers if any(numbers) or spec.default else []


def _shortest(value: float) -> float:
    """Blender keeps single precision: the shortest decimal that it stands for, so that 0.02 stays 0.02 in a Request."""
    return float(f"{value:.6g}")


def properties_of(spec: ParamSpec, method: Method, changed: Changed | None = None) -> dict[str, Any]:
    """The Blender properties that stand for one parameter, the one of its own name first."""
    said: dict[str, Any] = {"name": spec.label, "description": spec.description, "default": spec.default}
    if changed is not None:
        name = spec.name
        said["update"] = lambda group, context: changed(group, context, name)
    if spec.kind is bool:
        return {spec.name: BoolProperty(**said)}
    if spec.kind is int:
        density = {DENSITY: _density_shown(spec)} if spec.name == "size" and _has_size_m(method) else {}
        return {spec.name: _int_property(spec, said), **density}
    if spec.kind is float:
        length = {spec.name + SHOWN: _length_shown(spec)} if spec.unit == "m" else {}
        return {spec.name: _float_property(spec, said), **length}
    if spec.kind is tuple:
        return {spec.name: _tuple_property(spec, said)}
    if spec.choices:
        return {spec.name: EnumProperty(**said, items=_choice_items(spec))}
    if spec.name in _SEARCHES:
        return {spec.name: StringProperty(**said, search=_SEARCHES[spec.name](method), search_options=set())}
    return {spec.name: StringProperty(**said)}


def _has_size_m(method: Method) -> bool:
    return any(spec.name == "size_m" for spec in specs(method.params))


def _choice_items(spec: ParamSpec) -> list[tuple[str, str, str]]:
    return [(c, choice_label(c), MAPS[c].description if c in MAPS else "") for c in spec.choices]


def _int_property(spec: ParamSpec, said: dict[str, Any]) -> Any:
    most = 2**31 - 1 if spec.maximum is None else int(spec.maximum)
    limits: dict[str, Any] = {"min": int(spec.minimum or 0), "max": most}
    return IntProperty(**said, **limits, subtype="PIXEL" if spec.unit == "px" else "NONE")


def _float_property(spec: ParamSpec, said: dict[str, Any]) -> Any:
    bounded = spec.minimum is not None and spec.maximum is not None and spec.maximum - spec.minimum <= 2
    # a share reads best as a slider with enough digits
    look: dict[str, Any] = {"subtype": "FACTOR"} if bounded and not spec.unit else {}
    return FloatProperty(**said, **_limits(spec), **look, precision=3, step=1)


def _limits(spec: ParamSpec) -> dict[str, Any]:
    given: Mapping[str, Any] = {"min": spec.minimum, "max": spec.maximum}
    return {name: value for name, value in given.items() if value is not None}


def _tuple_property(spec: ParamSpec, said: dict[str, Any]) -> Any:
    """Several of some choices, or a fixed number of numbers; zeros stand for a default of none."""
    if spec.choices:
        return EnumProperty(**{**said, "default": set(spec.default)}, items=_choice_items(spec), options={"ENUM_FLAG"})
    size = _num_values(spec)
    return FloatVectorProperty(**{**said, "default": spec.default or (0.0,) * size}, size=size, **_limits(spec))


def _num_values(spec: ParamSpec) -> int:
    return spec.length or len(spec.default)


def _model_search(method: Method) -> Any:
    """What Blender lists under the field of a model's name."""

    def names() -> list[str]:
        return [model.name for model in models(method.generator, method.name)]

    def search(group: Any, context: Any, typed: str) -> list[str]:
        return _matching(_lately((method.generator, method.name), names), typed)

    return search


def _category_search(method: Method) -> Any:
    """The categories that the chosen model knows, as its file says."""

    def search(group: Any, context: Any, typed: str) -> list[str]:
        model = getattr(group, MODEL, SHIPPED)
        known = _lately((method.generator, method.name, model), lambda: categories_of(method, model))
        return _matching(["any", *known], typed)

    return search


def _lately(key: tuple[str, ...], look: Callable[[], list[str]]) -> list[str]:
    """What was found a moment ago, else what is found now: Blender asks with every drawing of the field, and files are
    slow."""
    now, known = time.monotonic(), _found.get(key)
    if known is None or now - known[0] > FOUND_FOR_S:
        known = _found[key] = (now, look())
    return known[1]


def categories_of(method: Method, model: str) -> list[str]:
    """The categories in the header of a model's file; none where there is no such model, or it knows none."""
    try:
        metadata = read_header(find_model(method.generator, method.name, model).path).get("__metadata__", {})
        config = parse_json(metadata.get("config", "{}"), "The model's configuration")
    except InputError:
        return []
    return [str(name) for name in config.get("categories", [])]


def _matching(names: list[str], typed: str) -> list[str]:
    # Blender's search field begins with what stands in it: that alone shall not hide the others
    return names if typed in names else [name for name in names if typed.lower() in name.lower()]


_SEARCHES = {MODEL: _model_search, "category": _category_search}


def _length_shown(spec: ParamSpec) -> Any:
    """The twin of a length in metres that Blender shows in the scene's units, metric or imperial."""

    def get(group: Any) -> float:
        return float(getattr(group, spec.name)) / metres_per_unit(_scene_of(group))

    def set_(group: Any, value: float) -> None:
        setattr(group, spec.name, value * metres_per_unit(_scene_of(group)))

    said: dict[str, Any] = {"name": spec.label, "description": spec.description}
    return FloatProperty(**said, get=get, set=set_, min=0.0, subtype="DISTANCE", unit="LENGTH", precision=4)


def _scene_of(group: Any) -> Any:
    """The scene whose units count: the group's own, or the one that is shown."""
    return group.id_data if isinstance(group.id_data, bpy.types.Scene) else bpy.context.scene


def _density_shown(size: ParamSpec) -> Any:
    """Pixels a metre: shown from the size and the real-world size; setting it sets the size in pixels."""
    least, most = int(size.minimum or 1), int(size.maximum or 2**31 - 1)

    def get(group: Any) -> float:
        return float(group.size) / max(float(group.size_m), 1e-9)

    def set_(group: Any, value: float) -> None:
        group.size = min(max(round(value * group.size_m), least), most)

    return FloatProperty(
        name="Texel density",
        description="Pixels a metre of the real world (a hundredth of it a centimetre). "
        "Setting it changes the size in pixels; the real-world size stays",
        get=get,
        set=set_,
        min=0.0,
        precision=1,
    )
