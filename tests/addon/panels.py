# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws panels without a window, and writes down what they show."""

from __future__ import annotations

from typing import Any

import bpy


class Layout:
    """Stands for Blender's layout: writes down what is drawn, and refuses properties that are not there."""

    def __init__(self, drawn: list[tuple[str, str]] | None = None) -> None:
        self.drawn = [] if drawn is None else drawn

    def prop(self, owner: Any, name: str, **more: Any) -> None:
        assert name in owner.bl_rna.properties, name
        self.drawn.append(("prop", name))

    def prop_search(self, owner: Any, name: str, *where: Any, **more: Any) -> None:
        self.prop(owner, name)

    def prop_enum(self, owner: Any, name: str, value: str, **more: Any) -> None:
        assert value in owner.bl_rna.properties[name].enum_items
        self.drawn.append(("prop", name))

    def operator(self, name: str, **more: Any) -> Any:
        family, _, function = name.partition(".")
        getattr(getattr(bpy.ops, family), function).get_rna_type()
        self.drawn.append(("operator", name))
        return self

    def label(self, text: str = "", **more: Any) -> None:
        self.drawn.append(("label", text))

    def panel(self, name: str, **more: Any) -> tuple[Layout, Layout]:
        return Layout(self.drawn), Layout(self.drawn)

    def __getattr__(self, name: str) -> Any:
        if name in ("template_ID", "template_list", "menu", "progress"):
            return lambda *given, **more: self.drawn.append((name, str(given[-1]) if given else ""))
        return lambda *given, **more: Layout(self.drawn)


def draw(name: str, context: Any = None) -> list[tuple[str, str]]:
    """What a panel draws."""
    context = context or bpy.context
    kind: Any = getattr(bpy.types, name)
    panel = type("Panel", (), {"layout": Layout()})()
    if hasattr(kind, "poll") and not kind.poll(context):
        return []
    kind.draw(panel, context)
    drawn: list[tuple[str, str]] = panel.layout.drawn
    return drawn
