# SPDX-License-Identifier: GPL-3.0-or-later
"""A building out of the scene: into the Asset Browser, into a .blend of its own, as a GLB; as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ...core.errors import HostError, InputError
from ...core.request import Request
from .building_parts import GROUP, collection_of, objects_of, option_roots
from .bundle_building import AROUND
from .caption import figure, name_of
from .glb import at_the_origin, export_selected, require_exporter, selected
from .portrait import set_portrait
from .record import read_request, report_of

# the catalog 'Maquette/Buildings'; constant, so that every library shows these buildings in the same place
CATALOG = "7a0c9a5e-3b1d-4a8a-9a67-52c0b1f7d9c4"
_SAID = ("gross_floor_area_m2", "gfa_m2", "height_m")


def mark_as_asset(root: Any) -> Any:
    """The building's collection, marked; InputError where it has none."""
    home, report = _home(root), report_of(root)
    facts = [f"{name_of(key)} {figure(key, report[key])}" for key in _SAID if key in report]
    return _mark(home, read_request(root), facts, pictured([root]))


def mark_row_as_asset(row: Any) -> Any:
    """The collection of a row of options, marked."""
    roots = option_roots(row)
    return _mark(row, read_request(roots[0]), [f"{len(roots)} options"], pictured(roots))


def _mark(home: Any, request: Request, facts: Sequence[str], pictured: list[Any]) -> Any:
    home.asset_mark()
    data = home.asset_data
    data.catalog_id = CATALOG
    data.description = ", ".join([request.declaration.label, *facts])
    data.author = "Made with Maquette"
    for tag in ("Maquette", request.generator, request.method):
        data.tags.new(tag, skip_if_exists=True)
    # places in the world are behind what was just made
    bpy.context.view_layer.update()
    set_portrait(home, pictured)
    return home


def pictured(roots: Sequence[Any]) -> list[Any]:
    """The mesh objects that make the picture, without what stands around."""
    items = [item for root in roots for item in objects_of(root).values() if item.type == "MESH"]
    return [item for item in items if not any(home.get(GROUP) == AROUND for home in item.users_collection)]


def write_blend(root: Any, path: Path) -> None:
    """Write the building's collection, with all that it uses, into a .blend of its own."""
    try:
        bpy.data.libraries.write(str(path), {_home(root)}, fake_user=True, compress=True)
    except (RuntimeError, OSError) as error:
        raise HostError(f"'{path}' could not be written: {error}") from error


def write_glb(root: Any, path: Path, metres_per_unit: float) -> None:
    """Write the building by Blender's own exporter, its site's origin at the file's; windows share their meshes."""
    require_exporter()
    items = [item for item in objects_of(root).values() if item.visible_get()]
    if not items:
        raise InputError(f"Nothing of '{root.name}' can be seen. Show it, then export.")
    with selected(root, items), at_the_origin(root, metres_per_unit):
        # copies that geometry nodes draw, in buildings with very many, go out as meshes
        export_selected(path, export_animations=False, export_gn_mesh=True, export_extras=True)


def _home(root: Any) -> Any:
    found = collection_of(root)
    if found is None:
        raise InputError(f"'{root.name}' and its parts are in no collection of their own. Put them into one.")
    return found
