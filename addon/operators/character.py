# SPDX-License-Identifier: GPL-3.0-or-later
"""Characters: generate, change in place, another seed, their settings into the panel, their clips.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

import random
from dataclasses import replace
from typing import Any

import bpy
from bpy.props import IntProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError, MaquetteError
from ...core.params import specs
from ...core.request import Request, next_seed
from ..character_delivery import CharacterDelivery, CharacterPlace, Row
from ..character_properties import GENERATOR, shown_method
from ..character_sources import located, read_sources, title_of, write_sources
from ..jobs import Job
from ..live import active_character, show_in_panel
from ..loop.locks import kept_for, with_locks
from ..package import cache_folder, preferences
from ..param_properties import read_params
from ..presentation import presentation
from ..scene.action import use_action
from ..scene.character_parts import actions_of
from ..scene.ownership import why_locked
from ..scene.record import read_request
from ..scene.targets import Target
from ..scene.units import metres_per_unit
from .asking import AsksFirst
from .generate import JobOperator, has_engine


def place_of(context: Any, armature: Any = None, row: Row | None = None) -> CharacterPlace:
    """Where a character goes: in place of one, or into the scene as the next of a row."""
    scene = context.scene
    return CharacterPlace(
        scene=Target(scene.name, scene.session_uid),
        armature=Target(armature.name, armature.session_uid) if armature is not None else None,
        per_metre=1.0 / metres_per_unit(scene),
        frames_per_s=scene.render.fps / scene.render.fps_base,
        row=row,
    )


def panel_request(scene: Any) -> Request:
    """The panel's values as a Request with hashes."""
    settings = scene.maquette_characters
    method, group = shown_method(settings)
    params = read_params(group, method.params)
    request = Request(GENERATOR, method.name, params, settings.seed, read_sources(settings.sources, method))
    return with_locks(scene, request)


def make_job(request: Request, place: CharacterPlace, title: str = "") -> Job:
    """A job for this Request, under the preferences of now."""
    return Job(
        title=title or title_of(request),
        request=request,
        delivery=CharacterDelivery(place),
        folder=cache_folder() / "characters" / request.cache_key,
        device=preferences().device,
        kept=kept_for([request]),
    )


class MAQUETTE_OT_generate_character(JobOperator, Operator):  # noqa: N801 Blender's naming
    """Make a rigged character as the panel says, at the 3D cursor, in a collection of its own"""

    bl_idname = "maquette.generate_character"
    bl_label = "Generate Character"
    bl_options = {"REGISTER"}

    request: StringProperty(  # type: ignore[valid-type]
        name="Request",
        description="A Request as JSON, in place of the panel's values",
        options={"HIDDEN", "SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine."""
        return has_engine(cls)

    def make_jobs(self, context: Any) -> list[Job]:
        """From the Request that a script gave, or from the panel's values: with each of the next seeds one."""
        if self.request:
            given = Request.from_json(self.request).hashed()
            if given.generator != GENERATOR:
                raise InputError(f"This makes characters; the Request is for '{given.generator}'.")
            return [make_job(given, place_of(context))]
        wish = panel_request(context.scene)
        count = context.scene.maquette_characters.count if presentation(wish.declaration).seed else 1
        wishes = [replace(wish, seed=next_seed(wish.seed, number)) for number in range(count)]
        row = Row()
        return [make_job(wish, place_of(context, row=row)) for wish in wishes]


class CharacterInPlace(AsksFirst, JobOperator):
    """What the operators share that change the active character in place."""

    def thing(self, context: Any) -> Any:
        """The active character's armature."""
        return active_character(context)

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine and a character that Maquette made."""
        return has_character(cls, context) and has_engine(cls)


def has_character(kind: Any, context: Any) -> bool:
    """Whether the active object belongs to a character of ours in this file; says why not."""
    armature = active_character(context)
    if armature is None:
        kind.poll_message_set("The active object belongs to no character that Maquette made")
        return False
    if reason := why_locked(armature):
        kind.poll_message_set(reason)
        return False
    return True


class MAQUETTE_OT_regenerate_character(CharacterInPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active character again with the panel's values, with its clips and levels. It changes in place: the
    pose, keys, constraints and materials that were made by hand stay"""

    bl_idname = "maquette.regenerate_character"
    bl_label = "Regenerate"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """The panel's values with the character's own sources and seed; the sources of the panel for another method."""
        armature = active_character(context)
        old, settings = read_request(armature), context.scene.maquette_characters
        method, group = shown_method(settings)
        if method.name == old.method:
            request = replace(old, params=read_params(group, method.params), seed=settings.seed)
        else:
            request = panel_request(context.scene)
        return make_job(located(request, armature.name), place_of(context, armature), armature.name)


class MAQUETTE_OT_new_seed_character(CharacterInPlace, Operator):  # noqa: N801 Blender's naming
    """Make the active character anew: its own settings and sources, the next seed, changed in place"""

    bl_idname = "maquette.new_seed_character"
    bl_label = "New Seed"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """The character's own Request with the next seed."""
        armature = active_character(context)
        old = read_request(armature)
        request = located(replace(old, seed=next_seed(old.seed)), armature.name)
        return make_job(request, place_of(context, armature), armature.name)


class MAQUETTE_OT_character_to_panel(Operator):  # noqa: N801 Blender's naming
    """Show the active character's settings, seed and sources in the panel"""

    bl_idname = "maquette.character_to_panel"
    bl_label = "Settings to Panel"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a character that Maquette made."""
        return has_character(cls, context)

    def execute(self, context: Any) -> set[str]:
        """Read the Request on the armature."""
        settings = context.scene.maquette_characters
        try:
            request = read_request(active_character(context))
            show_in_panel(settings, request)
            write_sources(settings.sources, request)
        except MaquetteError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class MAQUETTE_OT_random_character_seed(Operator):  # noqa: N801 Blender's naming
    """Put a random seed into the panel"""

    bl_idname = "maquette.random_character_seed"
    bl_label = "Random Seed"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Small numbers are easier to tell each other."""
        context.scene.maquette_characters.seed = random.randrange(9999)
        return {"FINISHED"}


class MAQUETTE_OT_reset_attributes(Operator):  # noqa: N801 Blender's naming
    """Put every slider of the panel back to its middle"""

    bl_idname = "maquette.reset_attributes"
    bl_label = "Reset Sliders"
    bl_options = {"INTERNAL", "UNDO"}

    def execute(self, context: Any) -> set[str]:
        """Those that have a middle: from -1 to 1."""
        method, group = shown_method(context.scene.maquette_characters)
        for spec in specs(method.params):
            if spec.kind is float and spec.minimum == -1.0 and spec.maximum == 1.0:
                setattr(group, spec.name, spec.default)
        return {"FINISHED"}


class MAQUETTE_OT_play_clip(Operator):  # noqa: N801 Blender's naming
    """Let the active character play this clip. What it played before stays in the file"""

    bl_idname = "maquette.play_clip"
    bl_label = "Play Clip"
    bl_options = {"REGISTER", "UNDO"}

    clip: IntProperty(  # type: ignore[valid-type]
        name="Clip", description="Which of the character's clips, from 0; -1 for none", default=-1, min=-1
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a character that Maquette made."""
        return has_character(cls, context)

    def execute(self, context: Any) -> set[str]:
        """Put the action on the armature; the one that was there is kept."""
        armature = active_character(context)
        actions = actions_of(armature)
        before = armature.animation_data.action if armature.animation_data else None
        if before is not None and before not in actions:
            before.use_fake_user = True
        if self.clip >= len(actions):
            self.report({"ERROR"}, f"'{armature.name}' has {len(actions)} clips, so there is no clip {self.clip}.")
            return {"CANCELLED"}
        use_action(armature, actions[self.clip] if self.clip >= 0 else None)
        return {"FINISHED"}


_CLASSES = (
    MAQUETTE_OT_generate_character,
    MAQUETTE_OT_regenerate_character,
    MAQUETTE_OT_new_seed_character,
    MAQUETTE_OT_character_to_panel,
    MAQUETTE_OT_random_character_seed,
    MAQUETTE_OT_reset_attributes,
    MAQUETTE_OT_play_clip,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
