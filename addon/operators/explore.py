# SPDX-License-Identifier: GPL-3.0-or-later
"""Explore, and the moves on candidates: vary, mix, between, more like these. One way for every generator.

Property classes are read by Blender from their annotations, so this file does not postpone their evaluation.
"""

from typing import Any

import bpy
from bpy.props import FloatProperty, IntProperty, StringProperty
from bpy.types import Operator

from ...core.errors import InputError
from ...core.protocol import MAX_CANDIDATES
from ...core.request import MAX_SEED, Request, next_seed
from ..jobs import Job
from ..loop.bases import Origin, start_of
from ..loop.candidates import keep_in_history, picked, rated, request_of
from ..loop.exploring import Move, explore_job, with_panel_locks
from ..loop.history import MAX_RATING
from ..loop.settings import LEAST_CANDIDATES
from .generate import JobOperator, has_engine

# what a candidate that is picked and has no stars counts as
PICKED_RATING = 4.0
MAX_WEIGHTS_TEXT = 1000


class MoveOperator(JobOperator):
    """What all moves share: how many, which chance, what is locked."""

    count: IntProperty(  # type: ignore[valid-type]
        name="Candidates",
        description="How many are made; 0 for as many as the panel says",
        min=0,
        max=MAX_CANDIDATES,
        options={"SKIP_SAVE"},
    )
    seed: IntProperty(  # type: ignore[valid-type]
        name="Seed",
        description="Another seed gives other candidates; -1 for the panel's",
        default=-1,
        min=-1,
        max=MAX_SEED,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs an engine."""
        return has_engine(cls)

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Start; the next press of a button takes the next seed."""
        result = super().invoke(context, event)
        settings = context.scene.maquette_loop
        if result == {"FINISHED"} and self.seed < 0:
            settings.seed = next_seed(settings.seed)
        return result

    def job_of(self, context: Any, name: str, requests: list[Request], origin: Origin, **more: Any) -> Job:
        """The job of a move with what all moves share."""
        settings = context.scene.maquette_loop
        move = Move(
            name=name,
            requests=tuple(requests),
            count=max(LEAST_CANDIDATES, self.count or settings.count),
            seed=self.seed if self.seed >= 0 else settings.seed,
            **with_panel_locks(context, requests[0]),
            **more,
        )
        return explore_job(context, move, origin)


class MAQUETTE_OT_explore(MoveOperator, Operator):  # noqa: N801 Blender's naming
    """Make quick looks at several candidates by chance. What is locked stays; the pictures come one by one"""

    bl_idname = "maquette.explore"
    bl_label = "Explore"
    bl_options = {"REGISTER"}

    def make_job(self, context: Any) -> Job:
        """From the active thing, or from the panel's values."""
        start, origin = start_of(context)
        return self.job_of(context, "explore", [start], origin)


def picks_of(context: Any) -> tuple[list[Request], Origin]:
    """The picked candidates' Requests, which the history keeps from now on."""
    scene = context.scene
    chosen = picked(scene)
    for item in chosen:
        keep_in_history(scene, item)
    x, y, z = scene.maquette_candidates.origin
    return [request_of(item).hashed() for item in chosen], (x, y, z)


class MAQUETTE_OT_vary(MoveOperator, Operator):  # noqa: N801 Blender's naming
    """Make candidates near the one that is picked; with none picked, near the active thing"""

    bl_idname = "maquette.vary"
    bl_label = "Vary"
    bl_options = {"REGISTER"}

    strength: FloatProperty(  # type: ignore[valid-type]
        name="Strength",
        description="How far they go, from 0 to 1; -1 for what the panel says",
        default=-1.0,
        min=-1.0,
        max=1.0,
        options={"SKIP_SAVE"},
    )

    def make_job(self, context: Any) -> Job:
        """Near one Request."""
        found, origin = picks_of(context)
        if len(found) > 1:
            raise InputError(f"{len(found)} candidates are picked. Vary goes from one: pick one, or mix them.")
        if not found:
            start, origin = start_of(context)
            found = [start]
        strength = self.strength if self.strength >= 0 else context.scene.maquette_loop.strength
        return self.job_of(context, "vary", found, origin, strength=float(f"{strength:.6g}"))


class PicksTwo(MoveOperator):
    """What needs two candidates at least."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs two picked candidates."""
        if len(picked(context.scene)) < 2:
            cls.poll_message_set("Pick two candidates first")  # type: ignore[attr-defined]
            return False
        return super().poll(context)


class MAQUETTE_OT_mix(PicksTwo, Operator):  # noqa: N801 Blender's naming
    """Make candidates out of those that are picked, each by its weight"""

    bl_idname = "maquette.mix"
    bl_label = "Mix"
    bl_options = {"REGISTER"}

    weights: StringProperty(  # type: ignore[valid-type]
        name="Weights",
        description="A number for each picked candidate, by commas; empty for the weights beside them",
        options={"SKIP_SAVE"},
    )

    def make_job(self, context: Any) -> Job:
        """Between several Requests."""
        found, origin = picks_of(context)
        weights = _numbers(self.weights) or [item.weight for item in picked(context.scene)]
        if len(weights) != len(found):
            raise InputError(f"{len(found)} candidates are picked, and {len(weights)} weights were given.")
        if sum(weights) <= 0 or min(weights) < 0:
            raise InputError("The weights of a mix must be 0 or more, and one of them above 0.")
        return self.job_of(context, "mix", found, origin, weights=tuple(float(f"{w:.6g}") for w in weights))


def _numbers(text: str) -> list[float]:
    """Numbers by commas or spaces."""
    try:
        return [float(part) for part in text[:MAX_WEIGHTS_TEXT].replace(",", " ").split()]
    except ValueError as error:
        raise InputError(f"The weights '{text[:40]}' are no numbers. Write them like 2, 1.") from error


class MAQUETTE_OT_between(PicksTwo, Operator):  # noqa: N801 Blender's naming
    """Make a row of steps from the first picked candidate to the second"""

    bl_idname = "maquette.between"
    bl_label = "Between"
    bl_options = {"REGISTER"}

    steps: IntProperty(  # type: ignore[valid-type]
        name="Steps",
        description="How many candidates the row has; 0 for as many as the panel says",
        min=0,
        max=MAX_CANDIDATES,
        options={"SKIP_SAVE"},
    )

    def make_job(self, context: Any) -> Job:
        """From one Request to another."""
        found, origin = picks_of(context)
        if len(found) != 2:
            raise InputError(f"{len(found)} candidates are picked. Between goes from one to another: pick two.")
        self.count = self.steps or self.count
        return self.job_of(context, "between", found, origin)


class MAQUETTE_OT_more_like_these(MoveOperator, Operator):  # noqa: N801 Blender's naming
    """Make candidates like those with many stars and unlike those with few. Earlier ratings of the same method count
    too; a picked candidate without stars counts as four"""

    bl_idname = "maquette.more_like_these"
    bl_label = "More Like These"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Needs a rated or picked candidate."""
        group = context.scene.maquette_candidates
        if not picked(context.scene) and not rated(context.scene, group.generator, group.method):
            cls.poll_message_set("Rate some candidates with stars first, or pick them")
            return False
        return super().poll(context)

    def make_job(self, context: Any) -> Job:
        """From all that was judged."""
        scene, group = context.scene, context.scene.maquette_candidates
        judged = rated(scene, group.generator, group.method)
        judged += [item for item in picked(scene) if not item.rating]
        for item in judged:
            keep_in_history(scene, item)
        found = [request_of(item).hashed() for item in judged]
        ratings = [float(item.rating) or PICKED_RATING for item in judged]
        assert max(ratings) <= MAX_RATING
        x, y, z = group.origin
        return self.job_of(context, "more", found, (x, y, z), ratings=tuple(ratings))


_CLASSES = (
    MAQUETTE_OT_explore,
    MAQUETTE_OT_vary,
    MAQUETTE_OT_mix,
    MAQUETTE_OT_between,
    MAQUETTE_OT_more_like_these,
)

register, unregister = bpy.utils.register_classes_factory(_CLASSES)
