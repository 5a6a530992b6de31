# SPDX-License-Identifier: GPL-3.0-or-later
"""What candidates start from, and how one that was picked comes into the scene: the way that Generate goes, one for
every generator."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from ...core.errors import MaquetteError
from ...core.generators import Method, find_method
from ...core.request import Request
from ..active import ARCHITECTURE, CHARACTER, TEXTURE, active_made
from ..building_sources import placed_site
from ..character_delivery import Row
from ..character_sources import located
from ..jobs import Job
from ..method_settings import shown_in
from ..operators import building, character, generate
from ..package import cache_folder
from ..scene.draft import made_of
from ..scene.option_row import site_origin
from ..scene.record import is_made, kept_pictures, read_request, with_paths
from ..scene.targets import selected_targets
from .candidates import shown
from .settings import AUTO, loop_generator

Origin = tuple[float, float, float]


def start_of(context: Any) -> tuple[Request, Origin]:
    """The hashed Request that candidates start from, with its files at paths that are there, and where a site's origin
    lies, in Blender units; InputError where something is lost."""
    generator = loop_generator(context)
    made = active_made(context, generator) if context.scene.maquette_loop.start == AUTO else None
    if made is None:
        request, origin = _PANEL[generator](context)
    else:
        request = placed(made, read_request(made))
        origin = site_origin(made) if generator == ARCHITECTURE else (0.0, 0.0, 0.0)
    return request.hashed(), origin


def explored_method(context: Any) -> Method:
    """The method of what the next candidates start from: that of the picked ones, of the active thing, of the panel."""
    scene, generator = context.scene, loop_generator(context)
    chosen = next((item for item in shown(scene) if item.picked and item.generator == generator), None)
    if chosen is not None:
        return find_method(generator, chosen.method)
    made = active_made(context, generator) if scene.maquette_loop.start == AUTO else None
    if made is not None:
        with contextlib.suppress(MaquetteError):
            return made_of(made).declaration
    return shown_in(scene, generator)[0]


def placed(thing: Any, request: Request) -> Request:
    """A Request for what a datablock was made from, or for a variation of it, its files at paths that are there."""
    return _PLACED[request.generator](thing, request)


def new_job(context: Any, request: Request, origin: Sequence[float], row: Row | None = None) -> Job:
    """The job that makes this Request whole and brings it into the scene as Generate does, characters in a `row`."""
    return _NEW[request.generator](context, request, origin, row)


def _material_panel(context: Any) -> tuple[Request, Origin]:
    return generate.panel_request(context.scene)[0], (0.0, 0.0, 0.0)


def _character_panel(context: Any) -> tuple[Request, Origin]:
    return character.panel_request(context.scene), (0.0, 0.0, 0.0)


def _building_panel(context: Any) -> tuple[Request, Origin]:
    request, origin, _ = building.panel_request(context)
    x, y, z = (float(value) for value in origin)
    return request, (x, y, z)


def _placed_pictures(material: Any, request: Request) -> Request:
    return with_paths(request, kept_pictures(material, request), cache_folder())


def _new_material(context: Any, request: Request, origin: Sequence[float], row: Row | None) -> Job:
    targets, refused = selected_targets(context)
    material = active_made(context, TEXTURE)
    if is_made(material) and request.references:
        request = _placed_pictures(material, request)
    request, pictures = generate.given_request(request.to_json())
    return generate.new_job(context, request, pictures, targets, refused)


def _new_character(context: Any, request: Request, origin: Sequence[float], row: Row | None) -> Job:
    place = character.place_of(context, row=row)
    return character.make_job(located(request, request.declaration.label).hashed(), place)


def _new_building(context: Any, request: Request, origin: Sequence[float], row: Row | None) -> Job:
    place = building.place_of(context, origin=origin)
    return building.make_job(request.hashed(), place, request.declaration.label)


_PANEL = {TEXTURE: _material_panel, CHARACTER: _character_panel, ARCHITECTURE: _building_panel}
_PLACED = {TEXTURE: _placed_pictures, CHARACTER: lambda thing, r: located(r, thing.name), ARCHITECTURE: placed_site}
_NEW = {TEXTURE: _new_material, CHARACTER: _new_character, ARCHITECTURE: _new_building}
