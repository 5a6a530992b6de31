# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface in other languages, by Blender's own mechanism: one JSON file a language, English text to translation.

Blender shows them where *Preferences > Interface > Language* and its ticks for tooltips and interface say so.
"""

from __future__ import annotations

import json
from pathlib import Path

import bpy

FOLDER = Path(__file__).resolve().parent
# the words of buttons have a context of their own in Blender, all else has none
CONTEXTS = ("*", "Operator")


def languages() -> dict[str, dict[str, str]]:
    """By locale, as Blender names them: English text to translation."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def register() -> None:
    """Give Blender the translations."""
    told = {
        locale: {(context, text): said for text, said in known.items() for context in CONTEXTS}
        for locale, known in languages().items()
    }
    bpy.app.translations.register(__package__, told)


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(__package__)
