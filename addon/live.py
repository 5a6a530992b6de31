# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's sliders in motion: its shape alone follows each of them, in place."""

from __future__ import annotations

import dataclasses
import itertools
import os
from typing import Any

from ..core.errors import MaquetteError
from ..core.params import Params, specs
from .character_delivery import CharacterPlace, ShapeDelivery
from .character_sources import located
from .jobs import Job
from .loop.locks import kept_for
from .motion import Motion, Mover
from .package import cache_folder, preferences
from .param_properties import KEEP, group_name, read_params
from .scene.character_parts import character_of
from .scene.decisions import is_locked
from .scene.ownership import why_locked
from .scene.record import read_request
from .scene.targets import Target
from .scene.units import metres_per_unit

# what a slider in motion does without
AT_REST: dict[str, Any] = {"clips": False, "levels": 0}

_numbers = itertools.count(1)


def active_character(context: Any) -> Any:
    """The armature of the character that the active object belongs to, None where there is none."""
    return character_of(getattr(context, "active_object", None))


def takes(armature: Any, name: str) -> bool:
    """Whether a character of this file follows a parameter: sliders change the proportions alone, and so does what is
    kept; others may change the mesh."""
    if why_locked(armature) or is_locked(armature):
        return False
    try:
        method = read_request(armature).declaration
    except MaquetteError:
        return False
    return name == KEEP or any(spec.name == name and spec.kind is float for spec in specs(method.params))


def shape_job(armature: Any, scene: Any, names: set[str]) -> Job:
    """The job that brings a character to the panel's values of these parameters: its shape alone."""
    request = located(read_request(armature), armature.name)
    group = getattr(scene.maquette_characters, group_name(request.declaration))
    panel = read_params(group, request.declaration.params)
    wanted = dataclasses.replace(request, params=_with(request.params, {n: getattr(panel, n) for n in names}))
    quick = dataclasses.replace(wanted, params=_with(wanted.params, AT_REST))
    place = CharacterPlace(
        scene=Target(scene.name, scene.session_uid),
        armature=Target(armature.name, armature.session_uid),
        per_metre=1.0 / metres_per_unit(scene),
    )
    folder = cache_folder() / "live" / f"{os.getpid()}-{next(_numbers)}"
    kept = kept_for([quick])
    return Job(armature.name, quick, ShapeDelivery(place, wanted), folder, preferences().device, kept)


def _with(params: Params, values: dict[str, Any]) -> Params:
    known = {field.name for field in dataclasses.fields(params)}
    return dataclasses.replace(params, **{name: value for name, value in values.items() if name in known})


_motion = Motion(
    Mover(
        topic="character",
        settings="maquette_characters",
        undo_text="Maquette: Change Character",
        active=active_character,
        takes=takes,
        shows=lambda armature: True,
        job=shape_job,
        tick_s=0.02,
        gather_s=0.0,
        settle_s=0.6,
    )
)
changed, tick, at_rest = _motion.changed, _motion.tick, _motion.at_rest
show_in_panel, follow = _motion.show_in_panel, _motion.follow
subscribe, forget = _motion.subscribe, _motion.forget
