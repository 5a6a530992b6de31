# SPDX-License-Identifier: GPL-3.0-or-later
"""A value of the panel in motion: the active building follows in place, one change at a time.

Values that come while the engine works are taken together; when they rest they become one undo step. Methods that
search for options are too slow for that and wait for Regenerate. `tick` is a plain function that returns when it wants
to be called again: Blender's timers call it, tests by hand.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import bpy

from ..core.errors import MaquetteError
from ..core.request import Request
from . import engine
from .building_delivery import BuildingDelivery, BuildingPlace
from .building_sources import made_from
from .jobs import Job, Notice, State, push_undo
from .loop.locks import kept_for
from .package import cache_folder, preferences
from .param_properties import group_name, read_params, write_params
from .presentation import SEARCHING
from .scene.building_parts import building_of, option_of
from .scene.decisions import is_locked
from .scene.ownership import why_locked
from .scene.record import KEY, read_request
from .scene.targets import Target
from .scene.units import metres_per_unit

TICK_S, BUSY_S = 0.05, 0.2
# a value that has rested so long is taken; one that has been shown so long is let go
GATHER_S, SETTLE_S = 0.15, 0.8
READ_S = 0.05
# the parameter by which a building says where its shape comes from; but for this one it is searched for
SHAPE, OVER_OUTLINE = "shape", "outline"

_silent = False
_owner: object = object()


class FollowDelivery(BuildingDelivery):
    """Brings a building to other values without a word; the undo step is left to the one that asks."""

    quiet = True
    undo = False
    again = ""

    def read(self) -> bool:
        """A moment for the thread that reads: quiet jobs are not left until they are done."""
        if self._reader is not None:
            self._reader.join(READ_S)
        return super().read()


@dataclasses.dataclass
class _Motion:
    """What is under way: which building, which parameters wait and since when, the job of the last, when it rests."""

    root: Target | None = None
    scene: Target | None = None
    names: set[str] = dataclasses.field(default_factory=set)
    since: float = 0.0
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


def active_building(context: Any) -> Any:
    """The root of the building or maquette that the active object belongs to, None where there is none."""
    return building_of(getattr(context, "active_object", None))


def follows(root: Any) -> bool:
    """Whether a building changes with the panel's values: one of this file, whose method is quick."""
    if root is None or why_locked(root) or is_locked(root) or option_of(root):
        return False
    try:
        request = read_request(root)
    except MaquetteError:
        return False
    searched = getattr(request.params, SHAPE, OVER_OUTLINE) != OVER_OUTLINE and request.code is None
    return request.method not in SEARCHING and not searched


def changed(group: Any, context: Any, name: str) -> None:
    """A parameter has a new value in the panel."""
    scene = group.id_data
    if _silent or not scene.maquette_buildings.live or engine.found() is None:
        return
    root = active_building(context)
    if not follows(root) or not _is_group_of(scene.maquette_buildings, group, root):
        return
    target = Target(root.name, root.session_uid)
    if _motion.root != target:
        _motion.names = set()
    _motion.root, _motion.scene, _motion.since = target, Target(scene.name, scene.session_uid), time.monotonic()
    _motion.names.add(name)
    if not bpy.app.timers.is_registered(tick):
        bpy.app.timers.register(tick, first_interval=TICK_S)


def _is_group_of(settings: Any, group: Any, root: Any) -> bool:
    return bool(getattr(settings, group_name(read_request(root).declaration), None) == group)


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
        if time.monotonic() - _motion.since >= GATHER_S:
            _start()
        return TICK_S
    if _motion.rests_at == 0.0:
        return None
    if time.monotonic() < _motion.rests_at:
        return TICK_S
    _motion.rests_at = 0.0
    push_undo("Maquette: Change Building")
    return None


def _start() -> None:
    names, _motion.names = _motion.names, set()
    root = _motion.root.find() if _motion.root else None
    scene = _motion.scene.find_in(bpy.data.scenes) if _motion.scene else None
    if root is None or scene is None:
        return
    try:
        _motion.job = follow_job(root, scene, names)
        engine.submit(_motion.job)
    except MaquetteError as error:
        engine.studio.notice = Notice("ERROR", str(error), topic="architecture")


def follow_job(root: Any, scene: Any, names: set[str]) -> Job:
    """The job that brings a building to the panel's values of these parameters, without a word or an undo step."""
    request = made_from(root)
    method = request.declaration
    panel = read_params(getattr(scene.maquette_buildings, group_name(method)), method.params)
    values = {name: getattr(panel, name) for name in names}
    wanted = dataclasses.replace(request, params=dataclasses.replace(request.params, **values))
    place = BuildingPlace(
        scene=Target(scene.name, scene.session_uid),
        root=Target(root.name, root.session_uid),
        per_metre=1.0 / metres_per_unit(scene),
    )
    folder = cache_folder() / "buildings" / wanted.cache_key
    return Job(root.name, wanted, FollowDelivery(place), folder, preferences().device, kept_for([wanted]))


def show_in_panel(settings: Any, request: Request) -> None:
    """Show a building's method, seed and parameters in the panel."""
    with silence():
        settings.method, settings.seed = request.method, request.seed
        write_params(getattr(settings, group_name(request.declaration)), request.params)


def follow() -> None:
    """Show the active building's values as soon as another one is active, or it is made anew."""
    context: Any = bpy.context
    root = active_building(context)
    if root is None or not context.scene.maquette_buildings.live or not at_rest():
        return
    seen = (root.session_uid, str(root.get(KEY, "")))
    if seen == _motion.shown or not follows(root):
        return
    _motion.shown = seen
    with contextlib.suppress(MaquetteError):
        show_in_panel(context.scene.maquette_buildings, read_request(root))


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
