# SPDX-License-Identifier: GPL-3.0-or-later
"""Any generated datablock made anew in place, one way for materials, characters and buildings."""

from __future__ import annotations

from typing import Any

from ..core.errors import InputError
from ..core.request import Request
from .active import ARCHITECTURE, CHARACTER, TEXTURE, generator_of
from .building_sources import placed_site
from .character_sources import located
from .jobs import Job
from .operators import building, character, generate
from .package import cache_folder
from .scene.draft import choices_of
from .scene.record import kept_pictures, with_paths


def in_place_job(context: Any, thing: Any, request: Request) -> Job:
    """The job that makes a generated datablock anew from a Request of its generator; InputError where what the Request
    starts from is lost."""
    if request.generator != generator_of(thing):
        raise InputError(f"'{thing.name}' cannot become what a Request for '{request.generator}' makes.")
    return _JOBS[request.generator](context, thing, request)


def _material_job(context: Any, material: Any, request: Request) -> Job:
    pictures = kept_pictures(material, request)
    chosen = choices_of(material)
    place = generate.place_in(context, material, chosen["mapping"], chosen["relief_as"])
    return generate.make_job(context, with_paths(request, pictures, cache_folder()), pictures, place)


def _character_job(context: Any, armature: Any, request: Request) -> Job:
    place = character.place_of(context, armature)
    return character.make_job(located(request, armature.name), place, armature.name)


def _building_job(context: Any, root: Any, request: Request) -> Job:
    place = building.place_of(context, root)
    return building.make_job(placed_site(root, request), place, root.name)


_JOBS = {TEXTURE: _material_job, CHARACTER: _character_job, ARCHITECTURE: _building_job}
