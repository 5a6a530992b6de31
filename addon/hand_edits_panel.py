# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of a tab that tells what of a generated datablock is kept by hand, and gives it free again."""

from __future__ import annotations

from typing import Any

from .active import generator_of
from .scene.decisions import LOCK, WHOLE, decisions_of

MOST_PARTS = 16


def draw_hand_edits(layout: Any, thing: Any, context: Any) -> None:
    """Each decision with its lock and the button that forgets it; the button that looks for more."""
    generator, decisions = generator_of(thing), decisions_of(thing)
    parts = sorted(set(decisions) - {WHOLE})
    header, body = layout.panel(f"maquette_tab_hands_{generator}", default_closed=True)
    header.label(text=f"Kept by Hand ({len(parts)})" if parts else "Kept by Hand")
    if body is None:
        return
    column = body.column(align=True)
    for part in parts[:MOST_PARTS]:
        _draw_part(column, part, decisions[part] == LOCK, generator)
    if len(parts) > MOST_PARTS:
        column.label(text=f"{len(parts) - MOST_PARTS} more")
    body.operator("maquette.find_hand_edits", icon="VIEWZOOM").generator = generator


def _draw_part(layout: Any, part: str, locked: bool, generator: str) -> None:
    row = layout.row(align=True)
    row.label(text=part.capitalize() if " " not in part else part[:1].upper() + part[1:], translate=False)
    lock = row.operator(
        "maquette.decide_part", text="", icon="LOCKED" if locked else "UNLOCKED", depress=locked, emboss=False
    )
    lock.generator, lock.part, lock.decision = generator, part, "KEEP" if locked else "LOCK"
    forget = row.operator("maquette.decide_part", text="", icon="X", emboss=False)
    forget.generator, forget.part, forget.decision = generator, part, "ASK"
