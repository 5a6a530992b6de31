# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of a building, storey by storey, and the bands that stand out from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..asset import Mesh
from .facade import DOOR_MARK, LINTEL_M, Bays, Opening, OpeningKind
from .storeys import Storey, Tier
from .wall_columns import columns
from .wall_offset import edges, largest_distance, moved_inwards, touches
from .wall_solid import Columns, FaceKind, WallSolid, wall_solid

WALL_SLOTS = ("facade base", "facade", "facade top", "interior", "reveal", "wall top")
OUTSIDE = {Tier.BASE: 0, Tier.MIDDLE: 1, Tier.TOP: 2}
_INSIDE, _REVEAL, _RIM = 3, 4, 5
BAND_SLOTS = ("band",)
_BAND_HEIGHT_M = 0.25


@dataclass(frozen=True)
class Placed:
    """Where the openings of one kind stand in a wall whose floor is at 0: `edge` (K,) int64, `centre` (K,) float64
    metres along it, `transforms` (K, 4, 4) float32 of what stands in them."""

    kind: OpeningKind
    edge: np.ndarray
    centre: np.ndarray
    transforms: np.ndarray


@dataclass(frozen=True)
class Wall:
    """A ring's wall on every storey of one tier and height: the solid with its floor at 0, and its openings."""

    solid: WallSolid
    placed: tuple[Placed, ...]


def wall_of(
    ring: np.ndarray,
    inner: np.ndarray,
    thickness: float,
    bays: Bays,
    storey: Storey,
    kinds: tuple[OpeningKind | None, ...],
    known: dict[bytes, Columns] | None = None,
) -> Wall:
    """The wall between `ring` and `inner` on a storey whose openings are of `kinds`, by mark.

    `known` holds the columns of this ring's other walls, for those whose openings are as wide.
    """
    mark = np.where(bays.is_door & (kinds[DOOR_MARK] is not None), DOOR_MARK, bays.mark)
    here = np.array([kind is not None for kind in kinds])[mark]
    mark, edge, centre = mark[here], bays.edge[here], bays.centre[here]
    sizes_of_kinds = _sizes(kinds)
    sizes = sizes_of_kinds[mark]
    known = {} if known is None else known
    key = here.tobytes() + sizes[:, 0].tobytes()
    if key not in known:
        known[key] = columns(ring, inner, thickness, edge, centre, sizes[:, 0])
    wall_columns = known[key]
    used = sizes_of_kinds[sorted(set(mark.tolist()))]
    heights = np.array(sorted({0.0, storey.height_m, *used[:, 1:].ravel().tolist()}))
    is_open = np.zeros((len(heights) - 1, len(wall_columns.edge)), bool)
    is_open[:, wall_columns.opening >= 0] = (heights[:-1, None] >= sizes[:, 1]) & (heights[1:, None] <= sizes[:, 2])
    solid = wall_solid(wall_columns, heights, is_open, FaceKind(OUTSIDE[storey.tier], _INSIDE, _REVEAL, _RIM))
    transforms = _transforms(ring, edge, centre, sizes[:, 1])
    placed = []
    for at, kind in enumerate(kinds):
        chosen = np.nonzero(mark == at)[0]
        if kind and len(chosen):
            placed.append(Placed(kind, edge[chosen], centre[chosen], transforms[chosen]))
    return Wall(solid, tuple(placed))


@lru_cache(maxsize=256)
def _sizes(kinds: tuple[OpeningKind | None, ...]) -> np.ndarray:
    """(K, 3) width, sill and head of each kind in metres, rounded so that heads which differ in the last bit alone
    share a row; not to be written to."""
    empty = Opening(0.0, 0.0, 0.0)
    fitted = [kind.opening if kind else empty for kind in kinds]
    sizes: np.ndarray = np.round([(one.width_m, one.sill_m, one.sill_m + one.height_m) for one in fitted], 5)
    sizes.flags.writeable = False
    return sizes


def _transforms(ring: np.ndarray, edge: np.ndarray, centre: np.ndarray, foot: np.ndarray) -> np.ndarray:
    """(K, 4, 4) float32: x along the wall, y into the building, the origin in the foot of the opening."""
    along = edges(ring)[0][edge]
    made = np.zeros((len(edge), 4, 4), np.float32)
    made[:, :2, 0] = along
    made[:, 0, 1], made[:, 1, 1] = -along[:, 1], along[:, 0]
    made[:, 2, 2] = made[:, 3, 3] = 1
    made[:, :2, 3] = ring[edge] + centre[:, None] * along
    made[:, 2, 3] = foot
    return made


def wall_meshes(stacked: Sequence[tuple[Storey, list[Wall]]], plate: str = "") -> list[Mesh]:
    """A mesh for each storey and ring; those of one kind share their faces' arrays. `plate` as in `wall_mesh_name`."""
    same: dict[int, tuple[WallSolid, list[tuple[str, float]]]] = {}
    names = []
    for storey, walls in stacked:
        for number, wall in enumerate(walls):
            names.append(wall_mesh_name(storey, number, plate))
            same.setdefault(id(wall), (wall.solid, []))[1].append((names[-1], storey.elevation_m))
    made = {mesh.name: mesh for solid, places in same.values() for mesh in _raised(solid, places, WALL_SLOTS)}
    return [made[name] for name in names]


def wall_mesh_name(storey: Storey, ring: int, plate: str = "") -> str:
    """`storey 2 walls`, `storey 2 courtyard 1 walls`; the words `plate` tell several plates of a storey apart."""
    words = [storey.name, plate, f"courtyard {ring}" if ring else "", "walls"]
    return " ".join(word for word in words if word)


def raised_wall(name: str, wall: Wall, elevation: float, slots: tuple[str, ...]) -> Mesh:
    """The mesh of one wall on a floor at `elevation` metres, with the last of `slots` for all that are not there."""
    mesh = _raised(wall.solid, [(name, elevation)], slots)[0]
    return replace(mesh, material_of_face=np.minimum(mesh.material_of_face, len(slots) - 1).astype(np.int32))


def _raised(solid: WallSolid, places: Sequence[tuple[str, float]], slots: tuple[str, ...]) -> list[Mesh]:
    """A mesh for each (name, elevation in metres) of `places`; they share their faces' arrays."""
    elevation = np.array([place[1] for place in places])[:, None]
    positions = np.empty((len(places), *solid.positions.shape), np.float32)
    positions[:] = solid.positions
    positions[:, :, 2] = solid.positions[:, 2] + elevation
    uvs = np.empty((len(places), *solid.uvs.shape), np.float32)
    uvs[:] = solid.uvs
    uvs[:, : solid.num_upright, :, 1] = solid.uvs[: solid.num_upright, :, 1] + elevation[:, :, None]
    corners, material = solid.quads.reshape(-1).astype(np.int32), solid.material.astype(np.int32)
    starts = np.arange(0, len(corners) + 1, 4, dtype=np.int32)
    layers = uvs.reshape(len(places), -1, 2)
    return [
        Mesh(name, positions[n], corners, starts, material, slots, {"UVMap": layers[n]})
        for n, (name, _) in enumerate(places)
    ]


def bands(ring: np.ndarray, storeys: Sequence[Storey], out_m: float, slab_m: float, plate: str = "") -> list[Mesh]:
    """A band around the outer ring at the top of each of `storeys`; none where the outline has no room for it.

    Between the head of an opening and the floor above there is always room: a lintel and a slab.
    """
    if out_m < 0.01 or largest_distance(ring, -1) < out_m:
        return []
    outside = moved_inwards(ring, -out_m)
    if touches([outside], [ring]):
        return []
    nothing = np.zeros(0)
    around = columns(outside, ring, out_m, np.zeros(0, np.int64), nothing, nothing)
    height = min(_BAND_HEIGHT_M, slab_m + LINTEL_M)
    heights = np.array([0.0, height])
    solid = wall_solid(around, heights, np.zeros((1, len(ring)), bool), FaceKind(0, 0, 0, 0))
    names = [" ".join(word for word in (one.name, plate, "band") if word) for one in storeys]
    return _raised(solid, [(n, one.top_m - height) for n, one in zip(names, storeys, strict=True)], BAND_SLOTS)
