# SPDX-License-Identifier: GPL-3.0-or-later
"""A slider in motion: the active character takes each new value in place, as fast as the engine answers.

Values that come while the engine works are taken together. Only when the slider rests does it become an undo step.
`tick` is a plain function that returns when it wants to be called again: Blender's timers call it, tests by hand.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import time
from collections.abc import Iterator
from typing import Any

import bpy

from ..core.errors import MaquetteError
from ..core.generators import Method
from ..core.params import Params, specs
from ..core.request import Request
from . import engine
from .character_delivery import CharacterPlace, ShapeDelivery
from .character_sources import located
from .jobs import Job, Notice, State, push_undo
from .loop.locks import kept_for
from .package import cache_folder, preferences
from .param_properties import KEEP, group_name, read_params, write_params
from .scene.character_parts import character_of
from .scene.decisions import is_locked
from .scene.ownership import why_locked
from .scene.record import KEY, read_request
from .scene.targets import Target
from .scene.units import metres_per_unit

TICK_S, BUSY_S = 0.02, 0.2
# a slider that has rested so long is let go
SETTLE_S = 0.6
# what a slider in motion does without
AT_REST: dict[str, Any] = {"clips": False, "levels": 0}

_silent = False
_numbers = itertools.count(1)
_owner: object = object()


@dataclasses.dataclass
class _Motion:
    """What is under way: which character, which parameters wait, the job of the last, when it rests."""

    armature: Target | None = None
    scene: Target | None = None
    names: set[str] = dataclasses.field(default_factory=set)
    job: Job | None = None
    rests_at: float = 0.0
    shown: tuple[int, str] = (0, "")


_motion = _Motion()


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Values that are written meanwhile are shown, not applied."""
    global _silent
    before, _silent = _silent, True
    try:
        yield
    finally:
        _silent = before


def active_character(context: Any) -> Any:
    """The armature of the character that the active object belongs to, None where there is none."""
    return character_of(getattr(context, "active_object", None))


def changed(group: Any, context: Any, name: str) -> None:
    """A parameter has a new value in the panel."""
    scene = group.id_data
    if _silent or not scene.maquette_characters.live:
        return
    armature = active_character(context)
    if armature is None or why_locked(armature) or is_locked(armature) or engine.found() is None:
        return
    try:
        method = read_request(armature).declaration
    except MaquetteError:
        return
    if getattr(scene.maquette_characters, group_name(method), None) != group or not _moves_shape(method, name):
        return
    target = Target(armature.name, armature.session_uid)
    if _motion.armature != target:
        _motion.names = set()
    _motion.armature, _motion.scene = target, Target(scene.name, scene.session_uid)
    _motion.names.add(name)
    if _motion.job is None and not engine.studio.busy:
        # the engine has it before the window draws the slider
        _start()
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=TICK_S)


def _moves_shape(method: Method, name: str) -> bool:
    """Whether a parameter changes the proportions alone: sliders do, and what is kept; others may change the mesh."""
    return name == KEEP or any(spec.name == name and spec.kind is float for spec in specs(method.params))


def at_rest() -> bool:
    """Whether no value waits or is under way."""
    return _motion.job is None and not _motion.names


def tick() -> float | None:
    """Start what waits once the last is done; an undo step once all rests; None when there is nothing left to do."""
    job = _motion.job
    if job is not None:
        if not job.state.ended:
            return TICK_S
        _motion.job = None
        if job.state is State.DONE:
            _motion.rests_at = time.monotonic() + SETTLE_S
    if _motion.names:
        if engine.studio.busy:
            return BUSY_S
        _start()
        return TICK_S
    if _motion.rests_at == 0.0:
        return None
    if time.monotonic() < _motion.rests_at:
        return TICK_S
    _motion.rests_at = 0.0
    push_undo("Maquette: Change Character")
    return None


def _start() -> None:
    names, _motion.names = _motion.names, set()
    armature = _motion.armature.find() if _motion.armature else None
    scene = _motion.scene.find_in(bpy.data.scenes) if _motion.scene else None
    if armature is None or scene is None:
        return
    try:
        _motion.job = shape_job(armature, scene, names)
        engine.submit(_motion.job)
        engine.studio.poll()
    except MaquetteError as error:
        engine.studio.notice = Notice("ERROR", str(error), topic="character")


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


def show_in_panel(settings: Any, request: Request) -> None:
    """Show a character's method, seed and parameters in the panel."""
    with silence():
        settings.method, settings.seed = request.method, request.seed
        write_params(getattr(settings, group_name(request.declaration)), request.params)


def follow() -> None:
    """Show the active character's values as soon as another one is active, or it is made anew."""
    context: Any = bpy.context
    armature = active_character(context)
    if armature is None or not context.scene.maquette_characters.live or _motion.job or _motion.names:
        return
    seen = (armature.session_uid, str(armature.get(KEY, "")))
    if seen == _motion.shown:
        return
    _motion.shown = seen
    with contextlib.suppress(MaquetteError):
        show_in_panel(context.scene.maquette_characters, read_request(armature))


def subscribe() -> None:
    """Listen to which object is active; a file that is loaded forgets who listens."""
    bpy.msgbus.clear_by_owner(_owner)
    key: Any = (bpy.types.LayerObjects, "active")
    bpy.msgbus.subscribe_rna(key=key, owner=_owner, args=(), notify=follow)


def forget() -> None:
    """Stop listening, and let go of what is under way."""
    global _motion
    bpy.msgbus.clear_by_owner(_owner)
    if bpy.app.timers.is_registered(tick):
        bpy.app.timers.unregister(tick)
    _motion = _Motion()
