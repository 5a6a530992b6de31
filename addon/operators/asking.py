# SPDX-License-Identifier: GPL-3.0-or-later
"""Before something changes in place the designer is asked, once a part, about what was changed by hand.

A script is asked nothing: what was changed by hand stays, unless it says `hand_edits="REPLACE"`.
Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty

from ...core.errors import InputError
from ..hand_edits import DECISION_ITEMS, edits_of, undecided
from ..jobs import Job
from ..scene.decisions import KEEP, REPLACE, HandEdit, decide, is_locked
from ..texts import draw_text

# so many parts are asked about one by one; the others together
MOST_ROWS = 12
DIALOG_WIDTH = 480


class AsksFirst:
    """Stands before `JobOperator` among the bases of an operator that changes something in place."""

    hand_edits: EnumProperty(  # type: ignore[valid-type]
        name="Changed by Hand",
        description="What becomes of the parts that were changed by hand and not locked",
        items=DECISION_ITEMS[:2],
        options={"SKIP_SAVE"},
    )
    asked: BoolProperty(options={"HIDDEN", "SKIP_SAVE"})  # type: ignore[valid-type]

    def thing(self, context: Any) -> Any:
        """The datablock that is changed."""
        raise NotImplementedError

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Ask about what is not decided yet, then start."""
        thing, manager = self.thing(context), context.window_manager
        if thing is not None and self.hand_edits == KEEP and not bpy.app.background:
            found = undecided(thing)
            if found:
                fill_choices(manager.maquette_hand_edits, found)
                self.asked = True
                result: set[str] = manager.invoke_props_dialog(self, width=DIALOG_WIDTH)
                return result
        return super().invoke(context, event)  # type: ignore[misc, no-any-return]

    def draw(self, context: Any) -> None:
        """The dialog: a row a part."""
        draw_choices(self.layout, context)  # type: ignore[attr-defined]

    def execute(self, context: Any) -> set[str]:
        """After the dialog: remember, then start. From a script: see it to its end."""
        if not self.asked:
            return super().execute(context)  # type: ignore[misc, no-any-return]
        remember_choices(self.thing(context), context.window_manager.maquette_hand_edits)
        return super().invoke(context, None)  # type: ignore[misc, no-any-return]

    def make_jobs(self, context: Any) -> list[Job]:
        """The operator's job, which knows what is given up."""
        thing = self.thing(context)
        if is_locked(thing):
            raise InputError(f"'{thing.name}' is locked. Unlock it in its own tab, then change it.")
        job = self.make_job(context)  # type: ignore[attr-defined]
        job.delivery.place = replace(job.delivery.place, replaced=self.given_up(context, thing))
        return [job]

    def given_up(self, context: Any, thing: Any) -> frozenset[str]:
        """The parts whose changes the designer, or the script, gives up."""
        if getattr(self, "asked", False):
            choices = [c for c in context.window_manager.maquette_hand_edits if c.decision == REPLACE]
            return frozenset(part for choice in choices for part in choice.parts.split("\n"))
        if getattr(self, "hand_edits", KEEP) == REPLACE:
            return frozenset(edit.part for edit in edits_of(thing))
        return frozenset()


def fill_choices(choices: Any, found: Sequence[HandEdit], decided: Mapping[str, str] | None = None) -> None:
    """Show parts in the dialog's list, with what was decided about them before."""
    choices.clear()
    for edit in found[:MOST_ROWS]:
        choice = choices.add()
        choice.name, choice.what, choice.parts = edit.label, edit.what, edit.part
        choice.decision = (decided or {}).get(edit.part, KEEP)
    if len(found) > MOST_ROWS:
        choice = choices.add()
        choice.name, choice.what = f"{len(found) - MOST_ROWS} other parts", "changed by hand"
        choice.parts = "\n".join(edit.part for edit in found[MOST_ROWS:])


def remember_choices(thing: Any, choices: Any) -> None:
    """Remember what was decided about the parts of the dialog's list."""
    for choice in choices:
        for part in choice.parts.split("\n"):
            decide(thing, part, choice.decision)


def draw_choices(layout: Any, context: Any) -> None:
    """The parts that were changed by hand, each with what shall become of it."""
    draw_text(layout, "These parts were changed by hand. What shall become of each?", context, "QUESTION")
    for choice in context.window_manager.maquette_hand_edits:
        box = layout.box().column(align=True)
        row = box.row()
        row.label(text=choice.name, translate=False)
        said = row.row()
        said.active = False
        said.alignment = "RIGHT"
        said.label(text=choice.what)
        box.row(align=True).prop(choice, "decision", expand=True)
