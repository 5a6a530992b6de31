# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in panels: Blender's labels do not wrap, so lines are broken here to the region's width."""

from __future__ import annotations

import functools
from typing import Any

import blf
import bpy

# what a box, its icon and the scroll bar take away from a line, in pixels at scale 1
MARGIN = 92
BUTTON = 24
MOST_LINES = 12


def draw_text(layout: Any, text: str, context: Any, icon: str = "NONE", buttons: int = 0, operator: str = "") -> None:
    """A sentence over as many lines as it needs, with one icon before the first; `buttons` stand beside it. It is said
    in the interface's language where it is known there.

    With `operator` the lines can be pressed.
    """
    column = layout.column(align=True)
    column.scale_y = 0.8
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region is not None else 300
    points = context.preferences.ui_styles[0].widget.points * scale
    lines = wrapped(bpy.app.translations.pgettext_iface(text), int(width - (MARGIN + buttons * BUTTON) * scale), points)
    for index, line in enumerate(lines):
        mark = icon if index == 0 or icon == "NONE" else "BLANK1"
        if operator:
            row = column.row()
            row.alignment = "LEFT"
            row.operator(operator, text=line, icon=mark, emboss=False, translate=False)
        else:
            column.label(text=line, icon=mark, translate=False)


def said(template: str, **values: object) -> str:
    """A sentence with values in its {places}, in the interface's language where the template is known there."""
    return str(bpy.app.translations.pgettext_iface(template)).format(**values)


@functools.lru_cache(maxsize=256)
def wrapped(text: str, width: int, points: float) -> tuple[str, ...]:
    """The text in lines of at most `width` pixels of Blender's own font; a path that is longer is broken."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if _pixels(joined, points) <= width:
            lines[-1] = joined
            continue
        lines = [line for line in lines if line] + _pieces(word, width, points)
    return tuple(lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"])


def _pieces(word: str, width: int, points: float) -> list[str]:
    """A word in pieces that fit; mostly one."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and _pixels(pieces[-1] + letter, points) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _pixels(text: str, points: float) -> float:
    blf.size(0, points)
    return float(blf.dimensions(0, text)[0])
