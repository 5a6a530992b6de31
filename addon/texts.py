# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentences in panels: Blender's labels do not wrap, so lines are broken here to the region's width."""

from __future__ import annotations

import textwrap
from typing import Any

# of Blender's default font at scale 1, in pixels; a little generous, since a cut line is worse than a short one
CHARACTER_WIDTH = 6.6
MARGIN = 60
MOST_LINES = 12


def draw_text(layout: Any, text: str, context: Any, icon: str = "NONE") -> None:
    """A sentence over as many lines as it needs, with one icon before the first."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    lines = wrapped(text, characters_across(context))
    for index, line in enumerate(lines):
        mark = icon if index == 0 or icon == "NONE" else "BLANK1"
        column.label(text=line, icon=mark, translate=False)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` characters; a long path is broken too."""
    lines = textwrap.wrap(text, max(width, 12), break_on_hyphens=False)
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], "…"]


def characters_across(context: Any) -> int:
    """How many characters a line of this region holds."""
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region is not None else 300
    return int((width - MARGIN * scale) / (CHARACTER_WIDTH * scale))
