# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of a building, storey by storey, and the bands that stand out from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Mesh
from .facade import DOOR_MARK, LINTEL_M, Bays, Opening, OpeningKind
from .storeys import Storey, Tier
from .wall_columns import columns
from .wall_offset import edges, largest_distance, moved_inwards, touches
from .wall_solid import FaceKind, WallSolid, wall_solid

WALL_SLOTS = ("facade base", "facade", "facade top", "interior", "reveal", "wall top")
_OUTSIDE = {Tier.BASE: 0, Tier.MIDDLE: 1, Tier.TOP: 2}
_INSIDE, _REVEAL, _RIM = 3, 4, 5
BAND_SLOTS = ("band",)
_BAND_HEIGHT_M = 0.25

# corners, face starts and materials of a mesh
_Faces = tuple[np.ndarray, np.ndarray, np.ndarray]


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
) -> Wall:
    """The wall between `ring` and `inner` on a storey whose openings are of `kinds`, by mark."""
    mark = np.where(bays.is_door & (kinds[DOOR_MARK] is not None), DOOR_MARK, bays.mark)
    here = np.array([kind is not None for kind in kinds])[mark]
    mark, edge, centre = mark[here], bays.edge[here], bays.centre[here]
    empty = Opening(0.0, 0.0, 0.0)
    fitted = [kind.opening if kind else empty for kind in kinds]
    # rounded, so that heads which differ in the last bit alone share a row
    sizes_of_kinds = np.round([(one.width_m, one.sill_m, one.sill_m + one.height_m) for one in fitted], 5)
    sizes = sizes_of_kinds[mark]
    wall_columns = columns(ring, inner, thickness, edge, centre, sizes[:, 0])
    used = sizes_of_kinds[sorted(set(mark.tolist()))]
    heights = np.array(sorted({0.0, storey.height_m, *used[:, 1:].ravel().tolist()}))
    is_open = np.zeros((len(heights) - 1, len(wall_columns.edge)), bool)
    is_open[:, wall_columns.opening >= 0] = (heights[:-1, None] >= sizes[:, 1]) & (heights[1:, None] <= sizes[:, 2])
    solid = wall_solid(wall_columns, heights, is_open, FaceKind(_OUTSIDE[storey.tier], _INSIDE, _REVEAL, _RIM))
    transforms = _transforms(ring, edge, centre, sizes[:, 1])
    placed = []
    for at, kind in enumerate(kinds):
        chosen = np.nonzero(mark == at)[0]
        if kind and len(chosen):
            placed.append(Placed(kind, edge[chosen], centre[chosen], transforms[chosen]))
    return Wall(solid, tuple(placed))


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
    faces: dict[int, _Faces] = {}
    meshes = []
    for storey, walls in stacked:
        for number, wall in enumerate(walls):
            name = wall_mesh_name(storey, number, plate)
            if id(wall) not in faces:
                faces[id(wall)] = _face_arrays(wall.solid)
            meshes.append(_raised(name, wall.solid, faces[id(wall)], storey.elevation_m, WALL_SLOTS))
    return meshes


def wall_mesh_name(storey: Storey, ring: int, plate: str = "") -> str:
    """`storey 2 walls`, `storey 2 courtyard 1 walls`; the words `plate` tell several plates of a storey apart."""
    words = [storey.name, plate, f"courtyard {ring}" if ring else "", "walls"]
    return " ".join(word for word in words if word)


def raised_wall(name: str, wall: Wall, elevation: float, slots: tuple[str, ...]) -> Mesh:
    """The mesh of one wall on a floor at `elevation` metres; one of `slots` alone is taken for all faces."""
    corners, starts, material = _face_arrays(wall.solid)
    material = np.minimum(material, len(slots) - 1).astype(np.int32)
    return _raised(name, wall.solid, (corners, starts, material), elevation, slots)


def _face_arrays(solid: WallSolid) -> _Faces:
    """Corners, face starts and materials of a solid, as a Mesh wants them."""
    starts = np.arange(0, solid.quads.size + 1, 4, dtype=np.int32)
    return solid.quads.reshape(-1).astype(np.int32), starts, solid.material.astype(np.int32)


def _raised(name: str, solid: WallSolid, faces: _Faces, elevation: float, slots: tuple[str, ...]) -> Mesh:
    positions = solid.positions.copy()
    positions[:, 2] += elevation
    uvs = solid.uvs.copy()
    uvs[solid.upright, :, 1] += elevation
    layer = uvs.reshape(-1, 2).astype(np.float32)
    corners, starts, material = faces
    return Mesh(name, positions.astype(np.float32), corners, starts, material, slots, {"UVMap": layer})


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
    faces = _face_arrays(solid)
    names = [" ".join(word for word in (one.name, plate, "band") if word) for one in storeys]
    return [
        _raised(name, solid, faces, one.top_m - height, BAND_SLOTS) for name, one in zip(names, storeys, strict=True)
    ]
