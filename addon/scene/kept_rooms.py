# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of a made plan as faces that can be edited and kept: what the next plan is to leave where it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

from ...core.asset import Element
from ...core.errors import InputError
from .option_row import site_origin
from .site_pins import use_in

_STOREY = re.compile(r"storey (\d+)")
# above its floor, so that the face is seen
_ABOVE_M = 0.05


def draw_rooms(root: Any, elements: Sequence[Element], home: Any, storey_m: float, per_metre: float) -> list[Any]:
    """An object of one face in `home` for each space of a building, named by its use; InputError where it has none.

    Rooms that are drawn there already, under the same name and on the same storey, are left alone.
    """
    spaces = [one for one in elements if one.ifc_class == "IfcSpace" and len(one.polygon) > 2 and use_in(one.id)]
    if not spaces:
        raise InputError(f"'{root.name}' has no rooms. Make a plan, or a building with interiors, first.")
    there = {item.name for item in home.objects}
    made = []
    for space in spaces:
        name = space.id.replace(" space ", " ")
        if name in there:
            continue
        found = _STOREY.match(space.storey)
        z = (storey_m * int(found[1]) if found else 0.0) + _ABOVE_M
        middle = (space.polygon.min(0) + space.polygon.max(0)) / 2
        item = _face(name, space.polygon - middle, per_metre)
        x, y, ground = site_origin(root)
        item.location = (x + middle[0] * per_metre, y + middle[1] * per_metre, ground + z * per_metre)
        home.objects.link(item)
        made.append(item)
    return made


def _face(name: str, ring: np.ndarray, per_metre: float) -> Any:
    mesh: Any = bpy.data.meshes.new(name)
    places = [(float(x) * per_metre, float(y) * per_metre, 0.0) for x, y in ring]
    mesh.from_pydata(places, [], [tuple(range(len(places)))])
    item: Any = bpy.data.objects.new(name, mesh)
    item.display_type, item.show_name, item.hide_render = "WIRE", True, True
    return item
