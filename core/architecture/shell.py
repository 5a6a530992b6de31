# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell of a building: walls with thickness, slabs, and openings with what stands in them, from plain rings.

Every part is closed, edge-manifold and of positive volume by construction. Parts have names: `storey 2 walls`,
`storey 2 courtyard 1 walls`, `storey 2 floor`, `roof slab`, `storey 0 band`, `window middle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..asset import Instances, Mesh
from ..codec import show
from ..errors import InputError
from .facade import Bays, FacadeStyle, Opening, OpeningKind, kinds_of, lay_out
from .opening_parts import opening_mesh
from .slabs import slabs
from .storeys import Storey, Tier
from .wall_columns import columns, span
from .wall_offset import crosses, edges, inner_rings, largest_distance, moved_inwards, signed_area
from .wall_solid import FaceKind, WallSolid, wall_solid

WALL_SLOTS = ("facade base", "facade", "facade top", "interior", "reveal", "wall top")
_OUTSIDE = {Tier.BASE: 0, Tier.MIDDLE: 1, Tier.TOP: 2}
_INSIDE, _REVEAL, _RIM = 3, 4, 5
BAND_SLOTS = ("band",)
_BAND_HEIGHT_M = 0.25
_DOOR_MARK = 3

# corners, face starts and materials of a mesh
_Faces = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Openings:
    """Every opening of a building, a row each.

    `storey`, `ring`, `edge` (N,) int64 say in which wall it is; `kind` (N,) int64 into `kinds`; `centre_m` (N,)
    float64 along the edge. Sill, width and height are the kind's.
    """

    kinds: tuple[OpeningKind, ...]
    storey: np.ndarray
    ring: np.ndarray
    edge: np.ndarray
    kind: np.ndarray
    centre_m: np.ndarray


@dataclass(frozen=True)
class Shell:
    """A building's shell in metres, Z up.

    `inner` are the inner faces of the walls, corner by corner as in `rings`; `wall_m` the thickness they got;
    `meshes` hold the parts, then one mesh for each of `instances`, which says where its copies stand.
    """

    rings: tuple[np.ndarray, ...]
    inner: tuple[np.ndarray, ...]
    storeys: tuple[Storey, ...]
    wall_m: float
    meshes: tuple[Mesh, ...]
    instances: tuple[Instances, ...]
    openings: Openings
    report: dict[str, float]


@dataclass(frozen=True)
class _Wall:
    """A ring's wall on every storey of one tier and height: the solid at elevation 0 and its openings' places."""

    solid: WallSolid
    kinds: tuple[OpeningKind | None, ...]
    mark: np.ndarray
    edge: np.ndarray
    centre: np.ndarray
    transforms: np.ndarray


def build_shell(
    rings: Sequence[np.ndarray],
    storeys: Sequence[Storey],
    style: FacadeStyle,
    *,
    wall_m: float = 0.3,
    slab_m: float = 0.25,
    open_edges: Sequence[np.ndarray] | None = None,
    front_edge: int | None = None,
) -> Shell:
    """The shell over `rings`, (N, 2) float64 metres: the outer one counter-clockwise, then courtyards, clockwise.

    `open_edges` (N,) bool a ring: False leaves a party wall blind (all are open if not given); `front_edge` of the
    outer ring has the door (the longest open one if not given). Walls are thinner than `wall_m` where the outline asks
    for it, see `inner_rings`. Raises InputError for measures or an outline that no building can have.
    """
    _check(storeys, wall_m, slab_m)
    rings = tuple(np.asarray(ring, np.float64) for ring in rings)
    inner, thickness = inner_rings(rings, wall_m)
    openable = _openable(rings, open_edges)
    front = _front(rings[0], openable[0], front_edge)
    bays = [
        lay_out(*span(ring, face), style, mask, front if number == 0 else -1)
        for number, (ring, face, mask) in enumerate(zip(rings, inner, openable, strict=True))
    ]
    walls: dict[tuple[Tier, float], list[_Wall]] = {}
    for storey in storeys:
        key = (storey.tier, storey.height_m)
        if key not in walls:
            kinds = kinds_of(storey, style, storey.height_m - slab_m)
            walls[key] = [
                _wall(ring, face, thickness, one, storey, kinds)
                for ring, face, one in zip(rings, inner, bays, strict=True)
            ]
    stacked = [(storey, walls[storey.tier, storey.height_m]) for storey in storeys]
    meshes = _wall_meshes(stacked)
    tops = [(f"{storey.name} floor", storey.elevation_m) for storey in storeys]
    meshes += slabs(inner, slab_m, [*tops, ("roof slab", storeys[-1].top_m)])
    if all(mask.all() for mask in openable):
        meshes += _bands(rings[0], storeys, style.band_m)
    openings, instances, kinds_used = _openings(stacked, style, thickness)
    meshes += kinds_used
    report = _report(rings, storeys, thickness, openings)
    return Shell(rings, inner, tuple(storeys), thickness, tuple(meshes), instances, openings, report)


def _check(storeys: Sequence[Storey], wall_m: float, slab_m: float) -> None:
    if not storeys:
        raise InputError("A building without storeys was asked for. Give at least one.")
    for name, value, least, most in (("walls", wall_m, 0.05, 2.0), ("slabs", slab_m, 0.05, 1.0)):
        if not least <= value <= most:
            raise InputError(f"The {name} would be {show(value)} m thick. Give {least:g} to {most:g} m.")


def _openable(rings: Sequence[np.ndarray], open_edges: Sequence[np.ndarray] | None) -> list[np.ndarray]:
    if open_edges is None:
        return [np.ones(len(ring), bool) for ring in rings]
    masks = [np.asarray(mask, bool) for mask in open_edges]
    if [len(mask) for mask in masks] != [len(ring) for ring in rings]:
        raise InputError("The open edges do not match the outline. Give one yes or no for each edge of each ring.")
    return masks


def _front(ring: np.ndarray, openable: np.ndarray, front_edge: int | None) -> int:
    """The edge with the door, -1 where every edge is blind."""
    if front_edge is None:
        length = np.where(openable, edges(ring)[1], -1.0)
        return int(length.argmax()) if openable.any() else -1
    if not 0 <= front_edge < len(ring):
        raise InputError(f"The front edge {front_edge} is none of the outline's. Give 0 to {len(ring) - 1}.")
    if not openable[front_edge]:
        raise InputError(f"The front edge {front_edge} is a party wall. Give an open edge, or open this one.")
    return front_edge


def _wall(
    ring: np.ndarray,
    inner: np.ndarray,
    thickness: float,
    bays: Bays,
    storey: Storey,
    kinds: tuple[OpeningKind | None, ...],
) -> _Wall:
    mark = np.where(bays.is_door & (kinds[_DOOR_MARK] is not None), _DOOR_MARK, bays.mark)
    here = np.array([kind is not None for kind in kinds])[mark]
    mark, edge, centre = mark[here], bays.edge[here], bays.centre[here]
    empty = Opening(0.0, 0.0, 0.0)
    fitted = [kind.opening if kind else empty for kind in kinds]
    sizes = np.array([(one.width_m, one.sill_m, one.sill_m + one.height_m) for one in fitted])[mark]
    wall_columns = columns(ring, inner, thickness, edge, centre, sizes[:, 0])
    heights = np.unique(np.concatenate([[0.0, storey.height_m], sizes[:, 1:].ravel()]))
    is_open = np.zeros((len(heights) - 1, len(wall_columns.edge)), bool)
    is_open[:, wall_columns.opening >= 0] = (heights[:-1, None] >= sizes[:, 1]) & (heights[1:, None] <= sizes[:, 2])
    solid = wall_solid(wall_columns, heights, is_open, FaceKind(_OUTSIDE[storey.tier], _INSIDE, _REVEAL, _RIM))
    return _Wall(solid, kinds, mark, edge, centre, _transforms(ring, edge, centre, sizes[:, 1]))


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


def _wall_meshes(stacked: Sequence[tuple[Storey, list[_Wall]]]) -> list[Mesh]:
    """A mesh for each storey and ring; storeys of one kind share their faces' arrays."""
    faces: dict[int, _Faces] = {}
    meshes = []
    for storey, walls in stacked:
        for number, wall in enumerate(walls):
            name = f"{storey.name} walls" if number == 0 else f"{storey.name} courtyard {number} walls"
            if id(wall) not in faces:
                faces[id(wall)] = _face_arrays(wall.solid)
            meshes.append(_raised(name, wall.solid, faces[id(wall)], storey.elevation_m, WALL_SLOTS))
    return meshes


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


def _bands(ring: np.ndarray, storeys: Sequence[Storey], out_m: float) -> list[Mesh]:
    """A band around the outer ring above the base and under the roof; none where the outline has no room for it."""
    if out_m < 0.01 or largest_distance(ring, -1) < out_m:
        return []
    outside = moved_inwards(ring, -out_m)
    if crosses([outside, ring]):
        return []
    nothing = np.zeros(0)
    around = columns(outside, ring, out_m, np.zeros(0, np.int64), nothing, nothing)
    heights = np.array([0.0, _BAND_HEIGHT_M])
    solid = wall_solid(around, heights, np.zeros((1, len(ring)), bool), FaceKind(0, 0, 0, 0))
    faces = _face_arrays(solid)
    banded = [storeys[0], storeys[-1]] if len(storeys) > 1 else [storeys[0]]
    return [_raised(f"{one.name} band", solid, faces, one.top_m - _BAND_HEIGHT_M, BAND_SLOTS) for one in banded]


def _openings(
    stacked: Sequence[tuple[Storey, list[_Wall]]], style: FacadeStyle, thickness: float
) -> tuple[Openings, tuple[Instances, ...], list[Mesh]]:
    """The table of openings, their copies by kind, and a mesh for each kind."""
    kinds: dict[OpeningKind, int] = {}
    placed: list[list[np.ndarray]] = []
    rows: list[tuple[np.ndarray, ...]] = []
    for storey, walls in stacked:
        for number, wall in enumerate(walls):
            for mark, kind in enumerate(wall.kinds):
                chosen = wall.mark == mark
                count = int(chosen.sum())
                if kind is None or not count:
                    continue
                at = kinds.setdefault(kind, len(kinds))
                if at == len(placed):
                    placed.append([])
                transforms = wall.transforms[chosen]
                transforms[:, 2, 3] += np.float32(storey.elevation_m)
                placed[at].append(transforms)
                same = [np.full(count, value) for value in (storey.index, number, at)]
                rows.append((same[0], same[1], wall.edge[chosen], same[2], wall.centre[chosen]))
    names = _names(list(kinds))
    meshes = [
        opening_mesh(name, kind.opening, style.recess_m, style.frame_m, thickness)
        for name, kind in zip(names, kinds, strict=True)
    ]
    copies = tuple(Instances(name, np.concatenate(each)) for name, each in zip(names, placed, strict=True))
    none = np.zeros(0, np.int64)
    table = [np.concatenate(column) for column in zip(*rows, strict=True)] or [none, none, none, none, np.zeros(0)]
    return Openings(tuple(kinds), *table), copies, meshes


def _names(kinds: Sequence[OpeningKind]) -> list[str]:
    """The kinds' names, numbered from the second of one name on: storeys of other heights bring other measures."""
    names: list[str] = []
    for kind in kinds:
        same = sum(other.name == kind.name for other in kinds[: len(names)])
        names.append(f"{kind.name} {same + 1}" if same else kind.name)
    return names


def _report(
    rings: Sequence[np.ndarray], storeys: Sequence[Storey], thickness: float, openings: Openings
) -> dict[str, float]:
    """Gross floor area to the walls' outer faces, and what the facade is made of."""
    area = float(sum(signed_area(ring) for ring in rings))
    height = storeys[-1].top_m - storeys[0].elevation_m
    facade = height * float(sum(edges(ring)[1].sum() for ring in rings))
    sizes = np.array([one.opening.width_m * one.opening.height_m for one in openings.kinds] or [0.0])
    is_door = np.array([one.opening.panes == 0 for one in openings.kinds] or [False])
    glazed = sizes[openings.kind] * ~is_door[openings.kind]
    return {
        "gross_floor_area_m2": area * len(storeys),
        "height_m": height,
        "facade_area_m2": facade,
        "glazed_share": float(glazed.sum()) / facade,
        "num_windows": float((~is_door[openings.kind]).sum()),
        "num_doors": float(is_door[openings.kind].sum()),
        "wall_thickness_m": thickness,
    }
