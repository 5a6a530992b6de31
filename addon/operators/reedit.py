# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done with any generated datablock where it is shown: made anew with what its tab says, with the next
seed, its wishes taken back, made local.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from dataclasses import replace
from typing import Any

import bpy
from bpy.props import EnumProperty, StringProperty
from bpy.types import Operator

from ...core.errors import MaquetteError
from ...core.request import next_seed
from ..active import ARCHITECTURE, CHARACTER, TEXTURE, active_made
from ..hand_edits import edits_of, undecided
from ..jobs import Job
from ..remake import in_place_job
from ..scene.decisions import KEEP, LOCK, WHOLE, decide, decisions_of
from ..scene.draft import draft_of, forget_draft, wish_of
from ..scene.ownership import make_local, why_locked
from .asking import DIALOG_WIDTH, AsksFirst, draw_choices, fill_choices, remember_choices
from .generate import JobOperator, has_engine, seed_matters

GENERATORS = [
    ("", "Any", "What the designer is at"),
    (TEXTURE, "Texture", "The material"),
    (CHARACTER, "Character", "The character that the active object belongs to"),
    (ARCHITECTURE, "Architecture", "The building that the active object belongs to"),
]


_DECISIONS = [
    (KEEP, "Keep", "It stays if it was changed by hand"),
    (LOCK, "Lock", "It stays as it is"),
    ("ASK", "Ask", "It is asked about again"),
]


class OfMade:
    """What the operators share that act on the generated thing that the designer is at."""

    generator: EnumProperty(  # type: ignore[valid-type]
        name="Generator",
        description="Whose result is meant, where several belong to the active object",
        items=[(name or "any", label, said) for name, label, said in GENERATORS],
        options={"SKIP_SAVE"},
    )

    def thing(self, context: Any) -> Any:
        """The datablock."""
        chosen = getattr(self, "generator", "any")
        return active_made(context, "" if chosen == "any" else chosen)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs something that Maquette made."""
        if active_made(context) is None:
            cls.poll_message_set("Nothing here was made by Maquette")  # type: ignore[attr-defined]
            return False
        return True


class ChangesInPlace(OfMade, AsksFirst, JobOperator):
    """What the operators share that make it anew in place."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs something of this file that Maquette made, and an engine."""
        if not super().poll(context):
            return False
        reason = why_locked(active_made(context))
        if reason:
            cls.poll_message_set(reason)  # type: ignore[attr-defined]
            return False
        return has_engine(cls)


class MAQUETTE_OT_remake(ChangesInPlace, Operator):  # noqa: N801 Blender's naming
    """Make it anew in place with the values that its tab shows. What was changed by hand stays, unless you say
    otherwise"""

    bl_idname = "maquette.remake"
    bl_label = "Regenerate"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """Its own Request with what was changed in its tab."""
        thing = self.thing(context)
        return in_place_job(context, thing, wish_of(thing))


class MAQUETTE_OT_remake_new_seed(ChangesInPlace, Operator):  # noqa: N801 Blender's naming
    """Make it anew in place with the values that its tab shows and the next seed"""

    bl_idname = "maquette.remake_new_seed"
    bl_label = "New Seed"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a method that makes something else of another seed."""
        if not super().poll(context):
            return False
        if not seed_matters(active_made(context)):
            cls.poll_message_set("The method of this knows no chance: another seed gives the same")
            return False
        return True

    def make_job(self, context: Any) -> Job:
        """Its own Request, what was changed in its tab, the next seed."""
        thing = self.thing(context)
        wish = wish_of(thing)
        return in_place_job(context, thing, replace(wish, seed=next_seed(wish.seed)))


class MAQUETTE_OT_forget_wishes(OfMade, Operator):  # noqa: N801 Blender's naming
    """Show the values again that it was made with"""

    bl_idname = "maquette.forget_wishes"
    bl_label = "Back to What Is There"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a changed value."""
        if not super().poll(context):
            return False
        if not draft_of(active_made(context)):
            cls.poll_message_set("No value differs from what it was made with")  # type: ignore[attr-defined]
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """The changed values go."""
        forget_draft(self.thing(context))
        return {"FINISHED"}


class MAQUETTE_OT_find_hand_edits(OfMade, Operator):  # noqa: N801 Blender's naming
    """Look for what was changed by hand, and decide what becomes of it when it is made anew"""

    bl_idname = "maquette.find_hand_edits"
    bl_label = "Find What Was Changed by Hand"
    bl_options = {"REGISTER", "UNDO"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Show what there is, each with its decision."""
        thing, manager = self.thing(context), context.window_manager
        found = edits_of(thing)
        if not found:
            self.report({"INFO"}, f"'{thing.name}' is as it was made.")
            return {"CANCELLED"}
        fill_choices(manager.maquette_hand_edits, found, decisions_of(thing))
        result: set[str] = manager.invoke_props_dialog(self, width=DIALOG_WIDTH)
        return result

    def draw(self, context: Any) -> None:
        """A row a part."""
        draw_choices(self.layout, context)

    def execute(self, context: Any) -> set[str]:
        """After the dialog: remember. From a script: what is found is kept."""
        thing = self.thing(context)
        choices = context.window_manager.maquette_hand_edits
        if not len(choices):
            fill_choices(choices, undecided(thing))
        remember_choices(thing, choices)
        choices.clear()
        return {"FINISHED"}


class MAQUETTE_OT_decide_part(OfMade, Operator):  # noqa: N801 Blender's naming
    """Lock a part, so that it stays exactly as it is in every later change, or let it follow again"""

    bl_idname = "maquette.decide_part"
    bl_label = "Lock Part"
    bl_options = {"REGISTER", "UNDO"}

    part: StringProperty(  # type: ignore[valid-type]
        name="Part",
        description="'whole' for all of it; else as 'map albedo', 'mesh Body', 'clip Walk', 'bones', 'material Skin'",
        default=WHOLE,
    )
    decision: EnumProperty(  # type: ignore[valid-type]
        name="Decision", description="What becomes of the part when it is made anew", items=_DECISIONS, default=LOCK
    )

    def execute(self, context: Any) -> set[str]:
        """Remember it."""
        decide(self.thing(context), self.part, self.decision)
        return {"FINISHED"}


class MAQUETTE_OT_make_local(OfMade, Operator):  # noqa: N801 Blender's naming
    """Make it, and all that belongs to it, part of this file, so that it can be changed here"""

    bl_idname = "maquette.make_local"
    bl_label = "Make Local"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs something of another file."""
        if not super().poll(context):
            return False
        if active_made(context).library is None:
            cls.poll_message_set("It is not linked from another file")  # type: ignore[attr-defined]
            return False
        return True

    def execute(self, context: Any) -> set[str]:
        """The datablock with its parts."""
        try:
            made = make_local(self.thing(context))
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))  # type: ignore[attr-defined]
            return {"CANCELLED"}
        self.report({"INFO"}, f"'{made.name}' can be changed in this file now.")  # type: ignore[attr-defined]
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_remake,
    MAQUETTE_OT_remake_new_seed,
    MAQUETTE_OT_forget_wishes,
    MAQUETTE_OT_find_hand_edits,
    MAQUETTE_OT_decide_part,
    MAQUETTE_OT_make_local,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
