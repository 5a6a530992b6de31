# SPDX-License-Identifier: GPL-3.0-or-later
"""A value of the panel in motion: the active thing takes each new value in place, as fast as the engine answers.

Values that come while the engine works are taken together. Only when they rest do they become an undo step.
`Motion.tick` is a plain function that returns when it wants to be called again: Blender's timers call it, tests by
hand.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import bpy

from ..core.errors import MaquetteError
from ..core.request import Request
from . import engine
from .jobs import Job, Notice, State, push_undo
from .param_properties import group_name, write_params
from .scene.record import KEY, read_request
from .scene.targets import Target

BUSY_S = 0.2


@dataclass(frozen=True)
class Mover:
    """What a generator says of itself: whose panel tells what went wrong, where its values lie in a scene, what the
    undo step is called; which of its things is active, whether that takes a parameter's new value at once, whether its
    values show in the panel, the job that brings it to the panel's values of these parameters.

    A value that has rested for `gather_s` is taken, with 0 at once; one that has been shown for `settle_s` is let go.
    """

    topic: str
    settings: str
    undo_text: str
    active: Callable[[Any], Any]
    takes: Callable[[Any, str], bool]
    shows: Callable[[Any], bool]
    job: Callable[[Any, Any, set[str]], Job]
    tick_s: float
    gather_s: float
    settle_s: float


@dataclass
class _UnderWay:
    """Which thing, which parameters wait and since when, the job of the last, when it rests, what the panel shows."""

    thing: Target | None = None
    scene: Target | None = None
    names: set[str] = field(default_factory=set)
    since: float = 0.0
    job: Job | None = None
    rests_at: float = 0.0
    shown: tuple[int, str] = (0, "")


class Motion:
    """The values of one generator in motion."""

    def __init__(self, mover: Mover) -> None:
        self._mover = mover
        self._now = _UnderWay()
        self._silent = False
        self._owner: object = object()
        # Blender knows a timer by its object, and Python makes a new one each time a method is asked for
        self._timer: Callable[[], float | None] = self.tick

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Values that are written meanwhile are shown, not applied."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    def changed(self, group: Any, context: Any, name: str) -> None:
        """A parameter has a new value in the panel."""
        scene, mover, now = group.id_data, self._mover, self._now
        settings = getattr(scene, mover.settings)
        if self._silent or not settings.live or engine.found() is None:
            return
        thing = mover.active(context)
        if thing is None or not mover.takes(thing, name):
            return
        if getattr(settings, group_name(read_request(thing).declaration), None) != group:
            return
        target = Target(thing.name, thing.session_uid)
        if now.thing != target:
            now.names = set()
        now.thing, now.scene, now.since = target, Target(scene.name, scene.session_uid), time.monotonic()
        now.names.add(name)
        if mover.gather_s == 0 and now.job is None and not engine.studio.busy:
            # the engine has it before the window draws the slider
            self._start()
        if not bpy.app.timers.is_registered(self._timer):
            bpy.app.timers.register(self._timer, first_interval=mover.tick_s)

    def at_rest(self) -> bool:
        """Whether no value waits or is under way."""
        return self._now.job is None and not self._now.names

    def tick(self) -> float | None:
        """Start what waits once the last is done; an undo step once all rests; None when nothing is left to do."""
        now, mover = self._now, self._mover
        if now.job is not None:
            if not now.job.state.ended:
                return mover.tick_s
            if now.job.state is State.DONE:
                now.rests_at = time.monotonic() + mover.settle_s
            now.job = None
        if now.names:
            if engine.studio.busy:
                return BUSY_S
            if time.monotonic() - now.since >= mover.gather_s:
                self._start()
            return mover.tick_s
        if now.rests_at == 0.0:
            return None
        if time.monotonic() < now.rests_at:
            return mover.tick_s
        now.rests_at = 0.0
        push_undo(mover.undo_text)
        return None

    def _start(self) -> None:
        now, mover = self._now, self._mover
        names, now.names = now.names, set()
        thing = now.thing.find() if now.thing else None
        scene = now.scene.find_in(bpy.data.scenes) if now.scene else None
        if thing is None or scene is None:
            return
        try:
            now.job = mover.job(thing, scene, names)
            engine.submit(now.job)
            if mover.gather_s == 0:
                engine.studio.poll()
        except MaquetteError as error:
            engine.studio.notice = Notice("ERROR", str(error), topic=mover.topic)

    def show_in_panel(self, settings: Any, request: Request) -> None:
        """Show a Request's method, seed and parameters in the panel."""
        with self.silence():
            settings.method, settings.seed = request.method, request.seed
            write_params(getattr(settings, group_name(request.declaration)), request.params)

    def follow(self) -> None:
        """Show the active thing's values as soon as another one is active, or it is made anew."""
        context: Any = bpy.context
        thing = self._mover.active(context)
        if thing is None or not getattr(context.scene, self._mover.settings).live or not self.at_rest():
            return
        seen = (thing.session_uid, str(thing.get(KEY, "")))
        if seen == self._now.shown or not self._mover.shows(thing):
            return
        self._now.shown = seen
        with contextlib.suppress(MaquetteError):
            self.show_in_panel(getattr(context.scene, self._mover.settings), read_request(thing))

    def subscribe(self) -> None:
        """Listen to which object is active; a file that is loaded forgets who listens."""
        bpy.msgbus.clear_by_owner(self._owner)
        key: Any = (bpy.types.LayerObjects, "active")
        # Blender takes functions here, and no methods
        bpy.msgbus.subscribe_rna(key=key, owner=self._owner, args=(), notify=lambda: self.follow())  # noqa: PLW0108

    def forget(self) -> None:
        """Stop listening, and let go of what is under way."""
        bpy.msgbus.clear_by_owner(self._owner)
        if bpy.app.timers.is_registered(self._timer):
            bpy.app.timers.unregister(self._timer)
        self._now = _UnderWay()
