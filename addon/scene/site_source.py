# SPDX-License-Identifier: GPL-3.0-or-later
"""From the scene to a site file: what is drawn becomes a Site in metres around an origin, and results go back there.

The axes are the scene's, so that north stays north; the origin is the middle of the plot (or outline, or parcels), on
its ground. The same drawing gives the same file, wherever it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import bpy
import numpy as np

from ...core.architecture.outline import clean_outline
from ...core.architecture.site import MAX_PARCELS, Neighbour, PinnedRoom, PinnedWall, Site, site_to_json
from ...core.errors import InputError
from .drawn_outline import Chosen, Drawn, drawn_outline, mesh_size
from .shown_mesh import face_corners, in_world, vertex_places
from .site_neighbours import neighbours_of
from .site_pins import pinned

STOREY_M = 3.0
# places nearer than this are one: what stands in the scene does so in single precision
SAME_PLACE_M = 1e-3


@dataclass(frozen=True)
class Drawing:
    """An object that was chosen, and what of it, None for all."""

    item: Any
    chosen: Chosen | None = None


@dataclass(frozen=True)
class SiteSource:
    """What of the scene makes a site; each may be left out."""

    plot: Drawing | None = None
    outline: Drawing | None = None
    front_door: Any = None
    neighbours: Sequence[Any] = ()
    parcels: Drawing | None = None
    pins: Sequence[Any] = ()


@dataclass(frozen=True)
class SceneSite:
    """A site, and where in the scene its origin lies: `origin_m` (3,) metres. `said` are sentences for the designer."""

    site: Site
    origin_m: np.ndarray
    said: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The site file."""
        return site_to_json(self.site)


def read_scene(
    source: SiteSource, unit_m: float, storey_m: float = STOREY_M, origin_m: Sequence[float] | None = None
) -> SceneSite:
    """The site that the scene shows; InputError where what is drawn cannot be one. Nothing of the scene is changed.

    `origin_m` is taken in place of the middle where something already stands there that is to change in place.
    """
    bpy.context.view_layer.update()
    plot = _drawn(source.plot, unit_m, "The site", top=True)
    outline = _drawn(source.outline, unit_m, "The building's outline", top=False)
    parcels = drawn_parcels(source.parcels, unit_m) if source.parcels is not None else []
    if plot is None and outline is None and not parcels:
        raise InputError("No site is chosen. Choose a mesh, a curve or a grease pencil that shows it.")
    first = plot or outline
    rings = [first.outline.outer] if first is not None else [parcel.outline.outer for parcel in parcels]
    corners = np.concatenate(rings)
    ground_m = first.z if first is not None else float(np.mean([parcel.z for parcel in parcels]))
    found, said = neighbours_of(_without(source), corners, ground_m, unit_m)
    rooms, walls = pinned(source.pins, ground_m, storey_m, unit_m)
    origin = _origin(corners, ground_m, origin_m)
    middle = origin[:2]
    site = Site(
        plot=plot.moved(middle) if plot is not None else None,
        outline=outline.moved(middle) if outline is not None else None,
        front_door=_place(source.front_door, unit_m, middle),
        neighbours=tuple(Neighbour(one.ring - middle, one.height_m) for one in found),
        parcels=tuple(parcel.moved(middle) for parcel in parcels),
        pinned_rooms=tuple(_moved_room(room, middle) for room in rooms),
        pinned_walls=tuple(PinnedWall(wall.start - middle, wall.end - middle, wall.storey) for wall in walls),
    )
    return SceneSite(site, origin, tuple(said))


def drawn_parcels(drawing: Drawing, unit_m: float) -> list[Drawn]:
    """Each face of a mesh, or each chosen one, as a parcel in world metres."""
    item, chosen = drawing.item, drawing.chosen
    if item.type != "MESH":
        raise InputError(f"The parcels '{item.name}' are no mesh. Draw each parcel as a face of a mesh.")
    if item.mode == "EDIT":
        item.update_from_editmode()
    if chosen is not None and (chosen.kind != "FACES" or chosen.size != mesh_size(item.data)):
        raise InputError(f"'{item.name}' was edited since its faces were chosen. Choose them again in Edit Mode.")
    faces = range(len(item.data.polygons)) if chosen is None else chosen.indices
    if not 0 < len(faces) <= MAX_PARCELS:
        raise InputError(f"The parcels '{item.name}' have {len(faces)} faces; a block has 1 to {MAX_PARCELS}.")
    places = in_world(vertex_places(item.data), item.matrix_world) * unit_m
    corners, starts = face_corners(item.data)
    rings = [places[corners[starts[face] : starts[face + 1]]] for face in faces]
    return [_parcel(ring, f"Parcel {n} of '{item.name}'") for n, ring in enumerate(rings, 1)]


def _origin(corners: np.ndarray, ground_m: float, wanted: Sequence[float] | None) -> np.ndarray:
    middle = np.append((corners.min(0) + corners.max(0)) / 2, ground_m)
    if wanted is None or np.abs(middle - wanted).max() < SAME_PLACE_M:
        return middle
    return np.append(np.asarray(wanted, np.float64)[:2], ground_m)


def _parcel(ring: np.ndarray, name: str) -> Drawn:
    try:
        return Drawn(clean_outline(ring), float(ring[:, 2].mean()))
    except InputError as error:
        raise InputError(f"{name}: {error}") from error


def _drawn(drawing: Drawing | None, unit_m: float, what: str, top: bool) -> Drawn | None:
    if drawing is None:
        return None
    return drawn_outline(drawing.item, drawing.chosen, unit_m, what, top)


def _without(source: SiteSource) -> list[Any]:
    """The neighbours, without what the site itself is drawn with."""
    own = [drawing.item for drawing in (source.plot, source.outline, source.parcels) if drawing is not None]
    return [item for item in source.neighbours if item not in [*own, *source.pins, source.front_door]]


def _place(item: Any, unit_m: float, middle: np.ndarray) -> np.ndarray | None:
    if item is None:
        return None
    result: np.ndarray = np.array(item.matrix_world.translation, np.float64)[:2] * unit_m - middle
    return result


def _moved_room(room: PinnedRoom, middle: np.ndarray) -> PinnedRoom:
    return replace(room, ring=room.ring - middle)
