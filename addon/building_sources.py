# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's site as a Request's reference, and a stored Request's site file at a path that exists."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..core.generators import Method
from ..core.params import Params
from ..core.request import Reference, Request
from .package import cache_folder
from .presentation import needed_of_site, site_parts
from .scene.building_request import SITE_ROLE, placed_request, request_of
from .scene.record import write_once
from .scene.site_source import STOREY_M, Drawing, SceneSite, SiteSource, read_scene
from .scene.units import metres_per_unit

_MISSING = {
    "plot": "No site is chosen. Choose a mesh, a curve or a grease pencil that shows it.",
    "parcels": "No parcels are chosen. Choose a mesh with a face for each parcel.",
}


def site_source(settings: Any, method: Method) -> SiteSource:
    """What of the scene makes the site of a method; InputError where what it needs is not chosen."""
    parts = site_parts(method)
    picks = {name: _drawing(getattr(settings, name)) for name in ("plot", "outline", "parcels") if name in parts}
    needed = needed_of_site(method)
    if needed and not any(picks.get(name) for name in needed):
        raise InputError(_MISSING[needed[0]])
    return SiteSource(
        **picks,
        front_door=settings.front_door if "front_door" in parts else None,
        neighbours=_objects(settings.neighbours) if "neighbours" in parts else (),
        pins=_objects(settings.pins) if "pins" in parts else (),
    )


def scene_site(scene: Any, method: Method, params: Params, origin: Sequence[float] | None = None) -> SceneSite | None:
    """The site as it is drawn now, None where none is and the method needs none; `origin`, in Blender units, is where
    one that changes in place has its own."""
    unit_m = metres_per_unit(scene)
    storey_m = float(getattr(params, "storey_height_m", 0.0)) or STOREY_M
    around = None if origin is None else [value * unit_m for value in origin]
    source = site_source(scene.maquette_buildings, method)
    if SITE_ROLE not in method.required and not (source.plot or source.outline or source.parcels):
        return None
    return read_scene(source, unit_m, storey_m, around)


def site_reference(text: str) -> Reference:
    """A site file as a Request names it, kept by its hash."""
    data = text.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    path = cache_folder() / "references" / f"{sha256}.json"
    write_once(path, data)
    return Reference(SITE_ROLE, str(path), sha256)


def made_from(root: Any) -> Request:
    """What a building was made from, its site file at a path that is there; InputError where it is lost."""
    return _not_lost(root, request_of(root, cache_folder()))


def placed_site(root: Any, request: Request) -> Request:
    """A Request for a building with its site file at a path that is there, from the building where it is the one that
    this was made on; InputError where it is lost."""
    return _not_lost(root, placed_request(root, request, cache_folder()))


def _not_lost(root: Any, request: Request) -> Request:
    lost = next((reference.path for reference in request.references if not Path(reference.path).is_file()), None)
    if lost is not None:
        raise InputError(
            f"The site that '{root.name}' was made on is neither at '{lost}' nor kept with it. "
            "Choose the site in the panel and press Generate."
        )
    return request


def title_of(settings: Any, method: Method) -> str:
    """What a result is called: as what its site is drawn with, and what it is."""
    picks = [getattr(settings, name).item for name in ("outline", "plot", "parcels") if name in site_parts(method)]
    drawn = next((item.name for item in picks if item is not None), "")
    return f"{drawn} {method.label}".strip()[:50]


def _drawing(pick: Any) -> Drawing | None:
    return Drawing(pick.item, pick.chosen) if pick.item is not None else None


def _objects(collection: Any) -> list[Any]:
    return sorted(collection.all_objects, key=lambda item: item.name) if collection is not None else []
