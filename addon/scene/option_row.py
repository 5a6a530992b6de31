# SPDX-License-Identifier: GPL-3.0-or-later
"""Several designs side by side: a row of maquettes, each with what is around it and its figures beneath.

The row lies in front of the real site (towards -Y) and leaves it free: the designs first, the rules of thumb that they
are compared with in a second line. Another row of the same site lies in front of the first.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import bpy
import numpy as np

from ...core.asset import Option
from ...core.errors import BundleError
from .arrival import arrive
from .as_made import keep_in_file, own_slots
from .building import MadeBuilding, check_free, fill_root, new_root, write_building_record
from .building_edits import building_edits
from .building_mesh import all_held
from .building_parts import CODE, OPTION, ORIGIN, PLACE, ROW, collection_of, is_made, option_of, option_roots, rows
from .building_swap import keep_materials, made_materials
from .caption import bring_caption, is_caption
from .decisions import hands_of
from .targets import Target

Key = tuple[str, int]
# between two maquettes, and between two lines with room for the captions, as a share of a maquette's width and depth
GAP, LINE_GAP = 0.12, 0.55
# on a row's collection: its first line, 0 next to the site
FIRST_LINE = "maquette_first_line"
# sites whose origins are nearer than this, in Blender units, are one
SAME_SITE = 0.01


def add_row(
    made: MadeBuilding, scene: Target, meshes: Mapping[Key, Any], origin: Sequence[float] = (0.0, 0.0, 0.0)
) -> Any:
    """The collection of a new row; `origin` is where the site file's (0, 0) lies, in Blender units."""
    _check(made)
    into = scene.find_in(bpy.data.scenes) or bpy.context.scene
    row: Any = bpy.data.collections.new(made.title)
    row[ROW] = True
    row[FIRST_LINE] = _lines_taken(into, origin)
    _bring(row, made, meshes, origin)
    arrive(into, row, option_roots(row)[0])
    return row


def change_row(row: Any, made: MadeBuilding, meshes: Mapping[Key, Any], replaced: Collection[str] = ()) -> list[str]:
    """Bring a row in place to other options; sentences for the designer. Maquettes of options of the same name stay
    where they stand; those of options that are no more go, unless they were changed by hand."""
    _check(made)
    roots = option_roots(row)
    check_free(roots)
    return _bring(row, made, meshes, site_origin(roots[0]) if roots else (0.0, 0.0, 0.0), replaced)


def site_origin(root: Any) -> tuple[float, float, float]:
    """Where the site file's (0, 0) lies in the scene, in Blender units: of a maquette the real site's, of a building
    its own place."""
    x, y, z = root.get(ORIGIN, root.location)
    return float(x), float(y), float(z)


def remove_root(root: Any) -> None:
    """Take a building or maquette out of the file with all that was made for it; what the designer hung on it stays."""
    home = collection_of(root)
    below = list(root.children_recursive)
    ours = {item for item in below if is_made(item) or is_caption(item)}
    for item in below:
        if item not in ours and item.parent in (ours | {root}):
            there = item.matrix_world.copy()
            item.parent = None
            item.matrix_world = there
    meshes = {item.data for item in ours if item.data is not None} | {*all_held(root)}
    materials = made_materials([data for data in meshes if isinstance(data, bpy.types.Mesh)])
    own = own_slots([data for data in meshes if isinstance(data, bpy.types.Mesh)])
    bpy.data.batch_remove({*ours, root})
    bpy.data.batch_remove([data for data in meshes if not data.users])
    keep_materials(materials)
    keep_in_file(own)
    for below_home in [*home.children_recursive, home] if home is not None else []:
        if not below_home.objects and not below_home.children:
            bpy.data.collections.remove(below_home)


def places(options: Sequence[Option], first: int = 0) -> list[tuple[int, float]]:
    """(line, place along it about its middle) of each option: designs in line `first`, rules of thumb in the next."""
    lines = [first + (0 if option.code or not any(o.code for o in options) else 1) for option in options]
    return [(line, lines[:n].count(line) - (lines.count(line) - 1) / 2) for n, line in enumerate(lines)]


def _lines_taken(scene: Any, origin: Sequence[float]) -> int:
    """How many lines in front of the site that lies there are taken by rows."""
    roots = [root for row in rows(scene) for root in option_roots(row) if root.get(ORIGIN) is not None]
    here = [root for root in roots if math.dist(root[ORIGIN], origin) < SAME_SITE]
    return max((int(root[PLACE][0]) + 1 for root in here), default=0)


def extent(made: MadeBuilding) -> tuple[float, float, float, float]:
    """(least x, least y, greatest x, greatest y) of all that was made, in metres."""
    points = np.concatenate([mesh.positions[:, :2] for mesh in made.bundled.asset.meshes])
    return (*map(float, points.min(axis=0)), *map(float, points.max(axis=0)))  # type: ignore[return-value]


def _check(made: MadeBuilding) -> None:
    made.check()
    if not made.bundled.asset.options:
        raise BundleError(f"'{made.title}' holds no options. Make it again.")


def _bring(
    row: Any,
    made: MadeBuilding,
    meshes: Mapping[Key, Any],
    origin: Sequence[float],
    replaced: Collection[str] = (),
) -> list[str]:
    options = made.bundled.asset.options
    there = {option_of(root): root for root in option_roots(row)}
    box = extent(made)
    said: list[str] = []
    first = int(row.get(FIRST_LINE, 0))
    for option, (line, along) in zip(options, places(options, first), strict=True):
        root = there.pop(option.name, None)
        if root is None:
            home, root = new_root(option.name, _place(box, line, along, made.per_metre, origin), made.per_metre)
            row.children.link(home)
        root[OPTION], root[CODE], root[PLACE], root[ORIGIN] = option.name, list(option.code), [line, along], origin
        said += fill_root(root, made, made.parts(option.name), meshes, hands_of(root, replaced))
        write_building_record(root, made, option.report)
        bring_caption(root, option, box, made.per_metre)
    for root in there.values():
        if any(edit.part not in replaced for edit in building_edits(root)):
            said.append(f"'{root.name}' was changed by hand, so it stays beside the new options.")
        else:
            remove_root(root)
    return said


def _place(
    box: tuple[float, float, float, float], line: int, along: float, per_metre: float, origin: Sequence[float]
) -> tuple[float, float, float]:
    x = along * (1 + GAP) * (box[2] - box[0]) * per_metre
    y = -(line + 1) * (1 + LINE_GAP) * (box[3] - box[1]) * per_metre
    return origin[0] + x, origin[1] + y, origin[2]
