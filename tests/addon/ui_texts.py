# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text of the add-on's interface that Blender can translate: from registered classes, and from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

# what is the same in every language: our own name, units, names in code
_SAME = {"Maquette", "m²"}
_NAME = re.compile(r"[a-z0-9_]+|[^\w]+")


def interface_texts(package: str, addon: Path) -> set[str]:
    """All msgids of the add-on installed as `package`, with the literals that its source in `addon` draws."""
    found = {text for kind in _classes(package) for text in _of_class(kind)}
    for path in sorted(addon.rglob("*.py")):
        if "presets" not in path.parts:
            found |= set(_of_source(ast.parse(path.read_text(encoding="utf-8"))))
    return {text for text in found if text not in _SAME and len(text) > 1 and not _NAME.fullmatch(text)}


def _classes(package: str) -> Iterator[Any]:
    """The add-on's registered classes."""
    for name in dir(bpy.types):
        kind = getattr(bpy.types, name)
        if str(getattr(kind, "__module__", "")).startswith(package) or name.startswith("MAQUETTE_"):
            yield kind
    for kind in (bpy.types.PropertyGroup, bpy.types.AddonPreferences):
        for below in kind.__subclasses__():
            if below.__module__.startswith(package) or below.__name__.startswith("MAQUETTE_"):
                yield below


def _of_class(kind: Any) -> Iterator[str]:
    """A class's label and description, and its own properties'."""
    shown = not issubclass(kind, bpy.types.PropertyGroup)
    rna = getattr(kind, "bl_rna", None)
    # a menu of presets is called like the user's own that was chosen last
    if shown and not hasattr(kind, "preset_subdir"):
        yield str(getattr(kind, "bl_label", ""))
    if rna is None:
        return
    if issubclass(kind, (bpy.types.Operator, bpy.types.Panel, bpy.types.Menu)):
        yield str(getattr(kind, "bl_description", ""))
    for name in {name for base in kind.__mro__ for name in getattr(base, "__annotations__", {})}:
        if (prop := rna.properties.get(name)) is None or prop.is_hidden:
            continue
        yield prop.name
        yield prop.description
        for item in getattr(prop, "enum_items_static", ()):
            yield item.name
            yield item.description


def _of_source(tree: ast.AST) -> Iterator[str]:
    """Literals given as `text=`, `confirm_text=` or `heading=`, and sentences of `draw_text`, where Blender is free to
    translate them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        words = {word.arg: word.value for word in node.keywords}
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        given = [words.get(key) for key in ("text", "confirm_text", "heading", "title")]
        if name == "draw_text" and len(node.args) > 1:
            given.append(node.args[1])
        if "translate" in words or name in ("print", "Job", "Notice", "Progress"):
            continue
        for value in given:
            yield from _literals(value)


def _literals(value: ast.expr | None) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _literals(value.body)
        yield from _literals(value.orelse)
