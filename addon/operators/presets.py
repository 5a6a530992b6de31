# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets of every method, by Blender's own means: a menu a generator, files in the user's folder of presets.

Those that come along lie in `addon/presets`. A preset is read, never run: what it changes is shown before that.
Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import ast
import functools
from pathlib import Path
from typing import Any

import bpy
from bl_operators.presets import AddPresetBase
from bpy.props import EnumProperty, StringProperty
from bpy.types import Menu, Operator

from ...core.codec import show
from ...core.difference import param_differences
from ...core.errors import InputError, MaquetteError
from ...core.generators import Method
from ...core.params import Params, specs
from ..method_settings import OWNERS, shown_in
from ..param_properties import CORNERS, MODEL, group_name, read_params, write_params

SHIPPED = Path(__file__).resolve().parents[1]
MAX_BYTES = 1 << 16
# what belongs to one computer or one picture, not to a preset
_PERSONAL = (MODEL, CORNERS)
_GENERATORS = [(name, name.capitalize(), "") for name in OWNERS]


def preset_folder(method: Method) -> str:
    """A method's folder below Blender's folders of presets."""
    return f"maquette/{group_name(method)}"


def read_preset(path: Path, params: Params) -> Params:
    """The parameters with the values of a preset's file; InputError where it is none, or a value does not suit."""
    try:
        given = _given(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise InputError(f"The preset {show(str(path))} cannot be read: {error.strerror}.") from error
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{show(path.name)} is no preset of Maquette. Remove it, or save it again.") from error
    known = {spec.name: spec for spec in specs(type(params))}
    plain = {name: _plain(value) for name, value in given.items() if name in known and name not in _PERSONAL}
    return type(params).from_plain({**params.to_plain(), **plain}, f"The preset {show(path.name)}")


# the dialog asks whenever it is drawn; a file that was saved again is read again
@functools.lru_cache(maxsize=8)
def _given(path: Path, _changed: int) -> dict[str, Any]:
    with open(path, "rb") as file:
        text = file.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise InputError(f"The preset {show(path.name)} is larger than {MAX_BYTES >> 10} KiB. Choose another.")
    return {target.attr: ast.literal_eval(value) for target, value in _assignments(ast.parse(text).body)}


def _assignments(statements: list[ast.stmt]) -> list[tuple[ast.Attribute, ast.expr]]:
    """The lines `values.name = value`."""
    lines = [(line.targets[0], line.value) for line in statements if isinstance(line, ast.Assign)]
    named = [(target, value) for target, value in lines if isinstance(target, ast.Attribute)]
    return [(t, value) for t, value in named if isinstance(t.value, ast.Name) and t.value.id == "values"]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else value


class _PresetMenu:
    """Values of all of the method's parameters under a name."""

    bl_label = "Presets"
    generator = ""
    preset_operator = "maquette.apply_preset"

    @property
    def preset_subdir(self) -> str:
        """The shown method's folder."""
        return preset_folder(shown_in(bpy.context.scene, self.generator)[0])

    def draw(self, context: Any) -> None:
        """Those that come along and the user's own."""
        method, _ = shown_in(context.scene, self.generator)
        self.path_menu(  # type: ignore[attr-defined]
            bpy.utils.preset_paths(preset_folder(method)),
            self.preset_operator,
            props_default={"generator": self.generator},
            filter_ext=lambda ext: ext.lower() == ".py",
        )
        layout = self.layout  # type: ignore[attr-defined]
        layout.separator()
        add = layout.operator(f"maquette.add_{self.generator}_preset", text="Save as Preset", icon="ADD")
        add.remove_active = False


class _AddPreset(AddPresetBase):
    """Save the values of the shown method under a name"""

    bl_label = "Save Preset"
    generator = ""

    @property
    def preset_defines(self) -> list[str]:
        """What the values are written to."""
        method, _ = shown_in(bpy.context.scene, self.generator)
        return [f"values = bpy.context.scene.{OWNERS[self.generator].settings}.{group_name(method)}"]

    @property
    def preset_values(self) -> list[str]:
        """Every parameter but what belongs to this computer or to one picture."""
        method, _ = shown_in(bpy.context.scene, self.generator)
        return [f"values.{spec.name}" for spec in specs(method.params) if spec.name not in _PERSONAL]

    @property
    def preset_subdir(self) -> str:
        """The shown method's folder."""
        return preset_folder(shown_in(bpy.context.scene, self.generator)[0])


class MAQUETTE_OT_apply_preset(Operator):  # noqa: N801 Blender's naming
    """Show what this preset changes, then apply it"""

    bl_idname = "maquette.apply_preset"
    bl_label = "Apply Preset"
    bl_options = {"REGISTER", "UNDO", "INTERNAL"}

    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE", "HIDDEN"})  # type: ignore[valid-type]
    generator: EnumProperty(items=_GENERATORS, options={"SKIP_SAVE", "HIDDEN"})  # type: ignore[valid-type]

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask, with what will be different."""
        try:
            before, after = self._values(context)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if before == after:
            self.report({"INFO"}, "The panel has these values already.")
            return {"CANCELLED"}
        title = bpy.path.display_name(self.filepath, title_case=False)
        result: set[str] = context.window_manager.invoke_props_dialog(
            self, width=420, title=title, confirm_text="Apply"
        )
        return result

    def draw(self, context: Any) -> None:
        """One line for each value that changes: what it is, and what it becomes."""
        layout = self.layout
        try:
            changes = param_differences(*self._values(context))
        except MaquetteError as error:
            layout.label(text=str(error), icon="ERROR", translate=False)
            return
        grid = layout.grid_flow(row_major=True, columns=3, even_columns=True)
        for label, old, new in changes:
            grid.label(text=label)
            grid.label(text=old, translate=False)
            grid.label(text=new, icon="FORWARD", translate=False)

    def execute(self, context: Any) -> set[str]:
        """Put the preset's values into the panel."""
        try:
            _, after = self._values(context)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        write_params(shown_in(context.scene, self.generator)[1], after)
        return {"FINISHED"}

    def _values(self, context: Any) -> tuple[Params, Params]:
        """The panel's parameters, and what the preset makes of them."""
        method, group = shown_in(context.scene, self.generator)
        before = read_params(group, method.params)
        return before, read_preset(Path(self.filepath), before)


def _menu(generator: str) -> type:
    name = f"MAQUETTE_MT_{generator}_presets"
    return type(name, (_PresetMenu, Menu), {"bl_idname": name, "generator": generator, "__doc__": _PresetMenu.__doc__})


def _add(generator: str) -> type:
    return type(
        f"MAQUETTE_OT_add_{generator}_preset",
        (_AddPreset, Operator),
        {
            "bl_idname": f"maquette.add_{generator}_preset",
            "preset_menu": f"MAQUETTE_MT_{generator}_presets",
            "generator": generator,
            "__doc__": _AddPreset.__doc__,
        },
    )


_CLASSES = (MAQUETTE_OT_apply_preset, *map(_menu, OWNERS), *map(_add, OWNERS))
_register, _unregister = bpy.utils.register_classes_factory(_CLASSES)


def register() -> None:
    """Add the menus, and the presets that come along."""
    _register()
    bpy.utils.register_preset_path(str(SHIPPED))


def unregister() -> None:
    """Take both away."""
    bpy.utils.unregister_preset_path(str(SHIPPED))
    _unregister()
