# SPDX-License-Identifier: GPL-3.0-or-later
"""A building's values in motion: it follows in place, one change at a time.

Methods that search for options are too slow for that and wait for Regenerate.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from ..core.errors import MaquetteError
from ..core.files.export import SCENE
from .building_delivery import BuildingDelivery, BuildingPlace
from .building_sources import made_from
from .jobs import Job
from .loop.locks import kept_for
from .motion import Motion, Mover
from .package import cache_folder, preferences
from .param_properties import group_name, read_params
from .presentation import SEARCHING
from .scene.building_parts import building_of, option_of
from .scene.decisions import is_locked
from .scene.ownership import why_locked
from .scene.record import read_request
from .scene.targets import Target
from .scene.units import metres_per_unit

READ_S = 0.05
# the parameter by which a building says where its shape comes from; but for this one it is searched for
SHAPE, OVER_OUTLINE = "shape", "outline"


class FollowDelivery(BuildingDelivery):
    """Brings a building to other values without a word; the undo step is left to the one that asks."""

    # no picture is taken of a value in motion
    formats: tuple[str, ...] = (SCENE,)
    quiet = True
    undo = False
    again = ""

    def read(self) -> bool:
        """A moment for the thread that reads: quiet jobs are not left until they are done."""
        if self._reader is not None:
            self._reader.join(READ_S)
        return super().read()


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


_motion = Motion(
    Mover(
        topic="architecture",
        settings="maquette_buildings",
        undo_text="Maquette: Change Building",
        active=active_building,
        takes=lambda root, name: follows(root),
        shows=follows,
        job=follow_job,
        tick_s=0.05,
        gather_s=0.15,
        settle_s=0.8,
    )
)
changed, tick, at_rest = _motion.changed, _motion.tick, _motion.at_rest
show_in_panel, follow = _motion.show_in_panel, _motion.follow
subscribe, forget = _motion.subscribe, _motion.forget
