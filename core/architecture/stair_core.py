# SPDX-License-Identifier: GPL-3.0-or-later
"""A core: closed walls around a stair and a lift on every storey, each with a door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..asset import Element, Instances, Mesh
from .building_parts import Extra
from .facade import Bays, Opening, OpeningKind
from .opening_parts import opening_mesh
from .storeys import Storey
from .wall_offset import edges, following, moved_inwards
from .walls import raised_wall, wall_of

CORE_M = 0.2
_DOOR = OpeningKind("core door", Opening(0.95, 2.05, 0.0, panes=0))
_LIFT = OpeningKind("lift door", Opening(0.9, 2.05, 0.0, panes=0))
_SLOTS = ("core",)


class Rectangle(Protocol):
    """What has four corners in plan."""

    def ring(self, more_m: float = 0.0) -> np.ndarray:
        """(4, 2) metres, counter-clockwise."""


def core_parts(ring: np.ndarray, lift: Rectangle | None, storeys: Sequence[Storey], slab_m: float, words: str) -> Extra:
    """Walls of CORE_M around the rectangle `ring` (4, 2), the inner face, and around the lift, from floor to ceiling.

    Edge 3 has the doors: there one comes in from the floor.
    """
    rings = [(f"core{words}", ring, _DOOR)]
    if lift is not None:
        rings.append((f"lift{words}", lift.ring(), _LIFT))
    meshes: list[Mesh] = []
    elements: list[Element] = []
    copies: dict[str, list[np.ndarray]] = {}
    for storey in storeys:
        for name, inner, kind in rings:
            outer = moved_inwards(inner, -CORE_M)
            mesh, found, place = _walls(f"{storey.name} {name}", outer, inner, kind, storey, slab_m)
            meshes.append(mesh)
            elements += found
            copies.setdefault(kind.name, []).append(place)
    kinds = {_DOOR.name: _DOOR, _LIFT.name: _LIFT}
    names = {name: f"{name}{words}" for name in copies}
    meshes += [opening_mesh(names[name], kinds[name].opening, 0.05, 0.06, CORE_M) for name in copies]
    instances = [Instances(names[name], np.concatenate(places)) for name, places in copies.items()]
    return Extra(tuple(meshes), tuple(instances), tuple(_with_meshes(elements, words)))


def _walls(
    name: str, outer: np.ndarray, inner: np.ndarray, kind: OpeningKind, storey: Storey, slab_m: float
) -> tuple[Mesh, list[Element], np.ndarray]:
    """The walls of one storey, their elements with the door's, and where the door stands."""
    length = edges(outer)[1]
    height = storey.height_m - slab_m
    bays = Bays(np.array([3]), np.array([length[3] / 2]), np.zeros(1, np.int64), np.zeros(1, bool))
    lower = Storey(storey.name, storey.index, storey.elevation_m, height, storey.tier)
    wall = wall_of(outer, inner, CORE_M, bays, lower, (kind, None, None, None))
    mesh = raised_wall(f"{name} walls", wall, storey.elevation_m, _SLOTS)
    plans = np.stack([outer, following(outer), following(inner), inner], 1)
    door = kind.opening
    made = []
    for edge, plan in enumerate(plans):
        one, two = plan[2] - plan[0], plan[3] - plan[1]
        foot = 0.5 * float(one[0] * two[1] - one[1] * two[0])
        gone = door.width_m * door.height_m if edge == 3 else 0.0
        figures = {
            "length_m": float(length[edge]),
            "height_m": height,
            "thickness_m": CORE_M,
            "elevation_m": storey.elevation_m,
            "gross_area_m2": float(length[edge]) * height,
            "net_area_m2": float(length[edge]) * height - gone,
            "footprint_area_m2": foot,
            "gross_volume_m3": foot * height,
            "net_volume_m3": foot * height - gone * CORE_M,
        }
        id_ = f"{name} wall {edge + 1}"
        made.append(Element(id_, "IfcWall", storey.name, storey.name, mesh.name, plan, figures))
    sizes = {
        "width_m": door.width_m,
        "height_m": door.height_m,
        "sill_m": 0.0,
        "area_m2": door.width_m * door.height_m,
        "offset_m": float(length[3] / 2),
    }
    id_ = f"{name} wall 4 opening 1"
    made.append(Element(id_, "IfcDoor", f"{name} wall 4", storey.name, kind.name, np.zeros((0, 2)), sizes))
    place = wall.placed[0].transforms.copy()
    place[:, 2, 3] += np.float32(storey.elevation_m)
    return mesh, made, place


def _with_meshes(elements: Sequence[Element], words: str) -> list[Element]:
    """The doors' elements by the names that their meshes have."""
    return [
        Element(e.id, e.ifc_class, e.parent, e.storey, f"{e.mesh}{words}", e.polygon, e.quantities)
        if e.ifc_class == "IfcDoor"
        else e
        for e in elements
    ]
